"""Whom a record is about: was the other side's identity confirmed today, and is it the right one of those with the same name."""

import streamlit as st

import settings
from auth.access import User
from data_access.query import ask

CONFIRMED = "right_person"
NOT_YET = "本人確認　今日はまだ記録がありません。電話や窓口の相手に内容を伝える前に、下の「本人確認」に、どう確かめたかを記録してください。"
UNCONFIRMED = "読みが同じか紛らわしい氏名の人がほかにいます。年齢と町名を確かめて印を付け、もう一度「記録する」を押してください。入力した内容は残っています。"


def identity(user: User, atena_ref: str) -> None:
    """The newest 本人確認 of today, or what to do before anything is told."""
    checks = ask(user, "case_identity_checks", atena_ref=atena_ref).head(1).to_dicts()
    told = [f"本人確認　{row['summary']}（{row['written_by']}）" for row in checks if row["happened_on"] == settings.today()]
    st.caption(told[0] if told else NOT_YET)


def whom(user: User, person: dict) -> None:
    """The person that is written about, and those with the same name, from whom to tell them apart: confirmed with a tick."""
    st.text(f"記録する相手　{person['name']}　{person['age'] or '年齢不明'}　{person['town'] or '—'}　参照番号 {person['atena_ref']}")
    others = ask(user, "case_namesakes", atena_ref=person["atena_ref"])
    if others.height:
        told = "、".join(f"{row['age'] or '年齢不明'} {row['town'] or '町名不明'} {row['other_ref']}" for row in others.iter_rows(named=True))
        st.warning(f"読みが同じか紛らわしい氏名の人がほかに{others.height}人います: {told}", icon=":material/group:")
        st.checkbox("年齢と町名を確かめた。この人に記録する", key=f"{CONFIRMED}_{person['atena_ref']}")


def is_right(atena_ref: str) -> bool:
    """Has the tick been set, where one was asked for?"""
    return st.session_state.get(f"{CONFIRMED}_{atena_ref}", True)

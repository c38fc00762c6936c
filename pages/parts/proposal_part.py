"""What every 起案 about a person shares on screen: on which ground a debt is extinguished at once, and whose hands it goes to next."""

import polars as pl
import streamlit as st

from auth.access import User, decide
from auth.account_store import who_may
from casework.kinds import kinds
from pages.parts import wording


def at_once_fields(grounds: dict[str, tuple[str, str]], event_id: str) -> None:
    """Which of the law's grounds for 即時消滅 (name → what it means, article), and why: both are recorded, and read before the 審査 and the 決裁."""
    field = kinds()["suspension_decision"].field("extinction_reason")
    st.radio("即時消滅の事由", list(grounds), index=None, captions=[f"{meaning}（{article}）" for meaning, article in grounds.values()], key=f"at_once_{event_id}")
    st.text_area(field.label, key=f"at_once_reason_{event_id}", height=68, max_chars=field.longest,
                 placeholder="何を見て、取れないことが明らかとみたか（家庭裁判所の照会の回答、閉鎖登記など）。個人番号は書かない。")


def at_once_typed(event_id: str) -> dict[str, str | None]:
    """What was chosen and typed there; null where it is not asked."""
    return {"extinction_ground": st.session_state.get(f"at_once_{event_id}"), "extinction_reason": st.session_state.get(f"at_once_reason_{event_id}")}


def next_hands(user: User, kind: str) -> None:
    """For a proposer who may review too: nobody reviews their own, so who else can, or that nobody can."""
    if decide(user, kinds()[kind].review_action).allowed:
        others = reviewers(kind, user)
        st.text(f"自分の起案は自分で審査できません。審査できる人: {others}" if others else
                "自分の起案は自分で審査できず、ほかに審査できる係長がいません。地区担当に起案してもらい、あなたが審査してください。")


def reviewers(kind: str, proposer: User) -> str:
    """The names of those who may review what `proposer` proposes; empty when there is nobody."""
    able = who_may(kinds()[kind].review_action)
    return "、".join(name for account, name in able.items() if account != proposer.name)


def flash_warning(owed: pl.DataFrame, step: str) -> None:
    """速報 among the 期別 of a person (case_installments, suspension_installments): paid, and not booked yet, so that it is neither a payment nor an unpaid debt."""
    paid = owed.filter(pl.col("flash_yen").fill_null(0) > 0)
    if paid.height:
        told = "、".join(f"{wording.fiscal(row['levy_year'])} 第{int(row['installment_no'])}期 {wording.yen(row['flash_yen'])}" for row in paid.iter_rows(named=True))
        st.warning(f"納付の速報があります（消込み前）: **{told}**。資力がある兆しで、消し込まれた期別は停止できません（停止の決定の一部が空になる）。"
                   f"収納を確かめ、本人に事情を聞いてから{step}してください。", icon=":material/payments:")

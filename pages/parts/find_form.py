"""本人確認: find the case of someone on the phone, by 宛名番号 or by at least two of name, birth date and town."""

import re
from datetime import date

import streamlit as st

import settings
from auth.access import User, clearance
from data_access.query import ask, reference_of
from law.my_number import looks_like_my_number
from pages.parts import tables
from pages.parts.door import choose_case, open_chosen_case

OLDEST = date(1900, 1, 1)
NUMBER = re.compile(r"[0-9]{10}")


def find_form(user: User, *, expanded: bool) -> None:
    """The form and what it found; choosing a row opens the カルテ. Nothing typed goes into the URL."""
    with st.expander("滞納者を探す（本人確認）", icon=":material/person_search:", expanded=expanded, key=f"find_{expanded}"):
        with st.form("find", border=False):
            reads_names = clearance(user)["C2"] == "read"  # who may not read a name may not search by it either
            number, name, birth, town = st.columns(4)
            number.text_input("宛名番号（10桁）", key="find_number", max_chars=20, autocomplete="off")
            if reads_names:
                name.text_input("氏名（カナか漢字、頭から）", key="find_name", max_chars=60, autocomplete="off")
                birth.date_input("生年月日", value=None, min_value=OLDEST, max_value=settings.today(), format="YYYY/MM/DD", key="find_birth")
                town.text_input("町名（頭から）", key="find_town", max_chars=40, autocomplete="off")
            asked = st.form_submit_button("探す", icon=":material/search:")
        st.caption("宛名番号、または 氏名・生年月日・町名のうち2つ以上。氏名だけでは探せません。氏名と町名は2文字から。濁点・小さい字・長音・旧字の違いは問いません。検索は記録されます。" if reads_names else
                   "宛名番号で探します。氏名を伏せて見る役割では、氏名・生年月日・町名で探せません。検索は記録されます。")
        if asked or st.session_state.get("find_asked"):
            st.session_state["find_asked"] = True
            _found(user)


def _found(user: User) -> None:
    number, name, birth, town = (st.session_state.get(f"find_{part}") for part in ("number", "name", "birth", "town"))
    name = (name or "").strip() or None
    town = (town or "").strip() or None
    if any(looks_like_my_number(typed) for typed in (number, name, town) if typed):
        st.warning("個人番号とみられる12桁の数字があります。個人番号では探せません。消して、宛名番号（10桁）を使ってください。")
    elif number and not NUMBER.fullmatch(number):
        st.warning("宛名番号は数字10桁で入力してください。")
    elif not number and sum(part is not None for part in (name, birth, town)) < 2:
        st.warning("宛名番号か、氏名・生年月日・町名のうち2つ以上を入力してください。")
    else:
        found = ask(user, "case_search", atena_ref=reference_of(number) if number else None, person_name=name, birth_date=birth, town=town)
        tables.show(found, ["name", "name_kana", "age", "town", "district_name", "unpaid_yen"], key="found", alt="見つかった滞納者の表",
                    empty="この条件に当てはまる滞納者は、見られる範囲にいません。入力を確かめてください。", on_choose=lambda row: _choose(found["atena_ref"][row]))
        open_chosen_case()


def _choose(atena_ref: str) -> None:
    st.session_state["find_asked"] = False
    choose_case(atena_ref)

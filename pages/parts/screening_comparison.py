"""前の基準日と比べる: who entered 該当の疑い since an older kept day, who left it and where to."""

from datetime import date

import streamlit as st

from auth.access import User
from data_access.query import kept
from data_access.suspension_comparison import compare
from pages.parts import filters, tables, wording
from pages.parts.door import choose_case
from pages.parts.passport_part import passport_part

SUMMARY = ["ground", "before_count", "before_yen", "entered_count", "entered_yen", "left_count", "gone_yen", "stayed_yen", "now_count", "now_yen"]
MOVES = ["name", "ground", "move", "verdict_before", "verdict_now", "active_yen", "district_name"]


def comparison(user: User, district: str | None, as_of: date) -> None:
    """The older day to choose, the 号 in numbers, and the people who moved."""
    older = {}
    for each in kept():
        if each.business_date < as_of:
            older.setdefault(wording.short(each.business_date), each.id)
    if not older:
        st.info("比べられる前の基準日は、まだ保存されていません。次の公開の後に比べられます。", icon=":material/info:")
        return
    day = filters.choice("比べる基準日", list(older), key="compared_day")
    found = compare(user, older[day], district)
    st.caption(f"{day} から {wording.short(as_of)} までに「該当の疑い」に入った人と、外れた人。額は、該当の疑いだった日の停止していない滞納額です。前の額 ＋ 入った額 − 外れた額 ＋ 残った人の増減 ＝ 今の額。")
    tables.show(found.summary, SUMMARY, empty="", alt="号ごとの前の人数・入った人・外れた人・今の人数と額の表")
    passport_part(user, "suspension_likely", found.asked, found.answer, key="screening_comparison")
    tables.show(found.moves, MOVES, key=f"moves_{day}_{district}", empty="入った人も外れた人もいません。",
                alt="該当の疑いに入った人と外れた人の表。1行が滞納者1人と1つの号", on_choose=lambda row: choose_case(found.moves["atena_ref"][row]))

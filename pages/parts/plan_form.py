"""The part of the 分納 form that says what the promise comes to, before it is made."""

from calendar import monthrange
from datetime import date

import polars as pl
import streamlit as st

from auth.access import User
from data_access.planning import Outlook, PlanImpossible, outlook
from pages.parts import tables, wording

MONTHLY, TIMES = "月額", "回数"
USUAL_YEN, USUAL_TIMES = 10_000, 12


def plan_fields(user: User, atena_ref: str, event_id: str, keys: list[str], as_of: date) -> None:
    """初回, and 月額 or 回数; below them the schedule that follows, with 延滞金 and 時効."""
    first, by, amount = st.columns(3)
    first.date_input("初回の納付日", value=_end_of_next_month(as_of), min_value=as_of, format="YYYY/MM/DD", key=f"plan_first_{event_id}")
    way = by.segmented_control("決め方", [MONTHLY, TIMES], default=MONTHLY, key=f"plan_way_{event_id}", required=True)
    with amount:
        if way == MONTHLY:
            st.number_input("月額（円）", min_value=1, value=USUAL_YEN, step=1_000, key=f"plan_yen_{event_id}")
        else:
            st.number_input("回数", min_value=1, max_value=600, value=USUAL_TIMES, step=1, key=f"plan_times_{event_id}")
    try:
        _show(_outlook(user, atena_ref, event_id, keys, as_of))
    except PlanImpossible as refusal:
        st.warning(str(refusal))


def promised(user: User, atena_ref: str, event_id: str, keys: list[str], as_of: date) -> list[tuple[date, int]]:
    """The parts as shown: (納付予定日, 円). Raises PlanImpossible."""
    return _outlook(user, atena_ref, event_id, keys, as_of).promised()


def _outlook(user: User, atena_ref: str, event_id: str, keys: list[str], as_of: date) -> Outlook:
    state = st.session_state
    first_on, is_monthly = state[f"plan_first_{event_id}"], state[f"plan_way_{event_id}"] == MONTHLY
    amount = state[f"plan_yen_{event_id}" if is_monthly else f"plan_times_{event_id}"]
    if first_on is None or amount is None:
        raise PlanImpossible("初回の納付日と、月額か回数を入力してください。")
    return outlook(user, atena_ref, keys, first_on, as_of, **({"monthly_yen": amount} if is_monthly else {"times": amount}))


def _show(found: Outlook) -> None:
    smallest = f"時効までに終わる最小の月額 {wording.yen(found.smallest_yen)}" if found.smallest_yen else "時効までに終わる月額はありません"
    st.markdown(f"**{found.parts.height}回　本料の完納 {wording.wareki(found.ends_on)}　その日の延滞金 {wording.yen(found.charge_yen)}**　｜　{smallest}")
    late = found.debts.filter(~found.debts["state"].is_in(["間に合う", "差押中"])).height
    if late:
        st.warning(f"時効の日までに払い終わらない期別が {late} 期あります。月額か初回の日を見直すか、書面の誓約を受けてください。", icon=":material/hourglass_bottom:")
    left, right = st.columns([7, 10])
    with left:
        tables.show(found.parts, ["part_no", "promised_on", "promised_yen", "charge_yen"], empty="", alt="分納の予定の表。1行が1回")
    with right:
        said = pl.Series("planned_installment", [wording.in_wareki(name) for name in found.debts["planned_installment"]], dtype=pl.String)
        tables.show(found.debts.with_columns(said), ["planned_installment", "paid_off_on", "state", "prescription_on"], empty="", alt="期別ごとの完納の日と時効の表")
    for note in found.notes:
        st.caption(wording.in_wareki(note))


def _end_of_next_month(day: date) -> date:
    year, month = divmod(day.year * 12 + day.month, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])

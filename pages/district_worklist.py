"""地区ワークリスト: whom to work on today, each row with the reason it is here and what is due."""

import polars as pl
import streamlit as st

from auth.access import User
from data_access.query import ask
from pages.parts import filters, tables, wording
from pages.parts.door import choose_case, open_chosen_case
from pages.parts.export_part import export_part
from pages.parts.heading import heading
from pages.parts.lists import foot, paged
from pages.parts.passport_part import passport_part

PAGE_SIZE = 100
SORTS = ["急ぐ順", "滞納額が大きい順", "時効が近い順", "接触が古い順"]
FILTERS = ("queue_pills", "district", "sort", "worklist_page")
COLUMNS = ["name", "reason", "unpaid_yen", "prescription_on", "last_contact_on", "last_payment_on", "plan_state",
           "town", "age", "charge_yen", "oldest_due_date", "district_name"]


def render(user: User) -> None:
    """Queues on top, filters, one page of cases; a click opens the カルテ."""
    stands = heading("地区ワークリスト", user, "金額は円、滞納額は本料のみ")
    filters.bring_back(*FILTERS)
    place, order = st.columns([1, 1])
    with place:
        district = filters.district(user)
    with order:
        sort = filters.choice("並び順", SORTS, key="sort")
    queue = _queue(user, district)
    page = paged(user, "district_worklist", "worklist_page", PAGE_SIZE, queue=queue, district=district, sort=sort)
    found = page.rows
    if found.height:
        first = page.asked["skipped"] + 1
        st.markdown(f"**{page.total:,}人**　滞納額 **{wording.yen(found['total_yen'][0])}**　"
                    f"（{first:,}〜{first + found.height - 1:,}人目を表示。行を押すとカルテが開きます）")
    reasons = [" ／ ".join(wording.reason(**{"queue": each["queue"], "day": each["day"], "amount": each["yen"]}, as_of=stands.as_of)
                          for each in every) for every in found["reasons"].to_list()]
    rows = found.with_columns(pl.Series("reason", reasons, dtype=pl.String))
    tables.show(rows, COLUMNS, key="worklist", empty="この条件に当てはまる滞納者はいません。条件を変えてください。",
                alt="地区ワークリストの表。1行が滞納者1人", on_choose=lambda row: choose_case(found["atena_ref"][row]))
    foot(user, page)
    export_part(user, "worklist", {"queue": queue, "district": district, "sort": sort})
    filters.leave(*FILTERS)
    open_chosen_case()


def _queue(user: User, district: str | None) -> str | None:
    """The chosen 名簿, with how many are in each; the choice is kept in the URL."""
    found = ask(user, "worklist_queues", district=district)
    counts = {row["queue"]: row["case_count"] for row in found.iter_rows(named=True)}
    names = [name for name in wording.QUEUES if name in counts]
    if st.session_state.get("queue_pills") not in (None, *names):  # its last case has been dealt with
        st.session_state.pop("queue_pills", None)
    kept = st.query_params.get("queue")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        queue = st.pills("名簿", names, default=kept if kept in names else None, key="queue_pills", format_func=lambda name: f"{name} {counts[name]:,}", width="content")
        if names:
            passport_part(user, "worklist_queues", {"district": district}, found, key="worklist_queues")
    if queue:
        st.query_params["queue"] = queue
        task, ground = wording.QUEUES[queue]
        st.caption(f"すること: {task}　｜　根拠: {ground}")
    else:
        st.query_params.pop("queue", None)
    return queue

"""時間と残り: what the plan's hours leave undone in a month and what that costs; and what other hours would change."""

from datetime import date

import polars as pl
import streamlit as st

from auth.access import User
from casework.collection_plan import MOST_MINUTES, QUEUES, Plan
from data_access.query import ask
from law.fiscal_year import accounts_close_on
from pages.parts import charts, tables, wording
from pages.parts.passport_part import passport_part

DIMENSIONS = {"名簿": "queue", "地区": "district_name"}
COLUMNS = ["case_count", "needed_hours", "undone_count", "undone_yen", "lost_count", "lost_yen"]
TRIED = ["undone_count", "undone_yen", "tried_undone_count", "tried_undone_yen", "tried_lost_yen"]


def capacity_part(user: User, plan: Plan, district: str | None) -> None:
    """One month of the plan's hours over the cases as they stand now."""
    until = accounts_close_on(plan.fiscal_year)
    dimension = st.segmented_control("分け方", list(DIMENSIONS), default="名簿", key="capacity_dimension", bind="query-params", required=True)
    asked = _asked(plan, district, dimension, until, percent=100, minutes={})
    found = ask(user, "plan_capacity", **asked)
    if found.is_empty():
        st.info("名簿に載る滞納者はいません。", icon=":material/info:")
        return
    if found["undone_count"].sum():
        charts.counts(found["part"].to_list(), found["undone_count"].to_list(), unit="件", key="capacity_undone",
                      alt=f"{dimension}ごとの、1か月の時間では手の付かない件数の棒。値は下の表にある")
        st.caption("棒 = 1か月の時間で手の付かない件数")
    else:
        st.success("計画の時間で、名簿のすべてに1か月で手が付きます。", icon=":material/check_circle:")
    part = DIMENSIONS[dimension]
    tables.show(found.rename({"part": part}), [part, *COLUMNS], key="capacity", empty="", alt=f"{dimension}ごとの件数・要る時間・手の付かない件数と額の表")
    st.caption(f"件数は、1人を最も急ぐ名簿にだけ数える。地区ワークリストの「急ぐ順」に、地区の時間がなくなるまで手を付けるとした。"
               f"時効で失う額 = 手の付かない人のうち、{wording.wareki(until)}（出納閉鎖）までに時効が完成する額。")
    passport_part(user, "plan_capacity", asked, found, key="plan_capacity")
    with st.expander("時間と分数を変えてみる（何も保存しません）", icon=":material/tune:"):
        _what_if(user, plan, district, dimension, until, found)


def _what_if(user: User, plan: Plan, district: str | None, dimension: str, until: date, now: pl.DataFrame) -> None:
    hours, queue, minutes = st.columns(3)
    percent = hours.slider("時間（計画を100%として）", 0, 300, 100, 10, key="tried_percent", format="%d%%")
    changed = queue.selectbox("分数を変える名簿", QUEUES, key="tried_queue")
    tried = minutes.number_input("1件の分数", 0, MOST_MINUTES, plan.minutes[changed], 5, key=f"tried_minutes_{changed}")
    asked = _asked(plan, district, dimension, until, percent=percent, minutes={changed: tried})
    other = ask(user, "plan_capacity", **asked)
    beside = now.join(other.select("part", tried_undone_count="undone_count", tried_undone_yen="undone_yen", tried_lost_yen="lost_yen"), on="part", how="left", maintain_order="left")
    part = DIMENSIONS[dimension]
    tables.show(beside.rename({"part": part}), [part, *TRIED], key="capacity_tried", empty="", alt="計画の時間のときと、変えたときの、手の付かない件数と額の表")
    passport_part(user, "plan_capacity", asked, other, key="plan_capacity_tried")


def _asked(plan: Plan, district: str | None, dimension: str, until: date, *, percent: int, minutes: dict[str, int]) -> dict[str, object]:
    per_case = {**plan.minutes, **minutes}
    return dict(dimension=dimension, district=district, until=until, percent=percent, queues=list(per_case), minutes=list(per_case.values()),
                areas=list(plan.hours), hours=list(plan.hours.values()))

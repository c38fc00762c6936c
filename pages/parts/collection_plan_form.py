"""計画の起案: the plan that waits, its figures in full, and the form in which a 係長 proposes one."""

from datetime import date
from decimal import Decimal

import polars as pl
import streamlit as st

from auth.access import User, decide
from casework import collection_plan
from casework.approval import undeclined
from casework.collection_plan import (
    CITY,
    CLASSES,
    LONGEST_NAME,
    MOST_CAMPAIGNS,
    MOST_HOURS,
    MOST_MINUTES,
    PLAN,
    QUEUES,
    Campaign,
    Plan,
)
from casework.ledger import Event
from data_access.query import Standing, ask
from law.fiscal_year import fiscal_year, opens_on
from pages.parts import tables, wording
from pages.parts.approval_form import events, history, propose_form, told, waiting_part

DAYS = collection_plan.DAYS
APPLIED = "計画の値は、いまから画面に使われます。"


def plan_part(user: User, stands: Standing, districts: pl.DataFrame, approved: Plan | None) -> None:
    """The plan that holds, what waits for an approval, and the form for those who may propose."""
    names = {CITY: CITY} | dict(zip(districts["district_code"], districts["district_name"], strict=True))
    happened = events(PLAN)
    told(PLAN)
    standing = undeclined(PLAN, happened)
    is_waiting = bool(standing) and standing[-1].kind == PLAN.proposal
    if is_waiting:
        waiting_part(user, PLAN, standing[-1], _describe(standing[-1]), collection_plan.approve, APPLIED)
        _figures(collection_plan.of(standing[-1]), names, "承認を待つ計画")
    if approved:
        _figures(approved, names, f"承認された{wording.fiscal(approved.fiscal_year)}の計画")
    if not stands.is_newest:
        st.caption("前の基準日を表示している間は、起案できません。")
    elif decide(user, PLAN.propose_action).allowed:
        with st.expander("計画を起案する", icon=":material/edit_calendar:", key=f"plan_propose_{len(happened)}"):
            _form(user, stands, names, approved, len(happened), replaces=is_waiting)
    elif not is_waiting and not approved:
        st.caption("計画は、係長が起案し課長が承認します。")
    history(PLAN, happened, _describe)


def _describe(event: Event) -> str:
    if event.kind != PLAN.proposal:
        return "最新の起案を承認" if event.kind == PLAN.approval else "最新の起案を差戻し・取下げ"
    plan = collection_plan.of(event)
    targets = "・".join(f"{each} {wording.percent(plan.target(CITY, each))}" for each in CLASSES)
    return f"{wording.fiscal(plan.fiscal_year)}　市計の目標 {targets}　月の時間 {sum(plan.hours.values()):,}時間　取組 {len(plan.campaigns)}件"


def _figures(plan: Plan, names: dict[str, str], title: str) -> None:
    with st.expander(title, icon=":material/table_view:", expanded=False):
        rows = [{"district_name": names.get(area, area), "current_target_rate": plan.target(area, CLASSES[0]), "carried_target_rate": plan.target(area, CLASSES[1]),
                 "month_hours": plan.hours.get(area)} for area in (CITY, *plan.hours)]
        schema = {"district_name": pl.String, "current_target_rate": pl.Decimal(5, 2), "carried_target_rate": pl.Decimal(5, 2), "month_hours": pl.Int64}
        tables.show(pl.DataFrame(rows, schema=schema), list(schema), empty="", alt="地区ごとの目標と月の時間の表", key=f"plan_figures_{title}")
        minutes = pl.DataFrame({"queue": QUEUES, "case_minutes": [plan.minutes[queue] for queue in QUEUES]})
        tables.show(minutes, minutes.columns, empty="", alt="名簿ごとの1件の分数の表", key=f"plan_minutes_{title}")
        st.text("\n".join([f"接触なしとみる日数　{plan.no_contact_days}日", *(
            f"取組　{each.name}（{each.queue}、{wording.short_month(each.from_month)}〜{wording.short_month(each.to_month)}）" for each in plan.campaigns)]))


def _form(user: User, stands: Standing, names: dict[str, str], approved: Plan | None, version: int, *, replaces: bool) -> None:
    this_year = fiscal_year(stands.as_of)
    year = st.segmented_control("年度", (this_year, this_year + 1), default=this_year, key=f"plan_year_{version}", format_func=wording.fiscal, required=True)
    start = approved or collection_plan.first(year, [area for area in names if area != CITY])
    before = {(row["area"], row["year_class"]): row["final_rate_before"] for row in ask(
        user, "plan_progress", fiscal_year=this_year, areas=[], classes=[], rates=[]).iter_rows(named=True)}
    st.caption("目標の薄い数字は、前年度を通した率（決算の率）です。地区の目標は、空のままなら市計の目標によります。")
    targets, hours = {}, {}
    for area, name in names.items():
        cells = st.columns([2, 1, 1, 1], vertical_alignment="bottom")
        cells[0].text(name)
        for cell, year_class in zip(cells[1:], CLASSES, strict=False):
            hint = before.get((area, year_class))
            value = cell.number_input(f"{year_class}の目標（%）", 0.0, 100.0, _number(start.targets.get((area, year_class))), 0.1, format="%.2f",
                                      key=f"plan_{area}_{year_class}_{version}", placeholder="—" if hint is None else f"{hint}", label_visibility="visible" if area == CITY else "collapsed")
            if value is not None:
                targets[area, year_class] = Decimal(f"{value:.2f}")
        if area != CITY:
            hours[area] = cells[3].number_input("月の時間", 0, MOST_HOURS, start.hours.get(area, 0), 10, key=f"plan_hours_{area}_{version}",
                                                label_visibility="collapsed")
        else:
            cells[3].caption("月の時間（職員の時間の合計）")
    minutes = _minutes(start, version)
    days = st.number_input("接触なしとみる日数", *DAYS, start.no_contact_days, 1, key=f"plan_days_{version}")
    plan = Plan(year, days, targets, hours, minutes, _campaigns(start, year, version))
    propose_form(PLAN, f"{stands.fiscal_year}", lambda who, **fields: collection_plan.propose(who, plan, **fields), version, button="計画を起案する", replaces=replaces)


def _number(rate: Decimal | None) -> float | None:
    return None if rate is None else float(rate)


def _minutes(start: Plan, version: int) -> dict[str, int]:
    st.text("1件に要る分数（調べて連絡し、記録するまで）")
    columns = st.columns(3)
    return {queue: columns[place % 3].number_input(queue, 0, MOST_MINUTES, start.minutes.get(queue, 0), 5, key=f"plan_minutes_{queue}_{version}")
            for place, queue in enumerate(QUEUES)}


def _campaigns(start: Plan, year: int, version: int) -> tuple[Campaign, ...]:
    count = st.number_input("取組の数", 0, MOST_CAMPAIGNS, len(start.campaigns), 1, key=f"plan_campaigns_{version}")
    months = [date(opens_on(year).year + (month > 12), (month - 1) % 12 + 1, 1) for month in range(4, 16)]
    found = []
    for place in range(count):
        was = start.campaigns[place] if place < len(start.campaigns) else Campaign("", QUEUES[0], months[0], months[-1])
        cells = st.columns([3, 2, 1.5, 1.5])
        name = cells[0].text_input("取組の名", was.name, max_chars=LONGEST_NAME, key=f"plan_campaign_{place}_{version}", autocomplete="off",
                                   placeholder="例: 年末の一斉催告。個人の名は書かない。")
        queue = cells[1].selectbox("名簿", QUEUES, QUEUES.index(was.queue), key=f"plan_campaign_queue_{place}_{version}")
        first, last = (cells[2 + end].selectbox(label, months, months.index(month) if month in months else -end % len(months), key=f"plan_campaign_{label}_{place}_{version}",
                                                format_func=wording.short_month) for end, (label, month) in enumerate((("始まり", was.from_month), ("終わり", was.to_month))))
        found.append(Campaign(name, queue, first, last))
    return tuple(found)

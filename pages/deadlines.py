"""期限の見通し: what the law lets end, month by month, in yen, and whose it is; a month opens its people."""

from datetime import date

import polars as pl
import streamlit as st

from auth.access import User
from data_access.query import ask
from pages.parts import charts, filters, tables, wording
from pages.parts.door import choose_case, open_chosen_case
from pages.parts.heading import heading
from pages.parts.lists import foot, paged
from pages.parts.passport_part import passport_part

PAGE_SIZE, MONTHS = 100, 12
KINDS = {
    "督促": "納期限の後20日以内に督促状を発していないもの（督促の期限の日）。過ぎたものは督促漏れ。",
    "時効": "このまま何もしなければ時効が完成する日。止まっているもの（差押・猶予など）と執行停止中のものは含まない。",
    "猶予の終わり": "徴収猶予・換価の猶予の最後の日。",
    "停止3年": "執行停止が3年続いて納付義務が消滅する日。",
    "停止中の時効": "執行停止の間も進む時効の日。3年より早ければ、こちらで消滅する。",
    "出納閉鎖": "この日までに入らない今年度分は、滞繰になる。執行停止中のものも繰り越すが、集める額でないので含めない。",
}
NOT_YET = "どの期限も、納期限を過ぎた期別だけを数える。納期限がまだの期別（今年度のこれからの期）は入らないので、その督促は納期限が過ぎてから出る（先の月の督促が0円でも、督促が要らないのではない）。"
PASSED = "過ぎたもの"
LISTED = ["name", "deadline_day", "case_count", "yen", "district_name"]


def render(user: User) -> None:
    """Yen by month for one kind, all kinds in one table, and the people of one month."""
    stands = heading("期限の見通し", user, f"今月から{MONTHS}か月と、すでに過ぎたもの")
    district = filters.district(user, everywhere="見られる地区の計")
    found = ask(user, "deadline_months", district=district, months=MONTHS)
    if found.is_empty():
        st.success("12か月のうちに来る期限はありません。", icon=":material/check_circle:")
        return
    kind = st.segmented_control("期限の種類", list(KINDS), default="時効", key="deadline_kind", bind="query-params", required=True)
    st.caption(KINDS[kind] + NOT_YET)
    months = _months(stands.as_of)
    own = {row["month"]: row for row in found.filter(deadline_kind=kind).iter_rows(named=True)}
    charts.columns({kind: [own.get(month, {"yen": 0})["yen"] for month in months.values()]}, list(months), unit="万円", per=10_000, key="deadline_bars",
                   alt=f"{kind}の期限が来る未納の本料を、月ごとに示す棒。値は下の表にある")
    _everything(found, months)
    passport_part(user, "deadline_months", dict(district=district, months=MONTHS), found, key="deadlines")
    told = {name: own[month] for name, month in months.items() if month in own}
    if told:
        _people(user, stands.as_of, kind, district, months, told)
    else:
        st.info(f"「{kind}」は、過ぎたものも{MONTHS}か月のうちに来るものもありません。", icon=":material/info:")
    open_chosen_case()


def _months(as_of: date) -> dict[str, date]:
    """What a month is called → its first day; the first is that before this month and stands for all that has passed."""
    first = [_moved(as_of.replace(day=1), index) for index in range(-1, MONTHS)]
    return {PASSED: first[0], **{wording.short_month(month): month for month in first[1:]}}


def _moved(month: date, by: int) -> date:
    index = month.year * 12 + month.month - 1 + by
    return date(index // 12, index % 12 + 1, 1)


def _everything(found: pl.DataFrame, months: dict[str, date]) -> None:
    """One line a month, one column a kind."""
    yen = {(row["month"], row["deadline_kind"]): row["yen"] for row in found.iter_rows(named=True)}
    columns = {"督促": "demand_due_yen", "時効": "prescription_due_yen", "猶予の終わり": "grace_due_yen", "停止3年": "three_years_due_yen",
               "停止中の時効": "stopped_due_yen", "出納閉鎖": "closing_due_yen"}
    rows = [{"deadline_month": name, **{column: yen.get((month, kind), 0) for kind, column in columns.items()}} for name, month in months.items()]
    tables.show(pl.DataFrame(rows), ["deadline_month", *columns.values()], empty="", alt="月と期限の種類ごとの、未納の本料の表", key="deadline_table")


def _people(user: User, as_of: date, kind: str, district: str | None, months: dict[str, date], told: dict[str, dict]) -> None:
    usual = next((name for name in told if name != PASSED), PASSED)
    order = [usual, *(name for name in told if name != usual)]
    chosen = filters.choice("月", order, key="deadline_month", format_func=lambda name: f"{name}　{wording.people(told[name]['person_count'])}　{wording.yen(told[name]['yen'])}")
    from_day = date.min if chosen == PASSED else max(months[chosen], as_of)
    to_day = as_of if chosen == PASSED else _moved(months[chosen], 1)
    page = paged(user, "deadline_rows", "deadline_page", PAGE_SIZE, kind=kind, district=district, from_day=from_day, to_day=to_day)
    found = page.rows
    tables.show(found, LISTED, key=f"deadlines_{kind}_{chosen}_{district}_{page.number}", empty="この月の期限はありません。",
                alt="その月に期限が来る人の表。1行が滞納者1人", on_choose=lambda row: choose_case(found["atena_ref"][row]))
    st.caption("件数は期別の数、日はその人の最も早い日。行を押すとカルテが開きます。")
    foot(user, page)

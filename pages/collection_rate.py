"""収納状況: 収納率 by class and part, month and year, against the same day of the year before, the target and the city; and where it is going."""

from datetime import timedelta

import polars as pl
import streamlit as st

from auth.access import User, decide
from data_access.forecast import Forecast, forecasts, open_year
from data_access.grounds import named_rates
from data_access.query import Standing, ask
from data_access.target import Target, target
from pages.parts import charts, filters, rate_ahead, rate_parts, tables, wording
from pages.parts.door import open_chosen_case
from pages.parts.heading import heading
from pages.parts.passport_part import passport_part

CLASSES = ("現年", "滞繰", "合計")
MONTHS_HEIGHT = 1_080  # 14 months of two years, whole
VIEWS = ("内訳", "月別", "見込", "回収の進み", "年度比較")
WHOLE_YEAR = ["fiscal_year", "assessed_yen", "settled_yen", "refund_due_yen", "written_off_yen", "outstanding_yen", "rate"]
SAME_DAY = ["fiscal_year", "assessed_same_day_yen", "received_same_day_yen", "same_day_rate"]
YEARLY = {"fiscal_year": 92, "assessed_yen": 120, "settled_yen": 120, "refund_due_yen": 104, "written_off_yen": 112, "outstanding_yen": 120, "rate": 122,
          "assessed_same_day_yen": 120, "received_same_day_yen": 120, "same_day_rate": 122}
DEFINITION = """
- **収納率** = 収納額 ÷ 調定額 × 100（小数第2位まで、四捨五入）。区・期ごとの率は平均せず、額を合計してから割る。
- **現年** は調定年度と会計年度が同じもの（過年度相当分を含む）。**滞繰** は前年度から未納のまま繰り越したもの。
- **会計年度** は収入日で決まり、出納整理期間（翌年5月31日まで）の収入は前年度に入る（地方自治法208条・235条の5）。
- **同日** は各年度の4月1日から、基準日と同じ月日までに収入した額を、その日に立っていた調定額で割る。通知がまだの調定は除き、後の更正は戻す。
- **上の札と内訳の率** は、同日収納額（還付未済を含む収入済額）による率。前年の同じ日の還付未済は分からないので、含めたまま比べる。
- **決算の率** は還付未済を除く。居所不明者分の控除はしていない。年報・努力支援の率とともに下の表にある。目標と見込は決算の率。
"""


def render(user: User) -> None:
    """Three rates with where they should be and will be, then the breakdowns, the months, the outlook and the years."""
    stands = heading("収納状況", user, "率は還付未済を含む（決算の率は各札の下）")
    year = stands.fiscal_year
    district = filters.district(user, everywhere="市計")
    by_year = ask(user, "rate_by_year", district=district)
    ahead = forecasts(by_year, stands.as_of)
    _cards(user, by_year, year, district, ahead, open_year(stands.as_of))
    with st.expander("定義と根拠", icon=":material/menu_book:"):
        st.markdown(DEFINITION)
        tables.show(named_rates(by_year, year, stands.as_of), ["definition", "year_class", "named_rate", "numerator_yen", "denominator_yen", "meaning", "article"],
                    empty="今年度の調定がまだないか、10人未満の還付・居所不明を含むため示しません。", alt="三つの定義による収納率の表")
    year_class = st.segmented_control("区分", CLASSES, default="現年", key="year_class", bind="query-params", required=True)
    opened = dict(zip(VIEWS, st.tabs(VIEWS, key="rate_view", on_change="rerun"), strict=True))
    shown = next((name for name, tab in opened.items() if tab.open), VIEWS[0])
    with opened[shown]:
        _view(shown, user, stands, by_year, year_class, district, ahead)
    open_chosen_case()


def _view(name: str, user: User, stands: Standing, by_year: pl.DataFrame, year_class: str, district: str | None, ahead: dict[str, Forecast]) -> None:
    year = stands.fiscal_year
    if name == "内訳":
        rate_parts.parts(user, year, year_class, district)
    elif name == "月別":
        _months(user, stands, by_year.filter(year_class=year_class), year_class, district)
    elif name == "見込":
        of = open_year(stands.as_of)
        rate_ahead.outlook(user, by_year, ahead[year_class], target(of, year_class, district), district, rate_ahead.whose(of, year))
    elif name == "回収の進み":
        rate_ahead.cohorts(user, stands.as_of, district)
    else:
        _years(user, by_year, year_class, district)


def _cards(user: User, by_year: pl.DataFrame, year: int, district: str | None, ahead: dict[str, Forecast], of: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"{wording.fiscal(year)}の収納率（前年同日との比較）", anchor=False, width="content")
        passport_part(user, "rate_by_year", {"district": district}, by_year, key="rate_cards")
    rows = {(row["fiscal_year"], row["year_class"]): row for row in by_year.iter_rows(named=True)}
    for column, year_class in zip(st.columns(3), CLASSES, strict=True):
        with column:
            _card(year_class, rows.get((year, year_class)), rows.get((year - 1, year_class)), target(year, year_class, district), _outlook(ahead[year_class], of, year))


def _outlook(ahead: Forecast, of: int, year: int) -> str:
    """In April and May it is of the year before, and says so."""
    band = "" if ahead.refusal else f"（{ahead.low}〜{ahead.high}）"
    return f"**{rate_ahead.whose(of, year)}5/31の見込 {wording.percent(ahead.rate)}**{band}"


def _card(year_class: str, now: dict | None, before: dict | None, goal: Target | None, outlook: str) -> None:
    if now is None:
        st.metric(year_class, "—", border=True)
        st.caption(outlook)
        return
    known = before is not None and before["same_day_rate"] is not None and now["same_day_rate"] is not None
    st.metric(year_class, wording.percent(now["same_day_rate"]), wording.point(now["same_day_rate"] - before["same_day_rate"]) if known else None, border=True,
              help="還付未済を含む収入済額 ÷ 調定額。前年同日との差を添える")
    st.caption(f"**決算の率（還付未済を除く） {wording.percent(now['rate'])}**  \n{outlook}  \n目標 {wording.percent(goal and goal.rate)}　1ポイント＝{wording.yen(now['assessed_yen'] // 100)}  \n"
               f"調定 {wording.yen(now['assessed_yen'])}  \n収納 {wording.yen(now['received_same_day_yen'])}（うち還付未済 {wording.yen(now['refund_due_yen'])}）  \n"
               f"欠損 {wording.yen(now['written_off_yen'])}  \n未済 {wording.yen(now['outstanding_yen'])}（納期未到来を含む）")


def _months(user: User, stands: Standing, by_year: pl.DataFrame, year_class: str, district: str | None) -> None:
    year = stands.fiscal_year
    asked = dict(fiscal_year=year, year_class=year_class, district=district)
    found = ask(user, "rate_by_month", **asked)
    if found.is_empty():
        st.info("この区分の収納はまだありません。", icon=":material/info:")
        return
    series = {}
    for each, name in ((year, "今年度"), (year - 1, "前年度")):
        rows = found.filter(pl.col("fiscal_year") == each)
        if rows.height:
            series[name] = ([_month_name(index) for index in rows["month_index"]], [total / 1_000_000 for total in rows["received_so_far_yen"]])
    order = [_month_name(index) for index in range(14)]
    so_far = _so_far(stands, by_year, found)
    charts.lines(series, unit="百万円", key="rate_months", order=order, unfinished={"今年度": f"{stands.as_of.day}日まで"} if so_far else None,
                 alt="収納額の累計。今年度と前年度の折れ線。終わっていない月は、つながない白丸。値は下の表にある")
    if so_far:
        st.caption(so_far)
    tables.show(found.sort("fiscal_year", "booked_month", descending=[True, False]),
                ["fiscal_year", "booked_month", "received_yen", "received_so_far_yen"], empty="", alt="月別収納額の表", most_height=MONTHS_HEIGHT)
    if not decide(user, "worklist.read").allowed:
        st.caption("10人未満の月は、次の月にまとめています。")
    passport_part(user, "rate_by_month", asked, found, key="rate_months")


def _so_far(stands: Standing, by_year: pl.DataFrame, found: pl.DataFrame) -> str:
    """Of a month that is not over: that it is not, and both years on the same day. Empty at the end of a month, or before anything came in in it."""
    this_month = stands.as_of.replace(day=1)
    if (stands.as_of + timedelta(days=1)).day == 1 or this_month not in found.filter(fiscal_year=stands.fiscal_year)["booked_month"].to_list():
        return ""
    same_day = dict(zip(by_year["fiscal_year"], by_year["received_same_day_yen"], strict=True))
    return (f"白丸 = {stands.as_of.month}月は{stands.as_of.day}日まで（月の途中）で、下の表の前年度の{stands.as_of.month}月は月の終わりまで。同じ日までの累計は、"
            f"今年度 **{wording.yen(same_day.get(stands.fiscal_year))}**、前年度 **{wording.yen(same_day.get(stands.fiscal_year - 1))}**。")


def _month_name(index: int) -> str:
    return f"{(index + 3) % 12 + 1}月" if index < 12 else f"翌{index - 8}月"


def _years(user: User, by_year: pl.DataFrame, year_class: str, district: str | None) -> None:
    rows = by_year.filter(pl.col("year_class") == year_class)
    newest = rows.sort("fiscal_year", descending=True).rename({"received_yen": "settled_yen"})
    tables.show(newest, WHOLE_YEAR, empty="この区分の調定はありません。", alt="年度ごとの調定・決算の収納・欠損・未済と収納率の表", widths=YEARLY, is_unit_said=True)
    if newest.is_empty():
        return
    st.caption("年度を通した額（円）と率。今年度は基準日まで。**決算の収納額**は還付未済を除く収納額で、調定額で割ると収納率（年度）。調定額 ＝ 決算の収納額 ＋ 不納欠損額 ＋ 収入未済額。滞繰の調定額は、年度初めに未納だった額。")
    tables.show(newest, SAME_DAY, empty="", alt="年度ごとの、同じ月日までの調定・収納と収納率の表", widths=YEARLY, is_unit_said=True)
    st.caption("各年度の、基準日と同じ月日までの額（円）と率。**同日収納額**は還付未済を含む（前年の同じ日の還付未済は分からない）。だから今年度も、収納率（同日）は還付未済の分だけ収納率（年度）より高い。")
    passport_part(user, "rate_by_year", {"district": district}, by_year, key="rate_years")

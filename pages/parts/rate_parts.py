"""内訳 of 収納状況: the rate of every part of one 分け方, against the same day a year before, the city and the target; a row opens its list."""

import polars as pl
import streamlit as st

from auth.access import User, decide
from data_access.query import ask
from data_access.rate_footing import DIMENSIONS
from data_access.target import targets
from pages.parts import charts, tables, wording
from pages.parts.door import choose_case
from pages.parts.lists import foot, paged
from pages.parts.passport_part import passport_part

MEANING = {
    "担当": "担当は、いまの所属別担当。滞納のある人に担当が付くので、担当のある人の率は「担当なし」（ほとんどが滞納のない人）や市平均より低くなる。担当者の働きの差ではなく、担当どうしの差も、受け持つ人の違いを含む。",
    "年齢": "年齢は、納める人の各年度の4月1日の年齢。",
    "所得": "所得は、相当年度の国保賦課の基準総所得金額。",
    "納付方法": "特別徴収は年金からの天引き。",
    "医療・支援・介護・子ども": "収納は区分ごとに届かないので、期別の区分別調定で1円まで分けた額。",
    "相当年度": "相当年度は、賦課の対象の年度。前年同日は、1年前に同じ古さだった年度（令和7年度の行は、前年の令和6年度の率）。",
}
RATES = ["part", "same_day_rate", "rate_before", "rate_change", "target_rate", "city_rate", "point_yen"]
COLUMNS = ["part", "assessed_yen", "received_same_day_yen", "refund_due_yen", "written_off_yen", "outstanding_yen", "overdue_yen"]
WHOLE = "合計"
LISTED = ["name", "atena_number_shown", "installment_key", "year_class", "due_date", "assessed_yen", "overdue_yen", "district_name"]
WIDTHS = {"part": 180, "installment_key": 150, "district_name": 210}
AMOUNTS = {"part": 150, "assessed_yen": 118, "received_same_day_yen": 118, "refund_due_yen": 100, "written_off_yen": 110, "outstanding_yen": 118, "overdue_yen": 110}
FOOTING = "調定額 ＝ 同日収納額 − 還付未済額 ＋ 不納欠損額 ＋ 収入未済額。収入未済額は納期未到来を含む。"
PAGE_SIZE = 100
MARKS = "棒 = 今年度　橙の縦線 = 前年同日　"


def parts(user: User, year: int, year_class: str, district: str | None) -> None:
    """The chart, its table, and under it the 期別 in arrears of the part that was chosen."""
    dimension = st.segmented_control("分け方", DIMENSIONS, default="期別", key="dimension", bind="query-params", required=True)
    asked = dict(dimension=dimension, fiscal_year=year, year_class=year_class, district=district)
    answer = ask(user, "rate_by_dimension", **asked)
    found = _named(answer.filter((pl.col("assessed_yen") > 0) | (pl.col("received_same_day_yen") != 0)), dimension, year, year_class, district)
    _chart(found.filter(pl.col("same_day_rate").is_not_null(), pl.col("part_key").ne_missing(WHOLE)), dimension, district)
    passport_part(user, "rate_by_dimension", asked, answer, key="rate_parts")
    sees_persons = decide(user, "worklist.read").allowed
    chosen = f"rate_part_{dimension}_{year_class}_{district}"
    if note := MEANING.get(dimension):
        st.caption(note)
    told = found.with_columns(pl.col("part").str.replace("（.*$", "")) if dimension == "地区" else found
    tables.show(told, _told(told, RATES, district), empty="この区分の調定はありません。", alt=f"{dimension}の収納率の表。終わりの行が合計", key=f"rates_{chosen}")
    if found.is_empty():
        return
    st.caption("額（円）　" + (FOOTING if sees_persons else ""))
    tables.show(told, _told(told, COLUMNS, district), empty="", alt=f"{dimension}の調定・収納・還付未済・欠損・未済の表。終わりの行が合計", widths=AMOUNTS, key=f"table_{chosen}", is_unit_said=True,
                on_choose=(lambda row: st.session_state.update({chosen: found["part"][row]})) if sees_persons else None)
    if sees_persons:
        _list(user, found.filter(pl.col("part") == st.session_state.get(chosen, ""), pl.col("part_key").ne_missing(WHOLE)), asked)
    else:
        st.caption("10人未満の区分と特別管理は、「その他」「ほかの地区」と次の月にまとめています。還付未済・欠損・未済は、10人未満の還付が分かるため示しません。")


def _told(found: pl.DataFrame, columns: list[str], district: str | None) -> list[str]:
    """Without what says nothing: told to this reader in no line, or the same in every line."""
    return [name for name in columns if found.height == 0 or found[name].null_count() < found.height and (district or name != "city_rate")]


def _named(found: pl.DataFrame, dimension: str, year: int, year_class: str, district: str | None) -> pl.DataFrame:
    """With the target of each district, and the levy years as the office writes them."""
    plan = targets(year)
    goals = [plan.of(year_class, district if key == WHOLE else key) if dimension == "地区" and key else None for key in found["part_key"]]
    names = [wording.fiscal(int(part)) if dimension == "相当年度" and part.isdecimal() else part for part in found["part"]]
    return found.with_columns(pl.Series("part", names, dtype=pl.String), pl.Series("target_rate", [goal and goal.rate for goal in goals], dtype=pl.Decimal(9, 2)))


def _chart(rated: pl.DataFrame, dimension: str, district: str | None) -> None:
    if rated.is_empty():
        return
    charts.bars(rated["part"].to_list(), _numbers(rated["same_day_rate"]), unit="%", key="rate_parts", before=_numbers(rated["rate_before"]),
                average=_numbers(rated["city_rate"]) if district else float(rated["city_rate"][0]),
                alt=f"{dimension}の収納率。棒が今年度、橙の縦線が前年同日、{'菱形が市の同じ区分' if district else '点線が市平均'}。値は下の表にある")
    st.caption(MARKS + ("菱形 = 市の同じ区分" if district else "点線 = 市平均"))


def _numbers(rates: pl.Series) -> list[float | None]:
    return [None if rate is None else float(rate) for rate in rates]


def _list(user: User, part: pl.DataFrame, asked: dict) -> None:
    if part.is_empty():
        st.caption("額の表の行を押すと、その区分の滞納（納期限を過ぎた未納）の期別の一覧が下に出ます。")
        return
    row = part.row(0, named=True)
    page = paged(user, "rate_rows", "rate_page", PAGE_SIZE, dimension=asked["dimension"], part_key=row["part_key"], year_class=asked["year_class"], district=asked["district"])
    found = page.rows
    st.subheader(f"{row['part']}の滞納", anchor=False)
    count, yen = (found["total_count"][0], found["total_yen"][0]) if found.height else (0, 0)
    st.caption(f"収入未済額 {wording.yen(row['outstanding_yen'])} のうち、納期限を過ぎたのは {wording.yen(row['overdue_yen'])}。下の一覧は {count:,}件 {wording.yen(yen)}。"
               + "職員本人・世帯の分と、担当地区の外にある分は、額には入り、一覧には出ません。" * (yen != row["overdue_yen"]))
    tables.show(found, LISTED, key=f"rows_{asked['dimension']}_{row['part_key']}_{asked['year_class']}_{asked['district']}_{page.number}", widths=WIDTHS,
                empty="示せる期別はありません。", alt=f"{row['part']}の滞納の期別の表。1行が1つの期別", on_choose=lambda place: choose_case(found["atena_ref"][place]))
    st.caption("行を押すとカルテが開きます。")
    foot(user, page)

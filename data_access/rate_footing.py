"""検算 across pages: whichever way 収納状況 is cut on a day, its parts add up to the 現年 and 滞繰 of the 月次報告 and the 年報 of that day."""

from collections.abc import Sequence

import polars as pl

from auth.access import User
from data_access.monthly_report import CURRENT, Check
from data_access.query import ask

DIMENSIONS = ("期別", "地区", "担当", "年齢", "所得", "納付方法", "医療・支援・介護・子ども", "相当年度")  # rate_dimension_column (disclosed/rate.sql) knows their columns
CLASSES = (CURRENT, "滞繰")
COMPARED = ("assessed_yen", "received_yen", "outstanding_yen")


def footing(user: User, fiscal_year: int) -> pl.DataFrame:
    """One row per 分け方 × class of that year; none of a year before last, of which 収納状況 has no parts. Raises as `ask`."""
    return ask(user, "rate_footing", dimensions=list(DIMENSIONS), fiscal_year=fiscal_year)


def checks(rows: pl.DataFrame, section: str, found: pl.DataFrame) -> list[Check]:
    """Of each 分け方 of `found` against the lines 現年 and 滞繰 of a report's `section`. What is not told to this reader (null) is not compared."""
    lines = {row["part"]: row for row in rows.filter(section=section).iter_rows(named=True)}
    told: dict[str, dict[str, dict]] = {}
    for row in found.iter_rows(named=True):
        told.setdefault(row["rate_dimension"], {})[row["year_class"]] = row
    return [Check(f"収納状況の{name}の計 ＝ この報告の現年・滞繰", sum(_apart(parts.get(each), lines.get(each)) for each in CLASSES)) for name, parts in told.items()]


def _apart(part: dict | None, line: dict | None) -> int:
    """Yen by which the two differ; a class that only one of them has differs by all of it."""
    pairs = _pairs(part, line)
    return sum(abs(one - other) for one, other in pairs)


def _pairs(part: dict | None, line: dict | None) -> Sequence[tuple[int, int]]:
    own, other = part or dict.fromkeys(COMPARED, 0), line or dict.fromkeys(COMPARED, 0)
    return [(own[name], other[name]) for name in COMPARED if None not in (own[name], other[name])]

"""月次報告: the tables of one month, from one snapshot, and whether they add up and agree with each other.

queries/monthly_report.sql makes every line; the page, the PDF (documents/monthly_report.typ) and the Excel file show the
same lines. Nothing in them comes from the clock, so a snapshot gives the same report on every day.
"""

from dataclasses import dataclass

import polars as pl

from auth.access import User
from data_access.query import ask

RATES, INSTALLMENTS, DISTRICTS, MONTHS, STANDING, ACTIVITY = (
    "収納状況", "期別の収納（現年）", "地区別の収納（現年・滞繰の計）", "月別の収納", "滞納の現在高", "滞納整理の状況")
WHOLE, CURRENT = "合計", "現年"
SETTLED = ["assessed_yen", "received_yen", "refund_due_yen", "written_off_yen", "outstanding_yen"]
RATED = ["part", *SETTLED, "same_day_rate", "rate_change"]
SECTIONS = {RATES: RATED, INSTALLMENTS: RATED, DISTRICTS: RATED, MONTHS: ["month", "current_yen", "carried_yen", "yen"],
            STANDING: ["part", "person_count", "yen"],
            ACTIVITY: ["part", "case_count", "person_count", "yen", "count_before", "so_far_count", "so_far_yen"]}


@dataclass(frozen=True)
class Check:
    """One way in which the tables must agree: what is compared, and by how many yen it differs (0 = it agrees)."""

    says: str
    difference_yen: int


def monthly(user: User) -> pl.DataFrame:
    """Every line of the report of the month of the day looked at, in the order to print. Raises NotAllowed as `ask` does."""
    return ask(user, "monthly_report")


def checks(rows: pl.DataFrame) -> list[Check]:
    """Each table against its own total, the tables against each other, and 調定 = 収納 − 還付未済 + 欠損 + 未済 in every line.

    What is not told to readers without persons (null) is not compared."""
    found = [sums(rows, section, columns) for section, columns in
             ((RATES, SETTLED), (INSTALLMENTS, SETTLED), (DISTRICTS, SETTLED), (MONTHS, ["current_yen", "carried_yen", "yen"]))]
    found.append(Check("月別の収納: 現年 ＋ 滞繰 ＝ 計", _apart(rows.filter(section=MONTHS), pl.col("current_yen") + pl.col("carried_yen") - pl.col("yen"))))
    found += [agrees(rows, (section, WHOLE), (RATES, own), SETTLED) for section, own in ((INSTALLMENTS, CURRENT), (DISTRICTS, WHOLE))]
    found.append(identity(rows.filter(pl.col("section").is_in([RATES, INSTALLMENTS, DISTRICTS]))))
    standing = rows.filter(section=STANDING)["yen"].head(3).to_list()
    if None not in standing and standing:
        found.append(Check("滞納の現在高: 現年分 ＋ 滞繰分 ＝ 滞納額", abs(standing[0] - standing[1] - standing[2])))
    return found


def agrees(rows: pl.DataFrame, one: tuple[str, str], other: tuple[str, str], columns: list[str]) -> Check:
    """The same figures in two lines (section, part) of a report; a line that is not there agrees."""
    pair = [_line(rows, *one), _line(rows, *other)]
    apart = sum(abs(pair[0][name] - pair[1][name]) for name in columns if None not in (pair[0][name], pair[1][name])) if all(pair) else 0
    return Check(f"{one[0]}の{one[1]} ＝ {other[0]}の{other[1]}", apart)


def identity(rows: pl.DataFrame) -> Check:
    """調定 = 収納 − 還付未済 + 不納欠損 + 収入未済 in every one of these lines."""
    left = pl.col("assessed_yen") - pl.col("received_yen") + pl.col("refund_due_yen") - pl.col("written_off_yen") - pl.col("outstanding_yen")
    return Check("調定 ＝ 収納 − 還付未済 ＋ 不納欠損 ＋ 収入未済（各行）", _apart(rows, left))


def sums(rows: pl.DataFrame, section: str, columns: list[str]) -> Check:
    """The lines of a section against its 合計."""
    own, total = rows.filter(section=section).filter(pl.col("part").ne_missing(WHOLE)), _line(rows, section, WHOLE)
    told = [name for name in columns if total and total[name] is not None and not own[name].null_count()]
    return Check(f"{section}: 各行の計 ＝ 合計", sum(abs(own[name].sum() - total[name]) for name in told) if total else 0)


def _line(rows: pl.DataFrame, section: str, part: str) -> dict | None:
    return next(rows.filter(section=section, part=part).iter_rows(named=True), None)


def _apart(rows: pl.DataFrame, expression: pl.Expr) -> int:
    return int(rows.select(expression.abs().sum()).item() or 0)

"""年報・決算: the tables of one fiscal year, from one snapshot, and whether they add up and agree with each other.

queries/annual_report.sql makes every line; the page, the PDF (documents/annual_report.typ) and the Excel file show the same lines.
"""

from datetime import date

import polars as pl

from auth.access import User
from data_access.monthly_report import SETTLED, Check, agrees, identity, sums
from data_access.query import ask
from law.fiscal_year import accounts_close_on

SETTLEMENT, LEVY_YEARS, DISTRICTS, METHODS, LOST, ACTIVITY = (
    "決算", "相当年度別（滞納繰越分）", "地区別", "納付方法別（現年分）", "不納欠損の事由別", "滞納整理の状況")
RATED = ["part", *SETTLED, "settlement_rate", "settlement_rate_change"]
ANNUAL = ["part", "assessed_yen", "whereabouts_unknown_yen", "annual_rate"]  # of the 決算, in a table of its own
SECTIONS = {SETTLEMENT: RATED, LEVY_YEARS: RATED, DISTRICTS: RATED, METHODS: RATED, LOST: ["part", "case_count", "yen"],
            ACTIVITY: ["part", "case_count", "yen"]}
WHOLE, CURRENT, CARRIED = "合計", "現年", "滞繰"


def annual(user: User, fiscal_year: int) -> pl.DataFrame:
    """Every line of the report of that year, in the order to print. Raises NotAllowed as `ask` does."""
    return ask(user, "annual_report", **asked(fiscal_year))


def asked(fiscal_year: int) -> dict[str, object]:
    """What the question is asked with for that year, by the page and by an order of the file alike."""
    return {"fiscal_year": fiscal_year, "closes_on": closes_on(fiscal_year).isoformat()}


def closes_on(fiscal_year: int) -> date:
    """出納閉鎖 of that year."""
    return accounts_close_on(fiscal_year)


def checks(rows: pl.DataFrame) -> list[Check]:
    """Each table against its own total, the tables against the 決算, and 調定 = 収納 − 還付未済 + 欠損 + 未済 in every line."""
    found = [sums(rows, section, SETTLED) for section in (SETTLEMENT, LEVY_YEARS, DISTRICTS, METHODS)]
    found += [agrees(rows, (section, WHOLE), (SETTLEMENT, own), SETTLED) for section, own in ((LEVY_YEARS, CARRIED), (DISTRICTS, WHOLE), (METHODS, CURRENT))]
    found.append(identity(rows.filter(pl.col("section").is_in([SETTLEMENT, LEVY_YEARS, DISTRICTS, METHODS]))))
    written_off, by_reason = (rows.filter(section=section, part=WHOLE) for section in (SETTLEMENT, LOST))
    pair = [frame[name][0] if frame.height else 0 for frame, name in ((written_off, "written_off_yen"), (by_reason, "yen"))]
    found.append(Check("不納欠損の事由別の計 ＝ 決算の不納欠損額", abs(pair[0] - pair[1]) if None not in pair else 0))
    return found

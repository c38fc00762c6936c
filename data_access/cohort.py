"""回収の進み: each levy year's share that has come in, read at the same number of months after it was levied."""

from datetime import date

import polars as pl

CLOSING = 14  # months from April to the end of May of the next year: 出納閉鎖
MARKS = {"at_six_months": 6, "at_twelve_months": 12, "at_closing": CLOSING, "at_second_closing": 26, "at_third_closing": 38}


def at_marks(cohort: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """From the rows of rate_cohort: one row a levy year, the newest first: levy_year, assessed_yen, the rate (%) at the end of each of
    MARKS, and `collected_rate` as it stands. Null where the months have not passed, or no month is told up to there."""
    rows = []
    for (year,), own in cohort.sort("levy_year", "month_index", descending=[True, False]).group_by("levy_year", maintain_order=True):
        passed = (as_of.year - year) * 12 + as_of.month - 4  # whole months; the one that runs is not over
        known = {row["month_index"] + 1: row["collected_rate"] for row in own.iter_rows(named=True)}
        at = {name: _last(known, months) if months <= passed else None for name, months in MARKS.items()}
        rows.append({"levy_year": year, "assessed_yen": own["assessed_yen"][0], **at, "collected_rate": own["collected_rate"][-1]})
    rates = dict.fromkeys((*MARKS, "collected_rate"), pl.Decimal(9, 2))
    return pl.DataFrame(rows, schema={"levy_year": pl.Int64, "assessed_yen": pl.Int64, **rates})


def _last(known: dict[int, object], months: int):
    """The rate of the last month told up to there."""
    told = max((month for month in known if month <= months), default=None)
    return None if told is None else known[told]

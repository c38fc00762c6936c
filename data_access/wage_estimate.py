"""給与支払報告書からの目安: the law's own explanation of what may be attached of a delinquent's pay, beside the city's SQL."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from law.wage_attachment import Wage, explain

STEP_ROWS = {"item": pl.String, "yen": pl.Int64, "reckoning": pl.String, "article": pl.String}


@dataclass(frozen=True)
class WageEstimate:
    """One month's pay of all present employers together (yen): how each month's pay was found, the steps, and whether the
    snapshot says the same."""

    tax_year: int
    payers: tuple[str, ...]
    dependant_count: int
    attachable_yen: int
    steps: pl.DataFrame
    agrees: bool


def wage_estimate(employments: pl.DataFrame, as_of: date) -> WageEstimate | None:
    """The estimate from the rows of the question case_employments; None where nobody is known to pay or the pay is not shown.

    Raises LawFileInvalid when the law has no value for `as_of`.
    """
    paying = [row for row in employments.iter_rows(named=True) if row["is_paying"]]
    if not paying:
        return None
    wages = [Wage(row["employer_name"] or "", row["monthly_gross_yen"], row["monthly_income_tax_yen"], row["monthly_resident_tax_yen"],
                  row["monthly_insurance_yen"]) for row in paying]
    first = paying[0]
    found = explain(wages, first["dependant_count"], as_of)
    steps = pl.DataFrame([(step.item, step.yen, step.sentence, step.article) for step in found.steps], schema=STEP_ROWS, orient="row")
    payers = tuple(f"{row['employer_name'] or '勤務先不明'}　{row['gross_yen']:,}円 ÷ {row['months_worked']}月 = {row['monthly_gross_yen']:,}円" for row in paying)
    return WageEstimate(first["tax_year"], payers, first["dependant_count"], found.attachable_yen, steps,
                        found.attachable_yen == first["attachable_yen"])

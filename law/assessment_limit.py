"""賦課決定の期間制限: until when a levy may be raised or lowered (国民健康保険法110条の2, 地方税法17条の5)."""

from dataclasses import dataclass
from datetime import date, timedelta

from law.calendar import last_day
from law.in_force import value

FILE = "assessment_limit.toml"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class AssessmentLimit:
    """`last_on`: last day on which it may be decided; None where the limit does not bind. `needs_person`: to find out whether it does."""

    last_on: date | None
    article: str
    sentence: str
    needs_person: bool = False

    def allows(self, day: date) -> bool:
        return self.last_on is None or day <= self.last_on


def explain(first_due_date: date, is_lower: bool, levy_kind: str = "料", is_late_adjustment: bool = False) -> AssessmentLimit:
    """The limit for the levy whose first 納期限 of the year (税: 法定納期限) is `first_due_date`. Raises NoValue.

    `is_late_adjustment`: the lowering follows a late 適用関係の調整, for which 料 has an exception.
    """
    exception = value(FILE, "late_adjustment_lowers", first_due_date, bool, levy_kind)
    if is_lower and is_late_adjustment and exception.value:
        return AssessmentLimit(None, exception.reference, "適用関係の調整による減額は、期間の後もできる（担当者が要件を確かめる）", True)
    years = value(FILE, "lower_years" if is_lower else "raise_years", first_due_date, int, levy_kind)
    last_on = last_day(first_due_date + DAY, 12 * years.value)
    act = "減額" if is_lower else "増額"
    return AssessmentLimit(last_on, years.reference, f"{act}の賦課決定は {last_on} まで（{years.value}年を経過した {last_on + DAY} からはできない）")

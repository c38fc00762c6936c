"""滞納処分の執行停止 (地方税法15条の7): when three years are over, and the hardship line."""

from datetime import date, timedelta

from law.calendar import last_day
from law.parameters import suspension_policy


def three_years_end(decided_on: date, levy_kind: str = "料") -> date:
    """The day at whose end the duty to pay is extinguished (15条の7第4項); the first day is not counted.

    Prescription runs on meanwhile: a 料 usually dies earlier by 時効, so show both dates.
    """
    years = suspension_policy(levy_kind, decided_on).extinction_years
    return last_day(decided_on + timedelta(days=1), 12 * years)


def hardship_limit(relatives: int, on: date, levy_kind: str = "料") -> int:
    """Monthly yen below which living is taken to be pressed: the person plus `relatives` (施行令34条)."""
    policy = suspension_policy(levy_kind, on)
    return policy.hardship_monthly_yen + policy.hardship_per_relative_yen * relatives

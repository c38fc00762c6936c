"""家計の目安: does a household live on no more than what the law leaves to it (国税徴収法76条1項4号の額)? A person confirms it.

What comes in is the 収入 that the 住民税 records tell, before tax, of the year before: whoever is below the line by it is
below it in any case. `record` is the same as one record of the 一次審査. Who has no record earns nothing only as far as somebody in the household supports them (扶養).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from law.parameters import suspension_policy
from law.screening import HOUSEHOLD, Record
from law.wage_attachment import Step

MONTHS = 12
RESIDENT, GONE, NO_HOME = "現住", ("死亡", "職権消除"), "世帯がない"


class HouseholdUnclear(ValueError):
    """世帯の人数が数えられない。"""


class Line(StrEnum):
    BELOW = "目安以下"
    ABOVE = "目安を超える"
    UNKNOWN = "資料不足"


@dataclass(frozen=True)
class Household:
    """`recorded_count` of its members have a 住民税 record; together they took in `revenue_yen` and support `dependant_count`.
    `oldest_tax_year`: of the newest record of each of them, the oldest."""

    member_count: int
    recorded_count: int
    revenue_yen: int
    dependant_count: int
    oldest_tax_year: int | None = None


@dataclass(frozen=True)
class Hardship:
    """`lacking_count`: members of whom no record says what they live on; with any of them nobody is told to be below."""

    line: Line
    limit_yen: int
    monthly_yen: int
    lacking_count: int
    steps: tuple[Step, ...]
    sentence: str


def explain(household: Household, on: date, levy_kind: str = "料") -> Hardship:
    """The household beside the monthly line on the day `on`. Raises HouseholdUnclear, and NoValue for a day without law."""
    if not 0 <= household.recorded_count <= household.member_count or household.member_count < 1:
        raise HouseholdUnclear("世帯の人数と所得の資料の数が合いません。宛名と住民税の記録を確かめてください。")
    policy, relatives = suspension_policy(levy_kind, on), household.member_count - 1
    own, each = policy.hardship_monthly_yen, policy.hardship_per_relative_yen
    limit, monthly = own + each * relatives, max(0, household.revenue_yen) // MONTHS
    lacking = max(0, household.member_count - household.recorded_count - household.dependant_count)
    line = Line.ABOVE if monthly > limit else Line.UNKNOWN if lacking else Line.BELOW
    steps = (
        Step("目安（月）", limit, f"{own:,}円 + {each:,}円 × 親族{relatives}人", policy.references["hardship_monthly_yen"]),
        Step("世帯の収入（月）", monthly, f"{household.recorded_count}人の前年の収入（控除前）{household.revenue_yen:,}円 ÷ {MONTHS}月", "住民税の記録"),
    )
    left = f"。所得の資料がない人が{lacking}人いるので、申告か聞取りで確かめる" if lacking else ""
    return Hardship(line, limit, monthly, lacking, steps, f"世帯の収入は月 {monthly:,}円、目安は {limit:,}円（{line}）{left}")


def record(household: Household, resident_state: str, on: date, levy_kind: str = "料") -> Record | None:
    """What the 一次審査 takes from it, as old as its oldest income; None of who lives elsewhere or whose household has no record at all.

    Not confirmed while an income is missing that could lift the household above the line. Raises as `explain`."""
    if resident_state in GONE:
        return Record(HOUSEHOLD, NO_HOME, on, True, "宛名")
    if resident_state != RESIDENT or not household.recorded_count:
        return None
    line = explain(household, on, levy_kind).line
    known_on = date(household.oldest_tax_year, suspension_policy(levy_kind, on).income_known_month, 1)
    result = Line.ABOVE if line is Line.ABOVE else Line.BELOW
    return Record(HOUSEHOLD, str(result), min(known_on, on), line is not Line.UNKNOWN, f"住民税-{household.oldest_tax_year}")

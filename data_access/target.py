"""目標: the target of the 決算の収納率 in the approved 徴収計画 of a fiscal year. The one place that knows where targets come from.

A district without one of its own has the city's; before a plan is approved there is none (casework/collection_plan.py writes it).
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import settings
from data_access.approved import approved

MATTER, CITY = "collection_plan", "市計"


@dataclass(frozen=True)
class Target:
    """`rate`: per cent of the 調定 to be in at 出納閉鎖 (決算の率); `reference`: the plan and the day of its approval."""

    rate: Decimal
    reference: str

    def left_yen(self, assessed_yen: int, collected_yen: int) -> int:
        """Yen that must still come in so that `rate` of `assessed_yen` is reached, rounded up; 0 when it is."""
        return max(0, -((collected_yen * 10_000 - assessed_yen * int(self.rate * 100)) // 10_000))


def target(fiscal_year: int, year_class: str, district: str | None = None) -> Target | None:
    """The approved target of one district, or of the whole city (None); None when there is none."""
    return targets(fiscal_year).of(year_class, district)


@dataclass(frozen=True)
class Targets:
    """Those of one fiscal year: (地区コード or 市計, 現年/滞繰) → target."""

    found: dict[tuple[str, str], Target]

    def of(self, year_class: str, district: str | None = None) -> Target | None:
        """The target of a district, else of the city."""
        return self.found.get((district or CITY, year_class), self.found.get((CITY, year_class)))


def targets(fiscal_year: int) -> Targets:
    """Every target of the newest approved plan of that year."""
    plans = [plan for plan in approved(MATTER) if plan.content["fiscal_year"] == fiscal_year]
    if not plans:
        return Targets({})
    reference = f"{fiscal_year}年度の徴収計画（{settings.day_of(datetime.fromisoformat(plans[-1].approved_at))} 承認）"
    return Targets({(each["area"], each["year_class"]): Target(Decimal(each["rate"]), reference) for each in plans[-1].content["targets"]})

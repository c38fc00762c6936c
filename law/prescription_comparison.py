"""The source system's stored 時効 dates (2年, 5年) against the computed one: do they agree, and if not, why probably."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from law.prescription import Prescription

DAY = timedelta(days=1)


class Reason(StrEnum):
    """Why a stored date is what it is, the likeliest first; staff read these words."""

    SAME = "一致"
    NOT_STORED = "登録がない"
    LATER_READING = "督促の指定期限から数えている"
    UNCONFIRMED = "確認されていない承認で更新している"
    ROLLED = "満了日を翌開庁日へ延ばしている"
    NOT_RENEWED = "更新を反映していない"
    EARLIER_EVENT = "途中の事由までしか反映していない"
    FIRST_DAY = "初日の数え方が1日違う"
    OTHER_KIND = "料と税の年数を取り違えている"
    EARLIER = "説明がつかない（登録の方が早い）"
    LATER = "説明がつかない（登録の方が遅い）"


@dataclass(frozen=True)
class Comparison:
    """`days`: stored minus computed, None when nothing is stored. `warns`: the stored date is later, so it warns too late."""

    stored_on: date | None
    computed_on: date
    agrees: bool
    days: int | None
    reason: Reason

    @property
    def warns(self) -> bool:
        return self.days is not None and self.days > 0


def compare(
    stored_2y: date | None, stored_5y: date | None, levy_kind: str, computed: Prescription
) -> Comparison:
    """料 is held against the 2年 date, 税 against the 5年 date; both stored dates are the last day of the period."""
    stored, other = (stored_2y, stored_5y) if levy_kind == "料" else (stored_5y, stored_2y)
    reason = _reason(stored, other, computed)
    days = (stored - computed.completes_on).days if stored else None
    return Comparison(stored, computed.completes_on, reason is Reason.SAME, days, reason)


def _reason(stored: date | None, other: date | None, computed: Prescription) -> Reason:
    on = computed.completes_on
    if stored is None:
        return Reason.OTHER_KIND if other == on else Reason.NOT_STORED
    rolled = computed.extinct_from - DAY if computed.extinct_from else None
    explained = {
        Reason.SAME: [on],
        Reason.LATER_READING: [computed.later_reading_on],
        Reason.UNCONFIRMED: [computed.if_confirmed_on],
        Reason.ROLLED: [rolled],
        Reason.NOT_RENEWED: [computed.steps[0].completes_on],
        Reason.EARLIER_EVENT: [step.completes_on for step in computed.steps],
        Reason.FIRST_DAY: [on - DAY, on + DAY],
    }
    for reason, days in explained.items():
        if stored in days:
            return reason
    if other == on:
        return Reason.OTHER_KIND
    return Reason.EARLIER if stored < on else Reason.LATER

"""Two clocks that run beside the installment's own 時効: the 延滞金 left after the principal was paid, and refunds."""

from dataclasses import dataclass
from datetime import date, timedelta

from law.calendar import last_day
from law.parameters import levy_policy, prescription_rule

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Clock:
    """Complete at the end of `completes_on`; the first day is not counted (民法140条)."""

    first_day: date
    completes_on: date
    article: str
    needs_person: bool


def charge_clock(paid_on: date, levy_kind: str = "料") -> Clock:
    """延滞金 of a part of the principal paid on that day runs anew from the payment (税: 地方税法18条の2第6項).

    For 料 no article says so: the same date is computed, and a person looks at it.
    """
    rule = prescription_rule(levy_kind, paid_on)
    return _clock(paid_on, levy_kind, rule.references["charge_clock_is_own"], not rule.charge_clock_is_own)


def refund_clock(claimable_on: date, levy_kind: str = "料") -> Clock:
    """The right to a refund that can be claimed from that day (料: 国保法110条1項, 税: 地方税法18条の3第1項)."""
    rule = prescription_rule(levy_kind, claimable_on)
    return _clock(claimable_on, levy_kind, rule.references["refund"], False)


def _clock(on: date, levy_kind: str, article: str, needs_person: bool) -> Clock:
    years = levy_policy(levy_kind, on).prescription_years
    return Clock(on + DAY, last_day(on + DAY, 12 * years), article, needs_person)

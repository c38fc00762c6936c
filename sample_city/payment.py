"""Who pays when: two payments at most for an installment, by habit of the household."""

from dataclasses import dataclass

import numpy as np

from sample_city.assessment import Bills
from sample_city.clock import NEVER
from sample_city.insured import Levy
from sample_city.people import Draw, People

COUNTER, STORE, TRANSFER, PAYEASY, PENSION, SEIZED, REFUND = range(7)
HARD, LATE = -1.47, -0.87  # below the first hardly ever pays, below the second pays late


@dataclass
class Slots:
    """Arrays of shape (installments, 2): the day, amount (yen) and channel of the first and second payment."""

    paid_on: np.ndarray
    amount: np.ndarray
    channel: np.ndarray

    def settled_on(self) -> np.ndarray:
        """The day the installment is paid in full; NEVER if it is not."""
        return self.paid_on.max(axis=1, initial=0, where=self.amount > 0)


def habits(draw: Draw, people: People, levy: Levy) -> tuple[np.ndarray, np.ndarray]:
    """Payment method and readiness to pay, by household (about standard normal, lower is worse)."""
    count, age = people.size.size, people.head_age
    lot = draw.random.random(count)
    pension = (age >= 66) & (age <= 76) & (lot < 0.38)
    method = np.where(pension, 2, np.where(draw.chance(np.where(age >= 50, 0.56, 0.42), count), 1, 0))
    by_age = np.select([age < 30, age < 40, age < 55, age < 65], [-0.55, -0.4, -0.2, 0.0], 0.35)
    poor = np.bincount(levy.household, levy.income < 430_000, minlength=count) > 0
    ready = draw.random.normal(0, 0.85, count) + by_age + np.array([-0.12, 0.75, 3.0])[method] - 0.1 * poor
    return method, ready


def pay(draw: Draw, people: People, bills: Bills, ready: np.ndarray) -> Slots:
    """What every household would pay if nobody pursued it."""
    random, clock, count = draw.random, draw.clock, bills.notice.size
    home = bills.household[bills.notice]
    score = ready[home] + random.normal(0, 0.4, bills.household.size)[bills.notice] + random.normal(0, 0.3, count)
    score -= 0.7 * (bills.due > people.exit_on[home] - 90)
    method = bills.method[bills.notice]
    lateness = 1 + np.where(score < HARD, 40 + random.exponential(1750, count), random.exponential(45, count)).astype(np.int64)
    early = -np.minimum(random.exponential(11, count), 40).astype(np.int64) * (method == 0)
    on_time = score >= LATE
    ahead = (draw.chance(0.04, bills.household.size) & (bills.method == 0))[bills.notice] & on_time
    paid = bills.due + np.where(on_time, early, lateness)
    notified = bills.notified_on[bills.notice]
    paid = np.where(ahead, notified + 10, np.maximum(paid, notified + 3))
    channel = np.where((method > 0) & on_time, np.where(method == 1, TRANSFER, PENSION), random.choice([0, 1, 1, 1, 3], count))
    amount = np.where(bills.corrected_on <= paid, bills.owed, bills.before.sum(axis=1))
    slots = Slots(np.stack([paid, np.full(count, NEVER)], axis=1), np.stack([amount, np.zeros_like(amount)], axis=1),
                  np.stack([channel, channel], axis=1))
    _split(draw, bills, slots, ~on_time)
    slots.paid_on[slots.amount == 0] = NEVER
    slots.paid_on[slots.paid_on > clock.last] = NEVER
    return slots


def _split(draw: Draw, bills: Bills, slots: Slots, slow: np.ndarray) -> None:
    """Some of the slow pay a part first, and the rest much later (in place)."""
    chosen = np.flatnonzero(slow & (bills.corrected_on == NEVER) & (bills.owed >= 4_000) & draw.chance(0.09, slow.size))
    part = bills.owed[chosen] * draw.days(2, 7, chosen.size) // 10 // 100 * 100
    first = bills.due[chosen] + 15 + draw.random.exponential(150, chosen.size).astype(np.int64)
    slots.amount[chosen, 0], slots.amount[chosen, 1] = part, bills.owed[chosen] - part
    slots.paid_on[chosen, 1] = np.maximum(slots.paid_on[chosen, 0], first) + draw.days(10, 90, chosen.size)
    slots.paid_on[chosen, 0] = first

"""What the source system stores of its own reckoning: 2年時効の日 by installment, and 延滞金 fixed by hand.

The dates follow the law's own words, so that a console agrees with them, but for the few differences planted in stories.toml.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from law.calendar import last_day
from law.parameters import levy_policy
from law.prescription import Event, explain
from sample_city.assessment import Bills
from sample_city.cases import DISPOSITION, PLAN, Pursued
from sample_city.clock import NEVER, date_of, number
from sample_city.fixed import fixed_charges
from sample_city.people import Draw
from sample_city.pursuit import Demands
from sample_city.receipts import Receipts

DAY = timedelta(days=1)
KINDS = ["差押", "交付要求", "交付要求"]  # 参加差押 is one
REASONS = ["取立", "配当", "無益解除", "取下げ"]


@dataclass
class Stored:
    """By installment: the last day without and with the 督促, the day of the 督促, the forced charge (yen, -1 for none),
    and the charge fixed when all was paid (yen, -1 for none) with its day."""

    from_due: np.ndarray
    until: np.ndarray
    demanded_on: np.ndarray
    forced: np.ndarray
    fixed: np.ndarray
    fixed_on: np.ndarray

    def columns(self, at: np.ndarray, unpaid: np.ndarray, day: int) -> dict:
        """The stored columns of the installments `at` on `day`; a 時効 date only while something is `unpaid` (yen)."""
        until = np.where(self.demanded_on[at] <= day, self.until[at], self.from_due[at])
        forced = pl.Series(self.forced[at])
        fixed = pl.Series(self.fixed[at])
        return {"forced_charge_yen": forced.set(pl.Series((self.forced[at] < 0) | (unpaid == 0)), None),
                "fixed_charge_yen": fixed.set(pl.Series(self.fixed_on[at] > day), None),
                "stored_prescription_2y_on": np.where(unpaid > 0, until, NEVER), "stored_prescription_5y_on": np.full(at.size, NEVER)}


def stored(draw: Draw, bills: Bills, paid: Receipts, demands: Demands, pursued: Pursued, unpaid: np.ndarray) -> Stored:
    """`unpaid`: true for the installments that are open on the day of the full feed."""
    sent = (demands.issued_on < NEVER) & (demands.withdrawn_on == NEVER)
    from_due, until = after(bills.due), after(bills.due)
    until[sent] = np.maximum(until[sent], after(demands.issued_on[sent]))
    _pledge(bills, pursued, until)
    _seize(bills, demands, pursued, unpaid, until)
    old, forced = np.flatnonzero(unpaid & (bills.due < draw.clock.first - 120)), np.full(unpaid.size, -1)
    fixed = draw.random.choice(old, min(old.size, 2 + old.size // 250), replace=False)
    forced[fixed] = draw.days(0, 40, fixed.size) * 100
    return Stored(from_due, until, np.where(sent, demands.issued_on, 0), forced,
                  *fixed_charges(draw, bills, paid, demands, pursued))


def after(days: np.ndarray) -> np.ndarray:
    """The last day of a 料's period of 時効 that begins the day after (国保法110条1項, 民法143条2項)."""
    found, back = np.unique(days, return_inverse=True)
    ends = [number(last_day(on + DAY, 12 * levy_policy("料", on).prescription_years)) for on in map(date_of, found)]
    return np.array(ends, dtype=np.int64)[back]


def _case_of(bills: Bills, pursued: Pursued, kind: int, households: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The installments under cases of one kind, and the place of each one's case in `households`."""
    scope = pursued.scope[pursued.within(bills.household[bills.notice], kind)]
    return scope, np.searchsorted(households, bills.household[bills.notice[scope]])


def _pledge(bills: Bills, pursued: Pursued, until: np.ndarray) -> None:
    """A written plan acknowledges the debt, if it is not yet extinct (in place)."""
    plans = pursued.plans
    scope, case = _case_of(bills, pursued, PLAN, plans.household)
    pledged = plans.pledged_on[case]
    renews = plans.is_written[case] & (pledged <= until[scope])
    until[scope[renews]] = np.maximum(until[scope[renews]], after(pledged[renews]))


def _seize(bills: Bills, demands: Demands, pursued: Pursued, unpaid: np.ndarray, until: np.ndarray) -> None:
    """What a 差押 or 交付要求 did is asked of the law, one by one (in place)."""
    done = pursued.dispositions
    scope, case = _case_of(bills, pursued, DISPOSITION, done.household)
    for at, own in zip(scope[unpaid[scope]], case[unpaid[scope]], strict=True):
        is_over, effect = done.ended_on[own] < NEVER, date_of(done.took_effect_on[own])
        ended = date_of(done.ended_on[own]) if is_over else None
        events = [Event(KINDS[done.kind[own]], effect, ended, REASONS[done.end_reason[own]] if is_over else None)]
        if demands.issued_on[at] < NEVER and demands.withdrawn_on[at] == NEVER:
            events.append(Event("督促", date_of(demands.issued_on[at]), deadline=date_of(demands.deadline[at])))
        until[at] = number(explain(date_of(bills.due[at]), "料", events, max(ended or effect, effect)).completes_on)

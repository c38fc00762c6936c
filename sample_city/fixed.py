"""確定延滞金額: what 収納システム fixed on the day a late debt was wholly paid, by the law's own words, for the last year."""

import numpy as np

from law.delinquency_charge import explain
from sample_city.assessment import Bills
from sample_city.cases import NONE, Pursued
from sample_city.clock import NEVER, date_of
from sample_city.people import Draw
from sample_city.pursuit import Demands
from sample_city.receipts import Receipts

DAYS = 380  # back from the first feed: little more than a year


def fixed_charges(draw: Draw, bills: Bills, paid: Receipts, demands: Demands, pursued: Pursued) -> tuple[np.ndarray, np.ndarray]:
    """By installment: the charge (yen, -1 for none) and the day of booking on which it was fixed (NEVER for none)."""
    size, home = bills.notice.size, bills.household[bills.notice]
    seen = paid.booked <= draw.clock.last
    total, last_paid, booked = (np.zeros(size, dtype=np.int64) for _ in range(3))
    np.add.at(total, paid.at[seen], paid.principal[seen])
    np.maximum.at(last_paid, paid.at[seen], paid.received[seen])
    np.maximum.at(booked, paid.at[seen], paid.booked[seen])
    undone = np.zeros(size, dtype=bool)
    undone[paid.at[paid.principal < 0]] = True
    late = (total == bills.owed) & (bills.owed > 0) & (last_paid > bills.due) & (last_paid > draw.clock.first - DAYS)
    late &= (bills.corrected_on == NEVER) & ~undone & (pursued.kind[home] == NONE)
    charge, fixed_on = np.full(size, -1), np.full(size, NEVER)
    payments = _payments(paid, seen & late[paid.at])
    for at in np.flatnonzero(late):
        deadline = date_of(demands.deadline[at]) if demands.withdrawn_on[at] == NEVER > demands.issued_on[at] else None
        charge[at] = explain(int(bills.owed[at]), date_of(bills.due[at]), payments[at], date_of(last_paid[at]), "料",
                             designated_deadline=deadline).computed_yen
        fixed_on[at] = booked[at]
    return charge, fixed_on


def _payments(paid: Receipts, chosen: np.ndarray) -> dict[int, list]:
    found: dict[int, list] = {}
    for at, day, yen in zip(paid.at[chosen].tolist(), paid.received[chosen].tolist(), paid.principal[chosen].tolist(), strict=True):
        found.setdefault(at, []).append((date_of(day), yen))
    return found

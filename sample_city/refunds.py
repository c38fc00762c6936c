"""過誤納: what was paid before a correction lowered the bill, and its way back."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_city.assessment import Bills
from sample_city.clock import NEVER, booking_year
from sample_city.payment import REFUND
from sample_city.people import Draw
from sample_city.receipts import Receipts


@dataclass
class Overpaid:
    """過誤納 as arrays: the installment, the day it arose, yen, and the day it was paid back (or NEVER)."""

    at: np.ndarray
    arose_on: np.ndarray
    yen: np.ndarray
    settled_on: np.ndarray


def overpayments(draw: Draw, bills: Bills, receipts: Receipts) -> Overpaid:
    """What was paid before a correction lowered the bill; most of it is paid back within months."""
    paid = receipts.sum_on(draw.clock.last, bills.notice.size)
    last_booked = np.zeros_like(paid)
    np.maximum.at(last_booked, receipts.at, np.where(receipts.booked <= draw.clock.last, receipts.booked, 0))
    at = np.flatnonzero(paid > bills.owed)
    at = at[bills.corrected_on[at] <= draw.clock.last]
    arose = np.maximum(bills.corrected_on[at], last_booked[at])
    settled = arose + draw.days(15, 100, at.size)
    settled = np.where(draw.chance(0.93, at.size) & (settled <= draw.clock.last), settled, NEVER)
    return Overpaid(at, arose, paid[at] - bills.owed[at], settled)


def with_refunds(draw: Draw, receipts: Receipts, overpaid: Overpaid) -> Receipts:
    """The receipts and the refunds of `overpaid`, in the order of booking; only what is paid by the last day."""
    back = np.flatnonzero(overpaid.settled_on < NEVER)
    zero = np.zeros(back.size, dtype=np.int64)
    refunds = Receipts(overpaid.at[back], zero + 1, zero + REFUND, overpaid.settled_on[back], overpaid.settled_on[back],
                       -overpaid.yen[back], zero, zero)
    joined = {name: np.concatenate([getattr(receipts, name), getattr(refunds, name)]) for name in vars(receipts)}
    keep = np.flatnonzero(joined["received"] <= draw.clock.last)
    order = keep[np.lexsort((joined["at"][keep], joined["booked"][keep]))]
    return Receipts(**{name: column[order] for name, column in joined.items()})


def overpayment_table(draw: Draw, bills: Bills, overpaid: Overpaid, numbers: np.ndarray, day: int) -> pl.DataFrame:
    """過誤納 as it stood at the close of `day`."""
    known = np.flatnonzero(overpaid.arose_on <= day)
    at, settled = overpaid.at[known], overpaid.settled_on[known] <= day
    settled_on = np.where(settled, overpaid.settled_on[known], NEVER)
    return pl.DataFrame({
        "overpayment_number": 5_000_000_000 + draw.block * 1_000_000 + known, "notice_number": numbers[bills.notice[at]],
        "installment_no": bills.no[at] + 1, "arose_on": overpaid.arose_on[known],
        "fiscal_year": booking_year(overpaid.arose_on[known], draw.clock.levy_years[0] + bills.year[bills.notice[at]]),
        "overpaid_yen": overpaid.yen[known], "settled_on": settled_on, "settled_yen": np.where(settled, overpaid.yen[known], 0),
        "from_day": np.where(settled, settled_on, overpaid.arose_on[known])})

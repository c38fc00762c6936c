"""The receipts that payments leave: when they are booked, by which channel, and those not booked yet."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_city.assessment import Bills
from sample_city.clock import NEVER, booking_year
from sample_city.payment import PAYEASY, STORE, Slots
from sample_city.people import Draw
from sample_city.words import pick

CHANNELS = ["窓口", "コンビニ", "口座振替", "ペイジー", "年金特徴", "滞納処分", "還付"]
Payments = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # installment, day, yen, channel
KINDS = ["収納", "還付", "取消"]


@dataclass
class Receipts:
    """収納履歴 as arrays, in the order of booking; `at` is the index of the installment."""

    at: np.ndarray
    kind: np.ndarray
    channel: np.ndarray
    received: np.ndarray
    booked: np.ndarray
    principal: np.ndarray
    charge: np.ndarray
    fee: np.ndarray

    def sum_on(self, day: int, size: int) -> np.ndarray:
        """収納額 by installment of everything booked by `day` (yen)."""
        total = np.zeros(size, dtype=np.int64)
        seen = self.booked <= day
        np.add.at(total, self.at[seen], self.principal[seen])
        return total


def receive(draw: Draw, bills: Bills, slots: Slots, extra: list[Payments], demanded_on: np.ndarray) -> Receipts:
    """Receipts of the slots and of `extra` = (installment, day, amount, channel) groups, each booked 1–7 days later."""
    at, slot = np.nonzero((slots.paid_on < NEVER) & (slots.amount > 0))
    groups = [(at, slots.paid_on[at, slot], slots.amount[at, slot], slots.channel[at, slot]), *extra]
    at, day, amount, channel = (np.concatenate(column) for column in zip(*groups, strict=True))
    booked = _booking_day(draw, day, channel)
    late = np.maximum(day - bills.due[at], 0)
    charge = amount // 1000 * 1000 * 87 * late // 365_000
    pays_charge = (late > 30) & (charge >= 1000) & draw.chance(0.35, at.size)
    pays_fee = (day > demanded_on[at] + 3) & draw.chance(0.3, at.size)
    return Receipts(at, np.zeros_like(at), channel, day, booked, amount, np.where(pays_charge, charge // 100 * 100, 0), 100 * pays_fee)


def with_mistakes(draw: Draw, receipts: Receipts) -> Receipts:
    """Now and then a payment is booked twice and the second one cancelled (取消) ten days later; all of it long ago."""
    twice = np.flatnonzero((receipts.booked < draw.clock.first - 40) & draw.chance(0.0002, receipts.at.size))
    again = Receipts(**{name: column[twice] for name, column in vars(receipts).items()})
    again.charge, again.fee = np.zeros_like(again.charge), np.zeros_like(again.fee)
    undone = Receipts(**vars(again) | {"kind": np.full(twice.size, 2), "booked": again.booked + 10, "principal": -again.principal})
    return Receipts(**{name: np.concatenate([getattr(part, name) for part in (receipts, again, undone)]) for name in vars(receipts)})


def _booking_day(draw: Draw, day: np.ndarray, channel: np.ndarray) -> np.ndarray:
    """窓口 and 口座 are booked within three days; shops and Pay-easy on a Tuesday or Friday within a week."""
    ready = day + draw.days(3, 4, day.size)
    weekday = (ready + 3) % 7
    batch = ready + np.array([1, 0, 2, 1, 0, 3, 2])[weekday]
    return np.where(np.isin(channel, [STORE, PAYEASY]), batch, day + draw.days(1, 3, day.size))


def safe_number(eleven: np.ndarray) -> np.ndarray:
    """Twelve-digit numbers from eleven digits, whose last digit is never the check digit of a 個人番号."""
    weights = [place + 1 if place <= 6 else place - 5 for place in range(1, 12)]
    rest = sum((eleven // 10 ** (place - 1) % 10) * weight for place, weight in enumerate(weights, start=1)) % 11
    check = np.where(rest <= 1, 0, 11 - rest)
    return eleven * 10 + (check + 5) % 10


def receipt_table(draw: Draw, bills: Bills, receipts: Receipts, numbers: np.ndarray) -> pl.DataFrame:
    """収納履歴 of everything booked by the last day."""
    seen = np.flatnonzero(receipts.booked <= draw.clock.last)
    at = receipts.at[seen]
    number = safe_number(10_000_000_000 + draw.block * 100_000_000 + seen)
    return pl.DataFrame({
        "receipt_number": number, "notice_number": numbers[bills.notice[at]], "installment_no": bills.no[at] + 1,
        "receipt_kind": pick(KINDS, receipts.kind[seen]), "channel": pick(CHANNELS, receipts.channel[seen]),
        "received_on": receipts.received[seen], "booked_on": receipts.booked[seen],
        "fiscal_year": booking_year(receipts.booked[seen], draw.clock.levy_years[0] + bills.year[bills.notice[at]]),
        "principal_yen": receipts.principal[seen], "charge_yen": receipts.charge[seen], "fee_yen": receipts.fee[seen],
        "from_day": receipts.booked[seen]})


def flash_table(draw: Draw, bills: Bills, receipts: Receipts, numbers: np.ndarray) -> pl.DataFrame:
    """速報: paid at a shop or by Pay-easy, from the day after until it is booked; those still there on the first day or later."""
    fresh = (receipts.booked > draw.clock.first) & (receipts.received + 1 < receipts.booked)
    seen = np.flatnonzero(fresh & np.isin(receipts.channel, [STORE, PAYEASY]) & (receipts.received < draw.clock.last))
    at = receipts.at[seen]
    return pl.DataFrame({
        "flash_number": safe_number(20_000_000_000 + draw.block * 100_000_000 + seen),
        "notice_number": numbers[bills.notice[at]], "installment_no": bills.no[at] + 1,
        "channel": pick(CHANNELS, receipts.channel[seen]), "paid_on": receipts.received[seen],
        "paid_yen": receipts.principal[seen] + receipts.charge[seen] + receipts.fee[seen], "from_day": receipts.received[seen] + 1,
        "until_day": receipts.booked[seen]})

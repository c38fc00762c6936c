"""Who pays when: two payments at most for an installment, by habit of the household; and the receipts they leave."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_city.assessment import Bills
from sample_city.clock import NEVER, booking_year
from sample_city.insured import Levy
from sample_city.people import Draw, People
from sample_city.words import pick

COUNTER, STORE, TRANSFER, PAYEASY, PENSION, SEIZED, REFUND = range(7)
CHANNELS = ["窓口", "コンビニ", "口座振替", "ペイジー", "年金特徴", "滞納処分", "還付"]
KINDS = ["収納", "還付", "取消"]
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
    paid = np.where(ahead, np.minimum(paid, bills.notified_on[bills.notice] + 10), paid)
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


def receive(draw: Draw, bills: Bills, slots: Slots, extra: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]], demanded_on: np.ndarray) -> Receipts:
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


def _booking_day(draw: Draw, day: np.ndarray, channel: np.ndarray) -> np.ndarray:
    """窓口 and 口座 are booked within three days; shops and Pay-easy on a Tuesday or Friday within a week."""
    ready = day + draw.days(3, 4, day.size)
    weekday = (ready + 3) % 7
    batch = ready + np.array([1, 0, 2, 1, 0, 3, 2])[weekday]
    return np.where(np.isin(channel, [STORE, PAYEASY]), batch, day + draw.days(1, 3, day.size))


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
    """速報: paid at a shop or by Pay-easy within the last days, and still not booked on the last day."""
    fresh = (receipts.booked > draw.clock.last) & (receipts.received >= draw.clock.last - 4)
    seen = np.flatnonzero(fresh & np.isin(receipts.channel, [STORE, PAYEASY]) & (receipts.received < draw.clock.last))
    at = receipts.at[seen]
    return pl.DataFrame({
        "flash_number": safe_number(20_000_000_000 + draw.block * 100_000_000 + seen),
        "notice_number": numbers[bills.notice[at]], "installment_no": bills.no[at] + 1,
        "channel": pick(CHANNELS, receipts.channel[seen]), "paid_on": receipts.received[seen],
        "paid_yen": receipts.principal[seen] + receipts.charge[seen] + receipts.fee[seen], "from_day": receipts.received[seen] + 1})


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

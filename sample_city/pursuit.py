"""督促, 時効 and 不納欠損: what the office did by rule, and what time undid."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_city.assessment import Bills
from sample_city.clock import NEVER, date_of, fiscal_year, is_business_day, two_years_after
from sample_city.payment import Slots
from sample_city.people import Draw
from sample_city.receipts import Receipts
from sample_city.words import pick


@dataclass
class Demands:
    """督促 by installment: the days of issue, return and withdrawal; NEVER where there is none."""

    issued_on: np.ndarray
    deadline: np.ndarray
    returned_on: np.ndarray
    withdrawn_on: np.ndarray


def demand(draw: Draw, bills: Bills, slots: Slots, is_lost: np.ndarray) -> Demands:
    """Issued on the last open day within 20 days of the due date to what is then unpaid; a few are forgotten."""
    clock, count = draw.clock, bills.notice.size
    run = np.vectorize(_open_day_before)(clock.due + 20)[bills.year[bills.notice], bills.no]
    owed = np.where(bills.corrected_on <= run, bills.owed, bills.before.sum(axis=1)) > 0
    settled = slots.settled_on()
    issued = owed & (settled > run - 4) & (run <= clock.last) & draw.chance(0.996, count)
    day = np.where(issued, run, NEVER)
    returned = issued & draw.chance(np.where(is_lost[bills.household[bills.notice]], 0.35, 0.015), count)
    returned_on = np.where(returned, run + draw.days(4, 12, count), NEVER)
    return Demands(day, np.where(issued, run + 10, NEVER), np.where(returned_on <= clock.last, returned_on, NEVER),
                   np.where(issued & (settled <= run), run, NEVER))


def _open_day_before(day: int) -> int:
    while not is_business_day(date_of(day)):
        day -= 1
    return int(day)


def expire(bills: Bills, slots: Slots, demands: Demands) -> np.ndarray:
    """The last day of each 時効: two years from due date, 督促 or part payment; payments after it never happen (in place)."""
    expiry = two_years_after(np.where(demands.issued_on < NEVER, demands.deadline, bills.due))
    for slot in (0, 1):
        paid = slots.paid_on[:, slot]
        slots.paid_on[paid > expiry, slot] = NEVER
        in_time = slots.paid_on[:, slot] < NEVER
        expiry = np.where(in_time, np.maximum(expiry, two_years_after(paid)), expiry)
    return expiry


@dataclass
class WriteOffs:
    """不納欠損 as arrays: installment, day, yen, reason (0 時効, 1 停止3年, 2 即時消滅)."""

    at: np.ndarray
    day: np.ndarray
    yen: np.ndarray
    reason: np.ndarray


def write_off(
    draw: Draw, bills: Bills, receipts: Receipts, expiry: np.ndarray, decided_on: np.ndarray, reason: np.ndarray
) -> WriteOffs:
    """Booked on the last day of the quarter in which the 時効 completed, or on the day another reason was decided."""
    clock = draw.clock
    booked = np.zeros(bills.notice.size, dtype=np.int64)
    np.add.at(booked, receipts.at, receipts.principal)
    missed = draw.chance(0.02, expiry.size) & (expiry > clock.last - 400)
    quarter = np.where(expiry < NEVER, _quarter_end(expiry), NEVER)
    day = np.minimum(np.where(missed, NEVER, quarter), decided_on)
    at = np.flatnonzero((bills.owed > booked) & (day <= clock.last))
    return WriteOffs(at, day[at], (bills.owed - booked)[at], np.where(decided_on[at] <= quarter[at], reason[at], 0))


def _quarter_end(day: np.ndarray) -> np.ndarray:
    month = np.minimum(day, 100_000).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return ((month // 3 + 1) * 3).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - 1


def demand_table(bills: Bills, demands: Demands, numbers: np.ndarray) -> pl.DataFrame:
    """督促: a row when issued, a newer one when the letter came back."""
    at = np.flatnonzero(demands.issued_on < NEVER)
    returned = demands.returned_on[at]
    base = {"notice_number": numbers[bills.notice[at]], "installment_no": bills.no[at] + 1, "issued_on": demands.issued_on[at],
            "designated_deadline": demands.deadline[at]}
    first = pl.DataFrame({**base, "returned_on": NEVER, "withdrawn_on": demands.withdrawn_on[at], "history_number": 1,
                          "from_day": demands.issued_on[at], "until_day": returned})
    back = pl.DataFrame({**base, "returned_on": returned, "withdrawn_on": demands.withdrawn_on[at], "history_number": 2,
                         "from_day": returned, "until_day": NEVER}).filter(pl.Series(returned < NEVER))
    return pl.concat([first, back], how="vertical_relaxed")


def write_off_table(bills: Bills, gone: WriteOffs, numbers: np.ndarray) -> pl.DataFrame:
    """不納欠損期別."""
    return pl.DataFrame({
        "notice_number": numbers[bills.notice[gone.at]], "installment_no": bills.no[gone.at] + 1, "written_off_on": gone.day,
        "fiscal_year": fiscal_year(gone.day), "written_off_yen": gone.yen,
        "reason": pick(["時効", "停止3年", "即時消滅"], gone.reason), "from_day": gone.day})


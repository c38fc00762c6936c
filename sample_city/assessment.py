"""The bills: notices of each levy year in ten installments, and what later corrections made of them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_city.clock import INSTALLMENTS, NEVER
from sample_city.insured import Insured, Levy
from sample_city.people import Draw
from sample_city.words import pick

REASONS = ["所得更正", "資格喪失", "資格取得", "減免", "その他"]
METHODS = ["納付書", "口座振替", "特別徴収"]
COMPONENTS = ["medical_yen", "elderly_support_yen", "care_yen", "child_support_yen"]


@dataclass
class Bills:
    """Arrays by notice (household … method) and by installment (notice, no, due, before, after, corrected_on)."""

    household: np.ndarray
    year: np.ndarray
    notified_on: np.ndarray
    method: np.ndarray
    reason: np.ndarray
    notice: np.ndarray
    no: np.ndarray
    due: np.ndarray
    before: np.ndarray
    after: np.ndarray
    corrected_on: np.ndarray

    @property
    def owed(self) -> np.ndarray:
        """調定額 after every correction, yen by installment."""
        return self.after.sum(axis=1)


def assess(draw: Draw, levy: Levy, insured: Insured, method: np.ndarray) -> Bills:
    """Spread each year's premium over the installments left after joining; apply the one correction of the notice."""
    clock, count = draw.clock, levy.household.size
    start = np.minimum(levy.joined_month, INSTALLMENTS - 1)
    notified = levy.notified_on
    whole = levy.full * (12 - levy.joined_month)[:, None] // 12 // 100 * 100
    used = levy.full * (levy.left_month - levy.joined_month)[:, None] // 12 // 100 * 100
    known = insured.known_on[levy.household]
    loses = (levy.left_month < 12) & (known <= clock.last)
    corrected = np.where(loses & (known > notified), known, NEVER)
    whole = np.where((loses & (known <= notified))[:, None], used, whole)
    before = _spread(whole, start)
    after = np.where((corrected < NEVER)[:, None, None], _fill(before, used), before)
    reason = np.full(count, 1)
    _correct_income(draw, levy, before, after, corrected, reason)
    open_from = np.arange(INSTALLMENTS) >= start[:, None]
    notice, no = np.nonzero(open_from)
    changed = (before != after).any(axis=2)
    return Bills(levy.household, levy.year, notified, method[levy.household], reason, notice, no, clock.due[levy.year][notice, no],
                 before[notice, no], after[notice, no], np.where(changed, corrected[:, None], NEVER)[notice, no])


def _spread(whole: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Equal parts of 100 yen from installment `start` on, the remainder in the first: shape (notices, 10, 4)."""
    parts = INSTALLMENTS - start
    each = whole // 100 // parts[:, None] * 100
    number = np.arange(INSTALLMENTS)
    spread = np.where((number >= start[:, None])[:, :, None], each[:, None, :], 0)
    spread[np.arange(start.size), start] += whole - each * parts[:, None]
    return spread


def _fill(before: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Keep the earliest installments until `total` is reached: what is due no more falls off the end."""
    earlier = np.cumsum(before, axis=1) - before
    return np.clip(total[:, None, :] - earlier, 0, before)


def _correct_income(draw: Draw, levy: Levy, before: np.ndarray, after: np.ndarray, corrected: np.ndarray, reason: np.ndarray) -> None:
    """所得更正 and 減免 change the installments that are not yet due on the day of the correction (in place)."""
    clock, count = draw.clock, levy.household.size
    lot = draw.random.random(count)
    day = clock.due[levy.year, 0] + draw.days(20, 240, count)
    tenths = draw.random.integers(6, 12, count)
    chosen = np.flatnonzero((lot < 0.025) & (corrected == NEVER) & (day > levy.notified_on + 5) & (day <= clock.last))
    later = clock.due[levy.year[chosen]] > day[chosen, None] + 10
    scaled = before[chosen] * np.where(lot[chosen] < 0.005, 5, tenths[chosen])[:, None, None] // 10 // 100 * 100
    after[chosen] = np.where(later[:, :, None], scaled, before[chosen])
    corrected[chosen] = day[chosen]
    reason[chosen] = np.where(lot[chosen] < 0.005, 3, 0)


def history_table(bills: Bills, numbers: np.ndarray) -> pl.DataFrame:
    """調定履歴: the corrected installments."""
    at = np.flatnonzero(bills.corrected_on < NEVER)
    notice = bills.notice[at]
    return pl.DataFrame({"notice_number": numbers[notice], "installment_no": bills.no[at] + 1, "correction_number": 1,
                         "corrected_on": bills.corrected_on[at], "before_yen": bills.before[at].sum(axis=1),
                         "after_yen": bills.after[at].sum(axis=1), "reason": pick(REASONS, bills.reason[notice]),
                         "from_day": bills.corrected_on[at]})


def amounts_on(bills: Bills, day: int) -> np.ndarray:
    """調定額 by installment and component as it stood at the close of `day` (yen)."""
    return np.where((bills.corrected_on <= day)[:, None], bills.after, bills.before)


def first_table(bills: Bills, numbers: np.ndarray, from_day: np.ndarray) -> pl.DataFrame:
    """開始期別: the first installment of each notice, and how many follow from it."""
    first = np.full(numbers.size, INSTALLMENTS)
    np.minimum.at(first, bills.notice, bills.no)
    return pl.DataFrame({"notice_number": numbers, "installment_no": first + 1,
                         "installment_count": np.bincount(bills.notice, minlength=numbers.size), "from_day": from_day})

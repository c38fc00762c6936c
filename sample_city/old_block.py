"""What the tables of the old system are told of a block: its cases, its money, and the installments still open."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_city.assessment import Bills
from sample_city.cases import Pursued
from sample_city.clock import NEVER
from sample_city.people import Draw, People
from sample_city.pursuit import WriteOffs
from sample_city.receipts import Receipts


@dataclass
class OldBlock:
    """`draw` has a stream of its own; `open_at` are the installments open at the full feed, in (household, due) order.

    `numbers`: 通知書番号 by notice, `head`: 宛名番号 by household, `names`: 氏名 by person.
    """

    draw: Draw
    people: People
    bills: Bills
    pursued: Pursued
    receipts: Receipts
    numbers: np.ndarray
    head: np.ndarray
    names: pl.Series
    open_at: np.ndarray
    open_yen: np.ndarray

    @property
    def open_home(self) -> np.ndarray:
        """The household of each open installment."""
        return self.bills.household[self.bills.notice[self.open_at]]

    def keys(self, at: np.ndarray) -> dict[str, np.ndarray]:
        """通知書番号 and 期別 of installments."""
        return {"notice_number": self.numbers[self.bills.notice[at]], "installment_no": self.bills.no[at] + 1}

    def pairs(self, home: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Every (place in `home`, place in `open_at`) where the household owes the installment."""
        first = np.searchsorted(self.open_home, home)
        count = np.searchsorted(self.open_home, home, side="right") - first
        own = np.repeat(np.arange(home.size), count)
        return own, np.repeat(first - (np.cumsum(count) - count), count) + np.arange(own.size)


def settle_block(draw: Draw, people: People, bills: Bills, pursued: Pursued, receipts: Receipts, gone: WriteOffs, numbers: np.ndarray,
                 head: np.ndarray, names: pl.Series) -> OldBlock:
    """The block with what stays open: due before the full feed, and neither paid, corrected nor written off by the last day."""
    clock, size = draw.clock, bills.notice.size
    left = bills.owed - receipts.sum_on(clock.last, size)
    left[gone.at] = 0
    open_at = np.flatnonzero((left > 0) & (bills.due < clock.first) & (bills.corrected_on == NEVER))
    home = bills.household[bills.notice[open_at]]
    open_at = open_at[np.lexsort((bills.due[open_at], home))]
    return OldBlock(draw.aside(), people, bills, pursued, receipts, numbers, head, names, open_at, left[open_at])

"""Where money of the old system's cases went: 充当明細 of every receipt of 滞納処分, and 証券管理 of entrusted cheques."""

import numpy as np
import polars as pl

from sample_city.cases import PLAN
from sample_city.clock import NEVER
from sample_city.old_block import OldBlock
from sample_city.payment import COUNTER, SEIZED
from sample_city.receipts import safe_number
from sample_city.words import pick

BANKS = ["いなば銀行 本店営業部", "因幡信用金庫 湖山支店", "砂丘農業協同組合 本所"]


def receipt_number(block: OldBlock, seen: np.ndarray) -> np.ndarray:
    """収納番号 of receipts by their place, as 収納履歴 writes it."""
    return safe_number(10_000_000_000 + block.draw.block * 100_000_000 + seen)


def allocation_table(block: OldBlock) -> pl.DataFrame:
    """One row per receipt of 滞納処分 booked by the full feed: its principal, charge and fee, to the yen."""
    receipts, done = block.receipts, block.pursued.dispositions
    seen = np.flatnonzero((receipts.channel == SEIZED) & (receipts.kind == 0) & (receipts.booked <= block.draw.clock.first))
    seen = seen[np.unique(receipts.at[seen], return_index=True)[1]]  # what was booked twice was undone again
    at = receipts.at[seen]
    case = np.searchsorted(done.household, block.bills.household[block.bills.notice[at]])
    return pl.DataFrame({
        "allocation_number": 6_600_000_000 + block.draw.block * 1_000_000 + np.arange(seen.size),
        "disposition_number": 30_000_000 + block.draw.block * 100_000 + case, "receipt_number": receipt_number(block, seen),
        **block.keys(at), "allocated_on": receipts.booked[seen], "principal_yen": receipts.principal[seen],
        "charge_yen": receipts.charge[seen], "fee_yen": receipts.fee[seen]})


def security_table(block: OldBlock) -> pl.DataFrame:
    """Cheques collected for receipts at the counter of households with a plan, and some that wait or bounced."""
    draw, clock, receipts = block.draw, block.draw.clock, block.receipts
    seen = np.flatnonzero((receipts.channel == COUNTER) & (receipts.kind == 0) & (receipts.booked <= clock.first))
    home = block.bills.household[block.bills.notice[receipts.at[seen]]]
    chosen = (block.pursued.kind[home] == PLAN) & draw.chance(0.04, seen.size)
    seen, home = seen[chosen], home[chosen]
    paid = pl.DataFrame({
        "atena_number": block.head[home], "face_yen": (receipts.principal + receipts.charge + receipts.fee)[seen],
        "entrusted_on": receipts.received[seen] - 20, "payable_on": receipts.received[seen], "outcome": "取立済",
        "cleared_on": receipts.received[seen], "receipt_number": receipt_number(block, seen)})
    other = np.unique(block.open_home)
    other = other[draw.chance(0.01, other.size)]
    is_back = draw.chance(0.4, other.size)
    payable = clock.first + np.where(is_back, -30, 20)
    waiting = pl.DataFrame({
        "atena_number": block.head[other], "face_yen": draw.days(5, 40, other.size) * 1_000, "entrusted_on": payable - 25, "payable_on": payable,
        "outcome": pick(["不渡"], is_back.astype(int) - 1), "cleared_on": np.where(is_back, payable, NEVER),
        "receipt_number": pl.Series([None] * other.size, dtype=pl.Int64)})
    rows = pl.concat([paid, waiting], how="vertical_relaxed")
    size = rows.height
    return rows.with_columns(
        security_number=pl.Series(6_300_000_000 + draw.block * 1_000_000 + np.arange(size)), payer_bank=pick(BANKS, draw.days(0, 2, size)),
        security_kind=pick(["小切手", "約束手形"], draw.chance(0.2, size).astype(int)))

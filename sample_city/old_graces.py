"""猶予 as the old system knows it: granted to households without another case, for what they owed then."""

import numpy as np
import polars as pl

from sample_city.cases import NONE
from sample_city.clock import NEVER
from sample_city.old_block import OldBlock
from sample_city.words import pick

KINDS = ["徴収猶予", "職権換価猶予", "申請換価猶予"]
GROUNDS = ["災害・盗難", "病気・負傷", "事業の休廃止", "事業の損失", "生活・事業の維持", "徴収上有利"]
BASE = 60_000_000
DEMANDED = 25  # by then the 督促 of an installment has gone out, so that 徴収猶予 need not stop it


def grace_tables(block: OldBlock) -> dict[str, pl.DataFrame]:
    """猶予 and 猶予対象期別."""
    draw, clock = block.draw, block.draw.clock
    home = np.unique(block.open_home)
    home = home[(block.pursued.kind[home] == NONE) & draw.chance(0.06, home.size)]
    start = clock.first - draw.days(20, 420, home.size)
    own, place = block.pairs(home)
    reaches = block.bills.due[block.open_at[place]] + DEMANDED < start[own]
    own, place = own[reaches], place[reaches]
    kept, own = np.unique(own, return_inverse=True)
    home, start, number = home[kept], start[kept], BASE + draw.block * 100_000 + np.arange(kept.size)
    return {"grace": _graces(block, home, start, number), "grace_installment": pl.DataFrame({
        "grace_number": number[own], **block.keys(block.open_at[place]), "deferred_yen": block.open_yen[place]})}


def _graces(block: OldBlock, home: np.ndarray, start: np.ndarray, number: np.ndarray) -> pl.DataFrame:
    draw, count = block.draw, home.size
    kind = draw.random.choice(3, count, p=[0.3, 0.25, 0.45])
    own_ground = np.where(kind == 0, draw.days(0, 3, count), np.where(kind == 1, draw.days(4, 5, count), 4))
    end = start + draw.random.choice([181, 364], count)
    broken = start + draw.days(40, 180, count)
    broken = np.where(draw.chance(0.15, count) & (broken + 25 < np.minimum(end, draw.clock.first)), broken, NEVER)
    return pl.DataFrame({
        "grace_number": number, "atena_number": block.head[home], "grace_kind": pick(KINDS, kind), "ground": pick(GROUNDS, own_ground),
        "applied_on": np.where(kind == 1, NEVER, start - draw.days(5, 20, count)),
        "is_acknowledged": ((kind != 1) & draw.chance(0.6, count)).astype(int), "granted_on": start, "from_date": start, "to_date": end,
        "cancelling_fact_on": broken, "cancelled_on": np.where(broken < NEVER, broken + 25, NEVER)})

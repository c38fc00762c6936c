"""What a person looks at before proposing or approving 論理消去: the dry run's figures and what earlier approvals erased.

Sums by year only: no person, no 通知書番号.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from audit import log, refusal
from auth.access import User
from data_access import erasure, lineage, snapshot
from data_access.connection import NothingPublished
from data_access.snapshot import Snapshot

ACTION = "snapshot.read"
ERASED = {"proposal_id": pl.String, "erased_on": pl.Date, "last_snapshot_id": pl.String, "notice_count": pl.Int64, "is_returnable": pl.Boolean}


@dataclass(frozen=True)
class Preview:
    """The dry run on one snapshot: figures by levy year, 通知書 and yen in all, the list's digest."""

    snapshot_id: str
    by_year: pl.DataFrame
    notice_count: int
    assessed_yen: int
    digest: str


def preview(user: User) -> Preview:
    """The dry run on the snapshot shown now. Raises NotAllowed, NothingPublished, SnapshotRefused."""
    return _preview(_now(user, "erasure_preview").folder)


def erased(user: User) -> pl.DataFrame:
    """One row per proposal that has been carried out and stands: proposal_id, since when, how many 通知書, the last
    snapshot that holds them, and whether that is kept (the rows can be put back). Raises as preview."""
    stones = _now(user, "erased").parquet("restricted").get("erased_levy")
    if stones is None:
        return pl.DataFrame(schema=ERASED)
    counted = pl.read_parquet(stones).group_by("proposal_id", "erased_on", "last_snapshot_id").agg(pl.len().cast(pl.Int64).alias("notice_count"))
    is_kept = pl.col("last_snapshot_id").is_in(list(lineage.kept_ids()))
    return counted.with_columns(is_returnable=is_kept).select(ERASED.keys()).sort("erased_on", "proposal_id")


def _now(user: User, question: str) -> Snapshot:
    refusal.check_allowed(user, ACTION, question)
    log.append(actor=user.name, action=ACTION, question=question)
    now = snapshot.current()
    if now is None:
        raise NothingPublished("公開されたデータがまだありません。連携を取り込んでから開いてください（make demo）。")
    return now


@lru_cache(maxsize=2)
def _preview(folder: Path) -> Preview:
    """Once per snapshot: it never changes, and neither does its list."""
    found = erasure.candidates_of(snapshot.find(folder.name))
    return Preview(folder.name, erasure.by_year(found), found.height, int(found["assessed_yen"].sum() or 0), erasure.digest(found))

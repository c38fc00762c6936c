"""What approved erasures leave out of a snapshot that is being built, and what they leave in it.

Left out: the rows of 賦課・調定・収納, again each day, whatever a feed brings. Left in: the tombstones (erased_levy: key,
day, approval, the last snapshot that holds the rows) and the rows' share of the closed years' figures, made by the
same SQL on them alone (erased_settlement, erased_rate_cube, erased_rate_month: sums, no person), so that
settlement and collection rates still foot.
"""

import logging
import os
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from data_access import derive, erasure, lineage, snapshot, spill
from data_access.approved import Approved, approved
from data_access.feed_rules import literal
from data_access.kept_sums import SUMS
from data_access.snapshot import Snapshot

MATTER = "levy_erasure"
TOMBSTONE = {"notice_number": pl.String, "atena_number": pl.String, "levy_year": pl.Int32, "proposal_id": pl.String,
             "approval_id": pl.String, "erased_on": pl.Date, "last_snapshot_id": pl.String}
_log = logging.getLogger("console")


def leave_out(restricted: Path, business_date: date, before: Snapshot | None) -> None:
    """Apply approved erasures and withdrawals to the restricted layer being built: one new erasure a day."""
    agreed, stones = approved(MATTER), _stones(before)
    withdrawn = {each.content["withdraws"] for each in agreed} - {None}
    returning = stones.filter(pl.col("proposal_id").is_in(list(withdrawn)) & pl.col("last_snapshot_id").is_in(list(lineage.kept_ids())))
    stones = stones.join(returning, on="notice_number", how="anti")
    waiting = [each for each in agreed if not each.content["withdraws"] and each.proposal_id not in withdrawn | set(stones["proposal_id"])]
    fresh = _newly(waiting[0], restricted, business_date, before, stones) if waiting and before else stones.clear()
    if before and (fresh.height or stones.height or returning.height):
        _put_back(restricted, returning)
        _sum_up(restricted, business_date, before, stones, fresh)
        stones = pl.concat([stones, fresh])
        for name, condition in _touched():
            _rewrite(restricted / f"{name}.parquet", f"select here.* from {{here}} as here anti join stones on {condition}", stones)
        stones.write_parquet(restricted / "erased_levy.parquet")


def _stones(before: Snapshot | None) -> pl.DataFrame:
    path = before.parquet("restricted").get("erased_levy") if before else None
    return pl.read_parquet(path) if path else pl.DataFrame(schema=TOMBSTONE)


def _newly(each: Approved, restricted: Path, business_date: date, before: Snapshot, stones: pl.DataFrame) -> pl.DataFrame:
    """Tombstones of what was approved and may still go today; nothing when the list can no longer be checked."""
    try:
        listed = erasure.candidates_of(snapshot.find(each.content["snapshot_id"]))
    except snapshot.SnapshotRefused:
        listed = pl.DataFrame(schema=TOMBSTONE)
    if erasure.digest(listed) != each.content["digest"]:
        _log.error("承認された論理消去（%s）の一覧を確かめられないため、消しませんでした。候補を作り直して提案してください。", each.proposal_id)
        return pl.DataFrame(schema=TOMBSTONE)
    still = erasure.candidates({path.stem: path for path in restricted.glob("*.parquet")}, business_date, is_live=True)
    return listed.join(still, on="notice_number", how="semi").join(stones, on="notice_number", how="anti").select(
        "notice_number", "atena_number", pl.col("levy_year").cast(pl.Int32), proposal_id=pl.lit(each.proposal_id), approval_id=pl.lit(each.approval_id),
        erased_on=pl.lit(business_date), last_snapshot_id=pl.lit(before.id))


def _touched() -> list[tuple[str, str]]:
    """Each table that loses rows, and how its rows are found among the tombstones."""
    own = [(table.name, "here.notice_number = stones.notice_number") for table in erasure.levy_tables()]
    return [*own, ("nhi_levy", "here.head_atena_number = stones.atena_number and here.levy_year = stones.levy_year")]


def _put_back(restricted: Path, returning: pl.DataFrame) -> None:
    for (snapshot_id,), stones in returning.group_by("last_snapshot_id"):
        old = snapshot.find(snapshot_id).parquet("restricted")
        for name, condition in _touched():
            key = ", ".join(erasure.tables()[name].key)
            _rewrite(restricted / f"{name}.parquet",
                     f"select * from {{here}} union all by name (select here.* from {_parquet(old[name])} as here "
                     f"semi join stones on {condition} anti join {{here}} as kept using ({key}))", stones)


def _sum_up(restricted: Path, business_date: date, before: Snapshot, stones: pl.DataFrame, fresh: pl.DataFrame) -> None:
    """Write the sums of erased rows: those of the snapshot before, as far as they are still erased, and today's."""
    old = before.parquet("restricted")
    with spill.connect() as connection:
        connection.register("standing", stones.select("proposal_id").unique().to_arrow())
        if fresh.height:
            _derive_alone(connection, restricted, business_date, fresh)
        for name in SUMS:
            parts = [f"(select * from {_parquet(old[f'erased_{name}'])} semi join standing using (proposal_id))"] if f"erased_{name}" in old else []
            parts += [f"(select *, {literal(fresh['proposal_id'][0])} as proposal_id from derived.{name})"] if fresh.height else []
            target = literal(str(restricted / f"erased_{name}.parquet"))
            connection.execute(f"copy ({' union all by name '.join(parts)}) to {target} (format parquet, compression zstd)")


def _derive_alone(connection: duckdb.DuckDBPyConnection, restricted: Path, business_date: date, fresh: pl.DataFrame) -> None:
    """derived.* of the rows that go, as if there were no others."""
    derive.prepare(connection, {path.stem: path for path in restricted.glob("*.parquet")}, business_date)
    connection.register("stones", fresh.to_arrow())
    for name, condition in _touched():
        connection.execute(f"alter view source.{name} rename to whole_{name}")
        connection.execute(f"create view source.{name} as select here.* from source.whole_{name} as here semi join stones on {condition}")
    for step in ("place", "balance", "rate_year", *SUMS):
        connection.execute((derive.HERE / f"{step}.sql").read_text("utf-8"))


def _rewrite(path: Path, query: str, stones: pl.DataFrame) -> None:
    """Replace the file by the query's rows, unless nothing would change; yesterday's file under the same inode stays."""
    if stones.is_empty():
        return
    with spill.connect() as connection:
        connection.register("stones", stones.to_arrow())
        wanted, here = query.format(here=_parquet(path)), _parquet(path)
        counted = connection.execute(f"select (select count(*) from ({wanted})), (select count(*) from {here})").fetchone()
        if counted[0] != counted[1]:
            fresh = path.with_suffix(".new")
            connection.execute(f"copy ({wanted}) to {literal(str(fresh))} (format parquet, compression zstd)")
            os.rename(fresh, path)


def _parquet(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"

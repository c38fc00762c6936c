"""`python -m data_access.erasure`: 論理消去 (評価書 Ⅲ-3) — which 賦課・収納 rows are past their time, counted; nothing is erased here.

What was proposed on these figures and approved by another person (casework/levy_erasure.py) is left out of the next
snapshot (erased.py). The digest ties an approval to exactly the list that was looked at.
"""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from data_access import ledger_tail, snapshot, source, spill
from data_access.contract import Table, tables
from data_access.retention_rule import rule
from data_access.snapshot import Snapshot, SnapshotRefused

HERE = Path(__file__).parent
CANDIDATE = (HERE / "erasure_candidate.sql").read_text("utf-8")
BALANCE = (HERE / "derived" / "balance.sql").read_text("utf-8")
ASSESSMENT = "annual_assessment.notice_number"


def levy_tables() -> list[Table]:
    """The tables that lose rows: 年調定 and what hangs on it in the same system."""
    return [table for table in tables().values() if table.system == tables()["annual_assessment"].system
            and (table.name == "annual_assessment" or _names_notice(table))]


def candidates(parquet: dict[str, Path], as_of: date, *, is_live: bool) -> pl.DataFrame:
    """One row per 通知書 that may be erased: its number, 宛名番号, levy year, the year it closed, yen assessed and received.

    `parquet` is a restricted layer; `is_live` counts what officers have written up to this moment as well."""
    with _opened(parquet) as connection:
        connection.register("arrived", _written(is_live).to_arrow())
        ledger = [f" union select atena_number from source.{name}" for name in ("ledger_note", "ledger_entry") if name in parquet]
        connection.execute(f"create table written as select * from arrived{''.join(ledger)}")
        naming = [table.name for table in tables().values() if table not in levy_tables() and _names_notice(table) and table.name in parquet]
        parts = " union all ".join(f"select notice_number from source.{name}" for name in naming) or "select null::varchar as notice_number"
        connection.execute(f"create table named_notice as {parts}")
        connection.execute("set variable as_of = ?::date", [as_of])
        connection.execute("set variable erasure_years = ?::integer", [rule("erasure_years", as_of)])
        return connection.sql(CANDIDATE).pl()


def candidates_of(kept: Snapshot) -> pl.DataFrame:
    """The candidates of one kept snapshot, the same whenever it is asked."""
    return candidates(kept.parquet("restricted"), kept.business_date, is_live=False)


def by_year(found: pl.DataFrame) -> pl.DataFrame:
    """The dry run's figures: levy year, persons, 通知書, yen assessed and received. No person in them."""
    return found.group_by("levy_year").agg(
        pl.col("atena_number").n_unique().alias("person_count"), pl.len().alias("notice_count"),
        pl.col("assessed_yen").sum(), pl.col("received_yen").sum()).sort("levy_year")


def digest(found: pl.DataFrame) -> str:
    """SHA-256 over the sorted 通知書番号: what a proposal names and an approval agrees to."""
    return hashlib.sha256("\n".join(sorted(found["notice_number"])).encode()).hexdigest()


def _written(is_live: bool) -> pl.DataFrame:
    """宛名番号 of everybody whom officers have written of up to this moment; nobody when not `is_live`."""
    upto = ledger_tail.last_seq() if is_live else 0
    found = [read(0, upto).select("atena_number") for read in (ledger_tail.notes_after, ledger_tail.entries_after)] if upto else []
    return pl.concat(found) if found else pl.DataFrame(schema={"atena_number": pl.String})


def _names_notice(table: Table) -> bool:
    return any(column.references == ASSESSMENT for column in table.columns)


@contextmanager
def _opened(parquet: dict[str, Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    with spill.connect() as connection:
        source.create(connection, parquet)
        connection.execute("create schema derived")
        connection.execute(BALANCE)
        yield connection


def main() -> int:
    """The dry run on the snapshot shown now."""
    try:
        now = snapshot.current()
        if now is None:
            raise SnapshotRefused("公開されたデータがまだありません。")
        found = candidates_of(now)
    except SnapshotRefused as refusal:
        print(refusal)
        return 1
    print(f"{now.id} の論理消去の候補（まだ何も消していません）")
    for row in by_year(found).iter_rows(named=True):
        print(f"  {row['levy_year']}年度  {row['person_count']:,}人  {row['notice_count']:,}通  調定 {row['assessed_yen']:,}円  収納 {row['received_yen']:,}円")
    print(f"  計 {found.height:,}通  一覧の照合番号 {digest(found)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""From checked files to the whole restricted layer: differences laid over the day before, parts split into rows."""

import os
from pathlib import Path

import duckdb

from data_access.contract import tables
from data_access.feed_rules import literal
from data_access.quarantine import Sheet


def place(connection: duckdb.DuckDBPyConnection, sheet: Sheet, target: Path, old: Path | None) -> None:
    """Make `target` of a sheet's good rows: these alone, or the day before with the same keys replaced by them or gone."""
    target.unlink(missing_ok=True)
    is_alone = sheet.feed.is_whole or old is None
    if is_alone and not sheet.table.takes_rows_away:
        os.link(sheet.fresh, target)
    elif not is_alone and sheet.feed.announced.row_count == 0:
        os.link(old, target)
    else:
        key = ", ".join(sheet.table.key)
        kept = "" if is_alone else f"select old.* from {_parquet(old)} as old anti join {sheet.parquet} as fresh using ({key}) union all by name "
        connection.execute(f"copy (select * from ({kept}select * from {standing(sheet)}) order by {key}) "
                           f"to {literal(str(target))} (format parquet, compression zstd)")


def standing(sheet: Sheet) -> str:
    """The good rows of a sheet that are there afterwards, as an SQL relation: those that say 削除 are not."""
    return f"(select * exclude (is_deleted) from {sheet.parquet} where not is_deleted)" if sheet.table.takes_rows_away else sheet.parquet


def carry_over(before: Path, restricted: Path, came: set[str]) -> None:
    """Tables that did not come today stay as they were: the same file under a second name."""
    for name in tables().keys() - came:
        os.link(before / f"{name}.parquet", restricted / f"{name}.parquet")


def split(connection: duckdb.DuckDBPyConnection, restricted: Path) -> None:
    """Tables whose parts come as columns become rows as well (調定額 → 区分別調定)."""
    for table in (table for table in tables().values() if table.unpivot):
        rule, source = table.unpivot, _parquet(restricted / f"{table.name}.parquet")
        parts = " union all ".join(
            f"select {', '.join(table.key)}, {literal(part)} as {rule['name']}, {column} as {rule['value']} "
            f"from {source} where {column} <> 0" for part, column in rule["columns"])
        target = literal(str(restricted / f"{rule['table']}.parquet"))
        connection.execute(f"copy ({parts}) to {target} (format parquet, compression zstd)")


def _parquet(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"

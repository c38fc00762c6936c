"""From checked files to the whole restricted layer: differences laid over the day before, parts split into rows,
and every reference pointing at something."""

import os
from pathlib import Path

import duckdb

from data_access.contract import Table, systems, tables
from data_access.feed_rules import literal
from data_access.feed_schedule import Feed, Problem


def place(connection: duckdb.DuckDBPyConnection, feed: Feed, fresh: Path, target: Path, old: Path | None) -> None:
    """Make `target` of a checked file: the file itself, or the day before with the same keys replaced by what came."""
    if feed.announced.mode == "全件" or old is None:
        os.rename(fresh, target)
    elif feed.announced.row_count == 0:
        os.link(old, target)
    else:
        key = ", ".join(feed.table.key)
        connection.execute(
            f"copy (select * from (select old.* from {_parquet(old)} as old anti join {_parquet(fresh)} as fresh "
            f"using ({key}) union all by name select * from {_parquet(fresh)}) order by {key}) "
            f"to {literal(str(target))} (format parquet, compression zstd)")


def carry_over(before: Path, restricted: Path, came: set[str]) -> None:
    """Tables that were not due today stay as they were: the same file under a second name."""
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


def lost_references(connection: duckdb.DuckDBPyConnection, restricted: Path) -> list[Problem]:
    """Rows that point at nothing: a receipt without its notice, a notice without its person."""
    problems = []
    for table in tables().values():
        for column in (column for column in table.columns if column.references):
            other_name, _, key = column.references.partition(".")
            other = tables()[other_name]
            pairs = {**_shared(table, other), key: column.name}
            match = " and ".join(f"there.{theirs} = here.{own}" for theirs, own in pairs.items())
            here, there = (_parquet(restricted / f"{each.name}.parquet") for each in (table, other))
            lost = connection.execute(
                f"select count(*) from {here} as here where {column.name} is not null "
                f"and not exists (select 1 from {there} as there where {match})").fetchone()[0]
            if lost:
                problems.append(Problem(
                    systems()[table.system].name, table.label, f"{other.label}にない番号を指しています",
                    f"{other.label}と同じ日の抽出か確かめて送り直してください。", column=column.label, count=lost))
    return problems


def _shared(table: Table, other: Table) -> dict[str, str]:
    """Key columns of `other` that `table` has too: a 期別 is that of the same 通知書番号."""
    own = {column.name for column in table.columns} - {"history_number"}
    return {name: name for name in other.key if name in own}


def _parquet(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"

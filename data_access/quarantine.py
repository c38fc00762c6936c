"""隔離: rows that break a rule are set aside, each once under its first reason; the rest is loaded. Nothing is dropped.

Schema `aside` holds one table a file while the intake runs: row (header = 1), rule, and the cells as they came.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from data_access.contract import Column, Table
from data_access.feed_rules import Rule, literal, typed
from data_access.feed_schedule import ROWS_TOLD, Feed

NOTHING = "false"
IN_FILE = "row_number() over () + 1"


class Unbalanced(Exception):
    """取り込んだ行と隔離した行の和が、届いた行と合わない。プログラムの誤りなので、公開しない。"""


@dataclass
class Sheet:
    """One file that was read: its cells as text (an SQL relation), its good rows as typed Parquet in `fresh`.

    `broken` is the SQL condition that kept rows out of `fresh`, `row` the SQL of a row's number in the file as it came."""

    feed: Feed
    cells: str
    fresh: Path
    broken: str = NOTHING
    external_count: int = 0
    row: str = IN_FILE

    @property
    def table(self) -> Table:
        return self.feed.table

    @property
    def numbered(self) -> str:
        return f"(select {self.row} as row, * from {self.cells})"

    @property
    def parquet(self) -> str:
        return f"read_parquet({literal(str(self.fresh))})"


@dataclass(frozen=True)
class Account:
    """Where the rows and the yen of one file went. Totals by label; `unreadable` counts amounts that are no numbers."""

    rows: int
    loaded: int
    aside: dict[str, int]
    totals: dict[str, int]
    totals_aside: dict[str, int]
    unreadable: dict[str, int] = field(default_factory=dict)

    @property
    def aside_count(self) -> int:
        return sum(self.aside.values())


def begin(connection: duckdb.DuckDBPyConnection, sheet: Sheet) -> None:
    """An empty table for the rows of `sheet` that will be set aside."""
    columns = ", ".join(f"{column.name} varchar" for column in sheet.table.columns)
    connection.execute(f"create schema if not exists aside; create or replace table aside.{sheet.table.name} (row bigint, rule varchar, {columns})")


def forget(connection: duckdb.DuckDBPyConnection, sheet: Sheet) -> None:
    """Keep nothing of `sheet`: it holds what must not be kept."""
    begin(connection, sheet)


def set_broken_aside(connection: duckdb.DuckDBPyConnection, sheet: Sheet, broken: list[Rule]) -> None:
    """Set aside the rows that break any of these rules."""
    first = " ".join(f"when {rule.broken} then {literal(f'「{rule.label}」{rule.says}')}" for rule in broken)
    connection.execute(f"insert into aside.{sheet.table.name} by name select * from "
                       f"(select row, case {first} end as rule, {_names(sheet)} from {sheet.numbered}) where rule is not null")
    sheet.broken = " or ".join(f"({rule.broken})" for rule in broken)


def write_fresh(connection: duckdb.DuckDBPyConnection, sheet: Sheet) -> None:
    """The good rows of `sheet`, typed and sorted by key."""
    columns = ", ".join(f"{typed(column)} as {column.name}" for column in sheet.table.columns)
    _copy(connection, f"select {columns} from {sheet.cells} where ({sheet.broken}) is not true order by {', '.join(sheet.table.key)}", sheet.fresh)


def set_keys_aside(connection: duckdb.DuckDBPyConnection, sheet: Sheet, rule: str, offending: str) -> tuple[list[int], int]:
    """Move the rows whose key is in the relation `offending` from the good rows of `sheet` to those set aside.

    Returns the first such rows, at most ROWS_TOLD, and how many there were."""
    table, key = sheet.table, sheet.table.key
    rows, count = rows_of(connection, sheet, offending)
    if not count:
        return [], 0
    connection.execute(f"insert into aside.{table.name} by name select *, {literal(rule)} as rule from found")
    match = " and ".join(f"good.{name} = offending.key_{name}" for name in key)
    kept = sheet.fresh.with_suffix(".kept")
    _copy(connection, f"select good.* from {sheet.parquet} as good anti join offending on {match} order by {', '.join(key)}", kept)
    os.replace(kept, sheet.fresh)
    return rows, count


def rows_of(connection: duckdb.DuckDBPyConnection, sheet: Sheet, offending: str) -> tuple[list[int], int]:
    """The first rows of `sheet`, at most ROWS_TOLD, that are not set aside and whose key is in the relation `offending`,
    and how many there are; all of them stay in `found`, their keys in `offending`, until the next call."""
    table, key = sheet.table, sheet.table.key
    connection.execute(f"create or replace temp table offending as select distinct {', '.join(f'{name} as key_{name}' for name in key)} from ({offending})")
    if not connection.execute("select count(*) from offending").fetchone()[0]:
        return [], 0
    keys = ", ".join(f"{typed(table.column(name))} as key_{name}" for name in key)
    using = ", ".join(f"key_{name}" for name in key)
    connection.execute(
        f"create or replace temp table found as select row, {_names(sheet)} from "
        f"(select *, {keys} from {sheet.numbered}) semi join offending using ({using}) "
        f"where row not in (select row from aside.{table.name})")
    return connection.execute(f"select coalesce(min(row, {ROWS_TOLD}), []), count(*) from found").fetchone()


def account(connection: duckdb.DuckDBPyConnection, sheet: Sheet) -> Account:
    """Where every row and every yen of the file is now. Raises Unbalanced when a row is nowhere or twice."""
    control = [sheet.table.column(name) for name in sheet.table.control]
    loaded, *totals = _sums(connection, [column.name for column in control], sheet.parquet)
    aside = dict(connection.execute(f"select rule, count(*) from aside.{sheet.table.name} group by all order by 2 desc, 1").fetchall())
    rows = sheet.feed.announced.row_count
    if loaded + sum(aside.values()) != rows:
        raise Unbalanced(f"{sheet.feed.announced.file}: 届いた行 {rows:,} ≠ 取込 {loaded:,} ＋ 隔離 {sum(aside.values()):,}")
    unread = [f"({column.name} is not null and {_amount(column)} is null)::integer" for column in control]
    _, *left = _sums(connection, [*map(_amount, control), *unread], f"aside.{sheet.table.name}") if aside else [0] * (1 + 2 * len(control))
    labels = [column.label for column in control]
    unreadable = {label: count for label, count in zip(labels, left[len(labels):], strict=True) if count}
    return Account(rows, loaded, aside, dict(zip(labels, totals, strict=True)), dict(zip(labels, left[:len(labels)], strict=True)), unreadable)


def write(connection: duckdb.DuckDBPyConnection, sheets: list[Sheet], folder: Path) -> None:
    """Leave the rows set aside in folder/<table>.parquet, for the person who mends them; what is mended goes away."""
    for sheet in sheets:
        target = folder / f"{sheet.table.name}.parquet"
        if connection.execute(f"select count(*) from aside.{sheet.table.name}").fetchone()[0]:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _copy(connection, f"from aside.{sheet.table.name} order by row", target.with_suffix(".new"))
            os.replace(target.with_suffix(".new"), target)
        else:
            target.unlink(missing_ok=True)


def _names(sheet: Sheet) -> str:
    return ", ".join(column.name for column in sheet.table.columns)


def _amount(column: Column) -> str:
    return f"case when regexp_full_match({column.name}, '-?[0-9]{{1,18}}') then {column.name}::bigint end"


def _sums(connection, amounts: list[str], relation: str) -> list[int]:
    """The number of rows, then the sum of each amount, in one pass."""
    asked = ", ".join(["count(*)", *(f"coalesce(sum({amount}), 0)" for amount in amounts)])
    return [int(found) for found in connection.execute(f"select {asked} from {relation}").fetchone()]


def _copy(connection, query: str, target: Path) -> None:
    connection.execute(f"copy ({query}) to {literal(str(target))} (format parquet, compression zstd)")

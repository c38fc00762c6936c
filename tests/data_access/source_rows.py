"""The city's files as plain rows, and the derived tables as plain rows: what the twins are computed from and compared with."""

from functools import cache
from pathlib import Path

import duckdb
import pytest

from data_access import snapshot
from data_access.contract import systems, tables
from sample_city.clock import Clock
from tests.data_access import plain_reading

Row = dict[str, object]


class City:
    """One home's feeds, laid over each other day by day, and what was derived from them."""

    def __init__(self, home: Path, clock: Clock) -> None:
        self.home, self.clock = home, clock
        self.as_of = clock.feed_dates[-1]
        self.source = cache(self._source)
        self.derived = cache(self._derived)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CONSOLE_HOME", str(home))
            self.snapshot = snapshot.current()

    def _source(self, name: str) -> list[Row]:
        """The rows of a table at the last day; of a history the newest row of each key, unless it is deleted."""
        table, merged = tables()[name], self._merged(name)
        if not table.has_history:
            return list(merged.values())
        newest = {key[:-1]: merged[key] for key in sorted(merged)}
        return [row for row in newest.values() if not row["is_deleted"]]

    def history(self, name: str) -> list[Row]:
        """Every row of a table with history at the last day."""
        return list(self._merged(name).values())

    def _merged(self, name: str) -> dict[tuple, Row]:
        table = tables()[name]
        system, merged = systems()[table.system], {}
        for day in self.clock.feed_dates:
            for path in (self.home / "inbox" / day.isoformat() / table.system).glob(f"{name}_2*.csv"):
                for values in plain_reading.read(system, table, path.read_bytes()):
                    row = dict(zip([*(column.name for column in table.columns), "is_gone"], values, strict=False))
                    key = tuple(row[part] for part in table.key)
                    if row.pop("is_gone", False):
                        merged.pop(key, None)
                    else:
                        merged[key] = row
        return merged

    def _derived(self, name: str) -> list[Row]:
        with duckdb.connect() as connection:
            found = connection.execute(f"from read_parquet('{self.snapshot.folder}/derived/{name}.parquet')")
            names = [column[0] for column in found.description]
            return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


def by(rows: list[Row], *names: str) -> dict[tuple, list[Row]]:
    """The rows grouped by the named columns."""
    groups: dict[tuple, list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in names), []).append(row)
    return groups


def one(rows: list[Row], *names: str) -> dict[tuple, Row]:
    """The rows by a key; each key once."""
    found = {tuple(row[name] for name in names): row for row in rows}
    assert len(found) == len(rows), names
    return found


def pick(row: Row, *names: str) -> tuple:
    """The named values."""
    return tuple(row[name] for name in names)

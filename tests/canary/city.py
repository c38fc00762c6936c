"""The demo city with a marker of its own in every sensitive cell: what the contract's TOML calls C1–C8 and is text or a code.

A value that is a key has the same marker wherever it stands, so that everything still belongs together; a free text (C8)
has one for every cell. A code too short to be unique (a school area) stays as it is.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

import settings
from data_access.contract import Column, Table, tables
from tests.data_access.feeds import Feed, schedule

SENSITIVE = {f"C{number}" for number in range(1, 9)}
SHORTEST = 7
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
Place = tuple[str, str]  # table, column


@dataclass
class Marks:
    """Marker → where it stands, and whose row that is (宛名番号, marked too)."""

    places: dict[str, set[Place]] = field(default_factory=lambda: defaultdict(set))
    owners: dict[str, dict[Place, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    known: dict[tuple, str] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(20261030))

    def of(self, kind: str, length: int, key: tuple) -> str:
        """The marker of a value; a new one for a value that has none."""
        if (found := self.known.get((kind, key))) is None:
            while (found := self._new(kind, length)) in self.places:
                continue
            self.places[found] = set()
            self.known[kind, key] = found
        return found

    def _new(self, kind: str, length: int) -> str:
        digits = "".join(self.chance.choices("0123456789", k=length))
        return {"text": "QZ" + "".join(self.chance.choices(LETTERS, k=5)) + "X", "phone": "070" + digits[:8], "code": "7" + digits[1:]}[kind]


def mark(days: list[date]) -> Marks:
    """Rewrite every waiting feed of these days, and announce each anew."""
    marks, rows = Marks(), []
    for day in days:
        for table in tables().values():
            if any(line["表"] == table.name for line in _lines(table, day)):
                feed = Feed(table.name, day)
                found = [_marked(feed.table, row, marks) for row in feed.rows()]
                feed.write(found)
                rows += [(feed.table, row) for row in found]
    _own(marks, rows)
    return marks


def _lines(table: Table, day: date) -> list[dict]:
    folder = settings.inbox() / day.isoformat() / table.system
    return schedule(folder) if folder.is_dir() else []


def _marked(table: Table, row: list[str], marks: Marks) -> list[str]:
    key = tuple(row[place] for place, column in enumerate(table.columns) if column.name in table.key)
    return [_marker(table, column, cell, key, marks) if cell and column.name in sensitive() and _is_ours(column) else cell
            for column, cell in zip(table.columns, row, strict=True)]


def _marker(table: Table, column: Column, cell: str, key: tuple, marks: Marks) -> str:
    kind = "phone" if column.name.endswith("phone") else column.kind
    where = (table.name, column.name, *key) if column.sensitivity == "C8" else (column.length if kind == "code" else 0, cell)
    return marks.of(kind, column.length, where)


def _is_ours(column: Column) -> bool:
    return column.kind in ("text", "code") and (column.length or 0) >= SHORTEST


def sensitive() -> set[str]:
    """The names of the marked columns: one that is sensitive anywhere is marked everywhere, because it may be a key."""
    every = chain.from_iterable(table.columns for table in tables().values())
    return {column.name for column in every if column.sensitivity in SENSITIVE and _is_ours(column)}


def _own(marks: Marks, rows: list[tuple[Table, list[str]]]) -> None:
    """Say whose every marker is: by the row's own 宛名番号, else by the key it shares with rows that have one."""
    through: dict[tuple[str, str], set[str]] = defaultdict(set)
    told = [(table, dict(zip((column.name for column in table.columns), row, strict=True))) for table, row in rows]
    for _, row in told:
        for owner in _named(row):
            for name in ("designated_number", "property_number", "note_number", "asset_number"):
                if row.get(name):
                    through[name, row[name]].add(owner)
    for table, row in told:
        owners = set(_named(row)) or set().union(*(through[name, row[name]] for name in row if (name, row[name]) in through))
        for column in table.columns:
            if row[column.name] in marks.places:
                place = (table.name, column.name)
                marks.places[row[column.name]].add(place)
                marks.owners[row[column.name]][place] |= owners


def _named(row: dict[str, str]) -> Iterator[str]:
    return (row[name] for name in ("atena_number", "head_atena_number") if row.get(name))

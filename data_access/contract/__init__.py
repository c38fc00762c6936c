"""The data contract: every table and column a feed may bring, read from the TOML files beside this one.

`tables()` and `systems()` are what feeds bring; intake checks feeds against it, snapshots are laid out by
it, and screens take their Japanese labels from it. `console_tables()` and `never_enters()` are the rest of 別添1.
"""

import tomllib
from collections.abc import Container
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from data_access.contract.code_list import allowed

HERE = Path(__file__).parent
MOST_YEN = 9_999_999_999  # of one row, either way, where neither the column nor its table says otherwise
HISTORY = (
    {"name": "history_number", "label": "履歴番号", "type": "integer", "class": "C9", "required": True, "min": 1},
    {"name": "is_latest", "label": "最新フラグ", "type": "flag", "class": "C9", "required": True},
    {"name": "is_deleted", "label": "削除フラグ", "type": "flag", "class": "C9", "required": True},
)


@dataclass(frozen=True)
class Column:
    """One item of one table; `kind` is code, text, date, yen, integer, flag or choice.

    `items` are the numbers of 別添1(1) it carries, `aliases` the headers accepted beside `label`, `codes` the values
    accepted beside the words (code → word; every word is one of `values`).
    """

    name: str
    label: str
    kind: str
    length: int | None
    sensitivity: str
    is_required: bool
    minimum: int | str | None
    maximum: int | str | None
    values: tuple[str, ...]
    references: str | None
    items: tuple[int, ...] = ()
    aliases: tuple[str, ...] = ()
    codes: dict[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Table:
    """One table of a feed; `key` is unique, `control` are the yen columns whose totals must agree.

    `order`: pairs of date columns, the first never after the second.
    `standard` is the national standard's interface for the same data (036o014 …), None where there is none.
    """

    name: str
    label: str
    appendix: str
    grain: str
    system: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    control: tuple[str, ...]
    has_history: bool
    sums: tuple[dict, ...] = ()
    order: tuple[tuple[str, str], ...] = ()
    unpivot: dict = field(default_factory=dict, hash=False)
    standard: str | None = None

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def as_headed(self, labels: Container[str]) -> "Table":
        """This table as a file with these headers brings it: 削除フラグ may stand in it without a history too."""
        deletion = _column(HISTORY[-1])
        return self if self.has_history or deletion.label not in labels else replace(self, columns=(*self.columns, deletion))

    @property
    def takes_rows_away(self) -> bool:
        """True when a row may say that the row of its key is gone (of a history, such a row stays as the newest)."""
        return not self.has_history and self.columns[-1].name == HISTORY[-1]["name"]


@dataclass(frozen=True)
class System:
    """One upstream system; `due` is daily, or once for the history a city starts from."""

    code: str
    name: str
    encoding: str
    due: str
    tables: tuple[Table, ...]


def _column(raw: dict, most_yen: int = MOST_YEN) -> Column:
    kind, _, rest = raw["type"].partition("(")
    values, codes = allowed(raw)
    low, high = (-most_yen, most_yen) if kind == "yen" else (None, None)
    return Column(
        name=raw["name"],
        label=raw["label"],
        kind=kind,
        length=int(rest.rstrip(")")) if rest else None,
        sensitivity=raw["class"],
        is_required=raw.get("required", False),
        minimum=raw.get("min", low),
        maximum=raw.get("max", high),
        values=values,
        references=raw.get("references"),
        items=tuple(raw.get("items", ())),
        aliases=tuple(raw.get("aliases", ())),
        codes=codes,
    )


def _table(name: str, raw: dict, system: str) -> Table:
    has_history = raw.get("history", False)
    return Table(
        name=name,
        label=raw["label"],
        appendix=raw["appendix"],
        grain=raw["grain"],
        system=system,
        columns=tuple(_column(column, raw.get("most_yen", MOST_YEN)) for column in [*raw["columns"], *(HISTORY if has_history else ())]),
        key=(*raw["key"], "history_number") if has_history else tuple(raw["key"]),
        control=tuple(raw.get("control", ())),
        has_history=has_history,
        sums=tuple(raw.get("sums", ())),
        order=tuple(map(tuple, raw.get("order", ()))),
        unpivot=raw.get("unpivot", {}),
        standard=raw.get("standard"),
    )


@cache
def systems() -> dict[str, System]:
    """Every upstream system by its code."""
    found = {}
    for path in sorted(HERE.glob("*.toml")):
        raw = tomllib.loads(path.read_text("utf-8"))
        if "system" not in raw:
            continue
        code = raw["system"]["code"]
        tables = tuple(_table(name, table, code) for name, table in raw["table"].items())
        found[code] = System(**raw["system"], tables=tables)
    return found


@cache
def tables() -> dict[str, Table]:
    """Every table by its identifier, over all systems."""
    return {table.name: table for system in systems().values() for table in system.tables}


@dataclass(frozen=True)
class Interface:
    """A file of the national standard that two tables are read from: `rows_of` row by row, `grouped` one row a key.

    `total`: the column of `grouped` that is the sum of the same column of its rows. `sums`: our column → the headers it adds up.
    """

    rows_of: str
    grouped: str
    total: str
    sums: dict[str, list[str]]
    unused: list[str]


@cache
def interfaces() -> dict[str, Interface]:
    """The interfaces that feed more than one table, by number."""
    raw = tomllib.loads((HERE / "interfaces.toml").read_text("utf-8"))
    return {number: Interface(**interface) for number, interface in raw["interface"].items()}


@cache
def unused_headers() -> frozenset[str]:
    """Headers of the standard that no table reads: those of every interface, and those of each."""
    raw = tomllib.loads((HERE / "interfaces.toml").read_text("utf-8"))
    return frozenset(raw["unused"]).union(*(interface.unused + sum(interface.sums.values(), []) for interface in interfaces().values()))


@dataclass(frozen=True)
class ConsoleTable:
    """A table of 別添1(2) that no feed brings; `filled_by` is the file of ours that makes it, or the fed table whose rows it is."""

    name: str
    label: str
    appendix: str
    grain: str
    filled_by: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]


@cache
def console_tables() -> dict[str, ConsoleTable]:
    """Every table of 別添1(2) that this console makes, by its identifier."""
    raw = tomllib.loads((HERE / "console.toml").read_text("utf-8"))
    return {name: _console_table(name, table) for name, table in raw["table"].items()}


def _console_table(name: str, raw: dict) -> ConsoleTable:
    said = (name, raw["label"], raw["appendix"], raw["grain"])
    if "rows_of" in raw:
        fed = tables()[raw["rows_of"]]
        return ConsoleTable(*said, fed.name, fed.columns, fed.key)
    return ConsoleTable(*said, raw["filled_by"], tuple(_column(column) for column in raw["columns"]), tuple(raw["key"]))


@dataclass(frozen=True)
class Refused:
    """What 別添1 names and never enters: an item (`appendix` 別添1(1)-1) or a table (別添1(2)-56), and why."""

    appendix: str
    name: str
    reason: str


@cache
def never_enters() -> dict[str, Refused]:
    """Every item and table of 別添1 that is left out, by its place there."""
    raw = tomllib.loads((HERE / "never_enters.toml").read_text("utf-8"))
    items = [Refused(f"別添1(1)-{item['number']}", item["name"], item["reason"]) for item in raw["item"]]
    return {refused.appendix: refused for refused in [*items, *(Refused(**table) for table in raw["whole_table"])]}


@dataclass(frozen=True)
class Label:
    """What a screen calls a column, and its unit: yen, date, month, percent, point, count, year, time, area, installment or text."""

    text: str
    unit: str
    help: str | None = None  # said when the head of the column is pointed at


@cache
def labels() -> dict[str, Label]:
    """Screen labels by column identifier: the contract's own items, then screen.toml, which wins."""
    units = {"yen": "yen", "date": "date", "integer": "count"}
    found = {
        column.name: Label(column.label, units.get(column.kind, "text"))
        for table in tables().values()
        for column in table.columns
    }
    screen = tomllib.loads((HERE / "screen.toml").read_text("utf-8"))["label"]
    return found | {name: Label(entry["label"], entry["unit"], entry.get("help")) for name, entry in screen.items()}

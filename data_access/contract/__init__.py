"""The data contract: every table and column a feed may bring, read from the TOML files beside this one.

`tables()` and `systems()` are the whole of it; intake checks feeds against it, snapshots are laid out by
it, and screens take their Japanese labels from it.
"""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
HISTORY = (
    {"name": "history_number", "label": "履歴番号", "type": "integer", "class": "C9", "required": True, "min": 1},
    {"name": "is_latest", "label": "最新フラグ", "type": "flag", "class": "C9", "required": True},
    {"name": "is_deleted", "label": "削除フラグ", "type": "flag", "class": "C9", "required": True},
)


@dataclass(frozen=True)
class Column:
    """One item of one table; `kind` is code, text, date, yen, integer, flag or choice."""

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


@dataclass(frozen=True)
class Table:
    """One table of a feed; `key` is unique, `control` are the yen columns whose totals must agree."""

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
    unpivot: dict = field(default_factory=dict, hash=False)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class System:
    """One upstream system; `due` is daily, or once for the history a city starts from."""

    code: str
    name: str
    encoding: str
    due: str
    tables: tuple[Table, ...]


def _column(raw: dict) -> Column:
    kind, _, rest = raw["type"].partition("(")
    return Column(
        name=raw["name"],
        label=raw["label"],
        kind=kind,
        length=int(rest.rstrip(")")) if rest else None,
        sensitivity=raw["class"],
        is_required=raw.get("required", False),
        minimum=raw.get("min"),
        maximum=raw.get("max"),
        values=tuple(raw.get("values", ())),
        references=raw.get("references"),
    )


def _table(name: str, raw: dict, system: str) -> Table:
    has_history = raw.get("history", False)
    return Table(
        name=name,
        label=raw["label"],
        appendix=raw["appendix"],
        grain=raw["grain"],
        system=system,
        columns=tuple(_column(column) for column in [*raw["columns"], *(HISTORY if has_history else ())]),
        key=(*raw["key"], "history_number") if has_history else tuple(raw["key"]),
        control=tuple(raw.get("control", ())),
        has_history=has_history,
        sums=tuple(raw.get("sums", ())),
        unpivot=raw.get("unpivot", {}),
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
class Label:
    """What a screen calls a column, and its unit: yen, date, month, percent, point, count, year, time, installment or text."""

    text: str
    unit: str


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
    return found | {name: Label(entry["label"], entry["unit"]) for name, entry in screen.items()}

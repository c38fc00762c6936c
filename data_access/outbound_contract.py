"""What goes back to the systems around us: contract/outbound.toml, read."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

TYPES = ("text", "date", "flag", "yen", "present")


@dataclass(frozen=True)
class OutColumn:
    """One column: its header, the item of a row it takes, and how that is written."""

    label: str
    source: str
    type: str = "text"

    def cell(self, row: dict, encoding: str) -> str:
        """The item of `row` as it stands in the file: empty for nothing, dates as the system writes them."""
        value = row[self.source]
        if self.type == "present":
            return "0" if value is None else "1"
        if value is None:
            return ""
        if self.type == "flag":
            return "1" if value else "0"
        if self.type == "date":
            iso = value.isoformat() if isinstance(value, date) else value
            return iso if encoding == "utf-8" else iso.replace("-", "")
        return str(value)


@dataclass(frozen=True)
class OutFile:
    """One file for one system. `origin` is ledger, slips, write_offs, snapshot, sanctions or inquiry (see the head of outbound.toml)."""

    name: str
    label: str
    origin: str
    columns: tuple[OutColumn, ...]
    kind: str = ""
    each: str = ""
    where: tuple[tuple[str, object], ...] = ()
    rows: str = "all"
    key: tuple[str, ...] = ()
    control: tuple[str, ...] = ()

    def label_of(self, source: str) -> str:
        """The header of the column that takes `source`."""
        return next(column.label for column in self.columns if column.source == source)


@dataclass(frozen=True)
class Target:
    """One system around us, why it gets files, and on what legal ground where one is needed."""

    code: str
    name: str
    encoding: str
    purpose: str
    ground: str
    files: tuple[OutFile, ...]


@cache
def targets() -> tuple[Target, ...]:
    """Every target in the order of the file."""
    raw = tomllib.loads((Path(__file__).parent / "contract" / "outbound.toml").read_text("utf-8"))
    return tuple(
        Target(code, row["name"], row["encoding"], row["purpose"], row.get("ground", ""),
               tuple(_file(name, file) for name, file in row["file"].items()))
        for code, row in raw["target"].items()
    )  # fmt: skip


def _file(name: str, raw: dict) -> OutFile:
    made = {key: value for key, value in raw.items() if key != "from"}
    columns = tuple(OutColumn(**column) for column in made.pop("columns"))
    where = tuple(made.pop("where", {}).items())
    lists = {key: tuple(made.pop(key, ())) for key in ("key", "control")}
    return OutFile(name=name, origin=raw["from"], columns=columns, where=where, **lists, **made)

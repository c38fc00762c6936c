"""The kinds of entry that officers record beyond notes, read from kinds.toml: a new kind is a few lines there."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True)
class Field:
    """One item of a kind. `type` names its check in casework/fields.py; the rest are that check's limits."""

    name: str
    label: str
    type: str
    required: bool = True
    values: tuple[str, ...] = ()
    longest: int = 0
    digits: int = 0
    most: int = 0
    years: int = 1
    of: tuple[str, ...] = ()
    amount: str = ""
    offered: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of entry: `action` is needed to write it, `dated` names the field that says when it happened,
    and what `needs_fresh` is not written while the feeds are missing for too long (rules.STALE_DAYS).
    What `asks_again` is written only within 本人の再確認, because it shows what was hidden.
    With `propose_action` and `review_action` it is written by casework/case_decision.py alone, as the last of three steps."""

    name: str
    label: str
    action: str
    dated: str
    fields: tuple[Field, ...]
    needs_fresh: bool = False
    propose_action: str = ""
    review_action: str = ""
    asks_again: bool = False

    @property
    def is_decided(self) -> bool:
        """Does it take 起案, 審査 and 決裁 by three people?"""
        return bool(self.propose_action)

    @property
    def is_own_act(self) -> bool:
        """Is it dated by what the officer did or was told? A fact of long ago that is learned now (相続開始) is not."""
        return self.field(self.dated).years == 1

    def field(self, name: str) -> Field:
        """The field called `name`."""
        return next(field for field in self.fields if field.name == name)


@cache
def kinds() -> MappingProxyType:
    """Every kind by its name, in the order of the file."""
    table = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text(encoding="utf-8"))
    return MappingProxyType({name: _kind(name, row) for name, row in table.items()})


def _kind(name: str, row: dict) -> Kind:
    fields = (Field(**{**field, "values": tuple(field.get("values", ())), "of": _names(field.get("of", ()))}) for field in row["fields"])
    return Kind(name, **{**row, "fields": tuple(fields)})


def _names(of: str | list[str]) -> tuple[str, ...]:
    return (of,) if isinstance(of, str) else tuple(of)

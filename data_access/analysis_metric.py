"""The metric dictionary (metric.toml): what アドホック分析 counts and by what. The page, the SQL layer and the exports
know no other measure or dimension, so that a word means one thing."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

DISTRICT = "district"
TOGETHER = "まとめ"  # persons whose own value would make a part of fewer than ten


@dataclass(frozen=True)
class Dimension:
    """One way to cut: its id (a column of the layer), what it is called and means, its values, and whether their
    order means something (so that a line may join them)."""

    id: str
    title: str
    definition: str
    reference: str
    values: tuple[str, ...] = ()
    is_ordered: bool = False


@dataclass(frozen=True)
class Measure:
    """One figure: its id (a column of the layer), the group it is released in, its unit ("yen" or "count") and its passport."""

    id: str
    title: str
    group: str
    unit: str
    definition: str
    reference: str
    includes: str
    excludes: str


@dataclass(frozen=True)
class Theme:
    """Dimensions that may be asked together, in the order in which the persons are parted."""

    id: str
    title: str
    dimensions: tuple[str, ...]


def dimensions() -> Mapping[str, Dimension]:
    """By id, in the order of the layer's columns."""
    return MappingProxyType({name: Dimension(name, **_lists(row)) for name, row in _table()["dimension"].items()})


def measures() -> Mapping[str, Measure]:
    """By id, in the order of the screen."""
    return MappingProxyType({name: Measure(name, **row) for name, row in _table()["measure"].items()})


def themes() -> Mapping[str, Theme]:
    """By id, in the order of the screen."""
    return MappingProxyType({name: Theme(name, **_lists(row)) for name, row in _table()["theme"].items()})


def groups() -> Mapping[str, tuple[str, ...]]:
    """Measures that are released together, by group."""
    found: dict[str, tuple[str, ...]] = {}
    for measure in measures().values():
        found[measure.group] = (*found.get(measure.group, ()), measure.id)
    return MappingProxyType(found)


def _lists(row: Mapping[str, object]) -> dict:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


@cache
def _table() -> dict:
    return tomllib.loads(Path(__file__).with_name("metric.toml").read_text("utf-8"))

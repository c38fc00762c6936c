"""The catalogue of what may be written out, and how many rows each role may take: export.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True)
class Kind:
    """One line of the catalogue."""

    name: str
    label: str
    action: str
    question: str
    filters: tuple[str, ...]
    fixed: Mapping[str, object]
    columns: tuple[str, ...]
    purposes: tuple[str, ...]
    paper: str = ""
    kept: bool = False

    @property
    def is_pdf(self) -> bool:
        """Is it one paper, made now or kept since it became final, rather than a list?"""
        return bool(self.paper) or self.kept


@cache
def kinds() -> MappingProxyType:
    """The catalogue by name."""
    return MappingProxyType({name: Kind(name, **{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})
                             for name, row in _table().items() if name not in ("limits", "filters")})


def filter_names() -> dict[str, str]:
    """Filter → what the office calls it."""
    return _table()["filters"]


def limits() -> dict[str, dict[str, int]]:
    """Role → rows without an approval (free) and at all (most)."""
    return _table()["limits"]


@cache
def _table() -> dict:
    return tomllib.loads(Path(__file__).with_name("export.toml").read_text("utf-8"))

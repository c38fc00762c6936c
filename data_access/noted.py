"""What the access log says about an answer beside the references: by which filters a person was looked for, and how many of
those shown are under 支援措置. Never a value that was typed, never who is protected."""

from collections.abc import Mapping, Set
from weakref import WeakKeyDictionary

from data_access.connection import Engine

_known: WeakKeyDictionary[Engine, frozenset[str]] = WeakKeyDictionary()  # an engine must be able to end
SEARCHED_BY = ("atena_ref", "kana", "birth_date", "town")


def noted(served: Engine, references: Set[str], params: Mapping[str, object]) -> dict[str, object]:
    """The `detail` of one entry; empty for most."""
    searched = [name for name in SEARCHED_BY if params.get(name) is not None] if "kana" in params else []
    protected = len(references & _protected(served)) if references else 0
    return ({"searched_by": searched} if searched else {}) | ({"protected": protected} if protected else {})


def _protected(served: Engine) -> frozenset[str]:
    """The references of delinquents under 支援措置, once per snapshot."""
    if served not in _known:
        rows = served.connection.cursor().execute("select atena_ref from derived.delinquent where is_protected").fetchall()
        _known[served] = frozenset(reference for (reference,) in rows)
    return _known[served]

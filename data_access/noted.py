"""What the access log says about an answer beside the references in it: who else it tells of (the household, heirs, co-owners),
by which filters a person was looked for, how many of those shown are under 支援措置, and how many lines were kept back because
they name one. Never a value that was typed, never who is protected."""

import re
from collections.abc import Mapping, Set
from pathlib import Path
from weakref import WeakKeyDictionary

import polars as pl

import settings
from data_access.connection import Engine
from data_access.derive import atena_ref

_known: WeakKeyDictionary[Engine, tuple[frozenset[str], frozenset[str]]] = WeakKeyDictionary()  # an engine must be able to end
HIDDEN = "（非表示）"
SEARCHED_BY = ("atena_ref", "person_name", "birth_date", "town")

BESIDE = Path(__file__).with_name("beside.sql").read_text("utf-8")
_TELLS_OF_OTHERS = frozenset(re.findall(r"select '(\w+)'", BESIDE))


def beside(served: Engine, question: str, about: str) -> set[str]:
    """The references of the others whom an answer about one person tells of."""
    if question not in _TELLS_OF_OTHERS:
        return set()
    rows = served.connection.cursor().execute(BESIDE, {"question": question, "atena_ref": about}).fetchall()
    return {atena_ref(number, settings.secret("pseudonym")) for (number,) in rows}


def kept_back(question: str, frame: pl.DataFrame, *, reads_addresses: bool) -> int:
    """How many lines of a 経過 are hidden because they name somebody under 支援措置. Whoever writes names or places there, to see
    which of them is hidden, is seen (R10)."""
    if question != "case_events":
        return 0
    are_notes = pl.col("kind") == "記事"  # a place found is hidden from whoever sees addresses masked, whosever it is
    return frame.filter((pl.col("body") == HIDDEN) & (are_notes | reads_addresses)).height


def noted(served: Engine, references: Set[str], params: Mapping[str, object], hidden_lines: int = 0) -> dict[str, object]:
    """The `detail` of one entry; empty for most. `hidden_lines`: of `kept_back`."""
    searched = [name for name in SEARCHED_BY if params.get(name) is not None] if "person_name" in params else []
    protected = (len(references & _protected(served)) if references else 0) or hidden_lines
    return ({"searched_by": searched} if searched else {}) | ({"protected": protected} if protected else {})


def _protected(served: Engine) -> frozenset[str]:
    """The references of persons under 支援措置, once per snapshot and set of marks."""
    marks, known = _known.get(served, (None, frozenset()))
    if marks != served.marks:
        marks = served.marks
        rows = served.connection.cursor().execute("select atena_ref from serving.case_subject where is_protected").fetchall()
        known = frozenset(reference for (reference,) in rows)
        _known[served] = marks, known
    return known

"""数字の根拠: of an answer on the screen, what its figures are, how they were asked, from how many rows of which snapshot; and the same once more."""

import hashlib
from dataclasses import dataclass

import polars as pl

from auth.access import User
from data_access import analysis, analysis_release, snapshot
from data_access.contract import tables
from data_access.metric import EXACT, Metric, metrics_of, sources_of
from data_access.query import ask, engine_looked_at
from data_access.question import question

RELEASED = "analysis"  # what analysis.answer gave: no question of queries/, but sums over the parts of a month's release
RELEASED_GRAIN = "one combination of the dimensions: sums over released parts"


@dataclass(frozen=True)
class Passport:
    """One answer: its figures (`metrics`, column → what it is), the question's text and choices (`params`), `row_count` of the answer and of the
    tables it counts (`sources`, label → rows), the snapshot with the SHA-256 of its manifest, and the `digest` of the answer itself."""

    question: str
    params: dict[str, object]
    metrics: dict[str, Metric]
    grain: str
    sql: str
    row_count: int
    sources: dict[str, int]
    snapshot_id: str
    snapshot_sha256: str
    law_version: str
    digest: str


def passport(name: str, params: dict[str, object], answer: pl.DataFrame) -> Passport:
    """Of the `answer` that `ask` gave to the question `name` with `params` on the snapshot that this screen looks at; for RELEASED of what
    analysis.answer gave to the view `params` (as_plain), over its release. Raises SnapshotRefused when that is not kept any more."""
    if name == RELEASED:
        return _of_release(params, answer)
    asked, used = question(name), engine_looked_at().snapshot
    rows = {tables()[source].label: used.manifest["tables"][f"restricted/{source}"]["rows"] for source in sources_of(name)}
    known = {column: metric for column, metric in metrics_of(name).items() if column in answer.columns}
    return Passport(name, params, known, asked.grain, asked.sql, answer.height, rows, used.id, used.digest, used.manifest["law_version"], digest(answer))


def _of_release(view: dict[str, object], answer: pl.DataFrame) -> Passport:
    of = analysis_release.newest()
    used = snapshot.find(of.snapshot_id)
    known = {column: metric for column, metric in metrics_of(EXACT).items() if column in answer.columns}
    return Passport(RELEASED, view, known, RELEASED_GRAIN, analysis.as_select(view, of.parts), answer.height, {"公開した区分": of.parts.height}, used.id, used.digest,
                    used.manifest["law_version"], digest(answer))


@dataclass(frozen=True)
class Again:
    """The question asked once more on the same snapshot: whether the answer is the same, its rows and its digest."""

    is_same: bool
    row_count: int
    digest: str


def again(user: User, of: Passport) -> Again:
    """Ask the passport's question once more. Raises what `ask` raises; the asking is in the access log like any other."""
    answer = analysis.answer(user, analysis.from_plain(of.params))[1] if of.question == RELEASED else ask(user, of.question, snapshot_id=of.snapshot_id, **of.params)
    found = digest(answer)
    return Again(found == of.digest, answer.height, found)


def digest(answer: pl.DataFrame) -> str:
    """SHA-256 of an answer: its columns, their types and every value, in order."""
    return hashlib.sha256(repr((list(answer.schema.items()), answer.rows())).encode()).hexdigest()

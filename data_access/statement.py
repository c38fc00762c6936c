"""One SELECT of an analyst over the released layer, in a process of its own that can be killed (statement_process.py).

The process gets the parts of the release and the text, on its standard input; it has no file, no network, no environment.
Whatever it computes is made of released parts, so it can tell nothing that the release does not (docs/decisions.md §134).
The text stands in a table from which it may be erased; its hash is in the access log before it runs.
"""

import hashlib
import json
import subprocess
import sys
import threading
import uuid
from dataclasses import dataclass

import polars as pl
from sqlalchemy import Column, String, Table, Text, insert, select

import settings
import store
from audit import log, refusal
from auth.access import User
from data_access import analysis_metric
from data_access.analysis import Layer, layer
from data_access.statement_process import REFUSED, ROWS, TOO_LARGE
from law.typed_text import text_errors

SECONDS = 20
AT_ONCE = 2  # of everybody, in this process
WAITS = 5  # seconds for one's turn
LONGEST = 8_000
BUSY = "ほかの人のSELECTが動いています。少し待って、もう一度実行してください。"
PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from data_access.statement_process import main; sys.exit(main())"
TOLD = {
    TOO_LARGE: "結果かメモリーが上限（512MB）を超えたため、止めました。group by や limit で小さくしてください。",
    "killed": f"{SECONDS}秒を超えたため、止めました。条件を絞ってください。",
}
STATEMENT = Table(
    "analysis_statement",
    store.metadata,
    Column("id", String(32), primary_key=True),
    Column("actor", String(80), nullable=False),
    Column("asked_at", String(40), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("body", Text, nullable=False),
)
_turn = threading.BoundedSemaphore(AT_ONCE)


class StatementRefused(Exception):
    """The text was not run, or did not come to an end. Says why and what to do, to the person who wrote it."""


@dataclass(frozen=True)
class Found:
    """What came of it: at most 10,000 rows, every column as it was named; `is_cut` when there were more. `id`: of the text that was run."""

    id: str
    rows: pl.DataFrame
    is_cut: bool
    layer: Layer


def run(user: User, body: str) -> Found:
    """Run one SELECT. Raises NotAllowed, StatementRefused, SnapshotRefused, AuditUnavailable; then nothing is returned.

    The tables are those of `columns()`."""
    refusal.check_allowed(user, "analysis.sql", "analysis_statement")
    for error in text_errors("SQL", body, LONGEST):
        _refuse(user, error.split("。")[0], error)
    if not body.strip():
        raise StatementRefused("SELECT文を入力してください。")
    of = layer(user)
    digest, statement_id = hashlib.sha256(body.encode()).hexdigest(), uuid.uuid4().hex
    if not _turn.acquire(timeout=WAITS):
        raise StatementRefused(BUSY)
    try:
        with store.engine().begin() as connection:
            connection.execute(insert(STATEMENT).values(id=statement_id, actor=user.name, asked_at=settings.now().isoformat(), sha256=digest, body=body))
        log.append(actor=user.name, action="analysis.sql", question="analysis_statement", snapshot_id=of.snapshot_id,
                   detail={"id": statement_id, "sha256": digest})
        answer = _ask_process({"sql": body, "tables": {name: _as_table(frame) for name, frame in tables(of).items()}})
    finally:
        _turn.release()
    if answer["outcome"] == REFUSED:
        _refuse(user, "許していない文", answer["told"])
    log.append(actor=user.name, action="analysis.sql", question="analysis_result", snapshot_id=of.snapshot_id, row_count=len(answer.get("rows", ())),
               detail={"id": statement_id, "sha256": digest, "outcome": answer["outcome"]})
    if answer["outcome"] != ROWS:  # a slip or a limit, and no attempt at what is not allowed
        raise StatementRefused(TOLD.get(answer["outcome"]) or answer["told"])
    return Found(statement_id, _frame(answer["columns"], answer["rows"]), answer["is_cut"], of)


def body_of(user: User, statement_id: str) -> str:
    """The text that `user` ran as `statement_id`, to keep it or to run it again for a file. Raises NotAllowed, StatementRefused."""
    refusal.check_allowed(user, "analysis.sql", "analysis_statement")
    with store.engine().connect() as connection:
        body = connection.scalar(select(STATEMENT.c.body).where(STATEMENT.c.id == statement_id, STATEMENT.c.actor == user.name))
    if body is None:
        raise StatementRefused("このSELECT文の控えは、もうありません。もう一度実行してください。")
    return body


def tables(of: Layer) -> dict[str, pl.DataFrame]:
    """The layer as an analyst writes of it: <theme>_<measure group>, one row per part; only the columns that it has."""
    found = {}
    for theme in analysis_metric.themes().values():
        for group, measures in analysis_metric.groups().items():
            part = of.parts.filter(theme=theme.id, measure_group=group)
            found[f"{theme.id}_{group}"] = part.select(*("district_name" if name == analysis_metric.DISTRICT else name for name in theme.dimensions), *measures)
    return found


def columns() -> list[dict[str, str]]:
    """The tables and their columns, for whoever writes a SELECT."""
    return [{"table_name": f"{theme.id}_{group}", "column_names": ", ".join(
                ["district_name" if name == analysis_metric.DISTRICT else name for name in theme.dimensions] + list(measures)),
             "definition": f"{theme.title}ごとの{'・'.join(analysis_metric.measures()[name].title for name in measures)}"}
            for theme in analysis_metric.themes().values() for group, measures in analysis_metric.groups().items()]


def _refuse(user: User, recorded: str, told: str) -> None:
    refusal.record(actor=user.name, question="analysis_statement", reason=recorded)
    raise StatementRefused(told)


def _as_table(frame: pl.DataFrame) -> dict:
    kinds = {name: "bigint" if kind.is_integer() else "varchar" for name, kind in frame.schema.items()}
    return {"columns": kinds, "rows": [list(row) for row in frame.iter_rows()]}


def _ask_process(asked: dict) -> dict:
    """Its answer; TOO_LARGE when a limit of the system ended it, "killed" when its time did."""
    try:
        ended = subprocess.run([sys.executable, "-I", "-c", PROGRAM, str(settings.ROOT)], input=json.dumps(asked).encode(), capture_output=True, timeout=SECONDS,
                               env={}, cwd="/", check=False, start_new_session=True)
    except subprocess.TimeoutExpired:
        return {"outcome": "killed"}
    return json.loads(ended.stdout) if ended.returncode == 0 else {"outcome": TOO_LARGE}


def _frame(names: list[str], rows: list[list]) -> pl.DataFrame:
    """Names may repeat in SQL, not in a frame."""
    unique = [name if names.index(name) == at else f"{name}_{at + 1}" for at, name in enumerate(names)]
    series = []
    for at, name in enumerate(unique):
        values = [row[at] for row in rows]
        is_count = all(value is None or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53) for value in values)
        series.append(pl.Series(name, values if is_count else [None if value is None else str(value) for value in values],
                                dtype=pl.Int64 if is_count else pl.String))
    return pl.DataFrame(series)

"""One locked DuckDB over the snapshot in use, and a cursor bound to the person who asks.

The engine holds small derived tables in memory, sees the rest of the snapshot through views, reads no other
file, and loads what officers wrote since. A new snapshot means a new engine; the old one ends with its last cursor.
An older kept snapshot is opened beside it, with nothing in it that came later; a few at a time.
"""

import fcntl
import os
import threading
import time
import weakref
from collections import OrderedDict
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

import settings
from audit import watch
from auth.access import User, clearance, rounded_to, scope
from auth.reveal import Grant
from data_access import (
    case_stage,
    ledger_tail,
    lineage,
    protected,
    report,
    search_key,
    small_cell,
    snapshot,
    source,
    spill,
)
from data_access.feed_rules import literal
from law.fiscal_year import fiscal_year

IN_MEMORY = ("delinquent", "case_person", "screening", "screening_evidence", "rate_cube", "rate_month", "rate_part", "activity_month", "plan_state", "settlement",
             "person_group", "hidden_person", "heir_share", "duplicate_suspect", "person_beside")
HERE = Path(__file__).parent
IDENTIFYING = ("C1", "C2", "C3", "C4")
LIVE_CONTACT = (HERE / "live_contact.sql").read_text("utf-8")
CHANGE = (HERE / "change_table.sql").read_text("utf-8")
ENTRY = (HERE / "entry.sql").read_text("utf-8")
INTAKE = {"started_at": pl.String, "business_date": pl.String, "outcome": pl.String, "snapshot_id": pl.String,
          "id": pl.String, "digest": pl.String}


class NothingPublished(Exception):
    """まだ公開されたスナップショットがない。"""


NOT_KEPT = "この基準日のデータは、保存期間が過ぎたか、公開されたことがありません。基準日を選び直してください。"
OTHER_SHAPE = "公開中のデータは、更新する前の版の形です。管理者が .venv/bin/python -m data_access.rebuild を実行するか、次の連携を取り込むと表示できます。"
MOST_OLDER = 2
IDLE_SECONDS = 900


@dataclass(eq=False)
class Engine:
    """One snapshot being served: its DuckDB, and how far the ledger and the intake reports are loaded."""

    snapshot: snapshot.Snapshot
    connection: duckdb.DuckDBPyConnection
    ledger_seq: int
    reports_seen: int = -1
    used_at: float = 0
    marks: frozenset[str] = frozenset()
    own_numbers: dict[frozenset[str], list[str]] = field(default_factory=dict)
    compared: dict[str, frozenset[str]] = field(default_factory=dict)  # older snapshot → the marks it was compared under (change.py)
    comparing: threading.Lock = field(default_factory=threading.Lock)


_lock, _older_lock = threading.Lock(), threading.Lock()
_engines: dict[str, Engine] = {}
_older: OrderedDict[str, Engine] = OrderedDict()


def engine() -> Engine:
    """The engine of the snapshot that CURRENT names, with the ledger and the intake reports up to this moment."""
    now = snapshot.current()
    if now is None:
        raise NothingPublished("公開されたデータがまだありません。連携を取り込んでから開いてください（make demo）。")
    with _lock:
        key = str(now.folder)
        if key not in _engines:
            served = _open(now)
            _engines.clear()
            _engines[key] = served
        served = _engines[key]
        _follow_ledger(served)
        _follow_marks(served, protected.marked())
        _follow_reports(served)
    return served


def engine_of(snapshot_id: str) -> Engine:
    """The engine of one snapshot that the served data stands on: the newest as ever, an older one as it was published.

    Raises SnapshotRefused for any other id. At most MOST_OLDER stay open; one that nobody asks goes after a while."""
    now = snapshot.current()
    if now is not None and now.id == snapshot_id:
        return engine()
    if snapshot_id not in {kept.id for kept in lineage.offered()}:
        raise snapshot.SnapshotRefused(NOT_KEPT)
    hidden = protected.hidden(engine().connection)  # who is protected today is protected on every day that is looked at
    with _older_lock:
        _let_go()
        key = str(settings.snapshots() / snapshot_id)
        if key not in _older:
            wanted = snapshot.find(snapshot_id)
            while len(_older) >= MOST_OLDER:
                _older.popitem(last=False)
            _older[key] = _open(wanted)
            _load_reports(_older[key], is_older=True)
        _follow_marks(_older[key], hidden)
        _older.move_to_end(key)
        _older[key].used_at = time.monotonic()
        return _older[key]


def let_go() -> None:
    """Close the older days that nobody has asked for a while, so that they can be purged when their time comes."""
    with _older_lock:
        _let_go()


def _let_go() -> None:
    for key, opened in list(_older.items()):
        if time.monotonic() - opened.used_at > IDLE_SECONDS:
            del _older[key]


def reader(served: Engine, user: User, *, revealed: Grant | None = None, is_masked: bool = False) -> duckdb.DuckDBPyConnection:
    """A cursor of `served` that sees what `user` may see: schema disclosed is all it should be asked for.

    Their own case and their household's are not among it (職員本人・世帯). With `revealed` it sees that one person and nobody else, and the revealed classes of them. With `is_masked` what
    identifies a person (C1–C4) is masked even from whoever may read it."""
    cursor, seen = served.connection.cursor(), clearance(user)
    if is_masked:
        seen |= {name: "masked" for name in IDENTIFYING if seen[name] == "read"}
    cursor.execute("set variable clearance_beside = ?::map(varchar, varchar)", [seen])
    if revealed:
        cursor.execute("set variable only_ref = ?", [revealed.atena_ref])
        seen |= dict.fromkeys(revealed.classes, "read")
    if own := _own_numbers(served, watch.own(user.name)):
        cursor.execute("set variable own_numbers = ?::varchar[]", [own])
    cursor.execute("set variable rounded_to = ?::bigint", [rounded_to(user)])
    cursor.execute("set variable scope = ?", [scope(user)])
    cursor.execute("set variable districts = ?::varchar[]", [list(user.districts)])
    cursor.execute("set variable clearance = ?::map(varchar, varchar)", [seen])
    return cursor


def _own_numbers(served: Engine, own: frozenset[str]) -> list[str]:
    """宛名番号 of the references that are closed to whoever asks: their own and their household's."""
    if own and own not in served.own_numbers:
        found = served.connection.cursor().execute(
            "select atena_number from source.atena_reference where atena_ref in (select unnest(?::varchar[]))", [sorted(own)]).fetchall()
        served.own_numbers[own] = [number for (number,) in found]
    return served.own_numbers.get(own, [])


def _open(now: snapshot.Snapshot) -> Engine:
    """Check and open `now`; until its engine ends, nobody purges it."""
    with ExitStack() as until_it_ends:
        until_it_ends.callback(os.close, _hold(now))
        if not now.is_of_this_version:
            raise snapshot.SnapshotRefused(OTHER_SHAPE)
        snapshot.verify(now)
        opened = Engine(now, _connect(now), now.manifest["ledger_seq"])
        weakref.finalize(opened, until_it_ends.pop_all().close)
    return opened


def _hold(wanted: snapshot.Snapshot) -> int:
    """A shared lock on the snapshot's folder, as an open file; a purge waits for nobody and passes by what is held."""
    try:
        held = os.open(wanted.folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_SH)
    except FileNotFoundError:
        raise snapshot.SnapshotRefused(NOT_KEPT) from None
    if not wanted.folder.is_dir():  # purged while the lock was waited for
        os.close(held)
        raise snapshot.SnapshotRefused(NOT_KEPT)
    return held


def _connect(now: snapshot.Snapshot) -> duckdb.DuckDBPyConnection:
    restricted, derived = now.parquet("restricted"), now.parquet("derived")
    connection = spill.connect(python_enable_replacements=False, autoinstall_known_extensions=False, autoload_known_extensions=False)
    connection.execute("create schema derived; create schema serving")
    source.create(connection, restricted)
    for name, path in derived.items():
        kind = "table" if name in IN_MEMORY else "view"
        connection.execute(f"create {kind} derived.{name} as select * from read_parquet({literal(str(path))})")
    connection.execute(
        "create table serving.standing as select ?::date as as_of, ? as snapshot_id, ? as published_at, ?::integer as fiscal_year",
        [now.business_date, now.id, now.manifest["published_at"], fiscal_year(now.business_date)])
    _load(connection, "live_note", pl.DataFrame(schema=ledger_tail.COLUMNS))
    _load(connection, "live_entry", pl.DataFrame(schema=ledger_tail.ENTRY_COLUMNS))
    _load(connection, "intake", pl.DataFrame(schema=INTAKE))
    _load(connection, "worklist_setting", pl.DataFrame([case_stage.worklist()]))
    search_key.create(connection)
    small_cell.create(connection)
    connection.execute(CHANGE)
    connection.execute(protected.CIRCLE)
    connection.execute(case_stage.RULE)
    protected.guard(connection, frozenset())
    connection.execute(LIVE_CONTACT)
    connection.execute(ENTRY)
    connection.execute((HERE / "serving_case.sql").read_text("utf-8"))
    for path in (HERE / "disclosed.sql", *sorted((HERE / "disclosed").glob("*.sql"))):
        connection.execute(path.read_text("utf-8"))
    connection.execute((HERE / "reason.sql").read_text("utf-8"))
    files = ", ".join(literal(str(path)) for path in [*restricted.values(), *derived.values()])
    connection.execute(f"set allowed_paths = [{files}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def _follow_ledger(served: Engine) -> None:
    newest = ledger_tail.last_seq()
    if newest > served.ledger_seq:
        cursor = served.connection.cursor()
        for name, read in (("live_note", ledger_tail.notes_after), ("live_entry", ledger_tail.entries_after)):
            cursor.register("arrived", read(served.ledger_seq, newest).to_arrow())
            cursor.execute(f"insert into serving.{name} by name select * from arrived")
            cursor.unregister("arrived")
        cursor.execute(LIVE_CONTACT)
        cursor.execute(ENTRY)
        served.ledger_seq = newest


def _follow_marks(served: Engine, marks: frozenset[str]) -> None:
    """Hide whoever has been marked since (支援措置あり): at every question, so at once everywhere."""
    if marks != served.marks:
        cursor = served.connection.cursor()
        protected.guard(cursor, marks)
        served.marks = marks


def _follow_reports(served: Engine) -> None:
    folder = report.folder()
    seen = folder.stat().st_mtime_ns if folder.is_dir() else 0
    if seen != served.reports_seen:
        _load_reports(served)
        served.reports_seen = seen


def _load_reports(served: Engine, *, is_older: bool = False) -> None:
    """Every intake so far; for an older snapshot those up to the one that published it."""
    found = report.every()
    own = [each.started_at for each in found if each.snapshot_id == served.snapshot.id]
    until = min(own, default=served.snapshot.manifest["published_at"]) if is_older else "9999"
    run = [{name: getattr(each, name) for name in INTAKE} for each in found if each.started_at <= until]
    _load(served.connection.cursor(), "intake", pl.DataFrame(run, schema=INTAKE))


def _load(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    connection.register("arrived", frame.to_arrow())
    exists = connection.execute("select count(*) from duckdb_tables() where schema_name = 'serving' and table_name = ?", [name]).fetchone()[0]
    if exists:
        connection.execute(f"begin; delete from serving.{name}; insert into serving.{name} by name select * from arrived; commit")
    else:
        connection.execute(f"create table serving.{name} as select * from arrived")
    connection.unregister("arrived")

"""Append-only tables whose every row seals the row before it: one canonical JSON, one hash, one locked append.

    hash = SHA-256(prev_hash ‖ canonical JSON of every other column)

Columns hold text, integers and null only, so what is hashed is exactly what is stored. `chain_head` names the
newest row of each chain: without it, cutting off the tail would leave a chain that still verifies. Someone who
rewrites a whole chain and its head is found by comparing with a copy of the head kept elsewhere.
"""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Connection,
    Integer,
    String,
    Table,
    event,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import OperationalError, SQLAlchemyError

import settings
import store

GENESIS = "0" * 64
PAGE = 5_000
WAIT_SECONDS = 20  # longer than all TRIES of whoever is before us
TRIES = 3  # to get SQLite's write lock, store.BUSY_MILLISECONDS each; nothing is written before it is ours
BUSY = f"ほかの処理が書き込んでいて、{TRIES}回試しても順番が来ませんでした"
# SQLite numbers only INTEGER keys by itself; elsewhere 64 bits must be asked for.
BIGINT = BigInteger().with_variant(Integer, "sqlite")

HEAD = Table(
    "chain_head",
    store.metadata,
    Column("chain", String(40), primary_key=True),
    Column("seq", BIGINT, nullable=False),
    Column("hash", String(64), nullable=False),
)

# SQLite has one writer for the whole file: threads of one process queue here, in turn, and do not poll the file.
_turn = threading.Lock()


class ChainUnavailable(Exception):
    """記録の保存先に書けない・読めない。The text gives the kind of failure, never the values of the row."""


def seq_column() -> Column:
    """The key of a chained table. Numbers are given under the lock, because a sequence leaves gaps on rollback."""
    return Column("seq", BIGINT, primary_key=True, autoincrement=True)


def seal_columns() -> tuple[Column, Column]:
    """The two columns that close a chained table."""
    return Column("prev_hash", String(64), nullable=False), Column("hash", String(64), nullable=False)


def refuse_changes(table: Table) -> None:
    """Have the database itself refuse UPDATE and DELETE on `table`, from the moment it is created."""
    message = f"{table.name} is append-only"
    for verb in ("update", "delete"):
        sqlite = DDL(
            f"create trigger {table.name}_no_{verb} before {verb} on {table.name} "
            f"begin select raise(abort, '{message}'); end"
        )
        event.listen(table, "after_create", sqlite.execute_if(dialect="sqlite"))
    function = DDL(
        f"create or replace function {table.name}_refuse() returns trigger language plpgsql as "
        f"$$ begin raise exception '{message}'; end $$"
    )
    trigger = DDL(
        f"create trigger {table.name}_no_change before update or delete or truncate on {table.name} "
        f"for each statement execute function {table.name}_refuse()"
    )
    for statement in (function, trigger):
        event.listen(table, "after_create", statement.execute_if(dialect="postgresql"))


def canonical(value: Mapping[str, object]) -> str:
    """The one JSON text of `value`: sorted keys, no spaces, characters as they are. TypeError for other types."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def utc_text() -> str:
    """This instant as `2026-04-01T00:00:00.000Z`."""
    return settings.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


@contextmanager
def locked(table: Table) -> Iterator[Connection]:
    """One transaction in which nobody else, in any process, appends to `table`; committed on leaving the block.

    Any failure of the store rolls everything back and is ChainUnavailable; other exceptions roll back and pass.
    """
    if not _turn.acquire(timeout=WAIT_SECONDS):
        raise ChainUnavailable("保存の順番待ちが長すぎます")
    try:
        with _failures_named(), store.engine().begin() as connection:
            _take_write_lock(connection, table)
            yield connection
    finally:
        _turn.release()


def append(connection: Connection, table: Table, row: Mapping[str, object]) -> dict[str, object]:
    """Seal `row` behind the newest one and insert it. Call inside `locked`; returns the row as stored."""
    newest = head(connection, table)
    seq, prev_hash = newest or (0, GENESIS)
    whole = {**row, "seq": seq + 1, "prev_hash": prev_hash}
    whole["hash"] = seal(whole)
    connection.execute(insert(table), whole)
    own = {"seq": whole["seq"], "hash": whole["hash"]}
    if newest:
        connection.execute(update(HEAD).where(HEAD.c.chain == table.name), own)
    else:
        connection.execute(insert(HEAD), {"chain": table.name, **own})
    return whole


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection that sees one moment of the store; failures are ChainUnavailable."""
    with _failures_named(), store.engine().begin() as connection:
        at_one_moment = {
            "sqlite": "begin",
            "postgresql": "set transaction isolation level repeatable read, read only",
        }
        connection.exec_driver_sql(at_one_moment[connection.dialect.name])
        yield connection


def head(connection: Connection, table: Table) -> tuple[int, str] | None:
    """(seq, hash) of the newest row as `chain_head` has it, or None for a chain without one."""
    return connection.execute(select(HEAD.c.seq, HEAD.c.hash).where(HEAD.c.chain == table.name)).one_or_none()


def length(table: Table) -> int:
    """How many rows the chain holds."""
    with reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def seal(row: Mapping[str, object]) -> str:
    """The hash of a whole row: of its `prev_hash` and every other column but `hash`."""
    rest = {name: value for name, value in row.items() if name not in ("prev_hash", "hash")}
    return hashlib.sha256((row["prev_hash"] + canonical(rest)).encode()).hexdigest()


def _take_write_lock(connection: Connection, table: Table) -> None:
    if connection.dialect.name == "sqlite":
        if not any(_has_begun(connection) for _ in range(TRIES)):
            raise ChainUnavailable(BUSY)
    else:
        connection.execute(text("select pg_advisory_xact_lock(hashtext(:chain))"), {"chain": table.name})


def _has_begun(connection: Connection) -> bool:
    """Begin SQLite's one write transaction; False when another process held it for the whole wait."""
    try:
        connection.exec_driver_sql("begin immediate")
    except OperationalError as error:
        if error.orig.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


@contextmanager
def _failures_named() -> Iterator[None]:
    # `from None`: the driver's own text repeats the row's values, and those must not reach a log.
    try:
        yield
    except SQLAlchemyError as error:
        raise ChainUnavailable(type(getattr(error, "orig", None) or error).__name__) from None
    except OSError as error:
        raise ChainUnavailable(error.strerror or type(error).__name__) from None

"""The ledger: every event that officers wrote, in order, never overwritten.

A correction is a new event naming the one it corrects (at most once, so the history of a note is a line). A
writer says which version of the person's case it saw; if the case has moved on, it gets a Conflict and nothing
is written. The same form sent twice is one event, because its `event_id` was made when the form was opened.
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, Connection, Integer, String, Table, Text, UniqueConstraint, func, select

import store
from audit import chain, chain_check

EVENT = Table(
    "event",
    store.metadata,
    chain.seq_column(),
    Column("event_id", String(36), nullable=False, unique=True),
    Column("kind", String(60), nullable=False),
    Column("subject", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("payload", Text, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("recorded_at", String(24), nullable=False),
    Column("occurred_on", String(10), nullable=False),
    Column("corrects", String(36), unique=True),
    *chain.seal_columns(),
    UniqueConstraint("subject", "version"),
    sqlite_autoincrement=True,
)
chain.refuse_changes(EVENT)


@dataclass(frozen=True)
class Event:
    """One event as stored. `subject` is the 宛名番号, `recorded_at` UTC text, `payload` the fields of its kind."""

    seq: int
    event_id: str
    kind: str
    subject: str
    version: int
    payload: Mapping[str, object]
    actor: str
    recorded_at: str
    occurred_on: date
    corrects: str | None
    prev_hash: str
    hash: str


class EventRefused(Exception):
    """この記録は受け付けられない。The text says why and what to do."""


class LedgerUnavailable(Exception):
    """台帳に書けない・読めない。Nothing was written."""


class Conflict(Exception):
    """ほかの職員が先に記録した。`events` are those recorded since the version that the writer saw."""

    def __init__(self, events: Sequence[Event]):
        self.events = tuple(events)
        super().__init__(_conflict_text(self.events))


def append(
    *,
    event_id: str,
    kind: str,
    subject: str,
    expected_version: int,
    payload: Mapping[str, object],
    actor: str,
    occurred_on: date,
    corrects: str | None = None,
) -> Event:
    """Write one event in one transaction and return it, committed.

    Sent again with the same content, the event already there is returned. Raises EventRefused (malformed or
    re-used event_id), Conflict (the case moved on), LedgerUnavailable (nothing written).
    """
    draft = {
        "event_id": _checked_id(event_id),
        "kind": kind,
        "subject": subject,
        "payload": chain.canonical(payload),
        "actor": actor,
        "occurred_on": occurred_on.isoformat(),
        "corrects": corrects,
    }
    try:
        with chain.locked(EVENT) as connection:
            return _already_there(connection, draft) or _write(connection, draft, expected_version)
    except chain.ChainUnavailable as reason:
        raise LedgerUnavailable(
            f"台帳に保存できませんでした（{reason}）。何も記録されていません。"
            "入力を残したまま、しばらくしてからもう一度保存してください。"
        ) from None


def events_after(seq: int, kinds: Sequence[str] | None = None) -> list[Event]:
    """Events with a seq above `seq`, oldest first; only of `kinds` when given."""
    wanted = select(EVENT).where(EVENT.c.seq > seq)
    if kinds is not None:
        wanted = wanted.where(EVENT.c.kind.in_(kinds))
    with _readable(), chain.reading() as connection:
        return _events(connection, wanted)


def events_of(subject: str) -> list[Event]:
    """Every event of one person, oldest first."""
    with _readable(), chain.reading() as connection:
        return _events(connection, select(EVENT).where(EVENT.c.subject == subject))


def last_seq() -> int:
    """The seq of the newest event; 0 when there is none."""
    with _readable(), chain.reading() as connection:
        return connection.execute(select(func.max(EVENT.c.seq))).scalar() or 0


def version_of(subject: str) -> int:
    """How many events the person has: what a form passes on as expected_version."""
    with _readable(), chain.reading() as connection:
        return _version(connection, subject)


def verify() -> int | None:
    """The first seq that was changed, removed, inserted or moved; None when the whole ledger holds."""
    with _readable():
        return chain_check.verify(EVENT)


def _write(connection: Connection, draft: Mapping[str, object], expected_version: int) -> Event:
    version = _version(connection, draft["subject"])
    if version != expected_version:
        raise Conflict(_since(connection, draft["subject"], expected_version))
    if draft["corrects"] is not None:
        _check_corrected(connection, draft)
    row = {**draft, "version": version + 1, "recorded_at": chain.utc_text()}
    return _event(chain.append(connection, EVENT, row))


def _already_there(connection: Connection, draft: Mapping[str, object]) -> Event | None:
    wanted = select(EVENT).where(EVENT.c.event_id == draft["event_id"])
    row = connection.execute(wanted).mappings().one_or_none()
    if row is None:
        return None
    if any(row[name] != value for name, value in draft.items()):
        raise EventRefused("この入力画面の記録は、別の内容ですでに保存されています。画面を開き直し、訂正として記録してください。")
    return _event(row)


def _check_corrected(connection: Connection, draft: Mapping[str, object]) -> None:
    wanted = select(EVENT.c.kind, EVENT.c.subject).where(EVENT.c.event_id == draft["corrects"])
    corrected = connection.execute(wanted).one_or_none()
    if corrected is None or corrected != (draft["kind"], draft["subject"]):
        raise EventRefused("訂正しようとした記録が、この人の同じ種類の記録に見つかりません。画面を開き直してください。")
    again = select(EVENT.c.seq).where(EVENT.c.corrects == draft["corrects"])
    if connection.execute(again).one_or_none() is not None:
        raise EventRefused("この記録はすでに訂正されています。最新の訂正を選んで訂正してください。")


def _version(connection: Connection, subject: str) -> int:
    return connection.execute(select(func.max(EVENT.c.version)).where(EVENT.c.subject == subject)).scalar() or 0


def _since(connection: Connection, subject: str, version: int) -> list[Event]:
    return _events(connection, select(EVENT).where(EVENT.c.subject == subject, EVENT.c.version > version))


def _events(connection: Connection, wanted) -> list[Event]:
    return [_event(row) for row in connection.execute(wanted.order_by(EVENT.c.seq)).mappings()]


def _event(row: Mapping[str, object]) -> Event:
    parsed = {"payload": json.loads(row["payload"]), "occurred_on": date.fromisoformat(row["occurred_on"])}
    return Event(**{**row, **parsed})


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except chain.ChainUnavailable as reason:
        raise LedgerUnavailable(
            f"台帳を読めません（{reason}）。しばらくしてからやり直し、続くときはシステム管理者に連絡してください。"
        ) from None


def _checked_id(event_id: str) -> str:
    try:
        is_uuid = str(uuid.UUID(event_id)) == event_id
    except ValueError:
        is_uuid = False
    if not is_uuid:
        raise EventRefused("入力画面の番号が正しくありません。画面を開き直してから記録してください。")
    return event_id


def _conflict_text(events: Sequence[Event]) -> str:
    if not events:
        return "画面の内容が台帳と合いません。何も記録していません。画面を開き直してください。"
    newest = events[-1]
    return (
        f"画面を開いた後に、この人の記録が {len(events)} 件加わりました（最新は {newest.actor} による "
        f"{newest.occurred_on.isoformat()} の記録）。何も記録していません。内容を確かめてから、もう一度保存してください。"
    )

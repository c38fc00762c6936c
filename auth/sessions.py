"""Who is signed in: one live session per account, kept in the store, ended for good.

The browser holds a random token; the store holds its SHA-256. Streamlit sees neither, only `sid`, which opens nothing.
A session dies after 10 minutes without a human act, 9 hours after it began, when its account is disabled, expired or
given a new password, when the same account signs in elsewhere, and on sign-out (評価書 Ⅲ-3 リスク2「離席時」). Used from another address it lives
on, is recorded, and whoever confirmed themselves must do so again (auth/step_up.py).
"""

import contextlib
import hashlib
import logging
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

import settings
import store
from audit import log
from auth.access import User
from auth.account_store import BESIDE, account, stamp, standing, user_from
from auth.first_secret import first_secret
from auth.second_factor import second_factor

IDLE = timedelta(minutes=10)
ABSOLUTE = timedelta(hours=9)
TOUCH_EVERY = timedelta(seconds=15)

session = sa.Table(
    "session",
    store.metadata,
    sa.Column("token_digest", sa.String(64), primary_key=True),
    sa.Column("sid", sa.String(32), nullable=False, unique=True),
    sa.Column("account", sa.ForeignKey("account.name"), nullable=False),
    sa.Column("source", sa.String(64), nullable=False),
    sa.Column("started_at", sa.String(27), nullable=False),
    sa.Column("last_seen_at", sa.String(27), nullable=False),
    sa.Column("ended_at", sa.String(27)),
    sa.Column("end_reason", sa.String(16)),
)
_is_open = session.c.ended_at.is_(None)
sa.Index(
    "one_live_session", session.c.account, unique=True, sqlite_where=_is_open, postgresql_where=_is_open
)

# Every other address a session was used from, once each: a desk does not move, a copied cookie does.
session_address = sa.Table(
    "session_address",
    store.metadata,
    sa.Column("sid", sa.String(32), primary_key=True),
    sa.Column("source", sa.String(64), primary_key=True),
    sa.Column("seen_at", sa.String(27), nullable=False),
)


@dataclass(frozen=True)
class Session:
    """A live session as it was when read. Until `is_ready` its person reaches nothing but their own account's page."""

    sid: str
    account: str
    source: str
    last_seen_at: datetime
    is_ready: bool = True
    role: str = ""


def digest(token: str) -> str:
    """What the store knows of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def start(name: str, source: str) -> str:
    """Open a session for `name`, ending any other it has, and return the new token: the only copy there is.

    Raises audit.log.AuditUnavailable when the sign-in cannot be recorded; then nobody is signed in.
    """
    token, sid, now = secrets.token_urlsafe(32), secrets.token_hex(16), stamp()
    log.append(actor=name, action="session.start", source=source, detail={"sid": sid})
    row = {"token_digest": digest(token), "sid": sid, "account": name, "source": source[:64]}
    others = session.update().where(session.c.account == name, _is_open)
    with store.engine().begin() as connection:
        ended = connection.execute(
            others.values(ended_at=now, end_reason="elsewhere").returning(session.c.sid, session.c.source)
        ).all()
        connection.execute(session.insert().values(row | {"started_at": now, "last_seen_at": now}))
    for earlier in ended:
        _record_end(name, earlier.source, earlier.sid, "elsewhere")
    return token


def find(token: str) -> Session | None:
    """The live session behind a token, or None. Limits are judged now; a lapsed session is ended on the spot."""
    rows = _rows(session.c.token_digest == digest(token), _is_open)
    return _living(rows[0]) if rows else None


def live() -> dict[str, Session]:
    """Every live session by token digest: one question serves the frames of the whole office."""
    return {row.token_digest: found for row in _rows(_is_open) if (found := _living(row))}


def user_of(sid: str | None) -> User | None:
    """The person behind a session reference that is ready, read from the store now: role, districts, revocation as they stand."""
    rows = _rows(session.c.sid == sid, _is_open) if sid else []
    found = _living(rows[0]) if rows else None
    return user_from(rows[0]) if found and found.is_ready else None


def touch(found: Session) -> Session:
    """A human act starts the idle clock again (written at most every TOUCH_EVERY). Returns the session as it is now."""
    if settings.now() - found.last_seen_at < TOUCH_EVERY:
        return found
    seen_at = stamp()
    with store.engine().begin() as connection:
        still = session.update().where(session.c.sid == found.sid, _is_open)
        connection.execute(still.values(last_seen_at=seen_at))
    return replace(found, last_seen_at=datetime.fromisoformat(seen_at))


def moved(found: Session, source: str) -> None:
    """The session was used from an address it did not begin at: written to the log the first time. Raises AuditUnavailable."""
    row = {"sid": found.sid, "source": source[:64]}
    with store.engine().connect() as connection:
        if connection.execute(sa.select(session_address).where(*(session_address.c[key] == value for key, value in row.items()))).first():
            return
    log.append(actor=found.account, action="session.moved", source=source, detail={"sid": found.sid, "began_at": found.source})
    with contextlib.suppress(sa.exc.IntegrityError), store.engine().begin() as connection:  # two requests at once: once is enough
        connection.execute(session_address.insert().values(row | {"seen_at": stamp()}))


def moved_at(sid: str) -> datetime | None:
    """When the session was last seen at an address new to it; None when it never was."""
    with store.engine().connect() as connection:
        last = connection.scalar(sa.select(sa.func.max(session_address.c.seen_at)).where(session_address.c.sid == sid))
    return last and datetime.fromisoformat(last)


def end(sid: str, reason: str) -> None:
    """End a session for good: "signed_out", "idle", "absolute" or "revoked". A second end does nothing."""
    still = session.update().where(session.c.sid == sid, _is_open)
    with store.engine().begin() as connection:
        ended = connection.execute(
            still.values(ended_at=stamp(), end_reason=reason).returning(session.c.account, session.c.source)
        ).first()
    if ended:
        _record_end(ended.account, ended.source, sid, reason)


def end_reason(token: str) -> str | None:
    """Why the session behind this token ended; None when there was none or it lives."""
    rows = _rows(session.c.token_digest == digest(token))
    return rows[0].end_reason if rows else None


def displaced(sid: str | None) -> str | None:
    """From where the session was that this one ended by beginning; None when there was none."""
    mine, other = session.alias("mine"), session
    ended_by_it = sa.and_(other.c.account == mine.c.account, other.c.ended_at == mine.c.started_at, other.c.end_reason == "elsewhere")
    with store.engine().connect() as connection:
        return connection.scalar(sa.select(other.c.source).select_from(mine.join(other, ended_by_it)).where(mine.c.sid == sid))


def _record_end(name: str, source: str, sid: str, reason: str) -> None:
    try:
        log.append(actor=name, action="session.end", source=source, detail={"sid": sid, "reason": reason})
    except log.AuditUnavailable:
        # The session is over either way, and the session table still says when and why.
        logging.getLogger(__name__).error("session.end を記録できませんでした: sid=%s reason=%s", sid, reason)


def _rows(*conditions: sa.ColumnElement) -> list[sa.Row]:
    first, second = first_secret.c.lapses_at.label("first_secret_lapses_at"), second_factor.c.nonce.label("second_nonce")
    people = session.join(account).outerjoin(first_secret).outerjoin(second_factor, second_factor.c.account == account.c.name)
    read = sa.select(session, account, first, second, *BESIDE).select_from(people).where(*conditions)
    with store.engine().connect() as connection:
        return list(connection.execute(read))


def _living(row: sa.Row) -> Session | None:
    reason = _lapse(row)
    if reason:
        end(row.sid, reason)
        return None
    return Session(row.sid, row.account, row.source, datetime.fromisoformat(row.last_seen_at), _is_ready(row), row.role)


def _is_ready(row: sa.Row) -> bool:
    """With an own password, and with the second factor registered where the city asks for one."""
    return row.first_secret_lapses_at is None and (settings.second_factor() != "totp" or row.second_nonce is not None)


def _lapse(row: sa.Row) -> str:
    now = settings.now()
    if standing(row) or row.password_set_at > row.started_at:
        return "revoked"
    if now - datetime.fromisoformat(row.last_seen_at) >= IDLE:
        return "idle"
    return "absolute" if now - datetime.fromisoformat(row.started_at) >= ABSOLUTE else ""

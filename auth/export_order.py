"""書出し: what leaves the console is ordered first, approved where the limits say so, and fetched once.

An order names a catalogue entry and its filters, never rows. Its ticket is a random token for one session, five minutes
and one use; the store keeps the token's SHA-256, and the chain that of the reason. data_access/export.py says what may be ordered and makes the bytes.
"""

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

import settings
import store
from audit import log, refusal
from auth import sessions
from auth.access import User
from auth.limits import limits

TICKET_LIVES, ORDER_LIVES, REVIEWED = timedelta(minutes=5), timedelta(hours=24), timedelta(days=7)
PASSWORD_LETTERS = 20  # of 32: 100 bits
GONE = "この書出しは、期限が切れたか、もう使われています。もう一度書き出してください。"

export_order = sa.Table(
    "export_order",
    store.metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("actor", sa.String(80), nullable=False, index=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("parameters", sa.Text, nullable=False),
    sa.Column("is_masked", sa.Boolean, nullable=False),
    sa.Column("purpose", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("snapshot_id", sa.String(80), nullable=False),
    sa.Column("row_count", sa.Integer, nullable=False),
    sa.Column("ordered_at", sa.String(32), nullable=False),
    sa.Column("needs_approval", sa.Boolean, nullable=False),
    sa.Column("approved_by", sa.String(80)),
    sa.Column("sid", sa.String(32)),
    sa.Column("ticket_digest", sa.String(64), unique=True),
    sa.Column("ticket_at", sa.String(32)),
    sa.Column("used_at", sa.String(32)),
)
_may_be_fetched = sa.or_(export_order.c.needs_approval.is_(False), export_order.c.approved_by.is_not(None))
_is_unused = export_order.c.used_at.is_(None)


class OrderRefused(Exception):
    """書出しを受け付けられない。The text says why and what to do."""


@dataclass(frozen=True)
class Order:
    """One order as stored."""

    id: str
    actor: str
    kind: str
    parameters: Mapping[str, object]
    is_masked: bool
    purpose: str
    reason: str
    snapshot_id: str
    row_count: int
    ordered_at: str
    needs_approval: bool
    approved_by: str | None
    used_at: str | None


def place(user: User, *, kind: str, parameters: Mapping[str, object], is_masked: bool, purpose: str, reason: str, snapshot_id: str,
          row_count: int, needs_approval: bool) -> Order:  # fmt: skip
    """Write an order that data_access.export has checked. Raises AuditUnavailable; then there is none."""
    row = {"id": uuid.uuid4().hex, "actor": user.name, "kind": kind, "parameters": json.dumps(dict(parameters), ensure_ascii=False),
           "is_masked": is_masked, "purpose": purpose, "reason": reason, "snapshot_id": snapshot_id, "row_count": row_count,
           "ordered_at": _now(), "needs_approval": needs_approval}  # fmt: skip
    _record(user.name, "export.ask" if needs_approval else "export.order", row, reason_sha256=hashlib.sha256(reason.encode()).hexdigest())
    with store.engine().begin() as connection:
        connection.execute(export_order.insert().values(row))
    return _find(row["id"])


def approve(user: User, order_id: str) -> None:
    """Approve another person's order. Raises NotAllowed (also for an own one, and for more rows than the role approves),
    OrderRefused, AuditUnavailable."""
    refusal.check_allowed(user, "disclosure.approve")
    wanted = next((order for order in waiting() if order.id == order_id), None)
    if wanted is None:
        raise OrderRefused(GONE)
    if wanted.actor == user.name:
        refusal.refuse(user, "disclosure.approve", "自分の書出しは承認できません。ほかの承認者に確かめてもらってください。")
    if wanted.row_count > limits(settings.today()).most_rows_a_chief_approves:
        refusal.check_allowed(user, "disclosure.approve_large")
    _record(user.name, "export.approve", {**vars(wanted)}, asked_by=wanted.actor)
    with store.engine().begin() as connection:
        still = sa.and_(export_order.c.id == order_id, export_order.c.approved_by.is_(None))
        if connection.execute(export_order.update().where(still).values(approved_by=user.name)).rowcount != 1:
            raise OrderRefused(GONE)


def ticket(user: User, sid: str, order_id: str) -> str:
    """The token with which this session may fetch the order once: the only copy there is. Raises OrderRefused, NotAllowed."""
    behind = sessions.user_of(sid)
    if behind is None or behind.name != user.name:
        refusal.refuse(user, "export", "サインインの有効時間が過ぎました。サインインし直してください。")
    token = secrets.token_urlsafe(32)
    own = sa.and_(export_order.c.id == order_id, export_order.c.actor == user.name, _may_be_fetched, _is_unused,
                  export_order.c.ordered_at > _ago(ORDER_LIVES))  # fmt: skip
    with store.engine().begin() as connection:
        given = connection.execute(export_order.update().where(own).values(sid=sid, ticket_digest=sessions.digest(token), ticket_at=_now()))
    if given.rowcount != 1:
        raise OrderRefused(GONE)
    return token


def password(token: str) -> str:
    """The password of what this ticket fetches where names are in clear: 20 letters, worked out from the token that only its session
    was given, and kept nowhere."""
    digest = hmac.digest(settings.secret("pepper"), b"export password " + token.encode(), "sha256")
    letters = base64.b32encode(digest).decode()[:PASSWORD_LETTERS]
    return "-".join(letters[start:start + 4] for start in range(0, PASSWORD_LETTERS, 4))


def redeem(token: str, sid: str) -> Order | None:
    """Use a ticket up: its order, or None for a token that is another session's, used, late or no token at all."""
    valid = sa.and_(export_order.c.ticket_digest == sessions.digest(token), export_order.c.sid == sid, _may_be_fetched, _is_unused,
                    export_order.c.ticket_at > _ago(TICKET_LIVES))  # fmt: skip
    with store.engine().begin() as connection:
        used = connection.execute(export_order.update().where(valid).values(used_at=_now()).returning(export_order.c.id)).first()
    return _find(used.id) if used else None


def waiting() -> list[Order]:
    """Orders that wait for an approval, oldest first."""
    return _orders(export_order.c.needs_approval, export_order.c.approved_by.is_(None), export_order.c.ordered_at > _ago(ORDER_LIVES))


def approved_of(user: User) -> list[Order]:
    """The approved orders of `user` that may still be fetched."""
    return _orders(export_order.c.actor == user.name, export_order.c.approved_by.is_not(None), _is_unused, export_order.c.ordered_at > _ago(ORDER_LIVES))


def recent() -> list[Order]:
    """Everything ordered in the last days, oldest first."""
    return _orders(export_order.c.ordered_at > _ago(REVIEWED))


def _orders(*conditions: sa.ColumnElement) -> list[Order]:
    with store.engine().connect() as connection:
        found = connection.execute(sa.select(export_order).where(*conditions).order_by(export_order.c.ordered_at)).mappings()
        return [_order(row) for row in found]


def _find(order_id: str) -> Order:
    return _orders(export_order.c.id == order_id)[0]


def _order(row: Mapping) -> Order:
    known = {name: row[name] for name in Order.__dataclass_fields__}
    return Order(**{**known, "parameters": json.loads(row["parameters"])})


def _record(actor: str, action: str, row: Mapping[str, object], **detail: object) -> None:
    told = {name: row[name] for name in ("id", "kind", "is_masked", "purpose")}
    log.append(actor=actor, action=action, snapshot_id=row["snapshot_id"], row_count=row["row_count"], detail=told | detail)


def _now() -> str:
    return settings.now().isoformat(timespec="microseconds")


def _ago(lapse: timedelta) -> str:
    return (settings.now() - lapse).isoformat(timespec="microseconds")

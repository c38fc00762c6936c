"""一時解除: one person, chosen classes, a purpose and a reason, for at most 15 minutes and one session.

A grant lives in the store, bound to the session of the person who asked; no browser holds it. It ends with that session,
with its time, and when the same person opens somebody else's カルテ. What it unmasks is in the access log before it is
read. The reason itself is in a table of its own that can be erased; the chain keeps its hash.
"""

import hashlib
import json
import tomllib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

import sqlalchemy as sa

import settings
import store
from audit import log, refusal
from auth import sessions
from auth.access import User, decide, permissions, revealable
from law.typed_text import text_errors

WITHDRAWN = "この一時解除の申請は、期限が切れたか、もう承認されています。一覧を開き直してください。"

reveal = sa.Table(
    "reveal",
    store.metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("actor", sa.String(80), nullable=False, index=True),
    sa.Column("sid", sa.String(32), nullable=False),
    sa.Column("atena_ref", sa.String(40), nullable=False),
    sa.Column("classes", sa.String(80), nullable=False),
    sa.Column("purpose", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("asked_at", sa.String(32), nullable=False),
    sa.Column("needs_approval", sa.Boolean, nullable=False),
    sa.Column("approved_by", sa.String(80)),
    sa.Column("until", sa.String(32)),
    sa.Column("ended_at", sa.String(32)),
)
reveal_review = sa.Table(
    "reveal_review",
    store.metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("reveal_id", sa.String(32), nullable=False, index=True),
    sa.Column("reviewed_by", sa.String(80), nullable=False),
    sa.Column("reviewed_at", sa.String(32), nullable=False),
    sa.Column("verdict", sa.String(8), nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
)
VERDICTS = ("適正", "要確認")
_IN_SESSION = sa.exists().where(sessions.session.c.sid == reveal.c.sid, sessions.session.c.ended_at.is_(None))
# One live session per account: an open sid of this account is the session that asked.
_open = sa.and_(reveal.c.ended_at.is_(None), _IN_SESSION)


class RevealRefused(Exception):
    """一時解除を受け付けられない。The text says why and what to do."""


@dataclass(frozen=True)
class Grant:
    """What is unmasked for one person of the register, for whom, until when (UTC)."""

    id: str
    atena_ref: str
    classes: frozenset[str]
    until: datetime


@cache
def rules() -> MappingProxyType:
    """auth/reveal.toml: purposes, minutes, most_a_day, lengths of the reason, review_days."""
    return MappingProxyType(tomllib.loads(Path(__file__).with_name("reveal.toml").read_text(encoding="utf-8")))


def request(user: User, sid: str, atena_ref: str, classes: Sequence[str], purpose: str, reason: str) -> Grant | None:
    """Begin a reveal, or with a class that needs it leave it to another person's approval (None).

    `atena_ref` is a person in the reach of `user` (data_access.query.subject). Raises NotAllowed, RevealRefused, and
    AuditUnavailable when it cannot be recorded; then nothing is unmasked.
    """
    refusal.check_allowed(user, "reveal.use")
    _check_session(user, sid)
    needs_approval = _checked(user, atena_ref, classes, purpose, reason)
    now = settings.now()
    row = {"id": uuid.uuid4().hex, "actor": user.name, "sid": sid, "atena_ref": atena_ref, "classes": json.dumps(sorted(classes)),
           "purpose": purpose, "reason": reason.strip(), "asked_at": _text(now), "needs_approval": needs_approval,
           "until": None if needs_approval else _text(now + _lasts())}  # fmt: skip
    _record(user, "reveal.ask" if needs_approval else "reveal.begin", row, reason_sha256=hashlib.sha256(row["reason"].encode()).hexdigest())
    with store.engine().begin() as connection:
        _end(connection, reveal.c.actor == user.name)  # one at a time
        connection.execute(reveal.insert().values(row))
    return None if needs_approval else _grant(row)


def approve(user: User, reveal_id: str) -> Grant:
    """Let another person's request begin now. Raises NotAllowed (also for an own request), RevealRefused, AuditUnavailable."""
    refusal.check_allowed(user, "disclosure.approve")
    row = next((row for row in waiting() if row["id"] == reveal_id), None)
    if row is None:
        raise RevealRefused(WITHDRAWN)
    if row["actor"] == user.name:
        refusal.refuse(user, "disclosure.approve", "自分の申請は承認できません。ほかの承認者に確かめてもらってください。")
    until = _text(settings.now() + _lasts())
    _record(user, "reveal.approve", row, asked_by=row["actor"])
    still = sa.and_(reveal.c.id == reveal_id, reveal.c.approved_by.is_(None), _open)
    with store.engine().begin() as connection:
        if connection.execute(reveal.update().where(still).values(approved_by=user.name, until=until)).rowcount != 1:
            raise RevealRefused(WITHDRAWN)
    return _grant({**row, "until": until})


def granted(user: User, atena_ref: str | None) -> Grant | None:
    """The reveal in force for `user` and this one person, read from the store now."""
    if not atena_ref or not decide(user, "reveal.use").allowed:
        return None
    in_force = sa.and_(reveal.c.actor == user.name, reveal.c.atena_ref == atena_ref, reveal.c.until > _text(settings.now()), _open)
    with store.engine().connect() as connection:
        row = connection.execute(sa.select(reveal).where(in_force).order_by(reveal.c.asked_at.desc())).mappings().first()
    if row is None or not set(json.loads(row["classes"])) <= revealable(user).keys():  # the role may have changed since
        return None
    return _grant(row)


def leave(user: User, *, but: str | None = None) -> None:
    """End what `user` has open, except for the person `but`: another カルテ has been opened, or the work is done."""
    about = [reveal.c.actor == user.name, _open, *([reveal.c.atena_ref != but] if but else [])]
    with store.engine().connect() as connection:
        if connection.execute(sa.select(reveal.c.id).where(*about).limit(1)).first() is None:
            return
    with store.engine().begin() as connection:
        _end(connection, *about)


def waiting() -> list[dict]:
    """Requests that wait for an approval, oldest first, of people who are still signed in."""
    asked_since = _text(settings.now() - _lasts())
    wanted = [reveal.c.needs_approval, reveal.c.approved_by.is_(None), reveal.c.asked_at > asked_since, _open]
    with store.engine().connect() as connection:
        return [dict(row) for row in connection.execute(sa.select(reveal).where(*wanted).order_by(reveal.c.asked_at)).mappings()]


def sign(user: User, reveal_id: str, verdict: str, comment: str) -> None:
    """Accept a reveal or question it (要確認, with a comment), signed by the name. Raises NotAllowed (also for an own one),
    RevealRefused, AuditUnavailable. A later signature stands beside the earlier; the comment's hash is in the chain."""
    refusal.check_allowed(user, "disclosure.approve")
    with store.engine().connect() as connection:
        row = connection.execute(sa.select(reveal).where(reveal.c.id == reveal_id)).mappings().first()
    if row is None or verdict not in VERDICTS:
        raise RevealRefused("点検する一時解除と結果を、画面を開き直して選んでください。")
    if row["actor"] == user.name:
        refusal.refuse(user, "disclosure.approve", "自分の一時解除は点検できません。ほかの承認者に確かめてもらってください。", row["atena_ref"])
    comment = comment.strip()
    if verdict == "要確認" or comment:
        check_reason(comment, "所見")
    _record(user, "reveal.review", row, asked_by=row["actor"], verdict=verdict, comment_sha256=hashlib.sha256(comment.encode()).hexdigest())
    signed = {"reveal_id": reveal_id, "reviewed_by": user.name, "reviewed_at": _text(settings.now()), "verdict": verdict, "comment": comment}
    with store.engine().begin() as connection:
        connection.execute(reveal_review.insert().values(signed))


def recent(user: User) -> list[dict]:
    """What was revealed or asked for in the last days, and what was revealed before and nobody has signed, newest first, each with
    its `signed` (oldest first). Raises NotAllowed."""
    refusal.check_allowed(user, "disclosure.approve")
    log.append(actor=user.name, action="disclosure.review")
    since = _text(settings.now() - timedelta(days=rules()["review_days"]))
    with store.engine().connect() as connection:
        is_left = sa.and_(reveal.c.until.is_not(None), reveal.c.id.not_in(sa.select(reveal_review.c.reveal_id)))
        found = connection.execute(sa.select(reveal).where(sa.or_(reveal.c.asked_at > since, is_left)).order_by(reveal.c.asked_at.desc())).mappings().all()
        of_these = reveal_review.c.reveal_id.in_([row["id"] for row in found])
        signed = connection.execute(sa.select(reveal_review).where(of_these).order_by(reveal_review.c.number)).mappings().all()
    return [{**row, "signed": [dict(each) for each in signed if each["reveal_id"] == row["id"]]} for row in found]


def _checked(user: User, atena_ref: str, classes: Sequence[str], purpose: str, reason: str) -> bool:
    """Whether an approval is needed. Raises RevealRefused."""
    may = revealable(user)
    if not classes or not set(classes) <= may.keys():
        shown = "・".join(permissions().classes[name] for name in may)
        refusal.record(actor=user.name, question="reveal.use", reason="一時解除できない項目", atena_ref=atena_ref)
        raise RevealRefused(f"一時解除する項目を、{shown} から選んでください。")
    if purpose not in rules()["purposes"]:
        raise RevealRefused(f"使用目的を、{'・'.join(rules()['purposes'])} から選んでください。")
    check_reason(reason)
    if _count_today(user) >= rules()["most_a_day"]:
        refusal.record(actor=user.name, question="reveal.use", reason="1日の回数を超えた一時解除", atena_ref=atena_ref)
        raise RevealRefused(f"1日に求められる一時解除は {rules()['most_a_day']} 回までです。係長に相談してください。")
    return any(may[name] == "approved" for name in classes)


def check_reason(reason: str, what: str = "理由") -> None:
    """Raises RevealRefused unless the text says enough, not too much, nothing unseen, and no 個人番号. `what` the form calls it."""
    shortest, longest = rules()["shortest_reason"], rules()["longest_reason"]
    if not shortest <= len(reason.strip()) <= longest:
        raise RevealRefused(f"{what}を{shortest}文字から{longest}文字で入力してください。点検する人が読みます。")
    for error in text_errors(what, reason, longest):
        raise RevealRefused(error)


def _count_today(user: User) -> int:
    since = _text(settings.now() - timedelta(days=1))
    with store.engine().connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(reveal).where(reveal.c.actor == user.name, reveal.c.asked_at > since))


def _check_session(user: User, sid: str) -> None:
    behind = sessions.user_of(sid)
    if behind is None or behind.name != user.name:
        refusal.refuse(user, "reveal.use", "サインインの有効時間が過ぎました。サインインし直してください。")


def _end(connection: sa.Connection, *about: sa.ColumnElement) -> None:
    connection.execute(reveal.update().where(*about, reveal.c.ended_at.is_(None)).values(ended_at=_text(settings.now())))


def _record(user: User, action: str, row: dict, **detail: object) -> None:
    told = {"id": row["id"], "classes": json.loads(row["classes"]), "purpose": row["purpose"], "until": row["until"] or ""}
    log.append(actor=user.name, action=action, atena_refs=[row["atena_ref"]], detail=told | detail)


def _grant(row: dict) -> Grant:
    return Grant(row["id"], row["atena_ref"], frozenset(json.loads(row["classes"])), datetime.fromisoformat(row["until"]))


def _lasts() -> timedelta:
    return timedelta(minutes=rules()["minutes"])


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="microseconds")

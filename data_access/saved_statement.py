"""SELECT statements that an analyst keeps under a name, to run again: their own, or shared with everybody of the role.

A statement that was run is kept as it was run (statement.STATEMENT); what it answers is asked anew each time, with the right of
whoever runs it. Whoever kept one may take it away, nobody else; the log has who kept which text (its hash), not the text.
"""

import hashlib
import uuid
from dataclasses import dataclass

from sqlalchemy import Boolean, Column, String, Table, Text, delete, func, insert, or_, select

import settings
import store
from audit import log, refusal
from auth.access import User
from data_access import statement
from law.typed_text import text_errors

LONGEST, LONGEST_NOTE, MOST = 40, 200, 100
QUESTION = "saved_statement"
SAVED = Table(
    QUESTION,
    store.metadata,
    Column("id", String(32), primary_key=True),
    Column("actor", String(80), nullable=False),
    Column("role", String(40), nullable=False),
    Column("is_shared", Boolean, nullable=False),
    Column("title", String(LONGEST), nullable=False),
    Column("note", String(LONGEST_NOTE), nullable=False),
    Column("body", Text, nullable=False),
    Column("saved_at", String(40), nullable=False),
)


class SaveRefused(Exception):
    """Nothing was kept or taken away. Says why and what to do."""


@dataclass(frozen=True)
class Saved:
    """One kept statement: its id, its name and note, the text, and whether it is the reader's own."""

    id: str
    title: str
    note: str
    body: str
    is_shared: bool
    is_own: bool


def save(user: User, statement_id: str, *, title: str, note: str, is_shared: bool) -> str:
    """Keep the statement of `user` that ran as `statement_id`; returns the new id. Raises NotAllowed, SaveRefused, StatementRefused,
    AuditUnavailable."""
    _check(user)
    title, note = " ".join(title.split()), note.strip()
    if not title:
        raise SaveRefused("名前を入力してください。")
    for name, text, longest in (("名前", title, LONGEST), ("メモ", note, LONGEST_NOTE)):
        for error in text_errors(name, text, longest):
            refusal.record(actor=user.name, question=QUESTION, reason=error.split("。")[0])
            raise SaveRefused(error)
    body = statement.body_of(user, statement_id)
    own = SAVED.c.actor == user.name
    with store.engine().connect() as connection:
        if connection.scalar(select(func.count()).select_from(SAVED).where(own)) >= MOST:
            raise SaveRefused(f"保存できるのは{MOST}件までです。使わないものを消してください。")
        if connection.scalar(select(SAVED.c.id).where(own, SAVED.c.title == title)):
            raise SaveRefused("同じ名前のSELECT文を保存しています。別の名前を付けてください。")
    row = {"id": uuid.uuid4().hex, "actor": user.name, "role": user.role, "is_shared": bool(is_shared), "title": title, "note": note, "body": body,
           "saved_at": settings.now().isoformat()}
    log.append(actor=user.name, action="analysis.save", question=QUESTION,
               detail={"id": row["id"], "sha256": hashlib.sha256(body.encode()).hexdigest(), "is_shared": row["is_shared"]})
    with store.engine().begin() as connection:
        connection.execute(insert(SAVED).values(row))
    return row["id"]


def remove(user: User, saved_id: str) -> None:
    """Take one's own away. Raises NotAllowed, SaveRefused, AuditUnavailable."""
    _check(user)
    if all(each.id != saved_id or not each.is_own for each in kept(user)):
        raise SaveRefused("消せるのは、自分が保存したものだけです。")
    log.append(actor=user.name, action="analysis.remove", question=QUESTION, detail={"id": saved_id[:32]})
    with store.engine().begin() as connection:
        connection.execute(delete(SAVED).where(SAVED.c.id == saved_id, SAVED.c.actor == user.name))


def kept(user: User) -> list[Saved]:
    """One's own and what others of the role share, by name. Raises NotAllowed."""
    _check(user)
    visible = or_(SAVED.c.actor == user.name, SAVED.c.is_shared & (SAVED.c.role == user.role))
    with store.engine().connect() as connection:
        return [Saved(row.id, row.title, row.note, row.body, row.is_shared, row.actor == user.name)
                for row in connection.execute(select(SAVED).where(visible).order_by(SAVED.c.title, SAVED.c.id))]


def _check(user: User) -> None:
    for action in ("analysis.sql", "analysis.save"):
        refusal.check_allowed(user, action, QUESTION)

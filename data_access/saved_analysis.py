"""Views of アドホック分析 that the section keeps under a name. They belong to nobody: whoever may save may take one away.

A view names choices of the dictionary and no person; what it shows is asked anew each time, with the right of whoever opens it.
"""

import json
import uuid
from dataclasses import dataclass

from sqlalchemy import Column, String, Table, Text, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

import settings
import store
from audit import log, refusal
from auth.access import User
from data_access.analysis import View, as_plain, from_plain
from law.typed_text import text_errors

LONGEST, MOST = 40, 200
TAKEN = "同じ名前の分析があります。別の名前を付けてください。"
SAVED = Table(
    "saved_analysis",
    store.metadata,
    Column("id", String(32), primary_key=True),
    Column("title", String(LONGEST), nullable=False, unique=True),
    Column("view", Text, nullable=False),
    Column("saved_at", String(40), nullable=False),
)


class SaveRefused(Exception):
    """Nothing was saved. Says why and what to do."""


@dataclass(frozen=True)
class Saved:
    """One kept view: its id, its name, what it asks."""

    id: str
    title: str
    view: View


def save(user: User, title: str, view: View) -> str:
    """Keep `view` as `title` and return its id. Raises NotAllowed, SaveRefused, AuditUnavailable."""
    refusal.check_allowed(user, "analysis.save")
    title = " ".join(title.split())
    if not title:
        raise SaveRefused("名前を入力してください。")
    for error in text_errors("名前", title, LONGEST):
        refusal.record(actor=user.name, question="analysis.save", reason=error.split("。")[0])
        raise SaveRefused(error)
    row = {"id": uuid.uuid4().hex, "title": title, "view": json.dumps(as_plain(view), ensure_ascii=False), "saved_at": settings.now().isoformat()}
    with store.engine().connect() as connection:
        if connection.scalar(select(func.count()).select_from(SAVED)) >= MOST:
            raise SaveRefused(f"保存できるのは{MOST}件までです。使わないものを消してください。")
        if connection.scalar(select(SAVED.c.id).where(SAVED.c.title == title)):
            raise SaveRefused(TAKEN)
    log.append(actor=user.name, action="analysis.save", question="saved_analysis", detail={"id": row["id"]})
    try:
        with store.engine().begin() as connection:
            connection.execute(insert(SAVED).values(row))
    except IntegrityError:  # somebody else was a moment faster
        raise SaveRefused(TAKEN) from None
    return row["id"]


def remove(user: User, saved_id: str) -> None:
    """Take a kept view away. Raises NotAllowed, AuditUnavailable."""
    refusal.check_allowed(user, "analysis.save")
    log.append(actor=user.name, action="analysis.remove", question="saved_analysis", detail={"id": saved_id[:32]})
    with store.engine().begin() as connection:
        connection.execute(delete(SAVED).where(SAVED.c.id == saved_id))


def kept(user: User) -> list[Saved]:
    """Everything that is kept, by name. Raises NotAllowed."""
    refusal.check_allowed(user, "analysis.read")
    with store.engine().connect() as connection:
        return [Saved(row.id, row.title, from_plain(json.loads(row.view))) for row in connection.execute(select(SAVED).order_by(SAVED.c.title))]

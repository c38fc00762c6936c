"""What was refused, in the same chain as what was shown; a flood of refusals becomes a few entries.

The first FEW of one kind on one day are entries of their own. After that they are counted, and an entry is written at
10, 100, 1,000 … and at the end of the day: `count` in its detail is how many it stands for (none = 1), with the time of the
first and the last. The sum over the entries is the number of refusals, once the day is settled.
"""

from collections.abc import Mapping
from typing import NoReturn

from sqlalchemy import Column, Connection, Integer, String, Table, Text, delete, func, insert, select, update

import store
from audit import chain
from audit.log import ACCESS_LOG, AuditUnavailable, entry
from auth.access import NotAllowed, User, decide

FEW = 5
MOST_KINDS = 500  # of one actor and day; whatever comes after is counted together, still under that actor

PENDING = Table(
    "refusal_count",
    store.metadata,
    Column("day", String(10), primary_key=True),
    Column("actor", String(80), primary_key=True),
    Column("action", String(80), primary_key=True),
    Column("question", String(120), primary_key=True),
    Column("source", String(120), primary_key=True),
    Column("reason", String(200), primary_key=True),
    Column("atena_ref", String(40), primary_key=True),
    Column("total", Integer, nullable=False),
    Column("written", Integer, nullable=False),
    Column("first_at", String(24), nullable=False),
    Column("last_at", Text, nullable=False),
)
KEY = tuple(column.name for column in PENDING.primary_key)


def check_allowed(user: User | None, action: str, question: str = "") -> None:
    """Raises NotAllowed, recorded, unless the role of `user` holds `action`. `question`: what was asked, if not the action."""
    decision = decide(user, action)
    if not decision.allowed:
        refuse(user, question or action, decision.reason)


def refuse(user: User | None, question: str, reason: str, atena_ref: str = "") -> NoReturn:
    """Record the refusal, then raise NotAllowed with the same reason. Raises AuditUnavailable instead when it cannot be recorded."""
    record(actor=user.name if user else "", question=question, reason=reason, atena_ref=atena_ref)
    raise NotAllowed(reason)


def record(
    *, actor: str, action: str = "refused", question: str = "", source: str = "", reason: str = "", atena_ref: str = "", count: int = 1
) -> None:
    """Count `count` refusals of one kind, and write the entry that is due. Raises AuditUnavailable.

    Every text comes from the console itself or is a known name, never what somebody typed.
    """
    at = chain.utc_text()
    kind = {"day": at[:10], "actor": actor[:80], "action": action, "question": question, "source": source[:120],
            "reason": reason[:200], "atena_ref": atena_ref}
    try:
        with chain.locked(ACCESS_LOG) as connection:
            _settle(connection, before=at[:10])
            _count(connection, kind, at, count)
    except chain.ChainUnavailable as unavailable:
        raise AuditUnavailable.because(unavailable) from None


def settle() -> None:
    """Write what earlier days still have counted and not written: before a review, a checkpoint, the auditor's pack."""
    at = chain.utc_text()
    try:
        with chain.locked(ACCESS_LOG) as connection:
            _settle(connection, before=at[:10])
    except chain.ChainUnavailable as unavailable:
        raise AuditUnavailable.because(unavailable) from None


def _count(connection: Connection, kind: Mapping[str, str], at: str, count: int) -> None:
    found = connection.execute(select(PENDING).where(*_is(kind))).mappings().one_or_none()
    if found is None:
        of_actor = [PENDING.c[name] == kind[name] for name in ("day", "actor")]
        if connection.execute(select(func.count()).select_from(PENDING).where(*of_actor)).scalar_one() >= MOST_KINDS:
            kind = {**dict.fromkeys(KEY, ""), "day": kind["day"], "actor": kind["actor"], "action": "refused", "reason": "そのほか多数の拒否"}
            found = connection.execute(select(PENDING).where(*_is(kind))).mappings().one_or_none()
    counted = {"total": (found["total"] if found else 0) + count, "written": found["written"] if found else 0,
               "first_at": found["first_at"] if found else at, "last_at": at}
    if _is_due(counted["total"] - count, counted["total"]):
        _write(connection, {**kind, **counted})
        counted |= {"written": counted["total"], "first_at": at}
    if found:
        connection.execute(update(PENDING).where(*_is(kind)).values(counted))
    else:
        connection.execute(insert(PENDING).values({**kind, **counted}))


def _is_due(before: int, total: int) -> bool:
    """Among the first few, or past a power of ten that `before` had not reached."""
    return total <= FEW or len(str(total)) > len(str(max(before, 9)))


def _settle(connection: Connection, before: str) -> None:
    is_over = PENDING.c.day < before
    for row in connection.execute(select(PENDING).where(is_over).order_by(*PENDING.primary_key)).mappings().all():
        if row["total"] > row["written"]:
            _write(connection, row)
    connection.execute(delete(PENDING).where(is_over))


def _write(connection: Connection, row: Mapping[str, object]) -> None:
    told, count = {"reason": row["reason"]}, row["total"] - row["written"]
    if count > 1:
        told |= {"count": count, "first": row["first_at"], "last": row["last_at"]}
    refs = [row["atena_ref"]] if row["atena_ref"] else []
    chain.append(connection, ACCESS_LOG, entry(
        actor=row["actor"], action=row["action"], question=row["question"], source=row["source"], atena_refs=refs, detail=told))


def _is(kind: Mapping[str, str]) -> list:
    return [PENDING.c[name] == kind[name] for name in KEY]

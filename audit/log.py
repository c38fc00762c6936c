"""The access log: who was shown what, of whom, when (検索履歴, table 53).

An entry is on disk before `append` returns. Whoever discloses a person appends first and shows nothing when
AuditUnavailable is raised. Entries carry references, counts and hashes: no name, no free text about a person.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Column, Index, Integer, String, Table, Text, func, select

import store
from audit import chain

MOST_REFS = 200

ACCESS_LOG = Table(
    "access_log",
    store.metadata,
    chain.seq_column(),
    Column("at", String(24), nullable=False),
    Column("actor", String(80), nullable=False, index=True),
    Column("action", String(80), nullable=False),
    Column("question", String(120), nullable=False),
    Column("snapshot_id", String(80), nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("atena_refs", Text, nullable=False),
    Column("source", String(120), nullable=False),
    Column("detail", Text, nullable=False),
    *chain.seal_columns(),
    sqlite_autoincrement=True,
)
_is_signature = ACCESS_LOG.c.action == "audit.sign"
Index("signed_review", ACCESS_LOG.c.question, sqlite_where=_is_signature, postgresql_where=_is_signature)
chain.refuse_changes(ACCESS_LOG)


class AuditUnavailable(Exception):
    """アクセスログに書けない。Whatever was about to be shown must not be shown."""

    @classmethod
    def because(cls, reason: chain.ChainUnavailable) -> "AuditUnavailable":
        """With the sentence that staff see."""
        return cls(
            f"アクセスログに記録できないため、表示を止めました（{reason}）。"
            "しばらくしてからやり直し、続くときはシステム管理者に連絡してください。"
        )


def append(**what: object) -> int:
    """Record one disclosure (the arguments of `entry`) and return its seq, committed.

    Raises AuditUnavailable when it is not on disk.
    """
    try:
        with chain.locked(ACCESS_LOG) as connection:
            return chain.append(connection, ACCESS_LOG, entry(**what))["seq"]
    except chain.ChainUnavailable as reason:
        raise AuditUnavailable.because(reason) from None


def entry(
    *,
    actor: str,
    action: str,
    question: str = "",
    snapshot_id: str = "",
    row_count: int = 0,
    atena_refs: Sequence[str] = (),
    source: str = "",
    detail: Mapping[str, object] | None = None,
    at: str = "",
) -> dict[str, object]:
    """One entry as `chain.append` stores it; `at` is now unless an earlier record is carried over."""
    return {
        "at": at or chain.utc_text(),
        "actor": actor,
        "action": action,
        "question": question,
        "snapshot_id": snapshot_id,
        "row_count": row_count,
        "atena_refs": _refs_text(atena_refs),
        "source": source,
        "detail": chain.canonical(detail or {}),
    }


def carry_over(entries: Iterable[Mapping[str, object]]) -> int:
    """Entries kept elsewhere until now (a former system's log), each with its own `at`, oldest first, in one transaction.

    Returns how many. ValueError unless the log is empty: nothing can be slipped in between what the console wrote itself.
    """
    carried = 0
    try:
        with chain.locked(ACCESS_LOG) as connection:
            if connection.execute(select(func.count()).select_from(ACCESS_LOG)).scalar_one():
                raise ValueError("アクセスログにはすでに記録があります。前の記録を引き継げるのは、使い始める前だけです。")
            for what in entries:
                chain.append(connection, ACCESS_LOG, entry(**what))
                carried += 1
    except chain.ChainUnavailable as reason:
        raise AuditUnavailable.because(reason) from None
    return carried


def verify() -> int | None:
    """The first bad seq of the access log, or None when the whole chain holds."""
    return chain.verify(ACCESS_LOG)


def count() -> int:
    """How many entries the log holds."""
    return chain.length(ACCESS_LOG)


def _refs_text(atena_refs: Sequence[str]) -> str:
    """The references themselves, or for a long list their count and a hash that a repeat of the query can match."""
    listed = chain.canonical(sorted(atena_refs))
    if len(atena_refs) <= MOST_REFS:
        return listed
    return chain.canonical({"count": len(atena_refs), "sha256": hashlib.sha256(listed.encode()).hexdigest()})

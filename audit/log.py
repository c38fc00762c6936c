"""The access log: who was shown what, of whom, when (検索履歴, table 53).

An entry is on disk before `append` returns. Whoever discloses a person appends first and shows nothing when
AuditUnavailable is raised. Entries carry references, counts and hashes: no name, no free text about a person.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Column, Connection, Index, Integer, String, Table, Text, func, insert, select

import store
from audit import chain, chain_check

MOST_REFS = 200  # in the entry itself; a longer list stands beside the chain, and its hash in it

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
REFERENCE_LIST = Table(
    "reference_list",
    store.metadata,
    Column("kept_as", String(120), primary_key=True),  # what the entries that name it have for `atena_refs`
    Column("atena_refs", Text, nullable=False),
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
            return _write(connection, what)["seq"]
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
                _write(connection, what)
                carried += 1
    except chain.ChainUnavailable as reason:
        raise AuditUnavailable.because(reason) from None
    return carried


def verify() -> int | None:
    """The first bad seq of the access log, or None when the whole chain holds."""
    return chain_check.verify(ACCESS_LOG)


def count() -> int:
    """How many entries the log holds."""
    return chain.length(ACCESS_LOG)


def references(atena_refs: str) -> list[str] | None:
    """Whom an entry names, from its `atena_refs`; None when the long list behind a hash is gone or is not that list."""
    named = json.loads(atena_refs)
    if isinstance(named, list):
        return named
    with chain.reading() as connection:
        listed = connection.execute(select(REFERENCE_LIST.c.atena_refs).where(REFERENCE_LIST.c.kept_as == atena_refs)).scalar()
    return json.loads(listed) if listed is not None and _kept_as(listed) == atena_refs else None


def changed_lists() -> int:
    """How many of the long lists are not what their hash says, or gone though an entry stands on them."""
    kept, named = REFERENCE_LIST.c.kept_as, ACCESS_LOG.c.atena_refs
    lost = select(func.count(func.distinct(named))).where(named.startswith("{"), named.not_in(select(kept)))
    with chain.reading() as connection:
        rows = connection.execute(select(REFERENCE_LIST), execution_options={"yield_per": 10})
        return sum(_kept_as(listed) != kept_as for kept_as, listed in rows) + connection.execute(lost).scalar_one()


def _write(connection: Connection, what: Mapping[str, object]) -> dict[str, object]:
    row = entry(**what)
    if len(what.get("atena_refs", ())) > MOST_REFS:
        known = select(REFERENCE_LIST.c.kept_as).where(REFERENCE_LIST.c.kept_as == row["atena_refs"])
        if connection.execute(known).first() is None:
            connection.execute(insert(REFERENCE_LIST), {"kept_as": row["atena_refs"], "atena_refs": _listed(what["atena_refs"])})
    return chain.append(connection, ACCESS_LOG, row)


def _refs_text(atena_refs: Sequence[str]) -> str:
    """The references themselves, or for a long list its count and hash."""
    listed = _listed(atena_refs)
    return listed if len(atena_refs) <= MOST_REFS else _kept_as(listed)


def _listed(atena_refs: Sequence[str]) -> str:
    return chain.canonical(sorted(atena_refs))


def _kept_as(listed: str) -> str:
    try:
        count = len(json.loads(listed))
    except ValueError:  # somebody wrote over it
        count = 0
    return chain.canonical({"count": count, "sha256": hashlib.sha256(listed.encode()).hexdigest()})

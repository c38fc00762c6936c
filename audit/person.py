"""本人別アクセス記録: who saw one person, when, by which question and why. For a 開示請求 and for the review."""

import json
import re

from sqlalchemy import and_, func, or_, select

from audit import chain, log
from audit.log import ACCESS_LOG, REFERENCE_LIST
from audit.refusal import check_allowed
from auth.access import NotAllowed, User

REASONS = ("開示請求", "点検", "苦情・相談", "漏えい等の調査")
REFERENCE = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}")
MOST_ROWS = 5_000


def history(user: User, atena_ref: str, reason: str) -> list[dict[str, object]]:
    """Every entry that names the person, the newest first: at, actor, action, question, source, detail, whether a list.

    The look is an entry of its own, so it is in the next answer. Raises NotAllowed, AuditUnavailable.
    """
    check_allowed(user, "audit.person")
    if not REFERENCE.fullmatch(atena_ref) or reason not in REASONS:
        raise NotAllowed("参照番号（例 7K3M-9QXD-2FHA）と理由を確かめてください。")
    log.append(actor=user.name, action="audit.person", atena_refs=[atena_ref], detail={"reason": reason})
    row = ACCESS_LOG.c
    columns = (row.seq, row.at, row.actor, row.action, row.question, row.row_count, row.atena_refs, row.source, row.detail)
    on_a_list = select(REFERENCE_LIST.c.kept_as).where(REFERENCE_LIST.c.atena_refs.like(f'%"{atena_ref}"%'))
    named = or_(row.atena_refs.like(f'%"{atena_ref}"%'), row.atena_refs.in_(on_a_list))
    with chain.reading() as connection:
        found = connection.execute(select(*columns).where(named).order_by(row.seq.desc()).limit(MOST_ROWS)).mappings().all()
    return [_told(dict(entry)) for entry in found]


def unresolved() -> int:
    """Entries whose long list is not kept beside the chain: whether somebody was on it is recomputed from the snapshot."""
    row = ACCESS_LOG.c
    with chain.reading() as connection:
        is_long = and_(row.atena_refs.like("{%"), row.atena_refs.not_in(select(REFERENCE_LIST.c.kept_as)))
        return connection.execute(select(func.count()).select_from(ACCESS_LOG).where(is_long)).scalar_one()


def _told(entry: dict[str, object]) -> dict[str, object]:
    detail = json.loads(entry["detail"])
    named = json.loads(entry.pop("atena_refs"))
    persons = named["count"] if isinstance(named, dict) else len(named)
    return {**entry, "reason": detail.get("purpose") or detail.get("reason") or "", "person_count": persons}

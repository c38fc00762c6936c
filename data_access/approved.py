"""What two people have agreed to, read from the ledger. Read-only: the ledger belongs to casework."""

import json
from dataclasses import dataclass

from sqlalchemy import inspect, text

import store

KNOWN = "select distinct subject from event where kind = :approval"
EVENTS = "select seq, event_id, kind, payload, actor, recorded_at from event where subject = :matter order by seq"


@dataclass(frozen=True)
class Approved:
    """One proposal that another person approved: what it says, who proposed and approved it, when (UTC text)."""

    seq: int
    proposal_id: str
    approval_id: str
    content: dict
    proposed_by: str
    approved_by: str
    approved_at: str


def approved(matter: str, about: str = "") -> list[Approved]:
    """Every approved proposal of one matter (of what it is `about`, where there are many), oldest first. One that its own proposer approved does not count."""
    if not inspect(store.engine()).has_table("event"):
        return []
    with store.engine().connect() as connection:
        found = connection.execute(text(EVENTS), {"matter": f"{matter}:{about}" if about else matter}).mappings().all()
    proposals = {entry["event_id"]: entry for entry in found if entry["kind"] == f"{matter}_proposal"}
    approvals = [(entry, proposals.get(json.loads(entry["payload"])["proposal"])) for entry in found if entry["kind"] == f"{matter}_approval"]
    return [_approved(approval, proposal) for approval, proposal in approvals if proposal and proposal["actor"] != approval["actor"]]


def abouts(matter: str) -> list[str]:
    """What there are approvals about, of a matter that has many."""
    if not inspect(store.engine()).has_table("event"):
        return []
    with store.engine().connect() as connection:
        found = connection.execute(text(KNOWN), {"approval": f"{matter}_approval"}).scalars()
        return sorted(subject.removeprefix(f"{matter}:") for subject in found)


def _approved(approval, proposal) -> Approved:
    return Approved(approval["seq"], proposal["event_id"], approval["event_id"], json.loads(proposal["payload"]),
                    proposal["actor"], approval["actor"], approval["recorded_at"])

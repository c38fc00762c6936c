"""What two people have agreed to, read from the ledger. Read-only: the ledger belongs to casework."""

import json
from dataclasses import dataclass

from sqlalchemy import inspect, text

import store

EVENTS = "select seq, event_id, kind, payload, actor, recorded_at from event where subject = :matter order by seq"
NEWEST = """select subject, kind, payload, actor from event where kind in (:proposal, :approval, :declining)
    and seq in (select max(seq) from event group by subject) order by seq"""
EVERY = "select seq, event_id, kind, subject, payload, actor, recorded_at from event where kind in (:proposal, :approval) order by seq"


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
    return _agreed(matter, _read(EVENTS, matter=f"{matter}:{about}" if about else matter))


def approved_each(matter: str) -> dict[str, list[Approved]]:
    """The same of everything that a matter of many is about."""
    found: dict[str, list] = {}
    for entry in _read(EVERY, proposal=f"{matter}_proposal", approval=f"{matter}_approval"):
        found.setdefault(entry["subject"].removeprefix(f"{matter}:"), []).append(entry)
    return {about: _agreed(matter, entries) for about, entries in found.items()}


def waiting_each(matter: str) -> dict[str, tuple[dict, str]]:
    """What a matter of many is about → what its newest proposal says, and who proposed it, while nobody has approved or declined it."""
    newest = _read(NEWEST, **{step: f"{matter}_{step}" for step in ("proposal", "approval", "declining")})
    return {entry["subject"].removeprefix(f"{matter}:"): (json.loads(entry["payload"]), entry["actor"]) for entry in newest if entry["kind"] == f"{matter}_proposal"}


def _read(query: str, **names: str) -> list:
    if not inspect(store.engine()).has_table("event"):
        return []
    with store.engine().connect() as connection:
        return list(connection.execute(text(query), names).mappings())


def _agreed(matter: str, found: list) -> list[Approved]:
    proposals = {entry["event_id"]: entry for entry in found if entry["kind"] == f"{matter}_proposal"}
    approvals = [(entry, proposals.get(json.loads(entry["payload"])["proposal"])) for entry in found if entry["kind"] == f"{matter}_approval"]
    return [_approved(approval, proposal) for approval, proposal in approvals if proposal and proposal["actor"] != approval["actor"]]


def _approved(approval, proposal) -> Approved:
    return Approved(approval["seq"], proposal["event_id"], approval["event_id"], json.loads(proposal["payload"]),
                    proposal["actor"], approval["actor"], approval["recorded_at"])

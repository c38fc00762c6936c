"""What a person decided on a held intake, read from the ledger. Read-only: the ledger belongs to casework."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import inspect, text

import store
from data_access.feed_schedule import HELD, Problem

KIND = "intake_decision"
PUBLISH, SEND_BACK = "公開", "差戻し"
NEWEST = "select event_id, payload from event where kind = :kind and subject = :subject order by seq desc limit 1"


@dataclass(frozen=True)
class Decision:
    """The newest decision on one business date: what, and the digest of the held content it is about."""

    event_id: str
    decision: str
    digest: str


def latest(business_date: date) -> Decision | None:
    """The newest decision on the intake of `business_date`; None while there is none."""
    if not inspect(store.engine()).has_table("event"):  # before the console's first start
        return None
    with store.engine().connect() as connection:
        row = connection.execute(text(NEWEST), {"kind": KIND, "subject": subject(business_date)}).one_or_none()
    if row is None:
        return None
    payload = json.loads(row.payload)
    return Decision(row.event_id, payload["decision"], payload["digest"])


def subject(business_date: date) -> str:
    """What the ledger calls the intake of one business date."""
    return f"intake:{business_date.isoformat()}"


def digest(fingerprint: str, problems: list[Problem]) -> str:
    """The held content: the feeds, what they were laid over, and exactly the reasons a person is asked about."""
    reasons = sorted(problem.sentence() for problem in problems if problem.severity == HELD)
    return hashlib.sha256("\n".join([fingerprint, *reasons]).encode()).hexdigest()

"""確定: a 月次報告 or 年報 is final when one person has asked for it and another has approved these very bytes. The file is
kept by data_access/report_archive.py; what the ledger keeps is its digest."""

import re
from datetime import date

from auth.access import User
from casework import approval
from casework.approval import ApprovalRefused, Matter
from casework.ledger import Event
from casework.snapshot_rollback import SNAPSHOT

REPORT = re.compile(r"(monthly-[0-9]{4}-[0-9]{2}|annual-[0-9]{4})")
DIGEST = re.compile(r"[0-9a-f]{64}")


def matter(report: str) -> Matter:
    """The matter of one report, named monthly-2026-10 or annual-2025. Raises ApprovalRefused for any other name."""
    if not REPORT.fullmatch(report):
        raise ApprovalRefused("報告の名前が正しくありません。画面を開き直してください。")
    return Matter("report_release", "report.propose", "report.approve", report)


def propose(user: User, *, report: str, sha256: str, snapshot_id: str, reason: str, event_id: str, expected_version: int, today: date) -> Event:
    """Ask for these bytes, made from that snapshot, to be final. Raises as approval.propose."""
    if not DIGEST.fullmatch(sha256) or not SNAPSHOT.fullmatch(snapshot_id):
        raise ApprovalRefused("報告の指紋が正しくありません。画面を開き直してください。")
    return approval.propose(user, matter(report), event_id=event_id, expected_version=expected_version,
                            content={"report": report, "sha256": sha256, "snapshot_id": snapshot_id}, reason=reason, today=today)


def approve(user: User, *, report: str, proposal_id: str, event_id: str, today: date) -> Event:
    """Approve the newest proposal about this report, as another person than the proposer. Raises as approval.approve."""
    return approval.approve(user, matter(report), proposal_id=proposal_id, event_id=event_id, today=today)

"""復元: CURRENT goes back to an older kept snapshot. Proposed and approved here; `data_access.rollback` carries it out."""

import re
from datetime import date

from auth.access import User
from casework import approval
from casework.approval import ApprovalRefused, Matter
from casework.ledger import Event

ROLLBACK = Matter("snapshot_rollback", "snapshot.rollback.propose", "snapshot.rollback.approve")
SNAPSHOT = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")


def propose(user: User, *, target: str, leaving: str, reason: str, event_id: str, expected_version: int, today: date) -> Event:
    """Propose to go back to snapshot `target` from `leaving`, the one shown now. Raises as approval.propose."""
    if not SNAPSHOT.fullmatch(target) or not SNAPSHOT.fullmatch(leaving):
        raise ApprovalRefused("スナップショットの名前が正しくありません。連携状況の一覧から選び直してください。")
    if target == leaving:
        raise ApprovalRefused("公開中のスナップショットです。戻す先を選び直してください。")
    return approval.propose(user, ROLLBACK, event_id=event_id, expected_version=expected_version,
                            content={"target": target, "leaving": leaving}, reason=reason, today=today)


def approve(user: User, *, proposal_id: str, event_id: str, today: date) -> Event:
    """Approve the newest proposal, as another person than the proposer. Raises as approval.approve."""
    return approval.approve(user, ROLLBACK, proposal_id=proposal_id, event_id=event_id, today=today)

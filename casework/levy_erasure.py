"""論理消去: rows of 賦課・収納 past their time are left out of the next snapshot; a withdrawal puts them back while a
snapshot that still holds them is kept. Proposed and approved here by two people; the next intake carries it out.
"""

import re
from datetime import date

from auth.access import User
from casework import approval
from casework.approval import ApprovalRefused, Matter
from casework.ledger import Event
from casework.snapshot_rollback import SNAPSHOT

ERASURE = Matter("levy_erasure", "levy_erasure.propose", "levy_erasure.approve")
DIGEST = re.compile(r"[0-9a-f]{64}")


def propose(
    user: User, *, snapshot_id: str, notice_count: int, assessed_yen: int, digest: str,
    reason: str, event_id: str, expected_version: int, today: date,
) -> Event:  # fmt: skip
    """Propose to erase the candidates of a snapshot: how many 通知書, their yen, the list's digest. Raises as approval.propose."""
    if not SNAPSHOT.fullmatch(snapshot_id) or not DIGEST.fullmatch(digest):
        raise ApprovalRefused("スナップショットか照合番号が正しくありません。候補の一覧を作り直してください。")
    if notice_count < 1:
        raise ApprovalRefused("消去の候補がありません。提案するものはありません。")
    content = {"snapshot_id": snapshot_id, "notice_count": notice_count, "assessed_yen": assessed_yen, "digest": digest, "withdraws": None}
    return approval.propose(user, ERASURE, event_id=event_id, expected_version=expected_version, content=content, reason=reason, today=today)


def propose_withdrawal(user: User, *, withdraws: str, reason: str, event_id: str, expected_version: int, today: date) -> Event:
    """Propose to put back what the approved proposal `withdraws` (its event_id) erased. Raises as approval.propose."""
    return approval.propose(user, ERASURE, event_id=event_id, expected_version=expected_version,
                            content={"withdraws": withdraws}, reason=reason, today=today)


def approve(user: User, *, proposal_id: str, event_id: str, today: date) -> Event:
    """Approve the newest proposal, as another person than the proposer. Raises as approval.approve."""
    return approval.approve(user, ERASURE, proposal_id=proposal_id, event_id=event_id, today=today)

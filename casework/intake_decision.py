"""取込の決定 (intake_decision): a person publishes a held intake, or sends it back to whoever made the feed.

The decision names the digest of exactly the content that was held; when the feeds change, it is void. The next run of
the intake acts on it; nothing is published here.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime

from auth.access import User
from casework import ledger
from casework.allowed import check_allowed, note_write
from casework.ledger import Event
from law.typed_text import text_errors

KIND = "intake_decision"
ACTION = "intake.decide"
DECISIONS = ("公開", "差戻し")
LONGEST_REASON = 500
DIGEST = re.compile(r"[0-9a-f]{64}")
REPORT_ID = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9TZ.-]{10,40}")


class DecisionRefused(Exception):
    """取込の決定の入力に誤りがある。`errors` is a list of (field, Japanese sentence), in the order of the form."""

    def __init__(self, errors: list[tuple[str, str]]):
        self.errors = errors
        super().__init__(" ".join(sentence for _, sentence in errors))


def subject(business_date: date) -> str:
    """What the ledger calls the intake of one business date; ledger.version_of(subject(…)) is the form's version."""
    return f"intake:{business_date.isoformat()}"


def decide_intake(
    user: User,
    *,
    event_id: str,
    expected_version: int,
    business_date: date,
    report_id: str,
    digest: str,
    decision: str,
    reason: str,
    today: date,
) -> Event:
    """Record 公開 or 差戻し for the held intake that `report_id` and `digest` name.

    Raises NotAllowed, DecisionRefused, and the ledger's Conflict, EventRefused, LedgerUnavailable.
    """
    check_allowed(user, ACTION)
    errors = list(_errors(business_date, report_id, digest, decision, reason))
    if errors:
        raise DecisionRefused(errors)
    note_write(user, ACTION, "", event_id)
    return ledger.append(
        event_id=event_id,
        kind=KIND,
        subject=subject(business_date),
        expected_version=expected_version,
        payload={
            "business_date": business_date.isoformat(),
            "report_id": report_id,
            "digest": digest,
            "decision": decision,
            "reason": reason,
            "officer_name": user.display_name,  # as it was then; the account is in `actor`
        },
        actor=user.name,
        occurred_on=today,
    )


def _errors(business_date: date, report_id: str, digest: str, decision: str, reason: str) -> Iterator[tuple[str, str]]:
    if not isinstance(business_date, date) or isinstance(business_date, datetime):
        yield "business_date", "決定する業務日がありません。画面を開き直してください。"
    elif not REPORT_ID.fullmatch(report_id) or not report_id.startswith(business_date.isoformat()) or not DIGEST.fullmatch(digest):
        yield "report_id", "決定する取込が分かりません。画面を開き直し、保留の取込を選び直してください。"
    if decision not in DECISIONS:
        yield "decision", f"決定は、{'・'.join(DECISIONS)} から選んでください。"
    yield from _reason_errors(reason)


def _reason_errors(reason: str) -> Iterator[tuple[str, str]]:
    if not isinstance(reason, str) or not reason.strip():
        yield "reason", "理由を入力してください。"
        return
    yield from (("reason", sentence) for sentence in text_errors("理由", reason, LONGEST_REASON))

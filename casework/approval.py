"""決裁 of what changes everybody's data: one person proposes, another approves or declines (差戻し), all in the ledger.
Nothing is done here.

A matter has one line of events. Only its newest proposal can be approved, so a newer one takes the older's place, and
whoever proposed may take it back (取下げ).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from auth.access import User, decide
from casework import ledger
from casework.allowed import check_allowed, note_write, refuse
from casework.ledger import Event
from law.typed_text import text_errors

LONGEST_REASON = 500


class ApprovalRefused(Exception):
    """提案・承認を受け付けられない。The text says why and what to do."""


@dataclass(frozen=True)
class Matter:
    """Something that needs two people: the ledger's kind of event and, with `about` where there are many of the same, its
    subject; its two actions in permissions.toml."""

    name: str
    propose_action: str
    approve_action: str
    about: str = ""

    @property
    def subject(self) -> str:
        return f"{self.name}:{self.about}" if self.about else self.name

    @property
    def key(self) -> str:
        """A name for its form on a screen, unlike that of every other matter."""
        return self.subject.replace(":", "_")

    @property
    def proposal(self) -> str:
        return f"{self.name}_proposal"

    @property
    def approval(self) -> str:
        return f"{self.name}_approval"

    @property
    def declining(self) -> str:
        return f"{self.name}_declining"


def propose(
    user: User, matter: Matter, *, event_id: str, expected_version: int, content: Mapping[str, object], reason: str, today: date
) -> Event:
    """Write a proposal. Raises NotAllowed, ApprovalRefused, and the ledger's Conflict, EventRefused, LedgerUnavailable."""
    check_allowed(user, matter.propose_action)
    check_reason(reason)
    note_write(user, matter.propose_action, "", event_id)
    return ledger.append(
        event_id=event_id, kind=matter.proposal, subject=matter.subject, expected_version=expected_version, actor=user.name,
        payload={**content, "reason": reason, "officer_name": user.display_name}, occurred_on=today,
    )  # fmt: skip


def approve(user: User, matter: Matter, *, proposal_id: str, event_id: str, today: date) -> Event:
    """Approve the newest proposal, as another person. Raises as propose; Conflict when something came in between."""
    check_allowed(user, matter.approve_action)
    proposed = _newest(matter, proposal_id, event_id)
    if proposed.actor == user.name:
        refuse(user, matter.approve_action, "自分の提案は承認できません。ほかの承認者に確かめてもらってください。")
    note_write(user, matter.approve_action, "", event_id)
    return ledger.append(
        event_id=event_id, kind=matter.approval, subject=matter.subject, expected_version=proposed.version, actor=user.name,
        payload={"proposal": proposal_id, "officer_name": user.display_name}, occurred_on=today,
    )  # fmt: skip


def decline(user: User, matter: Matter, *, proposal_id: str, event_id: str, reason: str, today: date) -> Event:
    """差戻し by whoever may approve, or 取下げ by whoever proposed: the newest proposal is no longer waited for. Raises as approve."""
    if not decide(user, matter.propose_action).allowed:
        check_allowed(user, matter.approve_action)
    proposed = _newest(matter, proposal_id, event_id)
    action = matter.propose_action if proposed.actor == user.name else matter.approve_action
    check_allowed(user, action)
    check_reason(reason)
    note_write(user, action, "", event_id)
    return ledger.append(
        event_id=event_id, kind=matter.declining, subject=matter.subject, expected_version=proposed.version, actor=user.name,
        payload={"proposal": proposal_id, "reason": reason, "officer_name": user.display_name}, occurred_on=today,
    )  # fmt: skip


def _newest(matter: Matter, proposal_id: str, event_id: str) -> Event:
    """The proposal, while nothing but this very event (sent again) has come after it. Raises ApprovalRefused."""
    events = ledger.events_of(matter.subject)
    is_sent_before = any(event.event_id == event_id for event in events)
    proposed = next((event for event in events if event.event_id == proposal_id and event.kind == matter.proposal), None)
    if proposed is None or (proposed is not events[-1] and not is_sent_before):
        raise ApprovalRefused("この提案は、もう最新ではありません。画面を開き直し、最新の提案を確かめてください。")
    return proposed


def check_reason(reason: str) -> None:
    """Raises ApprovalRefused unless it says something, is short enough and holds nothing unseen and no 個人番号."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise ApprovalRefused(f"理由を{LONGEST_REASON}文字までで入力してください。あとから読む人のためのものです。")
    for error in text_errors("理由", reason, LONGEST_REASON):
        raise ApprovalRefused(error)


def undeclined(matter: Matter, events: list[Event]) -> list[Event]:
    """`events` without the proposals that were declined or taken back, and without their declining."""
    declined = {event.payload["proposal"] for event in events if event.kind == matter.declining}
    return [event for event in events if event.kind != matter.declining and event.event_id not in declined]


def waiting(matter: Matter) -> Event | None:
    """The proposal that waits for an approval, if any."""
    events = ledger.events_of(matter.subject)
    return events[-1] if events and events[-1].kind == matter.proposal else None

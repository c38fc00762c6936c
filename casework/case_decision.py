"""起案・審査・決裁 about one person: an officer proposes, a 係長 reviews, a 課長 approves, and no two of the steps are one
person's. Each step is an event on the person; the last one is the entry itself, as kinds.toml says it, and takes effect.

A kind of kinds.toml with `propose_action` and `review_action` is decided here and nowhere else. While a proposal waits, the
person has no second one of that kind. Who must act next may send it back (差戻し), who proposed may take it back (取下げ).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from auth.access import User
from casework import ledger, rules
from casework.allowed import note_write, refuse
from casework.approval import ApprovalRefused, check_reason
from casework.fields import About
from casework.kinds import Kind, kinds
from casework.ledger import Event
from casework.record import EntryRefused, check_fresh, check_reach, checked_fields, standing
from casework.subject import Subject

STEPS = ("proposal", "review", "declining")
STATES = {"審査待ち": "まだ審査されていません", "決裁待ち": "もう審査されています", "決定": "もう決裁されています", "差戻し": "差し戻されています", "取下げ": "取り下げられています"}


@dataclass(frozen=True)
class CaseDecision:
    """One proposal and what came of it. `state`: 審査待ち | 決裁待ち | 決定 | 差戻し | 取下げ."""

    proposal: Event
    review: Event | None = None
    approval: Event | None = None
    declining: Event | None = None

    @property
    def state(self) -> str:
        if self.approval:
            return "決定"
        if self.declining:
            return "取下げ" if self.declining.actor == self.proposal.actor else "差戻し"
        return "決裁待ち" if self.review else "審査待ち"

    @property
    def is_waiting(self) -> bool:
        return not (self.approval or self.declining)


def decisions(kind: Kind, events: Sequence[Event]) -> tuple[CaseDecision, ...]:
    """Every proposal of `kind` among `events` (those of one person or of many), oldest first, each with its later steps."""
    later = {(event.kind, event.payload["proposal"]): event for event in events if "proposal" in event.payload}
    names = [step_kind(kind, "review"), kind.name, step_kind(kind, "declining")]
    return tuple(
        CaseDecision(event, *(later.get((name, event.event_id)) for name in names))
        for event in events if event.kind == step_kind(kind, "proposal")
    )  # fmt: skip


def step_kind(kind: Kind, step: str) -> str:
    """The ledger's name of one of STEPS."""
    return f"{kind.name}_{step}"


def propose(
    user: User, subject: Subject, kind: str, *, event_id: str, expected_version: int, fields: Mapping[str, object], reason: str, today: date,
    basis: Mapping[str, object] | None = None,
) -> Event:
    """起案: every field of the kind but its day, which is that of the 決裁; `reason` is read by who reviews and approves.
    `basis`: what the proposal stood on, as JSON, for its papers (data_access/paper_basis.py); nothing is decided by it.

    Raises NotAllowed, EntryRefused, ApprovalRefused, and the ledger's Conflict, EventRefused, LedgerUnavailable."""
    step = _Step(user, subject, kinds()[kind], event_id, expected_version, today)
    step.check(step.kind.propose_action)
    check_reason(reason)
    content = checked_fields(step.kind, {**fields, step.kind.dated: today}, step.about)
    if any(each.is_waiting for each in decisions(step.kind, step.others)):
        raise ApprovalRefused(f"この人の{step.kind.label}には、審査・決裁を待つ起案がすでにあります。先にそれを決めるか、取り下げてください。")
    del content[step.kind.dated]
    return step.append(step.kind.propose_action, step_kind(step.kind, "proposal"), {**content, "said_reason": reason, **({"basis": basis} if basis else {})})


def review(user: User, subject: Subject, kind: str, *, proposal_id: str, event_id: str, expected_version: int, today: date) -> Event:
    """審査 of a proposal that waits for it, as another person than the proposer. Raises as `propose`."""
    step = _Step(user, subject, kinds()[kind], event_id, expected_version, today)
    step.check(step.kind.review_action)
    found = step.found(proposal_id, "審査待ち")
    step.check_other(step.kind.review_action, found.proposal)
    step.check_content(found.proposal)
    return step.append(step.kind.review_action, step_kind(step.kind, "review"), {"proposal": proposal_id})


def approve(user: User, subject: Subject, kind: str, *, proposal_id: str, event_id: str, expected_version: int, today: date) -> Event:
    """決裁 of a reviewed proposal, as a third person: writes the entry with what was proposed, dated today. Raises as `propose`."""
    step = _Step(user, subject, kinds()[kind], event_id, expected_version, today)
    step.check(step.kind.action)
    found = step.found(proposal_id, "決裁待ち")
    step.check_other(step.kind.action, found.proposal, found.review)
    entry = step.check_content(found.proposal)
    return step.append(step.kind.action, step.kind.name, {**entry, "proposal": proposal_id})


def decline(user: User, subject: Subject, kind: str, *, proposal_id: str, event_id: str, expected_version: int, reason: str, today: date) -> Event:
    """差戻し by who may take the next step, or 取下げ by who proposed. Raises as `propose`."""
    step = _Step(user, subject, kinds()[kind], event_id, expected_version, today)
    check_reach(user, subject, "case.read")
    found = step.found(proposal_id, "審査待ち", "決裁待ち")
    next_action = step.kind.review_action if found.review is None else step.kind.action
    action = step.kind.propose_action if found.proposal.actor == user.name else next_action
    check_reach(user, subject, action)
    check_reason(reason)
    return step.append(action, step_kind(step.kind, "declining"), {"proposal": proposal_id, "said_reason": reason})


class _Step:
    """One command at work: the person's events without this very one, so that a second click does not stand in its own way."""

    def __init__(self, user: User, subject: Subject, kind: Kind, event_id: str, expected_version: int, today: date):
        self.user, self.subject, self.kind, self.today = user, subject, kind, today
        self.event_id, self.expected_version = event_id, expected_version
        self.others = [event for event in ledger.events_of(subject.atena_number) if event.event_id != event_id]
        self.about = About(subject, today, user.display_name, user.name, standing(self.others))

    def check(self, action: str) -> None:
        check_reach(self.user, self.subject, action)
        check_fresh(self.user, self.subject, self.kind, action)

    def found(self, proposal_id: str, *states: str) -> CaseDecision:
        found = next((each for each in decisions(self.kind, self.others) if each.proposal.event_id == proposal_id), None)
        if found is None or found.state not in states:
            told = f"は、{STATES[found.state]}" if found else "が見つかりません"
            raise ApprovalRefused(f"この{self.kind.label}の起案{told}。進められるのは{'か'.join(states)}の起案だけです。画面を開き直してください。")
        return found

    def check_other(self, action: str, *before: Event) -> None:
        if self.user.name in {event.actor for event in before}:
            refuse(self.user, action, "自分が起案・審査したものは、その先に進められません。ほかの係長・課長に確かめてもらってください。", self.subject.atena_ref)

    def check_content(self, proposal: Event) -> dict[str, object]:
        """The entry as it would be written today; the person's case may have moved on since the proposal. Raises EntryRefused."""
        proposed = {**proposal.payload, self.kind.dated: self.today.isoformat()}
        entry = {field.name: proposed.get(field.name) for field in self.kind.fields}  # a field that came later: null, as its rules ask of it
        errors = rules.errors(self.kind.name, entry, self.about)
        if errors:
            raise EntryRefused(errors)
        return entry

    def append(self, action: str, name: str, payload: Mapping[str, object]) -> Event:
        note_write(self.user, action, self.subject.atena_ref, self.event_id)
        return ledger.append(
            event_id=self.event_id, kind=name, subject=self.subject.atena_number, expected_version=self.expected_version,
            payload={**payload, "officer_name": self.user.display_name}, actor=self.user.name, occurred_on=self.today,
        )  # fmt: skip

"""Two people: what one proposes another approves, the newest proposal only; and nobody else may do either."""

import uuid
from datetime import date

import pytest

from auth import reveal
from auth.access import NotAllowed
from casework import ledger
from casework.approval import ApprovalRefused, check_reason, decline, undeclined, waiting
from casework.ledger import Conflict
from casework.snapshot_rollback import ROLLBACK, approve, propose
from tests.staff import ADMIN, CHIEF, MANAGER, STAFF

TODAY = date(2026, 10, 30)
FROM, TO = "20261030T120000Z-0123abcd", "20261029T120000Z-89abcdef"


def proposed(user=CHIEF, version=0, event_id=None, **changed):
    said = {"target": TO, "leaving": FROM, "reason": "収納の差分が二重に届いたため。"} | changed
    return propose(user, event_id=event_id or str(uuid.uuid4()), expected_version=version, today=TODAY, **said)


def approved(proposal, user=MANAGER, event_id=None):
    return approve(user, proposal_id=proposal.event_id, event_id=event_id or str(uuid.uuid4()), today=TODAY)


def test_both_steps_are_events(sqlite_file):
    proposal = proposed()
    assert waiting(ROLLBACK) == proposal
    approval = approved(proposal)
    assert waiting(ROLLBACK) is None
    assert [(event.kind, event.actor) for event in ledger.events_after(0)] == [
        ("snapshot_rollback_proposal", "kakari"), ("snapshot_rollback_approval", "kacho")]
    assert proposal.payload == {"target": TO, "leaving": FROM, "reason": "収納の差分が二重に届いたため。", "officer_name": "徴収係長"}
    assert approval.payload["proposal"] == proposal.event_id
    assert ledger.verify() is None


@pytest.mark.parametrize("user", STAFF, ids=lambda user: user.name)
def test_who_may_propose_and_who_may_approve(sqlite_file, user):
    if user in (CHIEF, ADMIN):
        proposed(user)
    else:
        with pytest.raises(NotAllowed, match="復元を提案する"):
            proposed(user)
    proposal = proposed(CHIEF, version=ledger.version_of("snapshot_rollback"))
    if user is MANAGER:
        approved(proposal, user)
    else:
        with pytest.raises(NotAllowed, match="復元を承認する"):
            approved(proposal, user)


def test_nobody_approves_what_they_proposed(sqlite_file):
    """Also when the role has changed in between."""
    proposal = proposed(CHIEF)
    promoted = type(CHIEF)(CHIEF.name, CHIEF.display_name, "manager", CHIEF.section)
    with pytest.raises(NotAllowed, match="自分の提案"):
        approved(proposal, promoted)


def test_only_the_newest_proposal_is_approved_and_only_once(sqlite_file):
    old = proposed()
    new = proposed(version=1)
    with pytest.raises(ApprovalRefused, match="最新ではありません"):
        approved(old)
    event_id = str(uuid.uuid4())
    first = approved(new, event_id=event_id)
    assert approved(new, event_id=event_id) == first, "a second click is the same approval"
    with pytest.raises(ApprovalRefused, match="最新ではありません"):
        approved(new)
    assert ledger.last_seq() == 3


def declined(proposal, user, reason="戻す先が違います。", event_id=None):
    return decline(user, ROLLBACK, proposal_id=proposal.event_id, event_id=event_id or str(uuid.uuid4()), reason=reason, today=TODAY)


@pytest.mark.parametrize("user", STAFF, ids=lambda user: user.name)
def test_the_approver_declines_and_the_proposer_takes_back(sqlite_file, user):
    proposal = proposed(CHIEF)
    if user not in (MANAGER, CHIEF):
        with pytest.raises(NotAllowed):
            declined(proposal, user)
        return
    done = declined(proposal, user)
    assert waiting(ROLLBACK) is None
    assert undeclined(ROLLBACK, [proposal, done]) == []
    with pytest.raises(ApprovalRefused, match="最新ではありません"):
        approved(proposal)
    assert ledger.last_seq() == 2


def test_an_approval_stands_though_a_later_proposal_is_declined(sqlite_file):
    approval = approved(first := proposed())
    declined(proposed(version=2), MANAGER)
    assert undeclined(ROLLBACK, ledger.events_after(0)) == [first, approval]
    with pytest.raises(ApprovalRefused, match="最新ではありません"):
        declined(first, MANAGER)


@pytest.mark.parametrize("reason", [" ", "あ" * 501, "個人番号 123456789018 の件"])
def test_a_declining_needs_a_reason(sqlite_file, reason):
    with pytest.raises(ApprovalRefused, match="理由"):
        declined(proposed(), MANAGER, reason)
    assert ledger.last_seq() == 1


def test_a_second_click_on_decline_is_the_same_declining(sqlite_file):
    proposal, event_id = proposed(), str(uuid.uuid4())
    assert declined(proposal, MANAGER, event_id=event_id) == declined(proposal, MANAGER, event_id=event_id)
    assert ledger.last_seq() == 2


def test_two_proposals_at_once_are_a_conflict(sqlite_file):
    proposed()
    with pytest.raises(Conflict):
        proposed(ADMIN, version=0)


@pytest.mark.parametrize(("changed", "said"), [
    ({"target": "../etc"}, "名前が正しくありません"),
    ({"target": TO + "\n"}, "名前が正しくありません"),
    ({"leaving": "CURRENT"}, "名前が正しくありません"),
    ({"target": FROM}, "公開中"),
    ({"reason": " "}, "理由を"),
    ({"reason": "あ" * 501}, "理由を"),
    ({"reason": "個人番号 123456789018 の件"}, "個人番号"),
])  # fmt: skip
def test_what_a_proposal_must_be(sqlite_file, changed, said):
    with pytest.raises(ApprovalRefused, match=said):
        proposed(**changed)
    assert ledger.last_seq() == 0


@pytest.mark.parametrize("unseen", ["\u202e", "\u2066", "\t", "\x00", "\ud800"])
def test_a_reason_that_reads_otherwise_than_it_is_written_is_refused(unseen):
    """A right-to-left sign turns round what the approver reads; every reason is held to what a 記事 is."""
    text = f"本人に電話で確かめる{unseen}ため"
    with pytest.raises(ApprovalRefused, match="見えない制御文字"):
        check_reason(text)
    with pytest.raises(reveal.RevealRefused, match="見えない制御文字"):
        reveal.check_reason(text)

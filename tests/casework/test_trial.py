"""試行: what it must say, that it begins with another person's approval, and a lot that nobody chooses and everybody can check."""

import uuid
from collections import Counter
from datetime import date, timedelta

import pytest

from auth.access import NotAllowed
from casework import ledger
from casework.approval import ApprovalRefused, decline
from casework.trial import LEAST, approve, every, matter, propose
from tests.staff import CHIEF, MANAGER, STAFF

TODAY = date(2026, 10, 30)
REFS = [f"AAAA-{number:04d}-ZZZZ" for number in range(1_000)]


def new() -> str:
    return str(uuid.uuid4())


def proposed(user=CHIEF, event_id=None, **changed):
    said = {"name": "催告書の文面", "means": "文面", "ways": ("いまの文面", "分納を先に書いた文面"), "queue": "接触なし", "horizon_days": 60, "refs": REFS} | changed
    return propose(user, **said, reason="分納の相談を増やしたい。", event_id=event_id or new(), expected_version=0, today=TODAY)


def begun(**changed):
    proposal = proposed(**changed)
    approve(MANAGER, proposal_id=proposal.event_id, event_id=new(), today=TODAY)
    return next(each for each in every() if each.id == proposal.event_id)


def test_it_begins_with_another_person_s_approval(sqlite_file):
    proposal = proposed()
    (waiting,) = every()
    assert (waiting.began_on, waiting.salt, waiting.looked_at_on) == (None, None, None)
    approve(MANAGER, proposal_id=proposal.event_id, event_id=new(), today=TODAY)
    (running,) = every()
    assert (running.began_on, running.ends_on, running.looked_at_on) == (TODAY, TODAY + timedelta(days=60), TODAY + timedelta(days=74))
    assert running.refs == tuple(sorted(REFS))
    assert ledger.verify() is None


def test_the_lot_is_even_the_same_every_time_and_another_for_another_trial(sqlite_file):
    first, second = begun(), begun(refs=[ref.replace("A", "B") for ref in REFS])
    counts = Counter(first.lot().values())
    assert abs(counts["甲"] - counts["乙"]) < 4 * len(REFS) ** 0.5
    assert first.lot() == every()[0].lot()
    assert set(first.lot()) == set(REFS)
    same = sum(first.way_of(ref) == second.way_of(ref) for ref in REFS)
    assert 400 < same < 600


@pytest.mark.parametrize("user", STAFF, ids=lambda user: user.name)
def test_who_may_propose_and_who_may_approve(sqlite_file, user):
    if user is not CHIEF:
        with pytest.raises(NotAllowed):
            proposed(user=user)
    proposal = proposed()
    if user is not MANAGER:
        with pytest.raises(NotAllowed):
            approve(user, proposal_id=proposal.event_id, event_id=new(), today=TODAY)
        assert every()[0].began_on is None


def test_nobody_is_in_two_trials_at_once(sqlite_file):
    begun()
    again = proposed(refs=REFS[:300])
    with pytest.raises(ApprovalRefused, match="300人"):
        approve(MANAGER, proposal_id=again.event_id, event_id=new(), today=TODAY)
    later = TODAY + timedelta(days=74)
    approve(MANAGER, proposal_id=again.event_id, event_id=new(), today=later)
    assert [each.began_on for each in every()] == [TODAY, later]


def test_a_declined_trial_is_gone_and_the_others_stay(sqlite_file):
    first, second = proposed(), proposed(refs=REFS[:400])
    decline(MANAGER, matter(first.event_id), proposal_id=first.event_id, event_id=new(), reason="時期が悪い。", today=TODAY)
    assert [each.id for each in every()] == [second.event_id]


@pytest.mark.parametrize(("change", "told"), [
    ({"name": " "}, "試行の名を入力"), ({"name": "x" * 41}, "40 文字"), ({"name": "123456789018"}, "個人番号"), ({"means": "色"}, "何を変えるか"),
    ({"ways": ("同じ", "同じ")}, "別のこと"), ({"ways": ("一つ",)}, "別のこと"), ({"ways": ("", "x")}, "別のこと"), ({"ways": ("x" * 201, "y")}, "200 文字"),
    ({"ways": ("123456789018", "y")}, "個人番号"), ({"queue": "ほか"}, "名簿を選んで"), ({"horizon_days": 13}, "14日から180日"), ({"horizon_days": 181}, "14日から180日"),
    ({"refs": REFS[:LEAST - 1]}, "199人"), ({"refs": REFS[:250] + REFS[:1]}, "一覧が正しくありません"), ({"refs": [*REFS[:250], "0000000001"]}, "一覧が正しくありません"),
])  # fmt: skip
def test_what_is_wrong_is_told_and_nothing_is_written(sqlite_file, change, told):
    with pytest.raises(ApprovalRefused, match=told):
        proposed(**change)
    assert ledger.last_seq() == 0


def test_an_approval_by_the_proposer_begins_nothing(sqlite_file):
    proposal = proposed()
    promoted = type(CHIEF)(CHIEF.name, CHIEF.display_name, "manager", CHIEF.section)
    with pytest.raises(NotAllowed, match="自分の提案"):
        approve(promoted, proposal_id=proposal.event_id, event_id=new(), today=TODAY)
    ledger.append(event_id=new(), kind="trial_approval", subject=matter(proposal.event_id).subject, expected_version=1, actor=CHIEF.name,
                  payload={"proposal": proposal.event_id, "officer_name": "x"}, occurred_on=TODAY)
    assert every()[0].began_on is None

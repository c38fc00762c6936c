"""起案・審査・決裁 about one person: three people in order, what each step refuses, and what the last one writes."""

import uuid
from dataclasses import replace
from datetime import date

import pytest

from auth.access import NotAllowed, User
from casework import case_decision, ledger
from casework.approval import ApprovalRefused
from casework.case_decision import approve, decisions, decline, propose, review
from casework.kinds import kinds
from casework.ledger import Conflict
from casework.record import EntryRefused
from law.suspension import immediate_grounds
from tests.casework.entries import (
    AT_ONCE,
    CHIEF,
    GOOD,
    KEPT,
    MANAGER,
    OFFICER,
    ONE,
    SUBJECT,
    TODAY,
    TWO,
    decided,
    write,
)

KIND = "suspension_decision"
PROPOSED, REVIEWED = ((OFFICER, propose),), ((OFFICER, propose), (CHIEF, review))


def taken(step, user, proposal, *, subject=SUBJECT, event_id=None, version=None, **more):
    seen = ledger.version_of(SUBJECT.atena_number) if version is None else version
    return step(user, subject, KIND, proposal_id=proposal.event_id, event_id=event_id or str(uuid.uuid4()), expected_version=seen, today=TODAY, **more)


def states() -> list[str]:
    return [each.state for each in decisions(kinds()[KIND], ledger.events_of(SUBJECT.atena_number))]


def proposal():
    return next(event for event in reversed(ledger.events_of(SUBJECT.atena_number)) if event.kind == f"{KIND}_proposal")


def with_role(user: User, role: str) -> User:
    return replace(user, role=role)


def test_three_people_make_one_entry(sqlite_file):
    written = decided(KIND)
    assert written.payload == {"decided_on": "2026-04-01", "ground": "2号", "installments": KEPT, "is_partial": False, "is_immediate": False,
                               "extinction_ground": None, "extinction_reason": None, "evidence_ids": ["I0001", "I0002"], "lacking": None,
                               "is_proposed_though_lacking": None, "proposal": proposal().event_id, "officer_name": "課長"}
    assert [(event.kind, event.actor) for event in ledger.events_of(SUBJECT.atena_number)] == [
        (f"{KIND}_proposal", "sato"), (f"{KIND}_review", "kakari"), (KIND, "kacho")]
    assert "decided_on" not in proposal().payload, "the day is that of the 決裁"
    assert states() == ["決定"]
    assert ledger.verify() is None


def test_the_state_follows_the_steps(sqlite_file):
    decided(KIND, steps=PROPOSED)
    assert states() == ["審査待ち"]
    taken(review, CHIEF, proposal())
    assert states() == ["決裁待ち"]
    taken(decline, MANAGER, proposal(), reason="勤務先を確かめる。")
    assert states() == ["差戻し"]
    decided(KIND, steps=PROPOSED)
    taken(decline, OFFICER, proposal(), reason="納付の申出があった。")
    with pytest.raises(ApprovalRefused, match="^この執行停止の決定の起案は、取り下げられています。進められるのは審査待ちの起案だけです。画面を開き直してください。$"):
        taken(review, CHIEF, proposal())
    assert states() == ["差戻し", "取下げ"]


def test_no_step_is_taken_out_of_order_or_twice(sqlite_file):
    decided(KIND, steps=PROPOSED)
    with pytest.raises(ApprovalRefused, match="まだ審査されていません。進められるのは決裁待ち"):
        taken(approve, MANAGER, proposal())
    with pytest.raises(ApprovalRefused, match="待つ起案がすでに"):
        decided(KIND, steps=PROPOSED)
    taken(review, CHIEF, proposal())
    with pytest.raises(ApprovalRefused, match="もう審査されています。進められるのは審査待ち"):
        taken(review, with_role(User("other", "係長2", "", "収納推進課"), "chief"), proposal())
    taken(approve, MANAGER, proposal())
    for step, user, more in ((review, CHIEF, {}), (approve, MANAGER, {}), (decline, MANAGER, {"reason": "遅い"})):
        with pytest.raises(ApprovalRefused, match="起案は、もう決裁されています。"):
            taken(step, user, proposal(), **more)
    with pytest.raises(ApprovalRefused, match="見つかりません"):
        taken(review, CHIEF, write("reminder"))


def test_nobody_takes_two_of_the_steps_though_the_role_changed(sqlite_file):
    decided(KIND, steps=PROPOSED)
    with pytest.raises(NotAllowed, match="自分が起案"):
        taken(review, with_role(OFFICER, "chief"), proposal())
    taken(review, CHIEF, proposal())
    for user in (OFFICER, CHIEF):
        with pytest.raises(NotAllowed, match="自分が起案・審査"):
            taken(approve, with_role(user, "manager"), proposal())
    assert states() == ["決裁待ち"]


def test_each_step_needs_its_action_and_the_own_district(sqlite_file):
    elsewhere = replace(SUBJECT, district_code="用瀬")
    with pytest.raises(NotAllowed, match="担当地区の外"):
        decided(KIND, subject=elsewhere, steps=PROPOSED)
    with pytest.raises(NotAllowed, match="権限がありません"):
        decided(KIND, steps=((MANAGER, propose),))
    decided(KIND, steps=PROPOSED)
    for step, user in ((review, OFFICER), (review, MANAGER), (approve, CHIEF)):
        with pytest.raises(NotAllowed, match="権限がありません"):
            taken(step, user, proposal())
    for user in (MANAGER, User("tanto2", "担当2", "officer", "収納推進課", ("湖山",))):
        with pytest.raises(NotAllowed, match="権限がありません"):
            taken(decline, user, proposal(), reason="順番でない。")
    assert ledger.last_seq() == 1


def test_an_entry_decided_in_steps_is_recorded_no_other_way(sqlite_file):
    with pytest.raises(NotAllowed, match="起案・審査・決裁の順"):
        write(KIND, user=MANAGER)
    assert ledger.last_seq() == 0


def test_a_second_click_is_the_same_step(sqlite_file):
    for steps in (PROPOSED, REVIEWED[1:], ((MANAGER, approve),)):
        user, step = steps[0]
        event_id, version = str(uuid.uuid4()), ledger.last_seq()
        if step is propose:
            given = dict(fields=GOOD[KIND], reason="財産がない。", event_id=event_id, expected_version=version, today=TODAY)
            assert propose(user, SUBJECT, KIND, **given) == propose(user, SUBJECT, KIND, **given)
        else:
            first = taken(step, user, proposal(), event_id=event_id, version=version)
            assert taken(step, user, proposal(), event_id=event_id, version=version) == first
    assert ledger.last_seq() == 3


def test_a_step_on_an_older_case_is_a_conflict(sqlite_file):
    decided(KIND, steps=REVIEWED)
    write("residence_finding")
    with pytest.raises(Conflict):
        taken(approve, MANAGER, proposal(), version=2)
    assert states() == ["決裁待ち"]


def test_without_the_feeds_nothing_is_decided(sqlite_file):
    stale = replace(SUBJECT, missed_days=3)
    with pytest.raises(NotAllowed, match="連携が3業務日"):
        decided(KIND, subject=stale, steps=PROPOSED)
    decided(KIND, steps=REVIEWED)
    with pytest.raises(NotAllowed, match="連携が3業務日"):
        taken(approve, MANAGER, proposal(), subject=stale)


@pytest.mark.parametrize("reason", ["", "あ" * 501, "個人番号 123456789018"])
def test_a_reason_is_given(sqlite_file, reason):
    with pytest.raises(ApprovalRefused, match="理由"):
        propose(OFFICER, SUBJECT, KIND, fields=GOOD[KIND], reason=reason, event_id=str(uuid.uuid4()), expected_version=0, today=TODAY)


WRONG = {"ground": "4号", "installments": ["0000000009-01"], "is_partial": None, "is_immediate": "はい", "evidence_ids": []}


@pytest.mark.parametrize("field", WRONG)
def test_what_is_proposed_is_checked_whole(sqlite_file, field):
    with pytest.raises(EntryRefused) as refused:
        decided(KIND, steps=PROPOSED, **{field: WRONG[field]})
    assert [name for name, _ in refused.value.errors] == [field]
    assert ledger.last_seq() == 0


def test_extinction_at_once_is_for_the_ground_that_the_law_names(sqlite_file):
    with pytest.raises(EntryRefused, match="1号 の停止だけ"):
        decided(KIND, steps=PROPOSED, **AT_ONCE)
    assert decided(KIND, ground="1号", **AT_ONCE).payload["is_immediate"] is True


@pytest.mark.parametrize(("kind", "plain"), [(KIND, {"ground": "1号"}), ("write_off_decision", {"reason": "即時消滅", "extinct_on": None})])
def test_extinction_at_once_says_which_ground_and_why(sqlite_file, kind, plain):
    """Of both doors, the 停止 and the 不納欠損 of what no 停止 has extinguished; and it is asked again at the 決裁."""
    offered = {name: kinds()[each].field("extinction_ground").values for name, each in enumerate((KIND, "write_off_decision"))}
    assert set(offered.values()) == {tuple(immediate_grounds(TODAY))}, "the form offers what the law says"
    asked = AT_ONCE if kind == KIND else {name: AT_ONCE[name] for name in ("extinction_ground", "extinction_reason")}
    for name in ("extinction_ground", "extinction_reason"):
        with pytest.raises(EntryRefused) as refused:
            decided(kind, steps=PROPOSED, **plain, **{**asked, name: None})
        assert [field for field, _ in refused.value.errors] == [name]
    with pytest.raises(EntryRefused, match="個人番号"):
        decided(kind, steps=PROPOSED, **plain, **{**asked, "extinction_reason": "個人番号 123456789018"})
    other = {"ground": "1号", "is_immediate": False} if kind == KIND else {"reason": "時効", "extinct_on": TODAY}
    with pytest.raises(EntryRefused, match="だけ書いてください"):
        decided(kind, steps=PROPOSED, **{**asked, **other})
    written = decided(kind, **plain, **asked).payload
    assert {name: written[name] for name in asked} == asked


def test_a_proposal_of_before_the_grounds_is_not_carried_on(sqlite_file):
    """Written when there was only a tick: whoever reviews it is told to ask for the ground."""
    ledger.append(event_id=str(uuid.uuid4()), kind=f"{KIND}_proposal", subject=SUBJECT.atena_number, expected_version=0, actor="sato", occurred_on=TODAY, payload={
        "ground": "1号", "installments": KEPT, "is_partial": False, "is_immediate": True, "evidence_ids": ["I0001"], "said_reason": "ない。", "officer_name": "佐藤"})
    with pytest.raises(EntryRefused, match="即時消滅には、事由を"):
        taken(review, CHIEF, proposal())


def test_what_is_lacking_is_known_before_it_is_proposed(sqlite_file):
    lacking = ["年金：資料なし", "給与：未回答"]
    for ticked in (None, False):
        with pytest.raises(EntryRefused, match="足りない資料があります（年金：資料なし、給与：未回答）"):
            decided(KIND, steps=PROPOSED, lacking=lacking, is_proposed_though_lacking=ticked)
    with pytest.raises(EntryRefused, match="足りない資料が正しくありません"):
        decided(KIND, steps=PROPOSED, lacking=[], is_proposed_though_lacking=True)
    assert decided(KIND, lacking=lacking, is_proposed_though_lacking=True).payload["lacking"] == sorted(lacking)


def test_what_was_paid_meanwhile_is_not_written_off(sqlite_file):
    """A 速報 or a booked payment between the 起案 and the 決裁 stops the next step."""
    decided("write_off_decision", steps=REVIEWED)
    waiting = ledger.events_of(SUBJECT.atena_number)[0].event_id
    given = dict(proposal_id=waiting, expected_version=2, today=TODAY)
    for paid in (replace(SUBJECT, flashed=frozenset({ONE})), replace(SUBJECT, unpaid=frozenset({(ONE, 2_999)})), replace(SUBJECT, unpaid=frozenset())):
        with pytest.raises(EntryRefused, match="納付のあった期別が1期"):
            approve(MANAGER, paid, "write_off_decision", event_id=str(uuid.uuid4()), **given)
    other = replace(SUBJECT, flashed=frozenset({TWO}))
    assert approve(MANAGER, other, "write_off_decision", event_id=str(uuid.uuid4()), **given).kind == "write_off_decision"


def test_what_is_stopped_is_not_stopped_again_until_it_is_cancelled(sqlite_file):
    decided(KIND, installments=[ONE], is_partial=True)
    with pytest.raises(EntryRefused, match="すでに停止"):
        decided(KIND, steps=PROPOSED)
    decided(KIND, installments=[TWO], is_partial=True)
    decided("suspension_cancellation", suspended_on=TODAY)
    assert decided(KIND, installments=[ONE], is_partial=True).kind == KIND


def test_what_prescription_has_ended_is_neither_stopped_nor_claimed_again(sqlite_file):
    gone = replace(SUBJECT, extinct=frozenset({TWO}))
    for kind, more in ((KIND, {}), ("suspension_cancellation", {"installments": [ONE, TWO]})):
        with pytest.raises(EntryRefused, match="時効で消滅した期別が1期"):
            decided(kind, subject=gone, steps=PROPOSED, **more)
    assert decided(KIND, subject=gone, installments=[ONE], is_partial=True).kind == KIND


def test_one_installment_has_one_end(sqlite_file):
    """What is written off is not stopped; what was extinguished at once is written off as that and as nothing else."""
    decided("write_off_decision", reason="時効", extinct_on=TODAY, written_off={TWO: 3_000})
    with pytest.raises(EntryRefused, match="不納欠損を決定した期別"):
        decided(KIND, steps=PROPOSED)
    decided(KIND, ground="1号", installments=[ONE], is_partial=True, **AT_ONCE)
    with pytest.raises(EntryRefused, match="事由は即時消滅"):
        decided("write_off_decision", steps=PROPOSED, reason="時効", extinct_on=TODAY, written_off={ONE: 3_000})


def test_a_suspension_is_cancelled_within_its_three_years(sqlite_file):
    with pytest.raises(EntryRefused, match="2026-03-31 まで"):
        decided("suspension_cancellation", steps=PROPOSED, suspended_on=date(2023, 3, 31))
    written = decided("suspension_cancellation")
    assert (written.kind, written.payload["cancelled_on"], written.payload["suspended_on"]) == ("suspension_cancellation", "2026-04-01", "2025-04-01")


def test_a_stop_is_cancelled_once_and_never_under_a_write_off(sqlite_file):
    decided(KIND, ground="1号", **AT_ONCE)
    decided("write_off_decision", reason="即時消滅", extinct_on=None, written_off={ONE: 3_000})
    again = {"suspended_on": TODAY, "cancel_ground": "停止の誤り"}
    why = {name: AT_ONCE[name] for name in ("extinction_ground", "extinction_reason")}
    with pytest.raises(EntryRefused, match="先に、不納欠損の取消"):
        decided("suspension_cancellation", steps=PROPOSED, installments=[ONE], **again)
    decided("suspension_cancellation", installments=[TWO], **again)
    with pytest.raises(EntryRefused, match="すでに取消を決定した"):
        decided("suspension_cancellation", steps=PROPOSED, installments=[TWO], **again)
    with pytest.raises(EntryRefused, match="停止を理由とする不納欠損はできません"):
        decided("write_off_decision", steps=PROPOSED, reason="即時消滅", extinct_on=None, written_off={TWO: 3_000}, **why)
    assert decided("write_off_decision", reason="時効", extinct_on=TODAY, written_off={TWO: 3_000}).payload["reason"] == "時効"


def test_what_was_extinguished_at_once_does_not_come_back_with_means(sqlite_file):
    decided(KIND, ground="1号", **AT_ONCE)
    with pytest.raises(EntryRefused, match="「停止の誤り」だけ"):
        decided("suspension_cancellation", steps=PROPOSED, suspended_on=TODAY)
    assert decided("suspension_cancellation", installments=[ONE, TWO], suspended_on=TODAY, cancel_ground="停止の誤り").kind == "suspension_cancellation"
    decided(KIND)
    assert decided("suspension_cancellation", suspended_on=TODAY).payload["cancel_ground"] == "資力の回復", "stopped anew, and not extinguished"


def test_a_step_that_cannot_be_noted_is_not_taken(sqlite_file, monkeypatch):
    monkeypatch.setattr(case_decision, "note_write", lambda *_: (_ for _ in ()).throw(ledger.LedgerUnavailable("記録できない")))
    with pytest.raises(ledger.LedgerUnavailable):
        decided(KIND, steps=PROPOSED)
    assert ledger.last_seq() == 0


def test_what_was_paid_meanwhile_is_not_stopped(sqlite_file):
    """A 期別 that is paid between the 起案 and the 決裁: neither the 決議書 nor the 通知書 may name it."""
    decided(KIND, steps=REVIEWED)
    paid = replace(SUBJECT, unpaid=frozenset({(ONE, 0), (TWO, 15_000)}))
    for subject in (paid, replace(SUBJECT, unpaid=frozenset({(TWO, 15_000)}))):
        with pytest.raises(EntryRefused, match="未納のない期別が1期"):
            taken(approve, MANAGER, proposal(), subject=subject)
    taken(decline, MANAGER, proposal(), subject=paid, reason="第1期が納まった。")
    with pytest.raises(EntryRefused, match="未納のない期別が1期"):
        decided(KIND, subject=paid, steps=PROPOSED)
    assert decided(KIND, subject=paid, installments=[TWO]).payload["installments"] == KEPT[1:]


def test_a_renewed_時効_brings_back_only_what_時効_ended(sqlite_file):
    """Of what 停止3年 has ended, no 督促 or 承認 says anything."""
    ended = decided("write_off_decision")
    with pytest.raises(EntryRefused, match="停止3年の不納欠損は、時効の更新では戻りません"):
        decided("write_off_reversal", steps=PROPOSED, decision=ended.event_id, reversal_ground="時効の更新が判明")
    decided("write_off_reversal", decision=ended.event_id)
    lapsed = decided("write_off_decision", reason="時効")
    assert decided("write_off_reversal", decision=lapsed.event_id, reversal_ground="時効の更新が判明").payload["decision"] == lapsed.event_id

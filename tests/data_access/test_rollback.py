"""CURRENT goes back only when two people agreed, and the next intake goes on from there."""

import sqlite3
import subprocess
import sys
import uuid

import pytest

import settings
from audit.log import AuditUnavailable
from casework import ledger, snapshot_rollback
from data_access import lineage, query, snapshot
from data_access.intake import take_in
from data_access.rollback import RollbackRefused, roll_back
from data_access.snapshot import PublisherBusy, SnapshotRefused
from tests.data_access.feeds import DAY_ONE, DAY_TWO
from tests.data_access.test_ledger_tail import NUMBER, notes, write
from tests.staff import ADMIN, CHIEF, MANAGER


def propose(target: str, leaving: str, user=CHIEF):
    return snapshot_rollback.propose(user, target=target, leaving=leaving, reason="差分が二重に届いた。", event_id=str(uuid.uuid4()),
                                     expected_version=ledger.version_of("snapshot_rollback"), today=DAY_TWO)


def agree(target: str, leaving: str) -> None:
    proposal = propose(target, leaving)
    snapshot_rollback.approve(MANAGER, proposal_id=proposal.event_id, event_id=str(uuid.uuid4()), today=DAY_TWO)


def days() -> tuple[str, str]:
    newest, older = lineage.offered()[:2]
    return newest.id, older.id


def test_without_an_approval_nothing_moves(own_city):
    newest, older = days()
    with pytest.raises(RollbackRefused, match="承認された復元がありません"):
        roll_back()
    propose(older, newest, ADMIN)
    with pytest.raises(RollbackRefused, match="承認された復元がありません"):
        roll_back()
    assert snapshot.current().id == newest


def test_an_approval_by_the_proposer_does_not_count(own_city):
    """However it came into the ledger."""
    newest, older = days()
    agree(older, newest)
    with sqlite3.connect(own_city / "store.sqlite") as opened:
        opened.execute("drop trigger event_no_update")
        opened.execute("update event set actor = 'kakari'")
    with pytest.raises(RollbackRefused, match="承認された復元がありません"):
        roll_back()
    assert snapshot.current().id == newest


def test_there_and_on_again(own_city):
    """Back by a day; the same day's feeds are taken in once more, and the day rolled back from is shown to nobody."""
    newest, older = days()
    before = query.ask(CHIEF, "rate_by_year", snapshot_id=older, district=None)
    agree(older, newest)
    assert roll_back().id == older
    assert query.standing().as_of == DAY_ONE
    assert query.ask(CHIEF, "rate_by_year", district=None).equals(before)
    assert [kept.id for kept in query.kept()] == [older]
    assert roll_back().id == older, "a second run is no second rollback"
    assert take_in(DAY_TWO).outcome == "公開"
    again = snapshot.current()
    assert again.manifest["sequences"] == snapshot.find(newest).manifest["sequences"]
    assert [kept.id for kept in query.kept()] == [again.id, older]
    with pytest.raises(SnapshotRefused):
        query.ask(CHIEF, "rate_by_year", snapshot_id=newest, district=None)
    with pytest.raises(RollbackRefused, match="公開中のデータが変わりました"):
        roll_back()


def test_what_was_written_since_is_not_lost(own_city):
    newest, older = days()
    ref = query.reference_of(NUMBER)
    before = notes(ref)
    write(ref, DAY_TWO)
    agree(older, newest)
    roll_back()
    assert len(notes(ref)) == len(before) + 1
    assert take_in(DAY_TWO).outcome == "公開"
    assert len(notes(ref)) == len(before) + 1


def test_an_approval_of_another_moment_is_refused(eve):
    first = snapshot.current().id
    assert take_in(DAY_TWO).outcome == "公開"
    agree(first, "20261030T000000Z-00000000")
    with pytest.raises(RollbackRefused, match="公開中のデータが変わりました"):
        roll_back()


def test_a_target_that_is_gone_or_was_never_shown_is_refused(own_city):
    newest, _ = days()
    agree("20261001T000000Z-00000000", newest)
    with pytest.raises(RollbackRefused, match="保存期間が過ぎた"):
        roll_back()
    assert snapshot.current().id == newest


def test_a_damaged_target_is_refused(own_city):
    newest, older = days()
    agree(older, newest)
    path = settings.snapshots() / older / "derived" / "delinquent.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(SnapshotRefused, match="壊れています"):
        roll_back()
    assert snapshot.current().id == newest


def test_without_the_access_log_or_beside_an_intake_nothing_moves(own_city):
    newest, older = days()
    agree(older, newest)
    with snapshot.alone(), pytest.raises(PublisherBusy):
        roll_back()
    with sqlite3.connect(own_city / "store.sqlite") as opened:
        opened.execute("create trigger full before insert on access_log begin select raise(abort, 'disk full'); end")
    with pytest.raises(AuditUnavailable):
        roll_back()
    assert snapshot.current().id == newest


def test_a_wrong_step_back_can_be_undone(own_city):
    newest, older = days()
    agree(older, newest)
    roll_back()
    agree(newest, older)
    assert roll_back().id == newest
    assert [kept.id for kept in query.kept()] == [newest, older]


def test_the_command(own_city):
    newest, older = days()
    command = [sys.executable, "-m", "data_access.rollback"]
    refused = subprocess.run(command, cwd=settings.ROOT, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "承認された復元がありません" in refused.stdout
    agree(older, newest)
    done = subprocess.run(command, cwd=settings.ROOT, capture_output=True, text=True, check=True)
    assert older in done.stdout
    assert snapshot.current().id == older

"""The ledger: what an officer was told is saved is there, once, in order, and nobody's work is overwritten."""

import json
import random
import traceback
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

import store
from casework import ledger
from tests.audit.stores import raw

DAY = date(2026, 4, 1)


def write(subject="0001", version=0, body="電話", actor="sato", event_id=None, corrects=None, kind="negotiation_note"):
    return ledger.append(
        event_id=event_id or str(uuid.uuid4()), kind=kind, subject=subject, expected_version=version,
        payload={"body": body}, actor=actor, occurred_on=DAY, corrects=corrects,
    )  # fmt: skip


def test_an_event_is_read_back_as_it_was_written(any_store):
    written = write(body="髙橋さん\n来月払う 🏠")
    assert ledger.events_after(0) == [written]
    assert (written.seq, written.version, written.occurred_on) == (1, 1, DAY)
    assert written.payload == {"body": "髙橋さん\n来月払う 🏠"}
    assert written.recorded_at.endswith("Z")
    assert len(written.recorded_at) == 24
    assert ledger.verify() is None


def test_readers_ask_after_a_seq_and_by_kind(any_store):
    notes = [write(version=number) for number in range(3)]
    tag = write(kind="tag", version=3)
    other = write(subject="0002", kind="tag")
    assert ledger.events_after(1) == [notes[1], notes[2], tag, other]
    assert ledger.events_after(0, ["tag"]) == [tag, other]
    assert ledger.events_after(0, []) == []
    assert ledger.events_of("0001") == [*notes, tag]
    assert (ledger.last_seq(), ledger.version_of("0001"), ledger.version_of("0002")) == (5, 4, 1)


def test_an_empty_ledger_has_seq_zero(any_store):
    assert (ledger.last_seq(), ledger.version_of("0001"), ledger.events_after(0), ledger.verify()) == (0, 0, [], None)


def test_a_second_click_is_the_same_event(any_store):
    event_id = str(uuid.uuid4())
    first = write(event_id=event_id)
    write(version=1, actor="tanaka")
    assert write(event_id=event_id) == first
    assert ledger.last_seq() == 2


def test_an_event_id_used_for_another_content_is_refused(any_store):
    event_id = str(uuid.uuid4())
    write(event_id=event_id)
    for other in ({"body": "訪問"}, {"actor": "tanaka"}, {"subject": "0002"}):
        with pytest.raises(ledger.EventRefused, match="別の内容"):
            write(event_id=event_id, **other)
    assert ledger.last_seq() == 1


@pytest.mark.parametrize("event_id", ["", "1", "6ba7b8109dad11d180b400c04fd430c8", "{" + str(uuid.UUID(int=1)) + "}"])
def test_an_event_id_must_be_a_uuid_in_its_usual_form(sqlite_file, event_id):
    with pytest.raises(ledger.EventRefused, match="画面を開き直して"):
        ledger.append(
            event_id=event_id, kind="negotiation_note", subject="0001", expected_version=0, payload={},
            actor="sato", occurred_on=DAY,
        )  # fmt: skip


def test_two_clicks_at_the_same_moment_are_one_event(any_store):
    event_id = str(uuid.uuid4())
    with ThreadPoolExecutor(8) as pool:
        events = list(pool.map(lambda _: write(event_id=event_id), range(8)))
    assert set(map(str, events)) == {str(events[0])}
    assert ledger.last_seq() == 1


def test_who_comes_second_is_told_what_was_recorded_meanwhile(any_store):
    write()
    meanwhile = [write(version=1, actor="tanaka"), write(version=2, actor="suzuki")]
    with pytest.raises(ledger.Conflict, match="2 件加わりました（最新は suzuki") as conflict:
        write(version=1, body="上書き")
    assert list(conflict.value.events) == meanwhile
    assert ledger.last_seq() == 3


def test_a_version_from_the_future_is_a_conflict_too(any_store):
    with pytest.raises(ledger.Conflict, match="画面を開き直して") as conflict:
        write(version=5)
    assert conflict.value.events == ()


def test_a_correction_names_the_event_and_leaves_it(any_store):
    wrong = write(body="3万円")
    right = write(version=1, body="5万円", corrects=wrong.event_id)
    again = write(version=2, body="4万円", corrects=right.event_id)
    assert [item.payload["body"] for item in ledger.events_of("0001")] == ["3万円", "5万円", "4万円"]
    assert [item.corrects for item in (wrong, right, again)] == [None, wrong.event_id, right.event_id]


def test_a_correction_of_nothing_of_another_person_or_of_a_corrected_event_is_refused(any_store):
    wrong = write()
    write(version=1, corrects=wrong.event_id)
    write(subject="0002")
    for refused in (
        {"version": 2, "corrects": str(uuid.uuid4())},
        {"subject": "0002", "version": 1, "corrects": wrong.event_id},
        {"version": 2, "corrects": wrong.event_id, "kind": "tag"},
        {"version": 2, "corrects": wrong.event_id},
    ):
        with pytest.raises(ledger.EventRefused, match="訂正"):
            write(**refused)
    assert ledger.last_seq() == 3


def test_the_database_refuses_to_change_an_event(any_store):
    write()
    verbs = ["update event set payload = '{}'", "delete from event"]
    for statement in verbs + ["truncate event"] * (any_store == "postgresql"):
        with pytest.raises(DBAPIError, match="append-only"), store.engine().begin() as connection:
            connection.execute(text(statement))
    assert ledger.verify() is None


@pytest.mark.parametrize("seed", range(20))
def test_two_officers_in_any_order_lose_nothing(sqlite_file, seed):
    """Each officer opens a form, later saves it; sometimes clicks twice. A list is the slow but obvious twin."""
    chance = random.Random(seed)
    forms, saved, conflicts = {}, [], 0
    for step in range(60):
        officer = chance.choice(["sato", "tanaka"])
        if officer not in forms:
            forms[officer] = (ledger.version_of("0001"), str(uuid.UUID(int=chance.getrandbits(128), version=4)), step)
            continue
        version, event_id, body = forms.pop(officer)
        form = {"version": version, "event_id": event_id, "body": str(body), "actor": officer}
        if version != len(saved):
            with pytest.raises(ledger.Conflict) as conflict:
                write(**form)
            assert list(conflict.value.events) == saved[version:], f"seed {seed}, step {step}"
            conflicts += 1
            continue
        saved.append(write(**form))
        if chance.random() < 0.3:
            assert write(**form) == saved[-1], f"seed {seed}, step {step}"
    assert ledger.events_of("0001") == saved, f"seed {seed}"
    assert [item.version for item in saved] == list(range(1, len(saved) + 1)), f"seed {seed}"
    assert conflicts > 0, f"seed {seed}"
    assert ledger.verify() is None


def test_eight_threads_on_one_case_each_win_a_version_of_their_own(any_store):
    told = []

    def ten(actor: str) -> list[int]:
        won = []
        while len(won) < 10:
            try:
                won.append(write(version=ledger.version_of("0001"), actor=actor).version)
            except ledger.Conflict as conflict:
                told.append(len(conflict.events))
        return won

    with ThreadPoolExecutor(8) as pool:
        versions = [version for won in pool.map(ten, [f"officer{n}" for n in range(8)]) for version in won]
    assert sorted(versions) == list(range(1, 81))
    assert all(told), "a conflict did not say what had been recorded"
    assert ledger.verify() is None


def test_eight_threads_of_fifty_events_leave_one_contiguous_chain(any_store):
    def fifty(subject: str) -> None:
        for version in range(50):
            write(subject=subject, version=version)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fifty, [f"{number:04d}" for number in range(8)]))
    events = ledger.events_after(0)
    assert [item.seq for item in events] == list(range(1, 401))
    assert all(later.prev_hash == earlier.hash for earlier, later in zip(events, events[1:], strict=False))
    assert ledger.verify() is None


def test_whichever_statement_fails_nothing_is_half_written(any_store):
    """Fail the n-th statement of an append, then the commit, until an append gets through untouched."""
    write()
    for failing in range(1, 20):
        failed = _append_with_failure_at(failing)
        assert ledger.verify() is None, f"statement {failing}"
        if failed is None:
            break
        assert "No space left on device" in failed
        assert "何も記録されていません" in failed
        assert ledger.last_seq() == 1, f"statement {failing}"
    assert failing > 5, "the failures never reached the insert"
    assert ledger.last_seq() == 2


def _append_with_failure_at(failing: int) -> str | None:
    """What the writer was told; None when no statement was the n-th."""
    count = 0

    def maybe_fail(*_args):
        nonlocal count
        count += 1
        if count == failing:
            raise OSError(28, "No space left on device")

    for name in ("before_cursor_execute", "commit"):
        event.listen(store.engine(), name, maybe_fail)
    try:
        write(version=1)
    except ledger.LedgerUnavailable as error:
        return str(error)
    finally:
        for name in ("before_cursor_execute", "commit"):
            event.remove(store.engine(), name, maybe_fail)
    return None


def test_an_error_of_the_store_never_repeats_what_was_said(sqlite_file):
    raw(sqlite_file, "create trigger refuse before insert on event begin select raise(abort, 'refused'); end")
    said = "病気" + "で働けない"
    with pytest.raises(ledger.LedgerUnavailable) as refused:
        write(body=said)
    assert said not in "".join(traceback.format_exception(refused.value))
    assert ledger.last_seq() == 0


def test_a_ledger_that_cannot_be_read_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("CONSOLE_STORE_URL", f"sqlite:///{tmp_path}/new.sqlite")
    with pytest.raises(ledger.LedgerUnavailable, match="台帳を読めません"):
        ledger.last_seq()


def test_the_payload_is_stored_as_canonical_json(sqlite_file):
    write(body="あ")
    with store.engine().connect() as connection:
        stored = connection.execute(text("select payload from event")).scalar_one()
    assert stored == '{"body":"あ"}' == json.dumps(json.loads(stored), ensure_ascii=False, separators=(",", ":"))

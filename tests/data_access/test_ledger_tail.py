"""What an officer writes is in the next answer, for everybody and in every process, and in the next snapshot exactly once."""

import os
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

import settings
from casework import negotiation_note
from data_access import query, snapshot
from data_access.intake import take_in
from tests.data_access.feeds import DAY_ONE, DAY_TWO
from tests.staff import CHIEF, NEIGHBOUR, OFFICER

NUMBER = "9900000090"  # story 9: nobody has reached them for 106 days
BODY = "来週水曜に窓口で納付すると約束。"
SCRIPT = Path(__file__).with_name("asking_process.py")


@pytest.fixture
def ref(eve) -> str:
    return query.reference_of(NUMBER)


def write(ref: str, contacted_on: date = DAY_ONE, corrects: str | None = None, **changes: str):
    """One note by the chief; the version is the one the screen shows."""
    version = query.ask(CHIEF, "case_head", atena_ref=ref)["note_version"][0]
    said = {"method": "電話", "direction": "受信", "counterpart": "本人", "outcome": "納付約束", "body": BODY} | changes
    command, more = (negotiation_note.correct_note, {"corrects": corrects}) if corrects else (negotiation_note.record_note, {})
    return command(CHIEF, query.subject(CHIEF, ref), event_id=str(uuid.uuid4()), expected_version=version,
                   contacted_on=contacted_on, today=DAY_TWO, **said, **more)


def notes(ref: str, user=CHIEF) -> list[tuple]:
    found = query.ask(user, "case_events", atena_ref=ref, kind="記事")
    return list(found.select("happened_on", "body").iter_rows())


def head(ref: str, user=CHIEF) -> dict:
    return query.ask(user, "case_head", atena_ref=ref).to_dicts()[0]


def queues(ref: str) -> list[str]:
    return query.ask(CHIEF, "case_reasons", atena_ref=ref)["queue"].to_list()


def own_officer(ref: str):
    return next(user for user in (OFFICER, NEIGHBOUR) if query.ask(user, "case_head", atena_ref=ref).height)


def test_a_note_is_in_the_next_answer(ref):
    before = notes(ref)
    assert "接触なし" in queues(ref)
    assert head(ref)["last_contact_on"] < DAY_ONE
    write(ref)
    assert notes(ref) == [(DAY_ONE, BODY), *before]
    assert (head(ref)["last_contact_on"], head(ref)["last_outcome"], head(ref)["note_version"]) == (DAY_ONE, "納付約束", 1)
    assert "接触なし" not in queues(ref)
    officer = own_officer(ref)
    assert notes(ref, officer) == notes(ref)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda _: notes(ref), range(4))) == [notes(ref)] * 4


@pytest.mark.slow
def test_another_process_sees_it_too(ref):
    with subprocess.Popen([sys.executable, str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=settings.ROOT,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}) as other:
        def ask() -> str:
            other.stdin.write(ref + "\n")
            other.stdin.flush()
            return other.stdout.readline().strip()

        before = ask()
        assert before == f"{len(notes(ref))} {head(ref)['last_contact_on']}"
        write(ref)
        assert ask() == f"{len(notes(ref))} {DAY_ONE}" != before


def test_after_the_next_snapshot_it_is_there_once(ref):
    wrong = write(ref, counterpart="不在")
    write(ref, corrects=wrong.event_id)
    before = notes(ref), head(ref)
    assert take_in(DAY_TWO).outcome == "公開"
    assert snapshot.current().manifest["ledger_seq"] == 2
    assert notes(ref) == before[0]
    same = ("last_contact_on", "last_attempt_on", "last_outcome", "note_version")
    assert {name: head(ref)[name] for name in same} == {name: before[1][name] for name in same}
    write(ref, DAY_TWO, body="二度目の約束。")
    assert notes(ref) == [(DAY_TWO, "二度目の約束。"), *before[0]]
    assert (head(ref)["last_contact_on"], head(ref)["note_version"]) == (DAY_TWO, 3)


def test_nobody_reached_is_an_attempt_and_no_contact(ref):
    reached = head(ref)["last_contact_on"]
    write(ref, counterpart="不在", outcome="不在")
    assert (head(ref)["last_contact_on"], head(ref)["last_attempt_on"], head(ref)["last_outcome"]) == (reached, DAY_ONE, "不在")
    assert "接触なし" in queues(ref)


def test_an_older_contact_written_later_is_not_the_last(ref):
    write(ref)
    write(ref, date(2026, 10, 1), outcome="納付拒否", body="先に会った日の記録。")
    assert (head(ref)["last_contact_on"], head(ref)["last_outcome"]) == (DAY_ONE, "納付約束")


@pytest.mark.slow
@pytest.mark.parametrize("is_in_snapshot", [False, True], ids=["before the snapshot", "after"])
def test_a_correction_takes_the_note_s_place(ref, is_in_snapshot):
    """Also where the note is already in the snapshot, and the correction says that nobody was reached."""
    before, reached = notes(ref), head(ref)["last_contact_on"]
    wrong = write(ref)
    if is_in_snapshot:
        assert take_in(DAY_TWO).outcome == "公開"
    write(ref, counterpart="不在", outcome="不在", body="不在だった。", corrects=wrong.event_id)
    assert notes(ref) == [(DAY_ONE, "不在だった。"), *before]
    assert (head(ref)["last_contact_on"], head(ref)["last_attempt_on"], head(ref)["last_outcome"]) == (reached, DAY_ONE, "不在")
    assert head(ref)["note_version"] == 2
    assert "接触なし" in queues(ref)


def test_a_note_is_nobody_else_s(ref):
    write(ref)
    officer = own_officer(ref)
    other = OFFICER if officer is NEIGHBOUR else NEIGHBOUR
    assert notes(ref, other) == []
    others = [row for row in query.ask(CHIEF, "district_worklist", queue=None, district=None, sort="滞納額が大きい順", page_size=1_000, skipped=0).to_dicts()
              if row["atena_ref"] != ref]
    assert DAY_ONE not in {row["last_contact_on"] for row in others}

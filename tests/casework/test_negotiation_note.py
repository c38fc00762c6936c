"""Who may write a note, about whom, and what a note must be."""

import logging
import uuid
from datetime import date, datetime

import pytest

from auth.access import NotAllowed, User
from casework import ledger
from casework.negotiation_note import NoteRefused, correct_note, record_note
from casework.subject import Subject

TODAY = date(2026, 4, 1)
SUBJECT = Subject("0000012345", "7K3M-9QXD-2FHA-C", "湖山")
OFFICER = User("sato", "佐藤", "officer", "収納推進課", ("湖山", "賀露"))
NOTE = {
    "contacted_on": date(2026, 3, 31),
    "method": "電話",
    "direction": "発信",
    "counterpart": "本人",
    "outcome": "納付約束",
    "body": "月末に1万円を納付するとのこと。",
}


def person(role: str, *districts: str) -> User:
    return User(role, role, role, "収納推進課", districts)


def record(user=OFFICER, subject=SUBJECT, version=0, event_id=None, **changed):
    form = {**NOTE, **changed}
    return record_note(
        user, subject, event_id=event_id or str(uuid.uuid4()), expected_version=version, today=TODAY, **form
    )


def refused_fields(**changed) -> dict[str, str]:
    with pytest.raises(NoteRefused) as refused:
        record(**changed)
    assert ledger.last_seq() == 0
    return dict(refused.value.errors)


def test_a_note_becomes_an_event(sqlite_file):
    written = record()
    assert (written.kind, written.subject, written.actor) == ("negotiation_note", "0000012345", "sato")
    assert written.occurred_on == date(2026, 3, 31)
    assert written.payload == {**NOTE, "contacted_on": "2026-03-31", "officer_name": "佐藤"}
    assert ledger.events_of("0000012345") == [written]


@pytest.mark.parametrize("role", ["manager", "analyst", "admin", "auditor", "ltc_reader"])
def test_who_may_not_write_notes_is_refused_before_anything_else(sqlite_file, role):
    with pytest.raises(NotAllowed):
        record(user=person(role, "湖山"), body="")
    assert ledger.last_seq() == 0


def test_an_officer_writes_only_for_the_own_districts(sqlite_file):
    with pytest.raises(NotAllowed, match="担当地区の外"):
        record(subject=Subject("0000012345", "7K3M-9QXD-2FHA-C", "用瀬"))
    with pytest.raises(NotAllowed, match="担当地区の外"):
        record(user=person("officer"))
    assert ledger.last_seq() == 0


def test_a_chief_writes_for_every_district(sqlite_file):
    assert record(user=person("chief")).actor == "chief"


@pytest.mark.parametrize("contacted_on", [date(2026, 4, 1), date(2025, 4, 1)])
def test_a_contact_of_today_and_of_one_year_ago_is_taken(sqlite_file, contacted_on):
    assert record(contacted_on=contacted_on).occurred_on == contacted_on


@pytest.mark.parametrize(
    ("contacted_on", "said"),
    [
        (date(2026, 4, 2), "今日より後"),
        (date(2025, 3, 31), "1年より前"),
        (None, "入力して"),
        ("2026-03-31", "入力して"),
        (datetime(2026, 3, 31, 9), "入力して"),  # noqa: DTZ001 - the refused value itself
    ],
)
def test_other_days_are_refused(sqlite_file, contacted_on, said):
    assert said in refused_fields(contacted_on=contacted_on)["contacted_on"]


def test_one_year_before_a_leap_day_is_the_28th(sqlite_file):
    form = {**NOTE, "contacted_on": date(2027, 2, 28)}
    written = record_note(
        OFFICER, SUBJECT, event_id=str(uuid.uuid4()), expected_version=0, today=date(2028, 2, 29), **form
    )
    assert written.seq == 1


@pytest.mark.parametrize("field", ["method", "direction", "counterpart", "outcome"])
@pytest.mark.parametrize("value", ["", "メール", None])
def test_a_choice_outside_the_list_is_refused_with_the_list(sqlite_file, field, value):
    errors = refused_fields(**{field: value})
    assert list(errors) == [field]
    assert "から選んでください" in errors[field]


@pytest.mark.parametrize("body", ["あ", "あ" * 2000, "一行目\n二行目", "髙﨑\U000e0100𠮷が\ue000", "か\u3099"])
def test_a_text_is_kept_exactly_as_it_came(sqlite_file, body):
    record(body=body)
    (stored,) = ledger.events_after(0)
    assert stored.payload["body"] == body


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "入力して"),
        (" \n　", "入力して"),
        (None, "入力して"),
        ("あ" * 2001, "2,001 文字"),
        ("表\t貼付", "制御文字"),
        ("改行\r\n", "制御文字"),
        ("ヌル\x00", "制御文字"),
        ("半端\ud800", "制御文字"),
        ("逆\u202eさま", "制御文字"),
        ("番号は123456789018です", "個人番号"),
        ("番号は１２３４５６７８９０１８です", "個人番号"),
    ],
)
def test_other_texts_are_refused_with_what_to_do(sqlite_file, body, said):
    assert said in refused_fields(body=body)["body"]


def test_all_errors_are_told_at_once_in_the_order_of_the_form(sqlite_file):
    errors = refused_fields(contacted_on=None, method="", direction="", counterpart="", outcome="", body="")
    assert list(errors) == ["contacted_on", "method", "direction", "counterpart", "outcome", "body"]


def test_a_second_click_records_once(sqlite_file):
    event_id = str(uuid.uuid4())
    assert record(event_id=event_id) == record(event_id=event_id)
    assert ledger.last_seq() == 1


def test_a_correction_leaves_the_first_note_in_place(sqlite_file):
    wrong = record()
    right = correct_note(
        OFFICER, SUBJECT, corrects=wrong.event_id, event_id=str(uuid.uuid4()), expected_version=1,
        today=TODAY, **{**NOTE, "body": "月末に2万円を納付するとのこと。"},
    )  # fmt: skip
    assert ledger.events_of(SUBJECT.atena_number) == [wrong, right]
    assert right.corrects == wrong.event_id


def test_a_correction_is_checked_like_a_note(sqlite_file):
    wrong = record()
    form = {"corrects": wrong.event_id, "event_id": str(uuid.uuid4()), "expected_version": 1, "today": TODAY}
    with pytest.raises(NoteRefused):
        correct_note(OFFICER, SUBJECT, **form, **{**NOTE, "body": ""})
    with pytest.raises(NotAllowed):
        correct_note(person("manager"), SUBJECT, **form, **NOTE)
    with pytest.raises(ledger.Conflict):
        correct_note(OFFICER, SUBJECT, **{**form, "expected_version": 0}, **NOTE)
    assert ledger.last_seq() == 1


def test_nothing_that_was_said_is_logged(sqlite_file, caplog):
    caplog.set_level(logging.DEBUG)
    record(body="病気で働けない")
    refused = pytest.raises(NoteRefused)
    with refused as error:
        record(body="病気で働けない\t")
    assert "病気" not in caplog.text
    assert "病気" not in str(error.value)

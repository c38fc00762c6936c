"""支援措置ありの登録と解除: by 係長・課長, at once, and lifted only by another person on a later day."""

import uuid
from datetime import date, timedelta

import pytest

from auth.access import NotAllowed, User
from casework import ledger
from casework.record import EntryRefused, record
from tests.casework.entries import SUBJECT, TODAY

CHIEF, MANAGER = User("kakari", "係長", "chief", "収納推進課"), User("kacho", "課長", "manager", "収納推進課")


def write(user: User, kind: str, today: date = TODAY, **fields):
    return record(user, SUBJECT, kind, event_id=str(uuid.uuid4()), expected_version=ledger.version_of(SUBJECT.atena_number), fields=fields, today=today)


def mark(user: User = CHIEF, **more):
    return write(user, "protection_mark", **{"marked_on": TODAY, "told_by": "本人の申出"} | more)


def lift(event, user: User = MANAGER, day: date = TODAY + timedelta(days=1), **more):
    return write(user, "protection_lift", today=day, **{"mark": event.event_id, "lifted_on": day, "lift_ground": "市民課に終了を確認"} | more)


@pytest.mark.parametrize("role", ["officer", "analyst", "admin", "auditor", "ltc_reader"])
def test_nobody_else_marks_or_lifts(sqlite_file, role):
    stranger, event = User("x", "x", role, "", (SUBJECT.district_code,)), mark()
    with pytest.raises(NotAllowed, match="権限がありません"):
        mark(stranger)
    with pytest.raises(NotAllowed, match="権限がありません"):
        lift(event, stranger)


@pytest.mark.parametrize(("marker", "lifter"), [(CHIEF, MANAGER), (MANAGER, CHIEF)])
def test_another_person_lifts_it_on_a_later_day(sqlite_file, marker, lifter):
    event = mark(marker)
    for user, day, says in ((lifter, TODAY, "登録した日のうち"), (marker, TODAY + timedelta(days=1), "登録した本人")):
        with pytest.raises(EntryRefused, match=says):
            lift(event, user, day)
    assert lift(event, lifter).payload["mark"] == event.event_id
    with pytest.raises(EntryRefused, match="すでに解除"):
        lift(event, lifter)


def test_it_is_marked_today_and_not_earlier(sqlite_file):
    with pytest.raises(EntryRefused, match="今日に"):
        mark(marked_on=TODAY - timedelta(days=1))


def test_what_is_no_mark_of_this_person_is_not_lifted(sqlite_file):
    event = mark()
    lifted = lift(event)
    for other in (lifted.event_id, str(uuid.uuid4())):
        with pytest.raises(EntryRefused, match="見つかりません"):
            lift(event, mark=other)

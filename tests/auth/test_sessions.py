"""Sessions with a moved clock: idle, absolute, one per account, revocation, and what the log says."""

import json
import sqlite3

import pytest
import sqlalchemy as sa

import store
from audit import log
from auth import accounts, sessions
from auth.access import User
from tests.auth.conftest import OFFICER
from tests.auth.visitor import PASSWORD


def user(token: str) -> User | None:
    found = sessions.find(token)
    return sessions.user_of(found.sid) if found else None


def logged() -> list[tuple[str, str, dict]]:
    read = sa.select(log.ACCESS_LOG).order_by(log.ACCESS_LOG.c.seq)
    with store.engine().connect() as connection:
        return [(row.actor, row.action, json.loads(row.detail)) for row in connection.execute(read)]


def test_a_token_finds_its_person(token, tanaka):
    assert user(token) == tanaka


@pytest.mark.parametrize("forged", ["", "x", "' or 1=1 --", "\udcff", "あ"])
def test_no_other_token_finds_anybody(token, forged):
    assert sessions.find(forged) is None
    assert sessions.find(token + forged) is None or forged == ""


def test_the_store_and_sid_do_not_give_the_token_away(token, home):
    assert token not in "\n".join(sqlite3.connect(home / "store.sqlite").iterdump())
    sid = sessions.find(token).sid
    assert sessions.find(sid) is None
    assert sessions.user_of(token) is None
    assert sessions.user_of(None) is None


def test_ten_idle_minutes_end_it(token, clock):
    clock.forward(minutes=9, seconds=59)
    assert sessions.find(token)
    clock.forward(seconds=1)
    sid = sessions.live()  # the question that serves every frame ends it, too
    assert sid == {}
    assert sessions.end_reason(token) == "idle"
    clock.forward(minutes=-5)
    assert sessions.find(token) is None, "an ended session stays ended, whatever the clock does"


def test_reading_is_not_a_human_act(token, clock):
    for _ in range(10):
        clock.forward(minutes=1)
        sessions.user_of(next(iter(sessions.live().values()), sessions.Session("", "", "", clock.instant)).sid)
        sessions.find(token)
    assert sessions.end_reason(token) == "idle"


def test_human_acts_keep_it_until_nine_hours(token, clock):
    for _ in range(9 * 12 - 1):
        clock.forward(minutes=5)
        sessions.touch(sessions.find(token))
    clock.forward(minutes=5)
    assert sessions.find(token) is None
    assert sessions.end_reason(token) == "absolute"


def test_touches_are_written_at_most_every_fifteen_seconds(token, clock):
    found = sessions.find(token)
    clock.forward(seconds=14)
    assert sessions.touch(found) is found
    clock.forward(seconds=1)
    assert sessions.touch(found).last_seen_at == clock.instant == sessions.find(token).last_seen_at


def test_a_second_sign_in_ends_the_first(token, clock):
    second = sessions.start("tanaka", "10.0.0.2")
    assert sessions.find(token) is None
    assert sessions.end_reason(token) == "elsewhere"
    assert user(second).name == "tanaka"
    assert len(sessions.live()) == 1
    assert sessions.displaced(sessions.find(second).sid) == "10.0.0.1", "the second is told, too"
    clock.forward(seconds=1)
    sessions.end(sessions.find(second).sid, "signed_out")
    third = sessions.find(sessions.start("tanaka", "10.0.0.3")).sid
    assert sessions.displaced(third) is None
    assert sessions.displaced(None) is None


def test_accounts_do_not_disturb_each_other(token, clock):
    accounts.create("suzuki", password=PASSWORD, **OFFICER)
    other = sessions.start("suzuki", "10.0.0.1")
    sessions.end(sessions.find(other).sid, "signed_out")
    assert user(token).name == "tanaka"


def test_sign_out_is_final(token):
    sessions.end(sessions.find(token).sid, "signed_out")
    assert user(token) is None
    assert sessions.end_reason(token) == "signed_out"


def test_disabling_and_a_new_password_end_it_at_once(token, clock):
    clock.forward(seconds=1)
    accounts.set_password("tanaka", PASSWORD)
    assert user(token) is None
    assert sessions.end_reason(token) == "revoked"
    again = sessions.start("tanaka", "10.0.0.1")
    assert user(again)
    accounts.disable("tanaka")
    assert user(again) is None


def test_role_and_districts_are_read_anew_each_time(token):
    accounts.change("tanaka", role="analyst", districts=())
    assert (user(token).role, user(token).districts) == ("analyst", ())


def test_an_account_that_expires_at_midnight_loses_its_session(token, clock):
    accounts.change("tanaka", expires_on=clock.instant.date())
    assert user(token)
    clock.forward(hours=24)
    assert user(token) is None


def test_comings_and_goings_are_recorded_once_each(token):
    sid = sessions.find(token).sid
    sessions.end(sid, "signed_out")
    sessions.end(sid, "idle")
    assert logged() == [
        ("tanaka", "session.start", {"sid": sid}),
        ("tanaka", "session.end", {"reason": "signed_out", "sid": sid}),
    ]


def test_nobody_is_signed_in_unrecorded(tanaka, monkeypatch):
    def full_disk(**_entry):
        raise log.AuditUnavailable("記録できません")

    monkeypatch.setattr(log, "append", full_disk)
    with pytest.raises(log.AuditUnavailable):
        sessions.start("tanaka", "10.0.0.1")
    assert sessions.live() == {}

"""Somebody is marked (支援措置) while another has the list open: the open screen lets go of them by itself, within a minute."""

import time
import uuid

import pytest

import store
from auth.access import User
from casework.record import record
from data_access import connection, query
from tests.browser.conftest import server_at
from tests.conftest import CLOCK

pytestmark = [pytest.mark.slow, pytest.mark.browser]

CHIEF = User("kakari", "徴収係長（デモ）", "chief", "収納推進課")
NAME = "雨滝　剛"  # story 6, D04


def test_an_open_list_and_an_open_case_forget_the_marked(own_home, desk, people, monkeypatch):
    for name, value in {"HOME": str(own_home), "TODAY": CLOCK.business_date.isoformat(), "SECOND_FACTOR": "none"}.items():
        monkeypatch.setenv(f"CONSOLE_{name}", value)
    ref = next(person["atena_ref"] for person in people if person["name"] == NAME)
    with server_at(own_home) as server:
        officer, chief = desk("tanto2", server), desk("kakari", server)
        officer.open("地区ワークリスト")
        chief.open("地区ワークリスト")
        assert NAME in {row["氏名"] for row in officer.table()}
        officer.click_row([row["氏名"] for row in officer.table()].index(NAME))
        officer.settled("滞納者カルテ")
        officer.page.get_by_role("heading", name=NAME).wait_for()
        version = query.ask(CHIEF, "case_head", atena_ref=ref)["note_version"][0]
        record(CHIEF, query.subject(CHIEF, ref), "protection_mark", event_id=str(uuid.uuid4()), expected_version=version,
               fields={"marked_on": CLOCK.business_date, "told_by": "本人の申出"}, today=CLOCK.business_date)
        began = time.monotonic()
        officer.page.get_by_role("heading", name=NAME).wait_for(state="detached", timeout=60_000)
        assert time.monotonic() - began <= 60
        officer.settled()
        assert NAME not in officer.text()
    store.engine().dispose()
    connection._engines.clear()

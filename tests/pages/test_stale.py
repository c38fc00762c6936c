"""The feeds stay away: every page says so from the first open day, and from the third nothing that needs them is written."""

import pytest

from auth.access import decide
from casework.kinds import kinds
from data_access import query
from pages import REGISTER
from tests import staff
from tests.pages.screen import show

BROKEN_OFF = "届くまで、催告など納付を確かめてから行うことは記録できません。"
WAITS = [("2026-11-02", 0), ("2026-11-04", 1), ("2026-11-05", 2), ("2026-11-06", 3), ("2026-11-24", 14)]  # 11/3 と 11/23 は祝日


@pytest.mark.parametrize(("today", "missed"), WAITS)
def test_the_banner_counts_open_days_and_turns_into_a_stop(city, monkeypatch, today, missed):
    monkeypatch.setenv("CONSOLE_TODAY", today)
    told = [error.value for error in show(staff.OFFICER, "district_worklist").at.error]
    assert query.standing().missed_days == missed
    if not missed:
        assert told == []
        return
    assert told[0].startswith(f"データが{missed}業務日分、届いていません。")
    assert told[0].endswith(BROKEN_OFF) == (missed >= 3)


@pytest.mark.parametrize("entry", REGISTER, ids=lambda entry: entry.module)
def test_every_page_has_the_banner(city, monkeypatch, entry):
    monkeypatch.setenv("CONSOLE_TODAY", "2026-11-06")
    user = next(user for user in staff.STAFF if decide(user, entry.action).allowed)
    assert show(user, entry.module).at.error[0].value.startswith("データが3業務日分、届いていません。")


def test_whom_a_command_is_about_carries_how_old_the_data_is(city, monkeypatch):
    person = query.reference_of("9900000020")
    assert query.subject(staff.MANAGER, person).missed_days == 0
    monkeypatch.setenv("CONSOLE_TODAY", "2026-11-06")
    assert query.subject(staff.MANAGER, person).missed_days == 3
    assert kinds()["reminder"].needs_fresh

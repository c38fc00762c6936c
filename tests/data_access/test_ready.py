"""A new day is opened and compared before anybody clicks, and nothing is disclosed by it."""

from datetime import UTC, date, datetime

import pytest

from audit import log
from data_access import change, connection, protected
from data_access.connection import engine
from data_access.lineage import Kept
from data_access.ready import make_ready
from tests import staff


@pytest.fixture
def begun(own_city):
    """The city as a process that has just started has it: nothing is open."""
    connection._engines.clear()
    connection._older.clear()
    yield
    connection._older.clear()


def test_the_first_click_finds_the_day_open_and_compared(begun, monkeypatch):
    before = log.count()
    make_ready()
    assert log.count() == before, "nobody was shown anything"
    served = connection._engines[next(iter(connection._engines))]
    older = change.earlier(served.snapshot.business_date)[0]
    assert served.compared == {older.id: served.marks}
    monkeypatch.setattr(change, "engine_of", lambda _: pytest.fail("the older day was opened again"))
    assert change.bridge(staff.CHIEF, older.id, "滞納額", None).is_exact
    assert log.count() == before + 1, "whoever asks is recorded as ever"


def test_a_mark_since_is_followed(begun, monkeypatch):
    make_ready()
    number = engine().connection.cursor().execute("select min(atena_number) from derived.delinquent where not is_protected").fetchone()[0]
    monkeypatch.setattr(protected, "marked", lambda: frozenset({number}))
    make_ready()
    assert set(engine().compared.values()) == {frozenset({number})}


def test_an_older_day_that_nobody_asks_for_is_closed(begun):
    make_ready()
    for opened in connection._older.values():
        opened.used_at -= connection.IDLE_SECONDS + 1
    make_ready()
    assert not connection._older


def test_the_end_of_last_month_comes_first_and_a_day_published_twice_once(monkeypatch):
    days = ["2026-10-30", "2026-10-29", "2026-10-01", "2026-09-30", "2026-09-30", "2026-08-31"]
    kept = [Kept(f"{day} {place}", date.fromisoformat(day), datetime(2026, 11, 1, tzinfo=UTC)) for place, day in enumerate(days)]
    monkeypatch.setattr(change, "kept", lambda: kept)
    assert [each.id for each in change.earlier(date(2026, 10, 30))] == ["2026-09-30 3", "2026-10-29 1", "2026-10-01 2", "2026-08-31 5"]
    assert [each.id for each in change.earlier(date(2026, 10, 1))] == ["2026-09-30 3", "2026-08-31 5"]
    assert change.earlier(date(2026, 8, 31)) == []


def test_before_the_first_day_there_is_nothing_to_make_ready(empty_city):
    make_ready()
    assert not connection._older

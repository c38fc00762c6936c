"""No entry in the access log, no answer."""

from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

import store
from audit import log
from audit.log import AuditUnavailable
from data_access.query import ask
from tests.queries.every_question import NAMES, parameters
from tests.staff import ADMIN, CHIEF


@pytest.fixture
def sealed_log(own_city):
    """A store that takes no more entries."""
    with store.engine().begin() as connection:
        connection.execute(text("create trigger full before insert on access_log begin select raise(abort, 'disk full'); end"))
    return own_city


def test_one_entry_before_the_answer(city):
    """When `ask` returns, exactly one entry is committed: another connection reads it."""
    before = log.count()
    ask(CHIEF, "districts")
    with closing(store.engine().raw_connection()) as other:
        assert other.cursor().execute("select count(*) from access_log").fetchone() == (before + 1,)


def test_without_a_log_there_is_no_answer(sealed_log):
    for name in NAMES:
        with pytest.raises(AuditUnavailable, match="表示を止めました"):
            ask(CHIEF, name, **parameters(name))


def test_without_a_log_a_refusal_is_no_answer_either(sealed_log):
    before = log.count()
    with pytest.raises(AuditUnavailable):
        ask(ADMIN, "case_head", **parameters("case_head"))
    assert log.count() == before


def test_a_store_that_is_no_store(own_city):
    ask(CHIEF, "districts")
    store.engine().dispose()
    for path in own_city.glob("store.sqlite*"):
        path.write_bytes(b"this is no database" * 100)
    with pytest.raises((AuditUnavailable, DatabaseError)):
        ask(CHIEF, "districts")

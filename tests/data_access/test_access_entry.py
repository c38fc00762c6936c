"""No entry in the access log, no answer of persons (sums alone go on: tests/pages/test_log_full.py)."""

import json
from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

import store
from audit import log
from audit.log import AuditUnavailable
from data_access.connection import engine
from data_access.query import ask, reference_of
from data_access.question import question
from tests.queries.every_question import NAMES, entries_after, parameters
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
    of_persons = [name for name in NAMES if not question(name).is_without_persons]
    assert {"district_worklist", "case_head", "suspension_candidates"} <= {*of_persons}
    for name in of_persons:
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


PAIRS = {
    "case_household": "select atena_number, member_number from derived.household_member",
    "case_heirs": "select share.atena_number, share.heir_number from derived.heir_share as share semi join derived.delinquent using (atena_number) "
                  "join serving.person_beside as beside on beside.atena_number = share.heir_number",
    "case_properties": "select property.atena_number, holder.atena_number from derived.case_property as property "
                       "join source.co_ownership as holder using (property_kind, property_number)",
}  # fmt: skip
PAIRS["suspension_against"] = PAIRS["case_properties"]


@pytest.mark.parametrize("question", PAIRS)
def test_whoever_an_answer_tells_of_is_in_the_entry_and_not_on_the_screen(city, question):
    pairs = [pair for pair in engine().connection.cursor().execute(f"{PAIRS[question]} order by all").fetchall() if pair[0] != pair[1]]
    own = pairs[0][0]
    others = {reference_of(other) for number, other in pairs if number == own}
    before = log.count()
    frame = ask(CHIEF, question, atena_ref=reference_of(own))
    (entry,) = entries_after(before)
    assert set(json.loads(entry["atena_refs"])) - {reference_of(own)} == others
    shown = {value for name in frame.columns if name != "other_ref" for value in frame[name]}
    assert not shown & (others | {number for pair in pairs for number in pair})

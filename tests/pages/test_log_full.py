"""The access log cannot be written (a full disk): sums in which nobody stands go on, with a sentence; everything of a person stops."""

import pytest
import sqlalchemy as sa

import store
from audit.log import AuditUnavailable
from auth.access import NotAllowed
from data_access import export, query
from data_access.query import ask
from data_access.question import question
from pages.parts.door import ONLY_SUMS
from tests import staff
from tests.pages.screen import show
from tests.queries.every_question import NAMES, parameters

SUMS = {name for name in NAMES if question(name).is_without_persons}


@pytest.fixture
def full(own_city):
    """Reading goes on, nothing can be added."""
    with store.engine().begin() as connection:
        connection.execute(sa.text("create trigger full before insert on access_log begin select raise(abort, 'disk full'); end"))
    yield own_city
    query._unrecorded_at.clear()


def test_the_sums_are_these():
    assert {"rate_by_year", "rate_by_dimension", "rate_by_month", "monthly_report", "annual_report", "districts", "plan_progress", "intake_history"} <= SUMS
    assert not SUMS & {"district_worklist", "worklist_queues", "case_head", "suspension_candidates", "deadline_rows", "change_rows", "plan_load", "trial_result"}


def test_every_question_is_answered_or_stopped_by_what_it_reads(full):
    for name in NAMES:
        if name in SUMS:
            assert "atena_ref" not in ask(staff.MANAGER, name, **parameters(name)).columns, name
            assert query.is_unrecorded()
        else:
            with pytest.raises((AuditUnavailable, NotAllowed)):
                ask(staff.MANAGER, name, **parameters(name))


def test_a_page_of_sums_goes_on_and_says_so_and_one_of_persons_stops(full):
    for module in ("monthly_report", "annual_report", "changes"):
        screen = show(staff.MANAGER, module)
        assert ONLY_SUMS in [error.value for error in screen.at.error], module
        assert screen.at.dataframe, module
    for module in ("district_worklist", "suspension_watch", "duplicates", "deadlines"):
        screen = show(staff.MANAGER, module)
        assert any("個人の情報を表示できません" in error.value for error in screen.at.error), module
        assert not screen.at.dataframe, module


def test_nothing_leaves_and_it_is_over_when_the_log_is_back(full):
    with pytest.raises(AuditUnavailable):
        export.order(staff.MANAGER, "monthly_report", {}, is_masked=True, purpose="月次の報告", reason="月末の報告書を作って綴るため。")
    ask(staff.MANAGER, "rate_by_year", district=None)
    assert query.is_unrecorded()
    with store.engine().begin() as connection:
        connection.execute(sa.text("drop trigger full"))
    ask(staff.MANAGER, "rate_by_year", district=None)
    assert not query.is_unrecorded()
    assert ONLY_SUMS not in [error.value for error in show(staff.MANAGER, "collection_rate").at.error]

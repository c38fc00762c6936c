"""The people of stories.toml: what is known to be true of them is what the console says."""

import pytest

from data_access import query
from sample_city.stories import Answer, answers
from tests.conftest import CLOCK
from tests.data_access.source_rows import one
from tests.staff import CHIEF, NEIGHBOUR

ANSWERS = answers(CLOCK)
WHOLE = {"queue": None, "district": None, "sort": "滞納額が大きい順", "page_size": 1_000, "skipped": 0}


@pytest.fixture(params=ANSWERS, ids=lambda answer: answer.atena_number[-4:])
def answer(request) -> Answer:
    return request.param


def test_there_are_stories():
    assert len(ANSWERS) >= 19
    assert {queue for answer in ANSWERS for queue in answer.queues} >= {
        "時効間近", "督促漏れ", "分納不履行", "速報あり", "高額", "返戻・居所不明", "接触なし", "新規"}


def test_what_it_owes(rows, answer):
    found = one(rows.derived("delinquent"), "atena_number").get((answer.atena_number,))
    if answer.open_installments == 0:
        assert found is None, answer.line
        return
    assert (found["unpaid_yen"], found["open_count"], found["oldest_due_date"], found["flash_yen"], found["is_protected"]) == (
        answer.unpaid_yen, answer.open_installments, answer.oldest_due_date, answer.flash_yen, answer.is_protected), answer.line


def test_what_is_due_back(rows, answer):
    owed = sum(row["refund_due_yen"] for row in rows.derived("balance") if row["atena_number"] == answer.atena_number)
    assert owed == answer.refund_due_yen, answer.line


def test_which_grounds_it_meets(rows, answer):
    found = {row["ground"]: row["verdict"] for row in rows.derived("screening")
             if row["atena_number"] == answer.atena_number and row["verdict"] != "非該当"}
    assert found == answer.grounds, answer.line


def test_for_which_reason_it_is_written_off(rows, answer):
    """Every open installment of who is a candidate, for that reason first; nothing of the others."""
    first = [row["booked_as"] for row in rows.derived("write_off_candidate") if row["atena_number"] == answer.atena_number and row["is_first"]]
    assert first == [answer.write_off] * answer.open_installments * bool(answer.write_off), answer.line


def test_which_lists_it_is_on(city, rows, answer):
    case = one(rows.derived("delinquent"), "atena_number").get((answer.atena_number,))
    if case is None:
        return
    listed = query.ask(CHIEF, "district_worklist", **WHOLE)
    found = {row["atena_ref"]: row["reasons"] for row in listed.to_dicts()}.get(case["atena_ref"], [])
    assert tuple(reason["queue"] for reason in found) == answer.queues, answer.line
    reasons = query.ask(CHIEF, "case_reasons", atena_ref=case["atena_ref"])
    assert tuple(reasons["queue"]) == answer.queues


def test_queues_count_what_the_lists_hold(city):
    for user in (CHIEF, NEIGHBOUR):
        for queue in query.ask(user, "worklist_queues", district=None).to_dicts():
            listed = query.ask(user, "district_worklist", **WHOLE | {"queue": queue["queue"]})
            assert (listed.height, listed["unpaid_yen"].sum()) == (queue["case_count"], queue["unpaid_yen"]), queue
            assert listed["total_count"].unique().to_list() == [queue["case_count"]]

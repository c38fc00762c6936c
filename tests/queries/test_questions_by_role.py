"""Every question × every role: answered or refused as the permission table says, with exactly one access-log entry."""

import json

import pytest

from audit import log
from auth.access import NotAllowed, User, permissions
from data_access.query import ask
from data_access.question import QUERIES, question
from tests.queries.every_question import ABOUT_ONE, NAMES, PARAMETERS, entries_after, parameters
from tests.staff import CHIEF, OFFICER, STAFF

STRANGERS = (None, User("x", "", "newcomer", ""), User("y", "", "", "", ("D01",)), User("z", "", "Manager", ""))


def test_every_question_is_tried():
    assert {path.stem for path in QUERIES.iterdir()} == set(NAMES)
    assert set(PARAMETERS) | ABOUT_ONE == set(NAMES), "tests/queries/every_question.py に問いの引数を加えてください。"


def test_every_action_of_a_question_is_in_the_permission_table():
    assert {question(name).action for name in NAMES} <= permissions().actions.keys()


@pytest.mark.parametrize("name", NAMES)
def test_a_question_answers_those_whom_the_table_names(city, name):
    action, before = question(name).action, log.count()
    expected = []
    for user in (*STAFF, *STRANGERS):
        role = permissions().roles.get(user.role) if user else None
        who = user.name if user else ""
        if role and action in role.actions:
            frame = ask(user, name, **parameters(name))
            expected.append((who, action, name, frame.height))
        else:
            with pytest.raises(NotAllowed, match="権限|サインイン"):
                ask(user, name, **parameters(name))
            expected.append((who, "refused", name, 0))
    found = entries_after(before)
    assert [(row["actor"], row["action"], row["question"], row["row_count"]) for row in found] == expected
    assert all(row["snapshot_id"] for row in found if row["action"] != "refused")
    assert log.verify() is None


def test_an_entry_names_those_who_were_shown(city):
    before = log.count()
    frame = ask(CHIEF, "district_worklist", **parameters("district_worklist"))
    (entry,) = entries_after(before)
    assert json.loads(entry["atena_refs"]) == sorted(frame["atena_ref"])
    assert frame.height > 10
    before = log.count()
    ask(CHIEF, "case_events", **parameters("case_events", frame["atena_ref"][0]))
    (entry,) = entries_after(before)
    assert json.loads(entry["atena_refs"]) == [frame["atena_ref"][0]]


def test_a_refusal_keeps_its_reason(city):
    before = log.count()
    with pytest.raises(NotAllowed) as refused:
        ask(STAFF[-1], "case_head", atena_ref="X")
    (entry,) = entries_after(before)
    assert json.loads(entry["detail"]) == {"reason": str(refused.value)}


def test_the_log_holds_no_name(city):
    frame = ask(OFFICER, "district_worklist", **parameters("district_worklist"))
    text = json.dumps(entries_after(0), ensure_ascii=False)
    assert [name for name in frame["name"] if name in text] == []

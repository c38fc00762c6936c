"""The permission table: exact sets, default deny, reasons in the office's words."""

import re
from datetime import date

import pytest

from auth import access
from auth.access import User, clearance, decide, permissions, rounded_to, scope

JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
COMMON = {"monthly_report.read", "annual_report.read", "home.read", "grounds.read", "collection_rate.read", "suspension_candidate.summary", "write_off.read", "difference.summary", "feed.read"}
OWN = {"account.own"}
LEADS = COMMON | OWN | {"change.read", "deadline.read", "collection_plan.read", "trial.read", "worklist.read", "case.read", "suspension_candidate.read", "suspension_watch.read", "write_off_candidate.read", "duplicate.read"}
PROPOSALS = {"snapshot.read", "snapshot.rollback.propose", "levy_erasure.propose"}
WRITES = {"note.write", "installment_plan.write", "reminder.write", "residence_finding.write", "finding.confirm", "charge_waiver.write", "succession.write", "duplicate_decision.write",
          "slip_issue.write", "allocation_record.write"}
REVIEW = {"audit.digest", "audit.read", "audit.sign", "audit.person", "care_inquiry.read"}
EXPORTS = {"worklist.export", "suspension_candidate.export", "write_off.export", "suspension_paper.export"}
ANALYSIS = {"analysis.read", "analysis.save", "analysis.export"}
APPROVERS = {"protection.mark", "protection.lift", "disclosure.approve", "reveal.use", *EXPORTS}
MAY = {
    "manager": LEADS | ANALYSIS | {"analysis.exact", "monthly_report.export", "annual_report.export", "report.archive", "report.approve", "suspension_criterion.try", "feed.detail", "difference.read", "suspension.approve", "write_off.approve", "collection_plan.approve", "trial.approve", "trial.result", "intake.decide", "snapshot.read", "snapshot.rollback.approve", "levy_erasure.approve", "audit.watch", *REVIEW,
                        "permission_table.read", "account.read", "account.approve", "account.disable", "account.review", "disclosure.approve_large", *APPROVERS},
    "chief": LEADS | WRITES | ANALYSIS | {"analysis.exact", "monthly_report.export", "annual_report.export", "report.archive", "report.propose", "suspension_criterion.try", "suspension.propose", "suspension.review", "write_off.propose", "write_off.review", "collection_plan.propose", "trial.propose", "trial.result", "feed.detail", "difference.read", "audit.digest", "care_inquiry.read", "permission_table.read", *PROPOSALS, *APPROVERS},
    "officer": LEADS | WRITES | {"suspension.propose", "write_off.propose", "difference.read", "reveal.use", *EXPORTS},
    "analyst": COMMON | OWN | ANALYSIS | {"analysis.sql"},
    "admin": OWN | {"home.read", "grounds.read", "difference.summary", "feed.read", "feed.detail", "intake.decide", "feed.export", *PROPOSALS,
                    "permission_table.read", "account.read", "account.propose", "account.disable"},
    "auditor": COMMON | OWN | {"report.archive", "feed.detail", "snapshot.read", "permission_table.read", "account.read", *REVIEW},
    "ltc_reader": OWN | {"home.read", "care_inquiry.read", "care_inquiry.ask"},
}
SCOPE = {"manager": "all", "chief": "all", "officer": "own"}
LEADS_SEE = dict(C1="masked", C2="masked", C3="masked", C4="masked", C5="read", C6="masked", C7="masked", C8="read", C9="read")
SEES = {"manager": LEADS_SEE, "chief": LEADS_SEE, "officer": LEADS_SEE | {"C2": "read", "C7": "none"}}
NOTHING = dict.fromkeys([f"C{n}" for n in range(1, 10)], "none")


def somebody(role: str) -> User:
    return User("somebody", "だれか", role, "収納推進課", ("D01",))


def test_the_roles_are_exactly_these():
    assert set(permissions().roles) == set(MAY)


@pytest.mark.parametrize("role", MAY)
def test_a_role_may_do_exactly_its_actions(role):
    assert {action for action in permissions().actions if decide(somebody(role), action).allowed} == MAY[role]


@pytest.mark.parametrize("role", MAY)
def test_a_role_sees_exactly_its_persons_and_classes(role):
    assert scope(somebody(role)) == SCOPE.get(role, "none")
    assert clearance(somebody(role)) == SEES.get(role, NOTHING)
    assert rounded_to(somebody(role)) == {"analyst": 1_000, "admin": 1_000}.get(role, 1)


@pytest.mark.parametrize("user", [None, somebody("mayor"), somebody("")])
def test_a_stranger_is_denied_everything(user):
    assert not [action for action in permissions().actions if decide(user, action).allowed]
    assert scope(user) == "none"
    assert clearance(user) == NOTHING


@pytest.mark.parametrize("action", ["", "home", "home.write", "HOME.READ", "case.read ", "__class__"])
def test_an_unknown_action_is_denied_with_a_reason(action):
    decision = decide(somebody("manager"), action)
    assert not decision.allowed
    assert JAPANESE.search(decision.reason)


def test_every_denial_says_in_japanese_what_was_denied():
    for role in MAY:
        for action, done in permissions().actions.items():
            decision = decide(somebody(role), action)
            assert done in decision.reason, (role, action, decision)


def test_every_action_class_and_role_has_a_japanese_name():
    table = permissions()
    names = [*table.actions.values(), *table.classes.values(), *(role.title for role in table.roles.values())]
    assert all(JAPANESE.search(name) for name in names), names


def test_the_table_says_when_it_was_reviewed():
    assert isinstance(permissions().reviewed_on, date)


def test_the_table_cannot_be_changed_at_run_time():
    with pytest.raises(TypeError):
        permissions().roles["officer"] = permissions().roles["manager"]
    clearance(somebody("admin"))["C1"] = "read"
    assert clearance(somebody("admin"))["C1"] == "none"


@pytest.mark.parametrize(
    "change", [{"actions": ["home.fly"]}, {"scope": "everything"}, {"clearance": {"C1": "full"}}, {"clearance": {"C0": "read"}}, {"rounded_to_yen": 7}]
)
def test_a_grant_that_means_nothing_is_refused(change):
    row = {"title": "係", "scope": "own", "actions": [], "clearance": {}} | change
    with pytest.raises(ValueError, match=r"permissions\.toml"):
        access._role("officer", row, {"actions": {"home.read": "ホームを見る"}, "classes": {"C1": "宛名番号"}})

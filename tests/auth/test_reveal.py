"""一時解除: role × class, what is refused, when it ends, and that the log knows before anybody sees."""

import json
import sqlite3
from datetime import date, timedelta

import pytest
from sqlalchemy import select

import store
from audit import log
from auth import accounts, reveal, sessions
from auth.access import NotAllowed, User, permissions
from auth.reveal import RevealRefused
from tests.auth.visitor import PASSWORD

REF, OTHER = "7K3M-9QXD-2FHA", "AAAA-BBBB-CCCC"
TRAINED = date(2026, 10, 1)
REASON = "来庁した本人から電話番号の確認の求め"
LEAD = {"C1": "alone", "C2": "alone", "C3": "alone", "C4": "alone", "C6": "approved", "C7": "approved"}
MATRIX = {"manager": LEAD, "chief": LEAD, "officer": {"C1": "alone", "C3": "alone", "C4": "approved", "C6": "approved"},
          "analyst": {}, "admin": {}, "auditor": {}, "ltc_reader": {}}  # fmt: skip
ALONE = [(role, name) for role, may in MATRIX.items() for name, how in may.items() if how == "alone"]
APPROVED = [(role, name) for role, may in MATRIX.items() for name, how in may.items() if how == "approved"]
NEVER = [(role, name) for role, may in MATRIX.items() for name in permissions().classes if name not in may]


@pytest.fixture
def signed_in(home, clock):
    """Open a session for a role: (User, sid)."""
    def enter(role: str, name: str | None = None) -> tuple[User, str]:
        user = accounts.create(name or role.replace("_", "."), password=PASSWORD, display_name="職員", role=role, section="収納推進課", districts=("D01",), training_on=TRAINED)
        return user, sessions.find(sessions.start(user.name, "10.0.0.1")).sid
    return enter


def ask(who, classes=("C3",), purpose="納付交渉", reason=REASON, ref=REF):
    return reveal.request(*who, ref, list(classes), purpose, reason)


def entries(*actions: str) -> list[dict]:
    with store.engine().connect() as connection:
        found = connection.execute(select(log.ACCESS_LOG).where(log.ACCESS_LOG.c.action.in_(actions)).order_by("seq")).mappings()
        return [{**row, "detail": json.loads(row["detail"])} for row in found]


def test_the_matrix_is_the_permission_table_s():
    assert {name: dict(role.reveal) for name, role in permissions().roles.items()} == MATRIX
    assert reveal.rules()["minutes"] <= 15


@pytest.mark.parametrize(("role", "name"), ALONE)
def test_a_class_that_is_one_s_own_to_reveal_is_in_force_at_once_for_this_person_only(signed_in, role, name):
    who = signed_in(role)
    grant = ask(who, [name])
    assert grant.classes == {name}
    assert reveal.granted(who[0], REF) == grant
    assert reveal.granted(who[0], OTHER) is None
    assert reveal.granted(who[0], None) is None
    (entry,) = entries("reveal.begin")
    assert (entry["actor"], json.loads(entry["atena_refs"])) == (who[0].name, [REF])
    assert entry["detail"]["classes"] == [name]
    assert REASON not in json.dumps(entry, ensure_ascii=False)


@pytest.mark.parametrize(("role", "name"), APPROVED)
def test_a_class_that_needs_it_waits_for_another_person(signed_in, role, name):
    who, lead = signed_in(role), signed_in("chief" if role != "chief" else "manager", "other.lead")
    assert ask(who, ["C3", name]) is None
    assert reveal.granted(who[0], REF) is None
    (waiting,) = reveal.waiting()
    for stranger in {"analyst", "admin", "auditor", "ltc_reader", "officer"}:
        with pytest.raises(NotAllowed):
            reveal.approve(User("x", "", stranger, "", ("D01",)), waiting["id"])
    with pytest.raises(NotAllowed):
        reveal.approve(who[0], waiting["id"])
    reveal.approve(lead[0], waiting["id"])
    assert reveal.granted(who[0], REF).classes == {"C3", name}
    assert reveal.granted(lead[0], REF) is None, "the approver is shown nothing"
    with pytest.raises(RevealRefused, match="もう承認"):
        reveal.approve(lead[0], waiting["id"])
    assert [entry["actor"] for entry in entries("reveal.ask", "reveal.approve")] == [who[0].name, "other.lead"]


@pytest.mark.parametrize(("role", "name"), NEVER)
def test_what_the_matrix_does_not_name_is_refused(signed_in, role, name):
    who = signed_in(role)
    with pytest.raises((NotAllowed, RevealRefused)):
        ask(who, [name])
    assert reveal.granted(who[0], REF) is None
    assert not entries("reveal.begin", "reveal.ask")


@pytest.mark.parametrize(("wrong", "says"), [
    ({"classes": []}, "項目を"), ({"classes": ["C3", "C9"]}, "項目を"), ({"purpose": "興味"}, "使用目的"), ({"purpose": None}, "使用目的"),
    ({"reason": "確認"}, "理由を"), ({"reason": " " * 30}, "理由を"), ({"reason": "あ" * 201}, "理由を"), ({"reason": "番号は 123456789018 と本人が述べた"}, "個人番号"),
])
def test_a_wrong_request_is_refused_and_quotes_nothing(signed_in, wrong, says):
    with pytest.raises(RevealRefused, match=says) as refused:
        ask(signed_in("officer"), **wrong)
    assert "123456789018" not in str(refused.value)
    assert not entries("reveal.begin")


def test_a_forged_session_is_refused(signed_in):
    mine, theirs = signed_in("officer"), signed_in("chief")
    for sid in ("", "0" * 32, theirs[1]):
        with pytest.raises(NotAllowed, match="サインイン"):
            ask((mine[0], sid))
    assert reveal.granted(mine[0], REF) is None


def test_it_ends_with_its_time_and_never_later_than_fifteen_minutes(signed_in, clock):
    who = signed_in("officer")
    ask(who)
    clock.forward(minutes=8)
    assert reveal.granted(who[0], REF)
    with store.engine().begin() as connection:  # the person works on, so that the session lives
        connection.execute(sessions.session.update().values(last_seen_at=(clock.instant + timedelta(minutes=7)).isoformat()))
    clock.forward(minutes=7)
    assert reveal.granted(who[0], REF) is None


def test_it_ends_with_the_session(signed_in):
    who = signed_in("officer")
    ask(who)
    sessions.end(who[1], "signed_out")
    assert reveal.granted(who[0], REF) is None
    sessions.start(who[0].name, "10.0.0.1")
    assert reveal.granted(who[0], REF) is None, "signing in again does not bring it back"


def test_it_ends_when_another_case_is_opened(signed_in):
    who = signed_in("officer")
    ask(who)
    reveal.leave(who[0], but=REF)
    assert reveal.granted(who[0], REF)
    reveal.leave(who[0], but=OTHER)
    assert reveal.granted(who[0], REF) is None


def test_only_one_at_a_time(signed_in):
    who = signed_in("officer")
    ask(who)
    ask(who, ref=OTHER)
    assert reveal.granted(who[0], REF) is None
    assert reveal.granted(who[0], OTHER)


def test_it_ends_with_the_right(signed_in):
    who = signed_in("chief")
    ask(who, ["C2"])
    for role in ("officer", "analyst"):
        assert reveal.granted(User(who[0].name, "", role, "", ("D01",)), REF) is None


def test_the_quota(signed_in, monkeypatch):
    who = signed_in("officer")
    monkeypatch.setattr(reveal, "rules", lambda: {**RULES, "most_a_day": 2})
    ask(who)
    ask(who)
    with pytest.raises(RevealRefused, match="2 回まで"):
        ask(who)


RULES = reveal.rules()


def test_without_the_log_there_is_no_reveal(signed_in, home):
    who = signed_in("officer")
    with sqlite3.connect(home / "store.sqlite") as raw:
        raw.execute("create trigger full before insert on access_log begin select raise(abort, 'disk full'); end")
    with pytest.raises(log.AuditUnavailable):
        ask(who)
    assert reveal.granted(who[0], REF) is None


def test_the_chief_sees_them_all_and_nobody_else_does(signed_in):
    who, chief = signed_in("officer"), signed_in("chief")
    ask(who)
    (row,) = reveal.recent(chief[0])
    assert (row["actor"], row["reason"], row["purpose"]) == (who[0].name, REASON, "納付交渉")
    for role in ("officer", "analyst", "admin", "auditor", "ltc_reader"):
        with pytest.raises(NotAllowed):
            reveal.recent(User("x", "", role, "", ("D01",)))


def test_another_person_accepts_or_questions_it_with_a_signature_in_the_chain(signed_in):
    who, lead = signed_in("chief"), signed_in("manager")[0]
    one = ask(who).id
    assert [row["signed"] for row in reveal.recent(lead)] == [[]]
    reveal.sign(lead, one, "要確認", "電話の記録がない。本人に確かめる")
    reveal.sign(lead, one, "適正", "")
    (row,) = reveal.recent(lead)
    assert [(each["reviewed_by"], each["verdict"], each["comment"]) for each in row["signed"]] == [
        (lead.name, "要確認", "電話の記録がない。本人に確かめる"), (lead.name, "適正", "")]
    questioned, accepted = entries("reveal.review")
    assert (questioned["detail"]["verdict"], questioned["detail"]["asked_by"], json.loads(questioned["atena_refs"])) == ("要確認", who[0].name, [REF])
    assert "電話の記録" not in json.dumps(questioned, ensure_ascii=False)
    assert accepted["detail"]["verdict"] == "適正"


def test_a_reveal_that_nobody_has_signed_stays_on_the_list(signed_in, clock):
    who, lead = signed_in("officer"), signed_in("manager")[0]
    one = ask(who).id
    clock.forward(days=reveal.rules()["review_days"] + 1)
    assert [row["id"] for row in reveal.recent(lead)] == [one]
    reveal.sign(lead, one, "適正", "")
    assert reveal.recent(lead) == []


def test_what_is_no_review_is_refused(signed_in):
    who, lead = signed_in("chief"), signed_in("manager")[0]
    one = ask(who).id
    for verdict, comment, says in (("要確認", "", "所見を"), ("要確認", "個人番号は 123456789018 でした", "個人番号"), ("可", "", "選んで"), ("適正", "短い", "所見を")):
        with pytest.raises(RevealRefused, match=says):
            reveal.sign(lead, one, verdict, comment)
    with pytest.raises(RevealRefused, match="選んで"):
        reveal.sign(lead, "x", "適正", "")
    with pytest.raises(NotAllowed, match="自分の"):
        reveal.sign(who[0], one, "適正", "")
    assert entries("reveal.review") == []
    assert reveal.recent(lead)[0]["signed"] == []

"""Each misuse done through the product, so that the rules are proved on the entries that it really writes."""

import json
import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

import settings
import store
from audit import material, review, watch
from auth import (
    account_store,
    accounts_command,
    export_order,
    export_route,
    origin,
    reveal,
    sessions,
)
from auth.access import NotAllowed
from casework.negotiation_note import record_note
from casework.record import record
from data_access import export
from data_access.connection import engine, reader
from data_access.query import ask, reference_of, subject
from data_access.question import question
from tests import staff
from tests.audit.stores import raw
from tests.queries.every_question import ABOUT_ONE, NAMES, parameters

WEEK = date(2026, 10, 26)
REASON = "来庁した本人から電話番号の確認の求め"


class Clock:
    """The instant that the product takes for now; Tuesday, ten in the morning, in Japan."""

    instant = datetime(2026, 10, 27, 1, 0, tzinfo=UTC)

    def at(self, day: int, hour: int, minute: int = 0) -> None:
        """That day of October, that time in Japan."""
        self.instant = datetime(2026, 10, day, hour, minute, tzinfo=UTC) - timedelta(hours=9)

    def later(self, **lapse: int) -> None:
        self.instant += timedelta(**lapse)


@pytest.fixture
def clock(own_city, monkeypatch) -> Clock:
    """The small city with its staff as accounts and an empty log."""
    clock = Clock()
    monkeypatch.setattr(settings, "now", lambda: clock.instant)
    raw(own_city / "store.sqlite", "delete from access_log", "delete from chain_head where chain = 'access_log'", "delete from refusal_count")
    with store.engine().begin() as connection:
        for user in staff.STAFF:
            connection.execute(account_store.account.insert().values(
                name=user.name, display_name=user.display_name, role=user.role, section=user.section, districts=json.dumps(user.districts),
                password_hash="-", password_set_at="-", is_disabled=False, created_at="-"))
            account_store.train(connection, user.name, settings.today().isoformat())
    return clock


def people(user, *, is_protected: bool = False) -> list[str]:
    """References in the reach of `user`."""
    wanted = f"select atena_ref from derived.delinquent where is_protected = {is_protected}"
    if user.districts:
        wanted += f" and district_code in ({', '.join(repr(code) for code in user.districts)})"
    return [reference for (reference,) in engine().connection.cursor().execute(f"{wanted} order by atena_ref").fetchall()]


def with_household(user) -> tuple[str, str]:
    """(a person in the reach of `user`, somebody of their household who has no case)."""
    rows = engine().connection.cursor().execute(
        "select owing.atena_ref, member_number from derived.household_member join derived.delinquent as owing using (atena_number) "
        "where member_number not in (select atena_number from derived.delinquent) and not is_protected order by all").fetchall()
    mine = set(people(user))
    return next((reference, reference_of(number)) for reference, number in rows if reference in mine)


def open_case(user, reference: str) -> None:
    ask(user, "case_head", **parameters("case_head", reference))


def found() -> Counter:
    """(rule, actor) → findings of the week."""
    return Counter((finding.rule.number, finding.actor) for finding in review.found_between(WEEK, WEEK + timedelta(days=6)))


def signed_in(user, source: str = "10.0.0.1") -> tuple[str, str]:
    """(token, sid)."""
    token = sessions.start(user.name, source)
    return token, sessions.find(token).sid


def fetch(user, token: str, sid: str) -> None:
    """Order a list and fetch it, as the browser does."""
    wanted = export.order(user, "worklist", {"queue": None, "district": None, "sort": "急ぐ順"}, is_masked=True, purpose="納付催告", reason=REASON)
    request = SimpleNamespace(headers={"cookie": f"{origin.cookie_name()}={token}"}, path_params={"ticket": export_order.ticket(user, sid, wanted.id)})
    assert export_route._answer(export.make, request).status_code == 200


def test_the_same_reason_five_times(clock):
    ref, (_, sid) = people(staff.OFFICER)[0], signed_in(staff.OFFICER)
    for _ in range(4):
        reveal.request(staff.OFFICER, sid, ref, ["C3"], "納付交渉", REASON)
    assert not found()
    reveal.request(staff.OFFICER, sid, ref, ["C4"], "納付交渉", REASON)
    assert found() == {(15, "tanto1"): 1}


def test_five_files_are_many_and_one_is_counted_once(clock):
    token, sid = signed_in(staff.OFFICER)
    for _ in range(4):
        fetch(staff.OFFICER, token, sid)
    assert not found(), "an order and its file are one export"
    fetch(staff.OFFICER, token, sid)
    assert found() == {(12, "tanto1"): 1}


def test_twenty_reveals_are_many_for_who_asks_and_not_for_who_approves(clock):
    ref, (_, sid) = people(staff.OFFICER)[0], signed_in(staff.OFFICER)
    signed_in(staff.CHIEF)
    for number in range(20):
        reveal.request(staff.OFFICER, sid, ref, ["C4"], "納付交渉", f"{REASON} {number}")
        reveal.approve(staff.CHIEF, reveal.waiting()[0]["id"])
    assert found() == {(12, "tanto1"): 1}


def test_a_mark_its_lifting_and_late_notes_are_listed(clock):
    person = subject(staff.CHIEF, people(staff.CHIEF)[0])
    write = {"event_id": str(uuid.uuid4()), "expected_version": 0, "today": settings.today()}
    marked = record(staff.CHIEF, person, "protection_mark", fields={"marked_on": settings.today(), "told_by": "本人の申出"}, **write)
    tomorrow = settings.today() + timedelta(days=1)
    write |= {"event_id": str(uuid.uuid4()), "expected_version": marked.version, "today": tomorrow}
    lifted = {"mark": marked.event_id, "lifted_on": tomorrow, "lift_ground": "登録の誤り"}
    record(staff.MANAGER, person, "protection_lift", fields=lifted, **write)
    assert found() == {(16, "kakari"): 1, (16, "kacho"): 1}
    said = {"method": "電話", "direction": "受信", "counterpart": "本人", "outcome": "納付約束", "body": "月末に納めるとのこと。", "today": settings.today()}
    for version, days in enumerate((6, 7, 8), start=2):
        record_note(staff.CHIEF, person, event_id=str(uuid.uuid4()), expected_version=version, contacted_on=settings.today() - timedelta(days=days), **said)
    late = [finding for finding in review.found_between(WEEK, WEEK + timedelta(days=6)) if finding.rule.number == 17]
    assert [(finding.actor, finding.count) for finding in late] == [("kakari", 2)], "written a week later or more"


def test_names_tried_out_in_a_note_are_seen(clock):
    """A note that names somebody under 支援措置 is hidden, which tells the writer that it does: every look at it stands in R10."""
    ref = people(staff.OFFICER)[0]
    person = subject(staff.OFFICER, ref)
    names = [name for (name,) in engine().connection.cursor().execute(
        "select name from source.person where atena_number in (from serving.protected) and name is not null order by atena_number").fetchall()]
    said = {"contacted_on": settings.today(), "method": "電話", "direction": "発信", "counterpart": "本人", "outcome": "納付約束", "today": settings.today()}
    for version, body in enumerate(("納期を伝えた。", f"{names[0]}さんのことを聞いた。")):
        record_note(staff.OFFICER, person, event_id=str(uuid.uuid4()), expected_version=version, body=body, **said)
        ask(staff.OFFICER, "case_events", atena_ref=ref, kind=None)
        assert ((10, "tanto1") in found()) == bool(version), "not for the note that names nobody"


def test_what_is_asked_about_one_person_makes_nobody_one_of_the_work(clock):
    """R3: a 一時解除, a basis of a sum or the papers of somebody who stood on no list relate nobody to the officer."""
    _, sid = signed_in(staff.OFFICER)
    on_the_list = reader(engine(), staff.OFFICER).execute("select distinct atena_ref from disclosed.worklist order by all limit 3").fetchall()
    for (ref,) in on_the_list:
        open_case(staff.OFFICER, ref)
        for name in ("installment_facts", "installment_basis", "suspension_evidence", "suspension_installments", "write_off_installments"):
            ask(staff.OFFICER, name, **parameters(name, ref))
        reveal.request(staff.OFFICER, sid, ref, ["C3"], "納付交渉", f"{REASON} {ref}")
        with pytest.raises(reveal.RevealRefused):
            reveal.request(staff.OFFICER, sid, ref, ["C7"], "納付交渉", REASON)
    assert found() == {(3, "tanto1"): 1}
    ask(staff.OFFICER, "district_worklist", **parameters("district_worklist"))
    assert not found(), "whom the own list shows is the officer's work"


def test_the_lists_are_the_questions_that_bring_up_persons_nobody_asked_for(clock):
    cursor = reader(engine(), staff.MANAGER)
    asked = {name: cursor.sql(question(name).sql, params=parameters(name)).columns for name in NAMES if name not in ABOUT_ONE}
    lists = {name for name, columns in asked.items() if "atena_ref" in columns and "$refs" not in question(name).sql}
    assert lists | {"trial_people"} == material.LISTS, "of a trial that an officer cannot choose"


@pytest.mark.slow
def test_who_looks_at_whom(clock):
    """R3 no relation, R4 the own record, R5 a neighbour, R8 a public figure, R9 a colleague, R10 支援措置."""
    opened, member = with_household(staff.OFFICER)
    own, famous, *others = [reference for reference in people(staff.OFFICER) if reference != opened][:4]
    for which, account, reference in (("職員", "tanto1", own), ("同姓・近隣", "kakari", others[0]), ("要人", "", famous)):
        watch.add(staff.MANAGER, which, account, reference)
    for user, reference in ((staff.OFFICER, own), (staff.OFFICER, famous), (staff.OFFICER, others[0]), (staff.CHIEF, own), (staff.CHIEF, others[0]),
                            (staff.CHIEF, people(staff.CHIEF, is_protected=True)[0])):
        open_case(user, reference)
    assert found() == {(3, "tanto1"): 1, (4, "tanto1"): 1, (5, "kakari"): 1, (8, "tanto1"): 1, (9, "kakari"): 1, (10, "kakari"): 1, (16, "kacho"): 1}

    for which, account in (("職員の世帯", "tanto1"), ("同姓・近隣", "tanto1"), ("要人", ""), ("職員", "kakari")):
        watch.add(staff.MANAGER, which, account, member)
    before = found()
    ask(staff.OFFICER, "case_household", atena_ref=opened)
    assert found() - before == {(number, "tanto1"): 1 for number in (4, 5, 8, 9)}, "as one of a household that was opened"
    ask(staff.CHIEF, "case_household", atena_ref=people(staff.CHIEF, is_protected=True)[0])
    assert [finding.count for finding in review.found_between(WEEK, WEEK + timedelta(days=6)) if finding.rule.number == 10] == [2]


@pytest.mark.slow
def test_when_and_how_often(clock):
    """R1 at night, R6 three days without a word, R7 searches that open nothing, R11 number after number, R13 two places, R14 refusals."""
    refs = people(staff.CHIEF)
    for day in (27, 28, 29):
        clock.at(day, 10)
        open_case(staff.CHIEF, refs[0])
    clock.at(29, 14)
    for _ in range(5):
        clock.later(minutes=1)
        ask(staff.CHIEF, "case_search", atena_ref=None, person_name="ヤマダ", birth_date=None, town="湖山")
    for ref in refs[1:11]:
        ask(staff.MANAGER, "case_search", atena_ref=ref, person_name=None, birth_date=None, town=None)
    for source in ("10.0.0.1", "10.0.0.2"):
        signed_in(staff.OFFICER, source)
    sessions.moved(sessions.find(signed_in(staff.ADMIN)[0]), "10.0.0.3")
    for _ in range(5):
        with pytest.raises(NotAllowed):
            ask(staff.ANALYST, "case_head", **parameters("case_head"))
    clock.at(29, 21)
    open_case(staff.NEIGHBOUR, people(staff.NEIGHBOUR)[0])
    assert found() == {
        (1, "tanto2"): 1, (6, "kakari"): 1, (7, "kakari"): 1, (11, "kacho"): 1, (13, "tanto1"): 1, (13, "kanri"): 1, (14, "bunseki"): 1}


def test_the_command_line_is_listed(clock):
    assert accounts_command.main(["unlock", "tanto1"]) == 0
    assert [number for number, _ in found()] == [16]


def test_a_clock_set_back_is_told_in_the_week_that_it_happened(clock):
    """An act of today that the log dates to a week already signed would be seen by nobody."""
    clock.at(29, 10)
    open_case(staff.CHIEF, people(staff.CHIEF)[0])
    clock.at(29, 9, 58)
    open_case(staff.CHIEF, people(staff.CHIEF)[1])
    assert not found(), "a minute or two is a time server's"
    clock.at(14, 10)
    open_case(staff.CHIEF, people(staff.CHIEF)[2])
    assert found() == {(16, "os:clock"): 1}
    clock.at(29, 11)
    assert len(review.found_between(WEEK, WEEK + timedelta(days=6))[0].seqs) == 1

"""The review finds every planted misuse of the demo city's month, and next to nothing in ordinary days."""

import csv
import dataclasses
import hashlib
import json
import shutil
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

import settings
import store
from audit import incident, log, pack, person, review, watch
from auth import account_store
from auth.access import NotAllowed
from sample_city.access_history import PLANTED, history, watched
from tests import staff

LAST = date(2026, 10, 30)
REFS = [f"{number:04d}-AAAA-BBBB" for number in range(200)]


@pytest.fixture
def offices(sqlite_file, tmp_path, monkeypatch):
    """The staff of the demo as accounts."""
    monkeypatch.setenv("CONSOLE_HOME", str(tmp_path / "home"))
    _open_accounts()


def _open_accounts() -> None:
    with store.engine().begin() as connection:
        for user in staff.STAFF:
            connection.execute(account_store.account.insert().values(
                name=user.name, display_name=user.display_name, role=user.role, section=user.section, districts=json.dumps(user.districts),
                password_hash="-", password_set_at="-", is_disabled=False, created_at="-"))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The month with its plants, written once."""
    file = tmp_path_factory.mktemp("month") / "store.sqlite"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSOLE_STORE_URL", f"sqlite:///{file}")
        store.create_tables()
        _open_accounts()
        log.carry_over(history(REFS, "9999-AAAA-BBBB", LAST, 1))
        for which, account, reference in watched(REFS):
            watch.add(staff.MANAGER, which, account, reference)
        store.engine().dispose()
    return file


@pytest.fixture
def month(written, tmp_path, monkeypatch):
    """A copy of it that is the current store."""
    monkeypatch.setenv("CONSOLE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CONSOLE_STORE_URL", f"sqlite:///{shutil.copy(written, tmp_path / 'store.sqlite')}")
    yield
    store.engine().dispose()


def weekly(user=staff.AUDITOR) -> list[review.Finding]:
    mondays = [review.monday(LAST) - timedelta(weeks=count) for count in range(5)]
    return [finding for first in mondays for finding in review.findings(user, first, first + timedelta(days=6))]


def test_there_are_eighteen_rules():
    assert [rule.number for rule in review.rules()] == list(range(1, 19))
    assert all(rule.name and rule.why for rule in review.rules())
    assert {number for number, _ in PLANTED} == set(range(1, 19))


def test_every_planted_misuse_is_found_and_little_else(month):
    found = Counter((finding.rule.number, finding.actor) for finding in weekly())
    missed = [planted for planted in PLANTED if planted not in found]
    assert not missed, missed
    others = {key: count for key, count in found.items() if key not in PLANTED}
    assert len(others) <= 4, others
    assert log.verify() is None


@pytest.mark.parametrize(("pages", "rows", "repeats", "opened", "is_found"), [
    (30, 100, 1, 0, False), (31, 50, 1, 0, True), (31, 100, 1, 30, True), (31, 100, 1, 31, False), (31, 49, 1, 0, False), (30, 100, 9, 0, False)])
def test_turning_pages_without_opening_anybody(offices, pages, rows, repeats, opened, is_found):
    at = iter(f"2026-10-28T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.000Z" for second in range(0, 7 * 3600, 30))
    def entry(**what):
        return {"at": next(at), "actor": "tanto2", **what}

    turned = [entry(action="worklist.read", question="district_worklist", row_count=rows, atena_refs=REFS[page : page + 9]) for page in range(pages) for _ in range(repeats)]
    cases = [entry(action="case.read", question="case_head", row_count=1, atena_refs=[REFS[place]], detail={}) for place in range(opened)]
    log.carry_over(turned + cases)
    found = [finding for finding in review.found_between(date(2026, 10, 26), date(2026, 11, 1)) if finding.rule.number == 18]
    assert [(each.actor, each.count, len(each.seqs)) for each in found] == ([("tanto2", pages, pages)] if is_found else [])


@pytest.mark.parametrize("seed", range(2))
def test_ordinary_days_raise_no_alarm(offices, seed):
    log.carry_over(history(REFS, "9999-AAAA-BBBB", LAST, seed, is_planted=False))
    assert weekly() == [], f"seed {seed}"


def test_a_finding_names_the_entries_behind_it(month):
    found = next(finding for finding in weekly() if finding.rule.number == 4)
    behind = review.entries(staff.AUDITOR, found.seqs)
    assert {row["actor"] for row in behind} == {"tanto1"}
    assert all(json.loads(row["atena_refs"]) == [found.atena_ref] for row in behind)
    assert found.section == "収納推進課"


def test_the_chief_sees_the_own_section_without_the_own_name(month):
    whole, seen = weekly(), weekly(staff.CHIEF)
    assert {finding.actor for finding in seen} == {f.actor for f in whole if f.section == staff.CHIEF.section} - {staff.CHIEF.name}
    assert "os:root" not in {finding.actor for finding in seen}


@pytest.mark.parametrize("user", [None, staff.OFFICER, staff.ANALYST, staff.ADMIN, staff.LTC_READER])
def test_nobody_else_sees_anything_and_the_refusal_is_recorded(month, user):
    calls = [lambda: review.findings(user, LAST, LAST), lambda: review.entries(user, (1,)), lambda: review.weeks(user),
             lambda: review.sign(user, LAST, "異常なし", []), lambda: person.history(user, REFS[0], "点検"),
             lambda: incident.sheet(user, *_span())]
    for call in calls:
        before = log.count()
        with pytest.raises(NotAllowed):
            call()
        assert log.count() == before + 1


@pytest.mark.parametrize("call", [lambda: review.entries(staff.CHIEF, (1,)), lambda: review.sign(staff.CHIEF, LAST, "異常なし", []),
                                  lambda: person.history(staff.CHIEF, REFS[0], "点検")])
def test_the_chief_sees_no_entries_and_signs_nothing(month, call):
    with pytest.raises(NotAllowed):
        call()


def test_a_signature_is_in_the_chain(month):
    first = review.monday(LAST)
    found = review.findings(staff.AUDITOR, first, LAST)
    review.sign(staff.AUDITOR, first, "R4 は本人に確かめる", found)
    (signed,) = review.signatures(first)
    assert (signed["actor"], signed["comment"]) == ("kansa", "R4 は本人に確かめる")
    assert sum(signed["findings"].values()) == len(found)
    assert review.signatures(first - timedelta(weeks=9)) == []
    assert log.verify() is None


def test_only_a_week_that_is_over_is_signed(month, monkeypatch):
    for now, is_over in ((datetime(2026, 11, 1, 14, 59, tzinfo=UTC), False), (datetime(2026, 11, 1, 15, tzinfo=UTC), True)):
        monkeypatch.setattr(settings, "now", lambda now=now: now)
        assert review.is_over(review.monday(LAST)) is is_over, "Sunday midnight in Japan"
    with pytest.raises(review.ReviewRefused, match="終わっていない"):
        review.sign(staff.AUDITOR, date(2026, 11, 2), "異常なし", [])
    assert review.signatures(date(2026, 11, 2)) == []


def test_what_came_after_the_signature_is_not_covered(month):
    first = review.monday(LAST)
    found = review.findings(staff.AUDITOR, first, LAST)
    review.sign(staff.AUDITOR, first, "異常なし", found)
    assert review.uncovered(found, review.signatures(first)) == []
    later = dataclasses.replace(found[0], seqs=(*found[0].seqs, log.count() + 1))
    assert review.uncovered([later, *found[1:]], review.signatures(first)) == [later]
    assert review.uncovered(found, []) == found


def test_nobody_signs_for_themself(month):
    found = [finding for finding in weekly() if finding.actor in (staff.MANAGER.name, "tanto1")]
    own = [finding for finding in found if finding.actor == staff.MANAGER.name]
    assert own
    first = review.monday(LAST)
    review.sign(staff.MANAGER, first, "異常なし", found)
    assert review.uncovered(found, review.signatures(first)) == own
    review.sign(staff.AUDITOR, first, "本人に確かめた", found)
    assert review.uncovered(found, review.signatures(first)) == []


def test_a_week_without_a_signature_in_time_is_said_to_whoever_signs(month, monkeypatch):
    monday = review.monday(LAST)
    for user, seen in ((staff.MANAGER, True), (staff.AUDITOR, True), (staff.CHIEF, False), (staff.ADMIN, False)):
        monkeypatch.setattr(settings, "now", lambda: datetime(2026, 11, 8, 14, 59, tzinfo=UTC))
        assert monday not in review.overdue(user)
        monkeypatch.setattr(settings, "now", lambda: datetime(2026, 11, 8, 15, tzinfo=UTC))
        assert (monday in review.overdue(user)) is seen
    late = review.overdue(staff.AUDITOR)
    own = next(finding for finding in weekly() if finding.actor == staff.MANAGER.name)
    review.sign(staff.MANAGER, monday, "異常なし", [own])
    assert review.overdue(staff.AUDITOR) == late, "a manager with an own finding signs for nobody alone"
    review.sign(staff.AUDITOR, monday, "確かめた", [own])
    assert review.overdue(staff.AUDITOR) == late[:-1]
    assert date(2026, 10, 5) not in late, "the auditor has signed that week of the history"


@pytest.mark.parametrize("comment", ["", "  ", "あ" * 501, "個人番号は 123456789018"])
def test_an_empty_or_dangerous_comment_is_refused(month, comment):
    with pytest.raises(review.ReviewRefused):
        review.sign(staff.AUDITOR, LAST, comment, [])


def test_the_record_of_a_person_says_who_saw_them(month):
    rows = person.history(staff.MANAGER, REFS[-2], "開示請求")
    assert {row["actor"] for row in rows} == {"kacho", "tanto1", "tanto2"}
    assert rows[0]["action"] == "audit.person", "the look itself is in the answer, the newest first"
    assert rows[0]["reason"] == "開示請求"
    listed = person.history(staff.AUDITOR, REFS[0], "点検")
    assert any(row["question"] == "district_worklist" and row["person_count"] > 1 for row in listed)
    assert person.unresolved() == 0


@pytest.mark.parametrize(("reference", "reason"), [("%", "点検"), ("9900000020", "点検"), (REFS[0], ""), (REFS[0], "興味")])
def test_a_person_is_asked_for_by_reference_and_with_a_reason(month, reference, reason):
    with pytest.raises(NotAllowed, match="参照番号"):
        person.history(staff.AUDITOR, reference, reason)


def _span():
    return datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)


def test_the_incident_sheet_counts_persons_from_the_log(month):
    text = incident.sheet(staff.MANAGER, *_span(), actor="tanto2")
    own = {reference for row in history(REFS, "9999-AAAA-BBBB", LAST, 1)
           if row["actor"] == "tanto2" and row["at"] >= "2026-10-01T00:00" for reference in row.get("atena_refs", ())}
    assert f"本人の数　{len(own):,} 人" in text
    assert "鎖は全て確かめられました" in text
    assert all(reference in text for reference in own)


def test_the_pack_holds_everything_with_hashes(month, tmp_path, capsys):
    assert pack.main(["2026-10-01", "2026-10-30", str(tmp_path / "pack")]) == 0
    names = {path.name for path in (tmp_path / "pack").iterdir()}
    assert names == {"access_log.csv", "findings.csv", "verification.txt", "permissions.csv", "accounts.csv", "README.txt", "SHA256SUMS"}
    for line in (tmp_path / "pack" / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / "pack" / name).read_bytes()).hexdigest() == digest
    assert "R4 本人・家族の記録" in (tmp_path / "pack" / "findings.csv").read_text("utf-8-sig")
    assert (tmp_path / "pack" / "verification.txt").read_text("utf-8").startswith("OK")
    assert "係長,all,C6: reveal approved," in (tmp_path / "pack" / "permissions.csv").read_text("utf-8-sig")
    assert pack.main(["2026-10-01", "2026-10-30", str(tmp_path / "pack")]) == 1


def test_no_cell_of_the_pack_is_run_as_a_formula(tmp_path):
    pack._write(tmp_path / "a.csv", ["x"], [["　＝1+1"], ["\n=1"], ["-1"], [-1], [None]])
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["x"], ["'　＝1+1"], ["'\n=1"], ["'-1"], ["-1"], [""]]


@pytest.mark.parametrize(("which", "account"), [("友人", "sato"), ("要人", "sato"), ("職員", "")])
def test_a_wrong_list_is_refused(offices, which, account):
    with pytest.raises(NotAllowed):
        watch.add(staff.MANAGER, which, account, REFS[0])
    with pytest.raises(NotAllowed):
        watch.add(staff.AUDITOR, "要人", "", REFS[0])


def test_history_is_carried_over_only_into_an_empty_log(month):
    with pytest.raises(ValueError, match="使い始める前"):
        log.carry_over([])

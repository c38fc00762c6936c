"""監査: the auditor, the manager and the chief in front of the demo city's month."""

from datetime import UTC, date, datetime

import pytest

import settings
import store
from audit import log, person, review, watch
from auth import account_store
from data_access.query import reference_of
from sample_city.access_history import history, watched
from tests import staff
from tests.audit.stores import raw
from tests.pages.screen import Screen, show
from tests.queries.every_question import entries_after

LAST = date(2026, 10, 30)
REFS = [f"{number:04d}-AAAA-BBBB" for number in range(100)]


@pytest.fixture
def month(own_city):
    """The small city with the month in its log and nothing else (other tests have looked at the city before)."""
    raw(own_city / "store.sqlite", "delete from access_log", "delete from chain_head where chain = 'access_log'")
    with store.engine().begin() as connection:
        for user in staff.STAFF:
            connection.execute(account_store.account.insert().values(
                name=user.name, display_name=user.display_name, role=user.role, section=user.section, districts="[]",
                password_hash="-", password_set_at="-", is_disabled=False, created_at="-"))
    assert log.carry_over(history(REFS, "9999-AAAA-BBBB", LAST, 1)) > 1_000
    for which, account, reference in watched(REFS):
        watch.add(staff.MANAGER, which, account, reference)
    return own_city


@pytest.fixture
def week():
    return review.monday(LAST)


def test_the_auditor_sees_the_findings_and_signs(month, week):
    screen = show(staff.AUDITOR, "audit", audit_week=week)
    assert any(rule.startswith("R4") for rule in screen.cells("rule"))
    assert "署名はまだありません" in screen.words()
    screen.at.text_area[0].set_value("R4 は本人に確かめる")
    screen.run(screen.at.button[0].click())
    assert [success.value for success in screen.at.success] == ["署名を記録しました。"]
    (signed,) = review.signatures(week)
    assert signed["comment"] == "R4 は本人に確かめる"
    assert "R4 は本人に確かめる" in show(staff.MANAGER, "audit", audit_week=week).words()


def test_a_late_signature_is_told_at_home_and_one_own_finding_needs_another_person(month, week, monkeypatch):
    monkeypatch.setattr(settings, "now", lambda: datetime(2026, 11, 10, tzinfo=UTC))
    (warning,) = [warning.value for warning in show(staff.MANAGER, "home").at.warning]
    assert "署名のない週が3週" in warning
    assert not show(staff.CHIEF, "home").at.warning
    screen = show(staff.MANAGER, "audit", audit_week=week)
    assert "あなた自身の該当があります" in screen.words()
    assert set(screen.cells("signature")) == {"未"}
    screen.at.text_area[0].set_value("異常なし")
    screen.run(screen.at.button[0].click())
    screen = show(staff.AUDITOR, "audit", audit_week=week)
    assert "署名の及ばない該当が1件" in screen.at.warning[0].value
    assert [actor for actor, state in zip(screen.cells("actor"), screen.cells("signature"), strict=True) if state == "未"] == ["kacho"]
    monkeypatch.setattr(settings, "now", lambda: datetime(2026, 10, 30, tzinfo=UTC))
    assert "終わってから署名できます" in show(staff.AUDITOR, "audit", audit_week=week).words()


def test_an_empty_comment_is_not_a_signature(month, week):
    screen = show(staff.AUDITOR, "audit", audit_week=week)
    screen.run(screen.at.button[0].click())
    assert "所見を" in screen.at.error[0].value
    assert review.signatures(week) == []


def test_the_entries_behind_a_finding_are_shown(month, week):
    before = log.count()
    screen = show(staff.AUDITOR, "audit", audit_week=week, audit_finding=(week, 0))
    assert len(screen.at.dataframe) == 2
    assert screen.cells("action_name", 1)
    assert [row["action"] for row in entries_after(before)] == ["audit.digest", "audit.read"]


def test_the_chief_sees_a_digest_and_nothing_to_open_or_sign(month, week):
    screen = show(staff.CHIEF, "audit", audit_week=week)
    assert [tab.label for tab in screen.at.tabs] == ["週の点検"]
    assert "kakari" not in screen.cells("actor")
    assert len(screen.at.dataframe) == 1
    assert not screen.at.button


def by_person(user, typed: str) -> Screen:
    screen = Screen(user, "audit", audit_view="本人別アクセス記録").run()
    screen.at.text_input[0].set_value(typed)
    screen.at.selectbox[0].set_value("開示請求")
    return screen.run(screen.at.button[0].click())


def test_the_manager_asks_by_number_and_the_number_stays_nowhere(month):
    number = "9900000020"
    screen = by_person(staff.MANAGER, number)
    assert reference_of(number) in screen.words()
    assert person.history(staff.MANAGER, reference_of(number), "開示請求")
    assert number not in (month / "store.sqlite").read_bytes().decode("latin-1")


def test_the_auditor_asks_by_reference_only(month):
    assert "参照番号（例" in by_person(staff.AUDITOR, "9900000020").at.warning[0].value
    assert "tanto1" in by_person(staff.AUDITOR, REFS[-2]).cells("actor")


def test_the_incident_sheet_is_text(month):
    screen = Screen(staff.MANAGER, "audit", audit_view="漏えい等の報告").run()
    screen.run(screen.at.button[0].click())
    assert "漏えい等報告（下書き）" in screen.at.code[0].value


def test_the_manager_adds_someone_to_look_out_for(month):
    screen = Screen(staff.MANAGER, "audit", audit_view="見張る人の登録").run()
    screen.at.text_input[0].set_value("tanto2")
    screen.at.text_input[1].set_value("9900000020")
    screen.run(screen.at.button[0].click())
    assert ("職員", "tanto2", reference_of("9900000020")) in watch.everyone()

"""監査 at a real browser: an address typed by hand refuses in our words, and the refusal is what the auditor then finds."""

import sqlite3

import pytest

from tests.browser.conftest import server_at

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_a_page_outside_the_role_typed_as_address_is_refused_and_recorded(own_home, desk):
    with server_at(own_home) as server:
        analyst = desk("bunseki", server)
        analyst.page.goto(f"{analyst.origin}/district_worklist")
        analyst.page.get_by_text("「地区ワークリストを見る」権限がありません").wait_for(timeout=20_000)
        analyst.settled()
        assert analyst.page.get_by_text("Page not found").count() == 0
        assert analyst.page.get_by_test_id("stDataFrame").count() == 0
        auditor = desk("kansa", server)
        auditor.open("監査")
        assert "ここで見たことも記録されます" in auditor.text()
        assert not analyst.problems, analyst.problems
        assert not auditor.problems, auditor.problems
    with sqlite3.connect(own_home / "store.sqlite") as store:
        found = store.execute("select actor, question from access_log where action = 'refused'").fetchall()
        looked = store.execute("select actor from access_log where action = 'audit.digest'").fetchall()
    assert ("bunseki", "page:district_worklist") in found
    assert ("kansa",) in looked

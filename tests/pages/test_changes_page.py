"""増減の内訳 and 月次報告 on screen: what a line opens, what is said when nothing can be compared, and who gets the files."""

from threading import Event

import pytest

from data_access import change, export
from data_access.query import SnapshotRefused, kept
from tests import staff
from tests.data_access.test_change import earlier  # noqa: F401 - the fixture
from tests.pages.screen import show


def test_a_line_opens_its_installments_and_a_person_their_case(earlier):  # noqa: F811
    screen = show(staff.OFFICER, "changes", **{f"term_滞納額_{earlier.id}_None": "収納"})
    assert not screen.at.error
    assert [metric.label for metric in screen.at.metric] == ["前の滞納額", "増減", "今の滞納額"]
    assert "差 0 円" in screen.words()
    lines, rows = (table.value for table in screen.at.dataframe)
    paid = lines[lines["term"] == "収納"].iloc[0]
    assert (len(rows), rows["yen"].sum()) == (paid["case_count"], paid["yen"])
    assert lines["term"].tolist()[0] == "期首"
    assert lines["term"].tolist()[-1] == "期末"


def test_a_comparison_that_takes_long_holds_no_click_and_is_shown_when_it_is_done(earlier, monkeypatch):  # noqa: F811
    going, compare = Event(), change.compare
    monkeypatch.setattr(change, "PATIENCE", 0.2)
    monkeypatch.setattr(change, "compare", lambda served, older_id: going.wait(60) and compare(served, older_id))
    screen = show(staff.MANAGER, "changes")
    assert "2つの基準日の期別を比べています" in screen.words()
    assert not screen.at.metric
    assert not change.is_compared(kept()[0].id, earlier.id, patience=0)
    going.set()
    monkeypatch.setattr(change, "PATIENCE", 60)
    screen.run()
    assert "比べています" not in screen.words()
    assert "差 0 円" in screen.words()


def test_a_day_that_is_not_kept_is_refused_by_the_comparison_too(earlier):  # noqa: F811
    with pytest.raises(SnapshotRefused):
        change.is_compared(kept()[0].id, "20261001T000000Z-00000000")
    with pytest.raises(SnapshotRefused):
        change.is_compared("20261001T000000Z-00000000", earlier.id)


def test_before_there_are_two_days_it_says_when_there_will_be(earlier, monkeypatch):  # noqa: F811
    monkeypatch.setattr("data_access.change.kept", lambda: kept()[:1])
    screen = show(staff.MANAGER, "changes")
    assert "次の公開の後に比べられます" in screen.words()
    assert not screen.at.dataframe


def test_the_report_is_shown_to_its_readers_and_taken_away_by_two(city):
    for user, may_take in ((staff.MANAGER, True), (staff.CHIEF, True), (staff.OFFICER, False), (staff.ANALYST, False)):
        screen = show(user, "monthly_report")
        assert ("17 項目すべて差 0 円" in screen.words()) == (user is not staff.ANALYST), "rounded amounts need not add up"
        assert len(screen.at.dataframe) == 6
        assert (export.kinds()["monthly_report_paper"].label + "（PDF）" in screen.words()) == may_take, user.role


def test_the_terms_have_their_passport_and_come_out_the_same_once_more(earlier):  # noqa: F811
    screen = show(staff.OFFICER, "changes", passport_changes=True)
    assert "期首 ＋ 各行 ＝ 期末" in screen.words()
    screen.run(screen.at.button(key="again_changes").click())
    assert "同じ答えになりました" in screen.at.success[0].value

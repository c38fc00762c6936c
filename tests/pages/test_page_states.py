"""Pages with little or nothing to show, and lists under every filter."""

from datetime import date

import pytest

from auth import account_review
from auth.access import User
from data_access.query import reference_of
from pages.collection_rate import CLASSES
from pages.district_worklist import SORTS
from pages.parts import wording
from sample_city.stories import FIRST
from tests import staff
from tests.pages.screen import Screen, show

NEWCOMER = User("shinnin", "新任担当", "officer", "収納推進課", ("D99",))
WITHOUT_DISTRICT = User("haizoku", "配属待ち", "officer", "収納推進課", ())


@pytest.mark.parametrize("user", [NEWCOMER, WITHOUT_DISTRICT], ids=lambda user: user.name)
def test_an_officer_without_cases_reads_sentences_that_say_so(city, user, monkeypatch):
    monkeypatch.setattr(account_review, "overdue", lambda _day: account_review.Overdue(date(2026, 10, 31), date(2026, 11, 30)))
    home = show(user, "home")
    assert "令和8年11月30日を過ぎると" in home.at.warning[0].value, "everybody learns that the accounts' review is late"
    said = [info.value for info in home.at.info]
    assert said[0] == "名簿に載る滞納者はいません。"
    assert all(sentence.endswith("ません。") for sentence in said)
    assert len(said) == 3
    worklist = show(user, "district_worklist")
    assert [info.value for info in worklist.at.info] == ["この条件に当てはまる滞納者はいません。条件を変えてください。"]
    candidates = show(user, "suspension_candidates")
    assert [info.value for info in candidates.at.info] == ["この条件の候補はありません。"]
    assert [metric.value for metric in candidates.at.metric] == ["0人", "0人", "0人"]


@pytest.mark.slow
@pytest.mark.parametrize("queue", wording.QUEUES)
def test_every_queue_lists_its_people_or_falls_back_to_all(city, queue):
    """A queue kept in the URL may be empty in another district."""
    for user in (staff.NEIGHBOUR, NEWCOMER):
        screen = Screen(user, "district_worklist")
        screen.at.query_params["queue"] = queue
        screen.run()
        chosen = screen.at.query_params.get("queue")
        assert chosen in (None, [queue], queue)
        if chosen:
            word = "接触" if queue == "接触なし" else queue[:2]
            assert all(word in reason for reason in screen.cells("reason")), (queue, screen.cells("reason"))
            assert wording.QUEUES[queue][0] in screen.words()


@pytest.mark.slow
@pytest.mark.parametrize("sort", SORTS)
def test_every_order_is_the_order_it_says(city, sort):
    screen = show(staff.MANAGER, "district_worklist", sort=sort)
    if sort == "滞納額が大きい順":
        assert screen.cells("unpaid_yen") == sorted(screen.cells("unpaid_yen"), reverse=True)
    if sort == "時効が近い順":
        assert screen.cells("prescription_on") == sorted(screen.cells("prescription_on"))
    if sort == "接触が古い順":
        contacts = screen.at.dataframe[0].value["last_contact_on"]
        assert contacts.isna().to_list() == sorted(contacts.isna(), reverse=True), "never spoken to: first of all"
        assert contacts.dropna().is_monotonic_increasing
    assert len(screen.cells("name")) == len(show(staff.MANAGER, "district_worklist").cells("name"))


def test_the_page_number_outlives_its_list(city):
    """Page 2 of everybody, then a queue with one page: the list starts again at its first row."""
    assert show(staff.MANAGER, "district_worklist", worklist_page=2).cells("name")


@pytest.mark.parametrize("verdict", ["該当の疑い", "資料不足"])
@pytest.mark.parametrize("ground", ["1号", "2号", "3号"])
def test_candidates_of_one_ground_and_verdict(city, ground, verdict):
    screen = show(staff.NEIGHBOUR, "suspension_candidates", ground=ground, verdict=verdict)
    if screen.at.dataframe:
        assert set(screen.cells("ground")) == {ground}
        assert set(screen.cells("verdict")) == {verdict}
    else:
        assert [info.value for info in screen.at.info] == ["この条件の候補はありません。"]


@pytest.mark.parametrize("year_class", CLASSES)
def test_rates_by_year(city, year_class):
    screen = show(staff.CHIEF, "collection_rate", rate_view="年度比較", year_class=year_class)
    assert screen.cells("fiscal_year", place=1)[0] == "令和8年度"
    assert len(screen.cells("fiscal_year", place=1)) == 8


def test_the_evidence_of_a_candidate_names_its_record_and_its_age(city):
    found = show(staff.NEIGHBOUR, "suspension_candidates", ground="1号", verdict="該当の疑い")
    reference = found.at.dataframe[0].value
    assert len(reference) >= 1
    screen = show(staff.NEIGHBOUR, "suspension_candidates", screened=(_reference_of_story(13), "倉見　健", "1号"))
    assert [each.value for each in screen.at.subheader] == ["候補（自分の地区）", "証拠（1号）", "停止の対象になる期別", "家計の目安", "起案"]
    assert list(screen.cells("target", 1)) == ["納付", "所得"], "反する資料 stands before the checklist"
    evidence = screen.at.dataframe[2].value
    assert list(evidence["target"]) == ["預金", "給与", "不動産", "年金"]
    assert all(evidence["dated_on"].str.startswith("R08."))
    assert "足りない資料はありません。" in [each.value for each in screen.at.caption]
    ends, steps = screen.at.dataframe[3].value, screen.at.dataframe[4].value
    assert set(ends["three_years_on"]) == {"R11.10.30"}
    assert set(ends["ended_by"]) == {"時効"}
    assert list(steps["item"]) == ["目安（月）", "世帯の収入（月）"]


def test_what_a_candidate_lacks_and_how_to_get_it(city):
    screen = show(staff.MANAGER, "suspension_candidates", screened=(_reference_of_story(14), "桂＊＊", "1号"))
    (lacking,) = (frame.value for frame in screen.at.dataframe if "how" in frame.value.columns)
    assert set(lacking["finding"]) == {"期限切れ"}
    assert len(lacking) == 3
    assert all("日を過ぎた。" in text and "国税徴収法" in text for text in lacking["how"])


def _reference_of_story(number: int) -> str:
    return reference_of(str(FIRST + number * 10))

"""収納状況 in front of each role: the cards, the list behind a part, the outlook and its refusal, the passport and the same sum once more."""

import re
import uuid
from decimal import Decimal

import pytest

from audit import log
from casework.collection_plan import CITY, QUEUES, Plan, approve, propose
from data_access import forecast
from data_access.query import ask
from pages.parts import wording
from pages.parts.rate_parts import DIMENSIONS
from tests import staff
from tests.conftest import CLOCK
from tests.pages.screen import show
from tests.queries.every_question import entries_after

WITH_PERSONS = (staff.MANAGER, staff.CHIEF, staff.OFFICER, staff.NEIGHBOUR)
WITHOUT = (staff.ANALYST, staff.AUDITOR)
VIEWS = ("内訳", "月別", "見込", "回収の進み", "年度比較")


@pytest.mark.parametrize("user", [*WITH_PERSONS, *WITHOUT], ids=lambda user: user.name)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_stands_for_every_role(city, user, view):
    screen = show(user, "collection_rate", rate_view=view)
    assert not screen.at.error
    assert [metric.label for metric in screen.at.metric][:3] == ["現年", "滞繰", "合計"]
    if view == "見込" and user in WITHOUT:  # the small city has years of which fewer than ten were refunded
        assert screen.at.info[-1].value == forecast.NOT_TOLD
    elif view == "回収の進み" and user in WITHOUT:  # and told together they are no levy year
        assert "10人未満の年度だけ" in screen.at.info[-1].value
    else:
        assert screen.at.dataframe
    if user in WITHOUT:
        assert not any({"name", "installment_key", "overdue_yen", "outstanding_yen", "refund_due_yen", "written_off_yen"} & set(table.value.columns) for table in screen.at.dataframe if "part" in table.value.columns)


@pytest.mark.parametrize("user", WITH_PERSONS, ids=lambda user: user.name)
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_part_opens_the_list_behind_its_arrears(city, user, dimension):
    asked = dict(dimension=dimension, year_class="滞繰", district=None)
    parts = ask(user, "rate_by_dimension", fiscal_year=2026, **asked)[:-1].sort("overdue_yen", descending=True).to_dicts()
    lists = {each["part"]: ask(user, "rate_rows", part_key=each["part_key"], page_size=100, skipped=0, **asked) for each in parts}
    part = next(each for each in parts if lists[each["part"]].height)  # some of an officer's parts are all in other districts
    listed, name = lists[part["part"]], wording.fiscal(int(part["part"])) if dimension == "相当年度" else part["part"]
    screen = show(user, "collection_rate", rate_view="内訳", dimension=dimension, year_class="滞繰", **{f"rate_part_{dimension}_滞繰_None": name})
    assert f"{name}の滞納" in [each.value for each in screen.at.subheader]
    rows = screen.at.dataframe[-1].value
    assert rows["overdue_yen"].to_list() == listed["overdue_yen"].to_list()
    assert f"納期限を過ぎたのは {part['overdue_yen']:,}円" in screen.words()
    assert ("一覧には出ません" in screen.words()) == (listed["total_yen"][0] != part["overdue_yen"])


def test_other_districts_are_a_sum_without_a_list(city):
    screen = show(staff.NEIGHBOUR, "collection_rate", rate_view="内訳", dimension="地区", year_class="滞繰", **{"rate_part_地区_滞繰_None": "ほかの地区"})
    assert "示せる期別はありません。" in [info.value for info in screen.at.info]
    assert "一覧には出ません" in screen.words()


def test_the_outlook_says_what_was_forecast_and_how_wrong_it_was(city):
    found = forecast.forecasts(ask(staff.MANAGER, "rate_by_year", district=None), CLOCK.feed_dates[-1])["滞繰"]
    screen = show(staff.MANAGER, "collection_rate", rate_view="見込", year_class="滞繰")
    cards = {metric.label: metric.value for metric in screen.at.metric}
    assert (cards["滞繰 5/31の見込"], cards["幅"]) == (f"{found.rate}%", f"{found.low}〜{found.high}%")
    assert screen.cells("error_points", -1) == [f"{error:+.2f}ポイント" for error in found.trials["error_points"].reverse()]
    assert "徴収計画" in screen.words()


def test_where_the_past_is_too_short_nothing_is_forecast(city, monkeypatch):
    monkeypatch.setattr(forecast, "LEAST", 5)
    screen = show(staff.MANAGER, "collection_rate", rate_view="見込")
    assert [info.value for info in screen.at.info] == [forecast.TOO_SHORT]
    assert "5/31の見込 —" in screen.words().replace("*", "")


def test_a_district_without_a_target_says_so(city):
    screen = show(staff.MANAGER, "collection_rate", rate_view="見込", year_class="合計", district="D01")
    assert "承認された徴収計画にありません" in screen.words()
    assert {metric.label: metric.value for metric in screen.at.metric}["目標"] == "—"


PASSPORTS = [("内訳", "rate_cards"), ("内訳", "rate_parts"), ("月別", "rate_months"), ("見込", "rate_cards"), ("回収の進み", "rate_cohorts"), ("年度比較", "rate_years")]


@pytest.mark.parametrize(("user", "view", "key"), [(user, *place) for user in (staff.MANAGER, staff.OFFICER, staff.ANALYST) for place in PASSPORTS
                                                   if (user, place[1]) != (staff.ANALYST, "rate_cohorts")], ids=lambda each: getattr(each, "role", each))  # who is shown no curve here
def test_a_passport_opens_and_its_sum_is_made_again(city, user, view, key):
    screen = show(user, "collection_rate", rate_view=view, **{f"passport_{key}": True})
    words = screen.words()
    for told in ("定義", "根拠", "含むもの", "含まないもの", "元の表", "SHA-256", "action: collection_rate.read"):
        assert told in words, told
    before = log.count()
    screen.run(screen.at.button(key=f"again_{key}").click())
    assert "同じ答えになりました" in screen.at.success[0].value
    asked = [row["question"] for row in entries_after(before)]
    again = re.search(r"問い (\w+)（", words)[1]
    assert asked.count(again) >= 2, "the page itself, and once more"


def test_closed_it_costs_nothing(city, monkeypatch):
    def must_not(*_):
        raise AssertionError("made though nobody opened it")

    monkeypatch.setattr("pages.parts.passport_part.passport", must_not)
    for view in VIEWS:
        show(staff.MANAGER, "collection_rate", rate_view=view)


def test_other_pages_have_their_passport_too(city):
    for module, key in (("home", "home_rates"), ("home", "home_queues"), ("deadlines", "deadlines"), ("monthly_report", "monthly_report")):
        screen = show(staff.MANAGER, module, **{f"passport_{key}": True})
        assert "SHA-256" in screen.words(), module
        screen.run(screen.at.button(key=f"again_{key}").click())
        assert "同じ答えになりました" in screen.at.success[0].value


def test_without_a_single_row_each_view_says_so(city, monkeypatch):
    """A new city, or a district where nothing was assessed: sentences, no error and no empty chart."""
    def nothing(user, name, **params):
        answer = ask(user, name, **params)
        return answer.clear() if name.startswith("rate_") else answer

    for module in ("pages.collection_rate", "pages.parts.rate_parts", "pages.parts.rate_ahead"):
        monkeypatch.setattr(f"{module}.ask", nothing)
    told = {"内訳": "この区分の調定はありません。", "月別": "この区分の収納はまだありません。", "見込": forecast.NOTHING_YET, "回収の進み": "示せる年度がありません", "年度比較": "この区分の調定はありません。"}
    for view in VIEWS:
        screen = show(staff.MANAGER, "collection_rate", rate_view=view)
        assert not screen.at.error
        assert not screen.at.get("plotly_chart")
        assert told[view] in screen.words(), view
        assert [metric.value for metric in screen.at.metric][:3] == ["—"] * 3


def test_the_front_page_says_where_the_year_goes_and_should(own_city):
    plan = Plan(2026, 60, {(CITY, "現年"): Decimal("93.50"), (CITY, "滞繰"): Decimal("21.00")}, {"D01": 1}, dict.fromkeys(QUEUES, 1))
    said = dict(event_id=str(uuid.uuid4()), expected_version=0, reason="前年度に足した。", today=CLOCK.feed_dates[-1])
    approve(staff.MANAGER, proposal_id=propose(staff.CHIEF, plan, **said).event_id, event_id=str(uuid.uuid4()), today=CLOCK.feed_dates[-1])
    words = show(staff.MANAGER, "home").words()
    found = forecast.forecasts(ask(staff.MANAGER, "rate_by_year", district=None), CLOCK.feed_dates[-1])
    assert f"5/31の見込 {found['現年'].rate}%　目標 93.50%" in words

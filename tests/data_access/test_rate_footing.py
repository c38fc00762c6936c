"""What several pages say of one day is one figure: 収納状況 by every 分け方, 月次報告, 年報, ホーム and 徴収計画."""

import polars as pl
import pytest

from data_access import annual_report, monthly_report, rate_footing
from data_access.query import ask
from data_access.rate_footing import COMPARED, DIMENSIONS, checks, footing
from tests.pages.screen import show
from tests.staff import ANALYST, AUDITOR, CHIEF, MANAGER, OFFICER

YEAR = 2026
READERS = pytest.mark.parametrize("user", [MANAGER, CHIEF, OFFICER, AUDITOR], ids=lambda user: user.role)


@READERS
def test_every_way_to_cut_adds_up_to_the_month_s_report(city, user):
    rows, found = monthly_report.monthly(user), footing(user, YEAR)
    told = checks(rows, monthly_report.RATES, found)
    assert [check.says for check in told] == [f"収納状況の{name}の計 ＝ この報告の現年・滞繰" for name in DIMENSIONS]
    assert [check.difference_yen for check in told] == [0] * len(DIMENSIONS)
    assert {row["year_class"] for row in found.to_dicts()} == {"現年", "滞繰"}
    for row in found.to_dicts():
        assert row["assessed_yen"] > 0
        assert row["received_yen"] > 0
        assert (row["outstanding_yen"] is None) == (user is AUDITOR), "who sees no person is not told the 未済 of a part"


@READERS
@pytest.mark.parametrize("year", [YEAR, YEAR - 1])
def test_and_to_the_year_s(city, user, year):
    told = checks(annual_report.annual(user, year), annual_report.SETTLEMENT, footing(user, year))
    assert [check.difference_yen for check in told] == [0] * len(DIMENSIONS)
    assert footing(user, year)["received_yen"].null_count() == (0 if year == YEAR else 2 * len(DIMENSIONS)), "of a year that is over the same day is another day"


def test_of_older_years_there_are_no_parts(city):
    assert footing(CHIEF, YEAR - 2).is_empty()
    assert checks(annual_report.annual(CHIEF, YEAR - 2), annual_report.SETTLEMENT, footing(CHIEF, YEAR - 2)) == []


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_parts_that_are_added_up_are_those_on_the_screen(city, dimension):
    """The question of 検算 against the question of the screen, district by district too."""
    own = footing(CHIEF, YEAR).filter(rate_dimension=dimension)
    for year_class in ("現年", "滞繰"):
        shown = ask(CHIEF, "rate_by_dimension", dimension=dimension, fiscal_year=YEAR, year_class=year_class, district=None)
        (row,) = own.filter(year_class=year_class).to_dicts()
        assert (row["assessed_yen"], row["received_yen"], row["outstanding_yen"]) == tuple(shown[:-1][name].sum() for name in ("assessed_yen", "received_same_day_yen", "outstanding_yen"))


@pytest.mark.parametrize("name", COMPARED)
def test_a_yen_too_much_or_a_class_too_few_is_noticed(city, name):
    rows, found = monthly_report.monthly(CHIEF), footing(CHIEF, YEAR)
    one = (pl.col("rate_dimension") == "年齢") & (pl.col("year_class") == "滞繰")
    bent = found.with_columns(pl.when(one).then(pl.col(name) + 1).otherwise(name).alias(name))
    assert {check.says: check.difference_yen for check in checks(rows, monthly_report.RATES, bent) if check.difference_yen} == {"収納状況の年齢の計 ＝ この報告の現年・滞繰": 1}
    gone = [check for check in checks(rows, monthly_report.RATES, found.filter(~one)) if check.difference_yen]
    assert [check.says for check in gone] == ["収納状況の年齢の計 ＝ この報告の現年・滞繰"]


def test_it_stands_on_both_pages(city):
    for module in ("monthly_report", "annual_report"):
        screen = show(CHIEF, module)
        assert not screen.at.error
        assert all(f"収納状況の{name}の計" in screen.words() for name in DIMENSIONS), module
    assert "収納状況の年齢の計" not in show(ANALYST, "monthly_report").words(), "rounded amounts need not add up"


def test_a_difference_stands_first_and_in_red(city, monkeypatch):
    found = footing(CHIEF, YEAR)
    monkeypatch.setattr(rate_footing, "footing", lambda *_: found.with_columns(assessed_yen=found["assessed_yen"] + 1))
    screen = show(CHIEF, "monthly_report")
    assert "収納状況の年齢の計 ＝ この報告の現年・滞繰" in screen.at.error[0].value


def test_the_rate_of_the_city_is_one_everywhere(city):
    """収納状況's cards, the plan's progress and the month's report: the rate today and on the same day a year before."""
    by_year = {(row["fiscal_year"], row["year_class"]): row for row in ask(MANAGER, "rate_by_year", district=None).to_dicts()}
    plan = {row["year_class"]: row for row in ask(MANAGER, "plan_progress", fiscal_year=YEAR, areas=[], classes=[], rates=[]).filter(area="市計").to_dicts()}
    month = {row["part"]: row for row in monthly_report.monthly(MANAGER).filter(section=monthly_report.RATES).to_dicts()}
    for each in ("現年", "滞繰"):
        now, before = by_year[YEAR, each]["same_day_rate"], by_year[YEAR - 1, each]["same_day_rate"]
        assert (plan[each]["same_day_rate"], plan[each]["rate_before"]) == (month[each]["same_day_rate"], month[each]["rate_before"]) == (now, before)
        assert plan[each]["final_rate_before"] == by_year[YEAR - 1, each]["rate"]

"""会計年度: the day on which it opens, the 出納整理期間, the year a revenue belongs to; and the same for the playing city."""

from datetime import date, timedelta

import numpy as np
import pytest

from law import fiscal_year
from sample_city import clock


@pytest.mark.parametrize(("day", "year"), [("2026-03-31", 2025), ("2026-04-01", 2026), ("2026-12-31", 2026), ("2027-01-01", 2026)])
def test_the_year_that_holds_a_day(day, year):
    assert fiscal_year.fiscal_year(date.fromisoformat(day)) == year


@pytest.mark.parametrize(
    ("received_on", "assessed", "year"),
    [
        ("2026-03-31", 2025, 2025),
        ("2026-05-31", 2025, 2025),  # 出納整理期間
        ("2026-06-01", 2025, 2026),
        ("2026-05-31", 2024, 2026),  # 滞納繰越分は収入日の年度
        ("2026-05-31", 2026, 2026),
    ],
)
def test_the_year_a_receipt_is_booked_in(received_on, assessed, year):
    assert fiscal_year.booking_year(date.fromisoformat(received_on), assessed) == year


def test_the_playing_city_books_by_the_same_rule():
    days = [date(2024, 1, 1) + timedelta(days=offset) for offset in range(900)]
    for assessed in (2022, 2023, 2024, 2025, 2026):
        played = clock.booking_year(np.array([clock.number(day) for day in days]), np.full(len(days), assessed))
        assert played.tolist() == [fiscal_year.booking_year(day, assessed) for day in days], assessed


def test_a_period_that_ends_on_a_closed_day_keeps_its_year():
    """納期の末日 2029-03-31 は土曜で、納期限は翌年度の 4/2 になるが、年度は変わらない。"""
    assert fiscal_year.revenue_year(date(2028, 7, 1), date(2029, 3, 31)) == (2028, "地方自治法施行令142条1項1号")
    assert fiscal_year.revenue_year(date(2029, 4, 2)) == (2029, "地方自治法施行令142条1項2号")


def test_an_amended_first_day_counts_from_its_year(amend):
    row = '[[first_day]]\nfrom = 2030-01-01\nvalue = "01-01"\nreference = "改正法208条"\nlast_checked = 2026-11-26\n\n'
    amend("fiscal_year.toml", ("[[first_day]]\n", f"{row}[[first_day]]\n"))
    assert [fiscal_year.opens_on(year) for year in (2029, 2030)] == [date(2029, 4, 1), date(2030, 1, 1)]
    assert fiscal_year.fiscal_year(date(2029, 3, 31)) == 2028
    assert fiscal_year.fiscal_year(date(2030, 1, 1)) == 2030

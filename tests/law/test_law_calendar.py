"""Holidays against an independent package (tests only), closed days, periods by months."""

from datetime import date, timedelta

import holidays as holidays_package
import pytest

from law import calendar

YEARS = range(2000, 2028)


def test_holidays_agree_with_an_independent_source():
    expected = dict(holidays_package.Japan(years=YEARS, language="ja"))
    assert calendar.holidays() == expected


@pytest.mark.parametrize(
    "day",
    [
        "2019-04-30", "2019-05-01", "2019-05-02", "2019-10-22",  # 即位
        "2026-05-06", "2027-03-22",  # 振替休日
        "2015-09-22", "2026-09-22",  # 国民の休日
        "2020-07-24", "2021-07-23",  # 東京大会で移った祝日
        "2024-12-29", "2025-01-03", "2026-11-21",
    ],
)  # fmt: skip
def test_closed(day):
    assert calendar.is_closed(date.fromisoformat(day))


@pytest.mark.parametrize(
    "day", ["2019-12-23", "2020-10-12", "2021-07-19", "2024-12-27", "2025-01-06", "2026-11-24"]
)
def test_open(day):
    assert not calendar.is_closed(date.fromisoformat(day))


@pytest.mark.parametrize("year", [1999, 2028])
def test_year_without_holidays_raises(year):
    with pytest.raises(calendar.NoHolidays, match=f"holidays.toml: {year} 年の祝日がありません"):
        calendar.is_closed(date(year, 6, 1))


def test_last_open_year_end_needs_the_next_year():
    with pytest.raises(calendar.NoHolidays):
        calendar.roll_forward(date(2027, 12, 31))


@pytest.mark.parametrize(
    ("first_day", "months", "last"),
    [
        ("2022-08-02", 1, "2022-09-01"),
        ("2023-05-31", 1, "2023-06-30"),  # 応当日がない
        ("2023-06-01", 1, "2023-06-30"),
        ("2021-05-01", 3, "2021-07-31"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 24, "2026-02-28"),  # 閏日から2年
        ("2024-03-01", 24, "2026-02-28"),
        ("2023-12-01", 1, "2023-12-31"),
        ("2023-07-01", 60, "2028-06-30"),
        ("2023-07-01", 0, "2023-06-30"),
    ],
)
def test_period_by_months(first_day, months, last):
    assert calendar.last_day(date.fromisoformat(first_day), months) == date.fromisoformat(last)


def test_roll_forward_is_the_first_open_day():
    for offset in range(0, 365 * 27, 3):
        day = date(2000, 1, 1) + timedelta(days=offset)
        rolled = calendar.roll_forward(day)
        between = [day + timedelta(days=n) for n in range((rolled - day).days)]
        assert all(map(calendar.is_closed, between)), day
        assert not calendar.is_closed(rolled), day

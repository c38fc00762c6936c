"""The city's calendar. Days are counted as integers from 1970-01-01, so that whole columns move at once."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from law.calendar import is_closed, roll_forward

EPOCH = date(1970, 1, 1).toordinal()
NEVER = 1_000_000
LEVY_YEARS = 10
INSTALLMENTS = 10
NOMINAL_DUE = ((6, 30), (7, 31), (8, 31), (9, 30), (10, 31), (11, 30), (12, 25), (1, 31), (2, 28), (3, 31))


def is_business_day(day: date) -> bool:
    """True when the office is open on that day."""
    return not is_closed(day)


def number(day: date) -> int:
    """The day number of a date."""
    return day.toordinal() - EPOCH


def date_of(day: int) -> date:
    """The date of a day number."""
    return date.fromordinal(int(day) + EPOCH)


def fiscal_year(days: np.ndarray) -> np.ndarray:
    """The fiscal year (April to March) of each day number; NEVER gives a year far away."""
    months = np.asarray(days).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return 1970 + (months - 3) // 12


def booking_year(booked: np.ndarray, assessed: np.ndarray) -> np.ndarray:
    """会計年度: the year of booking; in 出納整理期間 (4/1–5/31) the year just ended, for that year's assessments."""
    year = fiscal_year(booked)
    month = np.asarray(booked).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    return np.where(((month == 3) | (month == 4)) & (assessed == year - 1), year - 1, year)


def two_years_after(days: np.ndarray) -> np.ndarray:
    """The same calendar day two years later (2/29 → 2/28): the last day of a 料's 時効 (国保法110条1項)."""
    day = np.asarray(days).astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    last = (month + 25).astype("datetime64[D]") - 1
    moved = np.minimum((month + 24).astype("datetime64[D]") + (day - month.astype("datetime64[D]")), last)
    return np.where(np.asarray(days) >= NEVER, NEVER, moved.astype(np.int64))


@dataclass(frozen=True)
class Clock:
    """`days` business days that end on `business_date`: the first and those of `full_on` bring full feeds, the others
    differences. The city is the same whichever days are full."""

    business_date: date
    days: int = 2
    full_on: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        if not is_business_day(self.business_date):
            raise ValueError(f"{self.business_date} は閉庁日です。開庁日を指定してください。")
        if self.days < 1:
            raise ValueError("日数は 1 以上を指定してください。")
        if set(self.full_on) - set(self.feed_dates):
            raise ValueError(f"全件を送る日は {self.feed_dates[0]} から {self.business_date} の開庁日から指定してください。")

    @cached_property
    def feed_dates(self) -> tuple[date, ...]:
        """The business dates that get feeds, oldest first."""
        found = [self.business_date]
        while len(found) < self.days:
            day = found[-1] - timedelta(days=1)
            while not is_business_day(day):
                day -= timedelta(days=1)
            found.append(day)
        return tuple(reversed(found))

    def is_full(self, day: date) -> bool:
        """True when the feeds of that day are whole."""
        return day == self.feed_dates[0] or day in self.full_on

    @cached_property
    def first(self) -> int:
        """Day number of the full feed."""
        return number(self.feed_dates[0])

    @cached_property
    def last(self) -> int:
        """Day number of the last feed; nothing in the city happens after it."""
        return number(self.business_date)

    @cached_property
    def levy_years(self) -> tuple[int, ...]:
        """The ten levy years, oldest first; the last is the running one."""
        this = int(fiscal_year(np.array([self.last]))[0])
        return tuple(range(this - LEVY_YEARS + 1, this + 1))

    @cached_property
    def due(self) -> np.ndarray:
        """Due dates, shape (levy year, installment): month's end, 12/25, rolled over closed days."""
        return np.array([[number(roll_forward(date(year + (month < 4), month, day))) for month, day in NOMINAL_DUE]
                         for year in self.levy_years])

    @cached_property
    def month_start(self) -> np.ndarray:
        """First day of each of the 121 months from April of the first levy year."""
        first = np.datetime64(f"{self.levy_years[0]}-04", "M")
        return (first + np.arange(12 * LEVY_YEARS + 1)).astype("datetime64[D]").astype(np.int64)

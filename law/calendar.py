"""Closed days, due dates that roll forward, and periods counted by months (民法139条–143条)."""

from calendar import monthrange
from datetime import date, timedelta

from law.files import LawFileInvalid
from law.parameters import HOLIDAY_FILE, holidays, year_end

DAY = timedelta(days=1)
SATURDAY = 5


class NoHolidays(LawFileInvalid):
    """その年の祝日がない。"""


def is_closed(day: date) -> bool:
    """土・日・祝日・年末年始. Raises NoHolidays for a year that holidays.toml does not hold."""
    if date(day.year, 1, 1) not in holidays():  # 元日のない年は、まだ書かれていない年
        raise NoHolidays(
            f"{HOLIDAY_FILE}: {day.year} 年の祝日がありません。官報の暦要項で確かめて1件足してください。"
        )
    first, last = year_end()
    is_year_end = (day.month, day.day) >= first or (day.month, day.day) <= last
    return day.weekday() >= SATURDAY or day in holidays() or is_year_end


def roll_forward(day: date) -> date:
    """The day itself, or the next open day. Due dates already billed are stored, never recomputed."""
    while is_closed(day):
        day += DAY
    return day


def last_day(first_day: date, months: int) -> date:
    """Last day of a period of `months` whose first counted day is `first_day` (民法143条2項).

    The day before the 応当日; where the last month has no 応当日, that month's last day.
    """
    year, month = divmod(first_day.year * 12 + first_day.month - 1 + months, 12)
    length = monthrange(year, month + 1)[1]
    if first_day.day > length:
        return date(year, month + 1, length)
    return date(year, month + 1, first_day.day) - DAY

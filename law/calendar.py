"""Closed days, due dates that roll forward, and periods counted by months (民法139条–143条)."""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from law.files import Entry, LawFileInvalid, entries_in, kinds_of

HOLIDAY_FILE = "holidays.toml"
DAY = timedelta(days=1)
SATURDAY = 5


class NoHolidays(LawFileInvalid):
    """その年の祝日がない。"""


@lru_cache
def holidays() -> dict[date, str]:
    """Every 国民の祝日・休日 on file, with its name. Raises LawFileInvalid for a day outside its entry's year."""
    found: dict[date, str] = {}
    for entry in entries_in(HOLIDAY_FILE, "year"):
        for text, name in entry["value"].items():
            day = _iso_day("year", entry, text)
            if day.year != entry["from"].year:
                raise LawFileInvalid(
                    f"{HOLIDAY_FILE} の year {entry['from'].year}: {day} は別の年の日です。移してください。"
                )
            found[day] = str(name)
    return found


def is_year_end(day: date, levy_kind: str = "料") -> bool:
    """年末年始 by the entry in force on that day (料: the city's own). Raises LawFileInvalid where there is none."""
    for from_date, first, last in reversed(_year_ends(levy_kind)):
        if from_date <= day:
            return (day.month, day.day) >= first or (day.month, day.day) <= last
    raise LawFileInvalid(
        f"{HOLIDAY_FILE} の year_end: {levy_kind} の {day} の項目がありません。書き足してください。"
    )


@lru_cache
def _year_ends(levy_kind: str) -> tuple[tuple[date, tuple[int, int], tuple[int, int]], ...]:
    """(from, first, last) of the closed days around New Year, oldest first; first and last as (month, day)."""
    found = []
    for entry in entries_in(HOLIDAY_FILE, "year_end"):
        if levy_kind in kinds_of(entry):
            days = (_iso_day("year_end", entry, f"2000-{entry['value'][key]}") for key in ("first", "last"))
            found.append((entry["from"], *((day.month, day.day) for day in days)))
    return tuple(found)


def _iso_day(setting: str, entry: Entry, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise LawFileInvalid(
            f"{HOLIDAY_FILE} の {setting} {entry['from']}: {text} は日付ではありません。2026-01-01 の形に直してください。"
        ) from None


def is_closed(day: date, levy_kind: str = "料") -> bool:
    """土・日・祝日・年末年始. Raises NoHolidays for a year that holidays.toml does not hold."""
    if date(day.year, 1, 1) not in holidays():  # 元日のない年は、まだ書かれていない年
        raise NoHolidays(
            f"{HOLIDAY_FILE}: {day.year} 年の祝日がありません。官報の暦要項で確かめて1件足してください。"
        )
    return day.weekday() >= SATURDAY or day in holidays() or is_year_end(day, levy_kind)


def roll_forward(day: date, levy_kind: str = "料") -> date:
    """The day itself, or the next open day. Due dates already billed are stored, never recomputed."""
    while is_closed(day, levy_kind):
        day += DAY
    return day


def opens_on(day: date, levy_kind: str = "料") -> date | None:
    """The same, or None where the calendar of that year is not on file yet."""
    return open_days(levy_kind).get(day)


@lru_cache
def open_days(levy_kind: str = "料") -> dict[date, date]:
    """Every day on file → itself or the next open day; the last days of the last year, whose next is unknown, are not in."""
    first, last = min(holidays()), date(max(holidays()).year, 12, 31)
    found: dict[date, date] = {}
    following = None
    for offset in range((last - first).days, -1, -1):
        day = first + timedelta(days=offset)
        following = following if is_closed(day, levy_kind) else day
        if following:
            found[day] = following
    return found


def may_fall_due(due_date: date, nominal: date, levy_kind: str = "料") -> bool:
    """Does a stored due date follow from its nominal day by the roll-forward? (A check; the stored date stands.)"""
    return roll_forward(nominal, levy_kind) == due_date


def is_rolled_into_month(due_date: date, levy_kind: str = "料") -> bool:
    """Did a due date at the end of a month roll into this one (月末が休日で月初にずれ込んだ納期限)?"""
    return opens_on(due_date.replace(day=1) - DAY, levy_kind) == due_date


def last_day(first_day: date, months: int) -> date:
    """Last day of a period of `months` whose first counted day is `first_day` (民法143条2項).

    The day before the 応当日; where the last month has no 応当日, that month's last day.
    """
    year, month = divmod(first_day.year * 12 + first_day.month - 1 + months, 12)
    length = monthrange(year, month + 1)[1]
    if first_day.day > length:
        return date(year, month + 1, length)
    return date(year, month + 1, first_day.day) - DAY

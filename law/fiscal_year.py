"""会計年度 (地方自治法208条), the 出納整理期間 after it (235条の5), and the year a revenue belongs to (地方自治法施行令142条)."""

from datetime import date

from law.in_force import value

FILE = "fiscal_year.toml"
TABLED = range(2000, 2101)
ERAS = ((date(2019, 5, 1), "令和", "R"), (date(1989, 1, 8), "平成", "H"), (date(1926, 12, 25), "昭和", "S"),
        (date(1912, 7, 30), "大正", "T"), (date(1868, 1, 25), "明治", "M"))  # 元号を改める政令


def fiscal_year(day: date) -> int:
    """The fiscal year, named by the calendar year in which it opens, that holds `day`."""
    return day.year if f"{day:%m-%d}" >= value(FILE, "first_day", day, str).value else day.year - 1


def era(day: date) -> tuple[str, str, int]:
    """(令和, R, 8) of a day: the era, its letter, and the year of it."""
    start, name, letter = next(each for each in ERAS if day >= each[0])
    return name, letter, day.year - start.year + 1


def called(year: int) -> str:
    """令和8年度: what the office calls the year that opens in April of `year`; the first of an era is 元年度."""
    name, _, count = era(date(year, 5, 1))
    return f"{name}{'元' if count == 1 else count}年度"


def opens_on(year: int) -> date:
    """First day of the fiscal year."""
    return date.fromisoformat(f"{year}-{value(FILE, 'first_day', date(year, 1, 1), str).value}")


def accounts_close_on(year: int) -> date:
    """Last day on which what was assessed for the year still comes in as its own (出納閉鎖)."""
    return date.fromisoformat(f"{year + 1}-{value(FILE, 'accounts_close', date(year + 1, 1, 1), str).value}")


def booking_year(received_on: date, assessment_fiscal_year: int) -> int:
    """会計年度 of a receipt: the year of its day, or the one before for its own assessments until the accounts close."""
    is_in_time = received_on <= accounts_close_on(assessment_fiscal_year)
    return assessment_fiscal_year if is_in_time and received_on >= opens_on(assessment_fiscal_year) else fiscal_year(received_on)


def revenue_year(notified_on: date, nominal_due_on: date | None = None) -> tuple[int, str]:
    """(year, article) of a revenue: by the last day of its 納期 before any roll-forward, else by the day of its notice."""
    setting = "fixed_time_revenue" if nominal_due_on else "other_revenue"
    day = nominal_due_on or notified_on
    return fiscal_year(day), value(FILE, setting, day, str).reference


def rows() -> list[dict]:
    """Every fiscal year with its first day and the day its accounts close, for SQL."""
    return [{"fiscal_year": year, "opens_on": opens_on(year), "accounts_close_on": accounts_close_on(year)} for year in TABLED]

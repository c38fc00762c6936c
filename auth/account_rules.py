"""The city's own rules for accounts, by date: account_rules.toml. When they end, how long a first secret lives."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Rules:
    """What holds from `since` on: days, hours, months and words, as account_rules.toml explains them."""

    since: date
    year_ends: str
    vendor_roles: tuple[str, ...]
    vendor_days: int
    initial_hours: int
    review_months: int
    review_grace_days: int
    review_suspends_days: int
    staff_feed_limit_percent: int
    city_words: tuple[str, ...]


@lru_cache(maxsize=1)
def _every() -> tuple[Rules, ...]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    listed = ("vendor_roles", "city_words")
    rows = [Rules(row.pop("from"), **row | {name: tuple(row[name]) for name in listed}) for row in table["rules"]]
    return tuple(sorted(rows, key=lambda rules: rules.since))


def rules(day: date) -> Rules:
    """The rules of `day`; before the first row, the first."""
    return next((found for found in reversed(_every()) if found.since <= day), _every()[0])


def last_day(day: date, *, is_vendor: bool = False) -> date:
    """The latest day an account may be given on `day`: the end of the fiscal year, for a vendor `vendor_days` days."""
    held = rules(day)
    month, end = (int(part) for part in held.year_ends.split("-"))
    year_end = next(found for year in (day.year, day.year + 1) if (found := date(year, month, end)) >= day)
    return min(year_end, day + timedelta(days=held.vendor_days - 1)) if is_vendor else year_end


def quarter_start(day: date) -> date:
    """The first day of the review period that `day` lies in, counted from April."""
    months = rules(day).review_months
    since_april = (day.month - 4) % 12
    month = (since_april // months * months + 3) % 12 + 1
    return date(day.year if month <= day.month else day.year - 1, month, 1)

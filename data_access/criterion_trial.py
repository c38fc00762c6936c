"""一次審査の要件を試す: what would become of the counts under other 要件. Nothing is stored, nothing is adopted by it."""

from datetime import date

import polars as pl

from auth.access import User
from data_access.query import ask
from law.screening_settings import criteria, record_rules


def longest_age(as_of: date) -> int:
    """Days for which a record stands, as the settings are; the longest where they differ."""
    return max(rule.longest_age_days for rule in record_rules(as_of).values() if rule.longest_age_days)


def choices(as_of: date) -> dict[str, str]:
    """Every criterion in force: its name in the question → how a person reads it."""
    return {f"{each.ground} {each.clause} {each.target}": f"{each.ground}（{each.clause}）{each.meaning}" for each in criteria(as_of)}


def trial(user: User, district: str | None, longest_age_days: int, left_out: list[str]) -> pl.DataFrame:
    """号 × verdict: people and yen now, and as tried. Raises NotAllowed as `ask` does."""
    return ask(user, "suspension_what_if", district=district, longest_age_days=longest_age_days, left_out=left_out)

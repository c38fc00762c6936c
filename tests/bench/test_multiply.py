"""A city three times over is three cities: whatever a manager asks is three times as much, and every rate is as it was."""

from decimal import Decimal

import polars as pl
import pytest

from bench import city, multiply
from data_access import change, query
from pages.parts.rate_parts import DIMENSIONS
from tests import staff

TIMES = 3
MULTIPLIED = ("yen", "_count", "count_before", "people")
WHOLE = {"district": None}


def asked(year: int) -> dict[str, dict[str, object]]:
    """A name → the question and what it is asked with."""
    chosen = dict(fiscal_year=year, year_class="合計", **WHOLE)
    return {
        "rate_by_year": WHOLE,
        **{f"rate_by_dimension {name}": dict(dimension=name, **chosen) for name in DIMENSIONS},
        "rate_by_month": chosen,
        "deadline_months": dict(months=12, **WHOLE),
        "monthly_report": {},
        "suspension_summary": WHOLE,
        "suspension_breakdown": dict(dimension="滞納額", verdict="資料不足", **WHOLE),
        "suspension_lacking": WHOLE,
        "plan_load": dict(dimension="担当者", no_contact_days=90, **WHOLE),
        "plan_stages": dict(dimension="地区", **WHOLE),
        "plan_kept": dict(dimension="地区", **WHOLE),
        "worklist_queues": WHOLE,
        "write_off_parts": dict(dimension="事由", is_booked=True, **WHOLE),
        "analysis_exact": dict(first="district", second="case_stage", third=None, only=None, value=None),
    }


def answers() -> dict[str, pl.DataFrame]:
    """What the served city says to each, and what moved since the day before."""
    found = {name: query.ask(staff.CHIEF, name.split()[0], **params) for name, params in asked(query.standing().fiscal_year).items()}
    for measure in change.MEASURES:
        told = change.bridge(staff.CHIEF, query.kept()[1].id, measure, None)
        assert told.is_exact
        found[f"change_terms {measure}"] = told.rows
    return found


def times_over(found: pl.DataFrame) -> list[dict]:
    """Its rows as they must be in a city of that many."""
    figures = [name for name in found.columns if name.endswith(MULTIPLIED) and name != "point_yen"]  # a hundredth of the sum, rounded down
    return [{name: value if value is None or name not in figures else value * TIMES for name, value in row.items() if name != "point_yen"}
            for row in found.iter_rows(named=True)]


@pytest.mark.slow
def test_three_cities_side_by_side_are_asked_like_one(tmp_path, monkeypatch):
    for name in ("CONSOLE_HOME", "CONSOLE_TODAY", "CONSOLE_SECOND_FACTOR"):
        monkeypatch.setenv(name, "")  # so that what city and multiply set is taken back
    home = city.published(tmp_path, 300, "two", days=2)
    once = answers()
    multiply.multiplied(home, TIMES)
    many = answers()
    for name, found in once.items():
        own = many[name].drop("point_yen", strict=False).rows(named=True)
        assert found.height
        assert sorted(own, key=_order) == sorted(times_over(found), key=_order), name


def _order(row: dict) -> tuple:
    return tuple(("", value) if isinstance(value, str) else (str(value), "") for value in row.values() if not isinstance(value, int | Decimal))

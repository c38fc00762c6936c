"""督促, 執行停止, 収納率."""

from datetime import date
from decimal import Decimal

import pytest

from law import collection_rate, demand, suspension


def test_demand_deadline_counts_from_the_day_after_the_due_date():
    assert demand.deadline(date(2026, 6, 30)) == date(2026, 7, 20)


@pytest.mark.parametrize(
    ("kind", "designated", "expected"),
    [
        ("料", None, date(2023, 10, 12)),
        ("料", date(2023, 10, 11), date(2023, 10, 12)),
        ("料", date(2023, 10, 20), date(2023, 10, 21)),
        ("料", date(2023, 10, 5), date(2023, 10, 12)),
        ("税", date(2023, 10, 20), date(2023, 10, 12)),
    ],
)
def test_seizable_from(kind, designated, expected):
    found = demand.seizable_from(date(2023, 10, 1), designated, kind)
    assert found.on == expected
    assert found.after_dispatch == date(2023, 10, 12)
    assert (found.after_designated_deadline - (designated or date(2023, 10, 11))).days == 1
    assert all(found.articles)


@pytest.mark.parametrize(
    ("decided_on", "end"),
    [
        ("2023-10-01", "2026-10-01"),
        ("2024-02-28", "2027-02-28"),
        ("2024-02-29", "2027-02-28"),
        ("2024-12-31", "2027-12-31"),
    ],
)
def test_three_years_of_suspension(decided_on, end):
    assert suspension.three_years_end(date.fromisoformat(decided_on)) == date.fromisoformat(end)


def test_hardship_limit():
    assert [suspension.hardship_limit(n, date(2026, 4, 1)) for n in (0, 1, 3)] == [100_000, 145_000, 235_000]


@pytest.mark.parametrize(
    ("received", "assessed", "expected"),
    [
        (1, 3, "33.33"),
        (2, 3, "66.67"),
        (1, 8, "12.50"),
        (12_345, 1_000_000, "1.23"),
        (12_350, 1_000_000, "1.24"),  # 1.235 は切上げ
        (-12_350, 1_000_000, "-1.24"),
        (0, 10, "0.00"),
        (11, 10, "110.00"),
        (10**17 + 1, 10**17 * 3, "33.33"),
    ],
)
def test_collection_rate_is_rounded_half_up(received, assessed, expected):
    assert collection_rate.rate(received, assessed) == Decimal(expected)
    assert str(collection_rate.rate(received, assessed)) == expected


def test_collection_rate_without_assessment_is_unknown():
    assert collection_rate.rate(5, 0) is None

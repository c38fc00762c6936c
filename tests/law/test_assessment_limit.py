"""賦課決定の期間制限: the last day, and the exception of 料."""

from datetime import date

import pytest

from law.assessment_limit import explain

FIRST_DUE = date(2024, 6, 30)


@pytest.mark.parametrize(
    ("levy_kind", "is_lower", "last_on", "article"),
    [
        ("料", False, "2026-06-30", "国民健康保険法110条の2第1項"),
        ("料", True, "2026-06-30", "国民健康保険法110条の2第1項"),
        ("税", False, "2027-06-30", "地方税法17条の5第3項"),
        ("税", True, "2029-06-30", "地方税法17条の5第4項"),
    ],
)
def test_last_day(levy_kind, is_lower, last_on, article):
    found = explain(FIRST_DUE, is_lower, levy_kind)
    assert (str(found.last_on), found.article) == (last_on, article)
    assert [found.allows(day) for day in (found.last_on, date(found.last_on.year, 7, 1))] == [True, False]


def test_a_late_adjustment_lowers_the_premium_after_the_limit():
    found = explain(FIRST_DUE, True, "料", is_late_adjustment=True)
    assert (found.last_on, found.needs_person, found.article) == (None, True, "国民健康保険法110条の2第2項")
    assert found.allows(date(2035, 1, 1))
    assert explain(FIRST_DUE, False, "料", is_late_adjustment=True).last_on == date(2026, 6, 30)
    assert explain(FIRST_DUE, True, "税", is_late_adjustment=True).last_on == date(2029, 6, 30)


def test_a_period_that_begins_where_there_is_no_such_day():
    assert explain(date(2024, 2, 28), False, "料").last_on == date(2026, 2, 28)  # 起算 2/29

"""Readers without persons: nothing that is shown, and nothing that can be made of it, is of fewer than ten people."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from data_access import connection, query, small_cell
from data_access.small_cell import LEAST, PROTECTED, groups, least
from tests.data_access.test_derived_twins import balances  # noqa: F401 - a fixture
from tests.data_access.test_rate_parts import slices  # noqa: F401 - a fixture
from tests.staff import ANALYST, AUDITOR, CHIEF

YEARS = (2025, 2026)
CLASSES = ("現年", "滞繰")
DIMENSIONS = {"地区": "district", "期別": "installment_no", "納付方法": "payment_method", "相当年度": "levy_year"}
CELL = st.dictionaries(st.tuples(st.sampled_from(YEARS), st.sampled_from(CLASSES), st.just("")), st.integers(1, 40), max_size=4).map(Counter)


@given_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the first draw is slow on a busy machine
@given(st.dictionaries(st.sampled_from([PROTECTED, *"ABCDEFG"]), CELL, min_size=1))
def test_whoever_subtracts_gets_ten_or_nobody(counts):
    """Every sum and difference of what is told, over the groups of a table and its classes, is of whole groups."""
    found = groups(sorted(counts), counts)
    assert sorted(part for group in found for part in group) == sorted(counts)
    if least(sum(counts.values(), Counter())) < LEAST:  # so few in all that the city's own figure is of few
        assert len(found) == 1
        return
    assert [PROTECTED] not in found or len(found) == 1
    for size in range(1, len(found) + 1):
        for chosen in combinations(found, size):
            together = sum((counts[part] for group in chosen for part in group), Counter())
            assert all(persons >= LEAST for persons in together.values()), chosen


def test_the_least_is_counted_from_below():
    assert least(Counter({(2026, "現年", "1"): 12, (2026, "現年", "2"): 30, (2026, "滞繰", "1"): 4})) == 4
    assert least(Counter()) == LEAST


def test_no_part_by_officer_age_income_or_component_is_of_so_few(city, rows, slices, balances):  # noqa: F811
    """The people behind every part that is told, counted from the city's files, in each year and class."""
    told = {(dimension, part): group or "その他" for dimension, part, group in connection.engine().connection.cursor().execute(
        "select dimension, part, told from serving.told_with where dimension in ('officer', 'age_band', 'income_class', 'component')").fetchall()}
    codes = {(row["dimension"], row["part_name"]): row["part"] for row in rows.derived("rate_part")}
    behind: dict[tuple, set[str]] = {}
    for dimension, part, year, kind, _, key, _ in slices:
        if (dimension, codes[dimension, part]) in told:
            behind.setdefault((dimension, told[dimension, codes[dimension, part]], year, kind), set()).add(balances[key]["atena_number"])
    assert {dimension for dimension, *_ in behind} == {"officer", "age_band", "income_class", "component"}
    assert min(map(len, behind.values())) >= LEAST, {key: len(numbers) for key, numbers in behind.items()}


@pytest.mark.parametrize("user", [ANALYST, AUDITOR], ids=lambda user: user.role)
def test_no_part_of_a_rate_is_of_so_few(city, user):
    """The parts that are shown, against the people behind them: whoever is in a part, taken from the source."""
    cursor = connection.engine().connection.cursor()
    persons = cursor.execute("""
        select distinct dimension, coalesce(told, 'その他') as told, assessment_fiscal_year, balance.atena_number
        from derived.balance as balance join derived.place as place using (atena_number), serving.told_with as told
        where part = case dimension when 'district' then district_code when 'installment_no' then installment_no
                                    when 'payment_method' then payment_method when 'levy_year' then levy_year::varchar end""").fetchall()
    behind = Counter((dimension, told, year) for dimension, told, year, _ in persons if year in YEARS)
    assert behind
    assert min(behind.values()) >= LEAST, behind
    for dimension, name in DIMENSIONS.items():
        for year_class in ("合計", *CLASSES):
            shown, whole = (query.ask(who, "rate_by_dimension", dimension=dimension, district=None, fiscal_year=2026, year_class=year_class)
                            for who in (user, CHIEF))
            assert "特別管理" not in shown["part"].to_list()
            whole, all_of_it = whole[:-1], shown[-1]
            shown = shown[:-1]
            assert all_of_it["part"].to_list() == ["合計"]
            assert shown.height <= len({told for told in behind if told[0] == name}) or shown.height == 1
            if user is AUDITOR:  # an analyst's amounts are the same, rounded (test_rounded.py)
                assert shown["assessed_yen"].sum() == whole["assessed_yen"].sum() == all_of_it["assessed_yen"].item(), "the city's figure is everybody's"


def test_months_of_few_receipts_are_told_with_the_next(city):
    for year_class in CLASSES:
        shown, whole = (query.ask(who, "rate_by_month", district=None, fiscal_year=2026, year_class=year_class) for who in (AUDITOR, CHIEF))
        assert shown["received_yen"].sum() == whole["received_yen"].sum()
        assert set(shown["booked_month"]) <= set(whole["booked_month"])
    counted = connection.engine().connection.cursor().execute(
        "select sum(receipt_count) from derived.rate_month as rate join serving.told_with as told on dimension = 'booked_month' "
        "and part = booked_month::varchar and told.fiscal_year = rate.fiscal_year group by rate.fiscal_year, year_class, told").fetchall()
    assert min(count for (count,) in counted) >= LEAST


def test_counts_below_ten_are_not_told(city):
    cursor = connection.engine().connection.cursor()
    truth = {row[:2]: row[2] for row in cursor.execute(
        "select ground, verdict, count(*) from derived.screening join serving.delinquent using (atena_number) group by all").fetchall()}
    shown = query.ask(ANALYST, "suspension_summary", district=None).to_dicts()
    assert {row["verdict"] for row in shown} == {"該当の疑い", "資料不足"}, "what a total would give back is left out"
    for row in shown:
        count = truth[row["ground"], row["verdict"]]
        assert (row["case_count"], row["active_yen"] is None) == ((count, False) if count >= LEAST else (None, True))
    assert any(row["case_count"] is None for row in shown), "the small city has such a cell"
    for row in query.ask(ANALYST, "difference_summary", district=None).to_dicts():
        assert row["case_count"] is None or row["case_count"] >= LEAST
        assert (row["difference_yen"] is None) == (row["case_count"] is None)
    assert query.ask(CHIEF, "suspension_summary", district=None)["case_count"].null_count() == 0


def test_the_protected_are_never_alone():
    counts = {PROTECTED: Counter({(2026, "現年", ""): 50}), "D01": Counter({(2026, "現年", ""): 50}), "D02": Counter({(2026, "現年", ""): 50})}
    assert groups([PROTECTED, "D01", "D02"], counts) == [[PROTECTED, "D01"], ["D02"]]
    assert small_cell.LEAST == 10

"""Readers of rounded amounts (gate.md B17): what they see is the exact figure rounded once, and no pair of views gives a person's amount."""

from itertools import combinations, product

import polars as pl
import pytest

from auth.access import permissions, rounded_to
from data_access import query
from data_access.annual_report import asked
from data_access.question import question
from data_access.write_off_effect import TERMS, effect
from law.collection_rate import points
from law.collection_rate import rate as percent
from pages.parts.rate_parts import DIMENSIONS
from tests.queries.every_question import NAMES
from tests.staff import ADMIN, ANALYST, AUDITOR, CHIEF, STAFF

UNIT = 1_000
YEARS, CLASSES = (2025, 2026), ("合計", "現年", "滞繰")
DISTRICTS = (None, "X00", *(f"D{number:02}" for number in range(1, 9)))
VIEWS = {
    "rate_by_year": [{"district": district} for district in DISTRICTS],
    "rate_by_dimension": [{"dimension": dimension, "district": district, "fiscal_year": year, "year_class": part}
                          for dimension, district, year, part in product(DIMENSIONS, DISTRICTS, YEARS, CLASSES)],
    "rate_by_month": [{"district": district, "fiscal_year": year, "year_class": part} for district, year, part in product(DISTRICTS, YEARS, CLASSES)],
    "monthly_report": [{}],
    "annual_report": [asked(year) for year in YEARS],
    "rate_footing": [{"dimensions": ["年齢", "期別", "地区"], "fiscal_year": year} for year in YEARS],
    "rate_cohort": [{"district": district} for district in DISTRICTS],
    "suspension_summary": [{"district": None}],
    "suspension_breakdown": [{"dimension": dimension, "verdict": verdict, "district": None}
                             for dimension, verdict in product(("地区", "年齢", "滞納額", "足りない資料"), ("該当の疑い", "資料不足"))],
    "suspension_lacking": [{"district": None}],
    "write_off_effect": [{"district": district} for district in DISTRICTS],
    "write_off_parts": [{"dimension": dimension, "is_booked": is_booked, "district": None} for dimension, is_booked in product(("事由", "区分", "年数", "逃したこと"), (True, False))],
    "difference_summary": [{"district": None}],
    "intake_history": [{}],
}
# question → rate → the exact sums over and under the line; of the others one of the two is not among the columns
RATES = {
    "rate_by_year": {"rate": (lambda row: row["received_yen"], lambda row: row["assessed_yen"]),
                     "same_day_rate": (lambda row: row["received_same_day_yen"], lambda row: row["assessed_same_day_yen"])},
    "rate_by_dimension": {"same_day_rate": (lambda row: row["received_same_day_yen"], lambda row: row["assessed_yen"])},
    "rate_cohort": {"collected_rate": (lambda row: row["received_so_far_yen"], lambda row: row["assessed_yen"])},
    "annual_report": {"settlement_rate": (lambda row: row["received_yen"] - row["refund_due_yen"], lambda row: row["assessed_yen"])},
}
# report → its lines of the whole city; of the others, which are parts, only what was assessed and came in is told
WHOLE_CITY = {"monthly_report": {"収納状況", "月別の収納", "滞納の現在高", "滞納整理の状況"}, "annual_report": {"決算", "不納欠損の事由別", "滞納整理の状況"}}
OF_A_PART = {"refund_due_yen", "written_off_yen", "outstanding_yen", "whereabouts_unknown_yen", "settlement_rate", "settlement_rate_change"}
UNTOLD = {"same_day_rate", "rate_before", "rate_change", "city_rate", "settlement_rate_change", "settlement_rate", "annual_rate"}


@pytest.fixture(autouse=True)
def every_day_is_offered(monkeypatch):
    """Rounding holds by itself, without what month ends add to it (tests/data_access/test_month_ends.py)."""
    monkeypatch.setattr(query, "sees_month_ends", lambda user: False)


def may_ask(user) -> set[str]:
    return {name for name in NAMES if question(name).action in permissions().roles[user.role].actions}


def amounts(frame: pl.DataFrame) -> list[str]:
    return [name for name in frame.columns if name == "yen" or name.endswith("_yen")]


def rounded(yen: int | None) -> int | None:
    return None if yen is None else (yen + UNIT // 2) // UNIT * UNIT


def test_the_views_are_all_that_such_a_reader_can_ask():
    assert may_ask(ANALYST) == set(VIEWS)
    assert may_ask(ANALYST) <= may_ask(AUDITOR), "whose figures are the same, to the yen"
    assert may_ask(ADMIN) <= set(VIEWS)
    assert {user.role for user in STAFF if rounded_to(user) == UNIT} == {"analyst", "admin"}


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_every_answer_is_the_exact_one_rounded_once(city, name):
    """The twin, cell by cell: amounts from their exact sums, rates from the rounded amounts, everything else as it is."""
    for params in VIEWS[name]:
        mine, exact = (query.ask(user, name, **params) for user in (ANALYST, AUDITOR))
        assert mine.columns == exact.columns
        assert mine.height == exact.height
        for own, theirs in zip(mine.iter_rows(named=True), exact.iter_rows(named=True), strict=True):
            is_part = name in WHOLE_CITY and theirs["section"] not in WHOLE_CITY[name]
            for column, value in theirs.items():
                if is_part and column in OF_A_PART:
                    assert own[column] is None, (name, params, column, "one person's refund could be worked out")
                elif column in amounts(exact):
                    assert own[column] == rounded(value), (name, params, column)
                elif column in RATES.get(name, {}) and None not in (theirs.get("received_yen", 0), theirs.get("refund_due_yen", 0), theirs.get("assessed_yen", 0)):
                    part, whole = (rounded(of(theirs)) for of in RATES[name][column])
                    assert own[column] == (percent(part, whole) if None not in (part, whole) else None), (name, params, column)
                elif column not in UNTOLD:
                    assert own[column] == value, (name, params, column)
            if None not in (own.get("same_day_rate"), own.get("rate_before")):
                assert own["rate_change"] == points(own["same_day_rate"], own["rate_before"])


def seen(user) -> tuple[dict[tuple, int], set[int]]:
    """Every amount on every day and through every filter: the cell it stands in → yen; and the values alone."""
    cells = {}
    for kept in query.kept():
        for name in may_ask(user) & set(VIEWS):
            for params in VIEWS[name]:
                frame = query.ask(user, name, snapshot_id=kept.id, **params)
                own = amounts(frame)
                keys = [column for column in frame.columns if frame.schema[column] in (pl.String, pl.Date, pl.Int32) or column == "fiscal_year"]
                for place, row in enumerate(frame.iter_rows(named=True)):
                    for column in own:
                        if row[column] is not None:
                            cells[kept.business_date, name, str(params), tuple(str(row[key]) for key in keys) or place, column] = row[column]
    return cells, set(cells.values())


def by_one_person(cells: dict[tuple, int], theirs: set[int]) -> set[int]:
    """Differences of one cell between two days, and of two cells, that are exactly what one person owes, paid or was assessed."""
    values = sorted(set(cells.values()))
    return {later - earlier for earlier, later in combinations(values, 2) if later - earlier in theirs}


@pytest.mark.slow
def test_no_difference_of_two_views_is_one_persons_amount(own_city, rows):
    """Over all pairs of (day, filter): an exact reader's differences hold many persons' amounts; a rounded reader's hold none to the yen."""
    people = {row["atena_number"]: row for row in rows.derived("delinquent")}
    theirs = {row[name] for row in people.values() for name in ("unpaid_yen", "current_unpaid_yen", "carried_unpaid_yen", "charge_yen", "active_yen") if row.get(name)}
    theirs |= {row[name] for row in rows.derived("balance") for name in ("assessed_yen", "received_yen", "unpaid_yen") if row[name]}
    uneven = {yen for yen in theirs if yen % UNIT}
    assert len(uneven) > 200
    assert len(query.kept()) == 2
    exact, rough = seen(AUDITOR)[0], seen(ANALYST)[0]
    assert len(by_one_person(exact, uneven)) > 20, "the attack works where amounts are exact"
    assert by_one_person(rough, uneven) == set()
    assert {yen % UNIT for yen in rough.values()} == {0}
    days = sorted({key[0] for key in rough})
    moved = {key[1:] for key in exact if key[0] == days[0] and exact.get((days[1], *key[1:]), exact[key]) != exact[key]}
    assert moved, "two days differ"
    for key in moved:
        truth, told = (cells[days[1], *key] - cells[days[0], *key] for cells in (exact, rough))
        assert abs(truth - told) <= UNIT
        assert truth % UNIT == 0 or told != truth


def test_the_effect_of_a_write_off_stands_on_rounded_terms(city):
    year = query.standing().fiscal_year
    found, exact = effect(ANALYST, None, year), effect(CHIEF, None, year)
    if found.waiting_yen is not None:
        assert found.waiting_yen % UNIT == 0
        assert abs(found.waiting_yen - exact.waiting_yen) <= 2 * UNIT
    assert all(yen % UNIT == 0 for name in TERMS for yen in found.rows[name])

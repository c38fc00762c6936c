"""見込 and cohort curves beside plain Python from the city's files; the back-test knows nothing later; what cannot be forecast is not."""

import uuid
from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import polars as pl
import pytest

from casework.collection_plan import CITY, QUEUES, Plan, approve, propose
from data_access import connection, forecast, small_cell, target
from data_access.forecast import NOT_CLOSED, NOT_TOLD, NOTHING_YET, TOO_SHORT, forecasts
from data_access.query import ask
from law.fiscal_year import fiscal_year
from tests.conftest import CLOCK
from tests.data_access.source_rows import one
from tests.data_access.test_derived_twins import balances, lived_years  # noqa: F401 - a fixture and what it makes
from tests.staff import AUDITOR, CHIEF, MANAGER

TODAY = date(2026, 10, 30)
CENT = Decimal("0.01")


def shown(part: Fraction | int, whole: Fraction | int) -> Decimal:
    exact = Fraction(part) * 100 / whole
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(CENT, ROUND_HALF_UP)


@pytest.fixture(scope="module")
def paces(rows, balances) -> dict[tuple[int, str], list[int]]:  # noqa: F811
    """(year, class) → 調定 then, 収納 then, 調定 in the end, 収納 − 還付未済 in the end; installment by installment."""
    this_year, found = fiscal_year(rows.as_of), {}
    notices, history = one(rows.source("annual_assessment"), "notice_number"), rows.source("assessment_history")
    for key, year, kind, opening, received, so_far, written_off in lived_years(rows, balances):
        day = date(year + rows.as_of.year - this_year, rows.as_of.month, rows.as_of.day)
        later = sum(row["after_yen"] - row["before_yen"] for row in history if (row["notice_number"], row["installment_no"]) == key and row["corrected_on"] > day)
        then = 0 if kind == "現年" and notices[(key[0],)]["notified_on"] > day else max(opening - later, 0)
        own = found.setdefault((year, kind), [0, 0, 0, 0])
        for place, yen in enumerate((then, so_far, opening, min(received, opening - written_off))):
            own[place] += yen
    return found


def plain(paces, year: int, parts: tuple[str, ...]) -> tuple[int, int]:
    """What the three years before `year` make of it, step by step."""
    collected = assessed = 0
    for part in parts:
        rest = came = then = in_the_end = 0
        for each in (year - 3, year - 2, year - 1):
            a, b, c, d = paces[each, part]
            rest, came, then, in_the_end = rest + a - b, came + d - b, then + a, in_the_end + c
        a, b, _, _ = paces[year, part]
        collected += b + int((Fraction((a - b) * came, rest) + Fraction(1, 2)) // 1)
        assessed += int((Fraction(a * in_the_end, then) + Fraction(1, 2)) // 1)
    return collected, assessed


def test_the_forecast_and_its_trials_are_what_the_receipts_say(city, rows, paces):
    found, this_year = forecasts(ask(CHIEF, "rate_by_year", district=None), rows.as_of), fiscal_year(rows.as_of)
    for name, parts in (("現年", ("現年",)), ("滞繰", ("滞繰",)), ("合計", ("現年", "滞繰"))):
        own = found[name]
        assert not own.refusal
        assert (own.collected_yen, own.assessed_yen) == plain(paces, this_year, parts)
        trials = []
        for year in range(this_year - 4, this_year):
            said, became = shown(*plain(paces, year, parts)), shown(sum(paces[year, part][3] for part in parts), sum(paces[year, part][2] for part in parts))
            trials.append((year, said, became, said - became))
        assert own.trials.rows() == trials
        widest = max(abs(error) for *_, error in trials)
        assert (own.rate, own.low, own.high) == (middle := shown(own.collected_yen, own.assessed_yen), max(middle - widest, 0), min(middle + widest, 100))
        assert own.chance == (4, 5)


def made(years: dict[int, tuple[int, int, int, int] | None], kinds=("現年", "滞繰")) -> pl.DataFrame:
    names = ("assessed_same_day_yen", "received_same_day_yen", "assessed_yen", "received_yen")
    return pl.DataFrame([{"fiscal_year": year, "year_class": kind, **dict(zip(names, yen or (100, 40, 100, None), strict=True))} for year, yen in years.items() for kind in kinds])


STEADY = dict.fromkeys(range(2020, 2027), (1_000, 400, 1_000, 940))


def test_a_steady_city_is_forecast_without_error():
    found = forecasts(made(STEADY), TODAY)["現年"]
    assert (found.collected_yen, found.assessed_yen, found.rate, found.low, found.high, found.chance) == (940, 1_000, Decimal("94.00"), Decimal("94.00"), Decimal("94.00"), (3, 4))


def test_the_trial_of_a_year_knows_nothing_of_it_or_later():
    before = forecasts(made(STEADY), TODAY)["現年"].trials.filter(pl.col("fiscal_year") < 2025)["forecast_rate"].to_list()
    changed = STEADY | {2025: (1_000, 400, 1_000, 500)}
    after = forecasts(made(changed), TODAY)["現年"]
    assert after.trials.filter(pl.col("fiscal_year") < 2025)["forecast_rate"].to_list() == before
    assert after.trials.rows()[-1] == (2025, Decimal("94.00"), Decimal("50.00"), Decimal("44.00"))
    assert after.high == Decimal(100), "a rate is no more than all of it"


@pytest.mark.parametrize(("years", "day", "refusal"), [
    ({year: yen for year, yen in STEADY.items() if year > 2020}, TODAY, TOO_SHORT),
    ({2026: STEADY[2026]}, TODAY, TOO_SHORT),
    ({year: yen for year, yen in STEADY.items() if year != 2023}, TODAY, TOO_SHORT),
    (STEADY | {2022: None}, TODAY, NOT_TOLD),
    (STEADY | {2026: (0, 0, 0, 0)}, TODAY, NOTHING_YET),
    ({year: yen for year, yen in STEADY.items() if year < 2026}, TODAY, NOTHING_YET),
    (STEADY, date(2026, 5, 31), NOT_CLOSED),
    (STEADY | {2020: (1_000, 1_000, 1_000, 1_000)}, TODAY, TOO_SHORT),  # nothing was open of which a share could have come in
], ids=["six years", "no past", "a gap", "not told", "nothing assessed", "no year", "before 出納閉鎖", "all paid"])
def test_what_cannot_be_forecast_is_not(years, day, refusal):
    for found in forecasts(made(years), day).values():
        assert found == forecast.Forecast(found.year_class, refusal)


def test_the_day_after_the_accounts_close_the_year_counts():
    years = STEADY | {2019: STEADY[2020]}
    assert forecasts(made(years), date(2026, 6, 1))["現年"].trials["fiscal_year"].to_list() == [2022, 2023, 2024, 2025]


def test_a_cohort_is_what_came_in_of_its_levy(city, rows):
    """相当年度 × month, from the receipts; the last point is all of it."""
    notices, came = one(rows.source("annual_assessment"), "notice_number"), Counter()
    assessed = Counter()
    for row in rows.source("installment"):
        assessed[notices[(row["notice_number"],)]["levy_year"]] += row["assessed_yen"]
    for row in rows.source("receipt"):
        notice = notices[(row["notice_number"],)]
        if notice["assessment_fiscal_year"] < row["fiscal_year"] and row["receipt_kind"] == "還付":
            continue  # 過年度の還付は歳出
        came[notice["levy_year"], (row["booked_on"].year - notice["levy_year"]) * 12 + row["booked_on"].month - 4] += row["principal_yen"]
    found = ask(CHIEF, "rate_cohort", district=None).to_dicts()
    assert {(row["levy_year"], row["month_index"]): row["received_yen"] for row in found} == {key: yen for key, yen in came.items() if key[0] > 2018}
    so_far = Counter()
    for row in found:
        so_far[row["levy_year"]] += row["received_yen"]
        assert (row["received_so_far_yen"], row["assessed_yen"]) == (so_far[row["levy_year"]], assessed[row["levy_year"]])
        assert row["collected_rate"] == shown(row["received_so_far_yen"], row["assessed_yen"])


def test_without_persons_a_cohort_has_one_point_a_year_of_the_same_money(city, monkeypatch):
    monkeypatch.setattr(small_cell, "LEAST", 1)  # the small city has too few people in a levy year
    connection._engines.clear()
    told, known = ask(AUDITOR, "rate_cohort", district=None), ask(CHIEF, "rate_cohort", district=None)
    connection._engines.clear()
    assert told.height
    assert set(told["month_index"] % 12) <= {1, 6}, "出納閉鎖 of each year, and today"
    last = {row["levy_year"]: row["received_so_far_yen"] for row in known.to_dicts()}
    for row in told.group_by("levy_year", maintain_order=True).agg(pl.col("received_so_far_yen").last()).to_dicts():
        assert row["received_so_far_yen"] == last[row["levy_year"]]
    assert known.group_by("levy_year").len()["len"].max() > told.group_by("levy_year").len()["len"].max()


def test_a_target_is_that_of_the_approved_plan(own_city):
    goals = {(CITY, "現年"): Decimal("95.20"), (CITY, "滞繰"): Decimal("21.00"), ("D01", "現年"): Decimal("96.05")}
    plan = Plan(2026, 60, goals, {"D01": 1}, dict.fromkeys(QUEUES, 1))
    proposal = propose(CHIEF, plan, reason="前年度に足した。", event_id=str(uuid.uuid4()), expected_version=0, today=CLOCK.feed_dates[-1])
    assert target.target(2026, "現年") is None, "not approved yet"
    approve(MANAGER, proposal_id=proposal.event_id, event_id=str(uuid.uuid4()), today=CLOCK.feed_dates[-1])
    assert target.target(2026, "現年").rate == target.target(2026, "現年", "D99").rate == Decimal("95.20")
    assert "2026年度の徴収計画" in target.target(2026, "現年").reference
    assert target.target(2026, "現年", "D01").rate == Decimal("96.05")
    assert target.target(2026, "合計") is target.target(2025, "現年") is None


@pytest.mark.parametrize(("assessed", "collected", "left"), [(1_000, 935, 0), (1_000, 934, 1), (1_001, 935, 1), (1_000, 1_000, 0), (0, 0, 0)])
def test_what_is_left_to_the_target_is_rounded_up(assessed, collected, left):
    assert target.Target(Decimal("93.50"), "x").left_yen(assessed, collected) == left

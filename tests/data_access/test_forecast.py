"""見込 and cohort curves beside plain Python from the city's files; the back-test knows nothing later; what cannot be forecast is not."""

import uuid
from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from types import SimpleNamespace

import duckdb
import polars as pl
import pytest

from casework.collection_plan import CITY, QUEUES, Plan, approve, propose
from data_access import connection, derive, forecast, small_cell, snapshot, target
from data_access.forecast import NOT_TOLD, NOTHING_YET, TOO_SHORT, forecasts
from data_access.query import ask
from law.fiscal_year import fiscal_year
from tests.conftest import CLOCK
from tests.data_access.source_rows import by, one
from tests.data_access.test_derived_twins import balances, lived_years
from tests.staff import AUDITOR, CHIEF, MANAGER

TODAY = date(2026, 10, 30)
CENT = Decimal("0.01")


def shown(part: Fraction | int, whole: Fraction | int) -> Decimal:
    exact = Fraction(part) * 100 / whole
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(CENT, ROUND_HALF_UP)


@pytest.fixture(scope="module")
def paces(rows, balances) -> dict[tuple[int, str], list[int]]:
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
        owed = int((Fraction(a * in_the_end, then) + Fraction(1, 2)) // 1)
        came_in = b + int((Fraction((a - b) * came, rest) + Fraction(1, 2)) // 1)
        collected += 0 if came_in < 0 else owed if came_in > owed else came_in
        assessed += owed
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
        assert 0 <= own.low <= own.rate <= own.high <= 100
        assert own.chance == (4, 5)


def made(years: dict[int, tuple[int, int, int, int] | None], kinds=("現年", "滞繰")) -> pl.DataFrame:
    """Of each year (調定 and 収納 then, 調定 and 収納 in the end); in its spring half of what was open then has come in."""
    names = ("assessed_same_day_yen", "received_same_day_yen", "assessed_yen", "received_yen", "assessed_spring_yen", "received_spring_yen")
    return pl.DataFrame([{"fiscal_year": year, "year_class": kind, **dict(zip(names, (*(yen or (100, 40, 100, None)), (yen or (100,))[0], ((yen or (100, 40))[0] + (yen or (100, 40))[1]) // 2), strict=True))}
                         for year, yen in years.items() for kind in kinds])


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


# (調定 and 収納 then, in the end) of the years before; of the year that is forecast; (収納, 調定, 率, 低, 高) that follow for one class.
CUT = {
    "more in than is owed in the end": ((1_000, 400, 990, 990), (1_000, 995, 1_000, 995), (990, 990, "100.00", "100.00", "100.00")),
    "refunds of more than came in": ((1_000, 400, 1_000, 100), (1_000, 100, 1_000, 100), (0, 1_000, "0.00", "0.00", "0.00")),
}


@pytest.mark.parametrize(("past", "now", "told"), CUT.values(), ids=CUT)
def test_no_forecast_is_above_all_of_it_or_below_nothing(past, now, told):
    """The yen, the rate and both ends of its interval together, of both classes and of their sum; and so does every trial."""
    found = forecasts(made(dict.fromkeys(range(2020, 2026), past) | {2026: now}), TODAY)
    for name, times in (("現年", 1), ("滞繰", 1), ("合計", 2)):
        own = found[name]
        assert (own.collected_yen, own.assessed_yen, own.rate) == (told[0] * times, told[1] * times, Decimal(told[2]))
        assert 0 <= own.low <= own.rate <= own.high <= 100
    for year in (2023, 2024, 2025):
        odd = dict.fromkeys(range(2020, 2026), past) | {year: now, 2026: past}
        for own in forecasts(made(odd), TODAY).values():
            assert own.trials.filter(fiscal_year=year)["forecast_rate"].to_list() == [Decimal(told[2])], "a trial is cut as the forecast is"
            assert 0 <= own.low <= own.rate <= own.high <= 100


def test_the_ends_of_an_interval_are_written_as_its_middle_is():
    """99.00〜100.00, not 99.00〜100: two decimals, also where an end is cut."""
    own = forecasts(made(STEADY | {2024: (1_000, 400, 1_000, 640)}), TODAY)["現年"]
    assert own.high == 100
    assert {each.as_tuple().exponent for each in (own.low, own.rate, own.high)} == {-2}


@pytest.mark.parametrize(("years", "day", "refusal"), [
    ({year: yen for year, yen in STEADY.items() if year > 2020}, TODAY, TOO_SHORT),
    ({2026: STEADY[2026]}, TODAY, TOO_SHORT),
    ({year: yen for year, yen in STEADY.items() if year != 2023}, TODAY, TOO_SHORT),
    (STEADY | {2022: None}, TODAY, NOT_TOLD),
    (STEADY | {2026: (0, 0, 0, 0)}, TODAY, NOTHING_YET),
    ({year: yen for year, yen in STEADY.items() if year < 2026}, TODAY, NOTHING_YET),
    (STEADY, date(2026, 5, 31), TOO_SHORT),  # of 2025, for which 2020 to 2024 are one year too few
    (STEADY | {2025: (1_000, 400, 0, 0)}, TODAY, TOO_SHORT),  # a year of which nothing is assessed any more has no rate
    (STEADY | {2020: (1_000, 1_000, 1_000, 1_000)}, TODAY, TOO_SHORT),  # nothing was open of which a share could have come in
], ids=["six years", "no past", "a gap", "not told", "nothing assessed", "no year", "a year before", "all taken back", "all paid"])
def test_what_cannot_be_forecast_is_not(years, day, refusal):
    for found in forecasts(made(years), day).values():
        assert found == forecast.Forecast(found.year_class, refusal)


@pytest.mark.parametrize(("day", "year"), [(date(2026, 3, 31), 2025), (date(2026, 4, 1), 2025), (date(2026, 4, 15), 2025), (date(2026, 5, 20), 2025), (date(2026, 5, 31), 2025),
                                           (date(2026, 6, 1), 2026), (TODAY, 2026)])
def test_the_year_that_is_forecast_is_the_one_whose_accounts_close_next(day, year):
    assert forecast.open_year(day) == year


@pytest.mark.parametrize("day", [date(2026, 4, 15), date(2026, 5, 20), date(2026, 5, 31)])
def test_in_spring_the_year_before_is_forecast_from_its_own_spring(day):
    """Of 700 in on that day of spring, 240 of the 300 open come in until 5/31, as in every year before; what is in of the new year says nothing."""
    years = {year: (1_000, 400, 1_000, 940) for year in range(2019, 2026)} | {2026: (5, 1, 5, 1)}
    for found in forecasts(made(years), day).values():
        assert (found.refusal, found.rate, found.low, found.high, found.chance) == ("", Decimal("94.00"), Decimal("94.00"), Decimal("94.00"), (3, 4))
        assert found.trials["fiscal_year"].to_list() == [2022, 2023, 2024]
    assert forecasts(made(years | {2025: (1_000, 400, 1_000, 700)}), day)["現年"].rate == Decimal("94.00"), "what the open year has so far is not what it will have"
    worse = forecasts(made(years | {2024: (1_000, 400, 1_000, 840)}), day)["現年"]
    assert worse.trials.rows()[-1] == (2024, Decimal("94.00"), Decimal("84.00"), Decimal("10.00"))


SPRINGS = (date(2026, 4, 15), date(2026, 5, 20))


class Spring:
    """The city's files as they were on a day of spring: nothing that was notified, corrected, paid or written off later."""

    def __init__(self, rows, day: date) -> None:
        self.as_of, self._rows = day, rows
        self._known = {row["notice_number"] for row in rows.source("annual_assessment") if row["notified_on"] <= day}

    def source(self, name: str) -> list[dict]:
        day, own = self.as_of, [row for row in self._rows.source(name) if row.get("notice_number") in self._known]
        dated = {"receipt": "booked_on", "write_off": "written_off_on", "assessment_history": "corrected_on"}
        if name in dated:
            return [row for row in own if row[dated[name]] <= day]
        if name == "installment":
            later = Counter()
            for row in self._rows.source("assessment_history"):
                later[row["notice_number"], row["installment_no"]] += (row["after_yen"] - row["before_yen"]) * (row["corrected_on"] > day)
            return [row | {"assessed_yen": row["assessed_yen"] - later[row["notice_number"], row["installment_no"]]} for row in own]
        return own


@pytest.fixture(scope="module", params=SPRINGS, ids=str)
def spring(founded, rows, request) -> tuple[Spring, pl.DataFrame]:
    """The files of a day of spring, and the rows of rate_by_year that the derived tables make of them."""
    known = Spring(rows, request.param)
    tables = {"receipt": ("notice_number", "installment_no", "fiscal_year", "booked_on", "received_on", "principal_yen", "charge_yen", "receipt_kind"),
              "write_off": ("notice_number", "installment_no", "fiscal_year", "written_off_yen"),
              "assessment_history": ("notice_number", "installment_no", "before_yen", "after_yen", "corrected_on"),
              "installment": ("notice_number", "installment_no", "due_date", "assessed_yen", "stored_received_yen", "stored_unpaid_yen"),
              "annual_assessment": ("notice_number", "atena_number", "levy_kind", "levy_year", "assessment_fiscal_year", "payment_method", "notified_on")}
    with pytest.MonkeyPatch.context() as patch, duckdb.connect() as connection:
        patch.setenv("CONSOLE_HOME", str(founded["served"]))
        derive.prepare(connection, snapshot.current().parquet("restricted"), known.as_of)
        for name, columns in tables.items():
            frame = pl.DataFrame([{column: row[column] for column in columns} for row in known.source(name)], infer_schema_length=None)
            connection.execute(f"drop view source.{name}")
            connection.register("kept", frame.to_arrow())
            connection.execute(f"create table source.{name} as select * from kept")
            connection.unregister("kept")
        for step in ("place", "balance", "rate_year", "rate_cube"):
            connection.execute((derive.HERE / f"{step}.sql").read_text("utf-8"))
        cube = connection.sql("from derived.rate_cube").pl()
    summed = cube.group_by("fiscal_year", "year_class").agg(pl.col("^(assessed|received)_.*yen$").sum(), pl.col("refund_due_yen").sum())
    return known, summed.filter(pl.col("fiscal_year") > known.as_of.year - 8).with_columns(received_yen=pl.col("received_yen") - pl.col("refund_due_yen")).sort("fiscal_year", "year_class")


def test_in_spring_the_city_is_what_its_receipts_say(spring):
    """Each year as it stood on the same day of its own 出納整理期間: 調定 and 収納, installment by installment; and the forecast that follows."""
    known, by_year = spring
    notices, history, paces = one(known.source("annual_assessment"), "notice_number"), known.source("assessment_history"), {}
    receipts = by(known.source("receipt"), "notice_number", "installment_no", "fiscal_year")
    for key, year, kind, opening, received, _, written_off in lived_years(known, balances.__wrapped__(SimpleNamespace(source=known_source(known)))):
        day = date(year + 1, known.as_of.month, known.as_of.day)
        later = sum(row["after_yen"] - row["before_yen"] for row in history if (row["notice_number"], row["installment_no"]) == key and row["corrected_on"] > day)
        then = 0 if kind == "現年" and notices[(key[0],)]["notified_on"] > day else max(opening - later, 0)
        so_far = sum(row["principal_yen"] for row in receipts.get((*key, year), ()) if row["booked_on"] <= day)
        own = paces.setdefault((year, kind), [0, 0, 0, 0])
        for place, yen in enumerate((then, so_far, opening, min(received, opening - written_off))):
            own[place] += yen
    told = {(row["fiscal_year"], row["year_class"]): [row["assessed_spring_yen"], row["received_spring_yen"], row["assessed_yen"], row["received_yen"]] for row in by_year.to_dicts()}
    assert told == {key: own for key, own in paces.items() if key[0] > known.as_of.year - 8}
    last = known.as_of.year - 1
    assert any(told[year, "現年"][1] != told[year, "現年"][3] for year in range(last - 3, last)), "something came in after that day"
    for name, parts in (("現年", ("現年",)), ("滞繰", ("滞繰",)), ("合計", ("現年", "滞繰"))):
        found = forecasts(by_year, known.as_of)[name]
        assert not found.refusal
        assert (found.collected_yen, found.assessed_yen) == plain(paces, last, parts)
        assert found.trials.rows() == [(year, said := shown(*plain(paces, year, parts)), became := shown(sum(paces[year, part][3] for part in parts), sum(paces[year, part][2] for part in parts)),
                                        said - became) for year in range(last - 3, last)]


def known_source(known: Spring):
    return lambda name: [] if name in ("overpayment", "flash_receipt") else known.source(name)


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

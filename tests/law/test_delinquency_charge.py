"""延滞金: a day-by-day twin, the corners of the statute, and what must hold for every case."""

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law import parameters, rates
from law.calendar import last_day
from law.delinquency_charge import explain
from law.exemption import Exemption

DAY = timedelta(days=1)
DUE = date(2024, 6, 30)


def day_by_day(principal, due, payments, as_of, policy):
    """Slow and obvious: look at every day, group equal neighbours, cut each group to whole yen, round once."""
    days = []
    day = due + DAY
    first_end = last_day(due + DAY, policy.first_months)
    while day <= as_of:
        paid = sum(yen for paid_on, yen in payments if paid_on < day)
        balance = min(principal, max(0, principal - paid))
        tested = balance if policy.min_base_on_balance else principal
        base = 0 if tested < policy.base_minimum_yen else balance - balance % policy.base_unit_yen
        period = "first" if day <= first_end else "after"
        rate = next(run.rate for run in rates.rate_runs(period) if run.from_date <= day <= run.to_date)
        days.append((period, balance, base, rate))
        day += DAY
    total = sum(
        int(Fraction(base) * Fraction(rate) * len(list(run)) / 36_500)
        for (_, _, base, rate), run in groupby(days)
    )
    return 0 if total < policy.result_minimum_yen else total - total % policy.result_unit_yen


@pytest.mark.parametrize("first_months", [0, 1, 3])
@pytest.mark.parametrize("min_base_on_balance", [True, False])
def test_agrees_with_every_single_day(first_months, min_base_on_balance):
    seed = 20_090_004 + first_months
    rng = random.Random(seed)
    for number in range(50):
        due = date(2012, 1, 1) + timedelta(days=rng.randrange(365 * 13))
        as_of = due + timedelta(days=rng.randrange(1, 800))
        as_of = min(as_of, date(2026, 12, 31))
        principal = rng.choice([1_999, 2_000, 9_999, rng.randrange(2_000_000)])
        payments = {
            due + timedelta(days=rng.randrange(-20, 700)): rng.randrange(1, principal) for _ in range(3)
        }
        policy = replace(
            parameters.levy_policy("料", due),
            first_months=first_months,
            min_base_on_balance=min_base_on_balance,
        )
        charge = explain(principal, due, payments.items(), as_of, "料", policy)
        slow = day_by_day(principal, due, list(payments.items()), as_of, policy)
        assert charge.yen == slow, (seed, number, principal, due, payments, as_of)


def segments(charge):
    return [
        (str(s.from_date), str(s.to_date), s.days, s.rate and str(s.rate), s.base, s.yen)
        for s in charge.steps
    ]


def test_equal_rates_of_neighbouring_years_are_one_segment():
    charge = explain(100_000, date(2022, 6, 30), [], date(2023, 12, 31))
    assert segments(charge) == [
        ("2022-07-01", "2022-07-31", 31, "2.4", 100_000, 203),
        ("2022-08-01", "2023-12-31", 518, "8.7", 100_000, 12_346),
    ]
    assert (charge.sum_yen, charge.yen) == (12_549, 12_500)


def test_the_day_of_payment_still_counts_at_the_old_balance():
    charge = explain(50_000, DUE, [(date(2024, 7, 10), 20_000)], date(2024, 7, 20))
    assert [(s[0], s[1], s[4]) for s in segments(charge)] == [
        ("2024-07-01", "2024-07-10", 50_000),
        ("2024-07-11", "2024-07-20", 30_000),
    ]


def test_a_balance_below_the_minimum_has_no_base():
    """10,000 due, 8,500 paid: 1,500 left is no base (地方税法20条の4の2第2項 with 20条の9の4)."""
    charge = explain(10_000, DUE, [(date(2024, 7, 10), 8_500)], date(2026, 7, 20))
    assert segments(charge)[-1] == ("2024-07-11", "2026-07-20", 740, None, 0, 0)


def test_leap_day_counts_and_the_year_has_365_days():
    whole_year = explain(365_000, date(2023, 12, 31), [], date(2024, 12, 31)).steps
    assert sum(step.days for step in whole_year) == 366
    assert whole_year[-1].yen == 1_000 * whole_year[-1].days * Fraction("8.7") // 100


@pytest.mark.parametrize(
    ("principal", "as_of", "yen"),
    [
        (1_999, "2026-11-20", 0),
        (50_000, "2024-06-30", 0),  # 納期限の日
        (50_000, "2024-06-29", 0),
        (50_000, "2024-10-09", 0),  # 計 935 円は 1,000 円に満たない
        (50_000, "2024-10-31", 1_100),
    ],
)
def test_small_sums(principal, as_of, yen):
    assert explain(principal, DUE, [], date.fromisoformat(as_of)).yen == yen


def test_a_refund_raises_the_balance_again_but_never_above_the_installment():
    paid_back = [(date(2024, 7, 10), 50_000), (date(2024, 8, 10), -80_000)]
    bases = [step.base for step in explain(50_000, DUE, paid_back, date(2024, 9, 10)).steps]
    assert bases == [50_000, 0, 50_000]


def test_every_step_names_its_article():
    for kind, article in (("料", "条例 5条"), ("税", "地方税法723条1項")):
        charge = explain(50_000, DUE, [(date(2024, 8, 10), 49_000)], date(2026, 11, 20), kind)
        assert article in charge.steps[0].article
        assert "20条の9の4" in explain(50_000, DUE, [(DUE, 9_000)], date(2026, 11, 20), kind).steps[0].article
        assert all(step.article for step in charge.steps)
        assert charge.article


@pytest.mark.parametrize(("due", "as_of"), [(DUE, date(2027, 1, 1)), (date(2026, 12, 31), date(2027, 1, 31))])
def test_a_day_without_a_rate_raises(due, as_of):
    with pytest.raises(rates.NoRate, match=r"2027-01-01 の延滞金の割合がありません"):
        explain(50_000, due, [], as_of)


def test_no_rate_is_needed_where_nothing_is_charged():
    assert explain(1_000, DUE, [], date(2027, 6, 1)).yen == 0
    assert explain(50_000, DUE, [(DUE, 50_000)], date(2027, 6, 1)).yen == 0


DUES = st.dates(date(2000, 1, 1), date(2026, 6, 30))
PRINCIPALS = st.integers(0, 5_000_000)
PAYMENTS = st.lists(st.tuples(st.integers(-30, 1_500), st.integers(-50_000, 500_000)), max_size=4)


def dated(due, payments):
    return [(due + timedelta(days=offset), yen) for offset, yen in payments]


@settings(max_examples=150, deadline=None)
@given(DUES, PRINCIPALS, PAYMENTS, st.integers(0, 1_500), st.integers(0, 400))
def test_never_negative_and_grows_with_as_of(due, principal, payments, days, later):
    last = date(2026, 12, 31)
    as_of = min(due + timedelta(days=days), last)
    now, then = (
        explain(principal, due, dated(due, payments), min(day, last))
        for day in (as_of, as_of + timedelta(days=later))
    )
    assert 0 <= now.yen <= then.yen
    assert now.sum_yen <= then.sum_yen
    assert now.yen % 100 == 0
    assert now.yen == 0 or now.yen >= 1_000


@settings(max_examples=100, deadline=None)
@given(DUES, PRINCIPALS, PAYMENTS, st.integers(0, 1_500))
def test_the_steps_cover_every_day_once_and_never_exceed_the_exact_sum(due, principal, payments, days):
    as_of = min(due + timedelta(days=days), date(2026, 12, 31))
    charge = explain(principal, due, dated(due, payments), as_of)
    assert sum(step.days for step in charge.steps) == max(0, (as_of - due).days)
    follow = zip(charge.steps, charge.steps[1:], strict=False)
    assert all(one.to_date + DAY == other.from_date for one, other in follow)
    exact = sum(Fraction(s.base) * s.days * Fraction(s.rate or 0) / 36_500 for s in charge.steps)
    assert exact - len(charge.steps) <= charge.sum_yen <= exact


@settings(max_examples=60, deadline=None)
@given(DUES, st.integers(0, 1_999), st.integers(0, 1_500))
def test_zero_below_the_minimum(due, principal, days):
    assert explain(principal, due, [], min(due + timedelta(days=days), date(2026, 12, 31))).yen == 0


def test_rates_are_exact_decimals():
    assert {type(run.rate) for period in ("first", "after") for run in rates.rate_runs(period)} == {Decimal}


SPANS = st.lists(
    st.builds(
        lambda start, length, kind: (start, length, kind),
        st.integers(-30, 900),
        st.integers(0, 500) | st.none(),
        st.sampled_from(["full", "half"]),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=120, deadline=None)
@given(st.dates(date(2021, 2, 1), date(2025, 12, 31)), PRINCIPALS, PAYMENTS, SPANS, st.integers(0, 900))
def test_an_exemption_never_raises_the_charge(due, principal, payments, spans, days):
    as_of = min(due + timedelta(days=days), date(2026, 12, 31))
    exemptions = [
        Exemption(
            due + timedelta(days=start),
            None if length is None else due + timedelta(days=start + length),
            kind,
        )
        for start, length, kind in spans
    ]
    plain = explain(principal, due, dated(due, payments), as_of)
    one = explain(principal, due, dated(due, payments), as_of, exemptions=exemptions[:1])
    all_of_them = explain(principal, due, dated(due, payments), as_of, exemptions=exemptions)
    # 2分の1免除の区間は切れ目が増えるだけで、1区間につき1円未満しか減らない
    assert 0 <= all_of_them.yen <= plain.yen
    assert all_of_them.sum_yen <= one.sum_yen + len(all_of_them.steps)
    assert sum(step.days for step in all_of_them.steps) == sum(step.days for step in plain.steps)
    sooner = explain(principal, due, dated(due, payments), due + (as_of - due) / 2, exemptions=exemptions)
    assert sooner.sum_yen <= all_of_them.sum_yen


@settings(max_examples=60, deadline=None)
@given(DUES, PRINCIPALS, PAYMENTS, st.integers(0, 1_500), st.integers(0, 300_000), st.integers(0, 1_500))
def test_a_write_off_never_raises_the_charge_and_counts_like_a_payment(
    due, principal, payments, days, off, after
):
    as_of = min(due + timedelta(days=days), date(2026, 12, 31))
    gone = [(due + timedelta(days=after), off)]
    plain = explain(principal, due, [], as_of)
    written_off = explain(principal, due, [], as_of, write_offs=gone)
    assert written_off.yen <= plain.yen
    assert written_off == explain(principal, due, gone, as_of)


@pytest.mark.parametrize(
    ("city", "policy", "computed"),
    [
        # 50,000円、2024-06-30 → 2024-10-31: 7月 101 + 8–10月 1,096 = 1,197 円
        ("1,000円・100円", {}, 1_100),
        ("500円未満切捨て", {"result_minimum_yen": 500}, 1_100),
        ("10円単位", {"result_minimum_yen": 10, "result_unit_yen": 10, "base_unit_yen": 100}, 1_190),
        ("1,000円単位", {"result_unit_yen": 1_000}, 1_000),
        ("低い割合なし", {"first_months": 0}, 1_400),
        ("3月", {"first_months": 3}, 600),
    ],
)
def test_the_settings_of_other_cities(city, policy, computed):
    changed = replace(
        parameters.levy_policy("料", DUE), **(policy | ({"result_minimum_yen": 500} if city == "3月" else {}))
    )
    assert explain(50_000, DUE, [], date(2024, 10, 31), "料", changed).computed_yen == computed, city


def test_counted_from_the_designated_deadline():
    """横浜市 国保料: no low rate, from the day after the 指定期限; without a 督促 nothing has begun."""
    policy = replace(parameters.levy_policy("料", DUE), charge_start_basis="demand_due", first_months=0)
    begun = explain(50_000, DUE, [], date(2025, 1, 31), "料", policy, designated_deadline=date(2024, 7, 31))
    assert [(str(s.from_date), str(s.rate)) for s in begun.steps] == [("2024-08-01", "8.7")]
    never = explain(50_000, DUE, [], date(2025, 1, 31), "料", policy)
    assert (never.yen, never.steps, never.starts_on) == (0, (), None)


def test_segments_may_be_cut_at_the_end_only():
    policy = parameters.levy_policy("料", date(2016, 10, 31))
    args = (100_000, date(2016, 10, 31), [], date(2017, 2, 20), "料")
    cut, whole = (explain(*args, replace(policy, cut_each_segment=on)) for on in (True, False))
    assert (cut.sum_yen, whole.sum_yen) == (2_259, 2_260)


def test_half_exempt_days_before_there_is_a_rate_raise():
    with pytest.raises(rates.NoRate, match=r"2013-07-01 の延滞金の割合.*deferral_rate"):
        explain(
            50_000,
            date(2013, 6, 30),
            [],
            date(2013, 12, 31),
            exemptions=[Exemption(date(2013, 7, 1), None, "half")],
        )


def test_half_exempt_days_before_2021_cost_the_special_base_rate():
    """令和2年 1.6 % (RQ15), and 令和3年 1.0 %: one 猶予 over the change of the rule."""
    free = [Exemption(date(2020, 7, 1), date(2021, 6, 30), "half")]
    found = explain(1_000_000, date(2020, 6, 30), [], date(2021, 6, 30), "税", exemptions=free)
    assert [(str(s.from_date), str(s.rate), s.yen) for s in found.steps] == [
        ("2020-07-01", "1.6", 1_358),
        ("2020-08-01", "1.6", 6_706),
        ("2021-01-01", "1.0", 4_958),
    ]

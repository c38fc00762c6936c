"""分納: the schedule, what each part pays, the growing 延滞金, and the end against 時効."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law import delinquency_charge, prescription
from law.exemption import Exemption
from law.installment_plan import Debt, PlanRefused, schedule, smallest_part

AS_OF = date(2025, 4, 1)
FIRST = date(2025, 4, 30)
OLD, NEW = Debt("1期", date(2024, 6, 30), 50_000), Debt("2期", date(2024, 7, 31), 30_000)


def rows(plan):
    return [(str(p.pay_on), p.principal_yen, p.left_yen, p.charge_yen) for p in plan.parts]


def test_by_number_of_parts():
    assert rows(schedule([NEW, OLD], FIRST, AS_OF, parts=4)) == [
        ("2025-04-30", 20_000, 60_000, 5_000),
        ("2025-05-30", 20_000, 40_000, 5_500),
        ("2025-06-30", 20_000, 20_000, 5_800),
        ("2025-07-30", 20_000, 0, 5_900),
    ]


def test_the_charge_of_each_day_is_that_of_the_law():
    plan = schedule([OLD], FIRST, AS_OF, monthly_yen=20_000)
    paid = [(part.pay_on, part.principal_yen) for part in plan.parts]
    expected = [
        delinquency_charge.explain(50_000, OLD.due_date, paid, part.pay_on).yen for part in plan.parts
    ]
    assert [part.charge_yen for part in plan.parts] == expected
    assert plan.charge_yen == expected[-1]


def test_days_of_grace_are_exempt():
    free = Exemption(date(2024, 7, 1), None, "full")
    plan = schedule([replace(OLD, exemptions=(free,)), NEW], FIRST, AS_OF, parts=4)
    paid = [(part.pay_on, yen) for part in plan.parts for key, yen in part.goes_to if key == NEW.key]
    assert (
        plan.charge_yen == delinquency_charge.explain(30_000, NEW.due_date, paid, plan.ends_on).yen == 2_300
    )
    assert schedule([OLD, NEW], FIRST, AS_OF, parts=4).charge_yen == 5_900


def test_the_charge_still_due_is_what_the_case_shows():
    """What was received of the 延滞金 by the day of the part is due no more, and a 強制値 is what is due."""
    received = ((date(2025, 4, 30), 1_000), (date(2025, 6, 30), 500))
    plan = schedule([replace(OLD, charge_paid=received), NEW], FIRST, AS_OF, parts=4)
    assert [part.charge_yen for part in plan.parts] == [4_000, 4_500, 4_300, 4_400]
    waived = schedule([replace(OLD, forced_yen=0, charge_paid=received), NEW], FIRST, AS_OF, parts=4)
    assert waived.charge_yen == 2_300  # 2期 alone, as when all days of 1期 are exempt


def test_the_oldest_is_paid_first_unless_the_payer_says_otherwise():
    usual = schedule([NEW, OLD], FIRST, AS_OF, monthly_yen=40_000)
    assert [part.goes_to for part in usual.parts] == [(("1期", 40_000),), (("1期", 10_000), ("2期", 30_000))]
    named = schedule([NEW, OLD], FIRST, AS_OF, monthly_yen=40_000, designated=["2期"])
    assert [part.goes_to for part in named.parts] == [(("2期", 30_000), ("1期", 10_000)), (("1期", 40_000),)]


@pytest.mark.parametrize(
    ("first_on", "days"),
    [
        ("2025-01-31", ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"]),
        ("2025-02-28", ["2025-02-28", "2025-03-28", "2025-04-28", "2025-05-28"]),
        (
            "2025-10-30",
            ["2025-10-30", "2025-12-01", "2026-01-05", "2026-01-30"],
        ),  # 11/30 は日曜、12/30 は閉庁
    ],
)
def test_payment_days_are_monthly_and_open(first_on, days):
    plan = schedule([OLD], date.fromisoformat(first_on), date(2025, 1, 1), parts=4)
    assert [str(part.pay_on) for part in plan.parts] == days


def test_prescription_by_the_earlier_date_with_the_pledge_beside_it():
    late = Debt("1期", date(2023, 6, 30), 50_000)
    plan = schedule([late], FIRST, AS_OF, monthly_yen=10_000)
    (found,) = plan.prescriptions
    assert (str(found.completes_on), str(found.if_pledged_on)) == ("2025-06-30", "2027-04-01")
    assert (str(found.paid_off_on), found.state) == ("2025-09-01", "誓約が承認なら間に合う")
    assert "1期 は 2025-06-30 に時効が完成し" in plan.warnings[0]
    assert schedule([late], FIRST, AS_OF, parts=3).prescriptions[0].state == "間に合う"
    assert schedule([late], FIRST, AS_OF, parts=40).prescriptions[0].state == "間に合わない"


def test_an_attachment_in_force_keeps_it_alive():
    held = Debt("1期", date(2023, 6, 30), 50_000, events=(prescription.Event("差押", date(2025, 1, 10)),))
    plan = schedule([held], FIRST, AS_OF, parts=40)
    assert plan.prescriptions[0].state == "差押中"
    assert smallest_part([held], FIRST, AS_OF) == 1_000


def test_no_rate_is_extrapolated():
    plan = schedule([OLD], date(2026, 11, 30), date(2026, 11, 23), parts=3)
    assert [part.charge_yen is None for part in plan.parts] == [False, True, True]
    assert plan.charge_yen is None
    assert any("告示されていない" in warning for warning in plan.warnings)


def test_a_year_without_holidays_is_said():
    plan = schedule([OLD], date(2026, 11, 30), date(2026, 11, 23), parts=20)
    assert plan.parts[-1].pay_on == plan.parts[-1].nominal_on == date(2028, 6, 30)
    assert any("2028年の祝日がまだない" in warning for warning in plan.warnings)


def test_what_was_paid_before_is_taken_off():
    debt = Debt("1期", date(2024, 6, 30), 50_000, paid=((date(2024, 9, 1), 45_000),))
    assert rows(schedule([debt], FIRST, AS_OF, monthly_yen=3_000))[-1][1:3] == (2_000, 0)


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({}, "月額か回数"),
        ({"monthly_yen": 1_000, "parts": 2}, "月額か回数"),
        ({"monthly_yen": 0}, "月額か回数"),
        ({"parts": 2, "designated": ["9期"]}, "9期"),
        ({"monthly_yen": 10}, "回になります"),
    ],
)
def test_refused(more, complaint):
    with pytest.raises(PlanRefused, match=complaint):
        schedule([OLD], FIRST, AS_OF, **more)


def test_refused_without_debts_or_before_today():
    with pytest.raises(PlanRefused, match="未納の期別がありません"):
        schedule([], FIRST, AS_OF, parts=1)
    with pytest.raises(PlanRefused, match="より前"):
        schedule([OLD], AS_OF - timedelta(days=1), AS_OF, parts=1)


def test_the_smallest_part_that_ends_in_time():
    debts = [Debt("1期", date(2023, 6, 30), 50_000), Debt("2期", date(2023, 8, 31), 30_000)]
    # 1期は 6/30 までに3回、2期は 8/31 までに4回（8/30 は土曜で 9/1 になる）: 80,000 ÷ 4
    assert smallest_part(debts, FIRST, AS_OF) == 20_000
    assert smallest_part(debts[:1], FIRST, AS_OF) == 17_000
    assert smallest_part([Debt("1期", date(2023, 4, 20), 50_000)], FIRST, AS_OF) is None


DEBTS = st.lists(
    st.tuples(st.integers(30, 700), st.integers(1, 90_000), st.booleans()), min_size=1, max_size=4
).map(
    lambda many: [
        Debt(
            f"{number}期",
            AS_OF - timedelta(days=age),
            yen,
            events=(prescription.Event("督促", AS_OF - timedelta(days=age - 25)),) if demanded else (),
        )
        for number, (age, yen, demanded) in enumerate(many)
    ]
)


def states(debts, monthly):
    return {row.state for row in schedule(debts, FIRST, AS_OF, monthly_yen=monthly).prescriptions}


@settings(max_examples=60, deadline=None)
@given(DEBTS)
def test_the_smallest_part_is_in_time_and_one_less_is_not(debts):
    monthly = smallest_part(debts, FIRST, AS_OF)
    if monthly is None:
        assert states(debts, sum(d.unpaid_yen for d in debts)) != {"間に合う"}
        return
    assert states(debts, monthly) == {"間に合う"}
    if monthly > 1_000:
        assert states(debts, monthly - 1_000) != {"間に合う"}


@settings(max_examples=60, deadline=None)
@given(DEBTS, st.integers(3_000, 60_000))
def test_every_yen_is_paid_once_and_the_days_go_forward(debts, monthly):
    plan = schedule(debts, FIRST, AS_OF, monthly_yen=monthly)
    paid = {debt.key: 0 for debt in debts}
    for part in plan.parts:
        assert part.principal_yen == sum(yen for _, yen in part.goes_to) <= monthly
        for key, yen in part.goes_to:
            paid[key] += yen
    assert paid == {debt.key: debt.unpaid_yen for debt in debts}
    assert [part.pay_on for part in plan.parts] == sorted({part.pay_on for part in plan.parts})
    charges = [part.charge_yen for part in plan.parts if part.charge_yen is not None]
    assert charges == sorted(charges)

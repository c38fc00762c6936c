"""分納の見通し: the same facts, the same law: what it starts from is what the snapshot computed."""

from datetime import timedelta

import pytest

from auth.access import NotAllowed
from data_access import connection, planning, query
from data_access.planning import PlanImpossible, outlook
from tests.data_access.feeds import DAY_TWO
from tests.staff import ANALYST, CHIEF


def everybody(city) -> list[str]:
    return [ref for (ref,) in connection.engine().connection.cursor().execute("select atena_ref from derived.delinquent order by 1").fetchall()]


def owed(ref: str) -> dict[str, dict]:
    return {row["installment_key"]: row for row in query.ask(CHIEF, "case_installments", atena_ref=ref, only_overdue=True).to_dicts()}


def test_paid_at_once_it_costs_what_the_snapshot_says(city):
    """One part on 基準日: its 延滞金 and each 時効 are those on the カルテ, 強制値 and paid 延滞金 included."""
    compared, net = 0, 0
    computed = dict(connection.engine().connection.cursor().execute(
        "select atena_number, sum(computed_charge_yen) from derived.case_installment where is_overdue group by 1").fetchall())  # fmt: skip
    for ref in everybody(city):
        rows, person = owed(ref), query.subject(CHIEF, ref)
        if len({row["levy_kind"] for row in rows.values()}) > 1:
            continue
        found = outlook(CHIEF, ref, list(rows), DAY_TWO, DAY_TWO, times=1)
        assert found.promised() == [(DAY_TWO, sum(row["unpaid_yen"] for row in rows.values()))], ref
        assert found.charge_yen == sum(row["charge_yen"] for row in rows.values()), ref
        dates = sorted(row["prescription_on"] for row in rows.values() if row["prescription_on"])
        assert sorted(found.debts.filter(found.debts["state"] != "差押中")["prescription_on"].to_list()) == dates, ref
        compared += 1
        net += found.charge_yen != computed[person.atena_number]
    assert compared > 20
    assert net


def test_a_debt_carries_the_paid_and_the_forced_charge():
    row = {"due_date": DAY_TWO, "unpaid_yen": 6_000, "forced_charge_yen": 0}
    receipt = {"fact": "収納", "from_date": DAY_TWO, "principal_yen": 4_000, "charge_yen": 300}
    debt = planning._debt(row, "1期", [receipt, receipt | {"fact": "欠損", "charge_yen": None}])
    assert (debt.principal_yen, debt.charge_paid, debt.forced_yen) == (14_000, ((DAY_TWO, 300),), 0)


def test_parts_add_up_and_the_smallest_month_ends_in_time(city):
    for ref in everybody(city)[:20]:
        rows = owed(ref)
        if len({row["levy_kind"] for row in rows.values()}) > 1:
            continue
        first = DAY_TWO + timedelta(days=31)
        found = outlook(CHIEF, ref, list(rows), first, DAY_TWO, monthly_yen=5_000)
        assert sum(yen for _, yen in found.promised()) == sum(row["unpaid_yen"] for row in rows.values())
        if found.smallest_yen:
            again = outlook(CHIEF, ref, list(rows), first, DAY_TWO, monthly_yen=found.smallest_yen)
            assert set(again.debts["state"]) <= {"間に合う", "差押中"}, ref


def test_what_cannot_be_a_plan_says_why(city):
    ref = everybody(city)[0]
    with pytest.raises(PlanImpossible, match="期別を選んで"):
        outlook(CHIEF, ref, [], DAY_TWO, DAY_TWO, times=2)
    with pytest.raises(PlanImpossible, match="基準日"):
        outlook(CHIEF, ref, list(owed(ref)), DAY_TWO - timedelta(days=1), DAY_TWO, times=2)
    with pytest.raises(NotAllowed):
        outlook(ANALYST, ref, [], DAY_TWO, DAY_TWO, times=2)

"""充当: order, designation, and that no yen is lost."""

from datetime import date

import pytest
from golden_rows import day, usable
from hypothesis import given, settings
from hypothesis import strategies as st

from law.allocation import AllocationRefused, Debt, allocate

ON = date(2026, 11, 23)


def debt(key, due, principal, charge=0, fee=0, cost=0, completes_on=None):
    return Debt(key, day(due), principal, charge, fee, cost, completes_on and day(completes_on))


OLD = debt("1期", "2024-06-30", 10_000, charge=1_000, fee=100, cost=500)
NEW = debt("2期", "2024-07-31", 20_000, charge=900, fee=100)

TABLE = """
元       | 金額  | 充当
滞納処分 |   500 | 1期 滞納処分費 500
滞納処分 |   700 | 1期 滞納処分費 500, 1期 督促手数料 100, 2期 督促手数料 100
滞納処分 | 15700 | 1期 滞納処分費 500, 1期 督促手数料 100, 2期 督促手数料 100, 1期 本料 10000, 2期 本料 5000
滞納処分 | 32600 | 1期 滞納処分費 500, 1期 督促手数料 100, 2期 督促手数料 100, 1期 本料 10000, 2期 本料 20000, 1期 延滞金 1000, 2期 延滞金 900
任意納付 | 15000 | 1期 本料 10000, 2期 本料 5000
任意納付 | 30150 | 1期 本料 10000, 2期 本料 20000, 1期 督促手数料 100, 2期 督促手数料 50
"""


@pytest.mark.parametrize("line", TABLE.strip().splitlines()[1:])
def test_a_table_the_office_can_read(line):
    source, yen, expected = [cell.strip() for cell in line.split("|")]
    found = allocate(int(yen), [NEW, OLD], ON, source)
    assert ", ".join(f"{p.key} {p.item} {p.yen}" for p in found.parts) == expected
    assert found.left_yen == 0
    assert all(part.article and part.reason for part in found.parts)


def test_the_earlier_prescription_goes_before_the_earlier_due_date():
    early = debt("3期", "2024-08-31", 5_000, completes_on="2026-12-01")
    late = debt("1期", "2024-06-30", 5_000, completes_on="2027-12-01")
    assert [part.key for part in allocate(6_000, [late, early], ON).parts] == ["3期", "1期"]


def test_published_designation():
    """AL01 加須市: the payer's own split of 101,000 yen; oldest first would put all of it on 平成20年度."""
    assert [row["case_id"] for row in usable("golden2_allocation.csv")] == ["AL01"]
    row = usable("golden2_allocation.csv")[0]
    years = [debt("平成20年度分", "2009-01-31", 251_500), debt("平成21年度分", "2010-01-31", 278_700)]
    split = {"平成20年度分": int(row["part1"]), "平成21年度分": int(row["part2"])}
    found = allocate(int(row["payment"]), years, day(row["payment_date"]), designated=split)
    assert {key: found.paid(key) for key in split} == split
    assert found.left_yen == 0
    assert allocate(int(row["payment"]), years, day(row["payment_date"])).paid("平成20年度分") == 101_000


def test_what_is_not_designated_goes_the_usual_way():
    found = allocate(12_000, [OLD, NEW], ON, designated={"2期": 3_000})
    assert (found.paid("2期"), found.paid("1期")) == (3_000, 9_000)


def test_more_than_owed_is_left_over():
    assert allocate(12_000, [debt("1期", "2024-06-30", 10_000)], ON).left_yen == 2_000


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"designated": {"9期": 1}}, "9期"),
        ({"designated": {"1期": 20_000}}, "納付額を超える"),
        ({"designated": {"1期": -1}}, "負の指定"),
        ({"designated": {"1期": 1}, "source": "滞納処分"}, "指定はありません"),
        ({"source": "寄附"}, "寄附"),
    ],
)
def test_refused(more, complaint):
    with pytest.raises(AllocationRefused, match=complaint):
        allocate(15_000, [OLD, NEW], ON, **more)


def test_refused_when_designated_beyond_what_is_owed_or_negative():
    with pytest.raises(AllocationRefused, match="超えます"):
        allocate(15_000, [OLD, NEW], ON, designated={"1期": 15_000})
    with pytest.raises(AllocationRefused, match="負"):
        allocate(-1, [OLD], ON)
    with pytest.raises(AllocationRefused, match="2回"):
        allocate(1, [OLD, OLD], ON)


AMOUNTS = st.tuples(*[st.integers(0, 50_000)] * 4)


@settings(max_examples=150, deadline=None)
@given(st.lists(AMOUNTS, max_size=5), st.integers(0, 400_000), st.sampled_from(["任意納付", "滞納処分"]))
def test_no_yen_is_lost_and_nothing_is_overpaid(amounts, yen, source):
    debts = [Debt(f"{n}期", date(2024, 6, 1 + n), *parts) for n, parts in enumerate(amounts)]
    found = allocate(yen, debts, ON, source)
    assert sum(part.yen for part in found.parts) + found.left_yen == yen
    assert all(found.paid(d.key) <= sum(own) for d, own in zip(debts, amounts, strict=True))
    assert found.left_yen == max(0, yen - sum(map(sum, amounts)))

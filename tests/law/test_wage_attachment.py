"""給料等の差押可能額: the paragraph item by item, its properties, and the whole city in SQL against one case in Python."""

import random
import re
from datetime import date

import duckdb
import polars as pl
import pytest
from golden_rows import case_id, usable
from hypothesis import given, settings
from hypothesis import strategies as st
from law_city import DERIVED

from law import wage_attachment
from law.files import LawFileInvalid
from law.wage_attachment import Consent, Wage, WageUnclear, explain, explain_bonus, explain_retirement

ON = date(2026, 11, 23)
YEN = st.integers(0, 3_000_000)


def wage(gross, income_tax=0, resident_tax=0, insurance=0, months=1, payer="甲社"):
    return Wage(payer, gross, income_tax, resident_tax, insurance, months)


@pytest.mark.parametrize("row", [pytest.param(r, id=case_id(r)) for r in usable("golden_wage_seizure.csv")])
def test_published(row):
    paid = wage(*(int(row[name]) for name in ("gross", "income_tax", "resident_tax", "social_insurance")))
    found = explain([paid], int(row["dependants"]), ON)
    published = [int(row[name]) for name in ("r_gross", "r1", "r2", "r3", "item4", "item5", "seizable")]
    assert [step.yen for step in found.steps] == published
    assert found.protected_yen == int(row["published_exempt_total"])


TABLE = """
 支給額  | 所得税 | 住民税 | 社保   | 親族 | 月 | 差押可能額 | わけ
 400000 | 10500 | 18600 |  57810 | 2 | 1 |  97000 | 公表例
 100000 |     0 |     0 |      0 | 0 | 1 |      0 | 生活費まで
 100999 |     0 |     0 |      0 | 0 | 1 |      0 | 千円未満は切捨て
 110000 |     0 |     0 |      0 | 0 | 1 |   8000 | 残り1万円の2割は残す
 111000 |     0 |     0 |      0 | 0 | 1 |   8000 | 2,200円は3,000円に切上げ
 250000 |     1 |     1 |      1 | 0 | 1 | 117000 | 1円でも千円に切上げ
 250000 |     0 |     0 |      0 | 0 | 2 |  40000 | 2か月分の生活費
1400000 |     0 |     0 |      0 | 0 | 1 | 1100000 | 5号は4号の2倍まで
1000000 |     0 |     0 |      0 | 0 | 1 | 720000 | 上限の手前
"""


@pytest.mark.parametrize("line", TABLE.strip().splitlines()[1:])
def test_a_table_the_office_can_read(line):
    *numbers, _ = [cell.strip() for cell in line.split("|")]
    gross, income, resident, insurance, dependants, months, expected = map(int, numbers)
    found = explain([wage(gross, income, resident, insurance, months)], dependants, ON)
    assert found.attachable_yen == expected
    assert found.attachable_yen + found.protected_yen == found.steps[0].yen
    assert all(step.article and step.sentence for step in found.steps)


def test_a_period_under_a_month_counts_by_its_days():
    """7日分 62,350円: 支給 62,300 − 社保 1,300 − 生活費 23,400（10万円 × 7/30 の切上げ）− 残り 37,600 の2割 7,600。"""
    week = Wage("甲社", 62_350, 0, 0, 1_234, pay_period_days=7)
    found = explain([week], 0, ON)
    assert [step.yen for step in found.steps] == [62_300, 0, 0, 1_300, 23_400, 7_600, 30_000]
    assert "7/30月（100円未満切上げ）" in found.steps[4].sentence
    for days in (0, 30):
        with pytest.raises(WageUnclear, match="1 から 29 です"):
            explain([Wage("甲社", 1, 0, 0, 0, pay_period_days=days)], 0, ON)
    with pytest.raises(WageUnclear, match="期間が揃っていない"):
        explain([week, wage(1)], 0, ON)


def test_two_employers_are_tested_on_their_total():
    both = explain([wage(90_000), wage(80_000, payer="乙社")], 0, ON)
    assert [explain([wage(yen)], 0, ON).attachable_yen for yen in (90_000, 80_000)] == [0, 0]
    assert both.attachable_yen == 56_000
    assert "2社の合計" in both.steps[0].sentence


def test_a_bonus_counts_one_month_whatever_its_period():
    half_year = Wage("甲社", 500_000, 0, 0, 0, pay_period_months=6)
    assert explain_bonus(half_year, 0, ON).attachable_yen == 320_000
    assert explain([half_year], 0, ON).attachable_yen == 0


@pytest.mark.parametrize(
    ("years", "expected"), [(3, 1_700_000), (5, 1_700_000), (6, 1_640_000), (20, 800_000), (60, 0)]
)
def test_retirement_pay(years, expected):
    found = explain_retirement(wage(2_000_000), years, 0, ON)
    assert found.attachable_yen == expected
    assert [step.item for step in found.steps[-3:]] == ["3号 生活費の倍数", "4号 勤続", "差押可能額"]


def test_consent_lifts_the_whole_limit_but_not_what_is_withheld():
    paid = wage(150_000, 3_000, 2_000, 20_000)
    found = explain([paid], 3, ON, Consent("承諾書 令8-12", ON))
    assert (explain([paid], 3, ON).attachable_yen, found.attachable_yen) == (0, 125_000)
    assert "76条5項" in found.steps[-1].article
    with pytest.raises(WageUnclear, match="書面"):
        explain([paid], 3, ON, Consent(" ", ON))


def test_a_pension_is_pay():
    found = explain([wage(300_000, 0, 0, 20_000, months=2)], 0, ON, is_pension=True)
    assert found.attachable_yen == 64_000
    assert "77条" in found.cautions[0]


@pytest.mark.parametrize(
    ("attached_on", "next_pay_on", "expected"),
    [
        ("2026-11-01", "2026-11-30", 215_000),
        ("2026-11-16", "2026-11-30", 107_500),
        ("2026-11-30", "2026-11-30", 7_167),  # 7,166.6… は切上げ
        ("2026-10-01", "2026-11-30", 215_000),
    ],
)
def test_cash_from_pay_is_protected_until_the_next_pay_day(attached_on, next_pay_on, expected):
    days = (date.fromisoformat(attached_on), date.fromisoformat(next_pay_on))
    found = wage_attachment.protected_cash(215_000, *days, 30, ON)
    assert found.yen == expected
    assert "要検討" in found.sentence


@pytest.mark.parametrize(
    "wages",
    [[], [wage(-1)], [wage(100, months=0)], [wage(100), wage(100, months=2)], [wage(100, income_tax=-5)]],
)
def test_what_cannot_be_computed_is_refused(wages):
    with pytest.raises(WageUnclear):
        explain(wages, 0, ON)


@settings(max_examples=150, deadline=None)
@given(YEN, YEN, YEN, YEN, st.integers(0, 8), st.integers(1, 3))
def test_never_more_than_the_net_pay_and_never_negative(
    gross, income, resident, insurance, dependants, months
):
    found = explain([wage(gross, income, resident, insurance, months)], dependants, ON)
    assert 0 <= found.attachable_yen <= max(0, gross - income - resident - insurance)
    assert found.attachable_yen <= max(0, gross - 100_000 * months - 45_000 * months * dependants)


@settings(max_examples=150, deadline=None)
@given(YEN, st.integers(0, 2_000_000), st.integers(0, 6))
def test_more_pay_never_less_and_another_relative_never_more(gross, raise_yen, dependants):
    first, richer = explain([wage(gross)], dependants, ON), explain([wage(gross + raise_yen)], dependants, ON)
    assert first.attachable_yen <= richer.attachable_yen
    assert explain([wage(gross)], dependants + 1, ON).attachable_yen <= first.attachable_yen


def people(rng, count):
    """atena_number → (wages, dependants); some with two payers, odd periods, gaps in the record."""
    for number in range(count):
        gross = rng.choice(
            [0, 999, 100_000, 100_001, 145_000, rng.randrange(600_000), rng.randrange(5_000_000)]
        )
        months = rng.choice([1, 1, 1, 2, 3, 6])
        paid = [
            wage(
                gross // part,
                rng.randrange(40_000),
                rng.choice([0, rng.randrange(30_000)]),
                rng.randrange(80_000),
                months,
            )
            for part in range(1, rng.choice([1, 1, 1, 2]) + 1)
        ]
        if rng.random() < 0.02:
            paid.append(wage(50_000, months=months + 1))
        if rng.random() < 0.01:
            paid[0] = wage(-1)
        yield f"A{number:06d}", (paid, rng.randrange(6))


def compare(count, seed):
    own = dict(people(random.Random(seed), count))
    expected = {}
    for key, (paid, dependants) in own.items():
        try:
            found = explain(paid, dependants, ON)
            expected[key] = (found.attachable_yen, found.protected_yen)
        except WageUnclear:
            expected[key] = (None, None)
    database = city(own)
    database.execute((DERIVED / "attachable_wage.sql").read_text(encoding="utf-8"))
    rows = database.sql(
        "select atena_number, attachable_yen, protected_yen from derived.attachable_wage"
    ).fetchall()
    found = {key: tuple(values) for key, *values in rows}
    wrong = [(key, own[key], expected[key], found.get(key)) for key in own if expected[key] != found.get(key)]
    assert wrong[:3] == [], seed
    assert len(found) == count, seed
    assert sum((yen or 0) > 0 for yen, _ in found.values()) > count / 8, seed
    assert sum(yen is None for yen, _ in found.values()) > count / 100, seed


def city(own, on=ON):
    database = duckdb.connect()
    database.execute("create schema law; create schema source; create schema derived; set threads = 2")
    rows = [
        (
            key,
            w.pay_period_months,
            w.gross_yen,
            w.income_tax_yen,
            w.resident_tax_yen,
            w.social_insurance_yen,
            dependants,
        )
        for key, (paid, dependants) in own.items()
        for w in paid
    ]
    names = (
        "pay_period_months", "gross_yen", "income_tax_yen", "resident_tax_yen", "social_insurance_yen", "dependant_count",
    )  # fmt: skip
    schema = {"atena_number": pl.String} | dict.fromkeys(names, pl.Int64)
    tables = {"derived.wage_fact": pl.DataFrame(rows, schema=schema, orient="row")}
    tables |= {
        f"law.{name}": pl.DataFrame(law_rows) for name, law_rows in wage_attachment.law_tables().items()
    }
    for table, frame in tables.items():
        database.register("incoming", frame)
        database.execute(f"create table {table} as select * from incoming")
        database.unregister("incoming")
    database.execute("set variable as_of = $on::date", {"on": on})
    return database


def test_the_city_agrees_with_the_single_case():
    compare(2_000, seed=76)


def test_without_rounding_where_the_city_reads_the_statute_so(law_folder):
    path = law_folder / "wage_attachment.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count("value = 1000\n") == 1
    path.write_text(text.replace("value = 1000\n", "value = 1\n"), encoding="utf-8")
    found = explain([wage(400_000, 10_500, 18_600, 57_810)], 2, ON)
    assert [step.yen for step in found.steps] == [400_000, 10_500, 18_600, 57_810, 190_000, 24_618, 98_472]
    compare(1_000, seed=761)


@pytest.mark.slow
def test_the_city_agrees_with_the_single_case_on_twenty_thousand():
    compare(20_000, seed=7_601)


def test_no_number_of_the_law_in_sql():
    lines = (DERIVED / "attachable_wage.sql").read_text(encoding="utf-8").splitlines()
    code = " ".join(line for line in lines if not line.lstrip().startswith("--"))
    assert set(re.findall(r"\b\d+\b", re.sub(r"'[^']*'", "", code))) <= {"0", "1"}


def test_a_day_without_law_stops_the_city():
    with pytest.raises(duckdb.Error, match=r"wage_attachment.toml: 1999-12-31"):
        city({"A1": ([wage(300_000)], 0)}, date(1999, 12, 31)).execute(
            (DERIVED / "attachable_wage.sql").read_text(encoding="utf-8")
        )
    with pytest.raises(LawFileInvalid, match=r"wage_attachment.toml の basic_yen: 料 の 1999-12-31"):
        explain([wage(300_000)], 0, date(1999, 12, 31))

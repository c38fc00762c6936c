"""Income, wages and property of every delinquent beside slow and obvious twins, from the CSV files of the small city."""

from datetime import date

import pytest

from data_access.query import ask
from data_access.wage_estimate import wage_estimate
from law.wage_attachment import Wage, explain
from tests.data_access.source_rows import City, Row, by, one, pick
from tests.staff import CHIEF


@pytest.fixture(scope="module")
def debtors(rows) -> dict[str, Row]:
    return {row["atena_number"]: row for row in rows.derived("delinquent")}


def test_income_is_the_newest_correction_of_every_year(rows, debtors):
    expected = {pick(row, "atena_number", "tax_year"): row for row in rows.source("resident_tax") if row["atena_number"] in debtors}
    found = one(rows.derived("case_income"), "atena_number", "tax_year")
    assert found.keys() == expected.keys()
    assert len(found) > 20
    for key, row in found.items():
        assert row == {name: expected[key][name] for name in row}, key


def upward(part: int, whole: int) -> int:
    return -(-part // whole)


def months_of(report: Row) -> int:
    """Calendar months of the pay year in which the person worked at all."""
    year = report["tax_year"] - 1
    return sum(report["hired_on"] is None or (report["hired_on"].year, report["hired_on"].month) <= (year, month) for month in range(1, 13))


def paying(rows: City, number: str) -> list[tuple[Row, Wage, int]]:
    """The reports of those who pay a person now, each as a month's wage, and the family."""
    reports = [row for row in rows.source("employment") if row["atena_number"] == number]
    newest = max((row["tax_year"] for row in reports), default=0)
    if newest < rows.as_of.year - 1 - (rows.as_of.month < 4):
        return []
    tax = next((row for row in rows.source("resident_tax") if pick(row, "atena_number", "tax_year") == (number, newest)), None)
    found = []
    withholder = max((row for row in reports if row["tax_year"] == newest and row["is_withholding"]), key=lambda row: row["gross_yen"], default=None)
    for row in reports:
        months = months_of(row)
        if row["tax_year"] == newest and months and (row["left_on"] is None or row["left_on"] > rows.as_of):
            resident = upward(tax["resident_tax_yen"], 12) if tax and row is withholder else 0
            found.append((row, Wage(row["designated_number"], row["gross_yen"] // months, upward(row["income_tax_yen"], months), resident,
                                    upward(row["social_insurance_yen"], months)), tax["dependant_count"] if tax else 0))
    return found


def test_attachable_wages_of_the_city_are_those_of_the_single_case(rows, debtors):
    facts, limits = by(rows.derived("wage_fact"), "atena_number"), one(rows.derived("attachable_wage"), "atena_number")
    attachable = 0
    for number in debtors:
        pays = sorted(paying(rows, number), key=lambda pay: pay[0]["designated_number"])
        own = sorted(facts.get((number,), []), key=lambda row: row["designated_number"])
        assert [pick(row, "designated_number", "gross_yen", "income_tax_yen", "resident_tax_yen", "social_insurance_yen", "dependant_count") for row in own] == [
            (wage.payer, wage.gross_yen, wage.income_tax_yen, wage.resident_tax_yen, wage.social_insurance_yen, family) for _, wage, family in pays], number
        assert ((number,) in limits) == bool(pays), number
        if pays:
            found = explain([wage for _, wage, _ in pays], pays[0][2], rows.as_of)
            row = limits[(number,)]
            assert list(pick(row, "pay_yen", "item1_yen", "item2_yen", "item3_yen", "item4_yen", "item5_yen", "attachable_yen")) == [
                step.yen for step in found.steps], number
            assert row["protected_yen"] == found.protected_yen, number
            attachable += found.attachable_yen > 0
    assert attachable > 3


def test_property_and_shares(rows, debtors):
    parts = by(rows.source("co_ownership"), "property_kind", "property_number")
    expected = {}
    for kind, table in (("土地", "property_tax_land"), ("家屋", "property_tax_building")):
        for row in rows.source(table):
            own = parts.get((kind, row["property_number"]), []) if row["is_co_owned"] else []
            shares = {part["atena_number"]: (part["share_numerator"], part["share_denominator"]) for part in own}
            shares.setdefault(row["atena_number"], (None, None) if row["is_co_owned"] else (1, 1))
            for number, (numerator, denominator) in shares.items():
                if number in debtors:
                    worth = row["valuation_yen"] * numerator // denominator if numerator else None
                    expected[number, kind, row["property_number"]] = (numerator, denominator, len(shares), worth)
    found = {pick(row, "atena_number", "property_kind", "property_number"): pick(row, "share_numerator", "share_denominator", "holder_count", "share_valuation_yen")
             for row in rows.derived("case_property")}
    assert found == expected
    assert {share[:2] for share in found.values()} >= {(1, 1), (1, 2)}


def test_the_shares_of_a_property_are_one_whole(rows):
    for key, parts in by(rows.source("co_ownership"), "property_kind", "property_number").items():
        assert sum(part["share_numerator"] for part in parts) == parts[0]["share_denominator"], key
        assert sum(part["is_representative"] for part in parts) == 1, key


def test_the_case_explains_what_the_city_computed(city, rows):
    """From the question, through the law in Python, to the snapshot's figure: for every delinquent with pay."""
    limits = one(rows.derived("attachable_wage"), "atena_number")
    references = {row["atena_number"]: row["atena_ref"] for row in rows.derived("delinquent")}
    for (number,), row in limits.items():
        found = wage_estimate(ask(CHIEF, "case_employments", atena_ref=references[number]), rows.as_of)
        assert found.agrees, number
        assert (found.attachable_yen, found.dependant_count) == pick(row, "attachable_yen", "dependant_count"), number
        assert found.steps["article"].null_count() == 0
        assert [f"{line.split(' = ')[1]}" for line in found.payers] == [
            f"{yen:,}円" for yen in ask(CHIEF, "case_employments", atena_ref=references[number]).filter(is_paying=True)["monthly_gross_yen"]]
    nobody = next(number for number in references if (number,) not in limits)
    assert wage_estimate(ask(CHIEF, "case_employments", atena_ref=references[nobody]), date(2026, 10, 30)) is None

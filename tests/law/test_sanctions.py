"""特別療養費, 一時差止 and the extract for 介護保険."""

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law import sanctions
from law.dated import NoValue
from law.sanctions import benefit_hold, child_until, long_term_care_extract, special_medical_payment

DUE = date(2025, 6, 30)
READY = {"efforts": True, "special_circumstances": False, "notified": True}
ADULT = date(1970, 5, 5)


@pytest.mark.parametrize(
    ("as_of", "facts", "birth", "excluded", "outcome"),
    [
        ("2026-07-01", READY, ADULT, False, "特別療養費を支給する（義務）"),
        ("2026-06-30", READY, ADULT, False, "できる（裁量）"),
        ("2026-07-01", READY | {"efforts": False}, ADULT, False, "できない"),
        ("2026-07-01", READY | {"special_circumstances": True}, ADULT, False, "できない"),
        ("2026-07-01", {"efforts": True, "notified": True}, ADULT, False, "確認が要る"),
        ("2026-07-01", READY, None, False, "確認が要る"),
        ("2026-07-01", READY, ADULT, None, "確認が要る"),
        ("2026-07-01", READY, ADULT, True, "できない"),
        ("2026-07-01", READY, date(2010, 1, 1), False, "できない"),
    ],
)
def test_special_medical_payment(as_of, facts, birth, excluded, outcome):
    found = special_medical_payment(DUE, date.fromisoformat(as_of), facts, birth, excluded)
    assert (found.outcome, str(found.must_from)) == (outcome, "2026-07-01")
    assert len(found.conditions) == 5
    assert all(c.article.startswith("国民健康保険法") for c in found.conditions)
    assert any("弁明" in note for note in found.notes)


def test_before_the_system_began_there_is_no_such_measure():
    with pytest.raises(NoValue, match=r"sanctions.toml の special_medical_payment_months"):
        special_medical_payment(DUE, date(2024, 12, 1), READY, ADULT, False)


@pytest.mark.parametrize(
    ("birth", "until"),
    [
        ("2008-04-01", "2026-03-31"),
        ("2008-04-02", "2027-03-31"),
        ("2008-03-31", "2026-03-31"),
        ("2008-02-29", "2026-03-31"),
    ],
)
def test_until_the_31_march_after_eighteen(birth, until):
    assert str(child_until(date.fromisoformat(birth), date(2026, 11, 1))) == until


@pytest.mark.parametrize(
    ("as_of", "facts", "held", "outcome"),
    [
        ("2027-01-01", {"special_circumstances": False}, 50_000, "給付を差し止める（義務）"),
        ("2026-12-31", {"special_circumstances": False}, 50_000, "できる（裁量）"),
        ("2027-01-01", {"special_circumstances": True}, 50_000, "できない"),
        ("2027-01-01", {"special_circumstances": False}, 500_000, "確認が要る"),
        ("2027-01-01", {"special_circumstances": False, "not_excessive": False}, 500_000, "できない"),
        (
            "2027-01-01",
            {"special_circumstances": False, "not_excessive": True},
            120_000,
            "給付を差し止める（義務）",
        ),
    ],
)
def test_benefit_hold(as_of, facts, held, outcome):
    found = benefit_hold(
        DUE, date.fromisoformat(as_of), facts, held, 100_000, has_special_medical_payment=True
    )
    assert (found.outcome, str(found.must_from)) == (outcome, "2027-01-01")


def test_a_benefit_nobody_knows_here_is_for_a_person_to_weigh():
    found = benefit_hold(DUE, date(2027, 1, 1), {"special_circumstances": False}, None, 100_000, has_special_medical_payment=True)
    assert (found.outcome, found.conditions[-1].state) == ("確認が要る", "未確認")
    assert "給付 未確認" in found.conditions[-1].text


def test_deduction_only_for_those_under_special_medical_payment():
    notes = [
        benefit_hold(DUE, date(2027, 1, 1), {}, 1, 1, has_special_medical_payment=has).notes[0]
        for has in (True, False)
    ]
    assert notes[0].endswith("控除できる")
    assert "控除できない" in notes[1]


def test_the_five_special_circumstances():
    found = sanctions.special_circumstances(date(2026, 11, 1))
    assert [c.article[-3:] for c in found] == ["第1号", "第2号", "第3号", "第4号", "第5号"]


def test_the_extract_holds_two_items_and_the_day_and_nothing_else():
    found = long_term_care_extract(
        [(date(2026, 12, 25), 9_000), (DUE, 20_000), (date(2025, 7, 31), 5_000), (date(2024, 6, 30), 0)],
        date(2026, 11, 20),
    )
    assert [field.name for field in fields(found)] == ["as_of", "arrears_yen", "arrears_period"]
    assert found.arrears_yen == 25_000
    assert found.arrears_period == (date(2025, 7, 1), date(2026, 11, 20))
    assert long_term_care_extract([(DUE, 0)], date(2026, 11, 20)).arrears_period is None


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2025, 6, 30), date(2026, 12, 31)), st.dates(date(1950, 1, 1), date(2020, 1, 1)))
def test_a_child_is_never_touched(as_of, birth):
    found = special_medical_payment(DUE, as_of, READY, birth, False)
    years = as_of.year - birth.year - ((as_of.month, as_of.day) < (birth.month, birth.day))
    if years < 18:
        assert found.outcome == "できない"
    if years >= 19:
        assert found.outcome != "できない"

"""What stands beside the dates: the stored dates compared, the other clocks, the rows a page prints, the exemptions."""

from datetime import date

import pytest

from law import delinquency_charge, exemption, other_clock, parameters, prescription
from law.explained import describe_charge, describe_prescription
from law.prescription import Event
from law.prescription_comparison import Reason, compare

DUE, AS_OF = date(2023, 6, 30), date(2026, 11, 20)
LEDGER = [
    Event("督促", date(2023, 7, 20), deadline=date(2023, 7, 31), record="督促 0000012345-03"),
    Event("承認", date(2024, 3, 15), ground="一部納付", record="収納 000000000123"),
]


@pytest.mark.parametrize(
    ("stored_2y", "stored_5y", "reason", "days"),
    [
        ("2025-07-20", None, Reason.SAME, 0),
        (None, None, Reason.NOT_STORED, None),
        (None, "2025-07-20", Reason.OTHER_KIND, None),
        ("2025-07-31", None, Reason.LATER_READING, 11),
        ("2026-03-15", None, Reason.UNCONFIRMED, 238),
        ("2025-07-22", None, Reason.ROLLED, 2),  # 7/20 は日曜、7/21 は海の日
        ("2025-06-30", None, Reason.NOT_RENEWED, -20),
        ("2025-07-19", None, Reason.FIRST_DAY, -1),
        ("2030-01-01", "2025-07-20", Reason.OTHER_KIND, 1_626),
        ("2025-01-01", None, Reason.EARLIER, -200),
        ("2027-01-01", None, Reason.LATER, 530),
    ],
)
def test_stored_dates(stored_2y, stored_5y, reason, days):
    computed = prescription.explain(DUE, "料", LEDGER, AS_OF)
    stored = [date.fromisoformat(text) if text else None for text in (stored_2y, stored_5y)]
    found = compare(*stored, "料", computed)
    assert (found.reason, found.days, found.agrees) == (reason, days, reason is Reason.SAME)
    assert found.warns == (days is not None and days > 0)


def test_taxes_are_held_against_the_five_years():
    computed = prescription.explain(DUE, "税", [], AS_OF)
    assert compare(date(2025, 6, 30), date(2028, 6, 30), "税", computed).agrees


def test_the_other_clocks():
    paid = date(2024, 3, 15)
    found = [
        (str(clock.completes_on), clock.needs_person)
        for clock in (
            other_clock.charge_clock(paid, "税"),
            other_clock.charge_clock(paid, "料"),
            other_clock.refund_clock(paid, "税"),
            other_clock.refund_clock(paid, "料"),
        )
    ]
    assert found == [
        ("2029-03-15", False),
        ("2026-03-15", True),
        ("2029-03-15", False),
        ("2026-03-15", False),
    ]


def test_the_charge_as_a_page_prints_it():
    policy = parameters.levy_policy("料", date(2024, 6, 30))
    charge = delinquency_charge.explain(
        100_500,
        date(2024, 6, 30),
        [(date(2024, 9, 30), 99_000)],
        date(2024, 12, 31),
        exemptions=[exemption.exempt("執行停止", date(2024, 9, 1), date(2024, 9, 30))],
        charge_paid=200,
        forced_yen=1_000,
    )
    assert [row["sentence"] for row in describe_charge(charge, policy)] == [
        "100,000円 × 年2.4% × 31日 ÷ 365 = 203円（1円未満切捨て）",
        "100,000円 × 年8.7% × 31日 ÷ 365 = 738円（1円未満切捨て）",
        "全額免除（30日）",
        "残額 1,500円は計算の基礎にならない（2,000円未満）",
        "合計 941円 → 0円（1,000円未満のため切捨て）",
        "強制値 1,000円を計算に代えて使う",
        "納付済みの延滞金 200円を引いて 800円",
    ]
    assert all(row["article"] for row in describe_charge(charge, policy))
    assert describe_charge(charge, policy)[0].keys() == describe_charge(charge, policy)[-1].keys()


def test_the_prescription_as_a_page_prints_it():
    rows = describe_prescription(prescription.explain(DUE, "料", LEDGER, AS_OF))
    assert [(row["sentence"], str(row["completes_on"]), row["row"]) for row in rows] == [
        ("起算：2年の期間が始まる", "2025-06-30", ""),
        (
            "督促：更新（2023-07-21 から数え直す）。指定期限の翌日 2023-08-01 から数える読みもある",
            "2025-07-20",
            "督促 0000012345-03",
        ),
        ("承認：一部納付は承認と確認されていないため更新しない", "2025-07-20", "収納 000000000123"),
        ("別の読み：督促の指定期限の翌日から数える読みでは、この日に完成する", "2025-07-31", ""),
        ("承認：確認されていない承認を担当者が承認と認めれば、この日に完成する", "2026-03-15", ""),
    ]


def test_an_unknown_exemption_is_told():
    with pytest.raises(exemption.UnknownGround, match=r"納付相談.*delinquency_charge.toml"):
        exemption.exempt("納付相談", date(2024, 1, 1))

"""What stands beside the dates: the stored dates compared, the other clocks, the rows a page prints, the exemptions."""

from dataclasses import replace
from datetime import date

import pytest

from law import delinquency_charge, exemption, other_clock, parameters, prescription, suspension
from law.demand import Fact, state
from law.explained import (
    describe_charge,
    describe_demand,
    describe_grace,
    describe_prescription,
    describe_suspension,
)
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
        "全額免除（30日）。執行停止（2024-09-01 から 2024-09-30 まで）",
        "残額 1,500円は計算の基礎にならない（2,000円未満）",
        "料に地方税法15条の9の免除が及ぶかは市の条例による（市の設定では及ぶ。国保法78条は準用しない）",
        "合計 941円 → 0円（1,000円未満のため切捨て）",
        "強制値 1,000円を計算に代えて使う",
        "納付済みの延滞金 200円を引いて 800円",
    ]
    assert all(row["article"] for row in describe_charge(charge, policy))
    assert describe_charge(charge, policy)[0].keys() == describe_charge(charge, policy)[-1].keys()


def test_half_an_exemption_before_2021_names_its_ground_and_the_law_then_in_force():
    free = [exemption.recorded("換価猶予", date(2019, 7, 1), date(2020, 6, 30), "half", "猶予 G0000001")]
    due = date(2019, 5, 31)
    charge = delinquency_charge.explain(1_000_000, due, [], date(2020, 6, 30), "税", exemptions=free)
    row = describe_charge(charge, parameters.levy_policy("税", due))[1]
    assert row["sentence"].endswith(
        "。2分の1免除（猶予特例基準割合を超える部分を免除）。換価猶予 猶予 G0000001（2019-07-01 から 2020-06-30 まで）")
    assert row["article"] == "地方税法723条1項、地方税法15条の9第1項、地方税法附則3条の2第3項（令和2年改正前、特例基準割合）（条文未確認）"
    assert not any("市の条例による" in row["sentence"] for row in describe_charge(charge, parameters.levy_policy("税", due)))


POLICY = parameters.levy_policy("料", DUE)


def told(events, as_of=AS_OF):
    """The explanation of one clock: (day, sentence, completion, record) per row."""
    rows = describe_prescription(prescription.explain(DUE, "料", events, as_of), POLICY)
    return [(str(row["on"]), row["sentence"], str(row["completes_on"]), row["record"]) for row in rows]


def test_the_prescription_as_a_page_prints_it():
    assert told(LEDGER) == [
        ("2023-07-01", "起算：2年の期間が始まる", "2025-06-30", ""),
        (
            "2023-07-20",
            "督促：更新（2023-07-21 から数え直す）。指定期限の翌日 2023-08-01 から数える読みもある",
            "2025-07-20",
            "督促 0000012345-03",
        ),
        (
            "2024-03-15",
            "一部納付による承認（2024-03-15）：担当者が承認と確かめるまで更新しない",
            "2025-07-20",
            "収納 000000000123",
        ),
        # 7/20 は日曜、7/21 は海の日
        ("2025-07-23", "消滅：消滅と扱える最初の日（担当者が確かめる）", "2025-07-20", ""),
        ("None", "別の読み：督促の指定期限の翌日から数える読みでは、この日に完成する", "2025-07-31", ""),
        ("None", "承認：確認されていない承認を担当者が承認と認めれば、この日に完成する", "2026-03-15", ""),
    ]


READINGS = [
    ([Event("徴収猶予", date(2024, 1, 10), date(2025, 1, 9))], ("猶予の間は時効が進行しない読みでは、この日に完成する", "2026-07-01")),
    ([Event("換価猶予", date(2024, 1, 10))], ("猶予の間は時効が進行しない読みでは、猶予が終わるまで完成しない", "None")),
    # 一度目の催告は 2025-06-10 までで、2025-06-30 の完成をまだ延ばしていない
    ([Event("催告", date(2024, 12, 10)), Event("催告", date(2025, 3, 1))],
     ("再度の催告も、前の催告で完成が延びている間でなければ効力がある読みでは、この日に完成する", "2025-09-01")),
    # 一度目の催告が完成を延ばしている間の催告は、どの読みでも効力がない
    ([Event("催告", date(2025, 6, 10)), Event("催告", date(2025, 8, 1))], None),
]  # fmt: skip


@pytest.mark.parametrize(("events", "reading"), READINGS)
def test_the_other_readings_stand_beside_the_earlier_date(events, reading):
    rows = told(events)
    assert [(row[1].removeprefix("別の読み："), row[2]) for row in rows if row[1].startswith("別の読み")] == ([reading] if reading else [])


def test_part_payments_that_nobody_confirmed_are_told_once():
    paid = [
        Event("承認", date(2024, month, 28), ground="一部納付", record=f"収納 00000000000{month}")
        for month in (1, 3, 5)
    ]
    pledged = Event("承認", date(2024, 4, 10), is_confirmed=True, ground="分納誓約", record="分納 00000009")
    rows = told([*paid, pledged], date(2024, 8, 1))
    assert [row[1] for row in rows[:3]] == [
        "起算：2年の期間が始まる",
        "承認：分納誓約により更新",
        "一部納付による承認（2024-01-28、2024-03-28、2024-05-28）：担当者が承認と確かめるまで更新しない",
    ]
    assert (rows[1][3], rows[2][3]) == (
        "分納 00000009",
        "収納 000000000001、収納 000000000003、収納 000000000005",
    )


HELD = [
    ("料", "差押", "完成猶予中：差押の間は完成しない", [("取立・配当・無益解除で終了", "2028-11-20"), ("取下げ・違法取消で終了", "2027-05-20")]),
    ("税", "差押", "完成猶予中：差押の間は完成しない", [("取立・配当・無益解除で終了", "2031-11-20"), ("取下げ・違法取消で終了", "2028-07-30")]),
    ("税", "交付要求", "完成猶予中：交付要求の間は完成しない", [("終了", "2031-11-20")]),
    ("税", "換価猶予", "進行停止中：換価猶予の間は進行しない", [("終了", "2031-02-19")]),  # 934日を足す
    ("料", "天災", "完成猶予中：天災の間は完成しない", [("終了", "2027-02-20")]),
]


@pytest.mark.parametrize(("levy_kind", "kind", "stands", "ends"), HELD)
def test_while_held_the_day_is_the_one_after_the_hold_and_never_past(levy_kind, kind, stands, ends):
    found = prescription.explain(DUE, levy_kind, [LEDGER[0], Event(kind, date(2024, 5, 1), record="処分 00000077")], AS_OF)
    rows = [(row["sentence"], str(row["completes_on"])) for row in describe_prescription(found, POLICY)]
    assert rows[-len(ends) - 2][1] == "None"
    assert rows[-len(ends) - 1 :] == [
        (stands, "None"), *((f"解けたとき：{AS_OF} に{way}すれば、この日に完成する", day) for way, day in ends)
    ]
    assert all(each.completes_on > AS_OF for each in found.if_ended)
    if kind == "差押":  # what is said is what the engine finds once it has ended so
        ended = [LEDGER[0], Event(kind, date(2024, 5, 1), AS_OF, "取下げ")]
        assert str(prescription.explain(DUE, levy_kind, ended, AS_OF).completes_on) == ends[1][1]


def test_an_old_attachment_that_is_withdrawn_never_held():
    found = prescription.explain(date(2017, 6, 30), "料", [Event("差押", date(2018, 5, 1))], AS_OF)
    rows = describe_prescription(found, POLICY)
    assert "さかのぼって効力がなく、この日に完成していたことになる" in rows[-1]["sentence"]
    assert str(rows[-1]["completes_on"]) == "2019-06-30"
    ended = prescription.explain(date(2017, 6, 30), "料", [Event("差押", date(2018, 5, 1), date(2019, 3, 1), "取立")], AS_OF).steps[-1]
    assert (ended.effect, ended.article) == ("取立により終了、中断", "旧民法147条2号・157条1項")


def test_a_grace_in_force_says_how_long_the_law_allows():
    grace = Event("徴収猶予", date(2026, 1, 10), date(2026, 12, 31), record="猶予 G1")
    row = describe_grace(grace, "料", date(2025, 1, 10))
    assert row["sentence"] == "徴収猶予の終わり（猶予 G1）。1回は 2027-01-09 まで、延長を含めて 2027-01-09 まで"
    assert (row["on"], "15条4項" in row["article"]) == (date(2026, 12, 31), True)
    assert describe_grace(replace(grace, ended_on=date(2027, 1, 10)), "料", date(2026, 1, 10))["sentence"].endswith("最長を超えている（確かめる）")


def test_both_ends_of_a_suspension_stand_in_one_sentence():
    row = describe_suspension(suspension.explain(1, date(2024, 4, 1), date(2025, 7, 20)), date(2024, 4, 1))
    assert str(row["on"]) == "2027-04-01"
    assert row["sentence"] == (
        "執行停止：1号 無財産（2024-04-01 から）。停止3年の終わり 2027-04-01、時効 2025-07-20。早い方は 時効 2025-07-20"
    )


def test_the_demand_as_a_page_prints_it():
    sent = (date(2023, 7, 20), date(2023, 7, 31))
    rows = describe_demand(state(DUE, 1_000, AS_OF, [sent], [Fact("執行停止", AS_OF)]))
    assert [(str(row["on"]), row["sentence"]) for row in rows] == [
        ("2023-07-20", "督促の期限（納期限から数える）"),
        ("2023-07-20", "督促状を発した"),
        ("2023-07-20", "督促手数料 100円"),
        ("2023-07-31", "督促状に書いた指定期限"),
        ("2023-07-31", "発した日から起算して10日を経過した日の翌日"),
        ("2023-08-01", "督促の指定期限の翌日"),
        ("2023-08-01", "差し押さえられる最初の日"),
        ("None", "差し押さえられない（執行停止）: 停止の間は新たに差し押さえない。"),
    ]
    assert all(row["article"] for row in rows)
    unrecorded = describe_demand(state(DUE, 1_000, AS_OF, [(date(2023, 7, 20), None)]))
    assert (str(unrecorded[3]["on"]), unrecorded[3]["sentence"]) == (
        "2023-07-30",
        "督促の指定期限（記録がないため市の通例の日数による）",
    )


def test_the_days_a_seizure_waits_are_those_of_the_setting(amend):
    amend("levy_policy.toml", ('[[seizure_wait_days]]\nlevy_kind = "料"\nfrom = 2000-01-01\nvalue = 10', '[[seizure_wait_days]]\nlevy_kind = "料"\nfrom = 2000-01-01\nvalue = 14'))
    row = describe_demand(state(DUE, 1_000, AS_OF, [(date(2023, 7, 20), date(2023, 7, 31))]))[4]
    assert (row["on"], row["sentence"]) == (date(2023, 8, 4), "発した日から起算して14日を経過した日の翌日")


def test_a_sum_that_nothing_was_cut_from_is_told_as_it_is():
    charge = delinquency_charge.explain(1_000, DUE, [], AS_OF, "料")
    assert [row["sentence"] for row in describe_charge(charge, POLICY)][-1] == "合計 0円"


def test_an_unknown_exemption_is_told():
    with pytest.raises(exemption.UnknownGround, match=r"納付相談.*delinquency_charge.toml"):
        exemption.exempt("納付相談", date(2024, 1, 1))


def test_a_forced_charge_is_told_even_before_any_charge_begins():
    policy = replace(parameters.levy_policy("料", DUE), charge_start_basis="demand_due")
    charge = delinquency_charge.explain(50_000, DUE, [], AS_OF, "料", policy, forced_yen=1_200, charge_paid=200)
    assert (charge.starts_on, charge.yen) == (None, 1_000)
    assert [row["sentence"] for row in describe_charge(charge, policy)] == [
        "督促の指定期限がないため、延滞金はまだ始まらない",
        "強制値 1,200円を計算に代えて使う",
        "納付済みの延滞金 200円を引いて 1,000円",
    ]

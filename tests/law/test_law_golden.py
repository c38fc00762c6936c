"""Every published worked example is reproduced, or listed with the reason why not."""

from dataclasses import replace
from decimal import Decimal

import pytest
from golden_rows import FOLDER, NOT_REPRODUCED, case_id, day, listed, rows, usable

from law import calendar, collection_rate, delinquency_charge, demand, parameters, prescription, rates

TESTED = {
    "golden2_collection_rate.csv",
    "golden2_due_dates.csv",
    "golden_due_dates.csv",
    "golden2_first_period.csv",
    "golden2_prescription.csv",
    "golden_prescription_derived.csv",
    "golden_delinquency_charge.csv",
    "golden_delinquency_segments.csv",
    "golden_rates.csv",
    "golden2_rule_quotes.csv",
    "golden_wage_seizure.csv",  # test_wage_attachment.py
    "golden2_allocation.csv",  # test_allocation.py
    "golden_gs1_128.csv",  # test_payment_slip.py
    "golden2_gs1_128.csv",  # test_payment_slip.py
}
QUOTED = {"RQ01", "RQ03", "RQ06", "RQ11", "RQ14", "RQ15"}  # RQ14: test_payment_slip.py, RQ11: below


def cases(*file_names):
    return [pytest.param(row, id=case_id(row)) for name in file_names for row in usable(name)]


def test_every_row_is_reproduced_or_listed_with_a_reason():
    on_file = {
        (path.name, case_id(row))
        for path in FOLDER.glob("*.csv")
        if path.name != NOT_REPRODUCED
        for row in rows(path.name)
    }
    assert set(listed()) <= on_file, "not_reproduced.csv names rows that do not exist"
    assert all(reason.strip() for reason in listed().values())
    left = {key for key in on_file - set(listed()) if key[0] not in TESTED}
    assert not left, f"neither reproduced nor listed: {sorted(left)}"


def test_full_rows_are_only_left_out_where_another_rule_is_needed():
    full = {
        (name, case_id(row)): listed()[name, case_id(row)]
        for name in TESTED - {"golden2_rule_quotes.csv"}
        for row in rows(name)
        if row.get("completeness") == "full" and (name, case_id(row)) in listed()
    }
    assert full == {}


@pytest.mark.parametrize("row", cases("golden_delinquency_charge.csv"))
def test_charge(row):
    charge = explained(row)
    assert charge.steps[0].base == int(row["published_base"])
    if row["completeness"] == "full":
        assert charge.sum_yen == int(row["published_sum_before_100"])
        assert charge.yen == int(row["published_charge"])


@pytest.mark.parametrize("row", cases("golden_delinquency_segments.csv"))
def test_charge_segment(row):
    whole = next(r for r in rows("golden_delinquency_charge.csv") if r["case_id"] == row["case_id"])
    step = explained(whole).steps[int(row["seg"]) - 1]
    published = (
        day(row["from_date"]),
        day(row["to_date"]),
        int(row["days"]),
        Decimal(row["rate_pct"]),
        int(row["base"]),
    )
    assert (step.from_date, step.to_date, step.days, step.rate, step.base) == published
    if row["published_raw"] or row["published_floor"]:
        assert step.yen == int(row["published_floor"] or Decimal(row["published_raw"]))


def explained(row):
    due = day(row["due_date"])
    policy = replace(parameters.levy_policy("税", due), first_months=int(row["first_period_months"]))
    return delinquency_charge.explain(int(row["principal"]), due, [], day(row["paid_date"]), "税", policy)


@pytest.mark.parametrize("row", cases("golden2_first_period.csv"))
def test_end_of_the_low_rate_period(row):
    due, months = day(row["due_date"]), int(row["first_period_months"])
    # FP07 はその市の設定: 月初にずれた納期限では、その月の末日まで
    shipped = parameters.levy_policy("税", due)
    policy = replace(shipped, first_months=months, first_period_ends_with_month=row["case_id"] == "FP07")
    assert delinquency_charge.first_period_end(due, policy) == day(row["published_first_end"])


@pytest.mark.parametrize("row", cases("golden2_due_dates.csv", "golden_due_dates.csv"))
def test_due_date_rolls_forward(row):
    assert calendar.roll_forward(day(row["nominal_date"])) == day(row["published_due"])


@pytest.mark.parametrize("row", cases("golden_rates.csv"))
def test_rate(row):
    for on in (day(row["from"]), day(row["to"])):
        for period in ("first", "after"):
            run = next(r for r in rates.rate_runs(period) if r.from_date <= on <= r.to_date)
            assert run.rate == Decimal(row[f"{period}_rate_pct"])


@pytest.mark.parametrize("row", cases("golden2_collection_rate.csv"))
def test_collection_rate(row):
    places = int(row["decimals"])
    found = collection_rate.rate(int(row["collected_shuno"]), int(row["assessed_chotei"]), places)
    assert str(found) == row["published_rate_pct"]


@pytest.mark.parametrize("row", cases("golden_prescription_derived.csv"))
def test_derived_prescription(row):
    if not row["due_date"]:  # PR05: 督促から差押までの日数の例
        assert demand.seizable_from(day(row["event_date"]), None, "税").on == day(row["restart_date"])
        return
    kind = {"n": None, "督": "督促", "一": "承認"}[row["event"][0]]
    events = [prescription.Event(kind, day(row["event_date"]), is_confirmed=True)] if kind else []
    found = prescription.explain(day(row["due_date"]), "料", events, day("2026-11-20"))
    assert found.completes_on == day(row["completes_end_of"])


@pytest.mark.parametrize("row", cases("golden2_prescription.csv"))
def test_published_prescription(row):
    """最判令和2年6月26日 (加須市): 督促 2011-01-26, part payment without acknowledgement, heir notice, late 差押."""
    demanded = prescription.Event("督促", day("2011-01-26"))
    event = {
        "PE01": [demanded],
        "PE02": [demanded, prescription.Event("承認", day("2012-01-24"))],
        "PE03": [demanded, prescription.Event("承継通知", day("2012-10-25"))],
        "PE04": [demanded, prescription.Event("差押", day("2017-01-16"))],  # 日は印刷されていない
        "PE05": [],
    }[row["case_id"]]
    if row["case_id"] == "PE05":
        start = prescription.explain(day("2023-08-31"), "料", [], day("2024-01-01")).steps[0]
        assert start.on == day(row["restart_date_by_rule"])
    elif row["case_id"] == "PE03":
        with pytest.raises(prescription.UnknownEvent, match="承継通知"):
            prescription.explain(day("2010-12-27"), "税", event, day("2018-01-01"))
    else:
        found = prescription.explain(day("2010-12-27"), "税", event, day("2018-01-01"))
        assert found.completes_on == day("2016-02-05")
        assert not found.is_held


def test_quoted_rules():
    assert {case_id(row) for row in usable("golden2_rule_quotes.csv")} == QUOTED
    due, as_of = day("2024-06-30"), day("2026-06-30")
    by_balance = parameters.levy_policy("税", due)
    by_original = replace(by_balance, min_base_on_balance=False)
    paid = [(day("2024-07-31"), 8_500)]
    balances = [
        [step.base for step in delinquency_charge.explain(10_000, due, paid, as_of, "税", policy).steps][-1]
        for policy in (by_balance, by_original)
    ]
    assert balances == [0, 1000]  # RQ01 読谷村は当初額で見る
    newest = [str(rates.rate_runs(period)[-1].rate) for period in ("first", "after")]
    assert newest == ["2.8", "9.1"]  # RQ06 令和8年
    by_thousand = replace(by_balance, result_unit_yen=1_000)
    cut = [delinquency_charge.explain(100_000, due, [], day("2026-05-31"), "税", policy) for policy in (by_balance, by_thousand)]
    # 203 + 12,346 + 3,764（7月 31日、2025年末まで 518日、2026年 151日）
    assert [(charge.sum_yen, charge.yen) for charge in cut] == [(16_313, 16_300), (16_313, 16_000)]  # RQ03 1,000円未満切捨ての村
    half = {str(run.from_date.year): str(run.rate) for run in rates.rate_runs("after_half")}
    assert (half["2018"], half["2021"], half["2022"]) == ("1.6", "1.0", "0.9")  # RQ15 令和2年、令和3年、令和4–7年


def test_a_town_that_demands_within_forty_days(amend):
    """RQ11 玉城町 国保料: the same day is a 督促漏れ here and not there."""
    due, usual, late = day("2024-06-30"), day("2024-07-20"), day("2024-08-09")
    assert (demand.deadline(due), demand.state(due, 1, late).is_missed) == (usual, True)
    amend("levy_policy.toml", ('[[demand_deadline_days]]\nlevy_kind = "料"\nfrom = 2000-01-01\nvalue = 20', '[[demand_deadline_days]]\nlevy_kind = "料"\nfrom = 2000-01-01\nvalue = 40'))
    assert (demand.deadline(due), demand.state(due, 1, late).is_missed) == (late, False)
    assert demand.state(due, 1, day("2024-08-10")).is_missed

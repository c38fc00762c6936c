"""計算の根拠: what the page explains is what the snapshot shows, for every overdue installment, and for nobody else."""

import polars as pl
import pytest

from auth.access import NotAllowed
from data_access.derivation import derivation
from data_access.query import ask, standing
from tests.staff import ANALYST, CHIEF, NEIGHBOUR, OFFICER


def overdue(user):
    for row in ask(user, "district_worklist", queue=None, district=None, sort="急ぐ順", page_size=10_000, skipped=0).iter_rows(named=True):
        for installment in ask(user, "case_installments", atena_ref=row["atena_ref"], only_overdue=True).iter_rows(named=True):
            yield row["atena_ref"], installment


def test_every_explanation_ends_in_the_amount_and_the_date_on_screen(city):
    as_of, seen = standing().as_of, 0
    for atena_ref, shown in list(overdue(CHIEF))[:150]:
        found = derivation(CHIEF, atena_ref, shown["installment_key"], as_of)
        assert found.agrees, shown
        assert found.charge["yen"][-1] == shown["charge_yen"] or found.charge.is_empty()
        assert shown["prescription_on"] is None or shown["prescription_on"] in found.prescription["completes_on"].to_list()
        assert all(found.prescription["sentence"])
        assert shown["demand_deadline"] == found.demand["on"][0]
        assert shown["seizable_from"] is None or shown["seizable_from"] in found.demand.filter(pl.col("sentence") == "差し押さえられる最初の日")["on"]
        seen += 1
    assert seen > 50


def test_a_forced_charge_is_said_in_the_explanation(city):
    as_of, seen = standing().as_of, 0
    for atena_ref, shown in overdue(CHIEF):
        forced = ask(CHIEF, "installment_basis", atena_ref=atena_ref, installment_key=shown["installment_key"])["forced_charge_yen"][0]
        if forced is not None:
            found = derivation(CHIEF, atena_ref, shown["installment_key"], as_of)
            said = found.charge.filter(pl.col("sentence") == f"強制値 {forced:,}円を計算に代えて使う")
            assert said["yen"].to_list() == [forced], shown
            assert found.agrees, shown
            seen += 1
    assert seen


def test_an_installment_that_is_not_overdue_or_not_ours_has_no_explanation(city):
    as_of = standing().as_of
    atena_ref, shown = next(overdue(OFFICER))
    assert derivation(OFFICER, atena_ref, "0000000000-01", as_of) is None
    assert derivation(NEIGHBOUR, atena_ref, shown["installment_key"], as_of) is None
    with pytest.raises(NotAllowed):
        derivation(ANALYST, atena_ref, shown["installment_key"], as_of)


def explained(rows, number):
    """The explanations of every overdue installment of one story, with what the list shows."""
    reference = next(row["atena_ref"] for row in rows.derived("delinquent") if row["atena_number"] == number)
    listed = ask(CHIEF, "case_installments", atena_ref=reference, only_overdue=True).to_dicts()
    return [(shown, derivation(CHIEF, reference, shown["installment_key"], standing().as_of)) for shown in listed]


def test_a_grace_exempts_and_its_application_renews(city, rows):
    for _, found in explained(rows, "9900000310"):
        assert found.agrees
        half = found.charge.filter(pl.col("sentence").str.contains("2分の1免除.*換価猶予 猶予 ")).row(0, named=True)
        assert "附則3条の2第3項" in half["article"]
        assert "（条文未確認）" in half["article"]
        assert any("免除が及ぶかは市の条例による" in sentence for sentence in found.charge["sentence"])
        assert any("換価猶予の終わり（猶予 " in sentence for sentence in found.demand["sentence"])
        sentences = "\n".join(found.prescription["sentence"])
        assert "承認：猶予申請により更新" in sentences
        assert "換価猶予：猶予の間も時効は進行する（市の設定。担当者が確かめる）" in sentences


def test_a_second_reminder_does_not_hold(city, rows):
    ((shown, found),) = explained(rows, "9900000320")
    assert found.agrees
    assert shown["prescription_on"].isoformat() == "2027-04-01"  # 2026-10-01 の催告から6か月
    sentences = [sentence for sentence in found.prescription["sentence"] if sentence.startswith("催告")]
    assert sentences == ["催告：2027-04-01 まで完成猶予", "催告：前の催告・協議による完成猶予の間の催告のため効力なし"]


def test_what_stops_the_demand_is_told(city, rows):
    ((_, found),) = explained(rows, "9900000340")
    assert found.agrees
    assert "督促は徴収猶予により止まっている" in found.demand["sentence"].to_list()
    assert not any("督促漏れ" in sentence for sentence in found.demand["sentence"])
    assert any("全額免除" in sentence for sentence in found.charge["sentence"])


def test_the_charge_left_of_a_paid_installment_is_explained(city):
    """確定延滞金 that was not paid with the 本料: a row of the case, part of its sum, with its own 時効 and the article."""
    as_of, seen = standing().as_of, 0
    for row in ask(CHIEF, "district_worklist", queue=None, district=None, sort="急ぐ順", page_size=10_000, skipped=0).iter_rows(named=True):
        installments = ask(CHIEF, "case_installments", atena_ref=row["atena_ref"], only_overdue=False)
        left = installments.filter(pl.col("left_charge_yen") > 0)
        assert row["charge_yen"] == installments.filter(pl.col("is_overdue") | (pl.col("left_charge_yen") > 0))["charge_yen"].sum()
        for shown in left.iter_rows(named=True):
            found = derivation(CHIEF, row["atena_ref"], shown["installment_key"], as_of)
            assert found.agrees, shown
            assert found.charge["yen"].to_list() == [shown["left_charge_yen"]] == [shown["charge_yen"]]
            assert found.prescription["completes_on"].to_list() == [shown["prescription_on"]]
            assert "担当者が確かめる" in found.prescription["sentence"][0]
            seen += 1
    assert seen > 0

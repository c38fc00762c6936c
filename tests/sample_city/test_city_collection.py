"""口座振替, 納付書, 返戻 and the other records of 収納 tell one story with the receipts and the bills."""

import polars as pl
from city_files import CLOCK, SEED

from sample_city.stories import planted, stories
from sample_city.transfers import RESULTS

KEY = ["notice_number", "installment_no"]


def test_a_transfer_that_succeeded_is_a_receipt_and_one_that_failed_is_none(read):
    transfers = read("account_transfer")
    assert dict(transfers.select("result_code", "transfer_result").unique().rows()).items() <= RESULTS.items(), f"seed {SEED}"
    booked = read("receipt").filter((pl.col("channel") == "口座振替") & (pl.col("receipt_kind") == "収納"))
    good, failed = transfers.filter(pl.col("result_code") == "0"), transfers.filter(pl.col("result_code") != "0")
    assert good.height > 100
    assert failed.height > 10
    same = ["notice_number", "installment_no", "transfer_on", "transfer_yen"]
    paid = booked.rename({"received_on": "transfer_on", "principal_yen": "transfer_yen"})
    assert good.join(paid, on=same, how="anti").is_empty(), f"seed {SEED}"
    assert failed.join(booked, on=KEY, how="semi").is_empty(), f"seed {SEED}"
    again = failed.filter(pl.col("attempt_no") == 2)
    assert again.join(failed.filter(pl.col("attempt_no") == 1), on=KEY, how="anti").is_empty(), f"seed {SEED}"


def test_every_run_counts_its_slips_and_mpn_was_sent_as_many(read):
    slips = read("payment_slip").group_by("batch_number").agg(
        count=pl.len().cast(pl.Int64), yen=pl.sum_horizontal("principal_yen", "charge_yen", "fee_yen").sum())
    runs = read("payment_slip_batch").join(slips, on="batch_number", how="full")
    assert (runs["slip_count"] == runs["count"]).all(), f"seed {SEED}"
    assert (runs["slip_yen"] == runs["yen"]).all(), f"seed {SEED}"
    sent = read("mpn_transmission").join(read("payment_slip_batch"), on="batch_number", how="full")
    assert (sent["sent_count"] == sent["slip_count"]).all(), f"seed {SEED}"
    assert ((sent["rejected_count"] > 0) == (sent["transmission_result"] != "正常")).all(), f"seed {SEED}"


def test_every_returned_demand_is_among_the_returned_mail(read):
    demands = read("demand").filter((pl.col("is_newest") == "1") & pl.col("returned_on").is_not_null())
    mail = read("returned_mail")
    assert demands.join(mail, on=[*KEY, "returned_on"], how="anti").is_empty(), f"seed {SEED}"
    assert mail.filter(pl.col("public_notice_on").is_not_null() & (pl.col("investigation_result") != "居所不明")).is_empty()
    assert mail.filter(pl.col("investigation_result").is_null() & pl.col("investigated_on").is_not_null()).is_empty()


def test_stored_prescriptions_and_forced_charges_stand_only_on_open_installments(read):
    rows = read("installment").with_columns(is_open=pl.col("stored_unpaid_yen") > 0)
    asked = pl.col("stored_prescription_2y_on").is_not_null() | pl.col("stored_prescription_5y_on").is_not_null()
    missing = rows.filter(pl.col("is_open") & ~asked).select(KEY).rows()
    not_stored = {(each.notice_number, each.installment_no) for each in planted(CLOCK) if each.reason == "登録がない"}
    assert set(missing) == not_stored, f"seed {SEED}"
    assert rows.filter(~pl.col("is_open") & (asked | pl.col("forced_charge_yen").is_not_null())).is_empty(), f"seed {SEED}"
    assert rows["forced_charge_yen"].count() > 0, f"seed {SEED}"


def test_what_is_planted_is_unpaid_in_its_story():
    for story in stories():
        assert all([back, no] in story["unpaid"] for back, no, _ in story["stored"]), story["line"]
    assert len(planted(CLOCK)) == 6

"""The invariants of the stored figures, to the yen, on the last day and on the first; and two runs are one."""

import hashlib
from datetime import date

import polars as pl
import pytest
from city_files import CLOCK, SEED, merged

from sample_city.city import build
from sample_city.clock import Clock, booking_year, number, two_years_after
from sample_city.feed import tables

KEY = ["notice_number", "installment_no"]


def check_figures(read, note):
    """FEEDS: 収納額 = Σ 本料; 収入未済 = 調定 − 収納 + 還付未済 − 不納欠損 ≥ 0; 年調定 = Σ 期別 = 賦課."""
    installments = read("installment")
    received = read("receipt").group_by(KEY).agg(received=pl.col("principal_yen").sum())
    due_back = read("overpayment").group_by(KEY).agg(due_back=(pl.col("overpaid_yen") - pl.col("settled_yen")).sum())
    written_off = read("write_off").select(*KEY, "written_off_yen")
    rows = installments
    for other in (received, due_back, written_off):
        rows = rows.join(other, on=KEY, how="left")
    rows = rows.with_columns(pl.col("received", "due_back", "written_off_yen").fill_null(0))
    wrong = rows.filter((pl.col("stored_received_yen") != pl.col("received")) | (
        pl.col("stored_unpaid_yen") != pl.col("assessed_yen") - pl.col("received") + pl.col("due_back") - pl.col("written_off_yen")))
    assert wrong.is_empty(), f"{note}: {wrong.head(3)}"
    assert rows["stored_unpaid_yen"].min() >= 0, note
    parts = tables("shuno")["installment"]["sums"][0]["parts"]
    assert (rows.select(pl.sum_horizontal(parts)).to_series() == rows["assessed_yen"]).all(), note
    annual = read("annual_assessment").join(
        installments.group_by("notice_number").agg(total=pl.col("assessed_yen").sum()), on="notice_number", how="left")
    assert (annual["assessed_yen"] == annual["total"]).all(), note
    levied = annual.join(read("nhi_levy"), left_on=["atena_number", "levy_year"], right_on=["head_atena_number", "levy_year"], how="left")
    assert (levied["assessed_yen"] == levied["levied_yen"]).all(), note


def test_figures_hold_after_the_differences(read):
    check_figures(read, f"seed {SEED}, last day")


def test_figures_hold_in_the_full_feed(read):
    check_figures(lambda table: read(table, CLOCK.feed_dates[0]), f"seed {SEED}, first day")


def test_refunds_are_negative_receipts_of_the_settled_yen(read):
    settled = read("overpayment").filter(pl.col("settled_yen") > 0)
    refunds = read("receipt").filter(pl.col("receipt_kind") == "還付")
    joined = settled.join(refunds, on=KEY, how="full")
    assert settled.height > 0
    assert (joined["settled_yen"] == -joined["principal_yen"]).all(), f"seed {SEED}"
    assert (joined["settled_on"] == joined["booked_on"]).all(), f"seed {SEED}"


def test_receipts_are_booked_within_a_week_in_the_right_year(read):
    receipts = read("receipt").filter(pl.col("receipt_kind") == "収納").join(
        read("annual_assessment").select("notice_number", "assessment_fiscal_year"), on="notice_number")
    received, booked = (receipts[name].str.to_date("%Y%m%d").to_physical().to_numpy() for name in ("received_on", "booked_on"))
    assert ((booked - received >= 0) & (booked - received <= 7)).all(), f"seed {SEED}"
    assert booked.max() <= CLOCK.last
    year = booking_year(booked, receipts["assessment_fiscal_year"].to_numpy())
    assert (receipts["fiscal_year"].to_numpy() == year).all(), f"seed {SEED}"


def test_demands_go_out_within_twenty_days_and_give_ten(read):
    rows = read("demand").join(read("installment"), on=KEY).with_columns(
        pl.col("due_date", "issued_on", "designated_deadline").str.to_date("%Y%m%d"))
    assert (rows["issued_on"] - rows["due_date"]).dt.total_days().is_between(17, 20).all(), f"seed {SEED}"
    assert ((rows["designated_deadline"] - rows["issued_on"]).dt.total_days() == 10).all(), f"seed {SEED}"


def test_flash_receipts_are_not_booked_yet(read):
    flash = read("flash_receipt")
    assert flash.join(read("receipt"), left_on=[*KEY, "paid_on"], right_on=[*KEY, "received_on"], how="semi").is_empty(), f"seed {SEED}"


def test_two_runs_write_the_same_bytes(inbox, tmp_path):
    build(tmp_path, 300, SEED, CLOCK)
    one, two = ({path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.csv")}
                for folder in (inbox, tmp_path))
    assert one == two


def test_another_seed_is_another_city(inbox, tmp_path):
    build(tmp_path, 300, SEED + 1, CLOCK)
    path = "2026-10-28/shuno/receipt_20261028_F.csv"
    assert (inbox / path).read_bytes() != (tmp_path / path).read_bytes()


def test_the_clock_knows_due_dates_closed_days_and_fiscal_years():
    assert [day.isoformat() for day in CLOCK.feed_dates] == ["2026-10-28", "2026-10-29", "2026-10-30"]
    assert CLOCK.levy_years == tuple(range(2017, 2027))
    assert number(date(2026, 11, 2)) == CLOCK.due[-1][4]  # 10/31 は土曜
    assert two_years_after([number(date(2024, 2, 29)), number(date(2023, 6, 30))]).tolist() == [
        number(date(2026, 2, 28)), number(date(2025, 6, 30))]
    with pytest.raises(ValueError, match="閉庁日"):
        Clock(date(2026, 10, 31))


@pytest.mark.slow
def test_a_city_of_twenty_thousand_collects_like_a_real_one(tmp_path):
    clock = Clock(date(2026, 10, 30))
    build(tmp_path, 20_000, SEED, clock)

    def read(table):
        return merged(tmp_path, clock, table)

    check_figures(read, f"seed {SEED}, 20,000 persons")
    assessed = read("annual_assessment")
    receipts = read("receipt").join(assessed.select("notice_number", "levy_year", "payment_method"), on="notice_number")
    for year in range(2017, 2026):
        total = assessed.filter(pl.col("levy_year") == year)["assessed_yen"].sum()
        current = receipts.filter((pl.col("levy_year") == year) & (pl.col("fiscal_year") == year))["principal_yen"].sum()
        assert 920 <= current * 1000 // total <= 960, f"seed {SEED}: {year} {current}/{total}"
    open_ = read("installment").filter((pl.col("stored_unpaid_yen") > 0) & (pl.col("due_date") < "20261030"))
    delinquents = open_.join(assessed, on="notice_number")["atena_number"].n_unique()
    households = assessed["atena_number"].n_unique()
    assert 80 <= delinquents * 1000 // households <= 140, f"seed {SEED}: {delinquents}/{households}"

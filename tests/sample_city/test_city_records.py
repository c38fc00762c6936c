"""The old system's records and 国保's papers fit the money: proceeds to the yen, shares to one, premiums to their basis."""

from fractions import Fraction

import polars as pl
import pytest
from city_files import CLOCK, SEED, merged

from data_access.contract import tables
from sample_city.city import build

KEY = ["notice_number", "installment_no"]
PARTS = ("medical", "elderly_support", "care", "child_support")
FIRST_DAY = f"{CLOCK.feed_dates[0]:%Y%m%d}"


@pytest.fixture(scope="session", params=[300, pytest.param(6_000, marks=pytest.mark.slow)])
def made(request, read, tmp_path_factory):
    """read(table) of the small city, and of a larger one."""
    if request.param == 300:
        return read
    folder = tmp_path_factory.mktemp("larger")
    build(folder, request.param, SEED, CLOCK)
    return lambda table: merged(folder, CLOCK, table)



def test_every_table_has_rows(made):
    empty = [name for name in tables() if tables()[name].system in ("tainou", "kokuho") and made(name).is_empty()]
    assert empty == [], f"seed {SEED}"


def test_proceeds_are_allocated_to_the_yen(made):
    """Every receipt of 滞納処分 is allocated once, to its own installment, under a 処分 that names it."""
    seized = made("receipt").filter((pl.col("channel") == "滞納処分") & (pl.col("booked_on") <= FIRST_DAY))
    received = seized.group_by(KEY).agg(received=pl.sum_horizontal("principal_yen", "charge_yen", "fee_yen").sum()).sort(KEY)
    own = made("allocation")
    allocated = own.group_by(KEY).agg(received=pl.sum_horizontal("principal_yen", "charge_yen", "fee_yen").sum()).sort(KEY)
    assert received.equals(allocated), f"seed {SEED}"
    assert own.join(seized, on=["receipt_number", *KEY, "principal_yen", "charge_yen", "fee_yen"]).height == own.height
    assert own.join(made("disposition_installment"), on=["disposition_number", *KEY], how="anti").is_empty()
    ended = own.join(made("disposition"), on="disposition_number")
    assert ended["end_reason"].is_in(["取立", "配当"]).all()


def test_a_sale_brings_at_least_what_was_allocated(made):
    brought = made("allocation").group_by("disposition_number").agg(brought=pl.sum_horizontal("principal_yen", "charge_yen", "fee_yen").sum())
    sold = made("public_sale").filter(pl.col("result") == "売却").join(brought, on="disposition_number")
    assert (sold["sold_yen"] >= sold["brought"]).all(), f"seed {SEED}"


def test_a_collected_cheque_is_its_receipt(made):
    paid = made("entrusted_security").filter(pl.col("outcome") == "取立済").join(made("receipt"), on="receipt_number", how="left")
    assert (paid["face_yen"] == paid.select(pl.sum_horizontal("principal_yen", "charge_yen", "fee_yen")).to_series()).all(), f"seed {SEED}"
    assert (paid["payable_on"] == paid["received_on"]).all()


def test_heirs_share_the_whole_of_every_debt(made):
    standing = made("heir").filter(pl.col("renounced_on").is_null())
    shares: dict[str, Fraction] = {}
    for number, top, bottom in standing.select("atena_number", "share_numerator", "share_denominator").iter_rows():
        shares[number] = shares.get(number, Fraction(0)) + Fraction(top, bottom)
    assert set(shares.values()) == {Fraction(1)}, f"seed {SEED}: {shares}"
    taken = made("succession").group_by(KEY).agg(taken=pl.col("succeeded_yen").sum()).join(made("installment"), on=KEY)
    assert (taken["taken"] == taken["stored_unpaid_yen"]).all(), f"seed {SEED}"
    assert made("succession").join(standing, on=["atena_number", "heir_no"], how="anti").is_empty()


def test_graces_defer_what_was_due_and_demanded(made):
    scope = made("grace_installment").join(made("grace"), on="grace_number").join(made("installment"), on=KEY)
    assert (scope["deferred_yen"] == scope["stored_unpaid_yen"]).all(), f"seed {SEED}"
    assert (scope["due_date"] < scope["from_date"]).all()
    demanded = made("demand").rename({"issued_on": "demanded_on"}).select(*KEY, "demanded_on")
    late = scope.filter(pl.col("grace_kind") == "徴収猶予").join(demanded, on=KEY)
    assert (late["demanded_on"] < late["from_date"]).all(), "徴収猶予の間に督促しない"
    assert (scope.filter(pl.col("grace_kind") == "職権換価猶予")["applied_on"].is_null()).all()


def test_reminders_name_what_was_overdue(made):
    papers = made("document_installment").join(made("document"), on="document_number").join(made("installment"), on=KEY)
    assert (papers["due_date"] < papers["drawn_up_on"]).all(), f"seed {SEED}"
    owner = papers.join(made("annual_assessment"), on="notice_number", suffix="_of_notice")
    assert (owner["atena_number"] == owner["atena_number_of_notice"]).all(), f"seed {SEED}"
    assert set(made("document").filter(pl.col("is_reminder") == "1")["document_kind"]) == {"催告書"}


def test_a_premium_is_the_sum_of_its_parts(made):
    """所得割 + 均等割 + 平等割 − 軽減 − 限度超過・端数 = 算定年額; a whole year without correction is levied as that."""
    rows = made("nhi_levy")
    gross = rows.select(pl.sum_horizontal(f"{part}_{name}_yen" for part in PARTS for name in ("income", "head", "household"))).to_series()
    assert (gross - rows["reduced_yen"] - rows["cut_yen"] == rows["annual_yen"]).all(), f"seed {SEED}"
    reduced = rows["reduced_yen"] > 0
    assert (reduced == (rows["reduction_tenths"] != "0")).all()
    corrected = made("assessment_history")["notice_number"]
    notices = made("annual_assessment").filter(~pl.col("notice_number").is_in(corrected.implode()))
    plain = rows.join(notices, left_on=["head_atena_number", "levy_year"], right_on=["atena_number", "levy_year"])
    plain = plain.filter(pl.col("levied_months") == 12)
    assert plain.height > 100
    assert (plain["levied_yen"] == plain["annual_yen"]).all(), f"seed {SEED}"
    deducted = rows.join(made("annual_assessment"), left_on=["head_atena_number", "levy_year"], right_on=["atena_number", "levy_year"])
    assert ((deducted["payment_method"] == "特別徴収") == (deducted["collection_method"] == "特別徴収")).all()


def test_the_card_is_the_newest_paper(made):
    history = made("insurance_card_history").with_columns(pl.col("issue_no").cast(pl.Int64)).sort("atena_number", "issue_no")
    assert (history.group_by("atena_number").agg(pl.col("issued_on").is_sorted())["issued_on"]).all(), f"seed {SEED}"
    newest = history.group_by("atena_number").last()
    held = made("insurance_card").join(newest, on=["atena_number", "card_kind", "issued_on"], how="anti")
    assert held.is_empty(), f"seed {SEED}: {held.head(3)}"
    assert history.filter((pl.col("card_kind") == "被保険者証") & (pl.col("issued_on") >= "2024-12-02")).is_empty()


def test_who_is_under_special_benefit_holds_the_paper_that_says_so(made):
    running = made("special_benefit").filter(pl.col("decided_on").is_not_null() & pl.col("ended_on").is_null())
    eligible = made("nhi_eligibility").filter(pl.col("is_newest") == "1")
    held = made("insurance_card").join(eligible, on="atena_number").with_columns(
        special=pl.col("card_kind").str.contains("特別療養費"),
        running=pl.col("head_atena_number").is_in(running["head_atena_number"].implode()))
    assert (held["special"] == held["running"]).all(), f"seed {SEED}"
    assert held["special"].any()


def test_the_head_of_the_household_is_followed(made):
    rows = made("nhi_eligibility").with_columns(pl.col("history_number").cast(pl.Int64)).sort("atena_number", "history_number")
    turned = rows.filter(pl.col("change_reason") == "世帯主変更")
    before = turned.with_columns(history_number=pl.col("history_number") - 1).join(rows, on=["atena_number", "history_number"], suffix="_before")
    assert (before["head_atena_number"] != before["head_atena_number_before"]).all(), f"seed {SEED}"
    assert (turned["head_since"] == turned["changed_on"]).all()
    assert (rows["head_since"] >= rows["acquired_on"]).all()

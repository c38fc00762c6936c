"""What people earn and own: to the yen what the 国保 levied, and figures of one table that agree with another's."""

import polars as pl
from city_files import SEED


def test_the_incomes_of_a_household_are_its_levied_income(read):
    people = read("person").filter(pl.col("is_newest") == "1").select("atena_number", "household_number")
    heads = read("household").select("household_number", "head_atena_number")
    newest = read("resident_tax").filter(pl.col("is_newest") == "1")
    earned = newest.join(people, on="atena_number").join(heads, on="household_number").group_by("head_atena_number", "tax_year").agg(
        earned=pl.col("total_income_yen").sum())
    levied = read("nhi_levy").filter(pl.col("levy_year") >= newest["tax_year"].min())
    both = levied.join(earned, left_on=["head_atena_number", "levy_year"], right_on=["head_atena_number", "tax_year"], how="left")
    assert both.height > 100, f"seed {SEED}"
    wrong = both.filter(~pl.col("income_yen").eq_missing(pl.col("earned")))
    assert wrong.is_empty(), f"seed {SEED}: {wrong.head(3)}"


def test_wages_are_the_sum_of_the_pay_reports(read):
    key = ["atena_number", "tax_year"]
    paid = read("employment").group_by(key).agg(gross=pl.col("gross_yen").sum(), withholders=(pl.col("is_withholding") == "1").sum())
    taxed = read("resident_tax").filter(pl.col("is_newest") == "1").join(paid, on=key, how="left").with_columns(pl.col("gross").fill_null(0))
    assert (taxed["salary_revenue_yen"] == taxed["gross"]).all(), f"seed {SEED}"
    assert (taxed["salary_revenue_yen"] >= taxed["salary_income_yen"]).all()
    assert (taxed["withholders"].fill_null(0) <= 1).all(), f"seed {SEED}: one payer withholds the 住民税"
    assert (taxed.filter(pl.col("collection_method") == "特別徴収")["withholders"] == 1).all(), f"seed {SEED}"
    assert taxed.filter(pl.col("resident_tax_yen") == 0)["collection_method"].unique().to_list() == ["非課税"]


def test_parts_add_up(read):
    tax = read("resident_tax")
    income = [name for name in tax.columns if name.endswith("_income_yen") and name != "total_income_yen"]
    assert (tax.select(pl.sum_horizontal(income)).to_series() == tax["total_income_yen"]).all(), f"seed {SEED}"
    assert (tax["income_levy_yen"] + tax["equal_levy_yen"] == tax["resident_tax_yen"]).all(), f"seed {SEED}"


def test_what_is_shared_is_said_to_be_shared(read):
    shared = set(read("co_ownership").select("property_kind", "property_number").iter_rows())
    for kind, table in (("土地", "property_tax_land"), ("家屋", "property_tax_building")):
        said = {(kind, number) for number in read(table).filter(pl.col("is_co_owned") == "1")["property_number"]}
        assert said == {key for key in shared if key[0] == kind}, f"seed {SEED}"
    owners = read("property_tax_land")["atena_number"].n_unique()
    households = read("household").height
    assert 20 <= owners * 100 // households <= 50, f"seed {SEED}: {owners}/{households}"


def test_vehicles_are_scrapped_after_they_came(read):
    vehicles = read("light_vehicle")
    assert vehicles.filter(pl.col("scrapped_on") < pl.col("owned_from")).is_empty(), f"seed {SEED}"
    assert set(vehicles["ownership"]) >= {"本人所有", "所有権留保"}, f"seed {SEED}"

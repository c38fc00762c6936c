"""The people's tables agree with each other: who pays has an account, the dead have heirs, addresses follow their people."""

import numpy as np
import polars as pl
import pytest
from city_files import CLOCK, SEED, merged

from sample_city.city import build
from sample_city.clock import Clock
from sample_city.corporations import corporate_number
from sample_city.feed import tables
from sample_city.people import Draw
from sample_city.register import search_kana

NEWEST = pl.col("is_newest") == "1"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """read(table) of a town of 6,000, large enough that every rare thing happens."""
    folder, clock = tmp_path_factory.mktemp("town"), Clock(CLOCK.business_date)
    build(folder, 6_000, SEED, clock)
    return lambda table: merged(folder, clock, table)


def test_every_table_has_rows_and_every_column_a_value(town):
    empty = {"valid_to", "abolished_reason", "dismissed_on"}  # the city's letters and helpers go on
    for table, spec in tables("atena").items():
        rows = town(table)
        assert rows.height > 0, f"seed {SEED}: {table}"
        blank = {column["name"] for column in spec["columns"] if rows[column["name"]].null_count() == rows.height}
        assert blank <= empty, f"seed {SEED}: {table} {blank}"


def test_every_value_of_the_people_s_choices_is_of_the_contract_and_common_ones_happen(town):
    person = town("person")
    assert set(person["person_kind"]) == {"住登者", "住登外", "法人"}
    assert {"転出", "死亡", "職権消除", "転居"} == set(person["change_reason"].drop_nulls()), f"seed {SEED}"
    assert set(town("related_party")["party_kind"]) == {"納税管理人", "相続人代表", "代理人"}, f"seed {SEED}"


def test_who_pays_by_transfer_has_an_account_and_who_was_paid_back_too(town):
    accounts = town("bank_account")
    of = {use: set(accounts.filter(pl.col("account_use") == use)["atena_number"]) for use in ("振替", "還付")}
    assessed = town("annual_assessment")
    assert of["振替"] == set(assessed.filter(pl.col("payment_method") == "口座振替")["atena_number"]), f"seed {SEED}"
    paid_back = town("overpayment").filter(pl.col("settled_yen") > 0).join(assessed, on="notice_number")["atena_number"]
    assert of["還付"] == set(paid_back), f"seed {SEED}"
    holders = accounts.join(town("person").filter(NEWEST), on="atena_number")
    assert (holders["holder_kana"] == holders["name_kana"]).all(), f"seed {SEED}"


def test_heirs_stand_for_the_dead_and_live_with_them(town):
    person = town("person").filter(NEWEST).select("atena_number", "resident_state", "household_number")
    heirs = town("related_party").filter(pl.col("party_kind") == "相続人代表").join(person, on="atena_number").join(
        person, left_on="party_atena_number", right_on="atena_number", suffix="_heir")
    assert heirs.height > 0
    assert set(heirs["resident_state"]) == {"死亡"}, f"seed {SEED}"
    assert set(heirs["resident_state_heir"]) == {"現住"}, f"seed {SEED}"
    assert (heirs["household_number"] == heirs["household_number_heir"]).all(), f"seed {SEED}"
    parties = town("related_party")
    assert (parties["atena_number"] != parties["party_atena_number"]).all(), f"seed {SEED}"


def test_the_register_s_days_follow_each_other(town):
    person = town("person").filter(NEWEST, pl.col("resident_state") != "住登外")
    assert (person["became_resident_on"] >= person["birth_date"]).all(), f"seed {SEED}"
    assert (person["moved_in_on"] >= person["became_resident_on"]).all(), f"seed {SEED}"
    gone = person.filter(pl.col("resident_state") != "現住")
    assert (gone["removed_on"] == gone["state_changed_on"]).all(), f"seed {SEED}"
    assert (gone["removal_reason"] == gone["resident_state"]).all(), f"seed {SEED}"
    stays = person.filter(pl.col("resident_state") == "現住")
    assert stays["removed_on"].null_count() == stays.height, f"seed {SEED}"
    reported = person.drop_nulls("change_reported_on")
    assert (reported["change_reported_on"] >= reported["state_changed_on"]).all(), f"seed {SEED}"


def test_who_moved_out_has_a_forwarding_address_and_letters_go_there(town):
    person = town("person").filter(NEWEST)
    assert set(person.filter(pl.col("forwarding_address").is_not_null())["resident_state"]) == {"転出"}, f"seed {SEED}"
    assert person.filter(pl.col("resident_state") == "転出")["forwarding_address"].null_count() == 0, f"seed {SEED}"
    letters = town("mailing_address").filter(pl.col("setting_reason") == "転出先").join(person, on="atena_number", suffix="_person")
    assert letters.height > 0
    assert (letters["address"] == letters["forwarding_address"]).all(), f"seed {SEED}"
    assert (letters["postal_code"] == letters["forwarding_postal_code"]).all(), f"seed {SEED}"


def test_everybody_on_the_register_joined_a_household_and_the_gone_left_it(town):
    person = town("person").filter(NEWEST, pl.col("person_kind") == "住登者")
    joined = person.join(town("household_change"), on=["atena_number", "household_number"])
    assert joined.height == person.height, f"seed {SEED}"
    assert (joined["household_joined_on"] == joined["became_resident_on"]).all(), f"seed {SEED}"
    assert joined["household_left_on"].eq_missing(joined["removed_on"]).all(), f"seed {SEED}"
    assert joined["household_left_reason"].eq_missing(joined["removal_reason"]).all(), f"seed {SEED}"


def test_earlier_rows_are_the_person_s_history(town):
    """宛名履歴: an older row names the same person at the address before, and knows nothing of what came later."""
    rows = town("person")
    old = rows.filter(~NEWEST).join(rows.filter(NEWEST), on="atena_number", suffix="_now")
    assert old.height > 0
    assert (old["name"] == old["name_now"]).all()
    assert old["removed_on"].null_count() == old["forwarding_address"].null_count() == old["change_reason"].null_count() == old.height
    moved = old.filter(pl.col("change_reason_now") == "転居")
    assert (moved["address_rest"] != moved["address_rest_now"]).mean() > 0.99, f"seed {SEED}"


def test_corporations_are_persons_who_owe_nothing(town):
    corporations, person = town("corporation"), town("person").filter(pl.col("person_kind") == "法人")
    assert set(corporations["atena_number"]) == set(person["atena_number"])
    assert not set(person["atena_number"]) & set(town("annual_assessment")["atena_number"]), "国保料を負うのは世帯主だけです"
    for number in corporations["corporate_number"]:
        weighed = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number[1:])))
        assert int(number[0]) == 9 - weighed % 9, f"seed {SEED}"


def test_a_known_corporate_number_has_its_check_digit():
    assert corporate_number(np.array([700110005901])).tolist() == [8700110005901]  # 国税庁の説明にある例


def test_flags_say_what_the_measure_says(town):
    rows = town("protection")
    assert ((rows["is_domestic_violence"] == "1") == (rows["measure"] == "DV")).all(), f"seed {SEED}"
    assert ((rows["is_neglect"] == "1") == (rows["measure"] == "児童虐待")).all(), f"seed {SEED}"


def test_search_kana_has_no_spaces_and_no_small_letters():
    assert search_kana(pl.Series(["ジュウボウ　ナオト", "グエン　ヴァン　アイン", "ハッスイ"])).to_list() == ["ジユウボウナオト", "グエンヴアンアイン", "ハツスイ"]


def test_telephones_and_banks_are_nobody_s(town):
    phones = [*town("contact")["phone"], *town("bank_account")["account_phone"].drop_nulls()]
    assert all(phone.startswith(("090-0", "0857-0")) for phone in phones), f"seed {SEED}"
    assert all(code.startswith("8990") for code in town("bank_account")["bank_code"]), f"seed {SEED}"


def test_the_stories_have_their_own(read):
    contacts = set(read("contact")["atena_number"])
    assert {f"99000000{no:02d}" for no in (10, 20, 90)} <= contacts
    assert read("bank_account").filter(pl.col("atena_number") == "9900000010").select("account_use", "account_closed_on").row(0) == ("振替", None)
    heir = read("related_party").filter(pl.col("atena_number") == "9900000100")
    assert heir.select("party_kind", "party_atena_number").row(0) == ("相続人代表", "9900000101")
    flags = read("protection").filter(pl.col("atena_number") == "9900000150").select("is_domestic_violence", "is_neglect").row(0)
    assert flags == ("1", "0")


def test_what_is_drawn_beside_moves_nothing_else():
    one, two = (Draw(np.random.Generator(np.random.PCG64(np.random.SeedSequence([SEED]))), CLOCK, 0) for _ in range(2))
    beside = one.beside()
    assert beside.days(0, 10**9, 50).tolist() != one.days(0, 10**9, 50).tolist()
    two.days(0, 10**9, 50)
    assert one.days(0, 10**9, 50).tolist() == two.days(0, 10**9, 50).tolist()

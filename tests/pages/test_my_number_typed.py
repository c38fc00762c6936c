"""個人番号 typed where somebody is looked for: refused with what to do instead, not searched, not kept."""

import polars as pl
import pytest

from audit import log
from data_access.query import ask
from tests import staff
from tests.pages.screen import Screen, show

MY_NUMBER = "123456789018"


@pytest.mark.parametrize("key", ["find_number", "find_name", "find_town"])
@pytest.mark.parametrize("typed", [MY_NUMBER, "1234 5678 9018", "１２３４５６７８９０１８"])
def test_a_search_with_a_my_number_is_refused(city, key, typed):
    before = log.count()
    screen = show(staff.OFFICER, "case", find_asked=True, **{key: typed})
    assert [warning.value for warning in screen.at.warning] == [
        "個人番号とみられる12桁の数字があります。個人番号では探せません。消して、宛名番号（10桁）を使ってください。"]
    assert log.count() == before, "nothing was asked"
    assert MY_NUMBER not in "".join(warning.value for warning in screen.at.warning)


def test_one_letter_of_a_name_and_of_a_town_is_no_way_to_leaf_through_a_district(city):
    """A letter each is enough to list whoever is called so; two letters, or the whole, are asked for."""
    everyone = ask(staff.OFFICER, "district_worklist", queue=None, district=None, sort="急ぐ順", page_size=1000, skipped=0)
    who = everyone.filter(pl.col("town").str.len_chars() > 2).row(0, named=True)

    def found(name: str, town: str) -> list:
        return ask(staff.OFFICER, "case_search", atena_ref=None, person_name=name, birth_date=None, town=town)["atena_ref"].to_list()

    assert who["atena_ref"] in found(who["name"][:2], who["town"][:2])
    for name, town in ((who["name"][:1], who["town"]), (who["name"], who["town"][:1]), (who["name"][:1], who["town"][:1]), (who["name"], "")):
        assert found(name, town) == [], (name, town)


def test_the_day_of_the_grounds_takes_a_date_and_nothing_else(city):
    screen = show(staff.OFFICER, "grounds", grounds_day=MY_NUMBER)
    assert [("日付を入れて" in warning.value, MY_NUMBER in warning.value) for warning in screen.at.warning] == [(True, False)]


@pytest.mark.parametrize(("view", "number"), [("漏えい等の報告", ""), ("見張る人の登録", "9900000020")])
def test_a_my_number_for_an_account_is_not_kept(own_city, view, number):
    screen = Screen(staff.MANAGER, "audit", audit_view=view).run()
    screen.at.text_input[0].set_value(MY_NUMBER)
    if number:
        screen.at.text_input[1].set_value(number)
    screen.run(screen.at.button[0].click())
    assert ["個人番号とみられる" in warning.value for warning in screen.at.warning] == [True]
    assert MY_NUMBER not in (own_city / "store.sqlite").read_bytes().decode("latin-1")

"""支援措置: the flagged, their household and their address, on a handful of hand-written people."""

from datetime import date

import duckdb
import polars as pl
import pytest

from data_access import search_key
from data_access.derive import HERE
from data_access.protected import CIRCLE

AS_OF = date(2026, 10, 30)
PEOPLE = [  # number, household, postal code, town, address, ward
    ("A1", "H1", "1", "東町", "1番地", "0001"),
    ("A2", "H1", "2", "西町", "2番地", "0001"),
    ("A3", "H2", "1", "東町", "1番地", "0001"),
    ("A4", "H3", "2", "西町", "2番地", "0002"),
    ("A5", "H4", "1", "東町", "1番地 101号室", "0001"),
    ("A6", "H5", None, None, None, None),
    ("A7", None, None, None, None, "9999"),
    ("A8", "H6", "3", "南町", "3番地", "0002"),
    ("A9", "H7", "4", "北町", "4番地の5　北荘２０１号", "0002"),
    ("A10", "H8", "4", "北町", "４－５ 北荘201号", "0002"),
]


EMPTY = {
    "linked_person": {"atena_number": pl.String, "former_atena_number": pl.String},
    "mailing_address": {"atena_number": pl.String, "postal_code": pl.String, "address": pl.String, "valid_to": pl.Date},
    "ledger_entry": {"event_id": pl.String, "kind": pl.String, "atena_number": pl.String, "payload": pl.String, "corrects": pl.String},
}


def places(flags: list[tuple], **more: list[tuple]) -> dict[str, tuple]:
    """宛名番号 → (district_code, is_protected, ward_name) when `flags` (number, started_on, ended_on) are in force; `more`: rows of EMPTY."""
    with duckdb.connect() as connection:
        connection.execute("create schema source; create schema derived")
        frames = {
            "person": pl.DataFrame([(*each, "現住") for each in PEOPLE], ["atena_number", "household_number", "postal_code", "town", "address_rest", "ward_code", "resident_state"], orient="row"),
            "protection": pl.DataFrame(flags, {"atena_number": pl.String, "started_on": pl.Date, "ended_on": pl.Date}, orient="row"),
            "ward": pl.DataFrame({"ward_code": ["0001", "0002"], "ward_name": ["東", "西"], "district_code": ["D01", "D02"], "district_name": ["第1", "第2"]}),
        }
        frames |= {name: pl.DataFrame(more.get(name, []), schema, orient="row") for name, schema in EMPTY.items()}
        for name, frame in frames.items():
            connection.register("rows_of_table", frame.to_arrow())
            connection.execute(f"create table source.{name} as from rows_of_table")
        search_key.create(connection)
        connection.execute(CIRCLE)
        connection.execute("set variable as_of = ?::date", [AS_OF])
        connection.execute((HERE / "place.sql").read_text("utf-8"))
        found = connection.execute("select atena_number, district_code, is_protected, ward_name from derived.place").fetchall()
    assert len(found) == len(PEOPLE)
    return {number: tuple(rest) for number, *rest in found}


def hidden(*flags: tuple, **more: list[tuple]) -> set[str]:
    return {number for number, (_, is_protected, _) in places(list(flags), **more).items() if is_protected}


def test_nobody_is_hidden_without_a_flag():
    assert places([]) == {
        "A1": ("D01", False, "東"), "A2": ("D01", False, "東"), "A3": ("D01", False, "東"), "A4": ("D02", False, "西"),
        "A5": ("D01", False, "東"), "A6": ("Z00", False, None), "A7": ("Z00", False, None), "A8": ("D02", False, "西"), "A9": ("D02", False, "西"), "A10": ("D02", False, "西")}


def test_household_and_address_are_hidden_with_the_flagged():
    """A2 is of the household and lives elsewhere: whoever lives with A2 is hidden too. Another flat is another address."""
    assert hidden(("A1", date(2025, 1, 1), None)) == {"A1", "A2", "A3", "A4"}
    assert places([("A1", date(2025, 1, 1), None)])["A3"] == ("S00", True, None)


@pytest.mark.parametrize("flagged", ["A9", "A10"])
def test_the_same_address_written_otherwise_is_the_same(flagged):
    """Who is outside the 住民票 is entered by hand, and so is where letters go."""
    assert hidden((flagged, date(2025, 1, 1), None)) == {"A9", "A10"}


def test_people_without_an_address_are_not_each_other_s_neighbours():
    assert hidden(("A6", date(2025, 1, 1), None)) == {"A6"}
    assert hidden(("A7", date(2025, 1, 1), None)) == {"A7"}


@pytest.mark.parametrize(("started_on", "ended_on", "is_hidden"), [
    (AS_OF, None, True),
    (date(2026, 10, 31), None, True),  # announced for tomorrow: hidden today
    (date(2026, 10, 31), date(2027, 10, 31), True),
    (date(2025, 1, 1), AS_OF, True),
    (date(2025, 1, 1), date(2026, 10, 29), False),
])
def test_a_measure_hides_from_its_announcement_to_its_last_day(started_on, ended_on, is_hidden):
    assert (hidden(("A8", started_on, ended_on)) == {"A8"}) == is_hidden


def test_two_measures_of_one_person_are_one_person():
    assert hidden(("A8", date(2025, 1, 1), None), ("A8", date(2026, 1, 1), None)) == {"A8"}


FLAG = ("A8", date(2025, 1, 1), None)


@pytest.mark.parametrize("pair", [("A8", "A6"), ("A6", "A8")])
def test_the_same_person_under_another_number_is_hidden(pair):
    assert hidden(FLAG, linked_person=[pair]) == {"A8", "A6"}


def test_the_same_person_is_followed_through_every_link():
    """A5 was A6, and A6 was A8: the flag on the oldest number hides the number in use today, with where it lives."""
    assert hidden(FLAG, linked_person=[("A5", "A6"), ("A6", "A8")]) == {"A8", "A6", "A5"}
    assert hidden(FLAG, linked_person=[("A6", "A8"), ("A6", "A7"), ("A7", "A6")]) == {"A8", "A6", "A7"}


@pytest.mark.parametrize(("address", "valid_to", "found"), [
    ("鳥取県いなば市東町1番地", None, {"A1", "A3"}),
    ("鳥取県いなば市 東町　1番地", AS_OF, {"A1", "A3"}),
    ("いなば市東町１", None, {"A1", "A3"}),
    ("", None, set()),
    ("鳥取県いなば市東町1番地", date(2026, 10, 29), set()),
    ("鳥取県いなば市東町11番地", None, set()),
])
def test_who_lives_where_the_letters_go_is_hidden(address, valid_to, found):
    """They may be sheltering the protected person there."""
    assert hidden(FLAG, mailing_address=[("A8", "1", address, valid_to)]) == {"A8"} | found


MARK = ("e1", "protection_mark", "A8", "{}", None)


@pytest.mark.parametrize(("entries", "is_hidden"), [
    ([MARK], True),
    ([MARK, ("e2", "protection_lift", "A8", '{"mark": "e1"}', None)], False),
    ([MARK, ("e2", "protection_lift", "A8", '{"mark": "e0"}', None)], True),
    ([MARK, ("e2", "reminder", "A8", "{}", None)], True),
    ([MARK, ("e2", "protection_mark", "A6", "{}", "e1")], False),
])
def test_a_mark_hides_until_a_person_lifts_it_whatever_the_feed_says(entries, is_hidden):
    ended = ("A8", date(2025, 1, 1), date(2026, 10, 1))
    assert ("A8" in hidden(ended, ledger_entry=entries)) == is_hidden
    assert ("A8" in hidden(ledger_entry=entries)) == is_hidden

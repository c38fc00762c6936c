"""The gate of data: which rows, which columns, how masked, for whom. Asked of every view, not only of today's questions."""

import re
from datetime import date

import pytest

from auth.access import User, clearance, scope
from data_access import connection, query
from data_access.intake import take_in
from sample_city.words import towns as every_town
from tests.data_access.feeds import DAY_TWO, Feed
from tests.data_access.source_rows import City, one
from tests.queries.every_question import CASE, LISTS, parameters
from tests.staff import ADMIN, ANALYST, AUDITOR, CHIEF, EAST, LTC_READER, MANAGER, NEIGHBOUR, OFFICER

HIDDEN = "（非表示）"
WITHOUT_PERSONS = (ANALYST, ADMIN, AUDITOR, LTC_READER, User("x", "", "newcomer", "", EAST))
# Views about no person: counts and yen by district, feeds, and the day.
PLAIN = {"standing", "rate", "rate_month", "rate_part", "activity_month", "arrears_standing", "change_term", "change_total", "suspension_summary", "suspension_breakdown", "suspension_lacking", "lost_count", "difference_summary", "intake"}


@pytest.fixture
def served(city) -> connection.Engine:
    return connection.engine()


def views(served) -> list[str]:
    found = served.connection.cursor().execute(
        "select view_name from duckdb_views() where schema_name = 'disclosed' order by 1").fetchall()
    return [name for (name,) in found]


def look(cursor, view: str) -> list[dict]:
    return cursor.sql(f"from disclosed.{view}").pl().to_dicts()


def cells(rows: list[dict]) -> set[str]:
    """Every value as text, but 資料番号: those of the stories look like 宛名番号."""
    return {str(value) for row in rows for name, value in row.items() if value is not None and name != "evidence_id"}


def test_without_variables_there_is_nothing(served):
    cursor = served.connection.cursor()
    for view in views(served):
        assert look(cursor, view) == [], view


@pytest.mark.parametrize("variables", [
    {"scope": "none"}, {"scope": "own"}, {"scope": "ALL"}, {"scope": ""}, {"districts": ["D06"]}, {"clearance": {"C1": "read", "C2": "read", "C9": "read"}},
    {"scope": "own", "districts": []}, {"scope": "own", "clearance": {"C1": "read", "C2": "read"}}, {"districts": ["D06"], "clearance": {"C1": "read"}},
], ids=str)
def test_half_the_variables_show_no_person(served, variables):
    cursor = served.connection.cursor()
    for name, value in variables.items():
        kind = {"scope": "varchar", "districts": "varchar[]", "clearance": "map(varchar, varchar)"}[name]
        cursor.execute(f"set variable {name} = ?::{kind}", [value])
    for view in set(views(served)) - PLAIN:
        assert look(cursor, view) == [], view


def test_without_clearance_no_item_of_a_person_is_shown(served, rows):
    cursor = served.connection.cursor()
    cursor.execute("set variable scope = 'all'")
    for view in views(served):
        shown = cells(look(cursor, view))
        assert shown.isdisjoint(secrets(rows)), view
    for row in look(cursor, "delinquent"):
        assert {name for name, value in row.items() if value is not None} <= {
            "atena_ref", "district_code", "district_name", "is_protected", "is_unreachable", "as_of", "town"}
        assert row["town"] in (None, HIDDEN)


def secrets(rows: City, but: set[str] = frozenset()) -> set[str]:
    """Numbers, names and addresses of every person, except those numbered in `but`; everybody's telephones. (A birth date may be a due date too.)"""
    people = [row for row in rows.source("person") if row["atena_number"] not in but]
    found = {str(row[name]) for row in people for name in ("atena_number", "name", "name_kana") if row[name]}
    found |= {f"{row['town']} {row['address_rest']}" for row in people if row["address_rest"]}
    found |= {row[name] for row in people for name in ("previous_address", "forwarding_address") if row[name]}
    found |= {row["phone"] for row in rows.source("contact")} | {row["account_phone"] for row in rows.source("bank_account") if row["account_phone"]}
    return found | {str(row[name]) for row in rows.source("mailing_address") if row["atena_number"] not in but for name in ("addressee_name", "address")}


@pytest.mark.parametrize("user", WITHOUT_PERSONS, ids=lambda user: user.role)
def test_who_may_see_no_person_sees_none(served, rows, user):
    cursor = connection.reader(served, user)
    for view in views(served):
        found = look(cursor, view)
        if view not in PLAIN:
            assert found == [], view
        assert cells(found).isdisjoint(secrets(rows)), view


@pytest.mark.parametrize("user", [MANAGER, CHIEF], ids=lambda user: user.role)
def test_masks(served, rows, user):
    cursor, towns = connection.reader(served, user), {row["town"] for row in rows.source("person")}
    for view in views(served):
        found = cells(look(cursor, view))
        assert found.isdisjoint(secrets(rows)), view
        assert not [cell for cell in found if re.fullmatch(r"\d{10}", cell)], view
    for row in look(cursor, "delinquent"):
        assert re.fullmatch(r"\*{4}\d{4}", row["atena_number_shown"])
        assert re.fullmatch(r".＊＊", row["name"])
        assert re.fullmatch(r".＊＊", row["name_kana"])
        assert re.fullmatch(r"\d0代|0代|90歳以上", row["age"])
        assert row["town"] in towns | {HIDDEN}
        assert row["resident_state"] is None
    for row in look(cursor, "person"):
        assert row["address"] in towns | {HIDDEN}
        assert row["mailing_address"] in (None, "送付先あり", HIDDEN)
        assert row["addressee_name"] is None or re.fullmatch(r".＊＊|（非表示）", row["addressee_name"])
        assert (row["sex"], row["state_changed_on"]) == (None, None)
    for row in look(cursor, "household_member"):
        assert re.fullmatch(r".＊＊", row["name"])
        assert re.fullmatch(r"\d0代|0代|90歳以上", row["age"])
    for row in look(cursor, "identity"):
        assert (row["name_keys"], row["birth_date"], row["town"]) == (None, None, None)
    for view in ("related_number", "household_arrears", "heir", "inherited", "duplicate_suspect"):
        for row in look(cursor, view):
            assert all(re.fullmatch(r".＊＊", row[name]) for name in ("name", "other_name") if row.get(name)), view
            assert re.fullmatch(r"\*{4}\d{4}", row.get("atena_number_shown") or "****0000")
            assert not any(row.get(name) for name in ("resident_state", "relation", "own_on", "other_on")), view
            assert row.get("item") == "電話番号" or (row.get("own_value"), row.get("other_value")) == (None, None)
    assert {row["property_place"] for row in look(cursor, "property")} <= {f"いなば市{town}" for town in towns | {town for _, town in every_town()}} | {HIDDEN}
    for row in look(cursor, "screening_evidence"):
        if row["target"] == "生活保護":
            assert (row["dated_on"], row["age_days"]) == (None, None)
        assert (row["contradiction"] is None) == (row["contradicted_on"] is None) == (row["contradiction_id"] is None)


@pytest.mark.parametrize("user", [OFFICER, NEIGHBOUR], ids=lambda user: user.name)
def test_an_officer_reads_the_own_districts_and_nothing_else(served, rows, user):
    cursor = connection.reader(served, user)
    cases = rows.derived("delinquent")
    own = {row["atena_ref"]: row["atena_number"] for row in cases if row["district_code"] in user.districts}
    assert own
    assert len(own) < len(cases)
    people = one(rows.source("person"), "atena_number")
    homes = {people[(number,)]["household_number"] for number in own.values()}
    known = {row["atena_number"] for row in rows.source("person") if row["household_number"] in homes}
    # 名寄せ names who may be the same person, or inherits: read in the own districts, a number with four digits elsewhere
    known |= {row["atena_number"] for row in rows.derived("person_beside") if row["district_code"] in user.districts}
    foreign = secrets(rows, known) - secrets(rows, {row["atena_number"] for row in rows.source("person")} - known)
    numbers = {row["atena_number"] for row in rows.source("person")}
    for view in views(served):
        found = look(cursor, view)
        assert cells(found).isdisjoint(foreign | numbers), view
        if view in ("trial_person", "trial_receipt"):  # of whoever has an assessment, owing or not: of the own districts all the same
            homes_of = {query.reference_of(row["atena_number"]) for row in rows.derived("place") if row["district_code"] in user.districts and not row["is_protected"]}
            assert {row["atena_ref"] for row in found} <= homes_of, view
        elif view not in PLAIN and view != "district":
            assert {row["atena_ref"] for row in found} <= own.keys(), view
    assert {row["atena_ref"] for row in look(cursor, "delinquent")} == own.keys()
    for row in look(cursor, "delinquent"):
        person = people[(own[row["atena_ref"]],)]
        age = DAY_TWO.year - person["birth_date"].year - ((DAY_TWO.month, DAY_TWO.day) < (person["birth_date"].month, person["birth_date"].day))
        assert (row["name"], row["age"], row["town"]) == (person["name"], f"{age}歳", person["town"])
        assert row["atena_number_shown"] == "****" + person["atena_number"][-4:]
        assert row["is_protected"] is False
    assert {row["district_code"] for row in look(cursor, "rate")} <= {*user.districts, "X00"}
    assert {row["district_code"] for row in look(cursor, "suspension_summary")} <= {*user.districts, "X00"}


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_cut_to_the_districts(city, rows, name):
    """What an officer's list holds is what the chief's holds of these districts: no more, no less."""
    district = {row["atena_ref"]: row["district_code"] for row in rows.derived("delinquent")}
    everybody = query.ask(CHIEF, name, **parameters(name))["atena_ref"].to_list()
    for user in (OFFICER, NEIGHBOUR):
        own = query.ask(user, name, **parameters(name))["atena_ref"].to_list()
        assert sorted(own) == sorted(ref for ref in everybody if district[ref] in user.districts)


def test_a_case_of_another_district_is_as_if_it_were_none(served, rows):
    """B3: the same empty answer for another district's person, a protected person and a reference that is nobody's."""
    for row in {row["district_code"]: row for row in rows.derived("delinquent")}.values():
        user = next(user for user in (OFFICER, NEIGHBOUR) if row["district_code"] not in user.districts)
        cursor = connection.reader(served, user)
        for name in [*CASE, "suspension_evidence", "case_search"] if row["is_protected"] else ["case_head", "case_events"]:
            assert cursor.sql(query.question(name).sql, params=parameters(name, row["atena_ref"])).fetchall() == [], name
    with pytest.raises(query.NotAllowed, match="担当地区にありません"):
        query.subject(OFFICER, next(row["atena_ref"] for row in rows.derived("delinquent") if row["district_code"] not in EAST))
    with pytest.raises(query.NotAllowed, match="担当地区にありません"):
        query.subject(OFFICER, "AAAA-AAAA-AAAA")


def test_a_chosen_district_does_not_widen(city):
    for name in ("district_worklist", "suspension_candidates"):
        assert query.ask(OFFICER, name, **parameters(name) | {"district": "D06"}).is_empty()
    assert query.ask(OFFICER, "worklist_queues", district="D06").is_empty()
    everywhere = query.ask(OFFICER, "rate_by_year", district=None)
    assert everywhere.equals(query.ask(CHIEF, "rate_by_year", district=None)), "the city's figure is everybody's"
    assert query.ask(OFFICER, "rate_by_year", district="D06").is_empty()


def test_clearance_and_scope_come_from_the_table_alone(served):
    cursor = connection.reader(served, User("x", "", "officer", "", ("D04",)))
    held = cursor.execute("select getvariable('scope'), getvariable('districts'), getvariable('clearance')").fetchone()
    assert held == ("own", ["D04"], clearance(OFFICER))
    assert scope(OFFICER) == "own"


LATEST = {"history_number": "1", "is_latest": "1", "is_deleted": "0"}
PROTECTED, HOUSEMATE, LETTER = "9900000101", "9900000100", "9900000040"


def _protect() -> None:
    feed = Feed("protection")
    feed.write([*feed.rows(), feed.row(atena_number=PROTECTED, measure="DV", is_domestic_violence="1", is_neglect="0",
                                       started_on="2026-10-29", **LATEST)])


def _send_to_protected() -> None:
    """The letters of somebody in another household go to the protected person's new address."""
    feed = Feed("mailing_address")
    feed.write([*feed.rows(), feed.row(atena_number=LETTER, business="国保料", addressee_name="青島　和江", addressee_atena_number=PROTECTED,
                                       postal_code="6800001", address="鳥取県いなば市隠町9番地9", valid_from="2026-10-29", **LATEST)])


def _share_with_protected() -> None:
    """The same somebody owns the ground she lives on with the protected person."""
    land, parts = Feed("property_tax_land"), Feed("co_ownership")
    land.write([*land.rows(), ["4000999001", "2026", LETTER, "いなば市隠町", "9番9", "宅地", "10000", "1000000", "166000", "1"]])
    parts.write([*parts.rows(), ["土地", "4000999001", LETTER, "1", "2", "1"], ["土地", "4000999001", PROTECTED, "1", "2", "0"]])


@pytest.fixture
def protected_city(eve):
    """The second day brings a 支援措置 for the wife of story 10, and a 送付先 and a piece of land that lead to her."""
    _protect()
    _send_to_protected()
    _share_with_protected()
    assert take_in(DAY_TWO).problems == []
    return eve


def test_the_household_of_a_protected_person_is_in_no_district(protected_city):
    whole = User("all", "", "officer", "", tuple(f"D{number:02d}" for number in range(1, 13)) + ("Z00",))
    served = connection.engine()
    cursor = connection.reader(served, whole)
    for view in set(views(served)) - PLAIN - {"district"}:
        assert query.reference_of(HOUSEMATE) not in {row["atena_ref"] for row in look(cursor, view)}, view
        assert not {cell for cell in cells(look(cursor, view)) if "青島" in cell or "隠町" in cell}, view
    head = query.ask(CHIEF, "case_head", atena_ref=query.reference_of(HOUSEMATE)).to_dicts()[0]
    assert (head["town"], head["address"], head["mailing_address"]) == (HIDDEN, HIDDEN, HIDDEN)
    assert head["district_name"] == "特別管理"
    for user in (CHIEF, whole):  # a letter to her does not lead there either, from a case that is in a district
        sent = query.ask(user, "case_head", atena_ref=query.reference_of(LETTER)).to_dicts()[0]
        assert (sent["mailing_address"], sent["addressee_name"]) == (HIDDEN, HIDDEN)
        (land,) = query.ask(user, "case_properties", atena_ref=query.reference_of(LETTER)).to_dicts()
        assert (land["property_place"], land["share"], land["share_valuation_yen"]) == (HIDDEN, "1/2（2人の共有）", 500_000)


def test_the_story_s_protected_person_is_hidden_from_all(city, rows):
    (case,) = (row for row in rows.derived("delinquent") if row["is_protected"])
    for user in (OFFICER, NEIGHBOUR):
        for name in LISTS:
            assert case["atena_ref"] not in query.ask(user, name, **parameters(name))["atena_ref"]
        assert "S00" not in query.ask(user, "districts")["district_code"]
    for user in (CHIEF, MANAGER):
        head = query.ask(user, "case_head", atena_ref=case["atena_ref"]).to_dicts()[0]
        assert (head["town"], head["address"]) == (HIDDEN, HIDDEN)
        assert head["is_protected"] is True
        listed = query.ask(user, "district_worklist", **parameters("district_worklist"))
        assert set(listed.filter(atena_ref=case["atena_ref"])["town"]) <= {HIDDEN}
    assert case["town"] not in (None, HIDDEN)
    assert isinstance(case["birth_date"], date)

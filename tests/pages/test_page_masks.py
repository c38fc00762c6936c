"""Who sees whom: masks, districts and protection on the rendered page, not only in the data beneath it."""

from functools import cache
from pathlib import Path

import pytest

from auth.access import User, decide, scope
from data_access.connection import engine
from data_access.query import reference_of
from pages import REGISTER
from pages.parts.wording import plain
from sample_city.stories import FIRST
from tests import staff
from tests.pages.screen import first_sight, show

PROTECTED, LONG_NAME = FIRST + 150, FIRST + 190
pytestmark = pytest.mark.slow  # every page for every role; tests/data_access/test_gate_of_data.py is the quick twin
NOBODYS = (staff.ANALYST, staff.ADMIN, staff.AUDITOR, staff.LTC_READER)
WHOLE_CITY = (staff.MANAGER, staff.CHIEF)
MODULES = [entry.module for entry in REGISTER]


# What is read out of the access log names persons by reference to whoever may read it, and the tests before this one have filled it.
OUT_OF_THE_LOG = ("audit", "care_inquiry")


@pytest.fixture
def delinquents(city) -> list[dict]:
    """Everybody with arrears, as the derived tables know them, unmasked."""
    return engine().connection.sql("select atena_number, atena_ref, name, district_code, is_protected from derived.delinquent").pl().to_dicts()


@cache
def said_to(user: User, home: Path, but: tuple[str, ...] = ()) -> str:
    """The words of every page `but` these, and for those who open cases the カルテ with each tab of somebody in reach."""
    said = [first_sight(user, module, home).words() for module in MODULES if module not in but]
    reach = [person for person in everybody() if scope(user) == "all" or person["district_code"] in user.districts]
    if reach:
        said += [show(user, "case", case_ref=reach[0]["atena_ref"], case_view=tab).words() for tab in ("期別", "経過", "世帯・賦課", "財産・所得")]
    return "\n".join(said)


def referred_to(user: User, home: Path) -> str:
    """The words in which no reference may be: every page, without what is read out of the log for those who may read it."""
    return said_to(user, home, OUT_OF_THE_LOG if decide(user, "audit.read").allowed else ())


def everybody() -> list[dict]:
    return engine().connection.sql("from derived.delinquent order by unpaid_yen desc").pl().to_dicts()


@pytest.mark.parametrize("user", staff.STAFF, ids=lambda user: user.name)
def test_no_page_holds_an_unmasked_atena_number(city, delinquents, user):
    said = said_to(user, city)
    leaked = [person["atena_number"] for person in delinquents if person["atena_number"] in said]
    assert not leaked, f"{user.name} got {leaked}"


@pytest.mark.parametrize("user", WHOLE_CITY, ids=lambda user: user.name)
def test_those_who_see_the_whole_city_see_masked_names(city, delinquents, user):
    said = said_to(user, city)
    assert not [person["name"] for person in delinquents if person["name"] in said]
    names = show(user, "district_worklist").cells("name")
    assert len(names) > 10
    assert all(name.endswith("＊＊") and len(name) == 3 for name in names), names


@pytest.mark.parametrize("user", [staff.OFFICER, staff.NEIGHBOUR], ids=lambda user: user.name)
def test_an_officer_sees_the_own_districts_by_name_and_no_other(city, delinquents, user):
    said = said_to(user, city)
    own = {person["name"] for person in delinquents if person["district_code"] in user.districts}
    others = [person for person in delinquents if person["district_code"] not in user.districts]
    assert [name for name in own if name in said], "the officer's own people are there: the test is not empty"
    leaked = [person["atena_ref"] for person in others if person["atena_ref"] in said or (person["name"] in said and person["name"] not in own)]
    assert not leaked, f"{user.name} got {leaked}"


@pytest.mark.parametrize("user", NOBODYS, ids=lambda user: user.name)
def test_those_without_persons_get_no_name_and_no_reference(city, delinquents, user):
    said, referred = said_to(user, city), referred_to(user, city)
    assert not [person["atena_ref"] for person in delinquents if person["name"] in said or person["atena_ref"] in referred]


@pytest.mark.parametrize("user", [staff.OFFICER, staff.NEIGHBOUR, *NOBODYS], ids=lambda user: user.name)
def test_the_protected_person_is_nowhere(city, delinquents, user):
    protected = next(person for person in delinquents if person["atena_number"] == str(PROTECTED))
    assert protected["is_protected"]
    assert protected["name"] not in said_to(user, city)
    assert protected["atena_ref"] not in referred_to(user, city)


def test_the_protected_persons_place_is_hidden_from_those_who_work_the_case(city):
    said = show(staff.MANAGER, "case", case_ref=reference_of(str(PROTECTED))).words()
    assert "（非表示）" in said
    assert "特別管理" in said
    assert "湖山" not in said


@pytest.mark.parametrize("user", [staff.NEIGHBOUR, *NOBODYS], ids=lambda user: user.name)
def test_a_reference_from_elsewhere_opens_nothing(city, user):
    """Story 8 lives in D04; the reference may have been read over a shoulder."""
    screen = show(user, "case", case_ref=reference_of(str(FIRST + 80)))
    assert not screen.at.metric
    assert "久松" not in screen.words()


def test_a_long_name_stays_whole(city):
    case = show(staff.NEIGHBOUR, "case", case_ref=reference_of(str(LONG_NAME)))
    assert case.at.subheader[0].value == "フェルナンデス　デ　オリベイラ　アナ　パウラ　クリスティナ　グエン　ヴァン　フオン"
    assert "1501号室（フェルナンデス・デ・オリベイラ方）" in case.words()


def test_a_name_is_shown_and_not_obeyed():
    """Markdown in a name would draw links and pictures of the sender's choice."""
    assert plain("[山](http://x)*田*:red[!]") == "\\[山\\]\\(http\\://x\\)\\*田\\*\\:red\\[\\!\\]"

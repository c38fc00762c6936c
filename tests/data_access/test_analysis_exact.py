"""アドホック分析 of everybody: for those who may see each person; counted again person by person."""

from collections import Counter, defaultdict

import pytest

from auth.access import NotAllowed
from data_access import analysis_metric, connection
from data_access.analysis import ViewInvalid
from data_access.analysis_exact import exact
from tests.staff import ANALYST, CHIEF, MANAGER, OFFICER


@pytest.fixture
def persons(city) -> list[dict]:
    return connection.engine().connection.cursor().sql(
        "select person.*, if(is_protected, '特別管理', delinquent.district_name) as shown_district from derived.analysis_person as person "
        "join derived.delinquent as delinquent using (atena_number)").pl().to_dicts()


def own(person: dict, name: str) -> str:
    return person["shown_district" if name == analysis_metric.DISTRICT else name]


@pytest.mark.parametrize("names", [["case_stage"], ["district"], ["age_band", "payment_method"], ["district", "arrears_band", "amount_band"],
                                   ["income_class", "last_payment_band", "case_stage"]], ids="-".join)
@pytest.mark.parametrize("user", [MANAGER, CHIEF], ids=lambda user: user.role)
def test_every_cell_is_that_of_a_plain_count(persons, user, names):
    counted, yen = Counter(), defaultdict(int)
    for person in persons:
        cell = tuple(own(person, name) for name in names)
        counted[cell] += 1
        yen[cell] += person["unpaid_yen"]
    columns = ["district_name" if name == analysis_metric.DISTRICT else name for name in names]
    found = exact(user, names).rows
    assert {tuple(row[name] for name in columns): (row["people"], row["unpaid_yen"]) for row in found.to_dicts()} == {cell: (counted[cell], yen[cell]) for cell in counted}


def test_only_those_of_one_value(persons):
    wanted = persons[0]["age_band"]
    assert exact(CHIEF, ["case_stage"], "age_band", wanted).rows["people"].sum() == sum(person["age_band"] == wanted for person in persons)


def test_rows_stand_in_the_dictionary_s_order(city):
    order = analysis_metric.dimensions()["arrears_band"].values
    found = exact(CHIEF, ["arrears_band"]).rows["arrears_band"].to_list()
    assert found == sorted(found, key=order.index)


@pytest.mark.parametrize("user", [ANALYST, OFFICER], ids=lambda user: user.role)
def test_it_is_not_for_those_who_see_no_person_or_not_all(city, user):
    with pytest.raises(NotAllowed):
        exact(user, ["case_stage"])


@pytest.mark.parametrize("names", [[], ["name"], ["case_stage", "case_stage"], ["case_stage", "district", "age_band", "arrears_band"]], ids=str)
def test_what_the_dictionary_does_not_know_is_not_asked(city, names):
    with pytest.raises(ViewInvalid):
        exact(CHIEF, names)

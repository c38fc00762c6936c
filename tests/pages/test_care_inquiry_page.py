"""長寿社会課照会 on the screen: the form of the asking office, the answer shown once, the log of both offices."""

from dataclasses import replace

import pytest

from data_access.care_inquiry import PURPOSES, inquire
from data_access.connection import engine
from tests import staff
from tests.pages.screen import Screen, show

NUMBER = "9900000020"  # of the stories: owes, is no target or is one, as the register says
READER = replace(staff.LTC_READER, name="choju5")


def asked(number: str, document: str = "R8-015") -> Screen:
    screen = show(READER, "care_inquiry")
    screen.at.text_input[0].set_value(document)
    screen.at.selectbox[0].set_value(PURPOSES[1])
    screen.at.text_input[1].set_value(number)
    return screen.run(screen.at.button[0].click())


def a_target(is_answered: bool = True) -> str:
    cursor = engine().connection.cursor()
    cursor.execute("set variable scope = 'none'")
    numbers = [number for (number,) in cursor.execute("select distinct atena_number from derived.balance where unpaid_yen > 0 order by 1").fetchall()]
    for number in numbers:
        cursor.execute("set variable inquiry = ?::map(varchar, varchar)", [{"atena_number": number, "name": None, "birth_date": None, "first_age": "40", "last_age": "64"}])
        told, yen = cursor.execute("select is_answered, arrears_yen from disclosed.care_inquiry").fetchone()
        if (told and yen > 0) if is_answered else not told:
            return number
    raise AssertionError("the city has none")


def test_the_answer_is_four_facts_and_is_shown_once(own_city):
    number = a_target()
    screen = asked(number)
    assert [metric.label for metric in screen.at.metric] == ["仮名", "滞納額", "滞納期間"]
    assert any("照会番号 R8-015 への回答　基準日 令和8年10月30日" in text.value for text in screen.at.text)
    screen.run()
    assert not screen.at.metric
    assert [field.value for field in screen.at.text_input] == ["", "", ""], "a second click is no second inquiry"
    assert screen.cells("document")[0] == "R8-015"
    assert screen.cells("care_answer")[0] == "回答"


def test_nobody_is_told_as_outside_and_nothing_else(own_city):
    said = {}
    for why, number in {"no target": a_target(is_answered=False), "not found": "0000000001"}.items():
        screen = asked(number)
        assert not screen.at.metric
        said[why] = [text.value for text in screen.at.text]
    assert len({tuple(texts) for texts in said.values()}) == 1
    assert said["not found"][-1].startswith("対象外")


def test_what_is_missing_is_said_and_the_form_keeps_what_was_typed(own_city):
    screen = show(READER, "care_inquiry")
    screen.at.text_input[1].set_value(NUMBER)
    screen.run(screen.at.button[0].click())
    assert [warning.value for warning in screen.at.warning] == ["照会番号は、英数字とハイフンで20文字までです。照会の文書の番号を入れてください。"]
    assert screen.at.text_input[1].value == NUMBER


@pytest.mark.parametrize(("user", "columns"), [
    (READER, ["asked_at", "asked_by", "document", "asked_purpose", "care_answer"]),
    (staff.CHIEF, ["asked_at", "asked_by", "document", "asked_purpose", "care_answer", "atena_ref", "is_for_chief"]),
    (staff.MANAGER, ["asked_at", "asked_by", "document", "asked_purpose", "care_answer", "atena_ref", "is_for_chief"]),
    (staff.AUDITOR, ["asked_at", "asked_by", "document", "asked_purpose", "care_answer", "atena_ref"]),
], ids=lambda value: getattr(value, "role", ""))
def test_both_offices_see_what_was_asked(own_city, user, columns):
    inquire(READER, document="R8-016", purpose=PURPOSES[0], atena_number=a_target())
    screen = show(user, "care_inquiry")
    assert screen.at.dataframe[0].value.columns.to_list() == columns
    assert screen.cells("document")[0] == "R8-016"
    assert bool(screen.at.text_input) is (user is READER)

"""個人番号 typed where somebody is looked for: refused with what to do instead, not searched, not kept."""

import pytest

from audit import log
from tests import staff
from tests.pages.screen import show

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


def test_the_day_of_the_grounds_takes_a_date_and_nothing_else(city):
    screen = show(staff.OFFICER, "grounds", grounds_day=MY_NUMBER)
    assert [("日付を入れて" in warning.value, MY_NUMBER in warning.value) for warning in screen.at.warning] == [(True, False)]

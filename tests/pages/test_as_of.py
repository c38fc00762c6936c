"""基準日: a banner across every page while an older day is shown, no writing, and only kept days in the URL."""

import pytest
from streamlit.testing.v1 import AppTest

from auth.access import decide
from data_access import query
from pages import REGISTER
from pages.parts.as_of import CHOSEN, IN_URL
from tests import staff
from tests.pages.screen import Screen, show

EVE = "2026-10-29"
BANNER = "**令和8年10月29日（木） 時点を表示しています**　記事は書けません"
NUMBER = "9900000090"


def at_url(user, module: str, day: str, **state) -> Screen:
    screen = Screen(user, module, **state)
    screen.at.query_params[IN_URL] = day
    return screen.run()


@pytest.mark.parametrize("entry", REGISTER, ids=lambda entry: entry.module)
def test_every_page_says_that_it_shows_another_day(city, entry):
    if decide(staff.CHIEF, entry.action).allowed:
        screen = at_url(staff.CHIEF, entry.module, EVE)
        assert [warning.value for warning in screen.at.warning] == [BANNER]
        assert "基準日 **令和8年10月29日（木）** 現在" in screen.words()


@pytest.mark.parametrize("entry", REGISTER, ids=lambda entry: entry.module)
@pytest.mark.parametrize("day", [None, EVE, "2026-10-30"])
def test_whoever_sees_month_ends_is_shown_one_whatever_day_the_url_names(city, entry, day):
    """In the first month the first snapshot stands for the end of the month before."""
    if decide(staff.ANALYST, entry.action).allowed:
        screen = at_url(staff.ANALYST, entry.module, day) if day else show(staff.ANALYST, entry.module)
        assert not screen.at.exception
        assert BANNER not in screen.words()
        assert "基準日 **令和8年10月29日（木）** 現在（月ごとの最後のデータ）" in screen.words()
        assert "基準日 **令和8年10月30日" not in screen.words()


def test_the_choice_outlives_the_page_and_is_put_back_into_the_url(city):
    screen = show(staff.CHIEF, "district_worklist", **{CHOSEN: EVE})
    assert screen.at.query_params[IN_URL] in (EVE, [EVE])
    assert [warning.value for warning in screen.at.warning] == [BANNER]


def test_the_button_leads_back_to_the_newest(city):
    screen = at_url(staff.CHIEF, "home", EVE)
    screen.run(screen.at.button[0].click())
    assert not screen.at.warning
    assert "基準日 **令和8年10月30日（金）** 現在" in screen.words()
    assert IN_URL not in screen.at.query_params


@pytest.mark.parametrize("forged", ["2031-01-01", "2026-10-28", "..%2F..", "' or 1=1 --", "<b>", "20261029T000000Z-00000000"])
def test_a_day_that_is_not_kept_is_refused_politely(city, forged):
    screen = at_url(staff.CHIEF, "home", forged)
    assert [warning.value for warning in screen.at.warning] == ["その基準日のデータは保存されていません。最新のデータを表示しています。"]
    assert forged not in screen.words()
    assert "基準日 **令和8年10月30日（金）** 現在" in screen.words()
    assert IN_URL not in screen.at.query_params
    assert not screen.run().at.warning, "said once"


def test_the_newest_day_in_the_url_is_the_newest(city):
    assert not at_url(staff.CHIEF, "home", "2026-10-30").at.warning


def test_no_note_is_written_while_an_older_day_is_shown(city):
    ref = query.reference_of(NUMBER)
    assert "記事を書く" in show(staff.CHIEF, "case", case_ref=ref).words()
    assert "記事を書く" not in at_url(staff.CHIEF, "case", EVE, case_ref=ref).words()


def test_a_form_that_was_open_when_the_day_was_changed_writes_nothing(own_city):
    """The click comes from a screen that no longer stands; what was typed stays in it."""
    ref = query.reference_of(NUMBER)
    screen = show(staff.CHIEF, "case", case_ref=ref)
    for box in screen.at.selectbox:
        if box.label in ("相手", "結果"):
            box.set_value({"相手": "本人", "結果": "納付約束"}[box.label])
    screen.at.text_area[0].set_value("前の日を見ながら書いた記事。")
    screen.at.query_params[IN_URL] = EVE
    save = next(button for button in screen.at.button if button.label == "記録する")
    screen.run(save.click())
    assert query.ask(staff.CHIEF, "case_head", atena_ref=ref)["note_version"][0] == 0


def _side_bar() -> None:
    from pages.parts.as_of import selector
    from tests import staff

    selector(staff.CHIEF)


def test_the_list_names_every_kept_day_and_choosing_one_is_in_the_url(city):
    at = AppTest.from_function(_side_bar).run()
    box = at.sidebar.selectbox[0]
    assert [option.split("）")[0] for option in box.options] == ["R08.10.30（金", "R08.10.29（木"]
    assert "最新" in box.options[0]
    assert "公開" in box.options[1]
    box.select_index(1).run()
    assert at.query_params[IN_URL] in (EVE, [EVE])
    at.sidebar.selectbox[0].select_index(0).run()
    assert IN_URL not in at.query_params


def test_with_one_snapshot_there_is_nothing_to_choose(eve):
    at = AppTest.from_function(_side_bar).run()
    assert not at.exception
    assert not at.sidebar.selectbox


def test_before_the_first_snapshot_there_is_nothing_to_choose(empty_city):
    at = AppTest.from_function(_side_bar).run()
    assert not at.exception
    assert not at.sidebar.selectbox

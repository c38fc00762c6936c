"""名寄せ on the screen: the tab of the カルテ, the list of candidates, and a decision from the form."""

from casework import ledger
from data_access.query import reference_of
from tests import staff
from tests.pages.screen import show

NEW, OLD, DEAD = "9900000400", "9900000420", "9900000100"


def tab(user, number: str):
    return show(user, "case", case_ref=reference_of(number), case_view="名寄せ")


def test_the_tab_shows_the_suspect_with_its_evidence(city):
    said = tab(staff.OFFICER, NEW).words()
    for words in ("大覺寺", "カナと住所", "宛名基本（転出先）", "鳥取県倉吉市上井", "自動で統合することはありません", "関連宛名でつながるほかの番号はありません。"):
        assert words in said, words
    said = tab(staff.CHIEF, NEW).words()
    assert "大覺寺" not in said
    assert "上井" not in said


def test_the_dead_s_heirs(city):
    said = tab(staff.OFFICER, DEAD).words()
    for words in ("和江", "1/2", "承継明細"):
        assert words in said, words


def test_the_list_holds_the_own_districts_only(city):
    assert "大覺寺" in show(staff.OFFICER, "duplicates").words()
    assert show(staff.NEIGHBOUR, "duplicates").words().count("大覚寺") == 0


def test_a_decision_from_the_form(own_city):
    screen = show(staff.OFFICER, "case", case_ref=reference_of(NEW), case_view="名寄せ", entry_kind="名寄せの判断")
    next(box for box in screen.at.selectbox if box.label == "判断").set_value("同一人")
    next(box for box in screen.at.text_input if box.label == "判断の理由").set_value("戸籍の附票で確かめた。")
    next(box for box in screen.at.checkbox if box.label.startswith("年齢と町名を確かめた")).check()  # the other has the same name
    screen.run(next(button for button in screen.at.button if button.label == "記録する").click())
    (event,) = ledger.events_of(NEW)
    assert (event.kind, event.payload["judgement"], event.payload["suspect"][0]["other_number"]) == ("duplicate_decision", "同一人", OLD)
    assert "判断を待つ名寄せの候補はありません。" in screen.words()

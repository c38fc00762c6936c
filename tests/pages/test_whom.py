"""Before something is told or recorded: how the other side was confirmed, and which of those with the same name it is."""

from datetime import date

from casework import ledger
from data_access.connection import engine, reader
from data_access.query import ask
from tests import staff
from tests.pages.screen import show
from tests.pages.test_entry_form import press, widget

TODAY = date(2026, 10, 30)


def test_how_a_caller_was_confirmed_and_that_it_is_the_right_person(own_city):
    pair = reader(engine(), staff.CHIEF).execute("select distinct atena_ref from disclosed.namesake order by 1").fetchall()
    assert len(pair) == 2, "two delinquents of the city are called alike"
    (ref,), (other,) = pair
    number = engine().connection.cursor().execute("select atena_number from derived.delinquent where atena_ref = ?", [ref]).fetchone()[0]
    screen = show(staff.CHIEF, "case", case_ref=ref, case_view="経過", entry_kind="本人確認")
    assert any(caption.value.startswith("本人確認　今日はまだ記録がありません。") for caption in screen.at.caption)
    head = ask(staff.CHIEF, "case_head", atena_ref=ref).row(0, named=True)
    assert f"記録する相手　{head['name']}　{head['age']}　{head['town']}　参照番号 {ref}" in [text.value for text in screen.at.text]
    (namesake,) = ask(staff.CHIEF, "case_namesakes", atena_ref=ref).to_dicts()
    assert namesake["other_ref"] == other
    assert screen.at.warning[0].value == f"読みが同じか紛らわしい氏名の人がほかに1人います: {namesake['age']} {namesake['town']} {other}"
    for label, value in (("どこで", "窓口"), ("相手", "本人"), ("確かめ方", "氏名と生年月日"), ("結果", "確かめた")):
        widget(screen, "selectbox", label).set_value(value)
    press(screen)
    assert ledger.events_of(number) == []
    assert "年齢と町名を確かめて印を付け" in screen.at.error[0].value
    widget(screen, "checkbox", "年齢と町名を確かめた。この人に記録する").check()
    press(screen)
    (event,) = ledger.events_of(number)
    assert (event.kind, event.occurred_on, event.payload["means"]) == ("identity_check", TODAY, "氏名と生年月日")
    said = f"窓口 本人 氏名と生年月日 確かめた（{staff.CHIEF.display_name}）"
    assert f"本人確認　{said}" in [caption.value for caption in screen.at.caption]
    assert "本人確認" in set(screen.at.dataframe[-1].value["kind"])


def test_nobody_else_with_the_name_and_nothing_to_confirm(city):
    alone = reader(engine(), staff.OFFICER).execute(
        "select atena_ref from disclosed.delinquent where atena_ref not in (select atena_ref from disclosed.namesake) order by 1").fetchone()[0]
    screen = show(staff.OFFICER, "case", case_ref=alone)
    assert not [box for box in screen.at.checkbox if box.label.startswith("年齢と町名")]
    assert not screen.at.warning

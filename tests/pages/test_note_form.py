"""Writing a 記事 on the カルテ: nothing typed is lost, nothing is written twice, and what was written shows at once."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from casework import ledger
from casework.negotiation_note import record_note
from data_access.query import reference_of, subject
from sample_city.stories import FIRST
from tests import staff
from tests.pages.screen import Screen, show

STORY = str(FIRST + 40)  # 袋川　正, D04: last spoken to on 2026-10-15
FORM = {"contacted_on": date(2026, 10, 30), "method": "電話", "direction": "発信", "counterpart": "本人", "outcome": "納付約束", "body": "一度だけ。"}
SAID = "来週の月曜に窓口で納める約束。"


@pytest.fixture
def case(own_city) -> Screen:
    return show(staff.OFFICER, "case", case_ref=reference_of(STORY), case_view="経過")


def save(screen: Screen, body: str, **choices: object) -> Screen:
    """Fill the form in and press 記録する."""
    at, choices = screen.at, {"相手": "本人", "結果": "連絡のみ", **choices}
    at.text_area[0].set_value(body)
    for box in at.selectbox:
        if box.label in choices:
            box.set_value(choices[box.label])
    if "交渉日" in choices:
        next(field for field in at.date_input if field.label == "交渉日").set_value(choices["交渉日"])
    return screen.run(press(screen))


def press(screen: Screen):
    return next(button for button in screen.at.button if button.label == "記録する").click()


def written() -> list:
    return ledger.events_of(STORY)


def test_a_note_shows_at_once_in_the_timeline_and_as_the_last_contact(case):
    assert case.at.metric[3].value == "R08.10.14"
    save(case, SAID, 方法="訪問", 相手="配偶者", 結果="納付約束")
    assert [event.payload["body"] for event in written()] == [SAID]
    assert case.at.success[0].value == "令和8年10月30日の記事を記録しました。経過に載っています。"
    assert case.at.metric[3].value == "R08.10.30"
    newest = case.at.dataframe[0].value.iloc[0]
    assert (newest["happened_on"], newest["kind"], newest["body"]) == ("R08.10.30", "記事", SAID)
    assert newest["summary"] == "訪問（発信） 配偶者 納付約束"
    assert case.at.text_area[0].value == "", "the next form is empty"


def test_nobody_at_home_is_no_contact(case):
    save(case, "不在。不在票を置いた。", 相手="不在", 結果="不在")
    assert len(written()) == 1
    assert case.at.metric[3].value == "R08.10.14"


@pytest.mark.parametrize(
    ("body", "guidance"),
    [
        ("", "内容を入力してください。"),
        ("個人番号は 123456789018 とのこと。", "個人番号は記録できません"),
        ("表\tから貼り付け", "制御文字"),
    ],
)
def test_a_refusal_keeps_what_was_typed_and_says_what_to_do(case, body, guidance):
    save(case, body, 方法="来庁", 結果="相談継続", 交渉日=date(2026, 10, 28))
    assert written() == []
    assert guidance in case.at.error[0].value
    assert case.at.text_area[0].value == body
    assert [box.value for box in case.at.selectbox if box.label in ("方法", "結果")] == ["来庁", "相談継続"]
    assert date(2026, 10, 28) in [field.value for field in case.at.date_input]
    save(case, SAID)
    assert [event.payload["contacted_on"] for event in written()] == ["2026-10-28"], "the mended form is written with the rest as it was"


def test_two_clicks_write_one_note(case):
    """The second click may arrive before the first has drawn anything: it carries the same form."""
    event_id = case.at.session_state["note_opened"][1]
    at = AppTest.from_function(_press_twice, kwargs={"atena_ref": reference_of(STORY), "event_id": event_id})
    case.run(at)
    assert not at.exception, at.exception[0].message
    assert [event.event_id for event in written()] == [event_id]
    assert at.session_state["note_said"][0] == "success"


def _press_twice(atena_ref, event_id) -> None:
    import streamlit as st

    from pages.parts import note_form
    from tests.pages.test_note_form import FORM

    for field, value in FORM.items():
        st.session_state[f"note_{field}_{event_id}"] = value
    for _ in range(2):
        note_form._record(atena_ref, 0, event_id)


def test_somebody_else_was_faster(case):
    chief = subject(staff.CHIEF, reference_of(STORY))
    record_note(
        staff.CHIEF, chief, event_id="0" * 8 + "-0000-4000-8000-" + "0" * 12, expected_version=0, contacted_on=date(2026, 10, 29),
        method="電話", direction="受信", counterpart="本人", outcome="連絡のみ", body="係長が電話を受けた。", today=date(2026, 10, 30),
    )  # fmt: skip
    save(case, SAID)
    assert len(written()) == 1
    warning = case.at.warning[0].value
    assert "入力した内容は残っています" in warning
    assert case.at.text_area[0].value == SAID
    assert "係長が電話を受けた。" in case.cells("body"), "what the other wrote is on the screen by now"
    assert f"{staff.CHIEF.display_name}　後日記載（1日後）" in case.cells("written_by")
    save(case, SAID)
    assert [event.payload["body"] for event in written()] == ["係長が電話を受けた。", SAID]


def test_only_those_who_may_write_see_the_form(city):
    assert not show(staff.MANAGER, "case", case_ref=reference_of(STORY)).at.text_area
    assert show(staff.CHIEF, "case", case_ref=reference_of(STORY)).at.text_area


def test_a_district_taken_away_while_the_form_was_open(case):
    case.user = staff.NEIGHBOUR
    save(case, SAID)
    assert written() == []
    assert not case.at.metric, "and the case is no longer shown"


def test_a_draft_belongs_to_its_case(case):
    case.at.text_area[0].set_value("袋川さんの話")
    case.at.session_state["case_ref"] = reference_of(str(FIRST + 60))
    case.run()
    assert case.at.text_area[0].value == ""

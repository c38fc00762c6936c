"""Recording on the カルテ beyond notes: every kind from its form, refused without a loss, told at once, and once."""

import uuid
from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from auth import step_up
from casework import ledger
from casework.kinds import kinds
from casework.record import record
from data_access.query import ask, reference_of, subject
from sample_city.stories import FIRST
from tests import staff
from tests.pages.screen import Screen, show

STORY = str(FIRST + 40)  # 袋川　正, D04
PAID = str(FIRST + 160)
TODAY = date(2026, 10, 30)


def opened(kind: str, user=staff.OFFICER) -> Screen:
    return show(user, "case", case_ref=reference_of(STORY), case_view="経過", entry_kind=kind)


def widget(screen: Screen, kind: str, label: str):
    return next(one for one in getattr(screen.at, kind) if one.label == label)


def press(screen: Screen) -> Screen:
    return screen.run(next(button for button in screen.at.button if button.label == "記録する").click())


def written() -> list:
    return ledger.events_of(STORY)


def keys() -> list[str]:
    return ask(staff.OFFICER, "case_installments", atena_ref=reference_of(STORY), only_overdue=True)["installment_key"].to_list()


def test_the_outlook_is_shown_and_what_was_shown_is_what_is_pledged(own_city):
    screen = opened("分納")
    widget(screen, "number_input", "月額（円）").set_value(7_000)
    widget(screen, "checkbox", "誓約書がある").check()
    screen.run()
    shown, said = screen.at.dataframe[0].value, screen.words()
    assert "時効までに終わる" in said
    assert "分納の間も延滞金は増え、滞納処分は妨げられない" in said
    press(screen)
    (event,) = written()
    assert [part["promised_yen"] for part in event.payload["parts"]] == shown["promised_yen"].to_list()
    assert sum(shown["promised_yen"]) == ask(staff.OFFICER, "case_head", atena_ref=reference_of(STORY))["unpaid_yen"][0]
    assert [f"{one['notice_number']}-{one['installment_no']}" for one in event.payload["installments"]] == sorted(keys())
    assert (event.payload["is_written"], event.payload["pledged_on"]) == (True, "2026-10-30")
    assert screen.at.success[0].value == "令和8年10月30日の分納を記録しました。経過に載っています。"
    newest = screen.at.dataframe[-1].value.iloc[0]
    assert (newest["kind"], newest["yen"], newest["written_by"]) == ("分納", sum(shown["promised_yen"]), "地区担当1")


def test_by_number_of_times_and_with_nothing_chosen(own_city):
    screen = opened("分納")
    by = next(one for one in screen.at.get("button_group") if one.label == "決め方")
    by.set_value("回数")
    screen.run()
    widget(screen, "number_input", "回数").set_value(3)
    screen.run()
    assert screen.at.dataframe[0].value["part_no"].to_list() == [1, 2, 3]
    widget(screen, "multiselect", "対象の期別").set_value([])
    screen.run()
    assert "対象の期別を選んでください。" in [warning.value for warning in screen.at.warning]
    press(screen)
    assert written() == []
    assert "対象の期別を選んでください。" in screen.at.error[0].value


def test_a_plan_is_cancelled_from_the_list_of_plans(own_city):
    screen = opened("分納取消")
    assert "取り消していないものはありません" in screen.at.info[0].value
    press(opened("分納"))
    screen = opened("分納取消")
    widget(screen, "selectbox", "取消の理由").set_value("不履行")
    press(screen)
    plan, cancelled = written()
    assert (cancelled.kind, cancelled.payload["plan"]) == ("plan_cancellation", plan.event_id)
    assert "取り消していないものはありません" in opened("分納取消").at.info[0].value


def test_a_reminder_a_finding_a_waiver_and_a_succession(own_city):
    screen = opened("催告")
    widget(screen, "selectbox", "文書").set_value("最終催告書")
    widget(screen, "checkbox", "民法150条の催告とする").check()
    widget(screen, "multiselect", "対象の期別").set_value(keys()[:1])
    press(screen)
    screen = opened("居所調査")
    for label, value in (("調査の方法", "現地調査"), ("結果", "居所判明")):
        widget(screen, "selectbox", label).set_value(value)
    widget(screen, "text_input", "判明した住所").set_value("袋川町1番地")
    press(screen)
    screen = opened("延滞金減免")
    widget(screen, "selectbox", "減免の理由").set_value("病気・負傷")
    widget(screen, "multiselect", "減免する期別と額").set_value(keys()[:2])
    screen.run()
    for number in [one for one in screen.at.number_input if one.label.startswith("減免額")]:
        number.set_value(500)
    press(screen)
    screen = opened("承継")
    widget(screen, "date_input", "相続開始日").set_value(date(2026, 2, 3))
    widget(screen, "selectbox", "死亡を確かめた資料").set_value("戸籍")
    widget(screen, "text_input", "相続人の宛名番号").set_value("0000000123")
    widget(screen, "number_input", "持分の分母").set_value(2)
    press(screen)
    reminder, finding, waiver, succession = (event.payload for event in written())
    assert (reminder["letter"], reminder["is_claim"], len(reminder["installments"])) == ("最終催告書", True, 1)
    assert (finding["address"], finding.keys() & {"confirmed_by"}) == ("袋川町1番地", set())
    assert [row["yen"] for row in waiver["waived"]] == [500] * len(keys()[:2])
    assert (succession["opened_on"], succession["share_numerator"], succession["share_denominator"]) == ("2026-02-03", 1, 2)
    told = opened("記事").at.dataframe[-1].value
    assert {"催告", "居所調査", "延滞金減免", "承継"} <= set(told["kind"])
    assert "袋川町1番地" in set(told["body"])


def test_a_finding_waits_for_another_account(own_city):
    screen = opened("居所調査")
    for label, value in (("調査の方法", "現地調査"), ("結果", "居所判明")):
        widget(screen, "selectbox", label).set_value(value)
    widget(screen, "text_input", "判明した住所").set_value("袋川町1番地")
    press(screen)
    own = opened("調査結果の確認")
    widget(own, "selectbox", "確かめ方").set_value("調査の資料と照合した")
    press(own)
    assert "自分が記録した調査結果は確かめられません" in own.at.error[0].value
    other = show(staff.CHIEF, "case", case_ref=reference_of(STORY), entry_kind="調査結果の確認")
    assert widget(other, "selectbox", "確かめる調査結果").options == [f"現地調査 居所判明 未確認　{staff.OFFICER.display_name}"]
    widget(other, "selectbox", "確かめ方").set_value("現地で確かめた")
    press(other)
    assert [event.kind for event in written()] == ["residence_finding", "finding_confirmation"]
    assert f"現地調査 居所判明 確認 {staff.CHIEF.display_name}" in set(opened("記事").at.dataframe[-1].value["summary"])
    assert "確かめるのを待つ居所調査・送付先はありません。" in opened("調査結果の確認").at.info[0].value


def test_a_reminder_says_what_was_paid_meanwhile_and_waits_for_a_confirmation(own_city):
    """布勢　大地 paid at a shop yesterday: only the 速報 is there."""
    screen = show(staff.CHIEF, "case", case_ref=reference_of(PAID), entry_kind="催告")
    assert "納付の速報があります（まだ消し込まれていません）: 令和8年度 第" in screen.at.warning[0].value
    widget(screen, "selectbox", "文書").set_value("催告書")
    press(screen)
    assert ledger.events_of(PAID) == []
    assert "速報がある期別が1期入っています" in screen.at.error[0].value
    widget(screen, "checkbox", "収納を確かめ、速報のある期別も催告する").check()
    press(screen)
    assert [event.payload["is_sent_though_paid"] for event in ledger.events_of(PAID)] == [True]


def test_slips_and_money_of_a_処分(own_city):
    """The form of 充当 shows what the law's order makes of the money, and records what was shown."""
    screen = opened("納付書発行")
    widget(screen, "date_input", "使用期限").set_value(date(2026, 11, 30))
    widget(screen, "multiselect", "発行する期別と額").set_value(keys()[:1])
    screen.run()
    press(screen)
    screen = opened("充当")
    widget(screen, "selectbox", "得た金").set_value("取立")
    widget(screen, "number_input", "得た額（円）").set_value(7_000)
    screen.run()
    shown = screen.at.dataframe[0].value
    press(screen)
    slips, allocation = (event.payload for event in written())
    owed = {row["installment_key"]: row["unpaid_yen"] for row in ask(staff.OFFICER, "case_installments", atena_ref=reference_of(STORY), only_overdue=True).to_dicts()}
    assert [(f"{row['notice_number']}-{row['installment_no']}", row["yen"]) for row in slips["slips"]] == [(keys()[0], owed[keys()[0]])]
    assert sum(shown["allocated_yen"]) == sum(row["yen"] for row in allocation["allocated"]) == 7_000
    assert set(shown["allocated_item"]) == {"本料"}, "処分の金は本料を延滞金より先に"


def test_a_refusal_keeps_what_was_typed_and_says_what_to_do(own_city):
    screen = opened("居所調査")
    widget(screen, "selectbox", "結果").set_value("居所判明")
    widget(screen, "text_input", "判明した住所").set_value("個人番号は123456789018")
    press(screen)
    assert written() == []
    assert "調査の方法を入力してください。" in screen.at.error[0].value
    assert "個人番号は記録できません" in screen.at.error[0].value
    assert widget(screen, "text_input", "判明した住所").value == "個人番号は123456789018"
    assert widget(screen, "selectbox", "結果").value == "居所判明"


def test_somebody_else_was_faster(own_city):
    screen = opened("承継")
    record(staff.CHIEF, subject(staff.CHIEF, reference_of(STORY)), "residence_finding", event_id="0" * 8 + "-0000-4000-8000-" + "0" * 12,
           expected_version=0, fields={"found_on": TODAY, "source": "住民票", "result": "居所不明"}, today=TODAY)  # fmt: skip
    widget(screen, "date_input", "相続開始日").set_value(date(2026, 2, 3))
    widget(screen, "selectbox", "死亡を確かめた資料").set_value("戸籍")
    widget(screen, "text_input", "相続人の宛名番号").set_value("0000000123")
    press(screen)
    assert "入力した内容は残っています" in screen.at.warning[0].value
    assert len(written()) == 1
    assert "居所調査" in set(screen.at.dataframe[-1].value["kind"]), "what the other wrote is on the screen by now"
    press(screen)
    assert [event.kind for event in written()] == ["residence_finding", "succession"]


def test_two_clicks_write_one_entry(own_city):
    screen = opened("居所調査")
    event_id = screen.at.session_state["entry_opened"][1]
    at = AppTest.from_function(_press_twice, kwargs={"atena_ref": reference_of(STORY), "event_id": event_id})
    screen.run(at)
    assert not at.exception, at.exception[0].message
    assert [event.event_id for event in written()] == [event_id]
    assert at.session_state["entry_said"][0] == "success"


def _press_twice(atena_ref, event_id) -> None:
    from datetime import date

    import streamlit as st

    from casework.kinds import kinds
    from pages.parts import entry_form

    fields = {"found_on": date(2026, 10, 30), "source": "住民票", "result": "居所不明", "address": ""}
    for field, value in fields.items():
        st.session_state[f"entry_{field}_{event_id}"] = value
    for _ in range(2):
        entry_form._record(atena_ref, 0, event_id, kinds()["residence_finding"], date(2026, 10, 30))


@pytest.mark.parametrize("kind", [kind.label for kind in kinds().values() if not kind.is_decided])
def test_only_those_who_may_write_are_offered_it(city, kind):
    managers = next(one for one in show(staff.MANAGER, "case", case_ref=reference_of(STORY)).at.get("button_group") if one.label == "種類")
    assert [option.content if hasattr(option, "content") else option for option in managers.options] == ["支援措置あり", "支援措置の解除"], (
        "執行停止と不納欠損は、起案・審査・決裁の順にだけ")
    offered = next(one for one in opened(kind, staff.CHIEF).at.get("button_group") if one.label == "種類")
    assert kind in [option.content if hasattr(option, "content") else option for option in offered.options]


def test_支援措置_is_not_lifted_at_a_left_terminal(own_city, monkeypatch):
    """It shows again what was hidden: asked for when the form is drawn, and again at the click."""
    yesterday = {"today": TODAY - timedelta(days=1), "event_id": str(uuid.uuid4()), "expected_version": ledger.version_of(STORY)}
    record(staff.CHIEF, subject(staff.CHIEF, reference_of(STORY)), "protection_mark", fields={"marked_on": yesterday["today"], "told_by": "本人の申出"}, **yesterday)
    dead = opened("支援措置の解除", staff.MANAGER)
    assert [button.disabled for button in dead.at.button if button.label == "記録する"] == [True]
    confirmed = [True]
    monkeypatch.setattr(step_up, "is_fresh", lambda _sid: confirmed[0])
    screen = opened("支援措置の解除", staff.MANAGER)
    widget(screen, "selectbox", "解除の理由").set_value("登録の誤り")
    confirmed[0] = False
    assert "本人の再確認" in press(screen).at.error[0].value
    assert len(written()) == 1
    confirmed[0] = True
    press(screen.run())
    assert [event.kind for event in written()] == ["protection_mark", "protection_lift"]


def test_a_district_taken_away_while_the_form_was_open(own_city):
    screen = opened("居所調査")
    for label, value in (("調査の方法", "現地調査"), ("結果", "居所不明")):
        widget(screen, "selectbox", label).set_value(value)
    screen.user = staff.NEIGHBOUR
    press(screen)
    assert written() == []
    assert not screen.at.metric

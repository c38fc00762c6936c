"""不納欠損 on the screen from the candidate to its end: 起案, 審査, 決裁, what waits for 収納, 取消, and a candidate again."""

import re

import pytest

from casework import ledger
from data_access.query import ask, reference_of
from pages.parts import wording
from pages.write_off import REASONS
from sample_city.stories import FIRST
from tests.pages.screen import Screen, first_sight, show
from tests.pages.test_suspension_way import keyed, press
from tests.queries.every_question import parameters
from tests.staff import ANALYST, CHIEF, MANAGER, NEIGHBOUR, OFFICER


def listed(user):
    return ask(user, "write_off_candidates", **parameters("write_off_candidates"))


def step(user) -> Screen:
    (waiting,) = ask(user, "waiting_decisions", kind="不納欠損", district=None).to_dicts()
    return press(show(user, "write_off", waiting_decision=waiting["proposal_id"]), "step_")


def numbers() -> dict[str, str]:
    """参照番号 → 宛名番号 of those in the ledger."""
    return {reference_of(event.subject): event.subject for event in ledger.events_after(0)}


@pytest.mark.slow
def test_from_the_candidate_to_the_reversal(own_city, confirmed):
    ref = listed(NEIGHBOUR).filter(booked_as="時効")["atena_ref"][0]
    own = ask(NEIGHBOUR, "write_off_installments", atena_ref=ref).filter(is_first=True, booked_as="時効")
    form = show(NEIGHBOUR, "write_off", written_off_person=(ref, "時効"))
    scope = keyed(form.at.multiselect, "scope_")
    assert scope.value == own.filter(own["needs_person"].is_null())["installment_key"].to_list(), "what somebody has to confirm is chosen by hand"
    scope.set_value(own["installment_key"].to_list())
    said = press(form, "propose_", "時効が完成し、更新の事実がない。")
    assert "起案しました。" in said.at.success[0].value
    step(CHIEF)
    assert "決裁しました。" in step(MANAGER).at.success[0].value
    events = ledger.events_of(numbers()[ref])
    assert [event.kind for event in events] == ["write_off_decision_proposal", "write_off_decision_review", "write_off_decision"]
    own = ask(CHIEF, "write_off_installments", atena_ref=ref).filter(is_first=True, booked_as="時効")
    decision = events[-1].payload
    assert (decision["reason"], decision["extinct_on"]) == ("時効", own["extinct_on"].max().isoformat())
    assert [(f"{row['notice_number']}-{row['installment_no']}", row["yen"]) for row in decision["written_off"]] == sorted(own.select("installment_key", "unpaid_yen").rows())
    assert own["decided_on"].null_count() == 0
    again = show(NEIGHBOUR, "write_off", written_off_person=(ref, "時効"))
    assert again.cells("state", -1) == ["決裁済・収納の計上待ち"], "below the candidates, and no candidate any more"
    assert not [button for button in again.at.button if button.key.startswith("propose_") and not button.disabled], "nothing is left to propose"
    keyed(again.at.selectbox, "decision_").set_value(events[-1].event_id)
    again.run()
    keyed(again.at.selectbox, "ground_").set_value("時効の更新が判明")
    press(again, "propose_", "電話で承認した記録が見つかった。")
    step(CHIEF)
    step(MANAGER)
    assert [event.kind for event in ledger.events_of(numbers()[ref])][3:] == [
        "write_off_reversal_proposal", "write_off_reversal_review", "write_off_reversal"]
    assert ask(CHIEF, "write_off_decided", district=None).is_empty()
    back = listed(NEIGHBOUR).filter(atena_ref=ref, booked_as="時効").row(0, named=True)
    assert (back["reversed_on"], back["reversal_ground"]) == (ledger.events_of(numbers()[ref])[-1].occurred_on, "時効の更新が判明")
    page, case = show(NEIGHBOUR, "write_off", written_off_person=(ref, "時効")), show(NEIGHBOUR, "case", case_ref=ref)
    assert {text for text in page.cells("marks") if isinstance(text, str)} == {f"取消（訂正）済み {wording.short(back['reversed_on'])} 時効の更新が判明"}
    assert any("欠損取消（訂正）済み" in state for state in case.cells("state"))
    assert ask(CHIEF, "write_off_installments", atena_ref=ref)["decided_on"].null_count() == len(ask(CHIEF, "write_off_installments", atena_ref=ref))


@pytest.mark.parametrize(("story", "reason", "told"), [
    (51, "停止3年", r"R05\.\d\d\.\d\dに停止。3年の間に取り消す事由（資力が戻った兆し）がないこと"),
    (53, "即時消滅", r"相続人の全員が放棄。相続財産がないことを確かめ、事由を選ぶ"),
])
def test_what_is_to_be_confirmed_is_said_for_every_reason_of_a_stop(city, story, reason, told):
    """The people of the stories who are there to be tried: what ended their 停止, and the form with which it is proposed."""
    ref = reference_of(str(FIRST + story * 10))
    page = show(NEIGHBOUR, "write_off", written_off_person=(ref, reason), booked_as=reason)
    (own,) = [frame.value for frame in page.at.dataframe if "to_confirm" in frame.value.columns]
    assert all(re.fullmatch(told, text) for text in own["to_confirm"])
    scope = keyed(page.at.multiselect, "scope_")
    assert len(scope.options) == len(own)
    assert len(scope.value) == len(own) * (reason == "停止3年"), "what somebody has to confirm is chosen by hand"
    assert bool([radio for radio in page.at.radio if radio.key.startswith("at_once_")]) == (reason == "即時消滅")


@pytest.mark.parametrize("view", ["決算への影響", "分析"])
@pytest.mark.parametrize("user", [MANAGER, OFFICER, ANALYST], ids=lambda user: user.role)
def test_every_view_for_every_reach(city, user, view):
    screen = show(user, "write_off", write_off_view=view)
    assert not screen.at.error, [error.value for error in screen.at.error]
    if view == "分析":
        assert {"fiscal_year", "part", "district_name"} <= set(screen.at.dataframe[0].value.columns)
    elif user is not ANALYST:
        assert screen.cells("stage")[:2] == ["欠損の前", "欠損の後"]
        assert screen.at.metric[4].value == "+0.00ポイント", "a write-off does not move this year's rate"
        assert [card.label for card in screen.at.metric[4:]] == ["令和8年度の決算の率", "令和9年度の滞繰の決算の率"], "not the 収納率, which leaves out those of no abode"


def test_those_without_persons_are_offered_no_list(city):
    screen = first_sight(ANALYST, "write_off", city)
    assert [tab.label for tab in screen.at.tabs] == ["決算への影響", "分析"]
    assert any(metric.value == "10人未満" for metric in screen.at.metric)


def test_an_officer_reads_the_city_and_the_own_districts_apart(city):
    """The cards are 市計 with the own districts beside, the list is of the own districts, and each says so."""
    screen = first_sight(OFFICER, "write_off", city)
    assert [metric.label for metric in screen.at.metric[:3]] == [f"{reason}の候補　市計" for reason in REASONS]
    whole = listed(OFFICER)
    for reason, caption in zip(REASONS, (text.value for text in screen.at.caption if "自分の地区" in text.value), strict=True):
        own = whole.filter(booked_as=reason)
        assert f"**自分の地区 {own['unpaid_yen'].sum():,}円**　{own['installment_count'].sum():,}期別" in caption
    assert "候補（自分の地区）" in [heading.value for heading in screen.at.subheader]

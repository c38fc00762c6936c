"""徴収計画 on screen: each view for each of its readers, and from the form to the plan that holds."""

import pytest

from casework import collection_plan, ledger
from casework.collection_plan import CITY, PLAN
from tests import staff
from tests.pages.screen import Screen, show

VIEWS = ("目標と進み", "時間と残り", "偏りと漏れ", "段階と分納", "計画の起案")


@pytest.mark.parametrize("user", [staff.MANAGER, staff.CHIEF, staff.OFFICER], ids=lambda user: user.role)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_itself(city, user, view):
    screen = show(user, "collection_plan", plan_view=view)
    assert not screen.at.error
    assert ("計画を起案する" in screen.words()) == (view == "計画の起案" and user is staff.CHIEF)
    assert bool(screen.at.dataframe) == (view != "計画の起案")


def test_an_officer_sees_the_own_districts_only(city):
    told = show(staff.OFFICER, "collection_plan", plan_view="偏りと漏れ").cells("district_name")
    assert told
    assert all(any(name.startswith(f"第{number}地区") for number in range(1, 6)) for name in told), told


def test_a_line_opens_the_people_who_are_left_out(city):
    lines = show(staff.CHIEF, "collection_plan", plan_view="偏りと漏れ").at.dataframe[0].value
    line = lines[lines["omitted_count"] > 0].iloc[0]
    screen = show(staff.CHIEF, "collection_plan", plan_view="偏りと漏れ", omitted_地区_None=line["district_name"])
    assert len(screen.at.dataframe[1].value) == line["omitted_count"]
    assert screen.at.dataframe[1].value["unpaid_yen"].sum() == line["omitted_yen"]


def test_other_hours_are_tried_and_nothing_is_kept(city):
    screen = show(staff.CHIEF, "collection_plan", plan_view="時間と残り", tried_percent=0)
    now, tried = (table.value for table in screen.at.dataframe)
    assert tried["tried_undone_count"].tolist() == now["case_count"].tolist()
    assert now["undone_count"].sum() < tried["tried_undone_count"].sum()
    assert ledger.version_of(PLAN.name) == 0


def number(screen: Screen, key: str):
    return next(each for each in screen.at.number_input if each.key == key)


def press(screen: Screen, label: str) -> None:
    screen.run(next(each for each in screen.at.button if each.label == label).click())


def test_from_the_form_to_the_plan_that_holds(own_city, confirmed):
    screen = show(staff.CHIEF, "collection_plan", plan_view="計画の起案")
    for year_class, rate in (("現年", 95.25), ("滞繰", 21.0)):
        screen.run(number(screen, f"plan_{CITY}_{year_class}_0").set_value(rate))
    screen.run(number(screen, "plan_campaigns_0").set_value(1))
    screen.run(screen.at.text_input(key="plan_campaign_0_0").set_value("年末の催告"))
    screen.run(next(each for each in screen.at.text_area if each.label == "理由").set_value("前年度に0.5ポイントを足した。"))
    press(screen, "計画を起案する")
    assert "確認の欄" in screen.words()
    assert number(screen, f"plan_{CITY}_現年_0").value == 95.25
    screen.run(next(each for each in screen.at.checkbox if each.label == "上の内容を確かめた").check())
    press(screen, "計画を起案する")
    assert "提案しました" in screen.words()
    assert collection_plan.approved(2026) is None

    boss = show(staff.MANAGER, "collection_plan", plan_view="計画の起案")
    assert "95.25%" in boss.words()
    assert "年末の催告" in boss.words()
    boss.run(boss.at.checkbox[0].check())
    press(boss, "承認する")
    assert not boss.at.error, [each.value for each in boss.at.error]
    plan = collection_plan.approved(2026)
    assert (f"{plan.target('D01', '現年')}", plan.campaigns[0].name) == ("95.25", "年末の催告")
    told = show(staff.OFFICER, "collection_plan")
    assert set(told.cells("target_rate")) == {"95.25%"}
    assert "年末の催告" in told.words()
    assert "まだ承認されていません" not in told.words()

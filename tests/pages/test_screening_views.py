"""執行停止候補: 内訳, 前の基準日との比較 and 要件の試し as they are drawn, and for whom."""

import json

import pytest

from pages.parts import charts
from tests import staff
from tests.pages.screen import show

FOUR = {charts.BLUE, charts.SKY, charts.ORANGE, charts.GREY}


@pytest.mark.slow
def test_the_parts_are_bars_from_zero_with_words(city):
    screen = show(staff.MANAGER, "suspension_candidates", screening_view="内訳", funnel_verdict="資料不足", funnel_dimension="年齢")
    drawn = [chart.proto for chart in screen.at.get("plotly_chart")]
    assert drawn
    for chart in drawn:
        figure = json.loads(chart.spec)
        assert {trace["type"] for trace in figure["data"]} == {"bar"}
        assert {colour for trace in figure["data"] for colour in trace["marker"]["color"]} <= FOUR
        assert figure["layout"]["xaxis"]["range"][0] == 0
        assert "下の表" in chart.alt
    assert sum(screen.cells("person_count")) > 0
    assert {"資料なし", "期限切れ"} & set(screen.cells("finding", 1))


def test_an_older_day_and_other_criteria_stand_beside_today(city):
    screen = show(staff.CHIEF, "suspension_candidates", screening_view="前の基準日と比べる")
    assert screen.cells("ground") == ["1号", "2号", "3号"]
    screen = show(staff.CHIEF, "suspension_candidates", screening_view="要件を試す")
    assert set(screen.cells("count_change")) == {0}
    screen.run(screen.at.number_input[0].set_value(3_650))
    assert any(screen.cells("count_change"))
    assert "何も保存されません" in screen.words()


def test_only_those_who_may_try_criteria_and_nobody_else_sees_people(city):
    assert [tab.label for tab in show(staff.OFFICER, "suspension_candidates").at.tabs] == ["候補", "内訳", "前の基準日と比べる"]
    screen = show(staff.ANALYST, "suspension_candidates")
    assert not screen.at.tabs
    assert not [frame for frame in screen.at.dataframe if {"name", "atena_ref"} & set(frame.value.columns)]

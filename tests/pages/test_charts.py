"""Charts as they leave for the browser: zero baselines, few lines, four colours, words for those who do not see them."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from pages.collection_rate import CLASSES, DIMENSIONS
from pages.parts import charts
from tests import staff
from tests.pages.screen import show

FOUR = {charts.BLUE, charts.SKY, charts.ORANGE, charts.GREY}


def drawn(at: AppTest) -> list:
    return [chart.proto for chart in at.get("plotly_chart")]


@pytest.fixture(params=[("内訳", part, "現年") for part in DIMENSIONS] + [("月別", "期別", each) for each in CLASSES], ids="-".join)
def chart(city, request):
    view, dimension, year_class = request.param
    screen = show(staff.MANAGER, "collection_rate", rate_view=view, dimension=dimension, year_class=year_class)
    found = drawn(screen.at)
    assert len(found) == 1, screen.words()
    return found[0]


def test_a_chart_is_honest_and_readable(chart):
    figure, config = json.loads(chart.spec), json.loads(chart.config)
    layout, kinds = figure["layout"], [trace["type"] for trace in figure["data"]]
    assert set(kinds) <= {"bar", "scatter"}, "no pies"
    amounts = layout["xaxis"] if "bar" in kinds else layout["yaxis"]
    assert amounts["rangemode"] == "tozero"
    assert sum(trace.get("mode", "").startswith("lines") for trace in figure["data"]) <= 3
    assert not [name for name in layout if name.startswith(("xaxis2", "yaxis2"))], "no second axis"
    painted = {trace.get("marker", {}).get("color") or trace["line"]["color"] for trace in figure["data"]}
    assert painted <= FOUR, painted
    assert layout["font"]["size"] >= 14
    assert "下の表" in chart.alt
    assert config["displayModeBar"] is False
    assert not layout["showlegend"], "lines and bars are named where they are"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_lines_are_told_apart_without_colour(count):
    at = AppTest.from_function(_lines, kwargs={"count": count}).run()
    figure = json.loads(drawn(at)[0].spec)
    assert len({trace["line"]["dash"] for trace in figure["data"]}) == count
    assert [note["text"] for note in figure["layout"]["annotations"]] == [f"線{index}" for index in range(count)]


def _lines(count) -> None:
    from pages.parts import charts

    charts.lines({f"線{index}": ([1, 2], [index, 5]) for index in range(count)}, unit="円", alt="試し", key="lines")

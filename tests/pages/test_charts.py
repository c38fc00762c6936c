"""Charts as they leave for the browser: zero baselines, few lines, four colours, words and a table for those who do not see them. Every chart of every page."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import pages
from casework.collection_plan import CITY, QUEUES, Plan
from data_access.query import ask
from pages.collection_rate import CLASSES
from pages.deadlines import KINDS
from pages.parts import charts
from pages.parts.rate_parts import DIMENSIONS
from tests import staff
from tests.conftest import CLOCK
from tests.data_access.test_change import earlier  # noqa: F401 - a fixture: a second day to compare with
from tests.data_access.test_suspended_city import cases  # noqa: F401 - a fixture: somebody whose 停止 ends
from tests.pages.screen import Screen, show

FOUR = {charts.BLUE, charts.SKY, charts.ORANGE, charts.GREY}
LIKE_THE_PAPER = {charts.PAPER}  # the inside of a mark that is drawn by its outline
RATES = [("collection_rate", dict(rate_view="内訳", dimension=part)) for part in DIMENSIONS] + [
    ("collection_rate", dict(rate_view=view, year_class=each)) for view in ("月別", "見込") for each in CLASSES] + [
    ("collection_rate", dict(rate_view="回収の進み")), ("collection_rate", dict(rate_view="内訳", district="D01"))]
ELSEWHERE = [("changes", {}), *(("deadlines", dict(deadline_kind=kind)) for kind in KINDS), ("write_off", dict(write_off_view="分析")),
             ("suspension_candidates", dict(screening_view="内訳"))]
DRAWS = {"collection_rate.py", "changes.py", "deadlines.py", "write_off.py", "suspension_watch.py", "parts/screening_funnel.py", "parts/rate_parts.py", "parts/rate_ahead.py", "collection_plan.py", "parts/plan_capacity_part.py"}


def drawn(at: AppTest) -> list:
    return [chart.proto for chart in at.get("plotly_chart")]


@pytest.fixture(params=[*RATES, *ELSEWHERE], ids=lambda each: "-".join([each[0], *each[1].values()]))
def screen(earlier, request) -> Screen:  # noqa: F811
    module, state = request.param
    return show(staff.MANAGER, module, **state)


def amounts_of(trace: dict) -> list[float]:
    """What the trace draws along the axis of amounts, as plain numbers."""
    along = trace["x"] if trace.get("orientation") == "h" or trace.get("mode") == "markers" else trace["y"]
    return [float(value) for value in (along["_inputArray"] if isinstance(along, dict) and "_inputArray" in along else along) if value is not None]


def painted(trace: dict) -> set[str]:
    marker, line = trace.get("marker", {}), trace.get("line", {})
    colours = [marker.get("color"), marker.get("line", {}).get("color"), line.get("color")]
    return {each for colour in colours if colour for each in (colour if isinstance(colour, list) else [colour])}


def test_every_chart_is_honest_and_readable(screen):
    look_at(screen)


def test_the_months_in_which_suspensions_end_too(cases):  # noqa: F811
    look_at(show(staff.MANAGER, "suspension_watch", watch_view="3年・時効の到来"))


@pytest.mark.parametrize("state", [dict(plan_view="目標と進み", year_class="現年"), dict(plan_view="目標と進み", year_class="滞繰"), dict(plan_view="時間と残り"),
                                   dict(plan_view="時間と残り", capacity_dimension="地区")])
def test_the_plan_of_the_year_too(city, monkeypatch, state):
    goals = {(CITY, "現年"): Decimal("95.20"), (CITY, "滞繰"): Decimal("21.00")}
    plan = Plan(2026, 60, goals, dict.fromkeys(("D01", "D02"), 1), dict.fromkeys(QUEUES, 30))
    monkeypatch.setattr("casework.collection_plan.approved", lambda _year: plan)
    look_at(show(staff.MANAGER, "collection_plan", **state))


def look_at(screen: Screen) -> None:
    charts_drawn, tables = drawn(screen.at), screen.at.dataframe
    assert charts_drawn, screen.words()[:2000]
    for chart in charts_drawn:
        figure, config = json.loads(chart.spec), json.loads(chart.config)
        layout, traces = figure["layout"], figure["data"]
        kinds = {trace["type"] for trace in traces}
        assert kinds <= {"bar", "scatter"}, "no pies"
        is_across = any(trace.get("orientation") == "h" for trace in traces)
        amounts = layout["xaxis" if is_across else "yaxis"]
        if all(trace.get("mode") == "markers" for trace in traces):  # no bar and no line, whose length or slope would mislead
            look_at_dots(chart, layout, traces)
            continue
        assert amounts.get("rangemode") == "tozero" or (kinds == {"bar"} and "range" not in amounts), "bars stand on zero by themselves"
        assert "range" not in amounts or amounts["range"][0] == 0
        assert amounts.get("type", "linear") == "linear"
        assert not [name for name in layout if name.startswith(("xaxis2", "yaxis2"))], "no second axis"
        lines = [trace for trace in traces if trace.get("mode", "").startswith("lines")]
        assert len(lines) <= 3
        told = [note["text"] for note in layout.get("annotations", ())]
        assert {line["name"] for line in lines} <= set(told), "a line is named where it ends"
        for trace in traces:
            if trace["type"] == "bar" and is_across:
                assert all("<b>" in name for name in trace["y"]), "a bar carries its value"
        colours = set().union(*(painted(trace) for trace in traces), {shape["line"]["color"] for shape in layout.get("shapes", ())})
        assert colours <= FOUR | LIKE_THE_PAPER, colours
        assert layout["font"]["size"] >= 14
        assert all(note["font"]["size"] >= 14 for note in layout.get("annotations", ()))
        assert "下の表" in chart.alt
        assert len(chart.alt) > 15
        assert config["displayModeBar"] is False
        assert not layout["showlegend"], "lines and bars are named where they are"
    assert tables, "what is drawn can be read as a table"


def look_at_dots(chart, layout: dict, traces: list[dict]) -> None:
    """Dots may stand on an axis that does not begin at zero, if the chart, its words and the caption say so and nothing is outside of it."""
    (note,) = layout["annotations"]
    assert charts.NOT_FROM_ZERO in note["text"]
    assert charts.NOT_FROM_ZERO in chart.alt
    assert "下の表" in chart.alt
    assert note["font"]["size"] >= 14
    assert layout["font"]["size"] >= 14
    first, last = layout["xaxis"]["range"]
    assert f"{first}%から" in note["text"]
    values = [value for trace in traces for value in amounts_of(trace)]
    assert first < min(values) <= max(values) < last
    assert layout["xaxis"].get("type", "linear") == "linear"
    assert set().union(*(painted(trace) for trace in traces)) <= FOUR
    assert all("<b>" in name for trace in traces for name in trace["y"])
    assert not layout["showlegend"]
    assert json.loads(chart.config)["displayModeBar"] is False


def test_the_trials_of_a_forecast_are_dots_of_their_table(city):
    for each in CLASSES:
        screen = show(staff.MANAGER, "collection_rate", rate_view="見込", year_class=each)
        figure, table = json.loads(drawn(screen.at)[0].spec), screen.at.dataframe[-1].value
        for trace, column in zip(figure["data"], ("forecast_rate", "actual_rate"), strict=True):
            assert [f"{value:.2f}%" for value in amounts_of(trace)] == table[column].to_list()
        assert "0%からではない" in screen.words()


def test_a_chart_and_its_table_say_the_same(city):
    """The bars of 内訳 and their marks, number for number."""
    for dimension in DIMENSIONS:
        screen = show(staff.MANAGER, "collection_rate", rate_view="内訳", dimension=dimension)
        figure, table = json.loads(drawn(screen.at)[0].spec), screen.at.dataframe[1].value
        assert table["part"].to_list()[-1] == "合計", "the whole is the line 市平均, not a bar"
        table = table[:-1]
        bars, before = figure["data"][0], figure["data"][1]
        told = [rate.rstrip("%") for rate in table["same_day_rate"] if rate not in (None, "—")]
        assert [f"{Decimal(str(value)):.2f}" for value in amounts_of(bars)] == told
        told_before = [rate.rstrip("%") for rate in table["rate_before"] if isinstance(rate, str)] if "rate_before" in table else []
        assert [f"{Decimal(str(value)):.2f}" for value in amounts_of(before)] == told_before
        assert told_before


def test_nothing_else_draws():
    """A chart that is not made by pages/parts/charts.py, or on a page that the tests above do not open, would not be looked at."""
    folder = Path(pages.__file__).parent
    texts = {str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*.py")}
    assert {name for name, text in texts.items() if "plotly" in text or "_chart(figure" in text} == {"parts/charts.py"}
    assert {name for name, text in texts.items() if "charts." in text and "import charts" in text} == DRAWS
    assert not [name for name, text in texts.items() for kind in ("st.bar_chart", "st.line_chart", "st.area_chart", "st.scatter_chart", "st.altair_chart", "st.pyplot", "st.vega_lite_chart", "st.map") if kind in text]


@pytest.mark.parametrize(("count", "why"), [(1, "年度途中"), (3, "30日まで")])
def test_a_point_that_is_not_whole_is_hollow_and_joined_to_nothing(count, why):
    at = AppTest.from_function(_lines, kwargs={"count": count, "why": why}).run()
    figure = json.loads(drawn(at)[0].spec)
    lines = [trace for trace in figure["data"] if trace["mode"].startswith("lines")]
    (end,) = [trace for trace in figure["data"] if trace["mode"] == "markers"]
    assert [len(line["x"]) for line in lines] == [1, 2, 2][:count]
    assert (end["x"], end["y"], end["marker"]["symbol"], end["marker"]["color"]) == ([2], [5], "circle-open", lines[0]["line"]["color"])
    assert [note["text"] for note in figure["layout"]["annotations"]] == [*(f"線{index}" for index in range(count)), why]


def test_the_year_and_the_month_that_are_not_over_stand_apart(city):
    """令和8 of 欠損 is not a year yet, nor October a month on the 30th: neither is joined to the whole ones, and both days are told."""
    day = CLOCK.feed_dates[-1]
    assert (day.month, day.day) == (10, 30)
    figure = json.loads(drawn(show(staff.MANAGER, "collection_rate", rate_view="月別", year_class="現年").at)[0].spec)
    ends = {trace["x"][0] for trace in figure["data"] if trace["mode"] == "markers"}
    assert ends == {"10月"}
    screen = show(staff.MANAGER, "collection_rate", rate_view="月別", year_class="現年")
    known = {row["fiscal_year"]: row["received_same_day_yen"] for row in ask(staff.MANAGER, "rate_by_year", district=None).filter(year_class="現年").to_dicts()}
    assert f"同じ日までの累計は、今年度 **{known[2026]:,}円**、前年度 **{known[2025]:,}円**" in screen.words()
    months = ask(staff.MANAGER, "rate_by_month", district=None, fiscal_year=2026, year_class="現年").filter(fiscal_year=2026)
    assert months["received_so_far_yen"].max() == months["received_so_far_yen"][-1] == known[2026], "the last point is that of the day"
    screen = show(staff.MANAGER, "write_off", write_off_view="分析")
    figure = json.loads(drawn(screen.at)[0].spec)
    ends = {trace["x"][0] for trace in figure["data"] if trace["mode"] == "markers"}
    assert ends == {"令和8年度"}
    assert not any("令和8年度" in trace["x"] for trace in figure["data"] if trace["mode"].startswith("lines"))
    assert "令和8年度は年度途中" in screen.words()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_lines_are_told_apart_without_colour(count):
    at = AppTest.from_function(_lines, kwargs={"count": count}).run()
    figure = json.loads(drawn(at)[0].spec)
    assert len({trace["line"]["dash"] for trace in figure["data"]}) == count
    assert [note["text"] for note in figure["layout"]["annotations"]] == [f"線{index}" for index in range(count)]


def _lines(count, why="") -> None:
    from pages.parts import charts

    charts.lines({f"線{index}": ([1, 2], [index, 5]) for index in range(count)}, unit="円", alt="試し", key="lines", unfinished={"線0": why} if why else None)

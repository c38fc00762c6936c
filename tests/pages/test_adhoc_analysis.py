"""アドホック分析 as it is drawn: what each role gets, that a view is its address, a kept view opens, a SELECT answers."""

import random
from datetime import date

import pytest

from data_access import analysis, analysis_metric, analysis_release, saved_analysis
from data_access.analysis import View, answer, rest_named
from data_access.analysis_exact import exact
from pages.parts.analysis_choice import ALL, BARS, EXACT, LINE, NONE
from tests import staff
from tests.data_access.analysis_city import months
from tests.pages.screen import Screen, show

PAGE = "adhoc_analysis"


def chooser(screen: Screen, label: str):
    return next(box for box in screen.at.selectbox if box.label == label)


@pytest.mark.parametrize("user", [staff.MANAGER, staff.CHIEF, staff.ANALYST], ids=lambda user: user.role)
def test_the_first_view_has_its_rows_its_total_and_its_words(city, user):
    screen = show(user, PAGE)
    of, found = answer(user, View("procedure", ("case_stage",), "people", {}))
    assert screen.cells("people") == found["people"].to_list()
    assert screen.cells("case_stage") == rest_named(found)["case_stage"].to_list()
    assert f"合計 **{found['people'].sum():,}人**" in [caption.value for caption in screen.at.caption]
    assert ("金額は1,000円単位" in screen.words()) == of.is_rounded == (user is staff.ANALYST)
    assert "段階ごとの人数。" in screen.words(), "the chart has its words"


def test_a_cut_that_is_not_whole_says_so_above_its_rows(city, monkeypatch):
    people = months(random.Random(1), 1)[0]
    monkeypatch.setattr(analysis, "newest", lambda: analysis_release.Release("20261029T000000Z-0123abcd", date(2026, 10, 29), analysis_release.make(people, [])))
    screen = show(staff.ANALYST, PAGE, analysis_rows_procedure="district")
    assert "分けられない人（ほかの地区）" in screen.cells("district_name")
    assert [said.value.partition("。")[0] for said in screen.at.info] == ["地区ごとの合計ではありません"]
    assert not show(staff.ANALYST, PAGE).at.info, "a step is whole, or put together whole"
    assert "まとめ" not in [*show(staff.ANALYST, PAGE, analysis_inner_procedure="district").cells("case_stage")], "of what it is put together is said"
    words = screen.words()
    assert "使い始めの月なので" in words
    assert "どの組で見ても同じ。個人" in words


@pytest.mark.parametrize("theme", list(analysis_metric.themes()))
@pytest.mark.parametrize("measure", ["unpaid_yen", "charge_yen", "year_paid_yen"])
def test_every_theme_and_measure_is_drawn(city, theme, measure):
    names = analysis_metric.themes()[theme].dimensions
    screen = show(staff.ANALYST, PAGE, analysis_theme=theme, analysis_measure=measure, **{f"analysis_inner_{theme}": names[1]})
    _, found = answer(staff.ANALYST, View(theme, names, measure, {}))
    assert not screen.at.warning
    assert screen.cells(measure) == found[measure].to_list() if found.height else screen.at.info


def test_a_line_is_offered_where_there_is_an_order(city):
    screen = show(staff.CHIEF, PAGE)
    assert chooser(screen, "図").options == [BARS]
    screen.run(chooser(screen, "切り口の組").select("size"))
    assert chooser(screen, "図").options == [BARS, LINE]
    screen.run(chooser(screen, "図").select(LINE))
    assert not screen.at.error
    assert "まとめは順に並べられない" in screen.words() or "順に並ぶ値がありません" in screen.words()


def test_a_filter_takes_the_rows_of_one_value(city):
    """By 年齢, of which the small city's 30 delinquents have two parts; by 段階 they are one."""
    screen = show(staff.CHIEF, PAGE, analysis_theme="payer")
    value = answer(staff.CHIEF, View("payer", ("age_band",), "people", {}))[1]["age_band"][0]
    people = screen.cells("people")[0]
    screen.run(chooser(screen, "年齢で絞る").select(value))
    assert (screen.cells("age_band"), screen.cells("people")) == ([value.replace("まとめ", "年齢のまとめ")], [people])
    assert chooser(screen, "重ねる切り口").options == [NONE, "納付方法"]
    screen.run(chooser(screen, "年齢で絞る").select(ALL))
    assert len(screen.cells("age_band")) > 1


def test_a_view_is_kept_under_a_name_opened_by_another_and_taken_away(own_city):
    screen = show(staff.ANALYST, PAGE, analysis_theme="size", analysis_measure="unpaid_yen")
    next(field for field in screen.at.text_input if field.key == "analysis_title").set_value("期間ごとの滞納額 *会議*")
    screen.run(next(button for button in screen.at.button if button.label == "保存する").click())
    assert [said.value for said in screen.at.success] == ["保存しました。"]
    other = show(staff.MANAGER, PAGE)
    kept = saved_analysis.kept(staff.MANAGER)[0]
    opener = next(button for button in other.at.button if button.key == f"open_{kept.id}")
    assert opener.label == r"期間ごとの滞納額 \*会議\*", "a name is shown, not obeyed"
    other.run(opener.click())
    assert chooser(other, "切り口の組").value == "size"
    assert "滞納の期間ごとの滞納額" in [heading.value for heading in other.at.subheader]
    other.run(next(button for button in other.at.button if button.key == f"remove_{kept.id}").click())
    assert saved_analysis.kept(staff.ANALYST) == []


def test_a_select_is_the_analyst_s_alone_and_answers_below_it(own_city):
    assert not show(staff.MANAGER, PAGE).at.text_area
    screen = show(staff.ANALYST, PAGE, analysis_tab="SELECT文")
    screen.at.text_area[0].set_value("select sum(people) as people from size_arrears")
    screen.run(screen.at.button[0].click())
    _, found = answer(staff.ANALYST, View("size", ("arrears_band",), "people", {}))
    assert screen.cells("people", 1 if len(screen.at.dataframe) > 1 else 0) == [found["people"].sum()]
    screen.at.text_area[0].set_value("select * from read_csv('/etc/passwd')")
    screen.run(screen.at.button[0].click())
    assert "実行していないか、途中で止めました。" in [error.value for error in screen.at.error]
    assert any("read_csv" in text.value for text in screen.at.text)


def test_a_link_with_another_s_values_says_so_or_leaves_them_out(city):
    screen = show(staff.CHIEF, PAGE, analysis_theme="nothing", analysis_measure="name")
    assert chooser(screen, "切り口の組").value == "procedure"
    assert not screen.at.error


@pytest.mark.parametrize("user", [staff.MANAGER, staff.CHIEF], ids=lambda user: user.role)
def test_everybody_by_three_dimensions_is_looked_at_and_not_taken_away(city, user):
    screen = show(user, PAGE, analysis_source=EXACT, analysis_exact_first="arrears_band", analysis_exact_second="district", analysis_exact_third="age_band")
    found = exact(user, ["arrears_band", "district", "age_band"]).rows
    assert screen.cells("people") == found["people"].to_list()
    assert screen.cells("district_name") == found["district_name"].to_list()
    labels = [button.label for button in screen.at.button]
    assert not {"書き出す", "保存する"} & {*labels}
    assert "図は初めの40行" in screen.words() or found.height <= 40


def test_everybody_of_one_value(city):
    screen = show(staff.CHIEF, PAGE, analysis_source=EXACT, analysis_exact_only="amount_band", analysis_exact_value_amount_band="5万円未満")
    assert screen.cells("people") == exact(staff.CHIEF, ["case_stage"], "amount_band", "5万円未満").rows["people"].to_list()


def test_who_sees_no_person_has_no_such_choice(city):
    screen = show(staff.ANALYST, PAGE, analysis_source=EXACT)
    assert "もとの表" not in [box.label for box in screen.at.selectbox]
    assert "課の外に渡さない" not in screen.words()

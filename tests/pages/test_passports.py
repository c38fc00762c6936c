"""Every page in the menu: whatever shows figures has its 「数字の根拠」, and the same once more is the same; or the register says why not."""

import re

import pytest

from casework.collection_plan import QUEUES
from data_access import trial_result
from data_access.contract import labels
from data_access.query import ask, reference_of
from pages import REGISTER
from pages.parts.analysis_choice import EXACT
from sample_city.stories import FIRST
from tests import staff
from tests.data_access.test_change import earlier  # noqa: F401 - a fixture: a second day to compare with
from tests.data_access.test_suspended_city import cases  # noqa: F401 - a fixture: somebody whose 停止 ends
from tests.pages.screen import Screen, show

FIGURES = ("yen", "percent", "point", "count")
EXCEPTED = {entry.module for entry in REGISTER if entry.without_passport}
# Every view of every page that has several; the others are walked as they are first seen.
VIEWS = {
    "case": [{"case_ref": str(FIRST + 40)}],
    "suspension_candidates": [{"screening_view": view} for view in ("候補", "内訳", "前の基準日と比べる", "要件を試す")],
    "suspension_watch": [{"watch_view": view} for view in ("資力が戻った兆し", "3年・時効の到来")],
    "write_off": [{"write_off_view": view} for view in ("候補", "決算への影響", "分析")],
    "collection_rate": [{"rate_view": view} for view in ("内訳", "月別", "見込", "回収の進み", "年度比較")],
    "collection_plan": [{"plan_view": view} for view in ("目標と進み", "時間と残り", "偏りと漏れ", "段階と分納")],
    "adhoc_analysis": [{}, {"analysis_theme": "size", "analysis_inner_size": "amount_band"}, {"analysis_source": EXACT}],
}
WALKS = [(entry.module, state) for entry in REGISTER if entry.module not in EXCEPTED | {"trials", "suspension_watch"} for state in VIEWS.get(entry.module, [{}])]


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """The keys of the passports that a page has drawn."""
    from pages.parts import passport_part

    drawn, draw = [], passport_part.st.popover

    def popover(label: str, **options):
        if str(options.get("key", "")).startswith("passport_"):
            drawn.append(options["key"].removeprefix("passport_"))
        return draw(label, **options)

    monkeypatch.setattr(passport_part.st, "popover", popover)
    return drawn


def shows_figures(screen: Screen) -> bool:
    """Cards, charts, or a table with a column of yen, a rate or a count."""
    columns = {name for frame in screen.at.dataframe for name in frame.value.columns}
    return bool(screen.at.metric) or bool(screen.at.get("plotly_chart")) or any(name in labels() and labels()[name].unit in FIGURES for name in columns)


def walk(user, module: str, state: dict, opened: list[str]) -> list[str]:
    """Every passport of one view, opened and made again; their keys."""
    screen = show(user, module, **state)
    keys = list(opened)
    assert len(keys) == len(set(keys))
    assert bool(keys) or not shows_figures(screen), f"{module} {state}: figures without a passport"
    if keys:
        screen = show(user, module, **state, **{f"passport_{key}": True for key in keys})
        words = screen.words()
        for told in ("定義", "根拠", "含むもの", "含まないもの", "元の表", "SHA-256"):
            assert words.count(told) >= len(keys), told
        assert not re.search(r"\*\*列\*\*　[a-z]", words), "a column is called as in its table"
    for key in keys:
        screen.run(screen.at.button(key=f"again_{key}").click())
        assert not screen.at.error, (key, [error.value for error in screen.at.error])
        assert ["同じ答えになりました" in said.value for said in screen.at.success].count(True) == 1, key
    return keys


@pytest.mark.parametrize(("module", "state"), WALKS, ids=str)
def test_every_figure_has_its_passport_and_is_the_same_once_more(earlier, opened, module, state):  # noqa: F811
    state = state | ({"case_ref": reference_of(state["case_ref"])} if "case_ref" in state else {})
    assert walk(staff.MANAGER, module, state, opened), "a page without a single figure needs no entry here"


@pytest.mark.parametrize("state", VIEWS["suspension_watch"], ids=str)
def test_so_it_is_where_somebody_is_under_執行停止(cases, opened, state):  # noqa: F811
    assert walk(staff.MANAGER, "suspension_watch", state, opened)


@pytest.mark.parametrize("user", [staff.OFFICER, staff.ANALYST, staff.AUDITOR, staff.ADMIN], ids=lambda user: user.role)
def test_so_it_is_for_every_role_at_first_sight(city, opened, user):
    for entry in REGISTER:
        if entry.module not in EXCEPTED and entry.module != "case":
            opened.clear()
            walk(user, entry.module, {}, opened)


def test_who_is_left_out_has_a_reason_and_nobody_else_is():
    assert {"disclosures", "care_inquiry", "feeds", "administration", "audit", "grounds", "permission_table"} == EXCEPTED
    assert all(len(entry.without_passport) > 20 for entry in REGISTER if entry.module in EXCEPTED)


def test_the_result_of_a_trial_has_its_passport(city, opened, monkeypatch):
    from datetime import date

    from casework.trial import Trial

    refs = tuple(sorted(ask(staff.CHIEF, "district_worklist", queue=None, district=None, sort="滞納額が大きい順", page_size=10_000, skipped=0)["atena_ref"]))
    done = Trial("0" * 8 + "-x", "封筒の色", "文面", ("白", "青"), QUEUES[0], 30, refs, date(2026, 6, 1), "salt")
    monkeypatch.setattr("casework.trial.every", lambda: [done])
    monkeypatch.setattr(trial_result, "LEAST", 1)
    assert walk(staff.MANAGER, "trials", {}, opened) == ["trial_result", "trial_page"]

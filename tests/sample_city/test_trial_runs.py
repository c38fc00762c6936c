"""The demo has one 効果の測定 with a result to look at and one that runs, written by two people as on the page."""

import pytest

from audit import log
from casework import trial
from data_access import trial_result
from data_access.query import ask
from sample_city.trial_runs import HORIZON, write_trials
from tests.conftest import CLOCK
from tests.pages.screen import show
from tests.queries.every_question import entries_after
from tests.staff import ANALYST, CHIEF, MANAGER, OFFICER

TODAY = CLOCK.feed_dates[-1]


@pytest.fixture
def small(monkeypatch):
    """The small city has enough people for trials of a few, when every 名簿 is the whole list."""
    monkeypatch.setattr(trial, "LEAST", 10)
    monkeypatch.setattr(trial_result, "LEAST", 3)
    monkeypatch.setattr("sample_city.trial_runs.ask", lambda user, _question, **_choices: ask(
        user, "district_worklist", queue=None, district=None, sort="滞納額が大きい順", page_size=10_000, skipped=0))


def test_one_is_over_and_one_runs(own_city, small):
    before = log.count()
    write_trials(CHIEF, MANAGER, TODAY)
    over, running = trial.every()
    assert over.looked_at_on <= TODAY < running.looked_at_on
    assert over.began_on < running.began_on < TODAY
    assert {over.horizon_days, running.horizon_days} == {HORIZON}
    assert {over.salt, running.salt} & {None, ""} == set(), "both are approved"
    assert len({*over.refs}) == len(over.refs) >= 10
    steps = [(entry["actor"], entry["action"]) for entry in entries_after(before) if entry["action"] in ("trial.propose", "trial.approve")]
    assert [step for step in steps if step[1] == "trial.approve"] == [(MANAGER.name, "trial.approve")] * 2
    assert {actor for actor, action in steps if action == "trial.propose"} == {CHIEF.name}
    write_trials(CHIEF, MANAGER, TODAY)
    assert trial.every() == [over, running], "written once"


def test_the_page_shows_the_result_of_the_one_and_waits_for_the_other(own_city, small):
    write_trials(CHIEF, MANAGER, TODAY)
    over, running = trial.every()
    screen = show(MANAGER, "trials", trial=over.id[:8])
    assert not screen.at.error
    assert screen.cells("trial_state") == ["途中", "結果あり"]
    assert [metric.label for metric in screen.at.metric] == ["甲で納めた人の率", "乙で納めた人の率"]
    assert not show(CHIEF, "trials").at.error, "who may propose another has two choices of 地区 on the page"
    screen = show(MANAGER, "trials", trial=running.id[:8])
    assert not screen.at.metric
    assert "以後の基準日で見られます" in "".join(info.value for info in screen.at.info)
    assert not show(OFFICER, "trials").at.metric, "who works the list is not told the result"
    assert show(ANALYST, "trials").at.warning


def test_a_city_too_small_has_none(own_city):
    write_trials(CHIEF, MANAGER, TODAY)
    assert trial.every() == []

"""What no role opens: one's own case and household's (職員本人・世帯), and more people in a day than work asks for."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

import settings
import store
from audit import log, watch
from auth import limits
from auth.access import NotAllowed
from data_access import budget, connection
from data_access.query import OWN_CASE, ask, subject
from tests.queries.every_question import ABOUT_ONE, CASE, LISTS, NOBODY, parameters
from tests.staff import CHIEF, MANAGER, OFFICER

SOMEBODY = replace(CHIEF, name="somebody")  # whose day no other test has begun


def refusals() -> list[tuple[str, str, str]]:
    """(question, reference, reason) of every refusal of theirs."""
    with store.engine().connect() as connected:
        found = connected.execute(select(log.ACCESS_LOG).where(log.ACCESS_LOG.c.actor == SOMEBODY.name, log.ACCESS_LOG.c.action == "refused").order_by("seq")).mappings()
        return [(row["question"], (json.loads(row["atena_refs"]) or [""])[0], json.loads(row["detail"])["reason"]) for row in found]


def in_lists(user) -> dict[str, set[str]]:
    frames = {name: ask(user, name, **parameters(name)) for name in [*LISTS, "case_search"]}
    return {name: {reference for column in ("atena_ref", "other_ref") if column in frame.columns for reference in frame[column]} for name, frame in frames.items()}


@pytest.mark.slow
def test_the_own_case_is_a_stranger_s_to_every_question_and_the_asking_is_on_record(own_city):
    seen = in_lists(SOMEBODY)
    beside = ask(SOMEBODY, "duplicates", **parameters("duplicates")).row(0, named=True)
    mine, household = beside["atena_ref"], min(seen["suspension_candidates"] - {beside["atena_ref"], beside["other_ref"]})
    assert all(ask(SOMEBODY, "case_head", atena_ref=reference).height for reference in (mine, household)), "the test below is not empty"
    watch.add(MANAGER, "職員", SOMEBODY.name, mine)
    watch.add(MANAGER, "職員の世帯", SOMEBODY.name, household)
    for name in sorted(ABOUT_ONE):
        stranger = ask(SOMEBODY, name, **parameters(name, NOBODY))
        for reference in (mine, household):
            own = ask(SOMEBODY, name, **parameters(name, reference))
            assert own.equals(stranger), name
    asked = refusals()
    assert {(question, reference) for question, reference, _ in asked} == {(name, reference) for name in ABOUT_ONE for reference in (mine, household)}
    assert {reason for _, _, reason in asked} == {OWN_CASE}
    assert {name: references & {mine, household} for name, references in in_lists(SOMEBODY).items()} == dict.fromkeys([*LISTS, "case_search"], set())
    with pytest.raises(NotAllowed) as own:
        subject(SOMEBODY, mine)
    with pytest.raises(NotAllowed) as stranger:
        subject(SOMEBODY, NOBODY)
    assert str(own.value) == str(stranger.value)
    assert mine in in_lists(MANAGER)["duplicates"], "only to themselves"
    others = connection.reader(connection.engine(), SOMEBODY).sql("select atena_ref, other_ref from disclosed.duplicate_suspect").fetchall()
    assert not {mine, household} & {reference for row in others for reference in row}


@pytest.mark.slow
def test_a_crawl_stops_at_the_day_s_number_and_goes_on_tomorrow(own_city, monkeypatch):
    few = replace(limits.limits(settings.today()), most_persons_a_day={"chief": 5})
    monkeypatch.setattr(limits, "_every", lambda: (few,))
    crowd = sorted(ask(SOMEBODY, "district_worklist", **parameters("district_worklist"))["atena_ref"])[:9]
    for reference in crowd[:5]:
        assert ask(SOMEBODY, "case_head", atena_ref=reference).height == 1
    for reference in crowd[5:]:
        with pytest.raises(NotAllowed, match="今日開ける人数（5人）に達しました。業務で続きが要るときは、係長に相談してください。"):
            ask(SOMEBODY, "case_head", atena_ref=reference)
    assert [(question, reference) for question, reference, _ in refusals()] == [("case_head", reference) for reference in crowd[5:]]
    for name in CASE:
        ask(SOMEBODY, name, **parameters(name, crowd[0]))  # whom they have opened they may go on with
        with pytest.raises(NotAllowed, match="5人"):
            ask(SOMEBODY, name, **parameters(name, crowd[8]))
    budget._days.clear()  # as after a restart
    with pytest.raises(NotAllowed, match="5人"):
        ask(SOMEBODY, "case_head", atena_ref=crowd[8])
    with pytest.raises(NotAllowed, match="0人"):
        ask(OFFICER, "case_head", atena_ref=crowd[0])
    now = settings.now()
    monkeypatch.setattr(settings, "now", lambda: now.replace(year=now.year + 1))
    assert ask(SOMEBODY, "case_head", atena_ref=crowd[8]).height == 1


@pytest.mark.slow
def test_turning_page_after_page_stops_at_the_day_s_number_whichever_list_it_is(own_city, monkeypatch):
    def page(number: int) -> set[str]:
        return set(ask(SOMEBODY, "district_worklist", **parameters("district_worklist") | {"page_size": 5, "skipped": 5 * number})["atena_ref"])

    few = replace(limits.limits(settings.today()), most_listed_a_day={"chief": 12})
    monkeypatch.setattr(limits, "_every", lambda: (few,))
    budget._days.clear()
    assert len(page(0) | page(1)) == 10
    with pytest.raises(NotAllowed, match="今日一覧で見られる人数（12人）に達しました。業務で続きが要るときは、係長に相談してください。"):
        page(2)
    assert refusals()[-1][:2] == ("district_worklist", "")
    assert len(page(0) | page(1)) == 10, "whom they have seen they may see again"
    budget._days.clear()  # as after a restart
    with pytest.raises(NotAllowed, match="12人"):
        page(2)
    with pytest.raises(NotAllowed, match="12人"):
        ask(SOMEBODY, "rate_rows", **parameters("rate_rows"))
    assert ask(SOMEBODY, "case_head", atena_ref=min(page(0))).height == 1
    now = settings.now()
    monkeypatch.setattr(settings, "now", lambda: now.replace(year=now.year + 1))
    assert len(page(2)) == 5

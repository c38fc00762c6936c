"""効果の測定: published intervals, a result recomputed from raw receipts, and nothing told too early or of too few."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from data_access import trial_result
from data_access.interval import newcombe, welch, wilson
from data_access.query import ask, reference_of
from data_access.trial_result import NotYet, result
from tests import staff
from tests.pages.screen import show

WAYS = ("甲", "乙")
BEGAN, ENDED, SEEN = date(2026, 6, 1), date(2026, 9, 30), date(2026, 10, 14)


@pytest.mark.parametrize(("groups", "bounds"), [  # Newcombe 1998, method 10, examples (a), (c), (d) and (f)
    ((56, 70, 48, 80), (0.0524, 0.3339)), ((9, 10, 3, 10), (0.1705, 0.8090)), ((5, 56, 0, 29), (-0.0381, 0.1926)), ((10, 10, 0, 10), (0.6075, 1.0000)),
])  # fmt: skip
def test_the_published_intervals(groups, bounds):
    assert [round(bound, 4) for bound in newcombe(*groups)] == list(bounds)


def test_one_share_and_two_means():
    assert [round(bound, 4) for bound in wilson(81, 263)] == [0.2553, 0.3662]  # Newcombe 1998 (one proportion), method 3
    assert wilson(0, 20)[0] == 0.0
    assert wilson(20, 20)[1] == 1.0
    values, others = [1, 2, 3, 4] * 50, [2, 3, 4, 5] * 50
    low, high = welch(len(values), sum(values), sum(each**2 for each in values), len(others), sum(others), sum(each**2 for each in others))
    assert low < -1 < high
    assert round(high - low, 4) == round(2 * 1.959964 * (2 * (1.25 * 200 / 199) / 200) ** 0.5, 4)


def lots(rows) -> dict[str, str]:
    """Half of everybody with an assessment, at random, owing or not."""
    numbers = sorted({row["atena_number"] for row in rows.source("annual_assessment")})
    draw = Random(20_261_030)
    return {reference_of(number): WAYS[draw.random() < 0.5] for number in numbers}


def test_the_result_is_that_of_the_raw_receipts(city, rows, monkeypatch):
    monkeypatch.setattr(trial_result, "LEAST", 5)
    lot, owner, paid = lots(rows), {}, defaultdict(int)
    for row in rows.source("annual_assessment"):
        owner[row["notice_number"]] = reference_of(row["atena_number"])
    for row in rows.source("receipt"):
        if row["principal_yen"] > 0 and BEGAN < row["received_on"] <= ENDED:
            paid[owner[row["notice_number"]]] += row["principal_yen"]
    found = result(staff.MANAGER, lot, WAYS, BEGAN, ENDED, SEEN, rows.as_of)
    hidden = {reference_of(row["atena_number"]) for row in rows.derived("place") if row["is_protected"]}
    for way, people, share, yen in zip(WAYS, ("first_people", "second_people"), ("first_share", "second_share"), found.yen_each, strict=True):
        own = [ref for ref in lot if lot[ref] == way and ref not in hidden]
        hits = sum(paid[ref] > 0 for ref in own)
        assert found.whole[people] == len(own)
        assert found.whole[share] == Decimal(f"{100 * hits / len(own):.2f}")
        assert yen == sum(paid[ref] for ref in own) // len(own)
    assert found.whole["lowest_difference"] <= found.whole["share_difference"] <= found.whole["highest_difference"]
    assert found.yen_interval[0] <= found.yen_each[0] - found.yen_each[1] <= found.yen_interval[1] + 1
    assert found.parts.height > 1
    assert (found.parts["first_people"] >= 5).all()
    assert (found.parts["second_people"] >= 5).all()
    assert found.left_out > 0


def test_a_lot_without_effect_is_seldom_called_sure(city, rows, monkeypatch):
    """95 %: of forty drawings by lot with nothing done, at most six are called a difference (P < 0.2 %)."""
    monkeypatch.setattr(trial_result, "LEAST", 20)
    refs = list(lots(rows))
    sure = 0
    for seed in range(40):
        draw = Random(seed)
        sure += result(staff.MANAGER, {ref: WAYS[draw.random() < 0.5] for ref in refs}, WAYS, BEGAN, ENDED, SEEN, rows.as_of).is_sure
    assert sure <= 6


def test_nothing_is_told_early_or_of_few(city, rows):
    lot = lots(rows)
    with pytest.raises(NotYet, match="2026-10-14"):
        result(staff.MANAGER, lot, WAYS, BEGAN, ENDED, SEEN, SEEN - timedelta(days=1))
    with pytest.raises(NotYet, match="100人に満たない"):
        result(staff.MANAGER, dict(list(lot.items())[:120]), WAYS, BEGAN, ENDED, SEEN, rows.as_of)


def test_who_is_protected_or_stopped_is_in_no_trial(city, rows):
    cases = {reference_of(row["atena_number"]): row for row in rows.derived("delinquent")}
    for queue in ("時効間近", "接触なし", "高額", "新規"):
        found = ask(staff.CHIEF, "trial_population", queue=queue, district=None)["atena_ref"]
        assert not any(cases[ref]["is_protected"] or cases[ref]["is_wholly_suspended"] for ref in found)


def test_an_officer_s_people_are_the_officer_s(city, rows):
    lot = lots(rows)
    found = ask(staff.OFFICER, "trial_people", refs=list(lot), ways=list(lot.values()), way=None, district=None, page_size=10_000, skipped=0)
    own = {reference_of(row["atena_number"]) for row in rows.derived("delinquent") if row["district_code"] in staff.OFFICER.districts}
    assert set(found["atena_ref"]) == own
    assert all(lot[row["atena_ref"]] == row["way"] for row in found.iter_rows(named=True))


def test_from_the_form_to_the_people(own_city, confirmed, monkeypatch):
    monkeypatch.setattr("casework.trial.LEAST", 5)
    screen = show(staff.CHIEF, "trials")
    screen.run(screen.at.text_input(key="trial_name_0").set_value("催告書の文面"))
    screen.run(next(each for each in screen.at.selectbox if each.label == "名簿").set_value("接触なし"))
    for way in WAYS:
        screen.run(next(each for each in screen.at.text_area if each.label == f"{way}の内容").set_value(f"{way}の文"))
    screen.run(next(each for each in screen.at.text_area if each.label == "理由").set_value("返事を増やしたい。"))
    screen.run(next(each for each in screen.at.checkbox if each.label == "上の内容を確かめた").check())
    screen.run(next(each for each in screen.at.button if each.label == "試行を起案する").click())
    assert "提案しました" in screen.words()
    boss = show(staff.MANAGER, "trials")
    boss.run(next(each for each in boss.at.checkbox if each.label == "内容と理由を確かめた").check())
    boss.run(next(each for each in boss.at.button if each.label == "承認する").click())
    assert not boss.at.error, [each.value for each in boss.at.error]
    assert "以後の基準日で見られます" in boss.words()
    assert set(boss.cells("way", 1)) == set(WAYS)
    told = show(staff.OFFICER, "trials")
    assert "以後の基準日で見られます" not in told.words()
    assert "甲の文" in told.words()

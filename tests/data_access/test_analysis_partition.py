"""A release: everybody in exactly one part, every part safe to tell; found again person by person, in plain Python."""

import random
from collections import Counter, defaultdict

import polars as pl
import pytest

from data_access import analysis_metric
from data_access.analysis_metric import DISTRICT, TOGETHER
from data_access.analysis_partition import (
    ALONE,
    ELSEWHERE,
    LEAST,
    MOST_SHARE,
    PROTECTED,
    Earlier,
    release,
)
from data_access.analysis_release import make
from tests.data_access.analysis_city import frame, months, place

ARREARS = analysis_metric.groups()["arrears"]


def parted(history: list[pl.DataFrame], theme: analysis_metric.Theme) -> list[list[dict]]:
    """The parts of every month, each released after those before it."""
    told: list[Earlier] = []
    for month in history:
        persons = month.rename({"district_code": DISTRICT})
        told.append(Earlier(persons, release(persons, told, theme.dimensions, ARREARS)))
    return [each.told.to_dicts() for each in told]


@pytest.mark.parametrize("seed", range(25))
def test_every_part_is_the_sum_of_its_ten_or_more_persons(seed):
    """And nobody is left out, nobody counted twice, nobody has most of an amount, and the protected are never a part."""
    history = months(random.Random(seed), 3)
    for theme in analysis_metric.themes().values():
        rows, now, behind = parted(history, theme)[-1], history[-1], defaultdict(list)
        for person in now.to_dicts() if rows else ():
            behind[place(rows, theme.dimensions, person)].append(person)
        assert {tuple(row[name] for name in theme.dimensions) for row in rows} == behind.keys()
        for row in rows:
            own = behind[tuple(row[name] for name in theme.dimensions)]
            assert len(own) == row["people"] >= LEAST
            for name in ("installment_count", "unpaid_yen"):
                assert row[name] == sum(person[name] for person in own)
            assert max(person["unpaid_yen"] for person in own) * 100 <= row["unpaid_yen"] * MOST_SHARE
            assert row.get(DISTRICT) != PROTECTED
            if row[theme.dimensions[0]] not in (TOGETHER, ELSEWHERE):
                assert sum(each["people"] for each in rows if each[theme.dimensions[0]] == row[theme.dimensions[0]]) >= ALONE


@pytest.mark.parametrize("seed", range(25))
def test_since_any_earlier_release_a_part_is_the_same_or_ten_have_other_amounts(seed):
    """Whoever was or is in a part, then against now: by the amounts of ten and more, or by nothing at all. And of no part
    that was told then is there a share of one to nine in a part of now."""
    history, compared = months(random.Random(100 + seed), 4), 0
    for theme in analysis_metric.themes().values():
        told = parted(history, theme)
        for number, (now, rows) in enumerate(zip(history, told, strict=True)):
            for before, earlier in zip(history[:number], told, strict=False):
                if not rows or not earlier:
                    continue
                people = [{person["atena_number"]: person for person in each.to_dicts()} for each in (before, now)]
                places = [{number: place(rows, theme.dimensions, person) for number, person in each.items()} for each in people]
                then_told = {number: place(earlier, theme.dimensions, person) for number, person in people[0].items()}
                for row in rows:
                    part = tuple(row[name] for name in theme.dimensions)
                    concerned, compared = {number for each in places for number, at in each.items() if at == part}, compared + 1
                    for name in ("installment_count", "unpaid_yen"):
                        then, today = ({number: each[number][name] for number in concerned & each.keys()} for each in people)
                        changed = {number for number in concerned if then.get(number, 0) != today.get(number, 0)}
                        moved = {number for number in concerned if places[0].get(number) != places[1].get(number)}
                        assert len(changed) >= LEAST or not changed | moved, (theme.id, part, name)
                    shares = Counter(then_told[number] for number, at in places[0].items() if at == part)
                    assert min(shares.values(), default=LEAST) >= LEAST, (theme.id, part)
    assert compared > 3 or history[0].height < 200, "something is compared"


def test_a_city_of_few_has_no_release():
    people = months(random.Random(1), 1)[0].to_dicts()
    assert make(frame(people[:9]), []).is_empty()
    assert not make(frame(people), []).is_empty()


def test_one_who_owes_most_of_it_is_never_told():
    """Ten persons, of whom one owes nine tenths: the whole city is not told, and in a larger one they are put together."""
    people = months(random.Random(3), 1)[0].to_dicts()
    ten = [person | {"unpaid_yen": 10_000, "age_band": "40代"} for person in people[:10]]
    ten[0]["unpaid_yen"] = 5_000_000
    others = [person | {"unpaid_yen": 500_000, "age_band": "50代"} for person in people[10:25]]
    payer = analysis_metric.themes()["payer"]
    assert parted([frame(ten)], payer) == [[]]
    assert "40代" not in {row["age_band"] for row in parted([frame([*ten, *others])], payer)[0]}


def test_the_same_persons_always_make_the_same_parts():
    before, now = months(random.Random(5), 2)
    told = [(before, make(before, []))]
    assert make(now, told).equals(make(now.sample(fraction=1, shuffle=True, seed=2).sort("atena_number"), told))


def test_ten_is_ten():
    assert (LEAST, ALONE, MOST_SHARE) == (10, 14, 85)

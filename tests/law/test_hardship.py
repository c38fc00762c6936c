"""家計の目安: the line by hand, and the whole-city SQL beside the Python that explains one household."""

import random
from collections import Counter
from datetime import date

import pytest
from law_city import city, run_alone

from law.hardship import Household, HouseholdUnclear, Line, explain

AS_OF = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("household", "line", "limit", "monthly", "lacking"),
    [
        (Household(1, 1, 1_200_000, 0), Line.BELOW, 100_000, 100_000, 0),
        (Household(1, 1, 1_200_011, 0), Line.BELOW, 100_000, 100_000, 0),
        (Household(1, 1, 1_200_012, 0), Line.ABOVE, 100_000, 100_001, 0),
        (Household(4, 2, 2_820_000, 2), Line.BELOW, 235_000, 235_000, 0),
        (Household(4, 2, 2_820_000, 1), Line.UNKNOWN, 235_000, 235_000, 1),
        (Household(4, 2, 2_820_012, 0), Line.ABOVE, 235_000, 235_001, 2),  # more cannot bring it below
        (Household(2, 0, 0, 0), Line.UNKNOWN, 145_000, 0, 2),
        (Household(1, 1, -500_000, 3), Line.BELOW, 100_000, 0, 0),  # a loss of business
    ],
)
def test_a_household_beside_the_line(household, line, limit, monthly, lacking):
    found = explain(household, AS_OF)
    assert (found.line, found.limit_yen, found.monthly_yen, found.lacking_count) == (line, limit, monthly, lacking)
    assert [step.yen for step in found.steps] == [limit, monthly]
    assert "国税徴収法76条1項4号" in found.steps[0].article
    assert str(line) in found.sentence


@pytest.mark.parametrize("household", [Household(0, 0, 0, 0), Household(1, 2, 0, 0)])
def test_a_household_that_cannot_be_counted_is_refused(household):
    with pytest.raises(HouseholdUnclear, match="人数と所得の資料の数が合いません"):
        explain(household, AS_OF)


def random_home(rng, key):
    """member → its state, and its 住民税 records by year: 収入 by kind and the family."""
    people = [key, *(f"{key}m{place}" for place in range(rng.choice([0, 0, 1, 2, 4])))]
    states = {person: rng.choice(["現住", "現住", "現住", "転出", "死亡"]) for person in people}
    records = {}
    for person in people:
        for year in rng.sample([2023, 2024, 2025, 2026], rng.choice([0, 1, 2])):
            near = rng.choice([100_000, 145_000, 190_000, rng.randrange(400_000)]) * 12 + rng.choice([-1, 0, 11, 12])
            parts = [near // 3, near - near // 3, rng.choice([0, 0, -300_000, 90_000]), 0, 0, 0, rng.choice([0, 0, 40_000])]
            records[person, year] = (*rng.sample(parts, 7), rng.choice([0, 0, 1, 2]))
    return states, records


@pytest.mark.parametrize("cases", [2_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_household_hardship(cases):
    seed = 76_004 + cases
    rng = random.Random(seed)
    homes = {f"A{number:05d}": random_home(rng, f"A{number:05d}") for number in range(cases)}
    expected, members, taxes = {}, [], []
    for key, (states, records) in homes.items():
        there = [person for person, state in states.items() if person == key or state == "現住"]
        newest = {person: max(year for who, year in records if who == person) for person, _ in records}
        known = [records[person, newest[person]] for person in there if newest.get(person, 0) >= 2025]
        found = explain(Household(len(there), len(known), sum(sum(own[:7]) for own in known), sum(own[7] for own in known)), AS_OF)
        expected[key] = (found.limit_yen, found.monthly_yen, found.lacking_count, str(found.line))
        members += [(key, person, state) for person, state in states.items()]
        taxes += [(person, year, *own) for (person, year), own in records.items()]
    database = city(AS_OF, delinquent=[(key, "現住", None, False) for key in homes], household_member=members, resident_tax=taxes)
    database.execute("set variable fiscal_year = 2026")
    run_alone(database, "household_hardship")
    rows = database.sql("select atena_number, limit_yen, monthly_yen, lacking_count, line from derived.household_hardship").fetchall()
    assert {key: tuple(own) for key, *own in rows} == expected, seed
    seen = Counter(line for *_, line in expected.values())
    assert all(seen[line] > cases / 20 for line in Line), (seed, seen)

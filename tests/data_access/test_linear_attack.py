"""Everything ever released of a city, taken together by an attacker who may do anything linear (linear_attack.py): of nobody, or of ten
people and more. Sums of all themes, of three to five months, of each amount; and that the same attacker takes more from less."""

import random
from collections import defaultdict
from functools import cache

import numpy as np
import polars as pl
import pytest

from data_access import analysis_metric
from data_access.analysis_metric import DISTRICT
from data_access.analysis_partition import LEAST, PERSON, Earlier, release
from data_access.analysis_witness import has_witnesses, releases
from tests.data_access.analysis_city import months, place
from tests.data_access.linear_attack import fewest, reduced

CITIES, ROUNDS = 24, 12
TAKEN = 25  # a city from which the attacker takes something when its themes are made one by one
MEASURES = analysis_metric.groups()["arrears"]
AMOUNTS = ("unpaid_yen", "installment_count")
THEMES = {theme.id: theme.dimensions for theme in analysis_metric.themes().values()}


@cache
def city(number: int) -> list[pl.DataFrame]:
    chance = random.Random(9_000 + number)
    return months(chance, chance.randint(3, 5))


def published(number: int, *, together: bool) -> list[dict[str, pl.DataFrame]]:
    """Month → theme → its parts: every theme with regard to the others, or each by itself as before this rule."""
    told: list[tuple[pl.DataFrame, dict[str, pl.DataFrame]]] = []
    for month in city(number):
        persons = month.rename({"district_code": DISTRICT})
        alone = {theme: release(persons, [Earlier(then, parts[theme]) for then, parts in told], dimensions, MEASURES) for theme, dimensions in THEMES.items()} if not together else {}
        told.append((persons, alone or releases(persons, told, THEMES, MEASURES)))
    return [parts for _, parts in told]


def sums(number: int, told: list[dict[str, pl.DataFrame]], amount: str) -> list[dict[str, int]]:
    """Who is behind each released figure of `amount`, from the labels alone."""
    found = []
    for month, parts in zip(city(number), told, strict=True):
        for theme, dimensions in THEMES.items():
            rows, behind = parts[theme].to_dicts(), defaultdict(dict)
            for person in month.to_dicts() if rows else ():
                behind[place(rows, dimensions, person)][person["atena_number"]] = person[amount]
            assert sorted(sum(each.values()) for each in behind.values()) == sorted(row[amount] for row in rows), "the attacker knows who is behind it"
            found += behind.values()
    return found


@pytest.mark.parametrize("number", range(CITIES))
def test_nothing_linear_tells_of_fewer_than_ten(number):
    told = published(number, together=True)
    assert any(parts.height for parts in told[0].values()), "there is something to attack"
    for amount in AMOUNTS:
        concerned = fewest(sums(number, told, amount), random.Random(number), ROUNDS)
        assert concerned >= LEAST, (number, amount, concerned)


def test_the_same_attacker_takes_nine_from_themes_that_do_not_look_at_each_other():
    """Each theme by itself is safe, and so was every pair of views; added up across themes and months they are not."""
    concerned = {together: fewest(sums(TAKEN, published(TAKEN, together=together), "unpaid_yen"), random.Random(TAKEN), ROUNDS) for together in (False, True)}
    assert concerned[False] < LEAST <= concerned[True]


def test_the_attacker_finds_what_is_hidden_three_sums_deep():
    """40 people in three ways of halving; a + b − c leaves nine of them. Nobody's value stands in two of the sums alone."""
    people = {f"p{number}": number for number in range(60)}
    names = list(people)
    first, second = names[:25], names[25:49]
    whole = {name: people[name] for name in [*first, *second, *names[49:58]]}
    chance = random.Random(1)
    assert fewest([{name: people[name] for name in first}, {name: people[name] for name in second}, whole], chance, 4) == 9


def test_the_reduced_form_is_the_same_space():
    told = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 0, 1], [2, 2, 1, 1]])
    assert reduced(told).shape[0] == 3
    assert reduced(np.vstack([told, reduced(told)])).shape[0] == 3


def frame(numbers: list[int], fresh: int | None = None) -> pl.DataFrame:
    """Marked persons of one part, of whom the first `fresh` have an amount that was not told before."""
    return pl.DataFrame({PERSON: [str(number) for number in numbers], "fresh_yen": [int(fresh is None or at < fresh) for at in range(len(numbers))]})


def theme(*parts: pl.DataFrame) -> list[tuple[dict, pl.DataFrame]]:
    return [({}, part) for part in parts]


@pytest.mark.parametrize(("themes", "has"), [
    ([theme(frame(list(range(10))), frame(list(range(10, 20))))], True),
    ([theme(frame(list(range(9))), frame(list(range(10, 20))))], False),
    ([theme(frame(list(range(30)), 9))], False),
    ([theme(frame(list(range(30)), 10))], True),
    ([theme(frame(list(range(50))), frame(list(range(50, 100)))), theme(frame(list(range(50))), frame(list(range(50, 100))))], False),  # the same twice: they say one thing, not known to be one
    ([theme(frame(list(range(50))), frame(list(range(50, 100)))), theme(frame(list(range(41))), frame(list(range(41, 100))))], False),  # nine lie between them
    ([theme(frame(list(range(50))), frame(list(range(50, 100)))), theme(frame(list(range(40))), frame(list(range(40, 100))))], True),  # ten do
    ([theme(frame(list(range(50))), frame(list(range(50, 100)))), theme(frame(list(range(0, 100, 2))), frame(list(range(1, 100, 2))))], True),
    ([[], []], True),
], ids=["ten and ten", "nine", "nine are new", "ten are new", "twice the same", "nine apart", "ten apart", "across", "nothing"])
def test_ten_witnesses_are_needed_for_whatever_is_told(themes, has):
    assert has_witnesses(themes, "yen") is has


def test_a_city_that_does_not_change_is_told_again_and_nothing_new():
    """The second month of the same people with the same amounts says what the first said: the same parts, and no witness is needed."""
    month = city(0)[0].rename({"district_code": DISTRICT})
    first = releases(month, [], THEMES, MEASURES)
    second = releases(month, [(month, first)], THEMES, MEASURES)
    assert all(first[name].height for name in THEMES)
    told = [first, second]
    assert fewest([found for each in told for found in _behind(month, each)], random.Random(3), ROUNDS) >= LEAST


def _behind(month: pl.DataFrame, told: dict[str, pl.DataFrame]) -> list[dict[str, int]]:
    found = []
    for name, dimensions in THEMES.items():
        rows, behind = told[name].to_dicts(), defaultdict(dict)
        for person in month.rename({DISTRICT: "district_code"}).to_dicts() if rows else ():
            behind[place(rows, dimensions, person)][person["atena_number"]] = person["unpaid_yen"]
        found += behind.values()
    return found

"""An attacker with every view, every filter, every export and every month of アドホック分析: nothing of fewer than ten comes out.

What the attacker may have is what the page, a SELECT and an export can give: sums of released parts. Who is behind a part is
found from the labels alone (analysis_city.place)."""

import random
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations

import pytest

from data_access import analysis_metric
from data_access.analysis_metric import DISTRICT, TOGETHER
from data_access.analysis_partition import ALONE, ELSEWHERE, LEAST
from data_access.analysis_witness import releases
from tests.data_access.analysis_city import months, place

VIEWS, CITIES = 500, 25
MEASURES = analysis_metric.groups()["arrears"]
SET_TOGETHER = {TOGETHER, ELSEWHERE}


@cache
def city(number: int) -> list[dict]:
    """Month → theme → (rows, who is behind each row: label → person → yen), and the persons."""
    made, told = [], []
    themes_of = {theme.id: theme.dimensions for theme in analysis_metric.themes().values()}
    for month in months(random.Random(7_000 + number), 3):
        persons, themes = month.rename({"district_code": DISTRICT}), {}
        told.append((persons, releases(persons, told, themes_of, MEASURES)))
        for theme, dimensions in themes_of.items():
            rows, behind = told[-1][1][theme].to_dicts(), defaultdict(dict)
            for person in month.to_dicts() if rows else ():
                behind[place(rows, dimensions, person)][person["atena_number"]] = person["unpaid_yen"]
            themes[theme] = rows, behind
        made.append({"persons": month.to_dicts(), "themes": themes})
    return made


def view(chance: random.Random, month: dict, theme: analysis_metric.Theme) -> list[list[tuple]]:
    """The cells of one random view: each the labels of the parts it adds up; the last is the total."""
    rows = month["themes"][theme.id][0]
    dimensions = chance.sample(theme.dimensions, chance.randint(1, len(theme.dimensions)))
    only = chance.choice(rows) if rows and chance.random() < 0.5 else None
    filtered = chance.choice(theme.dimensions)
    cells = defaultdict(list)
    for row in rows:
        if only is None or row[filtered] == only[filtered]:
            cells[tuple(row[name] for name in dimensions)].append(tuple(row[name] for name in theme.dimensions))
    return [*cells.values(), [labels for cell in cells.values() for labels in cell]]


def amounts(month: dict, theme: str, cell: list[tuple]) -> dict[str, int]:
    """Who is behind a cell, and with what."""
    return {number: yen for labels in cell for number, yen in month["themes"][theme][1][labels].items()}


@pytest.mark.parametrize("number", range(CITIES))
def test_no_difference_of_two_views_is_of_fewer_than_ten(number):
    """Any cell of 20 views a city, and any difference of two of the same theme (one within the other, or of other months): of
    nobody's amount, or of ten people's and more."""
    chance, made = random.Random(number), city(number)
    for _ in range(VIEWS // CITIES // 2):
        theme = chance.choice(list(analysis_metric.themes().values()))
        first, second = (chance.choice(made) for _ in range(2))
        for one in view(chance, first, theme):
            own = amounts(first, theme.id, one)
            assert not one or len(own) >= LEAST
            for other in view(chance, second, theme):
                others = amounts(second, theme.id, other)
                concerned = [person for person in own.keys() | others.keys() if own.get(person, 0) != others.get(person, 0)]
                assert not concerned or len(concerned) >= LEAST, (theme.id, one, other)


def bounds(month: dict, wanted: dict[str, str], measure: str) -> tuple[int, int]:
    """What the released parts say of all who have these values: at least, at most. Sharp for what is known of two or more
    themes (Fréchet): the parts that lie wholly within, and those that may hold some."""
    least, most, themes, whole = [], [], {metric_theme(name) for name in wanted}, 0
    for theme in themes:
        rows, named = month["themes"][theme.id][0], [name for name in theme.dimensions if name in wanted]
        within = [row for row in rows if all(row[name] == wanted[name] for name in named)]
        maybe = [row for row in rows if all(row[name] == wanted[name] or row[name] in SET_TOGETHER for name in named)]
        whole = sum(row[measure] for row in rows)
        least.append(sum(row[measure] for row in within))
        most.append(sum(row[measure] for row in maybe))
    return max(0, sum(least) - (len(least) - 1) * whole), min(most)


def metric_theme(dimension: str) -> analysis_metric.Theme:
    return next(theme for theme in analysis_metric.themes().values() if dimension in theme.dimensions)


def small_cells(chance: random.Random, month: dict, count: int) -> list[tuple[dict, list[dict]]]:
    """Random combinations of one to three values, of one to nine people, with those people."""
    found = []
    for _ in range(count * 20):
        person, names = chance.choice(month["persons"]), chance.sample(list(analysis_metric.dimensions()), chance.randint(1, 3))
        wanted = {name: person["district_code" if name == DISTRICT else name] for name in names}
        behind = [each for each in month["persons"] if all(each["district_code" if name == DISTRICT else name] == value for name, value in wanted.items())]
        if len(behind) < LEAST:
            found.append((wanted, behind))
        if len(found) == count:
            break
    return found


def test_of_500_small_cells_none_comes_back_exactly_or_nearly():
    looked_at, exact, near = 0, 0, Counter()
    for number in range(CITIES):
        chance, made = random.Random(number), city(number)
        for month in (month for month in made if all(rows for rows, _ in month["themes"].values())):
            for wanted, behind in small_cells(chance, month, 20):
                looked_at += 1
                for measure, true in (("people", len(behind)), ("unpaid_yen", sum(person["unpaid_yen"] for person in behind))):
                    least, most = bounds(month, wanted, measure)
                    assert least <= true <= most, "the attacker reckons rightly"
                    exact += least == most
                    near[measure] += least * 10 >= true * 9 and most * 10 <= true * 11
    assert looked_at >= VIEWS
    assert exact == 0
    assert near == Counter({"people": 0, "unpaid_yen": 0})


def test_the_same_attacker_empties_tables_of_which_only_the_small_cells_are_left_out():
    """Leaving out cells below ten, with true totals beside them, is no protection: what one line leaves out is its total less the rest."""
    taken = 0
    for number in range(CITIES):
        persons = city(number)[0]["persons"]
        for theme in analysis_metric.themes().values():
            names = ["district_code" if name == DISTRICT else name for name in theme.dimensions]
            cells = Counter(tuple(person[name] for name in names) for person in persons)
            for at in range(len(names)):
                lines = defaultdict(list)
                for key, count in cells.items():
                    lines[key[at]].append(count)
                taken += sum(sum(count < LEAST for count in line) == 1 for line in lines.values())
    assert taken > 100


@pytest.mark.parametrize("missing", range(2, 7))
def test_whoever_knows_the_rule_cannot_tell_a_small_value_from_what_is_put_together(missing):
    """What is put together under まとめ is of `missing` values that could not stand alone (0 to 13 each), or of those and the
    smallest that could. Whatever their sum, a value of one to nine leaves at least five sizes open."""
    for together in range(LEAST, ALONE * missing + 60):
        alone = range(ALONE)
        possible = set()
        for own in alone:
            rest = together - own
            others = (missing - 1) * (ALONE - 1)
            is_all_small = 0 <= rest <= others
            # one that could stand alone was added because the small ones were fewer than ten together
            was_added = any(own + small < LEAST and rest - small >= ALONE for small in range(min(rest, (missing - 2) * (ALONE - 1)) + 1))
            if is_all_small or was_added:
                possible.add(own)
        assert not possible & set(range(1, LEAST)) or len(possible) >= 5, (together, missing, possible)


def test_parts_of_two_themes_never_share_a_dimension():
    """What stands in two themes could be found by holding one against the other (docs/decisions.md §131)."""
    for one, other in combinations(analysis_metric.themes().values(), 2):
        assert not {*one.dimensions} & {*other.dimensions}
    assert {name for theme in analysis_metric.themes().values() for name in theme.dimensions} == analysis_metric.dimensions().keys()

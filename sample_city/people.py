"""Who lives in the city: households, their members, where they are now, and since when they are insured."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_city.clock import NEVER, Clock
from sample_city.words import pairs, pick, towns, words

SIZES = np.array([0.33, 0.29, 0.17, 0.14, 0.05, 0.02])
BLOCK = 50_000
PRESENT, MOVED_OUT, DEAD, REMOVED, OUTSIDE = range(5)
STATES = ["現住", "転出", "死亡", "職権消除", "住登外"]


@dataclass
class Draw:
    """One block of the city: its own random stream, its own ranges of numbers."""

    random: np.random.Generator
    clock: Clock
    block: int

    def chance(self, share: float | np.ndarray, size: int) -> np.ndarray:
        """True for about `share` of `size` cases."""
        return self.random.random(size) < share

    def days(self, low: int, high: int, size: int) -> np.ndarray:
        """Day counts from low to high, both included."""
        return self.random.integers(low, high + 1, size)


@dataclass
class People:
    """Arrays by household (head_*, size, ward, exit …) and by person (household, place, age …)."""

    size: np.ndarray
    first: np.ndarray
    head_age: np.ndarray
    town: np.ndarray
    exit_on: np.ndarray
    exit_state: np.ndarray
    household: np.ndarray
    place: np.ndarray
    born_on: np.ndarray
    is_woman: np.ndarray
    moved_on: np.ndarray
    old_town: np.ndarray
    is_foreign: np.ndarray


def settle(draw: Draw, persons: int) -> People:
    """Exactly `persons` people in households of one to six."""
    random, last = draw.random, draw.clock.last
    drawn = random.choice(6, persons, p=SIZES / SIZES.sum()) + 1
    count = int(np.searchsorted(np.cumsum(drawn), persons)) + 1
    size = drawn[:count]
    size[-1] -= size.sum() - persons
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    household = np.repeat(np.arange(count), size)
    place = np.arange(persons) - first[household]
    head_age = _head_ages(draw, size)
    age = _ages(draw, head_age[household], place)
    exit_on, exit_state = _exits(draw, head_age, size)
    town = random.choice(len(towns()), count, p=_town_weights())
    return People(
        size, first, head_age, town, exit_on, exit_state, household, place,
        born_on=np.maximum(last - age * 365 - age // 4 - draw.days(1, 364, persons), -25_567),
        is_woman=draw.chance(np.where(place == 0, 0.38, np.where(place == 1, 0.85, 0.5)), persons),
        moved_on=_moves(draw, count),
        old_town=random.integers(0, len(towns()), count),
        is_foreign=draw.chance(0.02, count),
    )


def _head_ages(draw: Draw, size: np.ndarray) -> np.ndarray:
    bands = np.array([20, 25, 30, 40, 50, 60, 65, 70, 75, 80, 96])
    single = np.array([0.10, 0.09, 0.12, 0.11, 0.13, 0.08, 0.09, 0.10, 0.08, 0.10])
    family = np.array([0.01, 0.03, 0.14, 0.20, 0.19, 0.10, 0.10, 0.10, 0.07, 0.06])
    band = np.where(size == 1, draw.random.choice(10, size.size, p=single), draw.random.choice(10, size.size, p=family))
    return draw.random.integers(bands[band], bands[band + 1])


def _ages(draw: Draw, head: np.ndarray, place: np.ndarray) -> np.ndarray:
    spouse = head + draw.random.integers(-7, 5, head.size)
    child = head - draw.random.integers(24, 37, head.size) - place
    age = np.where(place == 0, head, np.where(place == 1, np.maximum(spouse, 20), child))
    return np.clip(age, 0, 104)


def _exits(draw: Draw, head_age: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """When a household left the register, and why; NEVER for those who are here."""
    count, clock = size.size, draw.clock
    lot = draw.random.random(count)
    dying = np.where(head_age >= 75, 0.11, np.where(head_age >= 60, 0.035, 0.006)) + 0.065
    state = np.select([lot < 0.065, lot < dying, lot > 0.997, lot > 0.992], [MOVED_OUT, DEAD, REMOVED, OUTSIDE], PRESENT)
    left_on = draw.random.integers(clock.month_start[1], clock.first - 3, count)
    return np.where((state == PRESENT) | (state == OUTSIDE), NEVER, left_on), state


def _moves(draw: Draw, count: int) -> np.ndarray:
    """The day of a household's last move inside the city; a few fall on the days of the differences."""
    clock = draw.clock
    past = np.where(draw.chance(0.06, count), draw.random.integers(clock.month_start[24], clock.first, count), NEVER)
    if clock.last == clock.first:
        return past
    fresh = draw.chance(0.0004 * (clock.last - clock.first), count)
    return np.where(fresh, draw.random.integers(clock.first + 1, clock.last + 1, count), past)


def _town_weights() -> np.ndarray:
    weight = np.array([3.0 if ward < 30 else 1.0 for ward, _ in towns()]) * (1 + np.arange(len(towns())) % 3)
    return weight / weight.sum()


def atena(draw: Draw, person: np.ndarray) -> np.ndarray:
    """宛名番号 of persons, as integers; each block has its own range."""
    return 1_000_000_000 + draw.block * 1_000_000 + np.asarray(person) * 10 + 3


def household_number(draw: Draw, household: np.ndarray) -> np.ndarray:
    """世帯番号, as integers."""
    return 3_000_000_000 + draw.block * 1_000_000 + np.asarray(household) * 10 + 7


def people_tables(draw: Draw, people: People) -> dict[str, pl.DataFrame]:
    """person, household, mailing_address and protection, with the days from and until which each row is the newest."""
    name, kana = _names(draw, people)
    return {
        "person": _person_table(draw, people, name, kana),
        "household": pl.DataFrame({
            "household_number": household_number(draw, np.arange(people.size.size)),
            "head_atena_number": atena(draw, people.first),
            "member_count": people.size,
        }),
        "mailing_address": _mailing_table(draw, people, name),
        "protection": _protection_table(draw, people),
    }


def _names(draw: Draw, people: People) -> tuple[pl.Series, pl.Series]:
    """氏名 and 氏名カナ of every person: one surname a household, a few in long foreign forms."""
    count, home = people.household.size, people.household
    surname = (draw.random.random(people.size.size) ** 1.5 * len(words()["people"]["surnames"])).astype(int)[home]
    given = draw.random.integers(0, 30, count)
    foreign = pick(words()["people"]["foreign"], draw.random.integers(0, len(words()["people"]["foreign"]), count))
    is_foreign = pl.Series(people.is_foreign[home])
    forms = []
    for half in (0, 1):
        last, man, woman = (pairs("people", key)[half] for key in ("surnames", "male", "female"))
        own = pick(last, surname) + "　" + pick(man + woman, given + 30 * people.is_woman)
        forms.append(foreign.zip_with(is_foreign, own))
    return forms[0], forms[1]


def _address(draw: Draw, town: np.ndarray) -> dict[str, pl.Series | np.ndarray]:
    """町名, 番地・方書, 郵便番号 and 行政区 of households."""
    count = town.size
    flat = pick(words()["people"]["flats"], np.where(draw.chance(0.3, count), draw.random.integers(0, 10, count), -1))
    parts = pl.DataFrame({"a": draw.random.integers(1, 980, count), "b": draw.random.integers(1, 30, count),
                          "flat": flat, "room": draw.random.integers(1, 9, count) * 100 + draw.random.integers(1, 9, count)})
    rest = parts.select(pl.format("{}番地{}", "a", "b") + pl.when(pl.col("flat").is_null()).then(pl.lit(""))
                        .otherwise(pl.format("　{}{}号", "flat", "room"))).to_series()
    wards = np.array([ward for ward, _ in towns()])
    return {"postal_code": 6_800_001 + town * 7, "town": pick([name for _, name in towns()], town),
            "address_rest": rest, "ward_code": wards[town] + 1}


def _person_table(draw: Draw, people: People, name: pl.Series, kana: pl.Series) -> pl.DataFrame:
    """One row a person, plus one older row for those who moved or left."""
    home = people.household
    now, before = _address(draw, people.town), _address(draw, people.old_town)
    exit_on = np.where(people.exit_state[home] == DEAD, np.where(people.place == 0, people.exit_on[home], NEVER), people.exit_on[home])
    state = np.where((people.exit_state[home] == DEAD) & (people.place > 0), PRESENT, people.exit_state[home])
    moved = np.where(exit_on < NEVER, NEVER, people.moved_on[home])
    base = {"atena_number": atena(draw, np.arange(home.size)), "name": name, "name_kana": kana, "birth_date": people.born_on,
            "sex": pick(["男", "女"], people.is_woman.astype(int)),
            "person_kind": pick(["住登者", "住登外"], (state == OUTSIDE).astype(int)),
            "household_number": household_number(draw, home),
            "relation": pick(["世帯主", "妻", "子", "夫"], np.where((people.place == 1) & ~people.is_woman, 3, np.minimum(people.place, 2)))}
    changed = np.minimum(exit_on, moved)
    newest = {column: _of_household(values, home) for column, values in now.items()}
    older = {column: _of_household(values, home) for column, values in before.items()}
    has_older = changed < NEVER
    new = pl.DataFrame({**base, **newest, "resident_state": pick(STATES, state),
                        "state_changed_on": changed,
                        "history_number": 1 + has_older, "from_day": np.where(has_older, changed, 0), "until_day": NEVER})
    keep_home = exit_on < NEVER
    old = pl.DataFrame({**base, **{column: _either(keep_home, newest[column], older[column]) for column in newest},
                        "resident_state": pick(STATES, np.where(state == OUTSIDE, OUTSIDE, PRESENT)), "state_changed_on": NEVER,
                        "history_number": 1, "from_day": 0, "until_day": changed}).filter(pl.Series(has_older))
    return pl.concat([new, old.select(new.columns)], how="vertical_relaxed")


def _of_household(values: pl.Series | np.ndarray, home: np.ndarray) -> pl.Series | np.ndarray:
    return values.gather(home) if isinstance(values, pl.Series) else values[home]


def _either(mask: np.ndarray, yes: pl.Series | np.ndarray, no: pl.Series | np.ndarray) -> pl.Series | np.ndarray:
    return yes.zip_with(pl.Series(mask), no) if isinstance(yes, pl.Series) else np.where(mask, yes, no)


def _mailing_table(draw: Draw, people: People, name: pl.Series) -> pl.DataFrame:
    """Letters go elsewhere for some; for those who left, to the new address, which is often wrong by now."""
    count, clock = people.size.size, draw.clock
    left = people.exit_state == MOVED_OUT
    home = np.flatnonzero((left & draw.chance(0.8, count)) | (~left & draw.chance(0.015, count)))
    codes, places = pairs("people", "elsewhere")
    place = draw.random.integers(0, len(codes), home.size)
    start = np.where(left[home], people.exit_on[home], draw.random.integers(clock.month_start[12], clock.first, home.size))
    returned = np.where(draw.chance(0.12, home.size), np.minimum(start + draw.days(30, 900, home.size), clock.first), NEVER)
    text = pl.DataFrame({"p": pick(places, place), "n": draw.random.integers(1, 40, home.size), "m": draw.random.integers(1, 30, home.size)})
    person = people.first[home]
    return pl.DataFrame({
        "atena_number": atena(draw, person), "business": pick(["共通", "国保料"], draw.random.integers(0, 2, home.size)),
        "addressee_name": name.gather(person), "addressee_atena_number": atena(draw, person),
        "postal_code": np.array(codes, dtype=np.int64)[place], "address": text.select(pl.format("{}{}番{}号", "p", "n", "m")).to_series(),
        "valid_from": start, "valid_to": NEVER, "returned_on": returned,
        "history_number": 1, "from_day": 0, "until_day": NEVER})


def _protection_table(draw: Draw, people: People) -> pl.DataFrame:
    """About 0.15 % of the households are protected; one more asks for it on a day of the differences."""
    count, clock = people.size.size, draw.clock
    home = np.flatnonzero(draw.chance(0.0015, count) & (people.exit_state == PRESENT))
    start = draw.random.integers(clock.first - 900, clock.first, home.size)
    start[-1:] = clock.last if draw.block == 0 else start[-1:]
    person = np.flatnonzero(np.isin(people.household, home))
    start = start[np.searchsorted(home, people.household[person])]
    ended = np.where((start < clock.first - 400) & draw.chance(0.3, start.size), start + 365, NEVER)
    return pl.DataFrame({"atena_number": atena(draw, person), "measure": pick(["DV", "ストーカー", "児童虐待", "その他"],
                         draw.random.choice(4, person.size, p=[0.7, 0.15, 0.1, 0.05])),
                         "started_on": start, "ended_on": ended, "history_number": 1,
                         "from_day": np.where(start > clock.first, start, 0), "until_day": NEVER})

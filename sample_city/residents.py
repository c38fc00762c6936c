"""宛名システム's tables: names, addresses, letters that go elsewhere, and who is protected."""

import numpy as np
import polars as pl

from sample_city.clock import NEVER
from sample_city.people import DEAD, MOVED_OUT, OUTSIDE, PRESENT, Draw, People, atena, household_number
from sample_city.words import pairs, pick, towns, words

STATES = ["現住", "転出", "死亡", "職権消除", "住登外"]


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
    survives = (people.exit_state[home] == DEAD) & (people.place > 0)
    exit_on = np.where(survives, NEVER, people.exit_on[home])
    state = np.where(survives, PRESENT, people.exit_state[home])
    moved = np.where(exit_on < NEVER, NEVER, people.moved_on[home])
    relation = np.where((people.place == 1) & ~people.is_woman, 3, np.minimum(people.place, 2))
    base = {"atena_number": atena(draw, np.arange(home.size)), "name": name, "name_kana": kana, "birth_date": people.born_on,
            "sex": pick(["男", "女"], people.is_woman.astype(int)),
            "person_kind": pick(["住登者", "住登外"], (state == OUTSIDE).astype(int)),
            "household_number": household_number(draw, home),
            "relation": pick(["世帯主", "妻", "子", "夫"], relation)}
    changed = np.minimum(exit_on, moved)
    newest = {column: _of_household(values, home) for column, values in now.items()}
    older = {column: _of_household(values, home) for column, values in before.items()}
    has_older = changed < NEVER
    new = pl.DataFrame({
        **base, **newest, "resident_state": pick(STATES, state), "state_changed_on": changed,
        "history_number": 1 + has_older, "from_day": np.where(has_older, changed, 0), "until_day": NEVER})
    keep_home = exit_on < NEVER
    old = pl.DataFrame({
        **base, **{column: _either(keep_home, newest[column], older[column]) for column in newest},
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
    comes_back = draw.chance(np.where(left[home], 0.3, 0.12), home.size)
    returned = np.where(comes_back, np.minimum(start + draw.days(30, 900, home.size), clock.first), NEVER)
    block, house = draw.days(1, 39, home.size), draw.days(1, 29, home.size)
    text = pl.DataFrame({"place": pick(places, place), "block": block, "house": house})
    person = people.first[home]
    return pl.DataFrame({
        "atena_number": atena(draw, person), "business": pick(["共通", "国保料"], draw.random.integers(0, 2, home.size)),
        "addressee_name": name.gather(person), "addressee_atena_number": atena(draw, person),
        "postal_code": np.array(codes, dtype=np.int64)[place],
        "address": text.select(pl.format("{}{}番{}号", "place", "block", "house")).to_series(),
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
    measure = pick(["DV", "ストーカー", "児童虐待", "その他"], draw.random.choice(4, person.size, p=[0.7, 0.15, 0.1, 0.05]))
    return pl.DataFrame({
        "atena_number": atena(draw, person), "measure": measure, "started_on": start, "ended_on": ended,
        "history_number": 1, "from_day": np.where(start > clock.first, start, 0), "until_day": NEVER})

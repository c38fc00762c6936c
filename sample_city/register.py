"""What the register says of a person beyond name and address: since when, from where, to where, and in which household."""

import numpy as np
import polars as pl

from sample_city.clock import NEVER
from sample_city.people import DEAD, MOVED_OUT, OUTSIDE, REMOVED, Draw, People, atena, household_number
from sample_city.words import pairs, pick, words

FORWARDING = ("forwarding_municipality_code", "forwarding_postal_code", "forwarding_address")
SMALL, LARGE = list("ァィゥェォッャュョヮ"), list("アイウエオツヤユヨワ")


def search_kana(kana: pl.Series) -> pl.Series:
    """氏名検索カナ: the kana without spaces, small letters written large."""
    return kana.str.replace_all("　", "", literal=True).str.replace_many(SMALL, LARGE)


def address_elsewhere(place: np.ndarray, block: np.ndarray, house: np.ndarray) -> pl.Series:
    """An address in another city, as text."""
    text = pl.DataFrame({"place": pick(pairs("people", "elsewhere")[1], place), "block": block, "house": house})
    return text.select(pl.format("{}{}番{}号", "place", "block", "house")).to_series()


def registered(draw: Draw, people: People, kana: pl.Series, own_name: pl.Series) -> dict[str, pl.Series | np.ndarray]:
    """By person, whatever happens later: names to search by, 在留期間, 住民となった日 and 転入前."""
    home, clock, count = people.household, draw.clock, people.household.size
    is_foreign = people.is_foreign[home]
    uses = is_foreign & draw.chance(0.3, count)
    ends = is_foreign & draw.chance(0.6, count)
    native = draw.chance(np.where(people.place > 1, 0.85, 0.45), count) & ~is_foreign
    arrival = draw.random.integers(clock.month_start[0] - 9_000, clock.month_start[0], people.size.size)[home]
    here = people.exit_state[home] != OUTSIDE
    came = here & ~native & (arrival > people.born_on)
    since = np.where(here, np.where(came, arrival, people.born_on), NEVER)
    size = people.size.size
    place, block, house = draw.random.integers(0, 8, size), draw.days(1, 39, size), draw.days(1, 29, size)
    return {
        "name_search_kana": search_kana(kana), "uses_common_name": uses.astype(int),
        "common_name": own_name.set(pl.Series(~uses), None),
        "residence_ends_on": np.where(ends, clock.last + draw.days(20, 1_700, count), NEVER), "became_resident_on": since,
    } | _elsewhere("previous", np.where(came, place[home], -1), block[home], house[home])


def forwarded(draw: Draw, people: People, letters) -> dict[str, pl.Series]:
    """転出先 by person: where the letters go when they do, an address of its own otherwise."""
    home, size = people.household, people.size.size
    place, block, house = draw.random.integers(0, 8, size), draw.days(1, 39, size), draw.days(1, 29, size)
    place[letters.home], block[letters.home], house[letters.home] = letters.place, letters.block, letters.house
    left = people.exit_state[home] == MOVED_OUT
    return _elsewhere("forwarding", np.where(left, place[home], -1), block[home], house[home])


def _elsewhere(prefix: str, place: np.ndarray, block: np.ndarray, house: np.ndarray) -> dict[str, pl.Series]:
    """市町村コード, 郵便番号 and 住所 of a place elsewhere; empty where `place` is below zero."""
    return {
        f"{prefix}_municipality_code": pick(words()["people"]["municipalities"], place),
        f"{prefix}_postal_code": pick(pairs("people", "elsewhere")[0], place),
        f"{prefix}_address": address_elsewhere(place, block, house),
    }


def changed(draw: Draw, exit_on: np.ndarray, moved: np.ndarray, state: np.ndarray, since: np.ndarray) -> dict:
    """By person, of the newest row: why and when it changed, when it was reported, 住定日 and 消除."""
    left, day = exit_on < NEVER, np.minimum(exit_on, moved)
    kind = np.select([left & (state == MOVED_OUT), left & (state == DEAD), left & (state == REMOVED), moved < NEVER], [0, 1, 2, 3], -1)
    past = (day < draw.clock.first - 14) & ((kind == 1) | (kind == 3))
    reported = np.where((kind < 0) | (kind == 2), NEVER, day + np.where(past, 5, 0))
    return {
        "change_reason": pick(["転出", "死亡", "職権消除", "転居"], kind), "change_reported_on": reported,
        "moved_in_on": np.where(moved < NEVER, np.maximum(moved, since), since),
        "removed_on": np.where(left, exit_on, NEVER), "removal_reason": pick(["転出", "死亡", "職権消除"], np.where(left, kind, -1)),
    }


def household_change_table(draw: Draw, people: People, facts: dict) -> pl.DataFrame:
    """世帯異動: everybody on the register joined the household once; those who left it say why."""
    person = np.flatnonzero(facts["became_resident_on"] < NEVER)
    home, joined = people.household[person], facts["became_resident_on"][person]
    stays = (people.exit_state[home] == DEAD) & (people.place[person] > 0)
    left_on = np.where(stays, NEVER, people.exit_on[home])
    why = np.where(left_on < NEVER, people.exit_state[home] - MOVED_OUT, -1)
    return pl.DataFrame({
        "atena_number": atena(draw, person), "household_number": household_number(draw, home), "household_joined_on": joined,
        "household_joined_reason": pick(["転入", "出生"], (joined == people.born_on[person]).astype(int)),
        "household_left_on": left_on, "household_left_reason": pick(["転出", "死亡", "職権消除"], why)})

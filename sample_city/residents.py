"""宛名システム's tables: names, addresses, letters that go elsewhere, and who is protected."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_city import corporations, register, relations
from sample_city.clock import NEVER
from sample_city.people import DEAD, MOVED_OUT, OUTSIDE, PRESENT, Draw, People, atena, household_number
from sample_city.register import search_kana
from sample_city.words import pairs, pick, towns, words

STATES = ["現住", "転出", "死亡", "職権消除", "住登外"]


@dataclass
class Letters:
    """送付先 by letter: whose household, to which place elsewhere, 番 and 号, since when, and when one came back."""

    home: np.ndarray
    place: np.ndarray
    block: np.ndarray
    house: np.ndarray
    start: np.ndarray
    returned: np.ndarray
    business: np.ndarray


def people_tables(draw: Draw, people: People) -> dict[str, pl.DataFrame]:
    """Every table of 宛名 but 口座, with the days from and until which each row is the newest."""
    name, kana, own_name = _names(draw, people)
    now, before = _address(draw, people.town), _address(draw, people.old_town)
    letters = _letters(draw, people)
    protection = _protection_table(draw, people)
    beside = draw.beside()
    facts = register.registered(beside, people, kana, own_name) | register.forwarded(beside, people, letters)
    firms = corporations.corporation_tables(beside, people)
    person = _person_table(draw, people, {"name": name, "name_kana": kana} | facts, now, before)
    return {
        "person": pl.concat([person, firms["person"]], how="diagonal_relaxed"),
        "household": pl.DataFrame({
            "household_number": household_number(draw, np.arange(people.size.size)),
            "head_atena_number": atena(draw, people.first),
            "member_count": people.size,
        }),
        "mailing_address": _mailing_table(draw, people, letters, name, kana),
        "protection": protection,
        "corporation": firms["corporation"],
        "contact": pl.concat([relations.contact_table(beside, people), firms["contact"]], how="diagonal_relaxed"),
        "household_change": register.household_change_table(beside, people, facts),
        "related_party": relations.related_party_table(beside, people),
        "linked_person": relations.linked_person_table(beside, people),
    }


def _names(draw: Draw, people: People) -> tuple[pl.Series, pl.Series, pl.Series]:
    """氏名 and 氏名カナ of every person: one surname a household, a few in long foreign forms; and their Japanese 通称名."""
    count, home = people.household.size, people.household
    surname = (draw.random.random(people.size.size) ** 1.5 * len(words()["people"]["surnames"])).astype(int)[home]
    given = draw.random.integers(0, 30, count)
    foreign = pick(words()["people"]["foreign"], draw.random.integers(0, len(words()["people"]["foreign"]), count))
    is_foreign = pl.Series(people.is_foreign[home])
    forms, own_names = [], []
    for half in (0, 1):
        last, man, woman = (pairs("people", key)[half] for key in ("surnames", "male", "female"))
        own = pick(last, surname) + "　" + pick(man + woman, given + 30 * people.is_woman)
        forms.append(foreign.zip_with(is_foreign, own))
        own_names.append(own)
    return forms[0], forms[1], own_names[0]


def _address(draw: Draw, town: np.ndarray) -> dict[str, pl.Series | np.ndarray]:
    """町名, 番地・方書 with their codes, 郵便番号, 行政区 and 校区 of households."""
    count = town.size
    flat = pick(words()["people"]["flats"], np.where(draw.chance(0.3, count), draw.random.integers(0, 10, count), -1))
    parts = pl.DataFrame({"a": draw.random.integers(1, 980, count), "b": draw.random.integers(1, 30, count),
                          "flat": flat, "room": draw.random.integers(1, 9, count) * 100 + draw.random.integers(1, 9, count)})
    rest = parts.select(pl.format("{}番地{}", "a", "b") + pl.when(pl.col("flat").is_null()).then(pl.lit(""))
                        .otherwise(pl.format("　{}{}号", "flat", "room"))).to_series()
    wards = np.array([ward for ward, _ in towns()])
    return {"postal_code": 6_800_001 + town * 7, "town": pick([name for _, name in towns()], town),
            "address_rest": rest, "ward_code": wards[town] + 1, "address_code": 1_000 + town * 10,
            "lot_code": parts["a"].to_numpy(), "branch_code": parts["b"].to_numpy(),
            "elementary_school_area": wards[town] // 2 + 1, "junior_high_school_area": wards[town] // 4 + 1}


def _person_table(draw: Draw, people: People, facts: dict, now: dict, before: dict) -> pl.DataFrame:
    """One row a person, plus one older row for those who moved or left."""
    home = people.household
    survives = (people.exit_state[home] == DEAD) & (people.place > 0)
    exit_on = np.where(survives, NEVER, people.exit_on[home])
    state = np.where(survives, PRESENT, people.exit_state[home])
    moved = np.where(exit_on < NEVER, NEVER, people.moved_on[home])
    relation = np.where((people.place == 1) & ~people.is_woman, 3, np.minimum(people.place, 2))
    leaving = {name: facts.pop(name) for name in register.FORWARDING}
    base = {"atena_number": atena(draw, np.arange(home.size)), **facts, "birth_date": people.born_on,
            "sex": pick(["男", "女"], people.is_woman.astype(int)),
            "person_kind": pick(["住登者", "住登外"], (state == OUTSIDE).astype(int)),
            "household_number": household_number(draw, home), "address_kind": "市内", "sub_branch_code": 0, "last_branch_code": 0,
            "relation": pick(["世帯主", "妻", "子", "夫"], relation)}
    changed = np.minimum(exit_on, moved)
    newest = {column: _of_household(values, home) for column, values in now.items()}
    older = {column: _of_household(values, home) for column, values in before.items()}
    has_older = changed < NEVER
    new = pl.DataFrame({
        **base, **newest, **leaving, **register.changed(draw, exit_on, moved, state, facts["became_resident_on"]),
        "resident_state": pick(STATES, state), "state_changed_on": changed,
        "history_number": 1 + has_older, "from_day": np.where(has_older, changed, 0), "until_day": NEVER})
    keep_home = exit_on < NEVER
    old = pl.DataFrame({
        **base, **{column: _either(keep_home, newest[column], older[column]) for column in newest},
        "moved_in_on": facts["became_resident_on"], "removed_on": NEVER, "change_reported_on": NEVER,
        "resident_state": pick(STATES, np.where(state == OUTSIDE, OUTSIDE, PRESENT)), "state_changed_on": NEVER,
        "history_number": 1, "from_day": 0, "until_day": changed}).filter(pl.Series(has_older))
    return pl.concat([new, old], how="diagonal_relaxed")


def _of_household(values: pl.Series | np.ndarray, home: np.ndarray) -> pl.Series | np.ndarray:
    return values.gather(home) if isinstance(values, pl.Series) else values[home]


def _either(mask: np.ndarray, yes: pl.Series | np.ndarray, no: pl.Series | np.ndarray) -> pl.Series | np.ndarray:
    return yes.zip_with(pl.Series(mask), no) if isinstance(yes, pl.Series) else np.where(mask, yes, no)


def _letters(draw: Draw, people: People) -> Letters:
    """Letters go elsewhere for some; for those who left, to the new address, which is often wrong by now."""
    count, clock = people.size.size, draw.clock
    left = people.exit_state == MOVED_OUT
    home = np.flatnonzero((left & draw.chance(0.8, count)) | (~left & draw.chance(0.015, count)))
    place = draw.random.integers(0, len(pairs("people", "elsewhere")[0]), home.size)
    start = np.where(left[home], people.exit_on[home], draw.random.integers(clock.month_start[12], clock.first, home.size))
    comes_back = draw.chance(np.where(left[home], 0.3, 0.12), home.size)
    returned = np.where(comes_back, np.minimum(start + draw.days(30, 900, home.size), clock.first), NEVER)
    block, house = draw.days(1, 39, home.size), draw.days(1, 29, home.size)
    return Letters(home, place, block, house, start, returned, draw.random.integers(0, 2, home.size))


def _mailing_table(draw: Draw, people: People, letters: Letters, name: pl.Series, kana: pl.Series) -> pl.DataFrame:
    """送付先: the address elsewhere, in words and in codes; the last one of the first block is deleted on the last day."""
    person = people.first[letters.home]
    reason = np.where(people.exit_state[letters.home] == MOVED_OUT, 0, 1 + letters.house % 3)
    table = pl.DataFrame({
        "atena_number": atena(draw, person), "business": pick(["共通", "国保料"], letters.business),
        "addressee_name": name.gather(person), "addressee_kana": kana.gather(person),
        "addressee_search_kana": search_kana(kana.gather(person)), "addressee_atena_number": atena(draw, person),
        "postal_code": np.array(pairs("people", "elsewhere")[0], dtype=np.int64)[letters.place], "address_kind": "市外",
        "address_code": None, "lot_code": letters.block, "branch_code": letters.house, "sub_branch_code": 0, "last_branch_code": 0,
        "address": register.address_elsewhere(letters.place, letters.block, letters.house),
        "setting_reason": pick(["転出先", "本人申出", "居所", "施設入所"], reason),
        "valid_from": letters.start, "abolished_reason": None, "valid_to": NEVER, "returned_on": letters.returned,
        "history_number": 1, "is_deleted": 0, "from_day": 0, "until_day": NEVER})
    last = draw.clock.last
    is_gone = (pl.int_range(pl.len()) == pl.len() - 1) & pl.lit(draw.block == 0 and last > draw.clock.first)
    gone = table.filter(is_gone).with_columns(history_number=pl.lit(2), is_deleted=pl.lit(1), from_day=pl.lit(last))
    kept = table.with_columns(until_day=pl.when(is_gone).then(last).otherwise("until_day"))
    return pl.concat([kept, gone], how="vertical_relaxed")


def _protection_table(draw: Draw, people: People) -> pl.DataFrame:
    """About 0.15 % of the households are protected; one more asks for it on a day of the differences."""
    count, clock = people.size.size, draw.clock
    home = np.flatnonzero(draw.chance(0.0015, count) & (people.exit_state == PRESENT))
    start = draw.random.integers(clock.first - 900, clock.first, home.size)
    start[-1:] = clock.last if draw.block == 0 else start[-1:]
    person = np.flatnonzero(np.isin(people.household, home))
    start = start[np.searchsorted(home, people.household[person])]
    ended = np.where((start < clock.first - 400) & draw.chance(0.3, start.size), start + 365, NEVER)
    kind = draw.random.choice(4, person.size, p=[0.7, 0.15, 0.1, 0.05])
    return pl.DataFrame({
        "atena_number": atena(draw, person), "measure": pick(["DV", "ストーカー", "児童虐待", "その他"], kind),
        "is_domestic_violence": (kind == 0).astype(int), "is_neglect": (kind == 2).astype(int), "started_on": start, "ended_on": ended,
        "history_number": 1, "from_day": np.where(start > clock.first, start, 0), "until_day": NEVER})

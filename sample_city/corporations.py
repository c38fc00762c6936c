"""法人: firms of the city. They owe no 国保料 (国保法76条: 世帯主 does); they employ those who do, and owe them wages."""

import numpy as np
import polars as pl

from sample_city.clock import NEVER
from sample_city.people import Draw, People, atena
from sample_city.register import search_kana
from sample_city.relations import LATEST, phones
from sample_city.words import pairs, pick, towns

FIRST = 60_000  # above the persons of a block
WEIGHTS = np.array([1, 2] * 6)  # of the twelve digits from the right (法人番号の指定等に関する省令2条)


def corporation_tables(draw: Draw, people: People) -> dict[str, pl.DataFrame]:
    """person (法人), corporation and contact of about one firm to 150 residents."""
    count = max(people.household.size // 150, 3)
    number = atena(draw, FIRST + np.arange(count)) + 2
    kind, word = np.arange(count) % 3, np.arange(count) // 3 % 10
    forms = [pick(pairs("corporations", "kinds")[half], kind) + pick(pairs("corporations", "names")[half], word) for half in (0, 1)]
    return {
        "person": _persons(draw, number, forms[0], forms[1]),
        "corporation": _corporations(draw, number),
        "contact": pl.DataFrame({
            "atena_number": number, "contact_no": 1, "contact_kind": "勤務先", "phone": phones(draw, np.ones(count)),
            "contact_person": "経理担当", "contact_set_on": draw.clock.month_start[60], "from_day": 0}),
    }


def _persons(draw: Draw, number: np.ndarray, name: pl.Series, kana: pl.Series) -> pl.DataFrame:
    town = draw.random.integers(0, len(towns()), number.size)
    lot = draw.days(1, 900, number.size)
    wards = np.array([ward for ward, _ in towns()])[town]
    return pl.DataFrame({
        "atena_number": number, "person_kind": "法人", "name": name, "name_kana": kana, "name_search_kana": search_kana(kana),
        "uses_common_name": 0, "postal_code": 6_800_001 + town * 7, "address_kind": "市内", "address_code": 1_000 + town * 10,
        "lot_code": lot, "branch_code": 1, "sub_branch_code": 0, "last_branch_code": 0, "town": pick([name for _, name in towns()], town),
        "address_rest": pl.DataFrame({"lot": lot}).select(pl.format("{}番地1", "lot")).to_series(), "ward_code": wards + 1,
        "resident_state": "住登外", "birth_date": NEVER, "state_changed_on": NEVER, "change_reported_on": NEVER,
        "residence_ends_on": NEVER, "became_resident_on": NEVER, "moved_in_on": NEVER, "removed_on": NEVER, **LATEST})


def _corporations(draw: Draw, number: np.ndarray) -> pl.DataFrame:
    count, clock = number.size, draw.clock
    given = draw.random.integers(0, 30, count)
    surname = draw.random.integers(0, len(pairs("people", "surnames")[0]), count)
    chief = [pick(pairs("people", "surnames")[half], surname) + "　" + pick(pairs("people", "male")[half], given) for half in (0, 1)]
    state = draw.random.choice(4, count, p=[0.93, 0.02, 0.03, 0.02])
    founded = draw.random.integers(3_650, clock.month_start[12], count)
    ended = np.where(state >= 2, draw.random.integers(clock.month_start[60], clock.first, count), NEVER)
    return pl.DataFrame({
        "atena_number": number, "corporate_number": corporate_number(number - 1_000_000_000 + 999_000_000_000),
        "representative_name": chief[0], "representative_kana": chief[1],
        "corporate_state": pick(["営業", "休業", "解散", "破産"], state), "established_on": founded, "corporate_ended_on": ended,
        "closing_month": draw.days(1, 12, count), **LATEST})


def corporate_number(base: np.ndarray) -> np.ndarray:
    """法人番号 of twelve-digit bases: the check digit in front is 9 less the weighted digits modulo 9."""
    digits = base[:, None] // 10 ** np.arange(12) % 10
    return (9 - (digits * WEIGHTS).sum(axis=1) % 9) * 10**12 + base

"""Random cities for アドホック分析: persons with bands and amounts, month after month; and who is behind a released part."""

import random
from collections.abc import Iterable, Sequence

import polars as pl

from data_access import analysis_metric
from data_access.analysis_metric import DISTRICT, TOGETHER
from data_access.analysis_partition import ELSEWHERE

MEASURES = ("installment_count", "unpaid_yen", "charge_yen", "year_paid_yen")
DISTRICTS = ("D01", "D02", "D03", "D04", "D05", "S00")
SCHEMA = {"atena_number": pl.String, "district_code": pl.String, "district_name": pl.String,
          **{name: pl.String for name in analysis_metric.dimensions() if name != DISTRICT}, **dict.fromkeys(MEASURES, pl.Int64)}


def months(chance: random.Random, count: int) -> list[pl.DataFrame]:
    """One city over `count` months; of some months few persons change, of others many."""
    people = [_person(chance, number) for number in range(chance.choice((25, 60, 120, 300)))]
    found = [frame(people)]
    for _ in range(count - 1):
        share = chance.choice((0.01, 0.05, 0.3, 0.9))
        people = [_changed(chance, person) if chance.random() < share else person for person in people if chance.random() > share / 5]
        people += [_person(chance, 10_000 + chance.randrange(10**6)) for _ in range(chance.choice((0, 0, 1, 3, 15)))]
        people = list({person["atena_number"]: person for person in people}.values())
        found.append(frame(people))
    return found


def frame(people: Sequence[dict]) -> pl.DataFrame:
    return pl.DataFrame(people, schema=SCHEMA).sort("atena_number")


def _person(chance: random.Random, number: int) -> dict:
    district = chance.choices(DISTRICTS, (9, 6, 3, 2, 1, 1))[0]
    bands = {name: chance.choices(values.values, [1 / (place + 1) for place in range(len(values.values))])[0]
             for name, values in analysis_metric.dimensions().items() if name != DISTRICT}
    return {"atena_number": f"{number:010}", "district_code": district, "district_name": f"地区{district}", **bands, **_amounts(chance)}


def _amounts(chance: random.Random) -> dict[str, int]:
    unpaid = int(chance.lognormvariate(11, 1.3)) // 100 * 100 + 100
    return {"installment_count": chance.randint(1, 30), "unpaid_yen": unpaid, "charge_yen": chance.choice((0, unpaid // 10)),
            "year_paid_yen": chance.choice((0, unpaid // 3))}


def _changed(chance: random.Random, person: dict) -> dict:
    if chance.random() < 0.3:  # into another part, with the same amounts
        name = chance.choice([name for name in analysis_metric.dimensions() if name != DISTRICT])
        return person | {name: chance.choice(analysis_metric.dimensions()[name].values)}
    return person | _amounts(chance)


def place(rows: Iterable[dict], dimensions: Sequence[str], person: dict) -> tuple[str, ...]:
    """The labels of the part that `person` is in, found from the released rows alone: dimension by dimension, the own value
    where a row has it, else what is put together. None of it knows how the parts were made."""
    labels, left = (), list(rows)
    for name in dimensions:
        together = ELSEWHERE if name == DISTRICT else TOGETHER
        own = person["district_code" if name == DISTRICT else name]
        label = own if any(row[name] == own for row in left) else together
        left = [row for row in left if row[name] == label]
        labels = (*labels, label)
    return labels

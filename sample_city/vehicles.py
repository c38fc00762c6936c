"""軽自動車税システム's table: light vehicles of adults, a few on instalments, a few scrapped."""

import numpy as np
import polars as pl

from sample_city.clock import NEVER
from sample_city.people import PRESENT, Draw, People, atena
from sample_city.words import pick

FIRST_VEHICLE = 40_000_000
PER_BLOCK = 60_000
KINDS = ["原動機付自転車", "軽自動車（乗用）", "軽自動車（貨物）", "二輪の小型自動車", "小型特殊自動車"]
TAX = np.array([2_000, 10_800, 5_000, 6_000, 2_400])  # 地方税法463条の15
OWNERSHIP = ["本人所有", "所有権留保", "リース"]
YOUNG_LOAN = 365 * 5


def vehicle_table(draw: Draw, people: People) -> pl.DataFrame:
    """軽自: a row a vehicle; of those scrapped on a day of the differences, once more with the day."""
    clock = draw.clock
    age = (clock.last - people.born_on) // 365
    person = np.flatnonzero((age >= 18) & (age < 85) & draw.chance(0.32, age.size) & (people.exit_state[people.household] == PRESENT))
    count = person.size
    kind = draw.random.choice(5, count, p=[0.08, 0.6, 0.24, 0.04, 0.04])
    acquired = clock.first - draw.days(20, 5_000, count)
    is_new = draw.chance(0.4, count)
    first = np.where(is_new, acquired, acquired - draw.days(300, 3_000, count))
    unpaid = (clock.first - acquired < YOUNG_LOAN) & np.isin(kind, [1, 2])
    ownership = np.where(unpaid & draw.chance(0.45, count), 1, np.where(unpaid & draw.chance(0.05, count), 2, 0))
    scrapped = np.where(draw.chance(0.05, count), np.maximum(acquired, clock.first - draw.days(5, 900, count)), NEVER)
    goes = draw.chance(0.003, count) & (scrapped == NEVER) & (clock.last > clock.first)
    plates = pl.DataFrame({"class": 480 + 100 * (kind == 1), "kana": pick(list("あいうえかきくけこさすせそたちつてと"), draw.random.integers(0, 18, count)),
                           "a": draw.random.integers(10, 100, count), "b": draw.random.integers(10, 100, count)})
    table = pl.DataFrame({
        "vehicle_number": FIRST_VEHICLE + draw.block * PER_BLOCK + np.arange(count), "atena_number": atena(draw, person),
        "plate": plates.select(pl.format("いなば {} {} {}-{}", "class", "kana", "a", "b")).to_series(), "vehicle_kind": pick(KINDS, kind),
        "first_registered_on": first, "owned_from": acquired, "scrapped_on": scrapped, "ownership": pick(OWNERSHIP, ownership),
        "yearly_tax_yen": TAX[kind], "from_day": np.zeros(count, dtype=np.int64)})
    day = draw.random.integers(clock.first + 1, max(clock.last, clock.first + 1) + 1, count)[goes]
    return pl.concat([table, table.filter(pl.Series(goes)).with_columns(scrapped_on=pl.Series(day), from_day=pl.Series(day))])

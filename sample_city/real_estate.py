"""固定資産税システム's tables: land and buildings of about a third of the households, who shares them, and what is taxed."""

import numpy as np
import polars as pl

from sample_city.people import Draw, People, atena
from sample_city.words import pick, towns

FIRST_LAND, FIRST_BUILDING = 4_000_000_000, 5_000_000_000
CATEGORIES = ["宅地", "田", "畑", "山林", "雑種地"]
USES = ["居宅", "共同住宅", "店舗", "倉庫", "車庫"]
STRUCTURES = ["木造", "軽量鉄骨造", "鉄骨造", "鉄筋コンクリート造"]
YEN_PER_SQUARE_METRE = np.array([30_000, 110, 70, 35, 9_000])
LARGEST = np.array([320, 2_400, 900, 6_000, 500])  # 地積 of a parcel by category, square metres
SHARES = np.array([(1, 2), (2, 3), (9, 10), (1, 5)])
BUILDING_LIFE = 45
DEPRECIABLE = ["構築物", "機械及び装置", "船舶", "航空機", "車両及び運搬具", "工具、器具及び備品"]
TAX_PER_MILLE = 14  # 地方税法350条


def property_tables(draw: Draw, people: People) -> dict[str, pl.DataFrame]:
    """資産税土地, 資産税建物 and 共有情報 of the running year; some couples own together, in the shares of SHARES."""
    owns = draw.chance(np.array([0.12, 0.36, 0.5])[np.digitize(people.head_age, [40, 60])], people.size.size)
    home = np.flatnonzero(owns)
    is_shared = (people.size[home] > 1) & draw.chance(0.3, home.size)
    share = SHARES[draw.random.choice(4, home.size, p=[0.6, 0.2, 0.15, 0.05])]
    parcels = 1 + np.minimum(draw.random.geometric(0.62, home.size) - 1, 6)
    land = np.repeat(np.arange(home.size), parcels)
    is_first = np.concatenate([[True], land[1:] != land[:-1]])[:land.size]
    built = np.flatnonzero(draw.chance(0.9, home.size))
    land_number = FIRST_LAND + draw.block * 1_000_000 + np.arange(land.size) * 3
    building_number = FIRST_BUILDING + draw.block * 1_000_000 + np.arange(built.size) * 3
    lands = _lands(draw, people, home[land], land_number, is_first, is_shared[land])
    buildings = _buildings(draw, people, home[built], building_number, is_shared[built])
    assets = _depreciable(draw.beside(), people)
    return {
        "property_tax_land": lands, "property_tax_building": buildings, "depreciable_asset": assets,
        "property_tax_levy": levies(lands, buildings, assets),
        "co_ownership": pl.concat([
            _shares(draw, people, kind, number[is_shared[place]], home[place][is_shared[place]], share[place][is_shared[place]])
            for kind, number, place in (("土地", land_number, land), ("家屋", building_number, built))]),
    }


def _lands(draw: Draw, people: People, home: np.ndarray, number: np.ndarray, is_first: np.ndarray, is_shared: np.ndarray) -> pl.DataFrame:
    count = home.size
    category = np.where(is_first, 0, draw.random.choice(5, count, p=[0.1, 0.35, 0.3, 0.2, 0.05]))
    area = draw.random.integers(LARGEST[category] * 30, LARGEST[category] * 100)
    worth = area * YEN_PER_SQUARE_METRE[category] // 100 * draw.random.integers(60, 141, count) // 100
    town = np.where(is_first, people.town[home], draw.random.integers(0, len(towns()), count))
    lots = pl.DataFrame({"a": draw.random.integers(1, 1_900, count), "b": draw.random.integers(1, 30, count)})
    return pl.DataFrame({
        "property_number": number, "tax_year": draw.clock.levy_years[-1], "atena_number": atena(draw, people.first[home]),
        "location": "いなば市" + pick([name for _, name in towns()], town), "lot_number": lots.select(pl.format("{}番{}", "a", "b")).to_series(),
        "land_category": pick(CATEGORIES, category), "area_hundredths": area, "valuation_yen": worth,
        "tax_base_yen": np.where(category == 0, worth // 6, worth) // 1000 * 1000, "is_co_owned": is_shared.astype(int)})


def _buildings(draw: Draw, people: People, home: np.ndarray, number: np.ndarray, is_shared: np.ndarray) -> pl.DataFrame:
    count, year = home.size, draw.clock.levy_years[-1]
    structure = draw.random.choice(4, count, p=[0.72, 0.14, 0.1, 0.04])
    built = year - draw.random.integers(1, 66, count)
    area = draw.random.integers(4_200, 19_800, count)
    worth = area * (95_000 + 40_000 * structure) // 100 * np.maximum(20, 100 - (year - built) * 100 // BUILDING_LIFE) // 100
    lots = pl.DataFrame({"a": draw.random.integers(1, 1_900, count), "b": draw.random.integers(1, 30, count)})
    return pl.DataFrame({
        "property_number": number, "tax_year": year, "atena_number": atena(draw, people.first[home]),
        "location": "いなば市" + pick([name for _, name in towns()], people.town[home]),
        "building_number": lots.select(pl.format("{}番{}", "a", "b")).to_series(),
        "building_use": pick(USES, draw.random.choice(5, count, p=[0.88, 0.03, 0.04, 0.03, 0.02])), "structure": pick(STRUCTURES, structure),
        "built_year": built, "floor_area_hundredths": area, "valuation_yen": worth, "tax_base_yen": worth // 1000 * 1000,
        "is_co_owned": is_shared.astype(int)})


def _depreciable(draw: Draw, people: People) -> pl.DataFrame:
    """What a few of the heads use in a business of their own."""
    home = np.flatnonzero(draw.chance(0.03, people.size.size))
    cost = draw.random.integers(3, 60, home.size) * 100_000
    worth = cost * draw.random.integers(5, 96, home.size) // 100
    return pl.DataFrame({
        "atena_number": atena(draw, people.first[home]), "tax_year": np.full(home.size, draw.clock.levy_years[-1]),
        "depreciable_kind": pick(DEPRECIABLE, draw.random.choice(6, home.size, p=[0.15, 0.3, 0.01, 0.0, 0.04, 0.5])),
        "acquired_yen": cost, "valuation_yen": worth, "tax_base_yen": worth // 1000 * 1000})


def levies(lands: pl.DataFrame, buildings: pl.DataFrame, assets: pl.DataFrame) -> pl.DataFrame:
    """固定資産税賦課: the bases of each owner added up by kind, and the tax on their sum."""
    owner = ["atena_number", "tax_year"]
    kinds = {"land_base_yen": lands, "building_base_yen": buildings, "depreciable_base_yen": assets}
    bases = pl.concat([rows.select(*owner, kind=pl.lit(kind), yen="tax_base_yen") for kind, rows in kinds.items()], how="vertical_relaxed")
    summed = bases.group_by(owner, maintain_order=True).agg(pl.col("yen").filter(pl.col("kind") == kind).sum().alias(kind) for kind in kinds)
    return summed.with_columns(property_tax_yen=pl.sum_horizontal(*kinds) // 1000 * TAX_PER_MILLE // 100 * 100)


def _shares(draw: Draw, people: People, kind: str, number: np.ndarray, home: np.ndarray, share: np.ndarray) -> pl.DataFrame:
    """Two rows a property: the head, who is taxed for both, and the second member of the household."""
    head = {"property_kind": kind, "property_number": number, "atena_number": atena(draw, people.first[home]),
            "share_numerator": share[:, 0], "share_denominator": share[:, 1], "is_representative": 1}
    other = head | {"atena_number": atena(draw, people.first[home] + 1), "share_numerator": share[:, 1] - share[:, 0], "is_representative": 0}
    return pl.concat([pl.DataFrame(head), pl.DataFrame(other)], how="vertical_relaxed")

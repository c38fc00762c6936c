"""差押えの限界: what stands in the 財産・所得 of a case, held against 超過, 無益 and 差押禁止 (law/attachment_limits.toml)."""

from datetime import date

import polars as pl

from law.attachment_limits import Asset, excess, futility_rule, protected_assets

ROWS = {"rule": pl.String, "explanation": pl.String, "article": pl.String}
FARM, WORK = "農業", "職業"  # how the 条件付 of 国税徴収法78条1号・3号 begin: land may be a field, a car a tool


def attachment_check(owed_yen: int, properties: pl.DataFrame, has_pay: bool, has_pension: bool, has_vehicle: bool, as_of: date) -> pl.DataFrame:
    """One row per limit that touches something the case has. `owed_yen`: 本料 and 延滞金 on the day; `properties`: case_properties.

    The prices are the valuations of the 固定資産税, without mortgages: a person judges. Raises LawFileInvalid.
    """
    kinds = set(properties["property_kind"])
    priced = properties.filter(pl.col("share_valuation_yen") > 0)
    assets = [Asset(f"{row['property_kind']} {row['property_place'] or '場所は非表示'}", row["share_valuation_yen"]) for row in priced.iter_rows(named=True)]
    rows = []
    if assets:
        found = excess(assets, owed_yen, 0, as_of)
        rows.append(("超過差押", f"{found.sentence}（評価額による目安）", found.article))
    if kinds or has_vehicle:
        rule = futility_rule(as_of)
        rows.append(("無益な差押", f"{rule.value}。抵当権などは登記で確かめる", rule.reference))
    limited = protected_assets(as_of, "給料等")
    rows += [("差押禁止（限度）", each.asset, each.article) for each, stands in zip(limited, (has_pay, has_pension), strict=True) if stands]
    stands = (*[FARM] * ("土地" in kinds), *[WORK] * has_vehicle)
    rows += [("差押禁止（条件付）", each.asset, each.article) for each in protected_assets(as_of, "条件付") if each.asset.startswith(stands)]
    return pl.DataFrame(rows, schema=ROWS, orient="row")

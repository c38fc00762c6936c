"""財産, its items, who has an interest in it, and how some of it was sold or went to a court."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_city.clock import NEVER, date_of
from sample_city.old_block import OldBlock
from sample_city.words import pick

KINDS = ["預金", "給与", "生命保険", "年金", "不動産", "動産", "売掛金"]
LAND, THING = 4, 5
PAYERS = ["いなば銀行 本店営業部", "千代川食品株式会社", "山陰いなば生命保険相互会社", "日本年金機構", "", "", "袋川建設株式会社"]
SHOWN = ["普通預金の払戻請求権", "給料等の支払請求権（毎月分）", "生命保険契約の解約返戻金請求権", "老齢年金の支払請求権", "土地 宅地 165.28平方メートル",
         "軽貨物自動車 1台", "工事請負代金債権"]
ASSETS, PARTIES = 6_400_000_000, 6_500_000_000


@dataclass
class Assets:
    """One asset per 処分: its numbers, kind, worth (yen) and state."""

    asset_number: np.ndarray
    disposition_number: np.ndarray
    household: np.ndarray
    kind: np.ndarray
    worth: np.ndarray


def asset_tables(block: OldBlock, allocations: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """財産管理 to 権利者, and 公売 of what was sold; `allocations` say what a sale brought at least."""
    draw, done = block.draw, block.pursued.dispositions
    number = 30_000_000 + draw.block * 100_000 + np.arange(done.household.size)
    brought = np.zeros(number.size, dtype=np.int64)
    yen = (allocations["principal_yen"] + allocations["charge_yen"] + allocations["fee_yen"]).to_numpy()
    np.add.at(brought, allocations["disposition_number"].to_numpy() - number[:1].sum(), yen)
    worth = np.maximum(brought + draw.days(0, 20, number.size) * 1_000, draw.days(20, 400, number.size) * 1_000)
    assets = Assets(ASSETS + draw.block * 1_000_000 + np.arange(number.size), number, done.household, done.asset, worth)
    return {"asset": _assets(block, assets), "asset_item": _items(block, assets), **_parties(block, assets),
            "right_holder": _holders(block, assets), **_sales(block, assets, brought), "court_case": _court_cases(block, assets)}


def _assets(block: OldBlock, assets: Assets) -> pl.DataFrame:
    """処分中 while in force; 換価済 when it brought money, else 解除."""
    done = block.pursued.dispositions
    state = np.where(done.ended_on == NEVER, 0, np.where(done.end_reason < 2, 1, 2))
    return pl.DataFrame({
        "asset_number": assets.asset_number, "atena_number": block.head[assets.household], "asset_kind": pick(KINDS, assets.kind),
        "found_on": done.took_effect_on - block.draw.days(5, 60, state.size), "disposition_number": assets.disposition_number,
        "appraised_yen": assets.worth, "asset_state": pick(["処分中", "換価済", "解除"], state)})


def _items(block: OldBlock, assets: Assets) -> pl.DataFrame:
    town = [f"鳥取県いなば市{place}番地内" for place in range(1, 40)]
    where = pick(PAYERS, assets.kind)
    where = where.zip_with(where != "", pick(town, block.people.town[assets.household] % len(town)))
    return pl.DataFrame({"asset_number": assets.asset_number, "item_no": 1, "holder_name": where, "description": pick(SHOWN, assets.kind),
                         "item_yen": assets.worth}, schema_overrides={"item_no": pl.Int64})


def _parties(block: OldBlock, assets: Assets) -> dict[str, pl.DataFrame]:
    """第三債務者 of every claim, 担保権者 of half of the land."""
    is_land = assets.kind == LAND
    own = np.flatnonzero(np.where(is_land, block.draw.chance(0.5, is_land.size), assets.kind != THING))
    number, land = PARTIES + block.draw.block * 1_000_000 + np.arange(own.size), is_land[own].astype(int)
    effect = block.pursued.dispositions.took_effect_on[own]
    names = pick(PAYERS, assets.kind[own]).zip_with(pl.Series(land == 0), pick(["いなば住宅ローン保証株式会社"], np.zeros_like(own)))
    claim = np.where(land == 1, assets.worth[own] * 2, assets.worth[own])
    return {
        "interested_party": pl.DataFrame({
            "party_number": number, "asset_number": assets.asset_number[own], "party_kind": pick(["第三債務者", "担保権者"], land),
            "party_name": names, "party_address": None, "notified_on": effect}, schema_overrides={"party_address": pl.String}),
        "interested_party_item": pl.DataFrame({
            "party_number": number, "item_no": 1, "claim_kind": pick(["第三債務", "抵当権"], land), "claim_yen": claim,
            "ranked_on": np.where(land == 1, effect - 2_000, NEVER)}, schema_overrides={"item_no": pl.Int64})}


def _holders(block: OldBlock, assets: Assets) -> pl.DataFrame:
    """権利者 of land and things: the debtor, and the next of the household for a shared half."""
    own = np.flatnonzero((assets.kind == LAND) | (assets.kind == THING))
    home = assets.household[own]
    shared = (assets.kind[own] == LAND) & (block.people.size[home] > 1) & block.draw.chance(0.3, own.size)
    rows = []
    for place, at in ((0, np.arange(own.size)), (1, np.flatnonzero(shared))):
        rows.append(pl.DataFrame({
            "asset_number": assets.asset_number[own[at]], "holder_no": np.full(at.size, place + 1),
            "holder_name": block.names.gather(block.people.first[home[at]] + place),
            "right_kind": pick(["所有者", "共有者"], shared[at].astype(int)), "share_numerator": np.ones(at.size, dtype=int),
            "share_denominator": 1 + shared[at]}))
    return pl.concat(rows, how="vertical_relaxed")


def _sales(block: OldBlock, assets: Assets, brought: np.ndarray) -> dict[str, pl.DataFrame]:
    """公売 of seized land and things: sold for at least what was allocated, or given up with the attachment."""
    done, clock = block.pursued.dispositions, block.draw.clock
    own = np.flatnonzero(((assets.kind == LAND) | (assets.kind == THING)) & (done.kind == 0) & (done.took_effect_on + 14 < clock.first))
    number, over = 20_000_000 + block.draw.block * 100_000 + np.arange(own.size), done.ended_on[own] < NEVER
    is_sold = over & (brought[own] > 0)
    held = np.where(over, done.ended_on[own] - 5, clock.first + 60)
    plans = pl.DataFrame({
        "sale_plan_number": number, "asset_number": assets.asset_number[own], "planned_on": held, "estimated_yen": assets.worth[own] * 8 // 10,
        "plan_state": pick(["計画", "中止", "実施"], over.astype(int) + is_sold)})
    gone = np.flatnonzero(over)
    sales = pl.DataFrame({
        "sale_number": 70_000_000 + block.draw.block * 100_000 + gone, "sale_plan_number": number[gone],
        "disposition_number": assets.disposition_number[own[gone]], "sale_method": pick(["入札", "競り売り"], gone % 2),
        "announced_on": held[gone] - 8, "held_on": held[gone], "result": pick(["中止", "売却"], is_sold[gone].astype(int)),
        "sold_yen": pl.Series(np.maximum(brought, assets.worth)[own[gone]]).set(pl.Series(~is_sold[gone]), None)})
    return {"public_sale_plan": plans, "public_sale": sales}


def _court_cases(block: OldBlock, assets: Assets) -> pl.DataFrame:
    """The proceeding that a 参加差押 or 交付要求 joins."""
    done, draw = block.pursued.dispositions, block.draw
    own = np.flatnonzero(done.kind > 0)
    opened = done.took_effect_on[own] - draw.days(10, 90, own.size)
    is_land = assets.kind[own] == LAND
    kind = np.where(is_land, 0, np.where(done.kind[own] == 2, 2, 1))
    letter, serial = np.array(["ケ", "ル", "フ"])[kind], draw.days(1, 400, own.size)
    year = [date_of(day).year - 2018 for day in opened]
    return pl.DataFrame({
        "court_case_number": 40_000_000 + draw.block * 100_000 + np.arange(own.size), "atena_number": block.head[assets.household[own]],
        "disposition_number": assets.disposition_number[own], "court_name": "鳥取地方裁判所いなば支部",
        "docket": [f"令和{when}年（{mark}）第{number}号" for when, mark, number in zip(year, letter, serial, strict=True)],
        "case_kind": pick(["不動産競売", "債権執行", "破産"], kind), "opened_on": opened, "claim_deadline": done.took_effect_on[own] + 30,
        "closed_on": done.ended_on[own]},
        schema_overrides={"docket": pl.String, "court_name": pl.String})

"""The dead who owe: their heirs by law, who renounced, what each took over, and the 戸籍 that showed it."""

import numpy as np
import polars as pl

from sample_city.clock import NEVER
from sample_city.old_block import OldBlock
from sample_city.people import DEAD, atena
from sample_city.words import pick

SPOUSE, CHILD = 1, 2


def heir_tables(block: OldBlock) -> dict[str, pl.DataFrame]:
    """相続人, 承継明細 and 戸籍: half to the spouse, half among the children (民法900条); a few renounced."""
    heirs = _heirs(block)
    return {"heir": heirs, "succession": _succession(block, heirs), "family_register": _registers(block, heirs)}


def _heirs(block: OldBlock) -> pl.DataFrame:
    people, draw = block.people, block.draw
    home = np.unique(block.open_home)
    home = home[(people.exit_state[home] == DEAD) & (people.size[home] > 1) & (people.exit_on[home] + 60 < draw.clock.first)]
    place = np.arange(people.size.max(initial=1))[None, :]
    own, at = np.nonzero((place > 0) & (place < people.size[home][:, None]))
    children = (people.size[home] - 2)[own]
    has_child = children > 0
    denominator = np.where(has_child, np.where(at == SPOUSE, 2, 2 * children), 1)
    renounced = draw.chance(0.06, home.size)[own]
    person = people.first[home[own]] + at
    return pl.DataFrame({
        "home": home[own], "atena_number": block.head[home[own]], "heir_no": at, "heir_atena_number": atena(draw, person),
        "name": block.names.gather(person), "relation": pick(["配偶者", "子"], (at > SPOUSE).astype(int)),
        "share_numerator": np.where(renounced, 0, 1), "share_denominator": denominator,
        "renounced_on": np.where(renounced, people.exit_on[home[own]] + 50, NEVER)})


def _succession(block: OldBlock, heirs: pl.DataFrame) -> pl.DataFrame:
    """Every open installment due before the death, divided; the spouse bears what does not divide (yen)."""
    standing = heirs.filter(pl.col("share_numerator") > 0)
    home, no, parts = (standing[name].to_numpy() for name in ("home", "heir_no", "share_denominator"))
    own, place = block.pairs(home)
    died = block.people.exit_on[home]
    reaches = block.bills.due[block.open_at[place]] < died[own]
    own, place = own[reaches], place[reaches]
    yen, children = block.open_yen[place], (block.people.size[home] - 2)[own]
    others = np.where(children > 0, yen // np.maximum(2 * children, 1) * children, 0)
    share = np.where(no[own] == SPOUSE, yen - others, yen // parts[own])
    kept = share > 0
    own, place = own[kept], place[kept]
    return pl.DataFrame({
        "atena_number": block.head[home[own]], "heir_no": no[own], **block.keys(block.open_at[place]), "succeeded_yen": share[kept],
        "succession_notified_on": np.minimum(died[own] + 45, block.draw.clock.first - 1)})


def _registers(block: OldBlock, heirs: pl.DataFrame) -> pl.DataFrame:
    """戸籍: the death of the head, and those who stand in it."""
    home = np.unique(heirs["home"].to_numpy())
    died, head_name = block.people.exit_on, block.names.gather(block.people.first)
    deaths = pl.DataFrame({"home": home, "entry_no": np.ones(home.size, dtype=np.int64), "member_name": head_name.gather(home),
                           "relation": "夫", "event": "死亡", "event_on": died[home]}, schema_overrides={"relation": pl.String})
    stand = heirs.select("home", entry_no=pl.col("heir_no") + 1, member_name="name",
                         relation=pl.when(pl.col("relation") == "子").then(pl.lit("子")).otherwise(pl.lit("妻")), event=pl.lit("在籍"),
                         event_on=pl.lit(NEVER, dtype=pl.Int64))
    rows = pl.concat([deaths, stand], how="vertical_relaxed")
    own = rows["home"].to_numpy()
    return rows.with_columns(
        atena_number=pl.Series(block.head[own]), head_name=head_name.gather(own), obtained_on=pl.Series(died[own] + 30),
        registered_domicile=pick([f"鳥取県いなば市本町{street}丁目" for street in range(1, 10)], own % 9))

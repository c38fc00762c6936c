"""執行停止候補 of two kept days side by side: who entered 該当の疑い, who left it and where to, 号 by 号."""

from dataclasses import dataclass

import polars as pl

from auth.access import User
from data_access.query import ask

LIKELY, ENTERED, LEFT = "該当の疑い", "入った", "外れた"
STOPPED, NOT_MET, GONE = "執行停止中", "非該当", "名簿にない（納め終わったか、担当地区の外）"
KEY = ["atena_ref", "ground"]
GROUNDS = ("1号", "2号", "3号")


@dataclass(frozen=True)
class Comparison:
    """`summary`: one row per 号 with people and yen; `moves`: one row per person and 号 that entered or left; `answer`: the list of the
    day looked at, and `asked` with what suspension_likely gave it."""

    summary: pl.DataFrame
    moves: pl.DataFrame
    answer: pl.DataFrame
    asked: dict[str, object]


def compare(user: User, older_id: str, district: str | None) -> Comparison:
    """The day looked at beside the snapshot `older_id`; yen are those of the day on which 該当の疑い stood.

    Raises NotAllowed as `ask` does, and SnapshotRefused when that snapshot is not kept."""
    asked = dict(district=district)
    before, now = (ask(user, "suspension_likely", snapshot_id=day, **asked) for day in (older_id, None))
    entered, left = now.join(before, on=KEY, how="anti"), before.join(now, on=KEY, how="anti")
    likely, elsewhere = pl.lit(LIKELY), pl.col("verdict")
    moves = pl.concat([
        _standing(user, entered, older_id).with_columns(pl.lit(ENTERED).alias("move"), elsewhere.alias("verdict_before"), likely.alias("verdict_now")),
        _standing(user, left, None).with_columns(pl.lit(LEFT).alias("move"), likely.alias("verdict_before"), elsewhere.alias("verdict_now"))])
    summary = _summary({"before": before, "entered": entered, "left": left, "now": now})
    return Comparison(summary, moves.drop("verdict").sort("ground", "move", "active_yen", "atena_ref", descending=[False, False, True, False]), now, asked)


def _standing(user: User, rows: pl.DataFrame, snapshot_id: str | None) -> pl.DataFrame:
    """`rows` with how each stood on that day (verdict), asked once for all of them."""
    found = ask(user, "suspension_standing", snapshot_id=snapshot_id, refs=rows["atena_ref"].unique().sort().to_list())
    stopped = pl.col("is_wholly_suspended")
    otherwise = pl.when(stopped.is_null()).then(pl.lit(GONE)).when(stopped).then(pl.lit(STOPPED)).otherwise(pl.lit(NOT_MET))
    whole = found.select("atena_ref", "is_wholly_suspended").unique()
    stood = rows.join(found.select(*KEY, "verdict"), on=KEY, how="left").join(whole, on="atena_ref", how="left")
    return stood.with_columns(pl.coalesce("verdict", otherwise).alias("verdict")).drop("is_wholly_suspended")


def _summary(parts: dict[str, pl.DataFrame]) -> pl.DataFrame:
    summary = pl.DataFrame({"ground": GROUNDS})
    for part, own in parts.items():
        summed = own.group_by("ground").agg(pl.len().cast(pl.Int64).alias(f"{part}_count"), pl.sum("active_yen").alias("gone_yen" if part == "left" else f"{part}_yen"))
        summary = summary.join(summed, on="ground", how="left", maintain_order="left").fill_null(0)
    return summary.with_columns((pl.col("now_yen") - pl.col("before_yen") - pl.col("entered_yen") + pl.col("gone_yen")).alias("stayed_yen"))

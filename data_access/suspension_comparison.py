"""執行停止候補 of two kept days side by side: who entered 該当の疑い, who left it and where to, 号 by 号."""

from dataclasses import dataclass

import polars as pl

from auth.access import User
from data_access.query import ask

LIKELY, WHOLE = "該当の疑い", {"page_size": 1_000_000, "skipped": 0}
ENTERED, LEFT = "入った", "外れた"
STOPPED, NOT_MET, GONE = "執行停止中", "非該当", "名簿にない（納め終わったか、担当地区の外）"
MOVES = {"atena_ref": pl.String, "name": pl.String, "district_name": pl.String, "ground": pl.String, "move": pl.String,
         "verdict_before": pl.String, "verdict_now": pl.String, "active_yen": pl.Int64}
SUMS = ("before", "entered", "left", "now")


@dataclass(frozen=True)
class Comparison:
    """`summary`: one row per 号 with people and yen; `moves`: one row per person and 号 that entered or left; `answer`: the list of the
    day looked at, and `asked` with what suspension_candidates gave it."""

    summary: pl.DataFrame
    moves: pl.DataFrame
    answer: pl.DataFrame
    asked: dict[str, object]


def compare(user: User, older_id: str, district: str | None) -> Comparison:
    """The day looked at beside the snapshot `older_id`; yen are those of the day on which 該当の疑い stood.

    Raises NotAllowed as `ask` does, and SnapshotRefused when that snapshot is not kept."""
    asked = dict(district=district, verdict=LIKELY, ground=None, **WHOLE)
    older, newer = (ask(user, "suspension_candidates", snapshot_id=day, **asked) for day in (older_id, None))
    before, now = _likely(older), _likely(newer)
    entered, left = [now[key] for key in now.keys() - before.keys()], [before[key] for key in before.keys() - now.keys()]
    was, became = _verdicts(user, entered, older_id), _verdicts(user, left, None)
    moved = [(*_person(row), ENTERED, was(row), LIKELY, row["active_yen"]) for row in entered]
    moved += [(*_person(row), LEFT, LIKELY, became(row), row["active_yen"]) for row in left]
    moves = pl.DataFrame(moved, schema=MOVES, orient="row").sort("ground", "move", "active_yen", "atena_ref", descending=[False, False, True, False])
    parts = dict(zip(SUMS, (before.values(), entered, left, now.values()), strict=True))
    return Comparison(_summary(parts), moves, newer, asked)


def _likely(found: pl.DataFrame) -> dict[tuple[str, str], dict]:
    return {(row["atena_ref"], row["ground"]): row for row in found.iter_rows(named=True)}


def _person(row: dict) -> tuple[str, str, str, str]:
    return row["atena_ref"], row["name"], row["district_name"], row["ground"]


def _verdicts(user: User, rows: list[dict], snapshot_id: str | None):
    """How each of `rows` stood on that day, asked once for all of them."""
    found = ask(user, "suspension_standing", snapshot_id=snapshot_id, refs=sorted({row["atena_ref"] for row in rows})) if rows else pl.DataFrame()
    verdicts = {(row["atena_ref"], row["ground"]): row["verdict"] for row in found.iter_rows(named=True)}
    stopped = {row["atena_ref"]: row["is_wholly_suspended"] for row in found.iter_rows(named=True)}

    def verdict(row: dict) -> str:
        if row["atena_ref"] not in stopped:
            return GONE
        return verdicts.get((row["atena_ref"], row["ground"])) or (STOPPED if stopped[row["atena_ref"]] else NOT_MET)

    return verdict


def _summary(parts: dict[str, list[dict]]) -> pl.DataFrame:
    rows = []
    for ground in ("1号", "2号", "3号"):
        row: dict[str, object] = {"ground": ground}
        for part, own in parts.items():
            yen = [each["active_yen"] for each in own if each["ground"] == ground]
            row |= {f"{part}_count": len(yen), "gone_yen" if part == "left" else f"{part}_yen": sum(yen)}
        row["stayed_yen"] = row["now_yen"] - row["before_yen"] - row["entered_yen"] + row["gone_yen"]
        rows.append(row)
    return pl.DataFrame(rows)

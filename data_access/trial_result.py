"""The result of a 試行, on the day fixed before and not earlier: each way's payers and yen, the difference, and how sure it is."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from auth.access import User
from data_access.interval import newcombe, welch
from data_access.query import ask

LEAST = 100  # people a way: fewer are not told, nor are parts with fewer
WHOLE = "全体"
PARTS = {"part": pl.String, "first_people": pl.Int64, "second_people": pl.Int64, "first_share": pl.Decimal(9, 2), "second_share": pl.Decimal(9, 2),
         "share_difference": pl.Decimal(9, 2), "lowest_difference": pl.Decimal(9, 2), "highest_difference": pl.Decimal(9, 2)}


class NotYet(Exception):
    """まだ結果を見る日ではない、または人数が足りない。The text says so."""


@dataclass(frozen=True)
class Result:
    """Of the whole: a row as in PARTS and the yen a person of each way with the interval of their difference; `parts`: rows of PARTS
    by 年代 and 地区 (the equity table); `left_out`: parts not told for their size; `answer`: what trial_result gave, `asked` with what."""

    whole: dict
    yen_each: tuple[int, int]
    yen_interval: tuple[int, int]
    parts: pl.DataFrame
    left_out: int
    answer: pl.DataFrame
    asked: dict[str, object]

    @property
    def is_sure(self) -> bool:
        """Does the interval of the share leave out zero?"""
        return self.whole["lowest_difference"] > 0 or self.whole["highest_difference"] < 0


def result(user: User, lot: dict[str, str], ways: tuple[str, str], began_on: date, ends_on: date, looked_at_on: date, as_of: date) -> Result:
    """The result of a trial over `lot` (参照番号 → way): payments after `began_on` until `ends_on`, told from `looked_at_on` on.

    Raises NotAllowed as `ask` does, and NotYet."""
    if as_of < looked_at_on:
        raise NotYet(f"結果は、{looked_at_on.isoformat()} 以後の基準日で見られます。途中で見て決めると、たまたまの差を効果と取り違えるためです。")
    asked = dict(refs=list(lot), ways=list(lot.values()), from_day=began_on + timedelta(days=1), to_day=ends_on)
    rows = ask(user, "trial_result", **asked)
    groups: dict[tuple[str, str], dict[str, dict]] = {}
    for row in rows.iter_rows(named=True):
        groups.setdefault((row["dimension"], row["part"]), {})[row["way"]] = row
    whole = groups.pop((WHOLE, WHOLE), {})
    if not _is_enough(whole, ways):
        raise NotYet(f"甲か乙が{LEAST}人に満たないため、結果を示しません。人数が少ないと、差があってもなくても分かりません。")
    told = [_compared(part, each, ways) for (_, part), each in groups.items() if _is_enough(each, ways)]
    first, second = (whole[way] for way in ways)
    low, high = welch(*(number for each in (first, second) for number in (each["person_count"], each["yen"], int(each["square_yen"]))))
    return Result(_compared(WHOLE, whole, ways), tuple(each["yen"] // each["person_count"] for each in (first, second)), (round(low), round(high)),
                  pl.DataFrame(told, schema=PARTS, orient="row"), len(groups) - len(told), rows, asked)


def _is_enough(each: dict[str, dict], ways: tuple[str, str]) -> bool:
    return all(way in each and each[way]["person_count"] >= LEAST for way in ways)


def _compared(part: str, each: dict[str, dict], ways: tuple[str, str]) -> dict:
    (hits, total), (other_hits, other_total) = ((each[way]["paid_count"], each[way]["person_count"]) for way in ways)
    low, high = newcombe(hits, total, other_hits, other_total)
    return {"part": part, "first_people": total, "second_people": other_total, "first_share": _percent(hits / total), "second_share": _percent(other_hits / other_total),
            "share_difference": _percent(hits / total - other_hits / other_total), "lowest_difference": _percent(low), "highest_difference": _percent(high)}


def _percent(share: float) -> Decimal:
    return Decimal(f"{share * 100:.2f}")

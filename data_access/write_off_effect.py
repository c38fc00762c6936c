"""不納欠損の影響: the 決算 of this year and the 滞繰 of the next, before and after the candidates are booked."""

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from auth.access import User, rounded_to
from data_access.query import ask
from law.collection_rate import points, rate, settlement_difference

BEFORE, AFTER = "欠損の前", "欠損の後"
CARRIED, WHOLE = "滞繰", "合計"
TERMS = ("assessed_yen", "received_yen", "refund_due_yen", "written_off_yen", "outstanding_yen")
ROWS = {"fiscal_year": pl.Int64, "year_class": pl.String, "stage": pl.String, **dict.fromkeys(TERMS, pl.Int64),
        "settled_rate": pl.Decimal(scale=2), "rate_change": pl.Decimal(scale=2)}


@dataclass(frozen=True)
class Effect:
    """`waiting_yen`: what may be booked; None where it, or what it is set against, is fewer than ten persons'. `rows`: fiscal year × class × before/after.

    `this_year` and `next_year`: ポイント by which the 決算の率 of 合計, and of next year's 滞繰, changes. `answer`: that of write_off_effect."""

    waiting_yen: int | None
    rows: pl.DataFrame
    this_year: Decimal | None
    next_year: Decimal | None
    answer: pl.DataFrame


def effect(user: User, district: str | None, fiscal_year: int) -> Effect:
    """As if every candidate were booked in `fiscal_year`. Raises NotAllowed as `ask` does.

    What is booked leaves 収入未済 and so the 調定 that next year begins with: today's 滞繰 and, of 現年, which is mostly not due yet, as much
    as last year left; there the 滞繰 receipts of last year are taken to come in again."""
    found, slack_yen = ask(user, "write_off_effect", district=district), len(TERMS) * (rounded_to(user) // 2)
    is_hidden = any(found[name].null_count() for name in ("waiting_yen", *TERMS))
    waiting = None if is_hidden else found["waiting_yen"].sum()
    if waiting is None or found.is_empty():
        return Effect(waiting, pl.DataFrame(schema=ROWS), None, None, found)
    rows = [row for slice_ in found.iter_rows(named=True) for row in _pair(fiscal_year, slice_["year_class"], _terms(slice_), slice_["waiting_yen"], slack_yen)]
    whole = {name: found[name].sum() for name in TERMS}
    rows += _pair(fiscal_year, WHOLE, whole, waiting, found.height * slack_yen)
    opening = found.filter(year_class=CARRIED)["outstanding_yen"].sum() + (found["current_left_before_yen"][0] or 0)
    rows += _next_year(fiscal_year + 1, opening, waiting, found["carried_received_before_yen"][0] or 0)
    return Effect(waiting, pl.DataFrame(rows, schema=ROWS), rows[-3]["rate_change"], rows[-1]["rate_change"], found)


def _terms(row: dict) -> dict[str, int]:
    return {name: row[name] for name in TERMS}


def _pair(year: int, year_class: str, before: dict[str, int], waiting_yen: int, slack_yen: int) -> list[dict]:
    after = before | {"written_off_yen": before["written_off_yen"] + waiting_yen, "outstanding_yen": before["outstanding_yen"] - waiting_yen}
    return _rated(year, year_class, slack_yen, before, after)


def _next_year(year: int, outstanding_yen: int, waiting_yen: int, received_yen: int) -> list[dict]:
    opening = [outstanding_yen, outstanding_yen - waiting_yen]
    return _rated(year, CARRIED, 0, *(dict(zip(TERMS, (yen, received_yen, 0, 0, yen - received_yen), strict=True)) for yen in opening))


def _rated(year: int, year_class: str, slack_yen: int, *slices: dict[str, int]) -> list[dict]:
    """`slack_yen`: by how much the terms may miss each other because they were rounded; 0 for whoever is told them exactly."""
    if broken := [terms for terms in slices if abs(settlement_difference(*terms.values())) > slack_yen]:
        raise ValueError(f"{year}年度 {year_class} の 調定＝収納−還付未済＋欠損＋未済 が成り立ちません: {broken}")
    rates = [rate(terms["received_yen"] - terms["refund_due_yen"], terms["assessed_yen"]) for terms in slices]
    changes = (None, points(rates[1], rates[0]))
    return [{"fiscal_year": year, "year_class": year_class, "stage": stage, **terms, "settled_rate": own, "rate_change": change}
            for stage, terms, own, change in zip((BEFORE, AFTER), slices, rates, changes, strict=True)]

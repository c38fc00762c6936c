"""見込: where the 決算の収納率 of the year that is open will stand at 出納閉鎖 (5/31), and how wrong the same method was in the years before.

The year that is open is this fiscal year; in April and May, until its 出納閉鎖, the one before, of which 同日 is then the same day of
each year's own 出納整理期間. Of the new year nothing is assessed yet that could be forecast.

    残りの回収率 = (出納閉鎖までの収納 − 同日の収納) ÷ (同日の調定 − 同日の収納)      of the last FIT closed years together
    調定の動き   = 年度の調定 ÷ 同日の調定                                            of the same years
    見込         = (今の収納 ＋ (今の調定 − 今の収納) × 残りの回収率) ÷ (今の調定 × 調定の動き)      of each class at least 0 and at most its 調定

The back-test makes the same sum for each closed year from the FIT years before it and nothing later. The interval is the
largest error of those trials to both sides: had the years come in any order, the next error would be the largest of n + 1 with chance
1 in n + 1, so `chance` is n in n + 1. With fewer than LEAST trials nothing is forecast.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl

from law.collection_rate import points, rate
from law.fiscal_year import accounts_close_on, fiscal_year

FIT, LEAST = 3, 3
NONE_OF_IT, ALL_OF_IT = Decimal("0.00"), Decimal("100.00")
CLASSES, WHOLE = ("現年", "滞繰"), "合計"
NAMES = ("assessed_then_yen", "received_then_yen", "assessed_yen", "received_yen")  # 同日の調定と収納, 年度の調定と収納
SAME_DAY, SPRING = (tuple(f"{what}_{when}_yen" for what in ("assessed", "received")) for when in ("same_day", "spring"))
TOO_SHORT = f"過年度が足りないため予測しません（試しに{LEAST}年、その前の{FIT}年を合わせて、締めた年度が続けて{FIT + LEAST}年要ります）。"
NOT_TOLD = "10人未満の還付や欠損を含む年度があるため予測しません。"
NOTHING_YET = "予測する年度の調定がまだないため予測しません。"
TRIAL = {"fiscal_year": pl.Int64, "forecast_rate": pl.Decimal(9, 2), "actual_rate": pl.Decimal(9, 2), "error_points": pl.Decimal(9, 2)}


@dataclass(frozen=True)
class Forecast:
    """One class at 出納閉鎖. `collected_yen` of `assessed_yen` is `rate` (%); it lay within `low`–`high` in every trial (0 <= low <= rate <= high <= 100), so `chance` (trials, trials + 1).

    `trials`: one row a closed year, TRIAL. Where nothing is forecast `refusal` says why and every number is None."""

    year_class: str
    refusal: str = ""
    collected_yen: int | None = None
    assessed_yen: int | None = None
    rate: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    chance: tuple[int, int] | None = None
    trials: pl.DataFrame | None = None


def forecasts(by_year: pl.DataFrame, as_of: date) -> dict[str, Forecast]:
    """現年, 滞繰 and 合計 of `open_year(as_of)`, from the rows of rate_by_year (yen). 合計 is the sum of both classes' forecasts."""
    year = open_year(as_of)
    columns = (*(SAME_DAY if year == fiscal_year(as_of) else SPRING), *NAMES[2:])
    known = {(row["fiscal_year"], row["year_class"]): dict(zip(NAMES, (row[name] for name in columns), strict=True)) for row in by_year.iter_rows(named=True)}
    return {name: _forecast(known, name, year) for name in (*CLASSES, WHOLE)}


def open_year(as_of: date) -> int:
    """The fiscal year whose 出納閉鎖 comes next: that of `as_of`, or the one before while its accounts are still open."""
    year = fiscal_year(as_of)
    return year - 1 if accounts_close_on(year - 1) >= as_of else year


def _forecast(known: dict, year_class: str, year: int) -> Forecast:
    parts = CLASSES if year_class == WHOLE else (year_class,)
    now = [known.get((year, part)) for part in parts]
    if None in now or not all(row["assessed_then_yen"] for row in now):
        return Forecast(year_class, NOTHING_YET)
    closed = range(min(each for each, _ in known), year)
    if any(row[name] is None for each in (*closed, year) for part in parts if (row := known.get((each, part))) for name in NAMES):
        return Forecast(year_class, NOT_TOLD)
    trials = [_trial(known, parts, each) for each in closed if _may_try(known, parts, each, closed)]
    if len(trials) < LEAST or not _may_try(known, parts, year, closed):
        return Forecast(year_class, TOO_SHORT)
    collected, assessed = _ahead(known, parts, year)
    frame = pl.DataFrame(trials, schema=TRIAL, orient="row")
    widest, middle = max(abs(error) for *_, error in trials), rate(collected, assessed)
    return Forecast(year_class, "", collected, assessed, middle, max(middle - widest, NONE_OF_IT), min(middle + widest, ALL_OF_IT), (len(trials), len(trials) + 1), frame)


def _may_try(known: dict, parts: tuple[str, ...], year: int, closed: range) -> bool:
    """Whether the FIT years before `year` are closed and on file for every part, and the year itself had a 調定 on the day (and has one still)."""
    own = [known.get((year, part)) for part in parts]
    before = range(year - FIT, year)
    return all(row and row["assessed_then_yen"] and row["assessed_yen"] for row in own) and all(
        each in closed and (row := known.get((each, part))) and row["assessed_yen"] and row["assessed_then_yen"] > row["received_then_yen"] for each in before for part in parts)


def _ahead(known: dict, parts: tuple[str, ...], year: int) -> tuple[int, int]:
    """(collected, assessed) at the year's 出納閉鎖 as the FIT years before it would have it, whole yen: of no class less than nothing or more than its 調定 (a 還付 is not collected)."""
    collected = assessed = 0
    for part in parts:
        before, now = [known[each, part] for each in range(year - FIT, year)], known[year, part]
        came_later = sum(row["received_yen"] - row["received_then_yen"] for row in before)
        was_open = sum(row["assessed_then_yen"] - row["received_then_yen"] for row in before)
        moved = Fraction(sum(row["assessed_yen"] for row in before), sum(row["assessed_then_yen"] for row in before))
        is_open = now["assessed_then_yen"] - now["received_then_yen"]
        owed = _whole(now["assessed_then_yen"] * moved)
        collected += min(max(now["received_then_yen"] + _whole(is_open * Fraction(came_later, was_open)), 0), owed)
        assessed += owed
    return collected, assessed


def _trial(known: dict, parts: tuple[str, ...], year: int) -> tuple[int, Decimal, Decimal, Decimal]:
    """(year, what would have been forecast on the same day, what it became, the difference in points)."""
    said = rate(*_ahead(known, parts, year))
    became = rate(sum(known[year, part]["received_yen"] for part in parts), sum(known[year, part]["assessed_yen"] for part in parts))
    return year, said, became, points(said, became)


def _whole(yen: Fraction) -> int:
    """To the nearest yen, half up."""
    return int((yen + Fraction(1, 2)) // 1)

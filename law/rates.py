"""延滞金の割合 as runs of days: the plain ones, and those of days that are half exempt (猶予特例基準割合)."""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from law.dated import NoValue
from law.files import Entry, LawFileInvalid, entries_in

RATE_FILE = "delinquency_charge.toml"
HALF = "_half"
PERIODS = ("first", "after", "first" + HALF, "after" + HALF)
DAY = timedelta(days=1)


class NoRate(NoValue):
    """その日の延滞金の割合がない（推定しない）。"""


@dataclass(frozen=True)
class RateRun:
    """One rate (% a year) over consecutive days; adjacent years with an equal rate are one run."""

    period: str  # one of PERIODS
    from_date: date
    to_date: date
    rate: Decimal
    reference: str  # marked 条文未確認 where nobody has read the source yet


@lru_cache
def rate_runs(period: str) -> tuple[RateRun, ...]:
    """Runs of equal rate for one of PERIODS, oldest first. Raises LawFileInvalid on gap or overlap."""
    if period.endswith(HALF):
        return _joined(_halved(period))
    return _joined(_entries(period, "rate", period))


def runs_over(period: str, from_date: date, to_date: date) -> list[RateRun]:
    """The runs that cover these days, clipped to them. Raises NoRate when a day has none."""
    found = _clipped(rate_runs(period), from_date, to_date)
    day = from_date
    for run in found:
        if run.from_date > day:
            break
        day = run.to_date + DAY
    if day <= to_date:
        setting = "deferral_rate" if period.endswith(HALF) else "rate"
        raise NoRate(
            f"{RATE_FILE}: {day} の延滞金の割合がありません。告示を確かめて {setting} を1件足してください。"
        )
    return found


def rate_rows() -> list[dict]:
    """Every run for SQL, the rate also as a whole number over ONE denominator, so that sums stay exact integers."""
    runs = [run for period in PERIODS for run in rate_runs(period)]
    fractions = [Fraction(run.rate) / 100 for run in runs]
    denominator = math.lcm(*(fraction.denominator for fraction in fractions))
    return [
        asdict(run) | {"rate_numerator": int(fraction * denominator), "rate_denominator": denominator}
        for run, fraction in zip(runs, fractions, strict=True)
    ]


def _halved(period: str) -> list[RateRun]:
    """A half-exempt day costs no more than 猶予特例基準割合 (地方税法15条の9第1項、附則3条の2第3項)."""
    plain = rate_runs(period.removesuffix(HALF))
    return [
        replace(run, period=period, rate=min(run.rate, deferral.rate), reference=deferral.reference)
        for deferral in _entries(period, "deferral_rate", None)
        for run in _clipped(plain, deferral.from_date, deferral.to_date)
    ]


def _entries(period: str, setting: str, key: str | None) -> list[RateRun]:
    return [
        RateRun(
            period,
            entry["from"],
            _last_day(setting, entry),
            _percent(entry, key),
            str(entry["reference"]) + ("（条文未確認）" if entry.get("from_memory") else ""),
        )
        for entry in entries_in(RATE_FILE, setting)
    ]


def _clipped(runs: Iterable[RateRun], from_date: date, to_date: date) -> list[RateRun]:
    return [
        replace(run, from_date=max(run.from_date, from_date), to_date=min(run.to_date, to_date))
        for run in runs
        if run.from_date <= to_date and run.to_date >= from_date
    ]


def _joined(entries: Iterable[RateRun]) -> tuple[RateRun, ...]:
    runs: list[RateRun] = []
    for run in entries:
        if runs and runs[-1].to_date + DAY != run.from_date:
            raise LawFileInvalid(
                f"{RATE_FILE} の {run.period} {run.from_date}: 前の項目の終わり {runs[-1].to_date} と続いていません。日付を直してください。"
            )
        if runs and runs[-1].rate == run.rate:
            last = runs.pop()
            both = [last.reference] if last.reference == run.reference else [last.reference, run.reference]
            run = replace(run, from_date=last.from_date, reference="、".join(both))
        runs.append(run)
    return tuple(runs)


def _last_day(setting: str, entry: Entry) -> date:
    if "to" not in entry:
        raise LawFileInvalid(
            f"{RATE_FILE} の {setting} {entry['from']}: to がありません。告示された最後の日を書いてください。"
        )
    return entry["to"]


def _percent(entry: Entry, key: str | None) -> Decimal:
    """The rate of one entry, raised to the least rate there is (附則3条の2第5項)."""
    least = [Decimal(past["value"]) for past in entries_in(RATE_FILE, "minimum_rate") if past["from"] <= entry["from"]]
    return max(Decimal(entry["value"][key] if key else entry["value"]), *least[-1:], Decimal(0))

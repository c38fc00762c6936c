"""保留: what a person must decide on before the day is published. The limits are the city's, in intake.toml."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from data_access.contract import System, systems, tables
from data_access.feed_rules import literal
from data_access.feed_schedule import FILE_NAME, HELD, Problem
from data_access.quarantine import Account, Sheet

JAPAN = ZoneInfo("Asia/Tokyo")
HUNDRED = 100


@dataclass(frozen=True)
class Limits:
    """The city's lines for one business date: percentages as Decimal, counts in rows, the time a feed is due."""

    due_days: int
    due_time: time
    quarantine_percent: Decimal
    swing_rows_over: int
    swing_rows_percent: Decimal
    swing_total_percent: Decimal
    swing_totals: tuple[str, ...]
    may_miss: tuple[str, ...]

    def is_late(self, business_date: date, now: datetime) -> bool:
        """Whether the feeds of `business_date` should be here by `now` (aware, UTC)."""
        due = datetime.combine(business_date + timedelta(days=self.due_days), self.due_time, JAPAN)
        return now >= due.astimezone(UTC)


@cache
def _periods() -> list[tuple[date, Limits]]:
    raw = tomllib.loads(Path(__file__).with_name("intake.toml").read_text("utf-8"))["limits"]
    return sorted(((entry["from"], _limits(entry)) for entry in raw), key=lambda period: period[0])


def _limits(entry: dict) -> Limits:
    percents = {name: Decimal(entry[name]) for name in ("quarantine_percent", "swing_rows_percent", "swing_total_percent")}
    return Limits(entry["due_days"], time.fromisoformat(entry["due_time"]), **percents, swing_rows_over=entry["swing_rows_over"],
                  swing_totals=tuple(entry["swing_totals"]), may_miss=tuple(entry["may_miss"]))


def limits(business_date: date) -> Limits:
    """The limits in force on `business_date`; before the first period, the first."""
    in_force = [found for start, found in _periods() if start <= business_date]
    return in_force[-1] if in_force else _periods()[0][1]


def too_many_aside(sheet: Sheet, account: Account, limit: Limits) -> list[Problem]:
    """More rows of a file set aside than the city lets pass without a person."""
    if account.aside_count * HUNDRED <= limit.quarantine_percent * account.rows:
        return []
    return [sheet.feed.problem(f"{account.rows:,} 件のうち {account.aside_count:,} 件を隔離しました（{limit.quarantine_percent} %を超えています）",
                               "隔離した行なしで公開してよいか決めるか、直したファイルを受け取ってください。", severity=HELD)]


def missing_tables(system: System, announced: set[str], limit: Limits) -> list[Problem]:
    """Tables that may be missing from 連携予定, and are."""
    missed = [table for table in system.tables if table.name in limit.may_miss and table.name not in announced]
    return [Problem(system.name, FILE_NAME, f"{table.label}（{table.name}）が連携予定にありません",
                    "前日のまま公開してよいか決めるか、送信元に送付を依頼してください。", severity=HELD) for table in missed]


def swings(connection: duckdb.DuckDBPyConnection, restricted: Path, before: Path, limit: Limits) -> list[Problem]:
    """Tables whose rows, and totals that, moved further from the day before than the city expects."""
    problems = []
    for table in tables().values():
        new, old = (_one(connection, "count(*)", folder / f"{table.name}.parquet") for folder in (restricted, before))
        if old > limit.swing_rows_over and _moved(new, old, limit.swing_rows_percent):
            problems.append(_swing(table.name, f"件数が前日の {old:,} 件から {new:,} 件に変わりました", limit.swing_rows_percent))
    for place in limit.swing_totals:
        name, _, column = place.partition(".")
        new, old = (_one(connection, f"coalesce(sum({column}), 0)", folder / f"{name}.parquet") for folder in (restricted, before))
        if _moved(new, old, limit.swing_total_percent):
            label = tables()[name].column(column).label
            problems.append(_swing(name, f"{label}の合計が前日の {old:,} 円から {new:,} 円に変わりました", limit.swing_total_percent, label))
    return problems


def _moved(new: int, old: int, percent: Decimal) -> bool:
    return abs(new - old) * HUNDRED > percent * abs(old)


def _swing(name: str, says: str, percent: Decimal, label: str | None = None) -> Problem:
    table = tables()[name]
    return Problem(systems()[table.system].name, table.label, f"{says}（増減 {percent} %を超えています）",
                   "送信元に理由を確かめ、公開してよいか決めてください。", column=label, severity=HELD)


def _one(connection, amount: str, path: Path) -> int:
    if not path.exists():
        return 0
    return int(connection.execute(f"select {amount} from read_parquet({literal(str(path))})").fetchone()[0])

"""Where the rows and yen of one intake went, as frames: by system, by file, by control total, by reason set aside; its
problems, worst first; and the 連携検査結果 of one system."""

import csv
import io
from datetime import date

import polars as pl

from data_access import conformance, hold
from data_access.contract import systems
from data_access.feed_schedule import LATE, SEVERITIES
from data_access.report import Report

COUNTS = {"row_count": pl.Int64, "loaded": pl.Int64, "quarantined_count": pl.Int64, "external_count": pl.Int64, "problem_count": pl.Int64}
FILE = {"system_name": pl.String, "label": pl.String, "file": pl.String, "mode": pl.String, "sequence": pl.Int64, **COUNTS}
SYSTEM = {"system_name": pl.String, "came": pl.String, "due": pl.String, **COUNTS}
TOTAL = {"system_name": pl.String, "label": pl.String, "item": pl.String, "announced_yen": pl.Int64, "loaded_yen": pl.Int64, "aside_yen": pl.Int64, "unreadable_count": pl.Int64}
ASIDE = {"system_name": pl.String, "label": pl.String, "rule": pl.String, "count": pl.Int64}
PROBLEM = {"severity": pl.String, "system": pl.String, "file": pl.String, "row": pl.Int64, "column": pl.String, "count": pl.Int64, "sentence": pl.String}
CHECKED = {"file": 2, "outcome": 3, "rows": 4, "column": 5, "rule": 6, "count": 7, "remedy": 8}  # name → place in conformance.HEADER


def by_system(told: Report) -> pl.DataFrame:
    """One row per system that came or is told of: announced tables out of all, due, 件数 = 取込 + 隔離."""
    limit = hold.limits(date.fromisoformat(told.business_date))
    due = f"対象日の{limit.due_days}日後 {limit.due_time:%H:%M}"
    rows = []
    for system in systems().values():
        own = [file for file in told.files if file["system"] == system.code]
        problems = [problem for problem in told.problems if problem.system == system.name]
        if own or problems:
            is_awaited = any(problem.severity == LATE for problem in problems)
            came = f"{len(own)} / {len(system.tables)} 表" if own else "未着" if is_awaited else "読めません"
            counts = {name: _sum(own, name) for name in COUNTS} | {"problem_count": sum(problem.count for problem in problems)}
            rows.append({"system_name": system.name, "came": came, "due": due, **counts})
    return pl.DataFrame(rows, schema=SYSTEM)


def files(told: Report) -> pl.DataFrame:
    """One row per announced file; what has problems first."""
    found = pl.DataFrame([{name: file.get(name) for name in FILE} for file in told.files], schema=FILE)
    return found.sort("problem_count", descending=True, maintain_order=True)


def totals(told: Report) -> pl.DataFrame:
    """One row per control total of a file: announced, loaded, set aside (yen); loaded is None when nothing was taken in."""
    rows = [{"system_name": file["system_name"], "label": file["label"], "item": item, "announced_yen": yen,
             "loaded_yen": file.get("loaded_totals", {}).get(item), "aside_yen": file.get("quarantined_totals", {}).get(item),
             "unreadable_count": file.get("unreadable", {}).get(item)}
            for file in told.files for item, yen in file["totals"].items()]
    return pl.DataFrame(rows, schema=TOTAL)


def aside(told: Report) -> pl.DataFrame:
    """One row per file and reason for which rows were set aside, the most first."""
    rows = [{"system_name": file["system_name"], "label": file["label"], "rule": rule, "count": count}
            for file in told.files for rule, count in file.get("quarantined", {}).items()]
    return pl.DataFrame(rows, schema=ASIDE).sort("count", descending=True, maintain_order=True)


def problems(told: Report) -> pl.DataFrame:
    """One row per problem, the worst first: 拒否, 保留, 隔離, 未着, 報告."""
    ranked = sorted(told.problems, key=lambda problem: SEVERITIES.index(problem.severity))
    rows = [{name: getattr(each, name) for name in PROBLEM if name != "sentence"} | {"sentence": f"{each.rule}。{each.remedy}"} for each in ranked]
    return pl.DataFrame(rows, schema=PROBLEM)


def checked_systems(told: Report) -> dict[str, str]:
    """Code → name of the systems that have a 連携検査結果 of this intake."""
    named = {file["system_name"] for file in told.files} | {problem.system for problem in told.problems}
    return {system.code: system.name for system in systems().values() if system.name in named}


def checked(told: Report, code: str) -> pl.DataFrame:
    """The 連携検査結果 of one system as a frame: exactly what its CSV says."""
    text = conformance.conformance(told.business_date, systems()[code].name, told.files, told.problems)
    lines = list(csv.reader(io.StringIO(text, newline="")))[1:]
    return pl.DataFrame([{name: line[place] for name, place in CHECKED.items()} for line in lines], schema=dict.fromkeys(CHECKED, pl.String)).with_columns(pl.col("count").cast(pl.Int64))


def file_name(told: Report, code: str) -> str:
    """What the 連携検査結果 of one system is called among the reports."""
    return conformance.file_name(told.business_date, code)


def _sum(files: list[dict], name: str) -> int | None:
    """The sum over the files; None while one of them was not counted."""
    amounts = [file.get(name) for file in files]
    return sum(amounts) if amounts and None not in amounts else None

"""連携検査結果: for one system, what was wrong with its files, where, against which rule, and how to mend it.

A CSV in Japanese that a city can send to its vendor. It never holds a person's value: only places, rules and counts. What the
sender called a file or a column is no formula in it.
"""

import csv
import io

from audit.spreadsheet import safe
from data_access.contract import systems
from data_access.feed_schedule import SEVERITIES, Problem

HEADER = ("対象日", "システム", "ファイル", "結果", "行", "項目", "規則", "件数", "直し方")
SENT, CLEAN = "受領", "適合"


def texts(business_date: str, files: list[dict], problems: list[Problem]) -> dict[str, str]:
    """File name → CSV text, one for each system that sent files or is told of: 連携検査結果_<date>_<system>.csv."""
    names = {file["system_name"]: file["system"] for file in files} | _codes(problems)
    return {file_name(business_date, code): conformance(business_date, name, files, problems) for name, code in names.items()}


def file_name(business_date: str, code: str) -> str:
    """What the text of one system is called."""
    return f"連携検査結果_{business_date}_{code}.csv"


def conformance(business_date: str, system_name: str, files: list[dict], problems: list[Problem]) -> str:
    """The CSV text of one system: every problem, the worst first, with its rows, rule and remedy; then every file with its row account."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    own = sorted((each for each in problems if each.system == system_name), key=lambda each: SEVERITIES.index(each.severity))
    for problem in own:
        writer.writerow(map(safe, [business_date, system_name, problem.file, problem.severity, _rows(problem), problem.column or "",
                                   problem.rule, problem.count, problem.remedy]))
    for file in (file for file in files if file["system_name"] == system_name):
        faulty = file["file"] in {problem.file for problem in own}
        writer.writerow(map(safe, [business_date, system_name, file["file"], SENT if faulty else CLEAN, "", "", _account(file), file["row_count"], ""]))
    return out.getvalue()


def _rows(problem: Problem) -> str:
    """例: 3、17、25 ほか"""
    return "、".join(map(str, problem.rows)) + (" ほか" if 0 < len(problem.rows) < problem.count else "")


def _account(file: dict) -> str:
    """例: 受領 1,200 件 = 取込 1,198 件 + 隔離 2 件"""
    if "loaded" not in file:
        return f"予定 {file['row_count']:,} 件（取り込んでいません）"
    aside = sum(file["quarantined"].values())
    return f"受領 {file['row_count']:,} 件 = 取込 {file['loaded']:,} 件 + 隔離 {aside:,} 件"


def _codes(problems: list[Problem]) -> dict[str, str]:
    """Name → code of the systems that problems are about; what is about no system (連携) is told in the JSON alone."""
    known = {system.name: system.code for system in systems().values()}
    return {problem.system: known[problem.system] for problem in problems if problem.system in known}

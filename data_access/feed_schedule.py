"""連携予定: what each upstream system announced that it would send on a business date.

One `連携予定.csv` per system and day names every file with its encoding, mode, sequence, row count,
control totals and SHA-256. Nothing is read that was not announced here.
"""

import csv
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from data_access.contract import System, Table, interfaces

FILE_NAME = "連携予定.csv"
HEADER = ("表", "ファイル名", "文字コード", "区分", "連番", "件数", "管理合計", "SHA-256", "対象日")
RESENT = "全件再送"  # a day already published, sent once more and whole: the only way to change it
MODES = ("全件", "差分", RESENT)
ROWS_TOLD = 100
MEND = "連携予定の行を直して送り直してください。"
REFUSED, HELD, SET_ASIDE, LATE, TOLD = SEVERITIES = ("拒否", "保留", "隔離", "未着", "報告")


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a feed, told so that the sender can find and mend it. Never holds a person's value.

    `rows` are the first of the `count` rows it is about, at most ROWS_TOLD; the header is row 1.
    `severity`: 拒否 the day cannot be published · 保留 a person must decide · 隔離 rows were set aside · 未着 not here yet ·
    報告 only told."""

    system: str
    file: str
    rule: str
    remedy: str
    rows: tuple[int, ...] = ()
    column: str | None = None
    count: int = 1
    severity: str = REFUSED

    @property
    def row(self) -> int | None:
        return self.rows[0] if self.rows else None

    def sentence(self) -> str:
        """例: 収納システム receipt_20261030_D.csv 3行目「本料」: 整数ではない値です（1件）。…"""
        place = f"{self.row}行目" if self.row else ""
        item = f"「{self.column}」" if self.column else ""
        count = f"（{self.count:,}件）" if self.count > 1 else ""
        where = f" {place}{item}" if place or item else ""
        return f"{self.system} {self.file}{where}: {self.rule}{count}。{self.remedy}"


@dataclass(frozen=True)
class Announced:
    """One announced file of one table; `totals` are yen by 日本語 label, in the contract's order.

    `interface`: the number of the national standard it was announced under; several tables may be read from one such file."""

    table: str
    file: str
    encoding: str
    mode: str
    sequence: int
    row_count: int
    totals: dict[str, int]
    sha256: str
    interface: str = ""


@dataclass(frozen=True)
class Feed:
    """One file on its way in: what was announced, of which table, by which system."""

    system: System
    table: Table
    announced: Announced

    @property
    def is_whole(self) -> bool:
        return self.announced.mode != "差分"

    def problem(self, says: str, remedy: str, *, rows: Iterable[int] = (), column: str | None = None, count: int = 1,
                severity: str = REFUSED) -> Problem:
        """What is wrong with this file, and in which rows of it."""
        return Problem(self.system.name, self.announced.file, says, remedy, tuple(rows)[:ROWS_TOLD], column, count, severity)


class ScheduleInvalid(Exception):
    """The 連携予定 itself cannot be trusted; carries the problems found."""

    def __init__(self, problems: list[Problem]):
        super().__init__("\n".join(problem.sentence() for problem in problems))
        self.problems = problems


class NotSent(ScheduleInvalid):
    """There is no 連携予定 yet: it is written last, so the system has not finished sending."""


def read_schedule(folder: Path, system: System, business_date: date, may_miss: Collection[str] = ()) -> list[Announced]:
    """The files announced by `system` in `folder`; a table of `may_miss` need not be among them.

    Raises NotSent when there is no 連携予定 yet, ScheduleInvalid with every problem found in it."""
    path = folder / FILE_NAME
    if folder.is_symlink() or path.is_symlink():
        raise ScheduleInvalid([_problem(system, "フォルダか連携予定がリンクです", "実物を置いて送り直してください。")])
    if not path.is_file():
        raise NotSent([_problem(system, "連携予定ファイルがありません", "送信元に当日分の送付を依頼してください。", severity=LATE)])
    try:
        rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    except csv.Error:
        raise ScheduleInvalid([_problem(system, "CSV として読めません", "引用符と改行を確かめて送り直してください。")]) from None
    except UnicodeDecodeError:
        raise ScheduleInvalid([_problem(system, "UTF-8 で読めません", "文字コードを UTF-8 にして送り直してください。")]) from None
    if not rows or tuple(rows[0]) != HEADER:
        raise ScheduleInvalid([_problem(system, "見出しが違います", f"見出しを {'・'.join(HEADER)} にしてください。")])
    announced, faults = [], {}
    for number, row in enumerate(rows[1:], start=2):
        try:
            announced += _of_tables(_announced(row, business_date), system)
        except ValueError as error:
            faults.setdefault((*error.args, MEND)[:2], []).append(number)  # what is wrong with every line is told once
    problems = [_problem(system, says, remedy, rows=numbers) for (says, remedy), numbers in faults.items()]
    problems += _completeness([name for row in rows[1:] for name in _tables_of("".join(row[:1]), system)], system, may_miss)
    if len({file.sequence for file in announced}) > 1:
        problems.append(_problem(system, "連番が揃っていません", "同じ日の連番は1つにしてください。"))
    if problems:
        raise ScheduleInvalid(problems)
    return announced


def _announced(row: list[str], business_date: date) -> Announced:
    if len(row) != len(HEADER):
        raise ValueError(f"項目数が {len(row)} です（正しくは {len(HEADER)}）")
    table, file, encoding, mode, sequence, count, totals, sha256, day = row
    if not re.fullmatch(r"[A-Za-z0-9_-]+\.csv", file):
        raise ValueError("ファイル名に使えない文字があります")
    if encoding not in ("utf-8", "cp932"):
        raise ValueError(f"文字コード {encoding} は取り決めにありません")
    if mode not in MODES:
        raise ValueError(f"区分 {mode} は {'・'.join(MODES)} のどれでもありません")
    if day != business_date.isoformat():
        raise ValueError(f"対象日 {day} がフォルダの日付 {business_date} と違います",
                         "連携予定の対象日（ファイルごとに1行）を直すか、その対象日のフォルダに置き直してください。")
    if not all(re.fullmatch(r"[0-9]{1,12}", number) for number in (sequence, count)):
        raise ValueError("連番・件数は 0 以上の整数で書いてください")
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError("SHA-256 は 16 進小文字 64 桁で書いてください")
    return Announced(table, file, encoding, mode, int(sequence), int(count), _totals(totals), sha256)


def _of_tables(file: Announced, system: System) -> list[Announced]:
    """The file as what it is of each of our tables, where it is announced under a number of the national standard."""
    names = _tables_of(file.table, system)
    return [file] if names == [file.table] else [replace(file, table=name, interface=file.table) for name in names]


def _tables_of(name: str, system: System) -> list[str]:
    """The tables that a line of 連携予定 is about: the one it names, or those of a number of the national standard."""
    own = [table.name for table in system.tables if table.standard == name]
    return own if own and (len(own) == 1 or name in interfaces()) else [name]


def _totals(text: str) -> dict[str, int]:
    pairs = [part.partition("=") for part in text.split(";") if part]
    if any(not re.fullmatch(r"-?[0-9]{1,30}", value) for _, _, value in pairs):
        raise ValueError("管理合計は「項目=整数」を ; でつないで書いてください")
    return {label: int(value) for label, _, value in pairs}


def _completeness(named: list[str], system: System, may_miss: Collection[str]) -> list[Problem]:
    """Tables that no line names, or that more than one does, whatever else is wrong with the line."""
    expected = {table.name for table in system.tables}
    problems = [
        _problem(system, f"表 {name} が連携予定にありません", "全ての表の行を入れて送り直してください。")
        for name in sorted(expected - set(named) - set(may_miss))
    ]
    if not named:
        problems.append(_problem(system, "表が1つもありません", "全ての表の行を入れて送り直してください。"))
    problems += [
        _problem(system, f"表 {name} は取り決めにありません", "取り決めた表だけを送ってください。")
        for name in sorted(set(named) - expected)
    ]
    problems += [
        _problem(system, f"表 {name} が2回書かれています", "1つの表は1行にしてください。")
        for name in sorted({name for name in named if named.count(name) > 1})
    ]
    return problems


def _problem(system: System, rule: str, remedy: str, rows: Collection[int] = (), severity: str = REFUSED) -> Problem:
    return Problem(system.name, FILE_NAME, rule, remedy, rows=tuple(rows)[:ROWS_TOLD], count=max(1, len(rows)), severity=severity)

"""A file under the national standard's number: 036o005 gives the same 年調定, 期別調定 and 区分別調定 as our own files, others are taken by number."""

import shutil
from pathlib import Path

import duckdb
import pytest

from data_access import quarantine, staging
from data_access.contract import interfaces, systems, tables, unused_headers
from data_access.feed_check import checked
from data_access.feed_schedule import Feed as Checked
from data_access.feed_schedule import Problem, ScheduleInvalid, read_schedule
from data_access.intake import take_in
from data_access.quarantine import Sheet
from tests.data_access.feeds import DAY_ONE, Feed, schedule, write_schedule

NUMBER, FILE = "036o005", "chotei.csv"
TABLES = ("annual_assessment", "installment")
PARTS = {"medical_yen": ("医療一般", "医療退職"), "care_yen": ("介護一般", "介護退職"), "elderly_support_yen": ("支援一般", "支援退職")}
NOT_USED = {"市区町村コード": "312011", "国保記号番号": "0012", "操作者ID": "batch", "操作時刻": "00:00:00"}


@pytest.fixture
def inbox(founded, tmp_path, monkeypatch) -> Path:
    """A copy of the first day's 収納システム."""
    folder = shutil.copytree(founded["eve"] / "inbox" / DAY_ONE.isoformat() / "shuno", tmp_path / "inbox" / DAY_ONE.isoformat() / "shuno")
    monkeypatch.setenv("CONSOLE_HOME", str(tmp_path))
    return folder


def merge(folder: Path, bend=lambda row: row) -> None:
    """年調定 and 期別調定 as one file of the standard: one row a 期別, 医療・支援・介護 apart by 一般 and 退職, in 連携予定 by its number."""
    annual, own = Feed("annual_assessment", DAY_ONE), Feed("installment", DAY_ONE)
    notices = {row[annual.at("notice_number")]: row for row in annual.rows()}
    rows = []
    for row in own.rows():
        notice = notices[row[own.at("notice_number")]]
        told = {"賦課年度": notice[annual.at("assessment_fiscal_year")], "業務詳細（科目）コード": notice[annual.at("levy_kind")]}
        told |= {label: notice[annual.at(name)] for name, label in
                 (("atena_number", "宛名番号"), ("levy_year", "相当年度"), ("notified_on", "通知年月日"), ("payment_method", "納付方法"))}
        for column, cell in zip(own.table.columns, row, strict=True):
            if column.name in PARTS:
                told |= dict(zip(PARTS[column.name], (cell, "0"), strict=True))
            else:
                told["本税（料）額" if column.name == "assessed_yen" else column.label] = cell
        rows.append(bend(NOT_USED | told))
    own.write([list(row.values()) for row in rows], list(rows[0]))
    content, totals = own.path.read_bytes(), own.line()
    lines = [line for line in schedule(folder) if line["表"] not in TABLES]
    announced = Feed.totals(own, [[row.get(own.table.columns[n].label, row.get("本税（料）額")) for n in range(len(own.labels))] for row in rows])
    (folder / FILE).write_bytes(content)
    write_schedule(folder, [*lines, totals | {"表": NUMBER, "ファイル名": FILE, "管理合計": announced}])


def look(folder: Path, work: Path) -> tuple[dict[str, Sheet], list[Problem], duckdb.DuckDBPyConnection]:
    """The good rows of both tables, and every problem."""
    system, connection = systems()["shuno"], duckdb.connect(config={"threads": 1})
    work.mkdir()
    sheets, problems = {}, []
    for file in read_schedule(folder, system, DAY_ONE):
        if file.table in TABLES:
            sheet, told = checked(connection, Checked(system, tables()[file.table], file), folder / file.file, work)
            sheets[file.table], problems = sheet, problems + told
    return sheets, problems, connection


def components(connection, folder: Path) -> list[tuple]:
    """区分別調定 as intake splits it."""
    staging.split(connection, folder)
    return connection.execute(f"from read_parquet('{folder}/installment_component.parquet') order by all").fetchall()


def test_036o005_gives_what_our_files_give(inbox, tmp_path):
    own, problems, connection = look(inbox, tmp_path / "own")
    assert problems == []
    merge(inbox)
    other, problems, again = look(inbox, tmp_path / "other")
    assert problems == []
    for name in TABLES:
        assert other[name].fresh.read_bytes() == own[name].fresh.read_bytes(), name
        account = quarantine.account(again, other[name])
        assert (account.loaded, account.totals) == ((kept := quarantine.account(connection, own[name])).loaded, kept.totals)
    rows = components(again, tmp_path / "other")
    assert len(rows) > 1_000
    assert rows == components(connection, tmp_path / "own")


def test_a_problem_stands_in_the_row_of_the_file_as_it_came(inbox, tmp_path):
    seen = []

    def bend(row: dict) -> dict:
        seen.append(row["通知書番号"])
        wrong = {"通知年月日": "20269999"} if len(set(seen)) == 3 else {}
        return row | wrong | ({"納期限": "x"} if len(seen) == 40 else {})

    merge(inbox, bend)
    sheets, problems, connection = look(inbox, tmp_path / "work")
    third = seen.index(list(dict.fromkeys(seen))[2])
    assert [(problem.file, problem.column, problem.row) for problem in problems] == [(FILE, "通知年月日", third + 2), (FILE, "納期限", 41)]
    assert connection.execute("select row from aside.annual_assessment").fetchall() == [(third + 2,)]


def test_notices_that_contradict_themselves_are_set_aside(inbox, tmp_path):
    first = []

    def bend(row: dict) -> dict:
        first.append(row["通知書番号"])
        return row | ({"納付方法": "特別徴収"} if len(first) == 1 else {})

    merge(inbox, bend)
    _, problems, connection = look(inbox, tmp_path / "work")
    assert [(problem.rule, problem.count) for problem in problems] == [("同じ 通知書番号 の行が2つ以上あります", 2)]
    assert {row for (row,) in connection.execute("select row from aside.annual_assessment").fetchall()} == {2, 3}


def test_an_amount_that_is_none_and_a_column_of_nobody_are_told(inbox, tmp_path):
    merge(inbox, lambda row: row | {"医療退職": "0.5", "備考": "あ"})
    _, problems, _ = look(inbox, tmp_path / "work")
    told = {(problem.column, problem.rule) for problem in problems}
    assert ("医療分", "整数ではありません") in told
    assert (None, "列 備考 は取り決めにありません（読まずに残りを取り込みます）") in told


def test_one_interface_that_is_one_table_is_taken_by_its_number(inbox):
    lines = schedule(inbox)
    write_schedule(inbox, [line | {"表": tables()[line["表"]].standard or line["表"]} if line["表"] not in TABLES else line for line in lines])
    found = {file.table: file.interface for file in read_schedule(inbox, systems()["shuno"], DAY_ONE)}
    assert found.keys() == {table.name for table in systems()["shuno"].tables}
    assert (found["receipt"], found["installment_master"], found["carry_over"]) == ("036o006", "036o015", "")


def test_a_number_that_cannot_be_divided_is_refused(founded, tmp_path):
    folder = shutil.copytree(founded["eve"] / "inbox" / DAY_ONE.isoformat() / "atena", tmp_path / "atena")
    write_schedule(folder, [line | ({"表": "036o014"} if line["表"] == "contact" else {}) for line in schedule(folder)])
    with pytest.raises(ScheduleInvalid, match="表 036o014 は取り決めにありません"):
        read_schedule(folder, systems()["atena"], DAY_ONE)


def test_the_interfaces_hold_together():
    for number, interface in interfaces().items():
        rows_of, grouped = tables()[interface.rows_of], tables()[interface.grouped]
        assert {table.name for table in tables().values() if table.standard == number} == {rows_of.name, grouped.name}
        assert {rows_of.column(interface.total).kind, grouped.column(interface.total).kind} == {"yen"}
        assert all(rows_of.column(name).kind == "yen" for name in interface.sums)
    heads = {head for table in tables().values() for column in table.columns for head in (column.label, *column.aliases)}
    assert not {head for head in unused_headers() if "個人番号" in head}
    assert {"市区町村コード", "元の行", "医療退職"} <= unused_headers() - heads


@pytest.mark.slow
def test_a_city_with_036o005_is_published(empty_city):
    merge(empty_city / "inbox" / DAY_ONE.isoformat() / "shuno")
    made = take_in(DAY_ONE)
    assert (made.outcome, made.problems) == ("公開", [])

"""How a feed may arrive: in the standard's words, with 外字, for the first time as a difference, changed behind its plan."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

import settings
from data_access import arrival, hold, query, report, snapshot
from data_access.contract import systems, tables
from data_access.feed_check import checked
from data_access.feed_schedule import Feed as Checked
from data_access.feed_schedule import read_schedule
from data_access.feed_width import too_wide
from data_access.intake import main, take_in
from tests.data_access.feeds import DAY_ONE, DAY_TWO, Feed, enrich, schedule, write_schedule
from tests.staff import CHIEF

DIES = """
import os, sys
from datetime import date
from data_access import intake, report
report.keep = lambda made: os._exit(9)
intake.take_in(date.fromisoformat(sys.argv[1]))
"""
IN_OTHER_WORDS = [name for name, table in tables().items() if any(column.aliases or column.codes for column in table.columns)]


def reworded(feed: Feed) -> None:
    """The file under the standard's headers, its columns turned round, coded values as their codes."""
    columns = feed.table.columns
    codes = [{word: code for code, word in column.codes.items()} for column in columns]
    labels = [column.aliases[-1] if column.aliases else column.label for column in columns]
    rows = [[known.get(cell, cell) for known, cell in zip(codes, row, strict=True)] for row in feed.rows()]
    announced = feed.totals(rows)
    feed.write([row[::-1] for row in rows], labels[::-1])
    feed.announce(管理合計=announced)


def parquet_of(feed: Feed, folder: Path) -> Path:
    """The good rows that intake makes of the feed on disk, alone."""
    (own,) = (file for file in read_schedule(feed.folder, feed.system, feed.day) if file.table == feed.table.name)
    folder.mkdir()
    with duckdb.connect(config={"threads": 1}) as connection:
        sheet, problems = checked(connection, Checked(feed.system, feed.table, own), feed.path, folder)
    assert problems == [], feed.table.name
    return sheet.fresh


def test_there_are_such_words():
    assert {"person", "installment", "receipt", "bank_account"} <= set(IN_OTHER_WORDS)


@pytest.mark.parametrize("name", IN_OTHER_WORDS)
def test_a_file_in_the_standard_s_words_is_read_as_ours(name, founded, tmp_path, monkeypatch):
    """036o005, 036o006, 012o001 …: the same rows, whatever the headers and codes."""
    system = tables()[name].system
    shutil.copytree(founded["eve"] / "inbox" / DAY_ONE.isoformat() / system, tmp_path / "inbox" / DAY_ONE.isoformat() / system)
    monkeypatch.setenv("CONSOLE_HOME", str(tmp_path))
    feed = Feed(name, DAY_ONE)
    own = parquet_of(feed, tmp_path / "own")
    reworded(feed)
    assert parquet_of(feed, tmp_path / "other").read_bytes() == own.read_bytes()


@pytest.mark.slow
def test_a_city_in_the_standard_s_words_is_published_the_same(founded, empty_city):
    for name in IN_OTHER_WORDS:
        reworded(Feed(name, DAY_ONE))
    made = take_in(DAY_ONE)
    assert (made.outcome, made.problems) == ("公開", [])
    eve = json.loads(next((founded["eve"] / "snapshots").glob("*/manifest.json")).read_text("utf-8"))
    for name, entry in snapshot.current().manifest["tables"].items():
        if name.startswith("restricted/") and name.partition("/")[2] in tables():
            assert entry["sha256"] == eve["tables"][name]["sha256"], name


def test_a_row_with_external_characters_is_loaded_and_told(eve):
    """CP932 F040 and a double byte of nobody in 固定資産税システム: shown as 〓, told with their place, the day is published."""
    enrich()
    feed, name = Feed("property_tax_land"), "location"
    at, rows, label = feed.at(name), feed.rows(), feed.table.column(name).label
    rows[-1][at] = "因〇幡〆"
    feed.write(rows)
    content = feed.path.read_bytes().replace("因〇幡〆".encode("cp932"), "因".encode("cp932") + b"\xf0\x40" + "幡".encode("cp932") + b"\x81\xad")
    feed.write_bytes(content)
    made = take_in(DAY_TWO)
    assert made.outcome == "公開", [problem.sentence() for problem in made.problems]
    (told,) = made.problems
    assert (told.file, told.row, told.column, told.count, told.severity) == (feed.path.name, len(rows) + 1, label, 1, "報告")
    assert "外字 U+E000（CP932 F040）、CP932 81AD があります" in told.rule
    entry = next(file for file in made.files if file["table"] == feed.table.name)
    assert (entry["external_count"], entry["quarantined_count"]) == (1, 0)
    path = snapshot.current().folder / "restricted" / f"{feed.table.name}.parquet"
    assert duckdb.execute(f"select count(*) from read_parquet('{path}') where {name} = '因〓幡〓'").fetchone() == (1,)


def forget(*names: str, system: str | None = None) -> snapshot.Snapshot:
    """Turn CURRENT into what an older console published, which did not know these tables, or that system, yet."""
    old = snapshot.current()
    told = json.loads((old.folder / "manifest.json").read_text("utf-8"))
    for name in names:
        (old.folder / "restricted" / f"{name}.parquet").unlink()
        del told["tables"][f"restricted/{name}"]
    told["feeds"] = [feed for feed in told["feeds"] if feed["table"] not in names]
    told["sequences"].pop(system, None)
    text = json.dumps(told, ensure_ascii=False)
    (old.folder / "manifest.json").write_text(text, "utf-8")
    new = f"{old.id[:-8]}{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    os.rename(old.folder, old.folder.with_name(new))
    (settings.snapshots() / "CURRENT").write_text(f"{new}\n", "ascii")
    (settings.snapshots() / "SERVED").unlink(missing_ok=True)
    return snapshot.current()


def whole(system: str, sequence: str, names: set[str]) -> None:
    """Send these tables of the second day whole: the first day's rows."""
    place, lines = Feed(next(iter(names))).folder, []
    for line in schedule(Feed(next(iter(names))).folder):
        if line["表"] in names:
            before = Feed(line["表"], DAY_ONE)
            shutil.copyfile(before.path, place / line["ファイル名"])
            line |= {key: before.line()[key] for key in ("件数", "管理合計", "SHA-256")} | {"区分": "全件"}
        lines.append(line | {"連番": sequence})
    write_schedule(place, lines)


def test_a_new_system_begins_with_a_whole_feed(eve):
    """An installation that has snapshots takes a system in for the first time: a difference is refused, whole it is published."""
    names = {table.name for table in systems()["keiji"].tables}
    served = forget(*names, system="keiji")
    Feed(min(names))
    write_schedule(Feed(min(names)).folder, [line | {"連番": "1"} for line in schedule(Feed(min(names)).folder)])
    made = take_in(DAY_TWO)
    (problem,) = made.problems
    assert (made.outcome, problem.severity, problem.system) == ("拒否", "拒否", systems()["keiji"].name)
    assert problem.sentence().endswith("この表の前の日のデータがありません。最初は全件を送ってください。"), problem.sentence()
    assert "最初の取込に差分があります（light_vehicle" in problem.rule
    assert snapshot.current() == served
    whole("keiji", "1", names)
    assert take_in(DAY_TWO).outcome == "公開"
    assert snapshot.current().manifest["sequences"]["keiji"] == 1


@pytest.mark.parametrize("name", ["protection", "returned_mail"])
def test_a_new_table_of_a_known_system_begins_with_a_whole_file(eve, name):
    """A difference of a table that was never here cannot be taken for the whole; nor may it be missing like another day's."""
    served, system = forget(name), tables()[name].system
    made = take_in(DAY_TWO)
    assert [(problem.severity, f"（{name}）" in problem.rule) for problem in made.problems] == [("拒否", True)], made.problems
    lines = schedule(Feed(name).folder)
    write_schedule(Feed(name).folder, [line for line in lines if line["表"] != name])
    assert [problem.rule for problem in take_in(DAY_TWO).problems] == [f"表 {name} が連携予定にありません"]
    assert snapshot.current() == served
    write_schedule(settings.inbox() / DAY_TWO.isoformat() / system, lines)
    whole(system, "2", {name})
    assert take_in(DAY_TWO).outcome == "公開"


def test_bytes_changed_behind_an_unchanged_plan_are_noticed(own_city):
    """The published day stays as it is; whoever has it read again is told which file is no longer what was taken in."""
    served, feed = snapshot.current(), Feed("receipt")
    honest = feed.path.read_bytes()
    feed.path.write_bytes(honest.replace(b"1", b"2", 1))
    made = take_in(DAY_TWO)
    assert made.outcome == "拒否"
    assert [problem.sentence() for problem in made.problems] == [
        f"収納システム {feed.path.name}: 取り込んだ後に中身が変わりました（連携予定は元のままです）。"
        "公開中のデータは元のままです。直したものを送るときは、連携予定も作り直し、全ての表の区分を 全件再送 にしてください。"]
    assert snapshot.current() == served
    snapshot.verify(served)
    feed.path.unlink()
    assert take_in(DAY_TWO).outcome == "取込済", "a file put away is no matter"
    feed.path.write_bytes(honest)
    assert take_in(DAY_TWO).outcome == "取込済"


def crash_before_the_report(day: date) -> None:
    """Take the day in by a process that dies as soon as CURRENT names it."""
    done = subprocess.run([sys.executable, "-c", DIES, day.isoformat()], cwd=settings.ROOT, check=False)
    assert done.returncode == 9


@pytest.mark.parametrize("asked", [[], [DAY_TWO.isoformat()]], ids=["夜の実行", "日を指定して"])
def test_a_day_published_by_a_run_that_died_is_told_by_the_next(eve, asked):
    crash_before_the_report(DAY_TWO)
    served = snapshot.current()
    assert served.business_date == DAY_TWO
    assert report.last(DAY_TWO) is None
    assert main(asked) == 0
    told = report.last(DAY_TWO)
    assert (told.outcome, told.snapshot_id, told.problems) == ("公開", served.id, [])
    assert {file["table"] for file in told.files} == {table.name for system in systems().values() if system.due == "daily" for table in system.tables}
    assert all(file["loaded"] == file["row_count"] for file in told.files)
    newest = query.ask(CHIEF, "intake_history").row(0, named=True)
    assert (newest["outcome"], newest["snapshot_id"]) == ("公開", served.id)
    assert len(list(report.folder().glob(f"{DAY_TWO}_*.json"))) == 1
    assert main(asked) == 0
    assert len(list(report.folder().glob(f"{DAY_TWO}_*.json"))) == 1, "told once"


def test_the_report_told_again_is_the_one_that_was_lost(eve):
    made = take_in(DAY_TWO)
    path = report.folder() / f"{made.id}.json"
    kept = json.loads(path.read_text("utf-8"))
    path.unlink()
    assert main([]) == 0
    assert json.loads(path.read_text("utf-8")) == kept


def test_what_is_awaited_is_not_what_was_never_here(eve):
    """A table that may be missing for a day may not be missing before it ever came."""
    forget("protection")
    feed = Feed("protection")
    write_schedule(feed.folder, [line for line in schedule(feed.folder) if line["表"] != "protection"])
    looked = arrival.look(DAY_TWO, snapshot.current(), hold.limits(DAY_TWO), settings.now())
    assert [(problem.severity, problem.rule) for problem in looked.problems] == [("拒否", "表 protection が連携予定にありません")]


@pytest.mark.parametrize(("row", "is_wide"), [
    ("1,2,3", False), ("1,2,3,", True), ("1,2,3,,", True), ('1,"2,2",3', False), ('1,"2,2",3,', True),
    ('1,"2\r\n,,,2",3', False), ('1,"2\r\n2",3,,', True), ('1,"2 ""x"", 2",3', False), ("1,2,,", True), ("1,2,", False),
])
def test_an_item_too_many_is_seen_though_it_is_empty(tmp_path, row, is_wide):
    path = tmp_path / "feed.csv"
    path.write_text(f"a,b,c\r\n4,5,6\r\n{row}\r\n7,8,9\r\n", encoding="utf-8", newline="")
    with duckdb.connect() as connection:
        assert bool(too_wide(connection, path, 3)) == is_wide

"""Intake refuses a bent feed whole, says where and why in Japanese, names no person, and goes on serving what it served."""

import json
import os
import shutil
from dataclasses import replace

import duckdb
import pytest

import settings
from data_access import feed_check, feed_status, intake_account, quarantine, query, snapshot
from data_access.connection import NothingPublished
from data_access.contract import systems, tables
from data_access.feed_check import checked
from data_access.feed_schedule import FILE_NAME, Problem, ScheduleInvalid, read_schedule
from data_access.feed_schedule import Feed as Checked
from data_access.feed_text import is_only_header
from data_access.intake import take_in
from tests.data_access.feeds import DAY_ONE, DAY_TWO, Feed, enrich
from tests.data_access.refusals import EVERY, FILE, ORPHANS, PLAN, SEQUENCES, TOTALS, Case
from tests.staff import CHIEF


@pytest.fixture(scope="module")
def enriched(founded, tmp_path_factory):
    """The eve, with a few rows to break in every file of the second day."""
    home = tmp_path_factory.mktemp("enriched") / "home"
    shutil.copytree(founded["eve"], home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSOLE_HOME", str(home))
        enrich()
    return home


@pytest.fixture
def waiting(enriched, eve):
    """A private copy of the eve with that inbox."""
    shutil.rmtree(settings.inbox())
    shutil.copytree(enriched / "inbox", settings.inbox())
    return eve


@pytest.fixture
def inbox(enriched, tmp_path, monkeypatch):
    """A private copy of two systems' second day alone."""
    monkeypatch.setenv("CONSOLE_HOME", str(tmp_path))
    for system in ("atena", "shuno"):
        shutil.copytree(enriched / "inbox" / DAY_TWO.isoformat() / system, settings.inbox() / DAY_TWO.isoformat() / system)
    return settings.inbox()


@pytest.fixture(scope="module")
def names(enriched) -> set[str]:
    """Names, kana, addresses and numbers that stand in the waiting feeds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSOLE_HOME", str(enriched))
        return persons()


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


def look(feed: Feed, connection, folder) -> list[Problem]:
    """What intake finds wrong with the plan and the file of `feed`, looked at alone."""
    try:
        announced = read_schedule(feed.folder, feed.system, feed.day)
    except ScheduleInvalid as error:
        return error.problems
    (own,) = (file for file in announced if file.table == feed.table.name)
    sheet, problems = checked(connection, Checked(feed.system, feed.table, own), feed.folder / own.file, folder)
    if sheet:
        quarantine.write(connection, [sheet], folder / "quarantine")
    assert (sheet is None) == bool({problem.severity for problem in problems} & {"拒否", "未着"}), problems
    return problems


def place_of(case: Case) -> str:
    """The file or table that the report names."""
    label = tables()[case.told_of or case.table].label
    return FILE_NAME if case in [*PLAN, *SEQUENCES] else f"{case.table}_20261030_D.csv" if case in [*FILE, *ORPHANS] else label


def assert_told(case: Case, problems: list[Problem], names: set[str], place: str = "") -> None:
    table, place = tables()[case.told_of or case.table], place or place_of(case)
    label = table.column(case.column).label if case.column else None
    told = [problem for problem in problems if case.says in problem.rule and problem.file == place and label in (None, problem.column)]
    assert told, f"{case}: {[problem.sentence() for problem in problems]}"
    sentence = told[0].sentence()
    assert place in sentence, sentence
    assert told[0].severity == case.severity, sentence
    assert case.row is None or told[0].row == case.row, sentence
    assert label is None or f"「{label}」" in sentence, sentence
    for problem in problems:
        shown = [name for name in names if name in problem.sentence()]
        assert not shown, f"{case} names a person: {problem.sentence()}"
        assert problem.remedy.endswith("。"), problem.remedy


def persons() -> set[str]:
    found = set()
    for name in ("person", "mailing_address", "nhi_eligibility", "annual_assessment"):
        feed = Feed(name)
        places = [feed.at(column.name) for column in feed.table.columns if column.sensitivity in ("C1", "C2")
                  and column.kind in ("text", "code") and (column.length or 0) >= 10 and column.name != "relation"]
        found |= {row[place] for row in feed.rows() for place in places}
    return {value for value in found if len(value) > 1}


@pytest.mark.parametrize("case", [*PLAN, *FILE], ids=str)
def test_a_bent_file_is_found_out(case, inbox, names, tmp_path, connection):
    feed = Feed(case.table)
    case.bend(feed)
    problems = look(feed, connection, tmp_path)
    assert_told(case, problems, names)
    if case.keeps_rows:
        kept = tmp_path / "quarantine" / f"{case.table}.parquet"
        rows = connection.execute(f"select row from read_parquet('{kept}')").fetchall()
        assert rows == [(case.row,)], f"{case}: {rows}"
        assert kept.parent.stat().st_mode & 0o077 == 0


def test_an_amount_that_cannot_be_read_is_not_compared(inbox, tmp_path, connection):
    feed = Feed("receipt")
    feed.change("fee_yen", "百円", 2)
    (told,) = (problem for problem in look(feed, connection, tmp_path) if problem.severity == "報告")
    assert told.column == "督促手数料"
    assert told.rule.startswith("督促手数料に読めない金額が 1 件あり、合計を連携予定の ")
    assert "差" not in told.sentence()


def test_an_honest_file_passes(inbox, tmp_path, connection):
    for table in ("person", "receipt", "installment"):
        assert look(Feed(table), connection, tmp_path) == []


# What a day comes to when this is its gravest problem; a file of a few rows is held for any row set aside.
OUTCOMES = (("拒否", "拒否"), ("未着", "未着"), ("保留", "保留"), ("隔離", "保留"), ("報告", "公開"))


def assert_refused(cases: list[Case], names: set[str]) -> None:
    """Intake refuses the day with these bends, tells of each, keeps the offending rows and serves what it served."""
    before = snapshot.current()
    for case in cases:
        case.bend(Feed(case.table))
    report = take_in(DAY_TWO)
    severities = {case.severity for case in cases}
    assert report.outcome == next(outcome for severity, outcome in OUTCOMES if severity in severities), cases
    assert bool(report.snapshot_id) == (report.outcome == "公開")
    if report.outcome == "公開":
        return
    assert snapshot.current() == before
    snapshot.verify(before)
    assert query.standing().snapshot_id == before.id
    for case in cases:
        assert_told(replace(case, says=case.awaited or case.says), report.problems, names, place_of(case))
        kept = settings.quarantine() / DAY_TWO.isoformat() / f"{case.table}.parquet"
        assert kept.exists() == (case.severity == "隔離"), case


ROW = next(case for case in FILE if case.keeps_rows)
TOGETHER = [ORPHANS[:6], TOTALS]  # in one day; each is told for itself


@pytest.mark.slow
@pytest.mark.parametrize("cases", [PLAN[:1], FILE[:1], [ROW], *TOGETHER], ids=lambda cases: f"{cases[0]}{' …' * (len(cases) > 1)}")
def test_intake_refuses_and_serves_what_it_served(cases, waiting, names):
    assert_refused(cases, names)


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in EVERY if case not in [*PLAN, *FILE, *sum(TOGETHER, [])]], ids=str)
def test_intake_refuses_every_bend_that_no_file_shows_by_itself(case, waiting, names):
    """The bends of one file or its plan are found out above, each by itself; those of several files in one day, too; here is what only the whole day shows."""
    assert_refused([case], names)


def test_a_refused_day_mended_is_taken_in(waiting):
    feed = Feed("receipt")
    honest, announced = feed.path.read_bytes(), feed.line()
    feed.change("fee_yen", "0.5")
    assert take_in(DAY_TWO).outcome == "保留"
    feed.write_bytes(honest, **announced)
    report = take_in(DAY_TWO)
    assert (report.outcome, report.problems) == ("公開", [])
    assert snapshot.current().business_date == DAY_TWO
    history = query.ask(CHIEF, "intake_history")
    assert history["outcome"].to_list()[:2] == ["公開", "保留"]
    refused = feed_status.told_of(CHIEF, feed_status.history(CHIEF)["id"][1])
    assert intake_account.problems(refused)["sentence"].str.contains("整数ではありません").any()


@pytest.mark.slow
@pytest.mark.parametrize("change", [
    pytest.param(lambda feed: feed.write_bytes(b"\xef\xbb\xbf" + feed.path.read_bytes()), id="BOM"),
    pytest.param(lambda feed: feed.write([row[::-1] for row in feed.rows()], feed.labels[::-1]), id="列の順"),
    pytest.param(lambda feed: feed.write_bytes(feed.path.read_bytes().removesuffix(b"\r\n")), id="最後の改行がない"),
    pytest.param(lambda feed: feed.write([["  " + cell + " " for cell in row] for row in feed.rows()]), id="前後の空白"),
    pytest.param(lambda feed: feed.write(feed.rows()[::-1]), id="行の順"),
])
def test_what_changes_nothing_is_accepted(change, inbox, tmp_path, connection):
    feed = Feed("person")
    look(feed, connection, tmp_path)
    honest = (tmp_path / "person.parquet").rename(tmp_path / "honest.parquet")
    change(feed)
    assert look(feed, connection, tmp_path) == []
    different = connection.execute(f"from '{honest}' except all from '{tmp_path / 'person.parquet'}'").fetchall()
    assert different == []


def test_an_older_day_is_refused(own_city):
    served = snapshot.current()
    report = take_in(DAY_ONE)
    assert report.outcome == "拒否"
    assert "より古い日の連携です" in report.problems[0].sentence()
    assert snapshot.current() == served


def test_the_same_day_again_is_left_alone(own_city):
    served, reports = snapshot.current(), sorted((own_city / "reports").iterdir())
    report = take_in(DAY_TWO)
    assert (report.outcome, report.snapshot_id) == ("取込済", served.id)
    assert snapshot.current() == served
    assert sorted((own_city / "reports").iterdir()) == reports


def test_yesterday_s_feeds_sent_again_are_refused(waiting):
    day = settings.inbox() / DAY_TWO.isoformat()
    shutil.rmtree(day)
    shutil.copytree(settings.inbox() / DAY_ONE.isoformat(), day)
    report = take_in(DAY_TWO)
    assert report.outcome == "拒否"
    told = {problem.system: problem for problem in report.problems if problem.severity == "拒否"}
    assert len(told) == len(report.problems) - 1, "one fault of every line is one problem a system; the seventh is what comes once"
    daily = [system for system in systems().values() if system.due == "daily"]
    assert {name: problem.count for name, problem in told.items()} == {system.name: len(system.tables) for system in daily}
    assert {problem.rule for problem in told.values()} == {"対象日 2026-10-29 がフォルダの日付 2026-10-30 と違います"}
    assert told["収納システム"].remedy == "連携予定の対象日（ファイルごとに1行）を直すか、その対象日のフォルダに置き直してください。"


def test_the_first_feed_must_be_whole(empty_city):
    Feed("receipt", DAY_ONE).announce(区分="差分")
    report = take_in(DAY_ONE)
    assert report.outcome == "拒否"
    assert "最初の取込に差分があります" in report.problems[0].rule
    assert snapshot.current() is None
    with pytest.raises(NothingPublished):
        query.ask(CHIEF, "worklist_queues", district=None)


def test_a_report_tells_every_file_and_no_person(waiting, names):
    Feed("person").change("name", "因" * 81)
    report = take_in(DAY_TWO)
    (path,) = (path for path in (waiting / "reports").glob(f"{DAY_TWO}*.json"))
    text = path.read_text("utf-8")
    assert len(json.loads(text)["files"]) == sum(len(system.tables) for system in systems().values() if system.due == "daily")
    assert [name for name in names | {"因" * 81} if name in text] == []
    assert report.problems[0].sentence() in text
    for path in (waiting / "reports").glob(f"連携検査結果_{DAY_TWO}_*.csv"):
        assert [name for name in names | {"因" * 81} if name in path.read_text("utf-8")] == [], path


@pytest.mark.parametrize(("content", "is_bare"), [
    (b"a,b\r\n", True), (b"a,b\n", True), (b"a,b", True), (b'"a","b"\r\n', True),
    (b"a,b\r\n\r\n", False), (b"a,b\r\n1,2\r\n", False), (b"a,b\r1,2\r", False), (b'a,"b\r\n', False), (b"a,b\n\x00", False),
])  # fmt: skip
def test_only_a_header_is_told_by_its_bytes(content, is_bare, tmp_path):
    (tmp_path / "file.csv").write_bytes(content)
    assert is_only_header(tmp_path / "file.csv") is is_bare


@pytest.mark.parametrize("total", ["", "0", "5"])
def test_a_file_without_rows_is_told_the_same_without_looking_at_rows(total, inbox, connection, tmp_path, monkeypatch):
    """The short way for a bare header says what the whole way says, of the announced totals too."""
    (tmp_path / "work").mkdir()
    for feed in (Feed("receipt"), Feed("person")):
        feed.write([])
        if feed.table.control:
            feed.announce(管理合計=";".join(f"{feed.table.column(name).label}={total}" for name in feed.table.control) if total else "")
        told = []
        for bare in (True, False):
            with monkeypatch.context() as patch:
                if not bare:
                    patch.setattr(feed_check, "is_only_header", lambda _text: False)
                told.append(look(feed, connection, tmp_path / "work"))
        assert told[0] == told[1]
        assert bool(told[0]) == (bool(feed.table.control) and total != "0"), told


@pytest.mark.slow
@pytest.mark.parametrize("size", [10 * 2**30, 3 * 2**20])
def test_a_file_far_larger_than_its_rows_is_refused_unread(eve, size):
    """Ten gigabytes that are one line (gate.md C9), and three megabytes that are announced as a row: neither is looked into."""
    before, feed = snapshot.current(), Feed("receipt")
    feed.announce(件数="1")
    os.truncate(feed.path, size)
    report = take_in(DAY_TWO)
    assert not report.is_published
    assert f"ファイルが大きすぎます（{size:,} バイト。連携予定の 1 件なら 2,097,152 バイトまで）" in "".join(problem.sentence() for problem in report.problems)
    assert snapshot.current() == before

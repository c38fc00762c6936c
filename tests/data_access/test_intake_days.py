"""Which days are taken in, when, and how often: what waits, what is late, what is sent again, what is asked wrongly."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

import settings
from data_access import arrival, hold, report, snapshot
from data_access.arrival import NoInbox, waiting
from data_access.contract import systems
from data_access.intake import main, take_in
from tests.data_access.feeds import DAY_ONE, DAY_TWO, Feed, schedule, write_schedule

BEFORE_DUE = datetime(2026, 10, 30, 20, 59, tzinfo=UTC)  # 31日 05:59 in Japan
SUNDAY = date(2026, 10, 25)
AFTER_DUE = datetime(2026, 10, 30, 21, 0, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch):
    """Turn the clock to an instant."""
    return lambda instant: monkeypatch.setattr(settings, "now", lambda: instant)


def folder(system: str, day: date = DAY_TWO):
    return settings.inbox() / day.isoformat() / system


def test_without_dates_every_waiting_day_is_taken_in_oldest_first(empty_city, capsys):
    (settings.inbox() / "メモ").mkdir()
    (settings.inbox() / "2026-13-03").mkdir()
    shutil.copytree(folder("kokuho"), folder("kokuho", SUNDAY))
    assert (waiting(None), arrival.closed()) == ([DAY_ONE, DAY_TWO], [SUNDAY])
    assert main([]) == 0
    *told, closed, first, second = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in told] == ["  [報告] 連携 2026-13-03", "  [報告] 連携 メモ"], "nobody looks into them, so they are named"
    assert closed == "  [報告] 連携 " + arrival.closed_says(SUNDAY)
    assert "2026-10-25 は開庁日でないので、フォルダ inbox/2026-10-25 を取り込んでいません" in closed
    assert sorted(path.name for path in folder("kokuho", SUNDAY).iterdir()) == sorted(path.name for path in folder("kokuho").iterdir())
    shutil.rmtree(settings.inbox() / SUNDAY.isoformat())
    assert [line.split()[:2] for line in (first, second)] == [["2026-10-29:", "公開"], ["2026-10-30:", "公開"]]
    for name in ("メモ", "2026-13-03"):
        (settings.inbox() / name).rmdir()
    served = snapshot.current()
    assert served.business_date == DAY_TWO
    assert main([]) == 0
    assert capsys.readouterr().out == "取り込む連携はありません。\n"
    assert main([DAY_TWO.isoformat()]) == 0
    assert capsys.readouterr().out == f"2026-10-30: 取込済 {served.id}\n"


@pytest.mark.parametrize(("text", "says"), [
    ("2026-13-03", "2026-13-03 という日はありません"), ("きのう", "きのう という日はありません"), ("20261399", "という日はありません"),
    ("2026-10-31", "2026-10-31 の連携フォルダ"), ("--force", "--force という日はありません"),
])
def test_a_wrong_date_gets_a_line_and_code_2(city, capsys, text, says):
    before = sorted((city / "reports").iterdir())
    assert main([text]) == 2
    out = capsys.readouterr().out
    assert says in out
    assert out.count("\n") == 1
    assert sorted((city / "reports").iterdir()) == before


def test_help_tells_the_ways_to_run_it_and_the_codes(city, capsys):
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert "python -m data_access.intake" in out
    assert "終了コード" in out


def test_days_that_nobody_sent_alarm_the_scheduler(city, capsys, monkeypatch):
    """Friday is published. On Monday nothing is missing, on Tuesday Monday is; over a long pause the first days are named."""
    monkeypatch.setenv("CONSOLE_TODAY", "2026-11-02")
    assert main([]) == 0
    monkeypatch.setenv("CONSOLE_TODAY", "2026-11-04")  # the 3rd is 文化の日
    capsys.readouterr()
    assert main([]) == 1
    assert "[未着] 2026-11-02 の連携が" in capsys.readouterr().out
    monkeypatch.setenv("CONSOLE_TODAY", "2026-11-16")
    assert main([]) == 1
    assert "2026-11-02・2026-11-04・2026-11-05・2026-11-06・2026-11-09 ほか の連携が" in capsys.readouterr().out


def test_a_folder_that_is_no_system_s_is_named(eve):
    folder("shunou").mkdir()
    told = [problem for problem in take_in(DAY_TWO).problems if problem.file == "shunou"]
    assert [problem.severity for problem in told] == ["報告"]
    assert snapshot.current().business_date == DAY_TWO


def test_no_inbox_gets_a_line_and_code_2(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CONSOLE_HOME", str(tmp_path))
    assert main([]) == 2
    assert "連携の置き場" in capsys.readouterr().out
    with pytest.raises(NoInbox):
        waiting(None)


def test_the_command_says_so_too(tmp_path):
    done = subprocess.run([sys.executable, "-m", "data_access.intake", "2026-13-03"], cwd=settings.ROOT, capture_output=True, text=True,
                          check=False, env={**os.environ, "CONSOLE_HOME": str(tmp_path)})
    assert (done.returncode, done.stdout, done.stderr) == (2, "2026-13-03 という日はありません。2026-10-30 の形で、実在する日を書いてください。\n", "")


@pytest.mark.parametrize("is_begun", [False, True], ids=["フォルダがない", "連携予定がまだ"])
def test_a_system_that_has_not_sent_is_awaited_and_then_late(eve, at, capsys, is_begun):
    served = snapshot.current()
    kept = folder("kokuho").rename(eve / "later")
    if is_begun:
        folder("kokuho").mkdir()
    at(BEFORE_DUE)
    assert main([]) == 0
    at(BEFORE_DUE.replace(minute=58))
    assert main([]) == 0
    assert "2026-10-30: 未着" in capsys.readouterr().out
    assert len(list(report.folder().glob(f"{DAY_TWO}_*.json"))) == 1, "the night job looks often, the history tells once"
    at(AFTER_DUE)
    assert main([]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "2026-10-30: 未着", "  [未着] 国民健康保険システム 連携予定.csv: 期限を過ぎても届いていません（期限は 1 日後の 06:00）。送信元に送付を急いでもらってください。届くまで前の日を表示します。"]
    assert snapshot.current() == served
    shutil.rmtree(folder("kokuho"), ignore_errors=True)
    kept.rename(folder("kokuho"))
    assert main([]) == 0
    assert snapshot.current().business_date == DAY_TWO


def test_a_file_announced_and_not_there_is_awaited(eve, at):
    at(BEFORE_DUE)
    feed = Feed("receipt")
    feed.path.unlink()
    made = take_in(DAY_TWO)
    assert (made.outcome, [problem.severity for problem in made.problems]) == ("未着", ["未着"])
    assert snapshot.current().business_date == DAY_ONE


def test_due_is_japanese_time():
    limit = hold.limits(DAY_TWO)
    assert [limit.is_late(DAY_TWO, instant) for instant in (BEFORE_DUE, AFTER_DUE)] == [False, True]


def test_the_same_feed_again_is_harmless(own_city):
    before, reports = snapshot.current(), sorted(report.folder().iterdir())
    assert take_in(DAY_TWO).outcome == "取込済"
    assert (snapshot.current(), sorted(report.folder().iterdir())) == (before, reports)


def test_other_bytes_under_the_same_number_are_refused(own_city):
    served, feed = snapshot.current(), Feed("receipt")
    feed.write(feed.rows()[:-1])
    made = take_in(DAY_TWO)
    assert made.outcome == "拒否"
    assert [problem.sentence() for problem in made.problems] == [
        "収納システム 連携予定.csv: 取込済みの連番 2 と中身の違うファイルです。直したものを送るときは、同じ連番で全ての表の区分を 全件再送 にしてください。"]
    assert snapshot.current() == served


@pytest.mark.slow
def test_a_published_day_sent_again_whole_replaces_that_system_s_tables(own_city):
    served, day_one = snapshot.current(), folder("kokuho", DAY_ONE)
    lines = schedule(day_one)
    for line, old in zip(lines, schedule(folder("kokuho")), strict=True):
        shutil.copyfile(day_one / line["ファイル名"], folder("kokuho") / old["ファイル名"])
        line |= {"ファイル名": old["ファイル名"], "連番": old["連番"], "対象日": old["対象日"], "区分": "全件再送"}
    write_schedule(folder("kokuho"), lines)
    made = take_in(DAY_TWO)
    assert made.outcome == "公開", [problem.sentence() for problem in made.problems]
    replaced = snapshot.current()
    assert replaced.id != served.id
    assert replaced.manifest["sequences"] == served.manifest["sequences"]
    assert {feed["system"] for feed in replaced.manifest["feeds"]} == {feed["system"] for feed in served.manifest["feeds"]}
    changed = {table.name for table in systems()["kokuho"].tables}
    for name, entry in served.manifest["tables"].items():
        layer, table = name.split("/")
        if layer == "restricted" and table not in changed | {"ledger_note"}:
            assert replaced.manifest["tables"][name]["sha256"] == entry["sha256"], name
    assert take_in(DAY_TWO).outcome == "取込済"


def test_sent_again_needs_every_table(own_city):
    place = folder("kokuho")
    lines = [line | {"区分": "全件再送", "SHA-256": "0" * 64} for line in schedule(place)]
    write_schedule(place, lines[1:])
    made = take_in(DAY_TWO)
    assert (made.outcome, "全ての表の区分を 全件再送 に" in made.problems[0].sentence()) == ("拒否", True)


def test_a_replayed_older_day_is_refused_and_told(own_city):
    served = snapshot.current()
    for attempt in (1, 2):
        assert take_in(DAY_ONE).outcome == "拒否"
        told = [each for each in report.folder().glob(f"{DAY_ONE}_*.json") if "より古い日の連携です" in each.read_text("utf-8")]
        assert len(told) == attempt
    assert snapshot.current() == served


def test_a_damaged_snapshot_leaves_a_report(eve):
    path = snapshot.current().folder / "restricted" / "receipt.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(snapshot.SnapshotRefused):
        take_in(DAY_TWO)
    told = report.last(DAY_TWO)
    assert told.outcome == "拒否"
    assert "壊れています" in told.problems[0].sentence()


@pytest.mark.slow
def test_two_commands_at_once_publish_once(empty_city):
    command = [sys.executable, "-m", "data_access.intake"]
    both = [subprocess.Popen(command, cwd=settings.ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outs = [process.communicate()[0] for process in both]
    assert {process.returncode for process in both} <= {0, 1}, outs
    assert main([]) == 0
    assert snapshot.current().business_date == DAY_TWO
    assert [kept.business_date for kept in snapshot.kept()] == [DAY_TWO, DAY_ONE], outs


def test_what_comes_once_is_not_taken_twice(eve):
    shutil.copytree(folder("tainou", DAY_ONE), folder("tainou"))
    looked = arrival.look(DAY_TWO, snapshot.current(), hold.limits(DAY_TWO), AFTER_DUE)
    assert [(problem.rule, problem.severity) for problem in looked.problems] == [("初回だけの連携が届いています", "報告")]
    assert "tainou" not in looked.announced

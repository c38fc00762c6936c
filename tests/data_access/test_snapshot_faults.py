"""The power goes, the disk fills: whatever fails at whichever moment, the previous snapshot is served and the next run mends."""

import builtins
import math
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from sqlalchemy.exc import OperationalError

import settings
from data_access import feed_status, lineage, query, report, retention, snapshot
from data_access.intake import main, take_in
from tests.data_access.feeds import DAY_ONE, DAY_TWO, Feed
from tests.staff import MANAGER

SEED = 4_711
KILLS, KILLS_OF_A_BUILD, TOGETHER = 24, 200, 20
SCRIPT = Path(__file__).with_name("intake_process.py")


class DiskFull(OSError):
    """The fault that the tests put in the way."""


class Failing:
    """Counts the calls of a function and fails the n-th; n = 0 only counts."""

    def __init__(self, real, nth: int, applies=lambda *arguments: True) -> None:
        self.real, self.nth, self.applies, self.calls = real, nth, applies, 0

    def __call__(self, *arguments, **named):
        if self.applies(*arguments, **named):
            self.calls += 1
            if self.calls == self.nth:
                raise DiskFull(28, "No space left on device")
        return self.real(*arguments, **named)


def below_home(path, *_, **__) -> bool:
    return str(settings.snapshots()) in str(path)


def writes(path, mode="r", *_, **__) -> bool:
    return "w" in mode and below_home(path)


FAULTS = {
    "rename": (os, "rename", below_home),
    "into place": (os, "rename", lambda _, target: snapshot.NAME.fullmatch(Path(target).name)),
    "make current": (os, "rename", lambda _, target: Path(target).name == "CURRENT"),
    "note what was served": (os, "rename", lambda _, target: Path(target).name == "SERVED"),
    "link": (os, "link", below_home),
    "fsync": (os, "fsync", lambda *_: True),
    "open": (os, "open", lambda path, *_, **__: below_home(path)),
    "write": (Path, "write_text", lambda path, *_, **__: below_home(path)),
    "mkdir": (Path, "mkdir", lambda path, *_, **__: below_home(path)),
    "open for writing": (Path, "open", lambda path, mode="r", *_, **__: writes(path, mode)),
    "report": (Path, "open", lambda path, mode="r", *_, **__: "w" in mode and str(report.folder()) in str(path)),
}


SETTING_ASIDE = {"into its place": (os, "replace", lambda *_, **__: True)}


def put(name: str, nth: int, patch: pytest.MonkeyPatch) -> Failing:
    owner, attribute, applies = (FAULTS | SETTING_ASIDE)[name]
    fault = Failing(getattr(owner, attribute), nth, applies)
    if owner is Path:
        patch.setattr(owner, attribute, lambda *arguments, **named: fault(*arguments, **named))
    else:
        patch.setattr(owner, attribute, fault)
    return fault


def fail_once(name: str, nth: int, before: snapshot.Snapshot) -> bool:
    """Take the second day in with one fault; True when the fault struck. The eve must be served afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        fault = put(name, nth, patch)
        try:
            take_in(DAY_TWO)
        except DiskFull:
            struck = True
        else:
            struck = False
    assert struck == (fault.calls >= nth), f"{name} {nth} was swallowed"
    served = snapshot.current()
    snapshot.verify(served)
    if struck:
        is_named = served.business_date == DAY_TWO  # only after the very last rename
        assert is_named or served == before, f"{name} {nth}"
        assert not list(settings.snapshots().glob(".building-*")), f"{name} {nth}"
    return struck


def count_calls(name: str) -> int:
    """How often a whole intake calls the function."""
    with pytest.MonkeyPatch.context() as patch:
        fault = put(name, 0, patch)
        assert take_in(DAY_TWO).outcome == "公開"
        return fault.calls


def rewind(to: snapshot.Snapshot) -> None:
    (settings.snapshots() / "CURRENT").write_text(to.id + "\n", "ascii")


def try_faults(name: str, most: int) -> int:
    before = snapshot.current()
    calls = count_calls(name)
    rewind(before)
    chosen = sorted({round(1 + step * (calls - 1) / max(1, most - 1)) for step in range(min(most, calls))})
    for nth in chosen:
        assert fail_once(name, nth, before), f"{name} {nth} of {calls}"
        rewind(before)
    assert take_in(DAY_TWO).outcome == "公開"
    assert query.standing().as_of == DAY_TWO
    return len(chosen)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "nth"), [("fsync", 3), ("into place", 1), ("note what was served", 1), ("make current", 1)])
def test_a_failing_step_leaves_the_eve_served(eve, name, nth):
    """The two renames that publish, and one fsync; the slow test below tries many more."""
    assert fail_once(name, nth, snapshot.current())


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in FAULTS if name not in ("into place", "note what was served", "make current")])
def test_any_failing_step_leaves_the_eve_served(eve, name):
    assert try_faults(name, 12) >= 1


@contextmanager
def killer(*how: str) -> Iterator[Callable[[float], bool]]:
    """kill(moment): begin an intake of the second day and kill it `moment` seconds later; was it still at work?"""
    name, *folder = how
    process = subprocess.Popen([sys.executable, str(SCRIPT), name, DAY_TWO.isoformat(), *folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               text=True, cwd=settings.ROOT, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})

    def kill(moment: float) -> bool:
        process.stdin.write(f"{moment}\n")
        process.stdin.flush()
        return process.stdout.readline() == "True\n"

    with process:
        yield kill


def how_long(kill: Callable[[float], bool], eve: snapshot.Snapshot) -> float:
    """Seconds that one takes when nobody kills it; the eve is served again afterwards."""
    for _ in range(2):  # the first also builds what the others only publish
        started = time.perf_counter()
        assert not kill(math.inf)
        taken = time.perf_counter() - started
        assert snapshot.current().business_date == DAY_TWO
        rewind_wholly(eve)
    return taken


def rewind_wholly(to: snapshot.Snapshot) -> None:
    """As if the second day had never been taken in."""
    root = settings.snapshots()
    for left in (path for path in root.iterdir() if path.name not in (".lock", to.id)):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    rewind(to)


def assert_is_good(what: str) -> None:
    """One of the two days is served, whole; every complete folder is whole; what nobody was shown is known as such."""
    served = snapshot.current()
    assert served.business_date in (DAY_ONE, DAY_TWO), what
    for kept in snapshot.kept():
        snapshot.verify(kept)
    assert lineage.offered()[0].id == served.id, what
    assert {kept.business_date for kept in lineage.offered()} == {DAY_ONE, served.business_date}, what
    assert lineage.kept_ids() == {kept.id for kept in lineage.offered()} | lineage.never_served(), what


def assert_survives(kill: Callable[[float], bool], times: int, rng: random.Random, eve: snapshot.Snapshot) -> Counter:
    """Kill that many intakes at work, each at its own moment, every other in the last fifth; what they had come to."""
    found, longest = Counter(), how_long(kill, eve)
    for attempt in range(4 * times):
        moment = rng.uniform(0.8 * longest if attempt % 2 else 0, longest)
        is_killed = kill(moment)
        longest = longest * 1.02 if is_killed else moment  # what was done by then takes no longer
        assert_is_good(f"seed {SEED}, {found}, attempt {attempt}")
        found["at work"] += is_killed
        found["named but not served"] += bool(lineage.never_served())
        found["served"] += snapshot.current().business_date == DAY_TWO
        if found["at work"] == times:
            return found
        rewind_wholly(eve)
    raise AssertionError(f"seed {SEED}: {found}")


def assert_mends() -> None:
    """The next run mends by itself what the last one left."""
    assert take_in(DAY_TWO).outcome in ("公開", "取込済")
    assert_is_good("after the next run")
    assert query.standing().as_of == DAY_TWO
    assert lineage.never_served() == set()
    assert not list(settings.snapshots().glob(".building-*"))


@pytest.mark.slow
def test_killed_intakes_leave_a_complete_snapshot(eve):
    with killer("whole") as kill:
        assert_survives(kill, KILLS, random.Random(SEED), snapshot.current())
    assert_mends()


@pytest.mark.slow
def test_two_hundred_killed_publishes_leave_a_complete_snapshot(eve, tmp_path):
    before, rng, came_to = snapshot.current(), random.Random(SEED), Counter()
    for batch in range(KILLS_OF_A_BUILD // TOGETHER):
        with killer("publish", str(tmp_path / str(batch))) as kill:
            came_to += assert_survives(kill, TOGETHER, rng, before)
        assert_mends()
        rewind_wholly(before)
    assert came_to["at work"] == KILLS_OF_A_BUILD
    assert min(came_to["named but not served"], came_to["served"]) > 0, came_to


@pytest.mark.slow
def test_a_full_disk_leaves_the_eve_served(eve):
    """No file may grow beyond so many bytes, in a process of its own: DuckDB's own writes fail as on a full disk."""
    before, sizes = snapshot.current(), sorted(path.stat().st_size for path in snapshot.current().folder.rglob("*.parquet"))
    limits = sorted({0, sizes[len(sizes) // 4], sizes[len(sizes) // 2], sizes[-2], sizes[-1] - 1})
    for limit in limits:
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            try:
                take_in(DAY_TWO)
            except Exception as failure:
                os._exit(3 if isinstance(failure, (OSError, duckdb.Error, OperationalError)) else 4)
            os._exit(5)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3, f"limit {limit}"
        assert snapshot.current() == before, f"limit {limit}"
        assert_is_good(f"limit {limit}")
    assert take_in(DAY_TWO).outcome == "公開"
    assert_is_good("after the disk was emptied")
    assert not list(settings.snapshots().glob(".building-*"))


def test_the_command_says_in_a_line_that_it_could_not_write(eve, monkeypatch, capsys):
    before = snapshot.current()
    with pytest.MonkeyPatch.context() as patch:
        put("into place", 1, patch)
        assert main([]) == 1
    assert capsys.readouterr().out == ("2026-10-30: 途中で止まりました（No space left on device）。前に公開したデータはそのままです。"
                                       "置き場の空きと書込みの権限を確かめて、もう一度実行してください。\n")
    assert snapshot.current() == before


@pytest.mark.parametrize("left", ["", '{"business_date": "2026-10-30", "outco'], ids=["空", "途中まで"])
def test_a_torn_report_takes_no_screen_down_and_is_told_again(own_city, left):
    """A disk that lost power may leave a name without its text. Questions, 連携状況 and the next intake go on."""
    newest = max(path for path in report.folder().iterdir() if report.NAME.fullmatch(path.name))
    newest.write_text(left, "utf-8")
    assert query.ask(MANAGER, "intake_history")["outcome"].to_list().count("記録破損") == 1
    assert query.held_intakes(MANAGER).is_empty()
    assert feed_status.history(MANAGER)["outcome"].to_list().count("記録破損") == 1
    (report.folder() / "メモ.json").write_text("{", "utf-8")  # somebody's own file is no report
    assert main([]) == 0
    assert "記録破損" not in feed_status.history(MANAGER)["outcome"].to_list()
    assert report.last(DAY_TWO).outcome == "公開"


@pytest.mark.parametrize("nth", [1, 2])
def test_rows_that_cannot_be_set_aside_leave_the_eve_served(eve, nth):
    """The good rows' file laid anew without a double, then the sheet of rows for whoever mends them."""
    feed = Feed("receipt")
    feed.write([*feed.rows(), feed.rows()[0]])
    assert fail_once("into its place", nth, snapshot.current())
    assert take_in(DAY_TWO).outcome == "保留"
    assert_is_good("rows set aside")


def test_what_stopped_between_the_renames_is_removed_by_the_next_publish(eve):
    before = snapshot.current()
    assert fail_once("make current", 1, before)
    (left,) = lineage.never_served()
    assert [kept.id for kept in lineage.offered()] == [before.id]
    assert [verdict.id for verdict in retention.verdicts() if verdict.goes] == [left]
    assert take_in(DAY_TWO).outcome == "公開"
    assert lineage.never_served() == set()
    assert left not in lineage.kept_ids()
    assert len(lineage.offered()) == 2


@pytest.mark.slow
def test_two_publishers_racing_in_processes(eve):
    """One publishes, the other is told to wait or finds the day taken in; run again, both agree."""
    command = [sys.executable, "-m", "data_access.intake", DAY_TWO.isoformat()]
    running = [subprocess.Popen(command, cwd=settings.ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate()[0] for process in running]
    assert sum("公開" in line for line in said) == 1, said
    assert sum("ほかの取込" in line or "取込済" in line for line in said) == 1, said
    assert_is_good("two at once")
    assert take_in(DAY_TWO).outcome == "取込済"


def test_the_faults_are_real(tmp_path):
    fault = Failing(builtins.open, 2)
    fault(tmp_path / "a", "w").close()
    with pytest.raises(DiskFull):
        fault(tmp_path / "b", "w")

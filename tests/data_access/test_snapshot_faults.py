"""The power goes, the disk fills: whatever fails at whichever moment, the previous snapshot is served and the next run mends."""

import builtins
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import settings
from data_access import query, snapshot
from data_access.intake import take_in
from tests.data_access.feeds import DAY_ONE, DAY_TWO

SEED = 4_711
LONGEST = 0.5
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
    "link": (os, "link", below_home),
    "fsync": (os, "fsync", lambda *_: True),
    "open": (os, "open", lambda path, *_, **__: below_home(path)),
    "write": (Path, "write_text", lambda path, *_, **__: below_home(path)),
    "mkdir": (Path, "mkdir", lambda path, *_, **__: below_home(path)),
    "open for writing": (Path, "open", lambda path, mode="r", *_, **__: writes(path, mode)),
}


def put(name: str, nth: int, patch: pytest.MonkeyPatch) -> Failing:
    owner, attribute, applies = FAULTS[name]
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
@pytest.mark.parametrize(("name", "nth"), [("fsync", 3), ("into place", 1), ("make current", 1)])
def test_a_failing_step_leaves_the_eve_served(eve, name, nth):
    """The two renames that publish, and one fsync; the slow test below tries many more."""
    assert fail_once(name, nth, snapshot.current())


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in FAULTS if name not in ("into place", "make current")])
def test_any_failing_step_leaves_the_eve_served(eve, name):
    assert try_faults(name, 12) >= 1


@contextmanager
def killer() -> Iterator[Callable[[float], bool]]:
    """kill(moment): begin an intake of the second day and kill it `moment` seconds later; was it still at work?"""
    process = subprocess.Popen([sys.executable, str(SCRIPT), DAY_TWO.isoformat()], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               text=True, cwd=settings.ROOT, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})

    def kill(moment: float) -> bool:
        process.stdin.write(f"{moment}\n")
        process.stdin.flush()
        return process.stdout.readline() == "True\n"

    with process:
        yield kill


def kill_many(times: int, eve: snapshot.Snapshot) -> int:
    """Kill that many intakes, each at its own moment; how many were still at work. CURRENT is whole after every one."""
    rng, killed = random.Random(SEED), 0
    with killer() as kill:
        for attempt in range(times):
            killed += kill(rng.uniform(0, LONGEST))
            served = snapshot.current()
            assert served.business_date in (DAY_ONE, DAY_TWO), f"seed {SEED}, attempt {attempt}"
            for kept in snapshot.kept():
                snapshot.verify(kept)
            rewind(eve)
    return killed


def assert_recovers(times: int) -> None:
    eve = snapshot.current()
    killed = kill_many(times, eve)
    assert killed >= times // 2, f"seed {SEED}: only {killed} of {times} were killed while at work"
    assert take_in(DAY_TWO).outcome == "公開"
    assert query.standing().as_of == DAY_TWO
    assert not list(settings.snapshots().glob(".building-*"))


@pytest.mark.slow
def test_killed_intakes_leave_a_complete_snapshot(eve):
    assert_recovers(8)


@pytest.mark.slow
def test_forty_killed_intakes_leave_a_complete_snapshot(eve):
    assert_recovers(40)


def test_the_faults_are_real(tmp_path):
    fault = Failing(builtins.open, 2)
    fault(tmp_path / "a", "w").close()
    with pytest.raises(DiskFull):
        fault(tmp_path / "b", "w")

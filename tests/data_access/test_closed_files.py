"""Nobody else on the server reads what the console writes: the store, the snapshots, and what DuckDB spills."""

import os
import resource
from pathlib import Path

import duckdb
import pytest

import settings
import store
from data_access import spill
from data_access.query import ask
from tests.staff import CHIEF


def open_to_others(folder: Path) -> list[str]:
    return [f"{path.relative_to(folder)} {path.stat().st_mode & 0o777:o}" for path in [folder, *folder.rglob("*")] if path.stat().st_mode & 0o077]


def test_after_a_run_everything_at_home_is_the_service_s_own(city):
    ask(CHIEF, "districts")
    assert (city / "store.sqlite").exists()
    assert open_to_others(city) == []


def test_a_crash_leaves_no_picture_of_the_memory():
    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)


def test_what_was_open_is_closed_and_the_group_is_left_as_it_is(tmp_path, monkeypatch):
    home, file = tmp_path / "home", tmp_path / "home/store.sqlite"
    home.mkdir()
    file.touch()
    home.chmod(0o755)
    file.chmod(0o664)
    monkeypatch.setenv("CONSOLE_HOME", str(home))
    monkeypatch.delenv("CONSOLE_STORE_URL", raising=False)
    store.create_tables()
    assert [f"{path.stat().st_mode & 0o777:o}" for path in (home, file)] == ["750", "660"]
    store.engine().dispose()


def test_what_memory_does_not_hold_lies_at_home_and_is_closed(tmp_path, monkeypatch):
    monkeypatch.setenv("CONSOLE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    left = settings.temporary() / f"999999999-{0:032x}"
    left.mkdir(parents=True)
    (left / "duckdb_temp_block-1.block").touch()
    connection = spill.connect(memory_limit="24MB", threads=1)
    connection.execute("set enable_external_access = false; set lock_configuration = true")
    connection.execute("create table wide as select range as n, md5(range::varchar) || md5((range + 1)::varchar) as text from range(400000)")
    spilled = [path for path in settings.temporary().rglob("*") if path.is_file()]
    assert spilled, "the memory was enough: the test below is empty"
    assert {path.parent.parent for path in spilled} == {settings.temporary()}
    assert {path.parent.name.partition("-")[0] for path in spilled} == {str(os.getpid())}, "what a dead process left is gone"
    assert open_to_others(tmp_path) == []
    assert not (tmp_path / ".tmp").exists()
    connection.close()
    assert list(settings.temporary().iterdir()) == []


def test_the_memory_is_a_share_of_the_machine_s(tmp_path, monkeypatch):
    monkeypatch.setenv("CONSOLE_HOME", str(tmp_path))
    read = "select current_setting('memory_limit')"
    with spill.connect() as ours, duckdb.connect() as theirs:
        ours, theirs = (connection.execute(read).fetchone()[0] for connection in (ours, theirs))
    unit = pytest.approx(float(theirs.split()[0]) / 0.8 / spill.SHARE, rel=0.1)
    assert (float(ours.split()[0]), ours.split()[1]) == (unit, theirs.split()[1])

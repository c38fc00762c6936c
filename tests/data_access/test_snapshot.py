"""Publishing is all or nothing: at every moment CURRENT names a complete snapshot whose every byte is known."""

import json
import os
import subprocess
import sys
import threading

import duckdb
import pytest

import settings
from data_access import connection, query, snapshot
from data_access.connection import NothingPublished
from data_access.contract import tables
from data_access.intake import take_in
from data_access.snapshot import PublisherBusy, SnapshotRefused
from tests.data_access.feeds import DAY_ONE, DAY_TWO
from tests.staff import CHIEF


def different(one: snapshot.Snapshot, other: snapshot.Snapshot) -> list[str]:
    """The tables that do not hold the same rows, whatever their order."""
    names = one.manifest["tables"].keys() | other.manifest["tables"].keys()
    changed = [name for name in names if one.manifest["tables"].get(name) != other.manifest["tables"].get(name)]
    with duckdb.connect() as connection:
        return sorted(name for name in changed if connection.execute(
            f"(from '{one.folder}/{name}.parquet' except all from '{other.folder}/{name}.parquet') union all "
            f"(from '{other.folder}/{name}.parquet' except all from '{one.folder}/{name}.parquet')").fetchall())


def assert_served(expected: snapshot.Snapshot) -> None:
    served = snapshot.current()
    assert served == expected
    snapshot.verify(served)
    assert query.standing().snapshot_id == expected.id


def test_before_the_first_snapshot_nothing_is_served(empty_city):
    assert snapshot.current() is None
    assert snapshot.kept() == []
    with pytest.raises(NothingPublished, match="取り込んで"):
        query.ask(CHIEF, "worklist_queues", district=None)


def test_a_snapshot_holds_every_table_and_says_what_it_stands_on(city):
    served = snapshot.current()
    assert tables().keys() <= served.parquet("restricted").keys()
    assert served.manifest["sequences"] == {"atena": 2, "juminzei": 2, "keiji": 2, "kokuho": 2, "kotei": 2, "shuno": 2, "tainou": 1}
    assert served.business_date == DAY_TWO
    for name, entry in served.manifest["tables"].items():
        path = served.folder / f"{name}.parquet"
        assert path.stat().st_size == entry["bytes"]
        assert duckdb.execute(f"select count(*) from read_parquet('{path}')").fetchone() == (entry["rows"],), name
    assert {path.name for path in served.folder.iterdir()} == {"restricted", "derived", "manifest.json"}
    assert [kept.business_date for kept in snapshot.kept()] == [DAY_TWO, DAY_ONE]


def test_only_this_service_s_user_reads_the_layers(city):
    for layer in ("restricted", "derived"):
        assert (snapshot.current().folder / layer).stat().st_mode & 0o077 == 0


def test_the_same_feeds_make_the_same_tables(founded, eve):
    """Also the derived ones: no value depends on the order in which threads met the rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSOLE_HOME", str(founded["served"]))
        before = snapshot.current()
    assert take_in(DAY_TWO).outcome == "公開"
    assert different(before, snapshot.current()) == []


def test_a_changed_byte_is_found(own_city):
    served = snapshot.current()
    for name in served.manifest["tables"]:
        path = served.folder / f"{name}.parquet"
        honest = path.read_bytes()
        place = len(honest) // 2
        path.write_bytes(honest[:place] + bytes([honest[place] ^ 1]) + honest[place + 1:])
        with pytest.raises(SnapshotRefused, match=name):
            snapshot.verify(served)
        path.write_bytes(honest)
    snapshot.verify(served)


def test_a_damaged_snapshot_is_neither_served_nor_built_upon(eve):
    served = snapshot.current()
    path = served.folder / "restricted" / "receipt.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(SnapshotRefused, match="壊れています"):
        query.ask(CHIEF, "worklist_queues", district=None)
    with pytest.raises(SnapshotRefused, match="restricted/receipt"):
        take_in(DAY_TWO)
    assert snapshot.current() == served


def test_a_changed_manifest_is_found(own_city):
    served = snapshot.current()
    path = served.folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"ledger_seq": 9}, ensure_ascii=False), "utf-8")
    with pytest.raises(SnapshotRefused, match="書き換わって"):
        snapshot.current()


@pytest.mark.parametrize("name", ["../served", "/etc", "20261030T000000Z-0000000g", "CURRENT", "", "20261030T000000Z-00000000\n"])
def test_only_a_snapshot_s_name_is_looked_up(city, name):
    with pytest.raises(SnapshotRefused):
        snapshot.find(name)


def test_an_unknown_snapshot_is_refused(city):
    with pytest.raises(SnapshotRefused, match="がありません"):
        snapshot.find("20261030T000000Z-00000000")


def test_what_a_crash_left_behind_is_swept(own_city):
    left = settings.snapshots() / ".building-4711"
    (left / "restricted").mkdir(parents=True)
    (left / "restricted" / "person.parquet").write_bytes(b"half")
    with snapshot.building() as folder:
        assert not left.exists()
        assert folder.is_dir()
    assert not list(settings.snapshots().glob(".building-*"))


def test_two_publishers_at_once(eve):
    """The second is told to wait; the first goes on undisturbed."""
    with snapshot.building() as folder:
        with pytest.raises(PublisherBusy, match="ほかの取込"):
            take_in(DAY_TWO)
        command = [sys.executable, "-m", "data_access.intake", DAY_TWO.isoformat()]
        other = subprocess.run(command, cwd=settings.ROOT, capture_output=True, text=True, check=False)
        assert other.returncode == 1
        assert "ほかの取込" in other.stdout
        assert folder.is_dir()
    assert snapshot.current().business_date == DAY_ONE


@pytest.mark.slow
def test_many_publishers_in_threads(eve):
    ends, start = [], threading.Barrier(3)

    def publish() -> None:
        start.wait()
        try:
            ends.append(take_in(DAY_TWO).outcome)
        except PublisherBusy:
            ends.append("待ち")

    threads = [threading.Thread(target=publish) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["公開", "待ち", "待ち"]
    assert snapshot.current().business_date == DAY_TWO


def test_a_reader_stays_on_its_snapshot_while_the_next_is_published(eve):
    served = connection.engine()
    cursor = connection.reader(served, CHIEF)
    assert take_in(DAY_TWO).outcome == "公開"
    assert cursor.execute("select as_of from disclosed.standing").fetchone() == (DAY_ONE,)
    assert query.standing().as_of == DAY_TWO
    assert cursor.execute("select count(*) > 0 from disclosed.event").fetchone() == (True,)


@pytest.mark.slow
def test_a_command_takes_in_the_days_in_order(empty_city):
    command = [sys.executable, "-m", "data_access.intake", DAY_ONE.isoformat(), DAY_TWO.isoformat()]
    done = subprocess.run(command, cwd=settings.ROOT, capture_output=True, text=True, check=True)
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["公開", "公開"]
    assert snapshot.current().business_date == DAY_TWO
    assert os.environ["CONSOLE_HOME"] == str(empty_city)

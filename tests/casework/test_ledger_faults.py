"""The ledger and the access log under kill -9 and a full disk, with real processes and a real file."""

import json
import random
import sqlite3
import time
import uuid
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event

import store
from audit import chain, log
from casework import ledger
from tests.audit.stores import start

HERE = Path(__file__).parent


@pytest.mark.parametrize("kills", [3, pytest.param(40, marks=pytest.mark.slow)])
def test_a_killed_writer_loses_nothing_it_acknowledged(sqlite_file, kills):
    seed = 40 + kills
    chance = random.Random(seed)
    acknowledged, logged = {}, 0
    for kill in range(kills):
        events, entries = _run_until_killed(chance.uniform(0, 0.25))
        acknowledged |= events
        logged = max(logged, entries)
        found = {item.event_id: item.seq for item in ledger.events_after(0)}
        assert acknowledged.items() <= found.items(), f"seed {seed}, kill {kill}"
        assert ledger.verify() is None, f"seed {seed}, kill {kill}"
        assert log.verify() is None, f"seed {seed}, kill {kill}"
    # A kill between commit and answer may leave an event nobody was told of: at most one for each kill.
    assert len(acknowledged) <= ledger.last_seq() <= len(acknowledged) + kills, f"seed {seed}"
    assert logged <= chain.length(log.ACCESS_LOG), f"seed {seed}"
    assert len(acknowledged) >= kills, f"seed {seed}"  # each process is let to write one before it may be killed
    assert all(set(item.payload["body"]) <= set("0123456789") for item in ledger.events_after(0))
    assert _integrity(sqlite_file) == "ok"


def _run_until_killed(seconds: float) -> tuple[dict[str, int], int]:
    process = start(HERE / "appending_process.py", "0001")
    with process:
        lines = [process.stdout.readline()]
        time.sleep(seconds)
        process.kill()
        lines += process.stdout.read().splitlines()
    told = [line.split() for line in lines if len(line.split()) == 2 and line.split()[1].isdigit()]
    entries = [int(seq) for name, seq in told if name == "log"]
    return {name: int(seq) for name, seq in told if name != "log"}, max(entries, default=0)


@pytest.mark.slow
def test_four_processes_write_one_contiguous_chain(any_store):
    """Threads wait in turn inside a process; between processes only the store's own lock keeps the order."""
    writers = [start(HERE / "appending_process.py", f"{number:04d}", 40) for number in range(4)]
    told = [writer.communicate()[0].splitlines() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 4
    assert [len(lines) for lines in told] == [80] * 4
    assert [item.seq for item in ledger.events_after(0)] == list(range(1, 161))
    assert (ledger.verify(), log.verify(), log.count()) == (None, None, 160)


def test_another_process_s_write_is_waited_for_three_times(sqlite_file, monkeypatch):
    """Released after the first wait, the write is done; never released, it is told and nothing is there."""
    monkeypatch.setattr(store, "BUSY_MILLISECONDS", 20)
    store.engine().dispose()
    failures = []
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        def failed(_context) -> None:
            failures.append(1)
            if len(failures) == let_go_after:
                other.execute("rollback")

        event.listen(store.engine(), "handle_error", failed)
        for let_go_after, tries in ((1, 1), (0, 4)):
            other.execute("begin immediate")
            if let_go_after:
                assert _append().seq == 1
            else:
                with pytest.raises(ledger.LedgerUnavailable, match="3回試しても順番が来ませんでした.*何も記録されていません。入力を残したまま"):
                    _append()
            assert len(failures) == tries
    event.remove(store.engine(), "handle_error", failed)
    assert (ledger.last_seq(), ledger.verify()) == (1, None)


def _append() -> ledger.Event:
    return ledger.append(event_id=str(uuid.uuid4()), kind="negotiation_note", subject="0000012345", expected_version=0, payload={"body": "1"},
                         actor="sato", occurred_on=date(2026, 4, 1))


def test_a_full_disk_refuses_whole_and_recovers(sqlite_file):
    with start(HERE / "filling_process.py") as process:
        told = json.loads(process.stdout.read())
    assert process.returncode == 0
    assert told["refused"] >= 3, told
    assert told["residue"] == [], "an append that was refused had left something behind"
    assert told["acknowledged"] == list(range(1, len(told["acknowledged"]) + 1))
    assert len(told["acknowledged"]) >= 3, told
    assert [item.seq for item in ledger.events_after(0)] == told["acknowledged"]
    assert ledger.verify() is None
    assert _integrity(sqlite_file) == "ok"


def _integrity(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("pragma integrity_check").fetchone()[0]

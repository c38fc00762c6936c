"""The access log: complete, in order, on disk before anything is shown, or an error."""

import hashlib
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

import store
from audit import chain, log, verify
from tests.audit.stores import POSTGRES, raw


def entries() -> list[dict]:
    with store.engine().connect() as connection:
        return [dict(row) for row in connection.execute(select(log.ACCESS_LOG).order_by("seq")).mappings()]


@pytest.mark.skipif(not POSTGRES, reason="CONSOLE_TEST_POSTGRES に URL がないため、PostgreSQL では試していません")
def test_postgresql_is_tried_too(any_store):
    assert store.engine().dialect.name == any_store


def test_an_entry_holds_what_was_shown(any_store):
    seq = log.append(
        actor="sato",
        action="case.read",
        question="case_installments",
        snapshot_id="2026-04-01T0300Z-1a2b3c4d",
        row_count=12,
        atena_refs=["B", "A"],
        source="10.0.0.5",
        detail={"purpose": "来庁相談"},
    )
    (entry,) = entries()
    assert seq == entry["seq"] == 1
    assert (entry["actor"], entry["action"], entry["question"]) == ("sato", "case.read", "case_installments")
    assert (entry["row_count"], entry["source"]) == (12, "10.0.0.5")
    assert json.loads(entry["atena_refs"]) == ["A", "B"]
    assert json.loads(entry["detail"]) == {"purpose": "来庁相談"}
    assert entry["at"].endswith("Z")
    assert entry["prev_hash"] == chain.GENESIS


def test_the_hash_can_be_recomputed_from_the_row_alone(sqlite_file):
    log.append(actor="sato", action="home.read")
    log.append(actor="sato", action="worklist.read", detail={"区": "湖山"})
    first, second = entries()
    rest = {name: value for name, value in second.items() if name not in ("prev_hash", "hash")}
    canonical = json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert second["prev_hash"] == first["hash"]
    assert second["hash"] == hashlib.sha256((first["hash"] + canonical).encode()).hexdigest()


@pytest.mark.parametrize(("listed", "is_list"), [(200, True), (201, False)])
def test_a_long_list_of_persons_is_kept_as_count_and_hash(sqlite_file, listed, is_list):
    refs = [f"REF-{number:04d}" for number in reversed(range(listed))]
    log.append(actor="sato", action="worklist.read", row_count=listed, atena_refs=refs)
    kept = json.loads(entries()[0]["atena_refs"])
    if is_list:
        assert kept == sorted(refs)
    else:
        canonical = json.dumps(sorted(refs), separators=(",", ":"))
        assert kept == {"count": listed, "sha256": hashlib.sha256(canonical.encode()).hexdigest()}


@pytest.mark.parametrize("statement", ["update access_log set actor = 'x'", "delete from access_log"])
def test_the_database_refuses_to_change_an_entry(any_store, statement):
    log.append(actor="sato", action="home.read")
    with pytest.raises(DBAPIError, match="append-only"), store.engine().begin() as connection:
        connection.execute(text(statement))
    assert entries()[0]["actor"] == "sato"


def test_eight_threads_write_one_contiguous_chain(any_store):
    def fifty(actor: str) -> list[int]:
        return [log.append(actor=actor, action="worklist.read") for _ in range(50)]

    with ThreadPoolExecutor(8) as pool:
        returned = list(pool.map(fifty, [f"officer{number}" for number in range(8)]))
    assert sorted(seq for seqs in returned for seq in seqs) == list(range(1, 401))
    assert all(seqs == sorted(seqs) for seqs in returned)
    assert log.verify() is None


def test_appending_fails_closed_when_the_place_is_missing(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CONSOLE_STORE_URL", f"sqlite:///{tmp_path}/file/store.sqlite")
    with pytest.raises(log.AuditUnavailable, match="表示を止めました"):
        log.append(actor="sato", action="case.read")


def test_appending_fails_closed_when_the_table_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("CONSOLE_STORE_URL", f"sqlite:///{tmp_path}/new.sqlite")
    with pytest.raises(log.AuditUnavailable, match="OperationalError"):
        log.append(actor="sato", action="case.read")


def test_appending_fails_closed_when_another_program_holds_the_file(sqlite_file):
    with store.engine().connect() as connection:  # the pool hands the same connection out again
        connection.exec_driver_sql("pragma busy_timeout = 50")
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("begin exclusive")
        with pytest.raises(log.AuditUnavailable):
            log.append(actor="sato", action="case.read")
    assert log.append(actor="sato", action="case.read") == 1


def test_the_command_line_says_ok_and_names_the_first_bad_entry(sqlite_file, capsys):
    for _ in range(3):
        log.append(actor="sato", action="home.read")
    assert verify.main([]) == 0
    assert capsys.readouterr().out == "OK 3 件\n"
    raw(sqlite_file, "update access_log set actor = 'tanaka' where seq = 2")
    assert verify.main([]) == 1
    assert "2 番の記録" in capsys.readouterr().out


def test_the_command_line_says_so_when_it_cannot_read(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CONSOLE_STORE_URL", f"sqlite:///{tmp_path}/new.sqlite")
    assert verify.main([]) == 2
    assert "読めません" in capsys.readouterr().out

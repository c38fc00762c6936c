"""Refusals are in the chain, and a flood of them is a few entries that still add up."""

import json
import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

import settings
import store
from audit import log, refusal
from audit.log import AuditUnavailable
from tests.audit.stores import raw


def entries() -> list[dict]:
    with store.engine().connect() as connection:
        return [dict(row) for row in connection.execute(select(log.ACCESS_LOG).order_by("seq")).mappings()]


def counts() -> list[int]:
    return [json.loads(entry["detail"]).get("count", 1) for entry in entries()]


def at(monkeypatch, moment: datetime) -> None:
    monkeypatch.setattr(settings, "now", lambda: moment)


def test_the_first_few_are_entries_of_their_own(any_store):
    for _ in range(5):
        refusal.record(actor="sato", question="case_head", reason="権限がありません", atena_ref="REF-1")
    assert [(entry["actor"], entry["action"], entry["question"], entry["atena_refs"]) for entry in entries()] == [
        ("sato", "refused", "case_head", '["REF-1"]')
    ] * 5
    assert json.loads(entries()[0]["detail"]) == {"reason": "権限がありません"}


def test_ten_thousand_refused_sign_ins_are_eight_entries(sqlite_file, monkeypatch):
    start = datetime(2026, 10, 30, 1, tzinfo=UTC)
    with store.engine().connect() as connection:
        connection.exec_driver_sql("pragma synchronous = off")
        empty = connection.exec_driver_sql("pragma page_count").scalar_one()
    for number in range(10_000):
        at(monkeypatch, start + timedelta(seconds=number))
        refusal.record(actor="unknown", action="session.refused", source="10.0.0.9", reason="mismatch")
    assert counts() == [1, 1, 1, 1, 1, 5, 90, 900, 9_000]
    last = json.loads(entries()[-1]["detail"])
    assert (last["first"], last["last"]) == ("2026-10-30T01:16:39.000Z", "2026-10-30T03:46:39.000Z")
    assert log.verify() is None
    with store.engine().connect() as connection:
        assert connection.exec_driver_sql("pragma page_count").scalar_one() - empty < 15, "pages of 4 KiB"


def test_what_was_only_counted_is_written_when_the_day_is_over(any_store, monkeypatch):
    at(monkeypatch, datetime(2026, 10, 30, 1, tzinfo=UTC))
    for _ in range(47):
        refusal.record(actor="sato", reason="a")
    assert sum(counts()) == 10
    refusal.settle()
    assert sum(counts()) == 10, "the day is not over"
    at(monkeypatch, datetime(2026, 10, 31, 1, tzinfo=UTC))
    refusal.settle()
    assert sum(counts()) == 47
    refusal.settle()
    assert sum(counts()) == 47


def test_the_counts_add_up_whatever_comes_in_whatever_order(any_store, monkeypatch):
    seed = 20_261_030
    chance, total = random.Random(seed), 0
    moment = datetime(2026, 10, 30, tzinfo=UTC)
    for _ in range(300):
        moment += timedelta(minutes=chance.randrange(60))
        at(monkeypatch, moment)
        count = chance.choice([1, 1, 1, 7, 200])
        refusal.record(actor=chance.choice(["sato", "kato"]), reason=chance.choice("ab"), count=count)
        total += count
    at(monkeypatch, moment + timedelta(days=1))
    refusal.settle()
    assert sum(counts()) == total, f"seed {seed}"
    assert log.verify() is None


def test_kinds_without_end_end_up_in_one(sqlite_file, monkeypatch):
    at(monkeypatch, datetime(2026, 10, 30, tzinfo=UTC))
    monkeypatch.setattr(refusal, "MOST_KINDS", 20)
    for number in range(200):
        refusal.record(actor="unknown", action="session.refused", source=f"10.0.0.{number}", reason="mismatch")
    assert len(entries()) < 20 + 10
    at(monkeypatch, datetime(2026, 10, 31, tzinfo=UTC))
    refusal.settle()
    assert sum(counts()) == 200


def test_a_flood_of_kinds_does_not_take_the_name_from_anybody_else_s_refusal(sqlite_file, monkeypatch):
    monkeypatch.setattr(refusal, "MOST_KINDS", 20)
    for number in range(30):
        refusal.record(actor="unknown", action="session.refused", source=f"10.0.0.{number}", reason="mismatch")
        refusal.record(actor="kato", question="case_head", atena_ref=f"REF-{number}")
    refusal.record(actor="sato", question="case_head", reason="権限がありません", atena_ref="REF-1")
    assert [entries()[-1][name] for name in ("actor", "question", "atena_refs")] == ["sato", "case_head", '["REF-1"]']
    assert {entry["actor"] for entry in entries() if not entry["question"] and entry["action"] == "refused"} == {"unknown", "kato"}


@pytest.mark.parametrize("what", [refusal.settle, lambda: refusal.record(actor="sato")])
def test_it_says_so_when_nothing_can_be_written(sqlite_file, what):
    raw(sqlite_file, "drop table refusal_count")
    with pytest.raises(AuditUnavailable):
        what()


def test_a_count_and_its_entry_are_written_together(sqlite_file):
    """A refusal whose entry cannot be written is not counted as written either."""
    with closing(sqlite3.connect(sqlite_file)) as connection:
        connection.execute("create trigger full before insert on access_log begin select raise(abort, 'disk full'); end")
    with pytest.raises(AuditUnavailable):
        refusal.record(actor="sato")
    raw(sqlite_file)
    refusal.record(actor="sato")
    assert counts() == [1]

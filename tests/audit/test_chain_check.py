"""A chain walked in spans, one to a processor, says what one walk over all of it says."""

import hashlib
import random
import sqlite3
from contextlib import closing, nullcontext

import pytest

from audit import chain, chain_check, log, merkle
from tests.audit.stores import raw

ENTRIES, SPAN = 11, 4
SIZES = set(range(ENTRIES + 2))
CHANGES = (
    "update access_log set actor = 'nobody' where seq = {}",
    "update access_log set hash = 'nonsense' where seq = {}",
    "delete from access_log where seq = {}",
    "delete from access_log where seq >= {}",
    "update access_log set seq = seq + 1000 where seq = {}",
    "update access_log set seq = -seq where seq = {}",
    "update chain_head set seq = {} where chain = 'access_log'",
    "update chain_head set hash = (select hash from access_log where seq = {}) where chain = 'access_log'",
)


class OneAfterAnother(nullcontext):
    """Stands for the pool: the same calls in this process."""

    def __init__(self, *_, **__):
        super().__init__(self)

    map = staticmethod(map)


@pytest.fixture
def entries(sqlite_file):
    for number in range(ENTRIES):
        log.append(actor="佐藤", action="case.read", row_count=number, atena_refs=[f"REF-{number}"], detail={"理由": 'あ"\\\n😀'})
    raw(sqlite_file)
    return sqlite_file


def serial(sizes=SIZES) -> chain_check.Checked:
    return chain_check.check(log.ACCESS_LOG, sizes)


def test_the_processes_agree_with_one_walk_and_with_the_tree(entries):
    found = chain_check.check(log.ACCESS_LOG, SIZES, SPAN)
    with closing(sqlite3.connect(entries)) as connection:
        hashes = [sealed for (sealed,) in connection.execute("select hash from access_log order by seq")]
    assert found == serial() == chain_check.Checked(None, merkle.roots(hashes, SIZES))
    assert set(found.roots) == set(range(ENTRIES + 1))
    assert chain_check.check(log.ACCESS_LOG, (), SPAN) == chain_check.Checked(None, {})


@pytest.mark.parametrize("actor", [f"佐{chain_check.APART}藤", chain_check.APART, chain_check.APART * 9, '"\\\x01', ""])
def test_the_sign_between_the_texts_may_stand_in_one(sqlite_file, actor):
    """Read as written when it is, and never taken for the end of a text when somebody moves it."""
    log.append(actor=actor, action="case.read", question="case_head", detail={"理由": actor})
    assert log.verify() is None
    raw(sqlite_file)
    raw(sqlite_file, f"update access_log set action = 'case.read{chain_check.APART}x', actor = '' where seq = 1")
    assert log.verify() == 1


@pytest.mark.parametrize("change", ["row_count = '0'", "row_count = 0.5", "actor = x'e4bd90'", "detail = 1"])
def test_what_is_never_written_is_no_entry(entries, change):
    raw(entries, f"update access_log set {change} where seq = 7")
    assert serial().bad == 7


def test_a_change_is_found_across_processes(entries):
    raw(entries, "update access_log set detail = '{}' where seq = 10")
    assert chain_check.check(log.ACCESS_LOG, (), SPAN).bad == 10


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_changed_the_spans_find_what_one_walk_finds(entries, monkeypatch, change):
    monkeypatch.setattr(chain_check, "ProcessPoolExecutor", OneAfterAnother)
    untouched = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(entries)) as connection:
        connection.backup(untouched)
    for seq in range(1, ENTRIES + 1):
        raw(entries, change.format(seq))
        found = chain_check.check(log.ACCESS_LOG, SIZES, SPAN)
        assert found == serial(), seq
        assert chain_check.check(log.ACCESS_LOG, (), SPAN).bad == found.bad
        if not ("chain_head" in change and seq == ENTRIES):  # that is what it says already
            assert found.bad is not None, seq
        with closing(sqlite3.connect(entries)) as connection:
            untouched.backup(connection)
    untouched.close()


def test_a_span_sealed_anew_is_found_where_the_next_begins(entries, monkeypatch):
    """Every entry of the span holds in itself: only its neighbour knows another hash."""
    monkeypatch.setattr(chain_check, "ProcessPoolExecutor", OneAfterAnother)
    names = [column.name for column in log.ACCESS_LOG.columns]
    with closing(sqlite3.connect(entries)) as connection:
        rows = [dict(zip(names, row, strict=True)) for row in connection.execute("select * from access_log order by seq")]
        before = rows[SPAN - 1]["hash"]
        for row in rows[SPAN : 2 * SPAN]:
            row |= {"actor": "nobody", "prev_hash": before}
            row["hash"] = before = chain.seal(row)
            connection.execute("update access_log set actor = :actor, prev_hash = :prev_hash, hash = :hash where seq = :seq", row)
        connection.commit()
    assert chain_check.check(log.ACCESS_LOG, (), SPAN).bad == serial().bad == 2 * SPAN + 1


def test_trees_put_one_behind_the_other_are_one_tree():
    chance = random.Random(20_261_127)
    leaves = [hashlib.sha256(bytes([number])).hexdigest() for number in range(200)]
    wanted = merkle.roots(leaves, range(201))
    for _ in range(200):
        spans, size = chance.randrange(0, 12), 1 << chance.randrange(0, 5)
        tree, place = merkle.Tree(), 0
        for length in [size] * spans + [chance.randrange(0, size + 1)]:
            part = merkle.Tree()
            for sealed in leaves[place : place + length]:
                part.add(merkle.leaf(sealed))
            tree, place = tree.then(part), place + length
        assert (tree.size, tree.root()) == (place, wanted[place])

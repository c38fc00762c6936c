"""Any single change behind the console's back is found, at the entry where it was made.

The ledger and the access log are the same chain, so each change is tried on both.
"""

import random
import sqlite3
import uuid
from contextlib import closing
from datetime import date

import pytest

from audit import chain, chain_check, log
from casework import ledger
from tests.audit.stores import raw

ENTRIES = 12


@pytest.fixture(params=["event", "access_log"])
def table(request, sqlite_file):
    """A chain of ENTRIES entries with its triggers dropped."""
    for number in range(ENTRIES):
        if request.param == "event":
            ledger.append(
                event_id=str(uuid.uuid4()), kind="negotiation_note", subject="0001", expected_version=number,
                payload={"body": f"本文 {number}"}, actor="sato", occurred_on=date(2026, 4, 1),
            )  # fmt: skip
        else:
            log.append(actor="sato", action="case.read", row_count=number, atena_refs=[f"REF-{number}"])
    raw(sqlite_file)
    return {"event": ledger.EVENT, "access_log": log.ACCESS_LOG}[request.param]


def rows_of(connection: sqlite3.Connection, table) -> list[list]:
    return [list(row) for row in connection.execute(f"select * from {table.name} order by seq")]


def replace_rows(connection: sqlite3.Connection, table, rows: list[list]) -> None:
    connection.execute(f"delete from {table.name}")
    marks = ", ".join("?" * len(table.columns))
    connection.executemany(f"insert into {table.name} values ({marks})", rows)
    connection.commit()


def test_an_untouched_chain_verifies(table):
    assert chain_check.verify(table) is None
    assert chain.length(table) == ENTRIES


@pytest.mark.slow
def test_any_change_of_any_value_of_any_entry_is_found_there(table, sqlite_file):
    names = [column.name for column in table.columns]
    with closing(sqlite3.connect(sqlite_file)) as connection:
        whole = rows_of(connection, table)
        for seq in range(1, ENTRIES + 1):
            for place, name in enumerate(names[1:], start=1):
                changed = [list(row) for row in whole]
                old = changed[seq - 1][place]
                changed[seq - 1][place] = old + 1000 if isinstance(old, int) else f"{old or ''}x"
                replace_rows(connection, table, changed)
                assert chain_check.verify(table) == seq, f"seq {seq}, column {name}"
        replace_rows(connection, table, whole)
    assert chain_check.verify(table) is None


def test_one_flipped_bit_of_text_is_found(table, sqlite_file):
    seed = 20260401
    chance = random.Random(seed)
    texts = [i for i, column in enumerate(table.columns) if column.type.python_type is str]
    with closing(sqlite3.connect(sqlite_file)) as connection:
        whole = rows_of(connection, table)
        for attempt in range(100):
            changed = [list(row) for row in whole]
            seq = chance.randint(1, ENTRIES)
            place = chance.choice([i for i in texts if changed[seq - 1][i]])
            value = changed[seq - 1][place]
            at = chance.randrange(len(value))
            changed[seq - 1][place] = value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
            replace_rows(connection, table, changed)
            assert chain_check.verify(table) == seq, f"seed {seed}, attempt {attempt}"


@pytest.mark.parametrize("seq", [1, 2, ENTRIES // 2, ENTRIES - 1, ENTRIES])
def test_a_deleted_entry_is_found_even_the_newest(table, sqlite_file, seq):
    raw(sqlite_file, f"delete from {table.name} where seq = {seq}")
    assert chain_check.verify(table) == seq


@pytest.mark.parametrize("kept", [0, 1, ENTRIES - 3])
def test_a_cut_off_tail_is_found(table, sqlite_file, kept):
    raw(sqlite_file, f"delete from {table.name} where seq > {kept}")
    assert chain_check.verify(table) == kept + 1


@pytest.mark.parametrize(("first", "second"), [(1, 2), (1, ENTRIES), (4, 9), (ENTRIES - 1, ENTRIES)])
def test_two_swapped_entries_are_found_at_the_earlier_one(table, sqlite_file, first, second):
    with closing(sqlite3.connect(sqlite_file)) as connection:
        rows = rows_of(connection, table)
        rows[first - 1][1:], rows[second - 1][1:] = rows[second - 1][1:], rows[first - 1][1:]
        replace_rows(connection, table, rows)
    assert chain_check.verify(table) == first


@pytest.mark.parametrize("at", [1, 5, ENTRIES, ENTRIES + 1])
def test_an_inserted_entry_is_found_even_with_a_right_hash(table, sqlite_file, at):
    """The forger knows the rule and seals the false entry properly; the next one, or the head, gives it away."""
    names = [column.name for column in table.columns]
    with closing(sqlite3.connect(sqlite_file)) as connection:
        rows = rows_of(connection, table)
        forged = dict(zip(names, rows[0], strict=True)) | {"seq": at, "actor": "forger"}
        if table.name == "event":
            forged |= {"event_id": str(uuid.UUID(int=at)), "version": 900}
        forged["prev_hash"] = rows[at - 2][-1] if at > 1 else chain.GENESIS
        forged["hash"] = chain.seal(forged)
        later = [[row[0] + 1, *row[1:]] for row in rows[at - 1 :]]
        replace_rows(connection, table, [*rows[: at - 1], list(forged.values()), *later])
    assert chain_check.verify(table) == (at if at > ENTRIES else at + 1)


def test_an_entry_before_the_first_is_found(table, sqlite_file):
    with closing(sqlite3.connect(sqlite_file)) as connection:
        rows = rows_of(connection, table)
        forged = list(rows[0])
        forged[0] = 0
        if table.name == "event":
            forged[1], forged[4] = str(uuid.UUID(int=1)), 900
        replace_rows(connection, table, [forged, *rows])
    assert chain_check.verify(table) == 0


@pytest.mark.parametrize("seq", [1, 6, ENTRIES - 1, ENTRIES])
def test_a_rewritten_entry_with_a_right_hash_is_given_away_by_the_next_one_or_the_head(table, sqlite_file, seq):
    names = [column.name for column in table.columns]
    with closing(sqlite3.connect(sqlite_file)) as connection:
        rows = rows_of(connection, table)
        forged = dict(zip(names, rows[seq - 1], strict=True)) | {"actor": "forger"}
        forged["hash"] = chain.seal(forged)
        rows[seq - 1] = list(forged.values())
        replace_rows(connection, table, rows)
    assert chain_check.verify(table) == min(seq + 1, ENTRIES)


def test_a_value_of_another_type_is_found(table, sqlite_file):
    raw(sqlite_file, f"update {table.name} set actor = x'7361746f' where seq = 3")
    assert chain_check.verify(table) == 3

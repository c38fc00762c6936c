"""本人別アクセス記録: also who was on a long list, and in time over a million entries."""

import time

import pytest

import store
from audit import anchor, log, person
from tests import staff
from tests.audit.stores import raw

REFS = [f"{number:04d}-AAAA-BBBB" for number in range(log.MOST_REFS + 1)]


def test_a_long_list_is_kept_once_beside_the_chain_and_names_everybody(sqlite_file):
    for _ in range(2):
        log.append(actor="sato", action="export", question="worklist", atena_refs=REFS)
    log.append(actor="sato", action="export", question="worklist", atena_refs=REFS[:-1])
    seen = [row for row in person.history(staff.MANAGER, REFS[-1], "開示請求") if row["action"] == "export"]
    assert [row["person_count"] for row in seen] == [201, 201]
    assert person.unresolved() == 0
    with store.engine().connect() as connection:
        assert connection.exec_driver_sql("select count(*) from reference_list").scalar() == 1
    raw(sqlite_file, "delete from reference_list")
    assert person.unresolved() == 2


@pytest.mark.parametrize("written", ["""replace(atena_refs, '0200-AAAA-BBBB', '0200-AAAA-XXXX')""", "'[]'", "'nothing'"])
def test_a_changed_list_is_found_and_not_believed(sqlite_file, written):
    log.append(actor="sato", action="export", atena_refs=REFS)
    with store.engine().connect() as connection:
        kept_as = connection.exec_driver_sql("select kept_as from reference_list").scalar()
    assert log.references(kept_as) == REFS
    assert anchor.broken_chains() == []
    raw(sqlite_file, f"update reference_list set atena_refs = {written}")
    assert log.references(kept_as) is None
    assert [finding.place for finding in anchor.broken_chains()] == ["人の多い一覧の控え"]


@pytest.mark.slow
def test_a_million_entries_are_looked_through_within_a_minute(sqlite_file):
    log.append(actor="sato", action="case.read", question="case_head", atena_refs=[REFS[0]])
    raw(sqlite_file, """
        with recursive n(seq) as (select 2 union all select seq + 1 from n where seq < 1000000)
        insert into access_log (seq, at, actor, action, question, snapshot_id, row_count, atena_refs, source, detail, prev_hash, hash)
        select seq, '2026-10-30T00:00:00.000Z', 'sato', 'case.read', 'case_head', '20261030T000000Z-01234567', 1,
            '["' || printf('%04d', seq % 9000 + 300) || '-CCCC-DDDD"]', '', '{}', printf('%064d', seq - 1), printf('%064d', seq) from n
    """, "update chain_head set seq = 1000000, hash = printf('%064d', 1000000) where chain = 'access_log'")
    started = time.perf_counter()
    rows = person.history(staff.MANAGER, REFS[0], "開示請求")
    assert time.perf_counter() - started < 60
    assert [row["action"] for row in rows] == ["audit.person", "case.read"]
    assert len(person.history(staff.MANAGER, "0302-CCCC-DDDD", "開示請求")) > 100

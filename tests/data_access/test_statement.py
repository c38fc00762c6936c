"""One SELECT of an analyst: what it may read, what it may never reach, and that it ends."""

import json
import os
import subprocess
import sys
import time

import pytest
from sqlalchemy import select

import settings
import store
from audit import log
from auth.access import NotAllowed
from data_access import statement
from data_access.analysis import UNIT, layer
from data_access.statement import STATEMENT, StatementRefused, run, tables
from tests.queries.every_question import entries_after
from tests.staff import ADMIN, ANALYST, AUDITOR, CHIEF, MANAGER, OFFICER

STAGES = "select case_stage, sum(people) as people from procedure_arrears group by all order by 1"
TINY = {"part": {"columns": {"label": "varchar", "people": "bigint"}, "rows": [["a", 10], ["b", 20]]}}
MY_NUMBER = "123456789018"


def process(sql: str, environment: dict | None = None) -> dict:
    """The process by itself, over two rows."""
    ended = subprocess.run([sys.executable, "-I", "-c", statement.PROGRAM, str(settings.ROOT)], input=json.dumps({"sql": sql, "tables": TINY}).encode(),
                           capture_output=True, timeout=30, env=environment or {}, cwd="/", check=False)
    return json.loads(ended.stdout) if ended.returncode == 0 else {"outcome": f"ended {ended.returncode}"}


def test_a_select_over_the_released_parts(own_city):
    before = log.count()
    found = run(ANALYST, STAGES)
    parts = layer(ANALYST).parts.filter(theme="procedure", measure_group="arrears")
    assert dict(found.rows.iter_rows()) == {stage: own["people"].sum() for (stage,), own in parts.group_by("case_stage")}
    assert not found.is_cut
    entries = [entry for entry in entries_after(before) if entry["action"] == "analysis.sql"]
    assert [(entry["question"], entry["row_count"]) for entry in entries] == [("analysis_statement", 0), ("analysis_result", found.rows.height)]
    with store.engine().connect() as connection:
        kept = connection.execute(select(STATEMENT)).mappings().all()
    assert [(row["actor"], row["body"], row["sha256"] in entries[0]["detail"]) for row in kept] == [(ANALYST.name, STAGES, True)]
    assert "case_stage" not in entries[0]["detail"], "the chain has the hash of the text, not the text"


def test_its_tables_hold_the_parts_and_nothing_else(city):
    found = tables(layer(ANALYST))
    assert {row["table_name"] for row in statement.columns()} == found.keys()
    for row in statement.columns():
        frame = found[row["table_name"]]
        assert row["column_names"] == ", ".join(frame.columns)
        assert not {"atena_number", "atena_ref", "name", "district"} & {*frame.columns}
        for name in (name for name in frame.columns if name.endswith("_yen")):
            assert all(value % UNIT == 0 for value in frame[name])


@pytest.mark.parametrize("user", [MANAGER, CHIEF, OFFICER, ADMIN, AUDITOR], ids=lambda user: user.role)
def test_only_the_analyst_writes_one(city, user):
    with pytest.raises(NotAllowed):
        run(user, STAGES)


REFUSED = [
    "select 1; select 2", "copy part to '/tmp/out.csv'", "copy (select 1) to '/dev/stdout'", "attach '/tmp/x.db' as x", "pragma database_list", "set memory_limit = '8GB'",
    "reset lock_configuration", "install httpfs", "load httpfs", "create table x as select 1", "insert into part values ('c', 1)", "update part set people = 0",
    "delete from part", "drop table part", "export database '/tmp/x'", "import database '/tmp/x'", "explain analyze select 1", "call pragma_version()", "vacuum",
    "checkpoint", "use main", "prepare x as select 1", "execute x", "set variable a = 1", "select $1", "", ";", "-- nothing",
    "select * from read_csv('/etc/passwd')", "select * from read_csv_auto('/etc/passwd')", "select * from read_parquet('/tmp/*.parquet')", "select * from read_json('/etc/passwd')",
    "select * from read_text('/etc/passwd')", "select * from read_blob('/proc/self/environ')", "select * from glob('/*')", "select * from sniff_csv('/etc/passwd')",
    "select * from parquet_metadata('x')", "select * from '/etc/passwd'", "select * from 'https://example.com/x.parquet'", "from \"/proc/self/maps\"",
    "select getenv('HOME')", "select current_setting('temp_directory')", "select getvariable('x')", "select * from duckdb_settings()", "select * from duckdb_secrets()",
    "select * from pragma_table_info('part')", "select * from information_schema.tables", "select * from duckdb_tables()", "select * from pg_catalog.pg_class",
    "select * from sqlite_master", "select * from query('select 1')", "select * from query_table('part')", "with a as (select * from read_text('/etc/hosts')) select * from a",
    "select (select count(*) from read_csv('/etc/passwd'))", "select * from part where label in (select content from read_text('/etc/hosts'))",
    "select * from system.main.part", "select * from other.part", "describe part", "show tables", "summarize part", "pivot part on label using sum(people)",
]


@pytest.mark.parametrize("sql", REFUSED)
def test_what_is_no_select_over_the_parts_is_not_run(sql):
    assert process(sql)["outcome"] == "refused"


@pytest.mark.parametrize("sql", [
    "select label, people * 2 from part", "with a as (select * from part) select sum(people) from a", "from part", "select unnest([1, 2, 3])",
    "select people, rank() over (order by people) from part union all select 1, 2", "select p.label from part p join part q using (label)",
    "with recursive a(n) as (select 1 union all select n + 1 from a where n < 9) select n from a", "select label from part -- ; drop table part",
])
def test_an_honest_select_is_run(sql):
    assert process(sql)["outcome"] == "rows"


@pytest.mark.parametrize(("sql", "words"), [
    ("select peple from part", "その名前の列がありません"), ("select p.peple from part as p", "その名前の列がありません"), ("select label, sum(people) from part", "group by に書いてください"),
    ("select nosuch(people) from part", "その名前の関数はありません"), ("select sum(label) from part", "型"), ("select label::integer from part", "値の型が合いません"),
    ("select label > 3 from part", "値の型"), ("select people from part p, part q", "同じ名前の列が2つ"), ("select people form part x", "書き方"), ("select (people from part", "書き方"),
    ("select error('x')", "実行できませんでした"),
])
def test_what_went_wrong_is_said_in_japanese_before_the_words_of_duckdb(sql, words):
    found = process(sql)
    assert found["outcome"] == "failed"
    first, _, rest = found["told"].partition("\n")
    assert words in first
    assert rest, "what DuckDB says of it is below"


@pytest.mark.parametrize("sql", [
    "select repeat('x', 1000000000) from part", "select list(a.n) from (select unnest(generate_series(1, 200000000)) as n) as a",
    "select string_agg(a.n::varchar) from (select unnest(generate_series(1, 100000000)) as n) as a",
    "select repeat('x', 3000) from (select unnest(generate_series(1, 9000)))",
])
def test_memory_ends_where_it_is_set(sql):
    """DuckDB's own limit, the address space, or the size of the answer: it does not come back with rows, and soon."""
    started = time.monotonic()
    assert process(sql)["outcome"] != "rows"
    assert time.monotonic() - started < 25


def test_more_rows_than_ten_thousand_are_cut():
    found = process("select unnest(generate_series(1, 20000)) as n")
    assert (len(found["rows"]), found["is_cut"]) == (10_000, True)


def test_what_does_not_end_is_killed_and_on_record(own_city, monkeypatch):
    monkeypatch.setattr(statement, "SECONDS", 3)
    before, started = log.count(), time.monotonic()
    with pytest.raises(StatementRefused, match="秒を超えたため"):
        run(ANALYST, "with recursive a(n) as (select 1 union all select n + 1 from a) select count(*) from a")
    assert time.monotonic() - started < 10
    assert [(entry["action"], '"outcome":"killed"' in entry["detail"]) for entry in entries_after(before)] == [("analysis.sql", False), ("analysis.sql", True)]


def test_a_slip_is_no_attempt(own_city):
    """What cannot be read is on record as a result, not among the refusals that a review counts."""
    before = log.count()
    for body in ("selec 1", "select nothing from size_arrears"):
        with pytest.raises(StatementRefused):
            run(ANALYST, body)
    assert [entry["action"] for entry in entries_after(before)] == ["analysis.sql"] * 4


def test_a_third_at_the_same_time_waits_and_is_told(own_city, monkeypatch):
    monkeypatch.setattr(statement, "WAITS", 0)
    with statement._turn, statement._turn, pytest.raises(StatementRefused, match="ほかの人のSELECT"):
        run(ANALYST, STAGES)


def test_a_huge_join_is_killed(own_city, monkeypatch):
    monkeypatch.setattr(statement, "SECONDS", 3)
    join = " cross join ".join(f"(select unnest(generate_series(1, 100000)) as n{at}) as t{at}" for at in range(4))
    with pytest.raises(StatementRefused, match="秒を超えたため|上限"):
        run(ANALYST, f"select sum(n0 * n1 % 7 + n2 * n3 % 11) from {join}")


def test_an_error_tells_of_nothing_outside():
    told = [process(sql)["told"] for sql in ("select error(label) from part", "select cast(label as integer) from part", "select nothing from part",
                                             "select * from read_csv('/etc/shadow')", "select * from '/etc/gshadow'")]
    assert all(word not in text for text in told for word in ("root:", "console", "Permission", "No such file", str(settings.ROOT)))


def test_a_path_that_exists_and_one_that_does_not_are_refused_alike():
    one, other = (process(f"select * from read_text('{path}')")["told"] for path in ("/etc/passwd", "/etc/no-such-file"))
    assert one == other


BEHIND = """
import json, sys
sys.path.insert(0, sys.argv[1])
import data_access.question
data_access.question.tables_outside = lambda *_: []
from data_access import statement_process
sys.exit(statement_process.main())
"""


@pytest.mark.parametrize("sql", ["select * from read_text('/etc/hosts')", "select * from read_csv('/etc/passwd')", "select * from '/etc/passwd'", "select * from glob('/*')",
                                 "select * from read_parquet('https://example.com/x.parquet')", "select getenv('SECRET')"])
def test_behind_the_reading_of_the_text_nothing_can_be_opened_either(sql):
    """The second wall by itself: the check of the text is taken away, and the process still cannot reach a file, a host or its surroundings."""
    ended = subprocess.run([sys.executable, "-I", "-c", BEHIND, str(settings.ROOT)], input=json.dumps({"sql": sql, "tables": TINY}).encode(), capture_output=True,
                           timeout=30, env={}, cwd="/", check=False)
    told = json.loads(ended.stdout)
    assert told["outcome"] == "failed" or told.get("rows") == [[None]], told


def test_the_process_inherits_nothing(own_city, monkeypatch):
    """No environment (so no CONSOLE_HOME), no working folder of ours, no open file but its three, a session of its own."""
    seen, real = {}, subprocess.run

    def watched(command, **how):
        seen.update(how)
        return real(command, **how)

    monkeypatch.setattr(statement.subprocess, "run", watched)
    run(ANALYST, STAGES)
    assert (seen["env"], seen["cwd"], seen["start_new_session"]) == ({}, "/", True)
    assert "close_fds" not in seen, "Python closes the others by itself"
    assert os.environ["CONSOLE_HOME"] not in seen["input"].decode()


@pytest.mark.parametrize("body", [f"select {MY_NUMBER}", "select '1234 5678 9018'", "select '１２３４５６７８９０１８'"])
def test_a_my_number_is_refused_and_kept_nowhere(own_city, body):
    """個人番号 in a statement: refused before it is written or run."""
    before = log.count()
    with pytest.raises(StatementRefused, match="個人番号"):
        run(ANALYST, body)
    assert [entry["action"] for entry in entries_after(before)][-1] == "refused"
    stored = b"".join(path.read_bytes() for path in own_city.glob("store.sqlite*")).decode("utf-8", "replace")
    assert not any(typed in stored for typed in (MY_NUMBER, "1234 5678 9018", "１２３４５６７８９０１８"))


def test_what_was_refused_stands_in_the_chain_with_its_text(own_city):
    before = log.count()
    with pytest.raises(StatementRefused, match="使えない表か関数"):
        run(ANALYST, "select * from read_csv('/etc/passwd')")
    assert [entry["action"] for entry in entries_after(before)] == ["analysis.sql", "refused"]
    assert log.verify() is None
    with store.engine().connect() as connection:
        assert connection.execute(select(STATEMENT.c.body)).scalars().all() == ["select * from read_csv('/etc/passwd')"]


def test_without_the_log_nothing_runs(own_city, monkeypatch):
    def full(**_what):
        raise log.AuditUnavailable("記録できません")

    monkeypatch.setattr(statement.log, "append", full)
    monkeypatch.setattr(statement, "_ask_process", lambda _asked: pytest.fail("it ran"))
    with pytest.raises(log.AuditUnavailable):
        run(ANALYST, STAGES)

"""A question is one SELECT over schema disclosed; a text that reaches elsewhere is never run."""

import duckdb
import pytest

from data_access import question as shelf
from data_access.contract import labels
from data_access.query import ask
from data_access.question import QuestionInvalid, question, tables_outside
from tests.queries.every_question import NAMES, parameters
from tests.staff import CHIEF

HEAD = "-- grain: one person\n-- action: worklist.read\n"
BAD = {
    "set variable": HEAD + "set variable scope = 'all'",
    "set and select": HEAD + "set variable scope = 'all'; select * from disclosed.delinquent",
    "two selects": HEAD + "select 1; select 2",
    "no grain": "-- action: worklist.read\nselect 1",
    "no action": "-- grain: one\nselect 1",
    "nothing": HEAD,
    "no sql": HEAD + "selec 1",
    "insert": HEAD + "insert into serving.live_note select * from serving.live_note",
    "update": HEAD + "update derived.delinquent set unpaid_yen = 0",
    "delete": HEAD + "delete from serving.intake",
    "drop": HEAD + "drop view disclosed.delinquent",
    "create": HEAD + "create view disclosed.more as from derived.delinquent",
    "copy": HEAD + "copy (select 1) to 'out.csv'",
    "attach": HEAD + "attach 'x.db'",
    "install": HEAD + "install httpfs",
    "pragma": HEAD + "pragma database_list",
    "explain": HEAD + "explain select * from derived.delinquent",
    "call": HEAD + "call pragma_table_info('derived.delinquent')",
    "variable": HEAD + "select getvariable('districts')",
    "variable in capitals": HEAD + "select GETVARIABLE('districts')",
    "variable in quotes": HEAD + "select \"getVariable\"('districts')",
    "variable by schema": HEAD + "select system.main.getvariable('districts')",
    "variable inside": HEAD + "select * from disclosed.delinquent where district_code in (select unnest(getvariable('districts')))",
    "setting": HEAD + "select current_setting('allowed_paths')",
    "environment": HEAD + "select getenv('HOME')",
    "file": HEAD + "select * from read_parquet('person.parquet')",
    "file by name": HEAD + "select * from 'person.parquet'",
    "text file": HEAD + "select * from read_text('/etc/passwd')",
    "folder": HEAD + "select * from glob('/etc/*')",
    "csv": HEAD + "select * from read_csv('x.csv')",
    "derived": HEAD + "select * from derived.delinquent",
    "source": HEAD + "select * from source.person",
    "serving": HEAD + "select * from serving.live_note",
    "catalog": HEAD + "select * from memory.derived.delinquent",
    "no schema": HEAD + "select * from delinquent",
    "join": HEAD + "select * from disclosed.delinquent join source.person using (name)",
    "subquery": HEAD + "select (select max(name) from source.person)",
    "exists": HEAD + "select 1 where exists (from source.person)",
    "lateral": HEAD + "select * from disclosed.delinquent, lateral (select * from source.person)",
    "union": HEAD + "select name from disclosed.delinquent union select name from source.person",
    "in a cte": HEAD + "with known as (select * from source.person) select * from known",
    "recursive cte": HEAD + "with recursive one as (select 1 union all select 1 from source.person) from one",
    "order by": HEAD + "select 1 order by (select count(*) from source.person)",
    "query function": HEAD + "select * from query('from source.person')",
    "query table": HEAD + "select * from query_table('source.person')",
    "catalogue tables": HEAD + "select * from duckdb_tables()",
    "information schema": HEAD + "select * from information_schema.columns",
    "pg catalogue": HEAD + "select * from pg_catalog.pg_tables",
    "sqlite master": HEAD + "select * from sqlite_master",
    "summarize": HEAD + "select * from (summarize derived.delinquent)",
    "describe": HEAD + "select * from (describe derived.delinquent)",
    "show": HEAD + "select * from (show all tables)",
    "pivot": HEAD + "pivot derived.rate_cube on year_class using sum(assessed_yen)",
}


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder of questions of our own."""
    monkeypatch.setattr(shelf, "QUERIES", tmp_path)
    question.cache_clear()
    yield tmp_path
    question.cache_clear()


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_a_bad_text_is_refused_before_it_is_run(desk, text):
    (desk / "bad.sql").write_text(text, "utf-8")
    with pytest.raises((QuestionInvalid, duckdb.ParserException)):
        ask(CHIEF, "bad")


@pytest.mark.parametrize("sql", [
    "select 1",
    "with a as (select * from disclosed.delinquent) select * from a, unnest([1, 2])",
    "select *, count(*) over () from disclosed.rate where district_code = $district",
    "select unnest(generate_series(1, 3))",
])
def test_a_good_text_reads_nothing_else(sql):
    assert tables_outside(sql) == []


@pytest.mark.parametrize("name", ["../derived/place", "..", "/etc/passwd", "case_head.sql", "CASE_HEAD", "case head", "", "nothing", "case_head\n", "a;b"])
def test_only_a_question_s_name_is_asked(city, name):
    with pytest.raises(QuestionInvalid):
        ask(CHIEF, name)


@pytest.mark.parametrize("name", NAMES)
def test_missing_and_excess_parameters_are_refused(city, name):
    own = parameters(name)
    with pytest.raises(duckdb.Error):
        ask(CHIEF, name, **own, more=1)
    for left_out in list(own)[:1]:
        with pytest.raises(duckdb.Error):
            ask(CHIEF, name, **{key: value for key, value in own.items() if key != left_out})


@pytest.mark.parametrize("value", ["' or 1=1 --", "'; drop view disclosed.delinquent; --", "\x00", "%", "D01' or 'a'='a", "｡＊＊"])
def test_a_parameter_is_never_sql(city, value):
    assert ask(CHIEF, "case_head", atena_ref=value).is_empty()
    assert ask(CHIEF, "worklist_queues", district=value).is_empty()
    assert ask(CHIEF, "case_search", atena_ref=None, person_name=value, birth_date=None, town=value).is_empty()


# Columns that a page needs and does not show under a heading of their own; nor does it show is_… and has_….
UNLABELLED = {
    "as_of", "reasons", "proposal_id", "matter", "decision", "evidence_ids", "approved_by", "total_count", "total_yen", "queue", "urgency", "day", "first_day", "part_order", "month_index",
    "assessed_before_yen", "received_before_yen", "note_version", "last_attempt_on", "last_payment_yen", "missed_demand_deadline",
    "demand_deadline", "mail_returned_on", "suspension_ground", "mailing_address", "addressee_name", "address", "resident_state",
}


@pytest.mark.parametrize("name", NAMES)
def test_every_column_of_an_answer_has_a_label(city, name):
    columns = [name for name in ask(CHIEF, name, **parameters(name)).columns if not name.startswith(("is_", "has_"))]
    missing = sorted(set(columns) - labels().keys() - UNLABELLED)
    assert missing == [], f"data_access/contract/screen.toml に見出しがありません: {missing}"

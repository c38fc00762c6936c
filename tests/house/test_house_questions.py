"""queries/*.sql: one file is one SELECT over schema `disclosed`, with its grain and the action it needs."""

import json
import re
import tomllib

import duckdb
import pytest

from tests.house.test_house_code import bare_sql
from tests.house.tree import ROOT, texts, told

ROW_MAKERS = {"unnest", "range", "generate_series"}
ACTIONS = tomllib.loads((ROOT / "auth/permissions.toml").read_text(encoding="utf-8"))["actions"]
REACHES_OUT = {"getenv", "getvariable", "current_setting", "query", "query_table", "read_text", "read_blob", "read_csv", "read_parquet"}


def questions() -> list[tuple[str, str]]:
    return texts(".sql", under="queries/")


def broken(path: str, sql: str, connection: duckdb.DuckDBPyConnection):
    yield from header_errors(path, sql)
    upper = re.search(r"\b[A-Z][A-Z_]*\b", bare_sql(sql))
    if upper:
        yield f"{path}: {upper[0]} は大文字です。SQL は小文字で書きます（house の書き方）。"
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        yield f"{path}: SQL として読めません（{error}）。"
        return
    if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
        yield f"{path}: SELECT 文がちょうど1つではありません。1ファイルは1つの問いです。"
        return
    positional = [name for name in statements[0].named_parameters if not re.fullmatch(r"[a-z][a-z_0-9]*", name)]
    if positional:
        yield f"{path}: 名前のないパラメータがあります。$district_code のように名前を付けてください。"
    yield from outside_reads(path, sql, connection)


def header_errors(path: str, sql: str):
    header = dict(re.findall(r"^-- (grain|action): *(\S.*?) *$", sql, re.MULTILINE))
    if "grain" not in header:
        yield f"{path}: 先頭に「-- grain: 1行が何か」がありません。"
    if header.get("action") not in ACTIONS:
        yield f"{path}: 「-- action: …」がないか、権限表にない操作です（{header.get('action')}）。auth/permissions.toml の操作を書いてください。"


def outside_reads(path: str, sql: str, connection: duckdb.DuckDBPyConnection):
    text = connection.cursor().execute("select json_serialize_sql(?::varchar)", [sql]).fetchone()[0]
    tree = json.loads(text)
    if tree.get("error"):
        yield f"{path}: 読む表を確かめられません（{tree.get('error_message')}）。ふつうの SELECT に書き直してください。"
        return
    nodes = list(descend(tree))
    own = {entry["key"] for node in nodes for entry in (node.get("cte_map") or {}).get("map", ())}
    for node in nodes:
        table = (node.get("schema_name", ""), node.get("table_name", ""))
        is_own = table[0] == "disclosed" or (not table[0] and table[1] in own)
        if node.get("type") == "BASE_TABLE" and not is_own:
            yield f"{path}: {'.'.join(filter(None, table))} を読んでいます。読めるのはスキーマ disclosed だけです（行・列・伏字はそこで決まります）。"
        function = node.get("function_name", "")
        if function in REACHES_OUT or (node.get("type") == "TABLE_FUNCTION" and made_by(node) not in ROW_MAKERS):
            yield f"{path}: 関数 {function or made_by(node)} はスキーマ disclosed の外に届きます。使わないでください。"
        if node.get("type") == "SHOW_REF":
            yield f"{path}: describe・show・summarize は問いではありません。"


def made_by(node: dict) -> str:
    return (node.get("function") or {}).get("function_name", "")


def descend(node):
    if isinstance(node, dict):
        yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from descend(child)


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        yield connection


def test_every_question_keeps_the_rules(connection):
    complaints = told(complaint for path, sql in questions() for complaint in broken(path, sql, connection))
    assert not complaints, complaints


def test_questions_are_sql_files_and_nothing_else():
    others = [path.name for path in (ROOT / "queries").glob("*") if path.suffix != ".sql"]
    assert not others, f"queries/ に置けるのは .sql だけです: {others}"


HEADER = "-- grain: one person\n-- action: case.read\n"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("-- action: case.read\nselect 1", "grain"),
        ("-- grain: one person\nselect 1", "action"),
        ("-- grain: one person\n-- action: case.erase\nselect 1", "case.erase"),
        (HEADER + "SELECT name from disclosed.person", "大文字"),
        (HEADER + "select 1; select 2", "ちょうど1つ"),
        (HEADER + "delete from disclosed.person", "ちょうど1つ"),
        (HEADER + "set variable clearance = 'all'", "ちょうど1つ"),
        (HEADER + "select name from disclosed.person where atena_ref = ?", "名前のない"),
        (HEADER + "select name from derived.person", "derived.person"),
        (HEADER + "select name from person", "person を読んで"),
        (HEADER + "with a as (select 1 from source.person) from a", "source.person"),
        (HEADER + "select * from read_parquet('x')", "read_parquet"),
        (HEADER + "select * from 'x.parquet'", "x.parquet"),
        (HEADER + "select 1 where exists (select 1 from duckdb_settings())", "duckdb_settings"),
        (HEADER + "select getvariable('clearance')", "getvariable"),
        (HEADER + "describe select 1", "describe"),
        (HEADER + "selec 1", "読めません"),
    ],
)
def test_the_rule_sees_a_broken_question(connection, sql, said):
    assert said in told(broken("queries/x.sql", sql, connection))


def test_the_rule_lets_a_good_question_pass(connection):
    sql = (
        HEADER + "with due as (select * from disclosed.installment where due_date <= $as_of)\n"
        "select name, 'SELECT' as word from due join disclosed.person using (atena_ref), unnest([1, 2]) as n (part)"
    )
    assert not told(broken("queries/x.sql", sql, connection))

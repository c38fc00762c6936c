"""Questions: the files in queries/, each checked before it may ever run.

A question is exactly one SELECT with named parameters over schema `disclosed`; its first lines state its grain
and the action it needs. Nothing else in the house runs SQL for a person.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

QUERIES = Path(__file__).resolve().parent.parent / "queries"
HEADER = re.compile(r"^-- (grain|action): (.+)$", re.MULTILINE)
# Views of sums in which nobody stands: what reads no other is answered even while the access log cannot be written (query.ask).
WITHOUT_PERSONS = frozenset({
    "standing", "rate", "rate_month", "rate_part", "activity_month", "arrears_standing", "change_term", "change_total", "suspension_summary",
    "suspension_breakdown", "suspension_lacking", "lost_count", "difference_summary", "intake", "district",
})
HARMLESS_SOURCES = {"unnest", "generate_series"}
REACHES_OUT = {"getvariable", "current_setting", "getenv", "read_text", "read_blob", "query", "query_table"}


class QuestionInvalid(Exception):
    """A file in queries/ breaks the rules of a question; for the developer, never for staff."""


@dataclass(frozen=True)
class Question:
    """A checked question: its text, its stated grain, the action it needs, and whether it reads nothing but sums (WITHOUT_PERSONS)."""

    name: str
    sql: str
    grain: str
    action: str
    is_without_persons: bool


@cache
def question(name: str) -> Question:
    """The question in queries/<name>.sql. Raises QuestionInvalid when the file breaks a rule."""
    if not re.fullmatch(r"[a-z_]+", name) or not (QUERIES / f"{name}.sql").is_file():
        raise QuestionInvalid(f"{name!r} is no question's name")
    sql = (QUERIES / f"{name}.sql").read_text("utf-8")
    header = dict(HEADER.findall(sql))
    if header.keys() != {"grain", "action"}:
        raise QuestionInvalid(f"queries/{name}.sql: its first lines must state -- grain: and -- action:")
    statements = duckdb.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise QuestionInvalid(f"queries/{name}.sql: must be exactly one SELECT")
    if outside := tables_outside(sql):
        raise QuestionInvalid(f"queries/{name}.sql reads {', '.join(outside)}: questions read schema disclosed only")
    return Question(name, sql, header["grain"], header["action"], _disclosed(sql) <= WITHOUT_PERSONS)


def tables_outside(sql: str, known: frozenset[str] = frozenset()) -> list[str]:
    """What a SELECT reads besides schema disclosed, its own CTEs, the tables `known` and unnest; variables count as outside."""
    with duckdb.connect() as parser:
        tree = json.loads(parser.execute("select json_serialize_sql(?::varchar)", [sql]).fetchone()[0])
    if tree.get("error"):
        return [tree.get("error_message", "unreadable")]
    nodes = list(_nodes(tree))
    ctes = {entry["key"] for node in nodes for entry in (node.get("cte_map") or {}).get("map", ())}
    return sorted({reading for node in nodes for reading in _readings(node, ctes | known)})


def _disclosed(sql: str) -> set[str]:
    """The views of schema disclosed that a checked SELECT reads."""
    with duckdb.connect() as parser:
        tree = json.loads(parser.execute("select json_serialize_sql(?::varchar)", [sql]).fetchone()[0])
    return {node["table_name"] for node in _nodes(tree) if node.get("type") == "BASE_TABLE" and node["schema_name"] == "disclosed"}


def _nodes(part) -> Iterator[dict]:
    if isinstance(part, dict):
        yield part
    for child in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _nodes(child)


def _readings(node: dict, ctes: set[str]) -> Iterator[str]:
    kind, function = node.get("type"), (node.get("function_name") or "").lower()
    if kind == "BASE_TABLE" and node["schema_name"] != "disclosed" and (node["schema_name"] or node["table_name"] not in ctes):
        yield f"{node['schema_name']}.{node['table_name']}"
    if kind == "TABLE_FUNCTION" and node["function"]["function_name"] not in HARMLESS_SOURCES:
        yield f"function.{node['function']['function_name']}"
    if kind == "SHOW_REF":
        yield "function.describe"
    if function in REACHES_OUT:
        yield f"function.{function}"

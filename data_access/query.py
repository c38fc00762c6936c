"""ask(user, question, **params): the one way from a page to the data.

A question is a file in queries/: one SELECT over schema `disclosed`, with its grain and the action it needs in the
first lines. It runs on a cursor that carries the asker's districts and clearance, and what it discloses is in
the access log before the caller sees it.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

import settings
from audit import log
from auth.access import NotAllowed, User, decide
from casework.subject import Subject
from data_access.connection import engine, reader

QUERIES = Path(__file__).resolve().parent.parent / "queries"
HEADER = re.compile(r"^-- (grain|action): (.+)$", re.MULTILINE)
STALE_HOURS, BLOCKED_HOURS = 26, 72
CLOSING_HOUR = 17


class QuestionInvalid(Exception):
    """A file in queries/ breaks the rules of a question; for the developer, never for staff."""


@dataclass(frozen=True)
class Question:
    """A checked question: its text, its stated grain, the action it needs."""

    name: str
    sql: str
    grain: str
    action: str


@dataclass(frozen=True)
class Standing:
    """Which data the screens show: 基準日, snapshot, when it was published, how old it is."""

    as_of: date
    snapshot_id: str
    published_at: datetime
    age_hours: float

    @property
    def is_stale(self) -> bool:
        return self.age_hours > STALE_HOURS


@cache
def question(name: str) -> Question:
    """The question in queries/<name>.sql. Raises QuestionInvalid when the file breaks a rule."""
    if not re.fullmatch(r"[a-z_]+", name):
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
    return Question(name, sql, header["grain"], header["action"])


def tables_outside(sql: str) -> list[str]:
    """What a SELECT reads besides schema disclosed, its own CTEs and unnest; variables count as outside."""
    tree = json.loads(duckdb.connect().execute("select json_serialize_sql(?::varchar)", [sql]).fetchone()[0])
    if tree.get("error"):
        return [tree.get("error_message", "unreadable")]
    named, found = set(), []

    def walk(node) -> None:
        if isinstance(node, list):
            for part in node:
                walk(part)
        if not isinstance(node, dict):
            return
        named.update(entry["key"] for entry in (node.get("cte_map") or {}).get("map", ()))
        if node.get("type") == "BASE_TABLE":
            found.append((node["schema_name"], node["table_name"]))
        if node.get("type") == "TABLE_FUNCTION" and node["function"]["function_name"] not in ("unnest", "generate_series"):
            found.append(("function", node["function"]["function_name"]))
        if node.get("function_name") in ("getvariable", "getenv", "read_text", "query", "query_table"):
            found.append(("function", node["function_name"]))
        for part in node.values():
            walk(part)

    walk(tree)
    return sorted({f"{schema}.{table}" for schema, table in found if schema != "disclosed" and (schema or table not in named)})


def ask(user: User, name: str, **params: object) -> pl.DataFrame:
    """The answer to queries/<name>.sql for `user`, one row per its stated grain.

    Raises NotAllowed when the user's role does not hold the question's action, AuditUnavailable when the
    disclosure cannot be recorded; in both cases nothing is returned.
    """
    asked = question(name)
    decision = decide(user, asked.action)
    if not decision.allowed:
        log.append(actor=user.name if user else "", action="refused", question=name, detail={"reason": decision.reason})
        raise NotAllowed(decision.reason)
    served = engine()
    frame = reader(served, user).sql(asked.sql, params=params).pl()
    references = frame["atena_ref"].unique().to_list() if "atena_ref" in frame.columns else []
    log.append(actor=user.name, action=asked.action, question=name, snapshot_id=served.snapshot.id,
               row_count=frame.height, atena_refs=references)
    return frame


def standing() -> Standing:
    """What the screens stand on now. Raises NothingPublished before the first snapshot."""
    used = engine().snapshot
    age = settings.today() - used.business_date
    return Standing(used.business_date, used.id, datetime.fromisoformat(used.manifest["published_at"]), age.days * 24)


def subject(user: User, atena_ref: str) -> Subject:
    """The person a command may act on, when `user` may see the case. Raises NotAllowed otherwise."""
    served = engine()
    cursor = reader(served, user)
    found = cursor.execute(
        "select delinquent.atena_number, delinquent.atena_ref, delinquent.district_code from derived.delinquent as delinquent "
        "join disclosed.delinquent as seen using (atena_ref) where atena_ref = ?", [atena_ref]).fetchone()
    if found is None:
        raise NotAllowed("この参照番号の滞納者は、担当地区にありません。地区ワークリストから開き直してください。")
    return Subject(*found)

"""執行停止の一次審査 of a whole city: the console's two SQL steps, and the Python that explains one person, person by person.

Both judge the same delinquents by the same records; every verdict and every count of met criteria must agree.
"""

from datetime import date
from pathlib import Path

import duckdb

from bench import city, timing
from bench.law import step_sql
from bench.timing import Figure
from data_access import derive, snapshot
from data_access.feed_rules import literal
from law.screening import Record, explain

STEPS = ("screening_evidence", "screening")
GOAL_SECONDS, GOAL_PERSONS = 3, 300_000
RECORDS = """
    select atena_number, target, result, answered_on, is_confirmed, investigation_number, asked_on, null from source.asset_investigation
    union all
    select atena_number, detail_kind, '継続中', started_on, is_confirmed, detail_number, null, ended_on from source.delinquent_detail
    union all
    select atena_number, '住民票', resident_state, state_changed_on, true, '宛名', null, null from derived.delinquent
"""


def prepared(folder: Path, persons: int) -> tuple[duckdb.DuckDBPyConnection, date]:
    """A published city, and a connection with the law, the feeds and the derived table that the screening reads."""
    city.published(folder, persons)
    used = snapshot.current()
    connection = duckdb.connect()
    derive.prepare(connection, used.parquet("restricted"), used.business_date)
    connection.execute(f"create table derived.delinquent as from read_parquet({literal(str(used.parquet('derived')['delinquent']))})")
    return connection, used.business_date


def measure(folder: Path, persons: int) -> list[Figure]:
    """市全体の一次審査（証拠と判定）。SQL と1人ずつの Python の判定が全て同じであることを確かめる。"""
    connection, as_of = prepared(folder, persons)
    answers: dict[str, list[tuple]] = {}
    taken = timing.side_by_side({"sql": lambda: answers.update(sql=_sql(connection)), "python": lambda: answers.update(python=_each(connection, as_of))})
    if answers["sql"] != answers["python"]:
        raise SystemExit("一次審査の判定が計算どうしで違います。")
    size = f"{len({row[0] for row in answers['sql']}):,}人 × 号、判定が一致"
    return [
        timing.faster(f"一次審査（{size}）", taken["sql"], taken["python"], None, "1人ずつの Python"),
        _within(persons, taken["sql"]),
    ]


def _within(persons: int, taken: list[float]) -> Figure:
    """The goal is one of seconds, and only of a city of that size."""
    met = timing.median(taken) < GOAL_SECONDS if persons >= GOAL_PERSONS else None
    return Figure(f"一次審査（人口 {persons:,}人の市全体）", timing.seconds(taken), "—", "—", f"{GOAL_PERSONS:,}人で {GOAL_SECONDS} s 未満", met)


def _sql(connection: duckdb.DuckDBPyConnection) -> list[tuple]:
    for step in STEPS:
        connection.execute(step_sql(step))
    return connection.sql("select atena_number, ground, verdict, met_count from derived.screening order by all").fetchall()


def _each(connection: duckdb.DuckDBPyConnection, as_of: date) -> list[tuple]:
    records: dict[str, list[Record]] = {}
    for number, target, result, dated_on, is_confirmed, evidence_id, asked_on, ended_on in connection.sql(RECORDS).fetchall():
        records.setdefault(number, []).append(Record(target, result, dated_on, is_confirmed, evidence_id, asked_on, ended_on))
    screened = connection.sql("select atena_number from derived.delinquent where not is_wholly_suspended").fetchall()
    return sorted((number, own.ground, str(own.verdict), own.clause.met_count)
                  for (number,) in screened for own in explain(records.get(number, []), as_of))


if __name__ == "__main__":
    timing.command(measure)

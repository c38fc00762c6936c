"""執行停止の一次審査 of a whole city: the console's two SQL steps, and the Python that explains one person, person by person.

Both judge the same delinquents by the same records; every verdict and every count of met criteria must agree. The people are
the city's own with arrears and their records, copied under new numbers until they are those of a city of 300,000.
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
GOAL_SECONDS, WANTED = 3, 300_000
SMALLEST = 3_000  # of a smaller city most with arrears are the people of the stories: it is measured as it is
COPIED = ("derived.delinquent", "source.asset_investigation", "source.delinquent_detail", "source.court_case", "source.heir", "derived.household_hardship")
RECORDS = """
    select atena_number, target, result, answered_on, is_confirmed, investigation_number, asked_on, null from source.asset_investigation
    union all
    select atena_number, detail_kind, '継続中', started_on, is_confirmed, detail_number, null, ended_on from source.delinquent_detail
    union all
    select atena_number, '住民票', resident_state, state_changed_on, true, '宛名', null, null from derived.delinquent
    union all
    select atena_number, '破産', if(closed_on <= getvariable('as_of'), '終了', '手続中'), if(closed_on <= getvariable('as_of'), closed_on, opened_on),
        true, court_case_number, null, null from source.court_case where case_kind = '破産'
    union all
    select atena_number, '家計', if(line = '目安を超える', line, '目安以下'), known_on, line <> '資料不足', '住民税-' || oldest_tax_year, null, null
    from derived.household_hardship join derived.delinquent using (atena_number) where resident_state = '現住' and recorded_count > 0
    union all
    select atena_number, '家計', '世帯がない', getvariable('as_of'), true, '宛名', null, null from derived.delinquent where resident_state in ('死亡', '職権消除')
    union all
    select atena_number, '相続', if(count(*) = count(*) filter (renounced_on <= getvariable('as_of')), '全員が放棄', '放棄していない人がいる'),
        max(renounced_on) filter (renounced_on <= getvariable('as_of')), true, '相続人', null, null from source.heir group by atena_number
"""


def prepared(folder: Path, persons: int) -> tuple[duckdb.DuckDBPyConnection, date]:
    """A published city, and a connection with the law, the feeds and the derived table that the screening reads."""
    city.published(folder, persons)
    used = snapshot.current()
    connection = duckdb.connect()
    derive.prepare(connection, used.parquet("restricted"), used.business_date)
    for table in ("delinquent", "household_hardship"):
        connection.execute(f"create table derived.{table} as from read_parquet({literal(str(used.parquet('derived')[table]))})")
    return connection, used.business_date


def measure(folder: Path, persons: int) -> list[Figure]:
    """市全体の一次審査（証拠と判定）。SQL と1人ずつの Python の判定が全て同じであることを確かめる。"""
    connection, as_of = prepared(folder, persons)
    copies = -(-WANTED // persons) if persons >= SMALLEST else 1
    _multiply(connection, copies)
    answers: dict[str, list[tuple]] = {}
    taken = timing.side_by_side({"sql": lambda: answers.update(sql=_sql(connection)), "python": lambda: answers.update(python=_each(connection, as_of))})
    if answers["sql"] != answers["python"]:
        raise SystemExit("一次審査の判定が計算どうしで違います。")
    size = f"人口 {persons * copies:,}人の市の滞納者 {len({row[0] for row in answers['sql']}):,}人 × 号"
    return [
        timing.faster(f"一次審査（{size}、判定が一致）", taken["sql"], taken["python"], None, "1人ずつの Python"),
        Figure(f"一次審査（{size}）", timing.seconds(taken["sql"]), "—", "—", f"< {GOAL_SECONDS} s（{WANTED:,}人）",
               timing.median(taken["sql"]) < GOAL_SECONDS if persons * copies >= WANTED else None),
    ]


def _multiply(connection: duckdb.DuckDBPyConnection, copies: int) -> None:
    """Every delinquent with the records of each, `copies` times."""
    for table in COPIED:
        only = "" if table == "derived.delinquent" else "semi join derived.delinquent using (atena_number)"
        connection.execute(f"create temp table many_{table.partition('.')[2]} as select own.* replace (own.atena_number || '-' || copy as atena_number) "
                           f"from (from {table} {only}) as own cross join range({copies}) as copies(copy)")
    for table in COPIED:
        kind = "view" if table.startswith("source.") else "table"
        connection.execute(f"drop {kind} {table}; create table {table} as from many_{table.partition('.')[2]}")


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

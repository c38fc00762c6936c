"""執行停止の一次審査 of a whole city: the console's three SQL steps, and the Python that explains one person, person by person.

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
from law.screening_contradiction import Fact

STEPS = ("screening_contradiction", "screening_evidence", "screening")
GOAL_SECONDS, WANTED = 3, 300_000
SMALLEST = 3_000  # of a smaller city most with arrears are the people of the stories: it is measured as it is
READ = ("delinquent", "household_hardship", "household_member", "attachable_wage", "case_property")
COPIED = ("derived.delinquent", "source.asset_investigation", "source.delinquent_detail", "source.court_case", "source.heir", "derived.household_hardship",
          "derived.attachable_wage", "derived.case_property", "source.light_vehicle", "source.asset", "source.resident_tax")
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
FACTS = """
    with job as (
        select atena_number as member_number, hired_on, left_on, tax_year, '給報 ' || tax_year || '-' || designated_number as named
        from source.employment where tax_year >= getvariable('fiscal_year') - 1
        qualify tax_year = max(tax_year) over (partition by atena_number)
    ), running as (from job where coalesce(left_on > getvariable('as_of'), true))
    select member_number as atena_number, '勤務先' as record, named, hired_on as dated_on, tax_year, null::varchar as target
    from running semi join derived.delinquent as own on own.atena_number = member_number
    union all
    select member_number, '差押可能な給与', named, hired_on, tax_year, null
    from running semi join derived.delinquent as own on own.atena_number = member_number
    where member_number not in (select atena_number from derived.attachable_wage where attachable_yen = 0)
    union all
    select distinct own.atena_number, '就職', named, hired_on, year(hired_on), null
    from derived.delinquent as own left join derived.household_member as member on member.atena_number = own.atena_number and member.resident_state = '現住'
    join running on running.member_number in (own.atena_number, member.member_number) where hired_on is not null
    union all
    select atena_number, '土地・家屋', property_kind || ' ' || property_number, null, tax_year, null from derived.case_property
    union all
    select atena_number, channel, '収納 ' || receipt_number, received_on, null, null
    from source.receipt join source.annual_assessment using (notice_number)
    where receipt_kind = '収納' and channel in ('口座振替', '年金特徴')
    union all
    select atena_number, '年金収入', '住民税 ' || tax_year, corrected_on, tax_year, null
    from (from source.resident_tax qualify tax_year = max(tax_year) over (partition by atena_number)) where pension_revenue_yen > 0
    union all
    select atena_number, '財産管理', '財産 ' || asset_number, found_on, null, asset_kind from source.asset where asset_state in ('把握', '処分中')
"""


def prepared(folder: Path, persons: int) -> tuple[duckdb.DuckDBPyConnection, date]:
    """A published city, and a connection with the law, the feeds and the derived table that the screening reads."""
    city.published(folder, persons)
    used = snapshot.current()
    connection = duckdb.connect()
    derive.prepare(connection, used.parquet("restricted"), used.business_date)
    for table in READ:
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
    _multiply_beside(connection, copies)
    for table in COPIED:
        kind = "view" if table.startswith("source.") else "table"
        connection.execute(f"drop {kind} {table}; create table {table} as from many_{table.partition('.')[2]}")


def _multiply_beside(connection: duckdb.DuckDBPyConnection, copies: int) -> None:
    """What is not kept by 宛名番号 alone: the members of the household with their jobs, the payments with their notices."""
    copy = f"cross join range({copies}) as copies(copy)"
    own = "semi join derived.delinquent using (atena_number)"
    made = {
        "derived.household_member": f"select own.* replace (own.atena_number || '-' || copy as atena_number, member_number || '-' || copy as member_number) "
                                    f"from (from derived.household_member {own}) as own {copy}",
        "source.employment": "select own.* replace (own.atena_number || '-' || copy as atena_number) from (from source.employment where atena_number in "
                             f"(select member_number from derived.household_member {own} union select atena_number from derived.delinquent)) as own {copy}",
        "source.annual_assessment": f"select own.* replace (own.atena_number || '-' || copy as atena_number, notice_number || '-' || copy as notice_number) "
                                    f"from (from source.annual_assessment {own}) as own {copy}",
        "source.receipt": f"select own.* replace (notice_number || '-' || copy as notice_number) from (from source.receipt semi join (from source.annual_assessment {own}) "
                          f"using (notice_number)) as own {copy}",
    }
    for table, select in made.items():
        connection.execute(f"create temp table many_{table.partition('.')[2]} as {select}")
    for table in made:
        connection.execute(f"drop {'view' if table.startswith('source.') else 'table'} {table}; create table {table} as from many_{table.partition('.')[2]}")


def _sql(connection: duckdb.DuckDBPyConnection) -> list[tuple]:
    for step in STEPS:
        connection.execute(step_sql(step))
    return connection.sql("select atena_number, ground, verdict, met_count from derived.screening order by all").fetchall()


def _each(connection: duckdb.DuckDBPyConnection, as_of: date) -> list[tuple]:
    records: dict[str, list[Record]] = {}
    for number, target, result, dated_on, is_confirmed, evidence_id, asked_on, ended_on in connection.sql(RECORDS).fetchall():
        records.setdefault(number, []).append(Record(target, result, dated_on, is_confirmed, evidence_id, asked_on, ended_on))
    facts: dict[str, list[Fact]] = {}
    for number, *fact in connection.sql(FACTS).fetchall():
        facts.setdefault(number, []).append(Fact(*fact))
    screened = connection.sql("select atena_number from derived.delinquent where not is_wholly_suspended").fetchall()
    return sorted((number, own.ground, str(own.verdict), own.clause.met_count)
                  for (number,) in screened for own in explain(records.get(number, []), as_of, facts.get(number, ())))


if __name__ == "__main__":
    timing.command(measure)

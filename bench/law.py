"""延滞金 and 時効 of every open installment: the console's SQL, a plain pandas loop, and a range join of every single day.

The loop calls the Python that explains one case on 根拠, so that both sides are the law's own words; they must agree to the yen.
"""

from datetime import date
from pathlib import Path

import duckdb
import pandas

from bench import city, timing
from bench.timing import Figure
from data_access import derive, snapshot
from law import delinquency_charge, prescription
from law.exemption import Exemption

BEFORE = ("balance", "open_installment", "grace_span", "entry", "installment_plan",
          "installment_plan_scope", "suspension_installment", "demand_service", "prescription_event", "demand_state", "charge_exemption")
LAW = ("delinquency_charge", "prescription_period", "prescription_mark", "prescription")
KEY = ["notice_number", "installment_no"]
# The obvious relational version: one row per installment and day, the day's rate, then the same cuts to whole yen.
BY_DAY = """
    with installment as (
        select open_installment.*, levy_policy.* exclude (levy_kind, from_date, to_date), due_date + 1 as starts_on,
               cast(due_date + 1 + to_months(first_months) as date) as anniversary
        from derived.open_installment join law.levy_policy
          on levy_policy.levy_kind = open_installment.levy_kind and due_date between levy_policy.from_date and levy_policy.to_date
        anti join derived.charge_exemption using (notice_number, installment_no)
    ), lessened as (
        select notice_number, installment_no, received_on as on_day, principal_yen as yen from source.receipt
        union all
        select notice_number, installment_no, written_off_on, written_off_yen from source.write_off
    ), paid as (
        select notice_number, installment_no, greatest(on_day, due_date) + 1 as day, sum(yen)::bigint as yen
        from lessened join installment using (notice_number, installment_no)
        where on_day < getvariable('as_of') group by all having sum(yen) <> 0
    ), each_day as (
        select *, unnest(generate_series(starts_on::timestamp, getvariable('as_of')::timestamp, interval 1 day))::date as day
        from installment
    ), running as (
        select each_day.*,
               if(day < anniversary + cast(day(anniversary) <> day(starts_on) as integer), 'first', 'after') as period,
               sum(coalesce(yen, 0)) over run as paid_yen, count(yen) over run as run_no
        from each_day left join paid using (notice_number, installment_no, day)
        window run as (partition by notice_number, installment_no order by day)
    ), based as (
        select *, least(assessed_yen, greatest(0, assessed_yen - paid_yen)) as balance_yen, if(if(min_base_on_balance, balance_yen, assessed_yen) < base_minimum_yen, 0, balance_yen // base_unit_yen * base_unit_yen) as base_yen
        from running
    ), segment as (
        select notice_number, installment_no, any_value(result_unit_yen) as unit, any_value(result_minimum_yen) as least_yen,
               (any_value(base_yen) * count(*) * any_value(rate_numerator) // any_value(rate_denominator * days_per_year))::bigint as yen
        from based join law.delinquency_rate as rate
          on rate.period = based.period and based.day between rate.from_date and rate.to_date
        group by notice_number, installment_no, run_no, based.period, rate.from_date
    )
    select notice_number, installment_no, if(sum(yen) >= any_value(least_yen), sum(yen)::bigint // any_value(unit) * any_value(unit), 0) as charge_yen
    from segment group by all order by all
"""


def prepared(folder: Path, persons: int) -> tuple[duckdb.DuckDBPyConnection, snapshot.Snapshot]:
    """A city published in `folder`, and a connection with everything that the law's own steps read."""
    city.published(folder, persons)
    used = snapshot.current()
    connection = duckdb.connect()
    derive.prepare(connection, used.parquet("restricted"), used.business_date)
    for step in BEFORE:
        connection.execute(step_sql(step))
    return connection, used


def measure(folder: Path, persons: int) -> list[Figure]:
    """市全体の延滞金と時効。どの計算も1円・1日まで同じであることを確かめる。"""
    connection, used = prepared(folder, persons)
    frames = _frames(connection)
    answers: dict[str, list[tuple]] = {}
    taken = timing.side_by_side({
        "sql": lambda: answers.update(sql=_sql(connection)),
        "charge": lambda: connection.execute(step_sql("delinquency_charge")),
        "day": lambda: answers.update(day=connection.sql(BY_DAY).fetchall()),
        "pandas": lambda: answers.update(pandas=_loop(*frames, used.business_date)),
    })
    charges = answers["sql"]
    plain = connection.sql(
        "select notice_number, installment_no, computed_yen from derived.delinquency_charge "
        "anti join derived.charge_exemption using (notice_number, installment_no) order by all").fetchall()
    if answers["pandas"] != answers["sql"] or answers["day"] != plain:
        raise SystemExit("延滞金か時効が計算どうしで違います。")
    size = f"{len(charges):,}期別、延滞金 {sum(row[2] for row in charges):,}円で一致"
    return [
        timing.faster(f"P-6 延滞金＋時効（{size}）", taken["sql"], taken["pandas"], 10, "pandas のループ"),
        timing.faster("P-6 延滞金だけ", taken["charge"], taken["day"], 3, "1日ごとの範囲結合"),
    ]


def step_sql(step: str) -> str:
    return (derive.HERE / f"{step}.sql").read_text("utf-8")


def _sql(connection: duckdb.DuckDBPyConnection) -> list[tuple]:
    for step in LAW:
        connection.execute(step_sql(step))
    return connection.sql(
        "select notice_number, installment_no, charge_yen, completes_on, is_held from derived.delinquency_charge "
        "join derived.prescription using (notice_number, installment_no) order by all").fetchall()


def _frames(connection: duckdb.DuckDBPyConnection) -> tuple[pandas.DataFrame, ...]:
    own = "semi join derived.open_installment using (notice_number, installment_no)"
    tables = ("select debt.*, forced_charge_yen from derived.open_installment as debt join source.installment using (notice_number, installment_no) "
              "order by notice_number, installment_no",
              f"select receipt.* from source.receipt as receipt {own}", f"select off.* from source.write_off as off {own}",
              "from derived.charge_exemption", "from derived.prescription_event")
    return tuple(pandas.DataFrame(connection.sql(table).pl().to_dicts(), columns=connection.sql(table).columns) for table in tables)


def _loop(installments: pandas.DataFrame, receipts: pandas.DataFrame, write_offs: pandas.DataFrame, exemptions: pandas.DataFrame,
          events: pandas.DataFrame, as_of: date) -> list[tuple]:
    paid, off, exempt, happened = (
        {key: list(rows.drop(columns=KEY).itertuples(index=False)) for key, rows in frame.groupby(KEY)}
        for frame in (receipts, write_offs, exemptions, events))
    found = []
    for row in installments.itertuples():
        key = (row.notice_number, row.installment_no)
        own = paid.get(key, [])
        charge = delinquency_charge.explain(
            row.assessed_yen, row.due_date, [(each.received_on, each.principal_yen) for each in own], as_of, row.levy_kind,
            write_offs=[(each.written_off_on, each.written_off_yen) for each in off.get(key, [])],
            exemptions=[Exemption(each.from_date, each.to_date, each.kind) for each in exempt.get(key, [])],
            charge_paid=sum(each.charge_yen for each in own if each.received_on <= as_of), forced_yen=_or_none(row.forced_charge_yen))
        own_events = [prescription.Event(each.kind, each.happened_on, _or_none(each.ended_on), _or_none(each.end_reason), bool(each.is_confirmed),
                                         _or_none(each.deadline)) for each in happened.get(key, [])]
        clock = prescription.explain(row.due_date, row.levy_kind, own_events, as_of)
        found.append((*key, charge.yen, clock.completes_on, clock.is_held))
    return found


def _or_none(value: object) -> object:
    return None if pandas.isna(value) else value


if __name__ == "__main__":
    timing.command(measure)

"""An amendment is one dated row and nothing else: it changes no answer before its day, in Python and in SQL, and every one after."""

from datetime import date, timedelta

import duckdb
import polars as pl
import pytest
from law_city import city, run, run_alone

from law import calendar, demand, exemption, grace_ground, parameters, prescription, references

AMENDED_ON = date(2027, 4, 1)
BEFORE, AFTER = date(2025, 7, 1), date(2027, 7, 1)  # the facts begin on
ROWS = {
    "attachment_end": ("prescription.toml", '{ end_reason = "無益解除", is_renewal = false, needs_person = true }'),
    "exemption_ground": ("delinquency_charge.toml", '{ ground = "執行停止", kind = "half", is_discretionary = false }'),
    "demand_stop": ("demand.toml", '{ fact = "換価猶予", is_stopping = true }'),
    "seizure_bar": ("demand.toml", '{ reason = "執行停止", meaning = "改正後の意味。" }'),
    "year_end": ("holidays.toml", '{ first = "12-28", last = "01-03" }'),
    "charge_effect": ("grace.toml", '{ name = "職権換価猶予", kind = "half", ground = "納付困難", text = "改正後" }'),
    "condition": ("grace.toml", '{ name = "徴収猶予", word = "事業の損失", code = "loss", group = "fact", text = "改正後", is_full = true }'),
}
ON_FILE = {setting: f"[[{setting}]]\nfrom = {AMENDED_ON}\nvalue = {value}\n" for setting, (_, value) in ROWS.items()}


@pytest.fixture
def amended(amend):
    for setting, (file_name, _) in ROWS.items():
        row = ON_FILE[setting] + 'reference = "改正法1条"\nlast_checked = 2026-11-26\n\n'
        amend(file_name, (f"[[{setting}]]\n", f"{row}[[{setting}]]\n"))


def in_python(start):
    """What the law says of one installment whose facts begin on `start`, setting by setting."""
    seized = prescription.Event("差押", start, start + timedelta(days=90), "無益解除")
    sold, loss = grace_ground.effect("職権換価猶予", "徴収上有利", start), grace_ground.effect("徴収猶予", "事業の損失", start)
    grace = demand.Fact("換価猶予", start)
    return {
        "attachment_end": prescription.explain(start - timedelta(days=60), "料", [seized], AFTER + timedelta(days=100)).completes_on,
        "exemption_ground": exemption.exempt("執行停止", start).kind,
        "demand_stop": (sold.stops_demand, demand.state(start, 1, start + timedelta(days=30), facts=[grace]).stopped_by),
        "seizure_bar": demand.SeizureBar.SUSPENSION.rule(start)["meaning"],
        "year_end": calendar.is_closed(date(start.year, 12, 28)),
        "charge_effect": sold.exemption_ground,
        "condition": loss.exemption_kind,
    }


def in_sql():
    """The same from the city's SQL: what it says of N1, whose facts begin before the day, and of N2, after it."""
    begun = {"N1": BEFORE, "N2": AFTER}
    sold, loss = ("職権換価猶予", "徴収上有利"), ("徴収猶予", "事業の損失")
    graces = [(f"{key}-{place}", key, start, *words) for key, start in begun.items() for place, words in enumerate([sold, loss])]
    database = city(
        AFTER + timedelta(days=100),
        open_installment=[(key, "01", key, "料", 2025, start - timedelta(days=60), 50_000, 50_000) for key, start in begun.items()],
        suspension=list(begun.items()), suspension_installment=[(key, key, "01") for key in begun],
        grace=[(number, kind, ground, None, None, start, start, start + timedelta(days=300), None, None)
               for number, _, start, kind, ground in graces],
        grace_installment=[(number, key, "01") for number, key, *_ in graces],
        disposition=[(key, "差押", start, start + timedelta(days=90), "無益解除") for key, start in begun.items()],
        disposition_installment=[(key, key, "01") for key in begun],
    )  # fmt: skip
    run(database, "charge_exemption")
    run(database, "prescription_event")
    run(database, "prescription")
    queries = {
        "attachment_end": "select completes_on from derived.prescription where notice_number = ?",
        "exemption_ground": "select from_date, kind from derived.charge_exemption where notice_number = ? order by all",
        "grace_span": "select grace_number, exemption_ground, stops_demand from derived.grace_span where notice_number = ? order by all",
    }
    found = {(name, key): database.execute(query, [key]).fetchall() for name, query in queries.items() for key in begun}
    year_ends = "select opens_on from law.calendar_day where levy_kind = '料' and day = ?"
    return found | {("year_end", key): database.execute(year_ends, [date(start.year, 12, 28)]).fetchall() for key, start in begun.items()}


def test_an_amendment_changes_what_begins_after_its_day_and_nothing_before(request):
    past, future, sql = in_python(BEFORE), in_python(AFTER), in_sql()
    request.getfixturevalue("amended")
    assert in_python(BEFORE) == past
    shown = [row for row in references.every_parameter(AFTER) if row["setting"] == "seizure_bar" and "執行停止" in row["value"]]
    assert [row["from"] for row in shown] == [AMENDED_ON]
    ranks = {(row["reason"], row["rank"]) for row in parameters.as_tables()["seizure_bar"]}
    assert ranks == {(bar.value, place) for place, bar in enumerate(demand.SeizureBar, start=1)}
    changed = in_python(AFTER)
    assert [setting for setting in future if changed[setting] == future[setting]] == []
    amended_sql = in_sql()
    assert {name: rows for name, rows in amended_sql.items() if rows == sql[name]}.keys() == {name for name in sql if name[1] == "N1"}


def test_a_bar_holds_in_sql_by_the_day_too(amend):
    amend("demand.toml", ('from = 2000-01-01\nvalue = { reason = "執行停止"', f'from = {AMENDED_ON}\nvalue = {{ reason = "執行停止"'))
    bars = {}
    for as_of in (AMENDED_ON - timedelta(days=1), AMENDED_ON):
        database = duckdb.connect()
        database.execute("create schema law; create schema source; create schema derived; set variable as_of = ?::date", [as_of])
        bar = pl.DataFrame(parameters.as_tables()["seizure_bar"])
        database.register("bar", bar)
        database.execute("create table law.seizure_bar as from bar")
        database.execute("create table derived.grace_span (notice_number text, installment_no text, event_kind text, from_date date, runs_to date)")
        database.execute("create table derived.suspension_span as select 'N1' as notice_number, '01' as installment_no")
        database.execute("create table source.court_case (atena_number text, case_kind text, opened_on date, closed_on date)")
        database.execute("create table derived.open_installment (notice_number text, installment_no text, atena_number text)")
        run_alone(database, "seizure_bar")
        bars[as_of] = database.execute("select reason from derived.seizure_bar").fetchall()
    assert list(bars.values()) == [[], [("執行停止",)]]
    assert [bool(demand.SeizureBar.SUSPENSION.rule(as_of)) for as_of in bars] == [False, True]

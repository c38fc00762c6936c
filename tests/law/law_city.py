"""A tiny in-memory city for the law's SQL: the tables it reads, filled from plain tuples."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from law import parameters, screening_contradiction, screening_settings, suspension_watch, write_off
from law.fiscal_year import fiscal_year

DERIVED = Path(__file__).resolve().parents[2] / "data_access" / "derived"
SCHEMAS = {
    "derived.open_installment": {
        "notice_number": pl.String,
        "installment_no": pl.String,
        "atena_number": pl.String,
        "levy_kind": pl.String,
        "levy_year": pl.Int32,
        "due_date": pl.Date,
        "assessed_yen": pl.Int64,
        "unpaid_yen": pl.Int64,
    },
    "source.installment": {
        "notice_number": pl.String,
        "installment_no": pl.String,
        "forced_charge_yen": pl.Int64,
        "stored_prescription_2y_on": pl.Date,
        "stored_prescription_5y_on": pl.Date,
        "fixed_charge_yen": pl.Int64,
    },
    "source.receipt": {
        "notice_number": pl.String,
        "installment_no": pl.String,
        "received_on": pl.Date,
        "principal_yen": pl.Int64,
        "charge_yen": pl.Int64,
        "receipt_number": pl.String,
        "receipt_kind": pl.String,
        "channel": pl.String,
    },
    "source.annual_assessment": {"notice_number": pl.String, "atena_number": pl.String},
    "source.demand": {
        "notice_number": pl.String,
        "installment_no": pl.String,
        "issued_on": pl.Date,
        "designated_deadline": pl.Date,
        "withdrawn_on": pl.Date,
        "returned_on": pl.Date,
    },
    "source.returned_mail": {
        "notice_number": pl.String,
        "installment_no": pl.String,
        "mail_kind": pl.String,
        "sent_on": pl.Date,
        "returned_on": pl.Date,
        "returned_reason": pl.String,
        "resent_on": pl.Date,
        "served_on": pl.Date,
    },
    "derived.prescription_event": {
        "notice_number": pl.String,
        "installment_no": pl.String,
        "kind": pl.String,
        "happened_on": pl.Date,
        "ended_on": pl.Date,
        "end_reason": pl.String,
        "is_confirmed": pl.Boolean,
        "deadline": pl.Date,
    },
    "source.write_off": {
        "notice_number": pl.String,
        "installment_no": pl.String,
        "written_off_on": pl.Date,
        "written_off_yen": pl.Int64,
        "fiscal_year": pl.Int32,
        "reason": pl.String,
    },
    "source.suspension": {
        "suspension_number": pl.String,
        "decided_on": pl.Date,
        "cancelled_on": pl.Date,
        "ground": pl.String,
    },
    "source.court_case": {
        "atena_number": pl.String,
        "case_kind": pl.String,
        "opened_on": pl.Date,
        "closed_on": pl.Date,
        "court_case_number": pl.String,
    },
    "source.suspension_installment": {
        "suspension_number": pl.String,
        "notice_number": pl.String,
        "installment_no": pl.String,
    },
    "source.grace": {
        "grace_number": pl.String,
        "grace_kind": pl.String,
        "ground": pl.String,
        "applied_on": pl.Date,
        "is_acknowledged": pl.Boolean,
        "granted_on": pl.Date,
        "from_date": pl.Date,
        "to_date": pl.Date,
        "cancelling_fact_on": pl.Date,
        "cancelled_on": pl.Date,
    },
    "source.grace_installment": {
        "grace_number": pl.String,
        "notice_number": pl.String,
        "installment_no": pl.String,
    },
    "source.document": {
        "document_number": pl.String,
        "document_kind": pl.String,
        "is_reminder": pl.Boolean,
        "drawn_up_on": pl.Date,
        "dispatched_on": pl.Date,
        "deadline": pl.Date,
        "undelivered_on": pl.Date,
        "refused_on": pl.Date,
    },
    "source.document_installment": {
        "document_number": pl.String,
        "notice_number": pl.String,
        "installment_no": pl.String,
    },
    "derived.entry": {"event_id": pl.String, "kind": pl.String, "payload": pl.String, "occurred_on": pl.Date, "seq": pl.Int64},
    "derived.installment_plan": {"plan_number": pl.String, "pledged_on": pl.Date, "is_written": pl.Boolean},
    "derived.installment_plan_scope": {
        "plan_number": pl.String,
        "notice_number": pl.String,
        "installment_no": pl.String,
    },
    "source.disposition": {
        "disposition_number": pl.String,
        "disposition_kind": pl.String,
        "took_effect_on": pl.Date,
        "ended_on": pl.Date,
        "end_reason": pl.String,
    },
    "source.disposition_installment": {
        "disposition_number": pl.String,
        "notice_number": pl.String,
        "installment_no": pl.String,
    },
    "derived.delinquent": {
        "atena_number": pl.String,
        "resident_state": pl.String,
        "state_changed_on": pl.Date,
        "is_wholly_suspended": pl.Boolean,
    },
    "derived.household_member": {"atena_number": pl.String, "member_number": pl.String, "resident_state": pl.String},
    "source.resident_tax": {
        "atena_number": pl.String,
        "tax_year": pl.Int32,
        "salary_revenue_yen": pl.Int64,
        "pension_revenue_yen": pl.Int64,
        "business_income_yen": pl.Int64,
        "farm_income_yen": pl.Int64,
        "rent_income_yen": pl.Int64,
        "dividend_income_yen": pl.Int64,
        "occasional_income_yen": pl.Int64,
        "dependant_count": pl.Int32,
        "corrected_on": pl.Date,
    },
    "source.employment": {
        "atena_number": pl.String,
        "tax_year": pl.Int32,
        "designated_number": pl.String,
        "hired_on": pl.Date,
        "left_on": pl.Date,
        "gross_yen": pl.Int64,
    },
    "source.property_tax_land": {
        "property_number": pl.String,
        "tax_year": pl.Int32,
        "atena_number": pl.String,
        "valuation_yen": pl.Int64,
    },
    "source.property_tax_building": {
        "property_number": pl.String,
        "tax_year": pl.Int32,
        "atena_number": pl.String,
        "valuation_yen": pl.Int64,
    },
    "source.light_vehicle": {
        "vehicle_number": pl.String,
        "atena_number": pl.String,
        "vehicle_kind": pl.String,
        "ownership": pl.String,
        "owned_from": pl.Date,
        "scrapped_on": pl.Date,
    },
    "derived.case_property": {"atena_number": pl.String, "property_kind": pl.String, "property_number": pl.String, "tax_year": pl.Int32},
    "derived.attachable_wage": {"atena_number": pl.String, "attachable_yen": pl.Int64},
    "source.asset": {"atena_number": pl.String, "asset_kind": pl.String, "found_on": pl.Date, "asset_state": pl.String, "asset_number": pl.String},
    "source.asset_investigation": {
        "investigation_number": pl.String,
        "atena_number": pl.String,
        "target": pl.String,
        "asked_on": pl.Date,
        "answered_on": pl.Date,
        "result": pl.String,
        "is_confirmed": pl.Boolean,
    },
    "source.delinquent_detail": {
        "detail_number": pl.String,
        "atena_number": pl.String,
        "detail_kind": pl.String,
        "started_on": pl.Date,
        "ended_on": pl.Date,
        "is_confirmed": pl.Boolean,
    },
    "derived.balance": {
        "notice_number": pl.String,
        "installment_no": pl.String,
        "atena_number": pl.String,
        "due_date": pl.Date,
        "unpaid_yen": pl.Int64,
        "stored_received_yen": pl.Int64,
        "stored_unpaid_yen": pl.Int64,
        "levy_kind": pl.String,
        "assessment_fiscal_year": pl.Int32,
        "written_off_yen": pl.Int64,
        "charge_paid_yen": pl.Int64,
        "last_received_on": pl.Date,
    },
    "derived.left_charge": {
        "notice_number": pl.String,
        "installment_no": pl.String,
        "left_charge_yen": pl.Int64,
        "stopped_on": pl.Date,
        "completes_on": pl.Date,
    },
    "derived.delinquency_charge": {
        "notice_number": pl.String,
        "installment_no": pl.String,
        "charge_yen": pl.Int64,
        "computed_yen": pl.Int64,
        "forced_charge_yen": pl.Int64,
        "exempt_days": pl.Int64,
    },
    "derived.prescription": {
        "notice_number": pl.String,
        "installment_no": pl.String,
        "completes_on": pl.Date,
        "later_reading_on": pl.Date,
        "extinct_from": pl.Date,
        "renewed_by": pl.String,
        "renewed_on": pl.Date,
        "is_held": pl.Boolean,
        "needs_person": pl.Boolean,
    },
    "source.heir": {"atena_number": pl.String, "renounced_on": pl.Date},
    "derived.place": {"atena_number": pl.String, "district_code": pl.String, "district_name": pl.String},
    "derived.plan_state": {"plan_number": pl.String, "plan_state": pl.String},
    "derived.charge_exemption": {
        "notice_number": pl.String,
        "installment_no": pl.String,
        "from_date": pl.Date,
        "to_date": pl.Date,
        "kind": pl.String,
    },
}


def city(as_of: date, **rows: list[tuple]) -> duckdb.DuckDBPyConnection:
    """A database with the law and the given rows; the keys are the tables' names without their schema."""
    database = duckdb.connect()
    database.execute("create schema law; create schema source; create schema derived; set threads = 2")
    for name, law_rows in (parameters.as_tables() | screening_settings.law_tables() | screening_contradiction.law_tables() | write_off.law_tables() | suspension_watch.law_tables()).items():
        _create(database, f"law.{name}", pl.DataFrame(law_rows, infer_schema_length=None))
    for table, schema in SCHEMAS.items():
        given = rows.get(table.split(".")[1], [])
        own = [(*row, *[None] * (len(schema) - len(row))) for row in given]  # what a rule does not read may be left out
        _create(database, table, pl.DataFrame(own, schema=schema, orient="row"))
    database.execute("set variable as_of = $as_of::date", {"as_of": as_of})
    database.execute("set variable fiscal_year = $year::integer", {"year": fiscal_year(as_of)})
    run_alone(database, "grace_span")
    run_alone(database, "suspension_installment")
    return database


def _create(database: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    database.register("incoming", frame)
    database.execute(f"create table {table} as select * from incoming")
    database.unregister("incoming")


BEFORE = {
    "demand_state": "demand_service",
    "prescription_event": "demand_service",
    "delinquency_charge": "demand_state",  # a charge may begin with the 督促
    "prescription_mark": "prescription_period",
    "prescription": "prescription_mark",
    "prescription_difference": "prescription",
    "screening": "screening_evidence",
    "screening_evidence": "screening_contradiction",
    "screening_contradiction": "household_hardship",
    "suspension_watch": "suspension_span",
}


def run(database: duckdb.DuckDBPyConnection, rule: str) -> None:
    """Run one rule of data_access/derived, after the one it reads."""
    if rule in BEFORE:
        run(database, BEFORE[rule])
    run_alone(database, rule)


def run_alone(database: duckdb.DuckDBPyConnection, rule: str) -> None:
    """The same, where what it reads is already there."""
    database.execute((DERIVED / f"{rule}.sql").read_text(encoding="utf-8"))


def answers(database: duckdb.DuckDBPyConnection, table: str, *columns: str) -> dict[str, tuple]:
    """notice_number → the named columns of derived.<table>."""
    found = database.sql(f"select notice_number, {', '.join(columns)} from derived.{table}").fetchall()
    return {key: tuple(values) for key, *values in found}

"""Derived tables: the law and the state of every case, computed on true data, once per snapshot.

Each file in derived/ makes one table and states its grain; STEPS is the order in which they build on each other.
"""

import base64
import hashlib
import hmac
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

import settings
from data_access import case_stage, kept_sums, search_key, source
from data_access.difference import add_fixed_charges
from data_access.feed_rules import literal
from data_access.prescription_reason import name_reasons
from data_access.protected import CIRCLE
from law.fiscal_year import fiscal_year
from law.parameters import as_tables
from law.screening_contradiction import law_tables as contradiction_tables
from law.screening_settings import law_tables as screening_tables
from law.suspension_watch import law_tables as watch_tables
from law.wage_attachment import law_tables as wage_tables
from law.write_off import law_tables as write_off_tables

STEPS = (
    "place", "person_group", "hidden_person", "person_search_key", "balance", "installment_state", "installment_block", "settlement", "open_installment", "grace_span", "entry", "installment_plan",
    "installment_plan_scope", "suspension_installment", "demand_service", "prescription_event", "demand_state",
    "charge_exemption", "delinquency_charge", "prescription_period", "prescription_mark", "prescription",
    "prescription_difference", "difference", "installment_fact", "installment_plan_part",
    "suspension_span", "seizure_bar", "plan_state", "note", "left_charge", "case_installment", "write_off_candidate", "lost_installment", "delinquent",
    "case_person", "household_member", "case_income", "wage_fact", "attachable_wage", "case_property", "household_hardship",
    "screening_contradiction", "screening_evidence", "screening", "suspension_watch", "timeline", "rate_year", "rate_cube", "rate_month", "rate_slice", "rate_part", "rate_open",
    "activity_month", "deadline", "case_desk", "installment_slip_count", "heir_share", "duplicate_suspect", "person_beside", "analysis_person",
)
PASSING = (
    "entry", "installment_plan", "installment_plan_scope", "installment_plan_part", "open_installment", "delinquency_charge",
    "prescription_period", "prescription_mark", "prescription", "demand_service", "demand_state", "suspension_installment", "suspension_span",
    "seizure_bar", "left_charge", "screening_contradiction", "rate_year", "rate_slice",
)
HERE = Path(__file__).parent / "derived"
REFERENCE_LETTERS = 12


def run(connection: duckdb.DuckDBPyConnection, folder: Path, as_of: date) -> dict[str, int]:
    """Compute every derived table of the snapshot being built in `folder`.

    Returns the row count of each table of the snapshot ("layer/table").
    """
    restricted = {path.stem: path for path in sorted((folder / "restricted").glob("*.parquet"))}
    prepare(connection, restricted, as_of)
    for step in STEPS:
        connection.execute((HERE / f"{step}.sql").read_text("utf-8"))
        if step == "prescription_difference":
            name_reasons(connection, as_of)
        if step == "difference":
            add_fixed_charges(connection, as_of)
    kept_sums.add(connection, restricted)
    for step in (step for step in STEPS if step not in PASSING):
        connection.execute(f"copy derived.{step} to {literal(str(folder / 'derived' / f'{step}.parquet'))} (format parquet, compression zstd)")
    _write_references(connection, folder)
    paths = {str(path): f"{path.parent.name}/{path.stem}" for path in sorted(folder.glob("*/*.parquet"))}
    told = connection.execute(f"select file_name, num_rows from parquet_file_metadata([{', '.join(map(literal, paths))}])").fetchall()
    return {paths[name]: rows for name, rows in told}


def prepare(connection: duckdb.DuckDBPyConnection, restricted: dict[str, Path], as_of: date) -> None:
    """Everything the derived files read: source views, law tables, 一覧用参照, the day."""
    source.create(connection, restricted)
    search_key.create(connection)
    load_law(connection)
    connection.execute("create schema if not exists derived")
    connection.execute(CIRCLE)
    connection.execute(case_stage.RULE)
    connection.execute("set variable as_of = ?::date", [as_of])
    connection.execute("set variable fiscal_year = ?::integer", [fiscal_year(as_of)])
    connection.execute("set variable contact_days = ?::integer", [case_stage.worklist()["contact_days"]])
    numbers = connection.execute("select distinct atena_number from source.annual_assessment").fetchall()
    key = settings.secret("pseudonym")
    references = pl.DataFrame([(number, atena_ref(number, key)) for (number,) in numbers],
                              schema={"atena_number": pl.String, "atena_ref": pl.String}, orient="row")
    connection.register("references_made", references.to_arrow())
    connection.execute("create or replace table derived.atena_reference as select * from references_made")
    connection.unregister("references_made")


def load_law(connection: duckdb.DuckDBPyConnection) -> None:
    """Schema `law`: the dated parameters as tables, so that no number of the law stands in SQL."""
    connection.execute("create schema if not exists law")
    for name, rows in {**as_tables(), **wage_tables(), **screening_tables(), **contradiction_tables(), **write_off_tables(), **watch_tables()}.items():
        connection.register("law_rows", pl.DataFrame(rows, infer_schema_length=None).to_arrow())
        connection.execute(f"create or replace table law.{name} as select * from law_rows")
        connection.unregister("law_rows")


def atena_ref(atena_number: str, key: bytes) -> str:
    """一覧用参照: a keyed pseudonym of one 宛名番号, e.g. 7K3M-9QXD-2FHA. It cannot be turned back without `key`."""
    return _letters(hmac.digest(key, atena_number.encode(), hashlib.sha256))


def pseudonym(atena_number: str, purpose: str, day: date, key: bytes) -> str:
    """仮名: as atena_ref, for what leaves the section. Each purpose and fiscal year has a key of its own, so that what was told for one
    purpose or in one year joins with nothing else."""
    of_purpose = hmac.digest(key, f"{purpose}/{fiscal_year(day)}".encode(), hashlib.sha256)
    return _letters(hmac.digest(of_purpose, atena_number.encode(), hashlib.sha256))


def _letters(digest: bytes) -> str:
    letters = base64.b32encode(digest).decode()[:REFERENCE_LETTERS]
    return "-".join(letters[start:start + 4] for start in range(0, REFERENCE_LETTERS, 4))


def _write_references(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    connection.execute(f"copy derived.atena_reference to {literal(str(folder / 'restricted' / 'atena_reference.parquet'))} (format parquet, compression zstd)")

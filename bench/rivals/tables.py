"""The published tables that the questions need, carried over into PostgreSQL and into pandas; neither carrying is timed."""

import tempfile
from pathlib import Path

import duckdb
import pandas as pd
import psycopg

from bench.rivals.questions import SUMS, Frames
from data_access import snapshot, source, spill
from data_access.feed_rules import literal

KEY = "notice_number, installment_no"
STATE = f"select {KEY}, {', '.join(SUMS)} from "
OF_RECEIPTS = {
    "installment": f"select {KEY}, assessed_yen from source.installment",
    "annual_assessment": "select notice_number, atena_number, levy_year, assessment_fiscal_year from source.annual_assessment",
    "receipt": f"select {KEY}, fiscal_year, principal_yen from source.receipt",
    "write_off": f"select {KEY}, fiscal_year, written_off_yen from source.write_off",
    "nhi_levy": "select head_atena_number, levy_year, income_yen from source.nhi_levy",
}
OF_PERSONS = {
    "deadline": "select deadline_kind, day, atena_number, unpaid_yen from derived.deadline",
    "screening": "select atena_number, ground, verdict from derived.screening",
    "delinquent": "select atena_number, unpaid_yen, suspended_yen from derived.delinquent",
    "state_before": f"{STATE} older.installment_state",
    "state_after": f"{STATE} derived.installment_state",
}
INDEXES = {
    "installment": f"primary key ({KEY})", "annual_assessment": "primary key (notice_number)", "nhi_levy": "primary key (head_atena_number, levy_year)",
    "delinquent": "primary key (atena_number)", "state_before": f"primary key ({KEY})", "state_after": f"primary key ({KEY})",
}
MORE_INDEXES = {
    "receipt": f"({KEY}, fiscal_year) include (principal_yen)", "write_off": f"({KEY}, fiscal_year)",
    "deadline": "(day, deadline_kind)", "screening": "(verdict, ground, atena_number)",
}
KINDS = {"VARCHAR": "text", "BIGINT": "bigint", "INTEGER": "integer", "DATE": "date", "BOOLEAN": "boolean"}
CHUNK = 1 << 20
# In pandas an installment is a whole number, as somebody would have it there: a merge on two texts costs several times as much.
NUMBERED = {
    "installment": "select assessment_fiscal_year, levy_year, atena_number, installment.assessed_yen from numbered join source.installment using (notice_number, installment_no) "
                   "join source.annual_assessment using (notice_number) order by id",
    "receipt": "select id, fiscal_year, principal_yen from source.receipt join numbered using (notice_number, installment_no)",
    "write_off": "select id, fiscal_year, written_off_yen from source.write_off join numbered using (notice_number, installment_no)",
    "nhi_levy": OF_RECEIPTS["nhi_levy"],
}
NUMBERED_STATE = {name: f"select id, {', '.join(SUMS)} from {table} join numbered using (notice_number, installment_no)"
                  for name, table in (("state_before", "older.installment_state"), ("state_after", "derived.installment_state"))}


def opened(older_id: str) -> duckdb.DuckDBPyConnection:
    """The served snapshot's tables and, in schema older, those of `older_id`."""
    used, connection = snapshot.current(), spill.connect()
    source.create(connection, used.parquet("restricted"))
    connection.execute("create schema derived; create schema older")
    for schema, of in (("derived", used), ("older", snapshot.find(older_id))):
        for name, path in of.parquet("derived").items():
            connection.execute(f"create view {schema}.{name} as from read_parquet({literal(str(path))})")
    return connection


def in_postgres(connection: duckdb.DuckDBPyConnection, database: psycopg.Connection, *, with_receipts: bool) -> None:
    """Every table with its keys and indexes, analyzed, and memory enough to sort in."""
    database.autocommit = True
    database.execute("set work_mem = '512MB'; set maintenance_work_mem = '1GB'")
    with tempfile.TemporaryDirectory(prefix="bench-rows-") as folder:
        for name, select in ({**OF_RECEIPTS, **OF_PERSONS} if with_receipts else OF_PERSONS).items():
            columns = ", ".join(f"{column} {KINDS[kind]}" for column, kind, *_ in connection.execute(f"describe {select}").fetchall())
            database.execute(f"create table {name} ({columns})")
            rows = Path(folder) / f"{name}.csv"
            connection.execute(f"copy ({select}) to {literal(str(rows))} (format csv, header false)")
            with rows.open("rb") as file, database.cursor().copy(f"copy {name} from stdin (format csv)") as copy:
                while chunk := file.read(CHUNK):
                    copy.write(chunk)
            rows.unlink()
            if name in INDEXES:
                database.execute(f"alter table {name} add {INDEXES[name]}")
            if name in MORE_INDEXES:
                database.execute(f"create index on {name} {MORE_INDEXES[name]}")
            database.execute(f"vacuum analyze {name}")


def in_pandas(connection: duckdb.DuckDBPyConnection, *, with_receipts: bool) -> Frames:
    """Every table as a frame in memory."""
    connection.execute("create temp table numbered as select row_number() over () - 1 as id, notice_number, installment_no from source.installment")
    connection.execute("insert into numbered select (select count(*) from numbered) + row_number() over () - 1, notice_number, installment_no "
                       "from older.installment_state anti join numbered using (notice_number, installment_no)")
    wanted = {**{name: OF_PERSONS[name] for name in ("deadline", "screening", "delinquent")}, **NUMBERED_STATE, **(NUMBERED if with_receipts else {})}
    frames = {name: connection.sql(select).pl().to_pandas() for name, select in wanted.items()}
    frames["deadline"]["day"] = pd.to_datetime(frames["deadline"]["day"])
    return frames

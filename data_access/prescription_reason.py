"""Why a stored 時効 date differs, where only the explanation of that one installment tells: Python on the rows that differ.

derived/prescription_difference.sql names what it can from the computed dates (一致, 登録がない, 別の読み …), for a whole city at
once. The other reasons compare with the date after every single event, which only law.prescription.explain keeps.
"""

from datetime import date

import duckdb
import polars as pl

from law.prescription import Event, explain
from law.prescription_comparison import compare

KEY = "notice_number, installment_no"
OPEN = f"semi join (from derived.prescription_difference where reason is null) using ({KEY})"
NAMED = {"notice_number": pl.String, "installment_no": pl.String, "reason": pl.String}


def name_reasons(connection: duckdb.DuckDBPyConnection, as_of: date) -> int:
    """Fill the reasons that derived.prescription_difference leaves open; returns how many."""
    events = _events(connection)
    rows = connection.execute(
        f"select {KEY}, difference.due_date, levy_kind, stored_prescription_2y_on, stored_prescription_5y_on "
        f"from derived.prescription_difference as difference join source.installment using ({KEY}) where reason is null").fetchall()
    named = [(notice, number, str(compare(two, five, kind, explain(due, kind, events.get((notice, number), ()), as_of)).reason))
             for notice, number, due, kind, two, five in rows]
    connection.register("named", pl.DataFrame(named, schema=NAMED, orient="row").to_arrow())
    connection.execute(
        "update derived.prescription_difference as difference set reason = named.reason from named "
        "where difference.notice_number = named.notice_number and difference.installment_no = named.installment_no")
    connection.unregister("named")
    return len(named)


def _events(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[Event]]:
    found: dict[tuple[str, str], list[Event]] = {}
    rows = connection.execute(
        f"select {KEY}, kind, happened_on, ended_on, end_reason, is_confirmed, deadline from derived.prescription_event {OPEN}").fetchall()
    for notice, number, *event in rows:
        found.setdefault((notice, number), []).append(Event(*event))
    return found

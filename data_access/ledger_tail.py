"""What officers wrote, read from the ledger: all of it up to now for a snapshot, or only what came after one.

Read-only: the ledger belongs to casework.
"""

import json
from datetime import date
from pathlib import Path

import polars as pl
from sqlalchemy import inspect, text

import store

COLUMNS = {
    "seq": pl.Int64, "event_id": pl.String, "atena_number": pl.String, "contacted_on": pl.Date, "method": pl.String,
    "direction": pl.String, "counterpart": pl.String, "outcome": pl.String, "body": pl.String,
    "officer_name": pl.String, "recorded_at": pl.String, "corrects": pl.String,
}
NOTES = """
select seq, event_id, subject, actor, recorded_at, corrects, payload
from event where kind = 'negotiation_note' and seq > :after order by seq
"""


def last_seq() -> int:
    """The ledger's newest sequence number; 0 while it is empty."""
    with store.engine().connect() as connection:
        return connection.execute(text("select coalesce(max(seq), 0) from event")).scalar_one()


def notes_after(seq: int) -> pl.DataFrame:
    """Notes recorded after `seq`: one row each, the columns of COLUMNS. `corrects` names the note replaced."""
    with store.engine().connect() as connection:
        found = connection.execute(text(NOTES), {"after": seq}).mappings().all()
    return pl.DataFrame([_row(entry) for entry in found], schema=COLUMNS, orient="row")


def _row(entry) -> dict:
    payload = json.loads(entry["payload"])
    kept = {name: payload[name] for name in ("method", "direction", "counterpart", "outcome", "body")}
    return {"seq": entry["seq"], "event_id": entry["event_id"], "atena_number": entry["subject"],
            "contacted_on": date.fromisoformat(payload["contacted_on"]),
            "officer_name": payload.get("officer_name", entry["actor"]), "recorded_at": entry["recorded_at"], "corrects": entry["corrects"], **kept}


def write(path: Path) -> int:
    """Write every note so far to `path` (Parquet) and return the ledger's sequence number it contains.

    Before the console's first start there is no ledger yet: an empty file, and 0."""
    has_ledger = inspect(store.engine()).has_table("event")
    frame = notes_after(0) if has_ledger else pl.DataFrame(schema=COLUMNS)
    frame.write_parquet(path)
    return frame["seq"].max() or 0

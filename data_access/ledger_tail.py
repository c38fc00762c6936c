"""What officers wrote, read from the ledger: all of it up to now for a snapshot, or only what came after one.

Read-only: the ledger belongs to casework. Notes (記事) and entries (every other kind) are two tables.
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
# `payload` is the JSON that casework/kinds.toml describes; SQL takes from it what it needs.
ENTRY_COLUMNS = {
    "seq": pl.Int64, "event_id": pl.String, "kind": pl.String, "atena_number": pl.String, "occurred_on": pl.Date,
    "payload": pl.String, "officer_name": pl.String, "recorded_at": pl.String, "corrects": pl.String,
}
EVENTS = """
select seq, event_id, kind, subject, actor, recorded_at, occurred_on, corrects, payload
from event where (kind = 'negotiation_note') = :is_note and seq > :after and seq <= :upto order by seq
"""


MARKS = "select event_id, kind, subject, corrects, payload from event where kind in ('protection_mark', 'protection_lift')"


def last_seq() -> int:
    """The ledger's newest sequence number; 0 while it is empty."""
    with store.engine().connect() as connection:
        return connection.execute(text("select coalesce(max(seq), 0) from event")).scalar_one()


def notes_after(seq: int, upto: int) -> pl.DataFrame:
    """Notes with `seq` < seq ≤ `upto`: one row each, the columns of COLUMNS. `corrects` names the note replaced."""
    return pl.DataFrame([_note(event) for event in _events(seq, upto, is_note=True)], schema=COLUMNS, orient="row")


def entries_after(seq: int, upto: int) -> pl.DataFrame:
    """Entries of the other kinds, likewise: one row each, the columns of ENTRY_COLUMNS."""
    return pl.DataFrame([_entry(event) for event in _events(seq, upto, is_note=False)], schema=ENTRY_COLUMNS, orient="row")


def marked() -> frozenset[str]:
    """宛名番号 of everyone with a 支援措置の登録 that stands: neither corrected nor lifted."""
    with store.engine().connect() as connection:
        found = connection.execute(text(MARKS)).mappings().all()
    gone = {event["corrects"] for event in found} | {json.loads(event["payload"]).get("mark") for event in found if event["kind"] == "protection_lift"}
    return frozenset(event["subject"] for event in found if event["kind"] == "protection_mark" and event["event_id"] not in gone)


def _events(seq: int, upto: int, *, is_note: bool) -> list:
    with store.engine().connect() as connection:
        return connection.execute(text(EVENTS), {"after": seq, "upto": upto, "is_note": is_note}).mappings().all()


def _note(event) -> dict:
    payload = json.loads(event["payload"])
    kept = {name: payload[name] for name in ("method", "direction", "counterpart", "outcome", "body")}
    return {"seq": event["seq"], "event_id": event["event_id"], "atena_number": event["subject"],
            "contacted_on": date.fromisoformat(payload["contacted_on"]),
            "officer_name": payload.get("officer_name", event["actor"]), "recorded_at": event["recorded_at"], "corrects": event["corrects"], **kept}


def _entry(event) -> dict:
    kept = {name: event[name] for name in ("seq", "event_id", "kind", "payload", "recorded_at", "corrects")}
    return {**kept, "atena_number": event["subject"], "occurred_on": date.fromisoformat(event["occurred_on"]),
            "officer_name": json.loads(event["payload"]).get("officer_name", event["actor"])}


def write(folder: Path) -> int:
    """Write ledger_note.parquet and ledger_entry.parquet into `folder` and return the sequence number they reach.

    Before the console's first start there is no ledger yet: empty files, and 0."""
    upto = last_seq() if inspect(store.engine()).has_table("event") else 0
    notes, entries = (notes_after(0, upto), entries_after(0, upto)) if upto else (pl.DataFrame(schema=COLUMNS), pl.DataFrame(schema=ENTRY_COLUMNS))
    notes.write_parquet(folder / "ledger_note.parquet")
    entries.write_parquet(folder / "ledger_entry.parquet")
    return upto

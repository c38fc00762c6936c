"""The files of a city read back as text cells under the contract's identifiers."""

import csv
import io
from datetime import date
from pathlib import Path

import polars as pl

from sample_city.clock import Clock
from sample_city.feed import DELETES, HISTORY, SYSTEMS, contract, tables

CLOCK = Clock(date(2026, 10, 30), 3)
SEED = 7
HISTORY_NAMES = dict(zip(HISTORY, ("history_number", "is_newest", "is_deleted"), strict=True))


def schedule(folder: Path) -> list[dict]:
    """連携予定 of one system and day."""
    return list(csv.DictReader(io.StringIO((folder / "連携予定.csv").read_text(encoding="utf-8"))))


def table_of(inbox: Path, table: str, day: date) -> pl.DataFrame:
    """One file's cells as text; empty cells are null."""
    system = next(system for system in SYSTEMS if table in tables(system))
    path = next((inbox / day.isoformat() / system).glob(f"{table}_2*.csv"))
    text = path.read_bytes().decode(contract(system)["system"]["encoding"])
    labels = {column["label"]: column["name"] for column in tables(system)[table]["columns"]} | HISTORY_NAMES
    return pl.read_csv(io.BytesIO(text.encode()), infer_schema=False).rename(lambda label: labels[label])


def numbers(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """The yen and integer columns as numbers."""
    system = next(system for system in SYSTEMS if table in tables(system))
    names = [column["name"] for column in tables(system)[table]["columns"] if column["type"] in ("yen", "integer")]
    return frame.with_columns(pl.col(names).cast(pl.Int64))


def key_of(table: str) -> list[str]:
    """The table's key as its rows are matched: with 履歴番号 where there is history."""
    spec = next(tables(system)[table] for system in SYSTEMS if table in tables(system))
    return spec["key"] + (["history_number"] if spec.get("history") else [])


def merged(inbox: Path, clock: Clock, table: str) -> pl.DataFrame:
    """The table after every difference is laid over the full feed."""
    state = table_of(inbox, table, clock.feed_dates[0])
    system = next(system for system in SYSTEMS if table in tables(system))
    for day in clock.feed_dates[1:] if system != "tainou" else ():
        fresh = table_of(inbox, table, day)
        standing = fresh.filter(pl.col("is_deleted") == "0") if table in DELETES else fresh
        state = pl.concat([state.join(fresh, on=key_of(table), how="anti"), standing.select(state.columns)])
    return numbers(state, table)

"""支援措置 at this moment: what an officer marked a minute ago hides in every snapshot that is looked at."""

from pathlib import Path

import duckdb
import polars as pl

from data_access import ledger_tail

HERE = Path(__file__).parent
CIRCLE = (HERE / "protected_circle.sql").read_text("utf-8")
PROTECTED = (HERE / "protected.sql").read_text("utf-8")


def marked() -> frozenset[str]:
    """宛名番号 of everyone with a mark (支援措置あり) that nobody has lifted. The feed does not lift it."""
    return ledger_tail.marked()


def guard(connection: duckdb.DuckDBPyConnection, seeds: frozenset[str]) -> None:
    """Hide the circle of `seeds` beside those the snapshot itself hides."""
    connection.register("seeds", pl.DataFrame({"atena_number": sorted(seeds)}, schema={"atena_number": pl.String}).to_arrow())
    connection.execute("create or replace table serving.protection_seed as select * from seeds")
    connection.unregister("seeds")
    connection.execute(PROTECTED)


def hidden(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """宛名番号 of everyone who is hidden in this engine now."""
    return frozenset(number for (number,) in connection.cursor().execute("from serving.protected").fetchall())

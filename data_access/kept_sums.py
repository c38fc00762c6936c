"""What erased rows had in the closed years' figures, added back: sums by year, without a person.

The same-day share of a closed year stays as it was on the day of the erasure; no screen looks back that far.
"""

from pathlib import Path

import duckdb

SUMS = ("settlement", "rate_cube", "rate_month")
ADDED = ("_yen", "_count")


def add(connection: duckdb.DuckDBPyConnection, restricted: dict[str, Path]) -> None:
    """derived.settlement and the rates, with the share that source.erased_* keeps. Nothing to do before the first erasure."""
    for name in (name for name in SUMS if f"erased_{name}" in restricted):
        columns = connection.execute(f"describe derived.{name}").fetchall()
        summed = ", ".join(f"sum({column})::{kind} as {column}" if column.endswith(ADDED) else column for column, kind, *_ in columns)
        connection.execute(
            f"create or replace table derived.{name} as select {summed} from (from derived.{name} union all by name "
            f"select * exclude (proposal_id) from source.erased_{name}) group by all order by all")

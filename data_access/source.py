"""Schema `source`: the contract's tables as DuckDB views over a snapshot's Parquet.

Nothing is computed here. Tables with history show each key's latest row, unless that row says 削除;
<table>_history shows every row.
"""

from pathlib import Path

import duckdb

from data_access.contract import Table, tables


def create(connection: duckdb.DuckDBPyConnection, parquet: dict[str, Path]) -> None:
    """Create source.<table> for every Parquet file of the restricted layer."""
    connection.execute("create schema if not exists source")
    for name, path in parquet.items():
        scan = "read_parquet('{}')".format(str(path).replace("'", "''"))
        known = tables().get(name)
        connection.execute(f"create or replace view source.{name} as {_latest(known, scan)}")
        if known is not None and known.has_history:
            connection.execute(f"create or replace view source.{name}_history as select * from {scan}")


def _latest(table: Table | None, scan: str) -> str:
    if table is None or not table.has_history:
        return f"select * from {scan}"
    key = ", ".join(table.key[:-1])
    newest = f"select * from {scan} qualify row_number() over (partition by {key} order by history_number desc) = 1"
    return f"select * exclude (history_number, is_latest, is_deleted) from ({newest}) where not is_deleted"

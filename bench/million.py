"""The law over a million open installments: the city's own, copied under new notice numbers, of ten digits as well, until there are enough."""

import time
from pathlib import Path

import duckdb

from bench import timing
from bench.law import LAW, prepared, step_sql
from bench.timing import Figure

WANTED = 1_000_000
REPEATS = 3
STEPS = ("demand_service", "demand_state", *LAW)
COPIED = ("derived.open_installment", "derived.prescription_event", "derived.charge_exemption", "source.receipt", "source.write_off",
          "source.demand", "source.returned_mail", "source.installment")


def measure(folder: Path, persons: int) -> list[Figure]:
    """100万期別の督促・延滞金・時効を SQL で計算する秒数。"""
    connection, _ = prepared(folder, persons)
    count = _multiply(connection)
    best = min(_once(connection) for _ in range(REPEATS))
    return [Figure(f"法律 {count:,} 期別の督促・延滞金・時効（SQL）", f"{best:.2f} s (×{REPEATS}、最良)", "—",
                   f"{count / best / 1e6:.2f} 百万期別/秒", "< 5 s（100万期別）", best * WANTED / count < 5)]


def _multiply(connection: duckdb.DuckDBPyConnection) -> int:
    own = connection.execute("select count(*) from derived.open_installment").fetchone()[0]
    copies = -(-WANTED // own)
    for table in COPIED:
        only_open = "" if table == "derived.open_installment" else "semi join derived.open_installment using (notice_number, installment_no)"
        connection.execute(f"create temp table own as select own.* from {table} as own {only_open}")
        connection.execute(f"create temp table many_{table.partition('.')[2]} as select own.* replace (format('{{:03d}}', copy) || right(own.notice_number, 7) as notice_number) "
                           f"from own cross join range({copies}) as copies(copy)")
        connection.execute("drop table own")
    for table in COPIED:
        kind = "view" if table.startswith("source.") else "table"
        connection.execute(f"drop {kind} {table}; create table {table} as from many_{table.partition('.')[2]}")
    return connection.execute("select count(*) from derived.open_installment").fetchone()[0]


def _once(connection: duckdb.DuckDBPyConnection) -> float:
    start = time.perf_counter()
    for step in STEPS:
        connection.execute(step_sql(step))
    return time.perf_counter() - start


if __name__ == "__main__":
    timing.command(measure)

"""Verifying the access log: every entry hashed again, with the tree of its checkpoints, the spans shared out to the processors."""

import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import store
from audit import chain, chain_check, log
from bench import timing
from bench.timing import Figure

PER_PERSON, CHECKPOINTS = 5, 1_000
WANTED, LIMIT = 10_000_000, 60  # entries, seconds
COLUMNS = [column.name for column in log.ACCESS_LOG.columns]


def measure(folder: Path, persons: int) -> list[Figure]:
    """アクセスログの鎖と、チェックポイント千個の根を確かめる秒数。"""
    entries, file = persons * PER_PERSON, folder / f"chain-{persons}.sqlite"
    os.environ["CONSOLE_STORE_URL"] = f"sqlite:///{file}"
    if not file.exists():
        print(f"{entries:,} 件の鎖を作っています…", file=sys.stderr)
        store.create_tables()
        _write(file, entries)
    sizes = range(entries // CHECKPOINTS or 1, entries + 1, entries // CHECKPOINTS or 1)
    started = time.perf_counter()
    found = chain_check.check(log.ACCESS_LOG, sizes)
    taken = time.perf_counter() - started
    if found.bad is not None or set(found.roots) != set(sizes):
        raise ValueError(f"the chain that was just made does not hold ({found.bad})")
    return [Figure(f"監査 アクセスログ {entries:,} 件とチェックポイント {len(sizes):,} 個の検証", f"{taken:.1f} s", "—",
                   f"{taken * WANTED / entries:.0f} s（1,000万件に直して）", f"< {LIMIT} s", taken * WANTED / entries < LIMIT)]


def _write(file: Path, entries: int) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("pragma synchronous = off")
        connection.executemany(f"insert into access_log values ({', '.join('?' * len(COLUMNS))})", _entries(entries))
        connection.execute("insert into chain_head select 'access_log', seq, hash from access_log order by seq desc limit 1")
        connection.commit()


def _entries(count: int) -> Iterator[list[object]]:
    """What an office writes most: one person's case opened."""
    sealed = chain.GENESIS
    for seq in range(1, count + 1):
        row = log.entry(actor=f"officer{seq % 80}", action="question", question="case_head", snapshot_id="20261030T213000Z-0a1b2c3d", row_count=1,
                        atena_refs=[f"{seq % 10_000:04d}-9QXD-2FHA"], source="203.0.113.10", detail={"params": "5f2c9a1e"}, at="2026-10-30T01:02:03.456Z")
        row |= {"seq": seq, "prev_hash": sealed}
        sealed = row["hash"] = chain.seal(row)
        yield [row[name] for name in COLUMNS]


if __name__ == "__main__":
    timing.command(measure)

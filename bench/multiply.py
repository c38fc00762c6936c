"""A published home again, every person `times` times under new numbers: cities that know nothing of each other, as one.

Every table of both layers is copied, restricted and derived alike. A row that tells of somebody is there `times` times, one city
after the other; what adds people up is multiplied; what tells of nobody stays. Only the prints of installment_block are derived
anew: whoever lives in one copy stands in no household, group or suspicion with somebody of another, so every rule says of each
copy what it says of the one (tests/bench holds the answers against it). From MANY on only what the managers' pages read is copied,
of the older day what it is compared by; the rest stays as it is in one city.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

from bench import city
from data_access import derive, snapshot, spill
from data_access.feed_rules import literal
from data_access.rebuild import PUBLISHED_ANEW
from data_access.snapshot import Snapshot

SUMS = ("settlement", "rate_cube", "rate_month", "rate_part", "activity_month", "carry_over", "monthly_carry_over")
SUMMED = ("yen", "_count")
BLOCK = "(assessment_fiscal_year * 65536 + hash(notice_number) % 65536)::bigint"  # as in derived/installment_state.sql, of the new numbers
OF_NOBODY = ("designated_number", "batch_number", "corporate_number", "lot_number", "building_number")
MANY = 20
READ = ("atena_reference", "annual_assessment", "person", "write_off")  # of the restricted tables, by the managers' pages
OF_CASES = ("balance", "timeline", "note", "installment_fact", "installment_slip_count", "person_search_key", "prescription_event", "case_income", "household_member")
COMPARED = ("installment_state", "installment_block", "place", "delinquent", "screening", "screening_evidence")
LEFT = ("snapshots", "inbox", "tmp", "analysis", "server.log")


def multiplied(home: Path, times: int) -> Path:
    """The home beside `home` that holds its kept days `times` over, made by a process of its own if it is not there; this process then stands in it."""
    target = home.with_name(f"{home.name}x{times}")
    if not (target / "making.json").exists():
        subprocess.run([sys.executable, "-m", "bench.multiply", home, target, str(times)], check=True, stdout=sys.stderr)
    os.environ["CONSOLE_HOME"] = str(target)
    return target


def _make(home: Path, target: Path, times: int) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(home, target, ignore=shutil.ignore_patterns(*LEFT))
    (target / "making.json").unlink()
    os.environ["CONSOLE_HOME"] = str(home)
    days = list(reversed(snapshot.kept()))
    os.environ |= {"CONSOLE_HOME": str(target), "CONSOLE_TODAY": city.DAY.isoformat()}
    made: dict[int, Path] = {}  # by inode: what did not change from one day to the next is one file in both
    with spill.connect() as connection:
        for day in days:
            _publish(connection, day, times, made, is_newest=day is days[-1])
    (target / "making.json").write_text(json.dumps(city.making(home)), "utf-8")


def _publish(connection: duckdb.DuckDBPyConnection, day: Snapshot, times: int, made: dict[int, Path], *, is_newest: bool) -> None:
    with snapshot.building() as folder:
        for layer in ("restricted", "derived"):
            for name, path in sorted(day.parquet(layer).items(), key=lambda each: each[0] == "installment_block"):  # last: of the others
                target, known = folder / layer / f"{name}.parquet", made.get(path.stat().st_ino)
                if known or not _is_copied(layer, name, times, is_newest=is_newest):
                    os.link(known or path, target)
                elif name == "installment_block":
                    _prints(connection, folder / "derived", target)
                else:
                    connection.execute(f"copy ({_many(connection, name, path, times)}) to {literal(str(target))} (format parquet, compression zstd)")
        paths = {str(path): f"{path.parent.name}/{path.stem}" for path in sorted(folder.glob("*/*.parquet"))}
        counts = dict(connection.execute(f"select file_name, num_rows from parquet_file_metadata([{', '.join(map(literal, paths))}])").fetchall())
        manifest = {name: value for name, value in day.manifest.items() if name not in PUBLISHED_ANEW}
        published = snapshot.publish(folder, manifest, {name: counts[path] for path, name in paths.items()})
    made |= {path.stat().st_ino: published.folder / layer / path.name for layer in ("restricted", "derived") for path in day.parquet(layer).values()}


def _is_copied(layer: str, name: str, times: int, *, is_newest: bool) -> bool:
    if times < MANY:
        return True
    return name in READ if layer == "restricted" else name not in OF_CASES if is_newest else name in COMPARED


def _prints(connection: duckdb.DuckDBPyConnection, derived: Path, target: Path) -> None:
    connection.execute("create schema if not exists derived")
    for name, path in (("installment_state", derived / "installment_state.parquet"), ("place", derived / "place.parquet")):
        connection.execute(f"create or replace view derived.{name} as from read_parquet({literal(str(path))})")
    connection.execute((derive.HERE / "installment_block.sql").read_text("utf-8"))
    connection.execute(f"copy derived.installment_block to {literal(str(target))} (format parquet, compression zstd); drop table derived.installment_block")


def _many(connection: duckdb.DuckDBPyConnection, name: str, path: Path, times: int) -> str:
    """The rows of one table `times` over, as SQL."""
    table = f"read_parquet({literal(str(path))})"
    kinds = {column: kind for column, kind, *_ in connection.execute(f"describe select * from {table}").fetchall()}
    if name in SUMS:
        summed = [f"({column} * {times})::{kind} as {column}" for column, kind in kinds.items() if column.endswith(SUMMED)]
        return f"select * replace ({', '.join(summed)}) from {table}"
    telling = [column for column, kind in kinds.items()
               if kind == "VARCHAR" and column.endswith(("_number", "_ref", "note_id", "event_id")) and column not in OF_NOBODY]
    if not telling:
        return f"select * from {table}"
    renamed = [f"{column} || '.{{copy}}' as {column}" for column in telling]
    again = f"select * replace ({', '.join(renamed)}) from {table}"
    every = " union all ".join([f"select * from {table}", *(again.format(copy=copy) for copy in range(1, times))])
    return every if name != "installment_state" else f"select * replace ({BLOCK} as block) from ({every})"


if __name__ == "__main__":
    _make(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))

"""Intake: one business day's feeds → verified → Parquet → derived → published. All of it, or nothing.

`python -m data_access.intake 2026-10-30` is safe to run again: a day already taken in is left alone, and a
refused day leaves the previous snapshot served, a report for its sender, and the offending rows in quarantine.
"""

import shutil
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

import settings
from data_access import derive, erased, feed_sense, ledger_tail, report, retention, snapshot, staging
from data_access.contract import System, systems, tables
from data_access.feed_check import checked
from data_access.feed_schedule import FILE_NAME, Announced, Feed, Problem, ScheduleInvalid, read_schedule
from data_access.report import Report
from law.version import version

MEMORY = "2GB"


@dataclass(frozen=True)
class Day:
    """One intake at work: the day, the snapshot before it, the folder the next one is built in."""

    business_date: date
    before: snapshot.Snapshot | None
    folder: Path

    @property
    def due(self) -> list[System]:
        """The systems that must send today; the old system's history only the first time."""
        return [system for system in systems().values() if system.due == "daily" or self.before is None]

    @property
    def work(self) -> Path:
        return self.folder / "work"

    def inbox(self, system: System) -> Path:
        return settings.inbox() / self.business_date.isoformat() / system.code

    def old(self, table: str) -> Path | None:
        return self.before.folder / "restricted" / f"{table}.parquet" if self.before else None


def take_in(business_date: date) -> Report:
    """Take in the feeds of one business date and publish a snapshot. Bad feeds are refused whole, in the report.

    Raises SnapshotRefused when the snapshot before is damaged, PublisherBusy when another intake is running."""
    made = report.begin(business_date)
    with snapshot.building() as folder:
        day = Day(business_date, snapshot.current(), folder)
        if day.before and day.before.business_date == business_date:
            made.outcome, made.snapshot_id = "取込済", day.before.id
            return made
        made.problems = _too_old(day)
        if not made.problems:
            _take_in(day, made)
    if made.problems:
        made.outcome = "拒否"
    report.keep(made)
    return made


def _too_old(day: Day) -> list[Problem]:
    if day.before and day.business_date < day.before.business_date:
        return [Problem("連携", day.business_date.isoformat(), f"公開中の {day.before.business_date} より古い日の連携です",
                        "古い日に戻すには、管理者の承認を受けた復元の手順によってください。")]
    return []


def _take_in(day: Day, made: Report) -> None:
    if day.before:
        snapshot.verify(day.before)  # differences are laid over it: a damaged file must not be carried on with a new hash
    day.work.mkdir(mode=0o700)
    sequences = dict(day.before.manifest["sequences"]) if day.before else {}
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(day.work)}) as connection:
        for system in day.due:
            _system(connection, day, system, sequences, made)
        counts, ledger_seq = ({}, 0) if made.problems else _complete(connection, day, made)
    shutil.rmtree(day.work)
    if not made.problems:
        manifest = {"business_date": day.business_date.isoformat(), "sequences": sequences, "ledger_seq": ledger_seq,
                    "law_version": version(), "feeds": made.files}
        made.snapshot_id = snapshot.publish(day.folder, manifest, counts).id
        made.outcome = "公開"
        retention.after_publish()


def _system(connection, day: Day, system: System, sequences: dict[str, int], made: Report) -> None:
    """Check every file that one system announced; note its sequence number."""
    try:
        announced = read_schedule(day.inbox(system), system, day.business_date)
    except ScheduleInvalid as error:
        made.problems += error.problems
        return
    made.problems += _out_of_turn(system, announced, sequences.get(system.code, 0) + 1, is_first=day.before is None)
    sequences[system.code] = announced[0].sequence
    for file in announced:
        feed = Feed(system, tables()[file.table], file)
        fresh = day.work / f"{file.table}.parquet"
        problems = checked(connection, feed, day.inbox(system) / file.file, fresh, day.work,
                           settings.quarantine() / day.business_date.isoformat())
        made.add(feed, problems)
        if not problems:
            target = day.folder / "restricted" / f"{file.table}.parquet"
            staging.place(connection, feed, fresh, target, day.old(file.table))


def _out_of_turn(system: System, announced: list[Announced], expected: int, *, is_first: bool) -> list[Problem]:
    problems = []
    if announced[0].sequence != expected:
        problems.append(Problem(system.name, FILE_NAME, f"連番が {announced[0].sequence} です（次は {expected} のはずです）",
                                "抜けた日があれば古い日から順に取り込み、二重なら送り元に確かめてください。"))
    if is_first and any(file.mode != "全件" for file in announced):
        problems.append(Problem(system.name, FILE_NAME, "最初の取込に差分があります", "最初は全件を送ってください。"))
    return problems


def _complete(connection, day: Day, made: Report) -> tuple[dict[str, int], int]:
    """The rest of the snapshot from files that all passed: row counts by table, and the ledger's sequence number."""
    restricted = day.folder / "restricted"
    if day.before:
        came = {table.name for system in day.due for table in system.tables}
        staging.carry_over(day.before.folder / "restricted", restricted, came)
    erased.leave_out(restricted, day.business_date, day.before)
    staging.split(connection, restricted)
    made.problems += staging.lost_references(connection, restricted)
    made.problems += feed_sense.senseless(connection, restricted)
    if made.problems:
        return {}, 0
    ledger_seq = ledger_tail.write(restricted)
    counts, problems = derive.run(connection, day.folder, day.business_date)
    made.problems += problems
    return counts, ledger_seq


def main(arguments: list[str]) -> int:
    """Take in the named business dates in order; stop at the first refusal."""
    for text in arguments:
        try:
            made = take_in(date.fromisoformat(text))
        except snapshot.SnapshotRefused as error:
            print(f"{text}: {error}")
            return 1
        print(f"{text}: {made.outcome} {made.snapshot_id}")
        for problem in made.problems:
            print(f"  {problem.sentence()}")
        if not made.is_published:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

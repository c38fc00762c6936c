"""The next snapshot being built of one day's feeds: every file checked, laid over the day before, sifted, derived."""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

import settings
from data_access import (
    arrival,
    derive,
    erased,
    feed_sense,
    hold,
    ledger_tail,
    quarantine,
    report,
    settlement,
    snapshot,
    staging,
)
from data_access.arrival import Arrival
from data_access.contract import tables
from data_access.feed_check import checked
from data_access.feed_schedule import LATE, REFUSED, Feed
from data_access.orphan import Sieve
from data_access.quarantine import Sheet
from data_access.report import Report
from law.version import version

MEMORY = "2GB"
Built = tuple[dict[str, int], int]


@dataclass(frozen=True)
class Day:
    """One intake at work: what came, the snapshot before it, the city's limits, the folder the next one is built in."""

    arrival: Arrival
    before: snapshot.Snapshot | None
    limit: hold.Limits
    folder: Path

    @property
    def business_date(self) -> date:
        return self.arrival.business_date

    @property
    def restricted(self) -> Path:
        return self.folder / "restricted"

    @property
    def work(self) -> Path:
        return self.folder / "work"

    def old(self, table: str) -> Path | None:
        path = self.before.folder / "restricted" / f"{table}.parquet" if self.before else None
        return path if path and path.exists() else None


def build(day: Day, made: Report) -> Built:
    """Build the snapshot of `day` in its folder, entering what is found in `made`.

    Returns the row count of each table ("layer/table") and the ledger's sequence number the snapshot contains; nothing
    when a file was refused or is missing."""
    day.work.mkdir(mode=0o700)
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(day.work)}) as connection:
        sheets = _sheets(connection, day, made)
        is_whole = not made.severities() & {REFUSED, LATE}
        built = _complete(connection, day, sheets, made) if is_whole else ({}, 0)
        accounts = {name: quarantine.account(connection, sheet) for name, sheet in sheets.items()}
        for name, sheet in sheets.items() if is_whole else ():
            made.problems += hold.too_many_aside(sheet, accounts[name], day.limit)
        for name, sheet in sheets.items():
            told = sum(problem.file == sheet.feed.announced.file for problem in made.problems)
            made.balance(name, accounts[name], sheet.external_count, told)
        quarantine.write(connection, list(sheets.values()), settings.quarantine() / day.business_date.isoformat())
    shutil.rmtree(day.work)
    return built


def _sheets(connection, day: Day, made: Report) -> dict[str, Sheet]:
    """Check every file that was announced; the sheets of those that were not refused."""
    sheets = {}
    for system in day.arrival.systems:
        for file in day.arrival.announced[system.code]:
            feed = Feed(system, tables()[file.table], file)
            sheet, problems = checked(connection, feed, arrival.folder(day.business_date, system) / file.file, day.work)
            made.add(feed, problems)
            if sheet:
                sheets[file.table] = sheet
    return sheets


def _complete(connection, day: Day, sheets: dict[str, Sheet], made: Report) -> Built:
    """The rest of the snapshot, of good rows only."""
    def place(sheet: Sheet) -> None:
        staging.place(connection, sheet, day.restricted / f"{sheet.table.name}.parquet", day.old(sheet.table.name))

    for sheet in sheets.values():
        place(sheet)
    if day.before:
        staging.carry_over(day.before.folder / "restricted", day.restricted, set(sheets))
    made.problems += Sieve(connection, day.restricted, sheets, day.old).run(place)
    ledger_seq = ledger_tail.write(day.restricted)
    erased.leave_out(day.restricted, day.business_date, day.before)
    staging.split(connection, day.restricted)
    counts = derive.run(connection, day.folder, day.business_date)
    made.problems += settlement.differences(connection, set(sheets)) + feed_sense.senseless(connection, day.restricted, set(sheets))
    if day.before:
        made.problems += hold.swings(connection, day.restricted, day.before.folder / "restricted", day.limit)
    return counts, ledger_seq


def manifest(day: Day, made: Report, ledger_seq: int) -> dict:
    """What the snapshot says of itself: its day, the feeds it was made of, how far the ledger is in it."""
    taken = day.before.manifest if day.before else {"sequences": {}, "feeds": []}
    is_again = day.before is not None and day.before.business_date == day.business_date
    other = [feed for feed in taken["feeds"] if feed["system"] not in day.arrival.announced] if is_again else []
    sequences = taken["sequences"] | {code: files[0].sequence for code, files in day.arrival.announced.items()}
    return {"business_date": day.business_date.isoformat(), "sequences": sequences, "ledger_seq": ledger_seq, "law_version": version(),
            "feeds": [*other, *made.files], "intake_decision": made.decision, "intake": report.kernel(made)}

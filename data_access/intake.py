"""Intake: one business day's feeds → verified → Parquet → derived → published. All of it, or nothing.

`python -m data_access.intake 2026-10-30` is safe to run again: a day already taken in is left alone, and a
refused day leaves the previous snapshot served, a report for its sender, and the offending rows in quarantine.
"""

import json
import os
import shutil
import sys
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

import duckdb

import settings
from data_access import derive, ledger_tail, snapshot
from data_access.contract import System, Table, systems, tables
from data_access.feed_check import checked
from data_access.feed_schedule import Announced, Problem, ScheduleInvalid, read_schedule
from law.version import version

MEMORY = "2GB"


@dataclass
class Report:
    """What one intake did: the outcome, what each file brought, and every problem found."""

    business_date: str
    started_at: str
    outcome: str = "取込中"
    snapshot_id: str = ""
    files: list[dict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_published(self) -> bool:
        return self.outcome in ("公開", "取込済")


def take_in(business_date: date) -> Report:
    """Take in the feeds of one business date and publish a snapshot. Bad feeds are refused whole, in the report."""
    report = Report(business_date.isoformat(), f"{settings.now():%Y-%m-%dT%H:%M:%S.%fZ}")
    with snapshot.building() as folder:
        before = snapshot.current()
        if before and before.business_date == business_date:
            report.outcome, report.snapshot_id = "取込済", before.id
            return report
        report.problems = _in_order(before, business_date)
        if not report.problems:
            _take_in(folder, before, business_date, report)
    if report.problems:
        report.outcome = "拒否"
    _keep(report)
    return report


def _in_order(before: snapshot.Snapshot | None, business_date: date) -> list[Problem]:
    if before and business_date < before.business_date:
        return [Problem("連携", business_date.isoformat(), f"公開中の {before.business_date} より古い日の連携です",
                        "古い日に戻すには、管理者の承認を受けた復元の手順によってください。")]
    if before:
        snapshot.verify(before)  # differences are laid over it: a damaged file must not be carried on with a new hash
    return []


def _take_in(folder: Path, before: snapshot.Snapshot | None, business_date: date, report: Report) -> None:
    work = folder / "work"
    work.mkdir(mode=0o700)
    connection = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(work)})
    quarantine = settings.quarantine() / business_date.isoformat()
    due = [system for system in systems().values() if system.due == "daily" or before is None]
    sequences = dict(before.manifest["sequences"]) if before else {}
    for system in due:
        try:
            announced = read_schedule(settings.inbox() / business_date.isoformat() / system.code, system, business_date)
        except ScheduleInvalid as error:
            report.problems += error.problems
            continue
        report.problems += _sequence(system, announced, sequences, before)
        sequences[system.code] = announced[0].sequence
        for file in announced:
            _file(connection, system, file, folder, work, quarantine, before, business_date, report)
    if not report.problems:
        _carry_over(folder, before, [table for system in due for table in system.tables])
        _split(connection, folder)
        report.problems += _references(connection, folder)
    if not report.problems:
        seq = ledger_tail.write(folder / "restricted" / "ledger_note.parquet")
        counts, report_problems = derive.run(connection, folder, business_date)
        report.problems += report_problems
    connection.close()
    shutil.rmtree(work)
    if not report.problems:
        manifest = {"business_date": business_date.isoformat(), "sequences": sequences, "ledger_seq": seq,
                    "law_version": version(), "feeds": report.files}
        report.snapshot_id = snapshot.publish(folder, manifest, counts).id
        report.outcome = "公開"


def _sequence(system: System, announced: list[Announced], sequences: dict[str, int],
              before: snapshot.Snapshot | None) -> list[Problem]:
    expected = sequences.get(system.code, 0) + 1
    problems = []
    if announced[0].sequence != expected:
        problems.append(Problem(system.name, "連携予定.csv", f"連番が {announced[0].sequence} です（次は {expected} のはずです）",
                                "抜けた日があれば古い日から順に取り込み、二重なら送り元に確かめてください。"))
    if before is None and any(file.mode != "全件" for file in announced):
        problems.append(Problem(system.name, "連携予定.csv", "最初の取込に差分があります", "最初は全件を送ってください。"))
    return problems


def _file(connection, system: System, file: Announced, folder: Path, work: Path, quarantine: Path,
          before: snapshot.Snapshot | None, business_date: date, report: Report) -> None:
    table = tables()[file.table]
    fresh = work / f"{table.name}.parquet"
    path = settings.inbox() / business_date.isoformat() / system.code / file.file
    problems = checked(connection, system, table, file, path, fresh, work, quarantine)
    report.problems += problems
    report.files.append({"system": system.code, "system_name": system.name, "table": table.name, "label": table.label,
                         "file": file.file, "mode": file.mode, "sequence": file.sequence, "row_count": file.row_count,
                         "totals": file.totals, "problem_count": len(problems)})
    if not problems:
        target = folder / "restricted" / f"{table.name}.parquet"
        if file.mode == "全件" or before is None:
            os.rename(fresh, target)
        else:
            _merge(connection, table, before.folder / "restricted" / target.name, fresh, file, target)


def _merge(connection, table: Table, old: Path, fresh: Path, file: Announced, target: Path) -> None:
    """The day before plus the difference: a row with the same key is replaced by the one that came."""
    if file.row_count == 0:
        os.link(old, target)
        return
    key = ", ".join(table.key)
    connection.execute(
        f"copy (select * from (select old.* from read_parquet('{old}') as old anti join read_parquet('{fresh}') as fresh "
        f"using ({key}) union all by name select * from read_parquet('{fresh}')) order by {key}) "
        f"to '{target}' (format parquet, compression zstd)")


def _carry_over(folder: Path, before: snapshot.Snapshot | None, came: list[Table]) -> None:
    for name in tables().keys() - {table.name for table in came}:
        os.link(before.folder / "restricted" / f"{name}.parquet", folder / "restricted" / f"{name}.parquet")


def _split(connection, folder: Path) -> None:
    """Tables whose parts come as columns become rows as well (調定額 → 区分別調定)."""
    for table in tables().values():
        if not table.unpivot:
            continue
        rule, source = table.unpivot, folder / "restricted" / f"{table.name}.parquet"
        parts = " union all ".join(
            f"select {', '.join(table.key)}, '{part}' as {rule['name']}, {column} as {rule['value']} "
            f"from read_parquet('{source}') where {column} <> 0" for part, column in rule["columns"])
        target = folder / "restricted" / f"{rule['table']}.parquet"
        connection.execute(f"copy ({parts}) to '{target}' (format parquet, compression zstd)")


def _references(connection, folder: Path) -> list[Problem]:
    """Rows that point at nothing: a receipt without its notice, a notice without its person."""
    problems = []
    for table in tables().values():
        for column in table.columns:
            if not column.references:
                continue
            other, _, key = column.references.partition(".")
            here, there = (folder / "restricted" / f"{name}.parquet" for name in (table.name, other))
            match = " and ".join(f"there.{name} = here.{own}" for name, own in {**_shared(table, tables()[other]), key: column.name}.items())
            lost = connection.execute(
                f"select count(*) from read_parquet('{here}') as here where {column.name} is not null and not exists "
                f"(select 1 from read_parquet('{there}') as there where {match})").fetchone()[0]
            if lost:
                system = systems()[table.system]
                problems.append(Problem(system.name, table.label, f"{tables()[other].label}にない番号を指しています",
                                        f"{tables()[other].label}と同じ日の抽出か確かめて送り直してください。",
                                        column=column.label, count=lost))
    return problems


def _shared(table: Table, other: Table) -> dict[str, str]:
    """Key columns of `other` that `table` has too: a 期別 is that of the same 通知書番号."""
    own = {column.name for column in table.columns} - {"history_number"}
    return {name: name for name in other.key if name in own}


def reports_folder() -> Path:
    """Where each intake leaves its report, one JSON file a run."""
    return settings.home() / "reports"


def _keep(report: Report) -> None:
    folder = reports_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    body = {**asdict(report), "problems": [{**asdict(problem), "sentence": problem.sentence()} for problem in report.problems]}
    path = folder / f"{report.business_date}_{report.started_at.replace(':', '')}.json"
    path.with_suffix(".new").write_text(json.dumps(body, ensure_ascii=False, indent=1), "utf-8")
    os.rename(path.with_suffix(".new"), path)


def main(arguments: list[str]) -> int:
    """Take in the named business dates in order; stop at the first refusal."""
    for text in arguments:
        try:
            report = take_in(date.fromisoformat(text))
        except snapshot.SnapshotRefused as error:
            print(f"{text}: {error}")
            return 1
        print(f"{text}: {report.outcome} {report.snapshot_id}")
        for problem in report.problems:
            print(f"  {problem.sentence()}")
        if not report.is_published:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

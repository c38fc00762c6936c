"""連携状況: per system and day what was due, came, is awaited; every intake and 復元; the detail of one intake.

Read from the intake's reports, so it works before the first publish too. No person is in any of it.
"""

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import polars as pl

import settings
from audit import log, refusal
from auth.access import User
from data_access import arrival, hold, lineage, report, snapshot
from data_access.approved import approved
from data_access.contract import System, systems
from data_access.feed_schedule import FILE_NAME
from data_access.open_day import is_open
from data_access.outbound_contract import targets
from data_access.report import HELD, LATE, PUBLISHED, REFUSED, Report

READ, DETAIL = "feed.read", "feed.detail"
DAYS = 10
ARRIVED, EXPECTED, TAKEN_BACK, NOT_DUE, WENT_BACK, CLOSED = "到着", "予定", "取下げ", "—", "復元", "閉庁日"
FLASH = "flash_receipt"
HISTORY = {"id": pl.String, "started_at": pl.String, "business_date": pl.Date, "outcome": pl.String, "row_count": pl.Int64, "loaded": pl.Int64,
           "quarantined_count": pl.Int64, "problem_count": pl.Int64, "decided": pl.String, "snapshot_id": pl.String}
SENT = {"business_date": pl.Date, "system_name": pl.String, "file_count": pl.Int64, "row_count": pl.Int64}


def board(user: User, until: datetime | None = None) -> pl.DataFrame:
    """The last open days, newest first: business_date, outcome, one word a system (column = its code), and how many 速報 were
    set aside (None for a day that is not published): somebody paid, and nobody can tell who.

    `until` leaves out what was taken in after that moment: for an older day that is looked at. Raises NotAllowed."""
    _check(user, READ, "feed_board")
    told, standing = _told(until), set(lineage.standing_on())
    rows = []
    for day in _days({date.fromisoformat(each.business_date) for each in told}, until):
        own = [each for each in told if each.business_date == day.isoformat()]
        rows.append({"business_date": day, "outcome": _outcome(day, own, standing), "flash_aside_count": _flash_aside(own, standing)}
                    | {system.code: _word(system, day, own, standing) for system in systems().values()})
    return pl.DataFrame(rows, schema={"business_date": pl.Date, "outcome": pl.String, "flash_aside_count": pl.Int64} | dict.fromkeys(systems(), pl.String))


def history(user: User, until: datetime | None = None) -> pl.DataFrame:
    """One row per intake or 復元, newest first, with its row account. Raises NotAllowed."""
    _check(user, READ, "feed_history")
    standing = set(lineage.standing_on())
    rows = [*(_run(each, standing) for each in _told(until)), *_went_back(until)]
    return pl.DataFrame(rows, schema=HISTORY).sort("started_at", descending=True)


def sent(user: User) -> pl.DataFrame:
    """What went back to the systems around us, the newest days first: one row per 業務日 and system. Raises NotAllowed."""
    _check(user, READ, "feed_sent")
    rows = []
    for path in sorted(settings.outbox().glob("[0-9]*/manifest.json"), reverse=True)[:DAYS]:
        for target in (target for target in targets() if (path.parent / target.code / FILE_NAME).is_file()):
            lines = list(csv.DictReader((path.parent / target.code / FILE_NAME).read_text("utf-8").splitlines()))
            rows.append({"business_date": date.fromisoformat(path.parent.name), "system_name": target.name, "file_count": len(lines),
                         "row_count": sum(int(line["件数"]) for line in lines)})
    return pl.DataFrame(rows, schema=SENT)


def _check(user: User, action: str, question: str) -> None:
    refusal.check_allowed(user, action, question)
    log.append(actor=user.name, action=action, question=question)


def told_of(user: User, report_id: str) -> Report | None:
    """One intake as it was told; None when there is no such. Raises NotAllowed."""
    _check(user, DETAIL, "feed_detail")
    return next((each for each in report.every() if each.id == report_id), None)


def _told(until: datetime | None) -> list[Report]:
    return [each for each in report.every() if until is None or datetime.fromisoformat(each.started_at) <= until]


def _days(known: set[date], until: datetime | None) -> list[date]:
    """Open days since the first feed, and any other day that something came for; the last ten, newest first."""
    waiting = {*arrival.waiting(None), *arrival.closed()} if until is None and settings.inbox().is_dir() else set()
    last = max(known, default=settings.today()) if until else settings.today()
    first = min(known | waiting, default=last + timedelta(days=1))
    between = {day for count in range((last - first).days + 1) if is_open(day := first + timedelta(days=count))}
    return sorted(known | waiting | between, reverse=True)[:DAYS]


def _outcome(day: date, told: list[Report], standing: set[str]) -> str:
    """The day in a word: what happened last, and whether it is published in spite of that."""
    if not told and not is_open(day):
        return CLOSED
    if not told:
        is_complete = all(_has_come(system, day) for system in systems().values() if system.due == "daily")
        return "取込前" if is_complete else _awaited(day)
    last = told[-1].outcome
    if any(each.snapshot_id in standing for each in told if each.outcome == PUBLISHED):
        return PUBLISHED if last == PUBLISHED else f"{PUBLISHED}（再送は{last}）"
    return TAKEN_BACK if last == PUBLISHED else last if last != LATE else _awaited(day)


def _word(system: System, day: date, told: list[Report], standing: set[str]) -> str:
    own = [each for each in told if _severities(each, system) or any(file["system"] == system.code for file in each.files)]
    last = own[-1] if own else None
    severities = _severities(last, system) if last else set()
    if last and last.outcome == PUBLISHED:
        aside = sum(file.get("quarantined_count", 0) for file in last.files if file["system"] == system.code)
        return TAKEN_BACK if last.snapshot_id not in standing else f"{PUBLISHED}・隔離{aside:,}" if aside else PUBLISHED
    for severity in (REFUSED, HELD):
        if severity in severities:
            return severity
    if _has_come(system, day) or (last and LATE not in severities):
        return ARRIVED
    return _awaited(day) if (system.due == "daily" and is_open(day)) or LATE in severities else NOT_DUE


def _flash_aside(told: list[Report], standing: set[str]) -> int | None:
    published = [each for each in told if each.outcome == PUBLISHED and each.snapshot_id in standing]
    return sum(file.get("quarantined_count", 0) for file in published[-1].files if file["table"] == FLASH) if published else None


def _severities(told: Report, system: System) -> set[str]:
    return {problem.severity for problem in told.problems if problem.system == system.name}


def _has_come(system: System, day: date) -> bool:
    return (arrival.folder(day, system) / FILE_NAME).is_file()


def _awaited(day: date) -> str:
    return LATE if hold.limits(day).is_late(day, settings.now()) else EXPECTED


def _run(told: Report, standing: set[str]) -> dict:
    is_gone = told.outcome == PUBLISHED and told.snapshot_id not in standing
    is_counted = told.files and all("loaded" in file for file in told.files)  # a refused day may have been left halfway
    return {"id": told.id, "started_at": told.started_at, "business_date": date.fromisoformat(told.business_date),
            "outcome": f"{told.outcome}（{TAKEN_BACK}）" if is_gone else told.outcome, "snapshot_id": told.snapshot_id or None,
            "row_count": sum(file["row_count"] for file in told.files) if told.files else None,
            "loaded": sum(file["loaded"] for file in told.files) if is_counted else None,
            "quarantined_count": sum(file["quarantined_count"] for file in told.files) if is_counted else None,
            "problem_count": sum(problem.count for problem in told.problems), "decided": "決定あり" if told.decision else None}


def _went_back(until: datetime | None) -> Iterator[dict]:
    """復元 that were carried out, at the time of their approval: CURRENT went from the one snapshot to the other."""
    served = snapshot.served_names()
    steps = set(zip(served, served[1:], strict=False))
    for each in approved("snapshot_rollback"):
        target = each.content["target"]
        if (each.content["leaving"], target) in steps and (until is None or datetime.fromisoformat(each.approved_at) <= until):
            yield {"id": None, "started_at": each.approved_at, "outcome": WENT_BACK, "snapshot_id": target, "decided": "承認あり",
                   "business_date": date.fromisoformat(f"{target[:4]}-{target[4:6]}-{target[6:8]}")}

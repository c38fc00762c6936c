"""The report of one intake: what came, where every row and yen went, what was wrong, what was published.

One JSON file a run for 連携状況, and beside it one 連携検査結果 (CSV) a system, to send to whoever made the feed.
"""

import json
import os
import re
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from functools import lru_cache
from pathlib import Path

import settings
from data_access import conformance
from data_access.feed_schedule import Feed, Problem
from data_access.quarantine import Account
from data_access.snapshot import Snapshot

PUBLISHED, HELD, REFUSED, LATE, TAKEN, UNREADABLE = OUTCOMES = ("公開", "保留", "拒否", "未着", "取込済", "記録破損")
NAME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})_([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2})([0-9]{2})([0-9]{2}\.[0-9]{6}Z)\.json")


@dataclass
class Report:
    """What one intake did: the outcome, what each file brought, and every problem found.

    `fingerprint` is a digest of what the outcome was made from, `digest` names the held content that a decision is
    about, `decision` the ledger event that decided it."""

    business_date: str
    started_at: str
    outcome: str = "取込中"
    snapshot_id: str = ""
    files: list[dict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fingerprint: str = ""
    digest: str = ""
    decision: str = ""

    @property
    def id(self) -> str:
        return f"{self.business_date}_{self.started_at.replace(':', '')}"

    @property
    def is_published(self) -> bool:
        return self.outcome in (PUBLISHED, TAKEN)

    def severities(self) -> set[str]:
        return {problem.severity for problem in self.problems}

    def add(self, feed: Feed, problems: list[Problem]) -> None:
        """Enter one checked file with what was wrong with it."""
        self.problems += problems
        file = feed.announced
        self.files.append({
            "system": feed.system.code, "system_name": feed.system.name, "table": feed.table.name,
            "label": feed.table.label, "file": file.file, "mode": file.mode, "sequence": file.sequence,
            "row_count": file.row_count, "totals": file.totals, "sha256": file.sha256, "problem_count": len(problems),
        })  # fmt: skip

    def balance(self, table: str, account: Account, external_count: int, problem_count: int) -> None:
        """Enter where the rows and yen of one file went: row_count = loaded + Σ quarantined."""
        entry = next(file for file in self.files if file["table"] == table)
        entry |= {"loaded": account.loaded, "quarantined": account.aside, "quarantined_count": account.aside_count, "loaded_totals": account.totals,
                  "quarantined_totals": account.totals_aside, "unreadable": account.unreadable,
                  "external_count": external_count, "problem_count": problem_count}


def begin(business_date: date) -> Report:
    """The report of an intake that starts now."""
    return Report(business_date.isoformat(), f"{settings.now():%Y-%m-%dT%H:%M:%S.%fZ}")


def folder() -> Path:
    """Where the reports are."""
    return settings.home() / "reports"


def keep(report: Report) -> None:
    """Leave the report for 連携状況, whole or not at all; the texts for the senders first, so that a report has them."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in conformance.texts(report.business_date, report.files, report.problems).items():
        _write(folder() / name, text, "utf-8-sig")
    told = [{**asdict(problem), "sentence": problem.sentence()} for problem in report.problems]
    _write(folder() / f"{report.id}.json", json.dumps({**asdict(report), "id": report.id, "problems": told}, ensure_ascii=False, indent=1), "utf-8")


def _write(path: Path, text: str, encoding: str) -> None:
    """On the disk before it has its name: a torn report would be read by every screen."""
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(text.encode(encoding))
        file.flush()
        os.fsync(file.fileno())
    os.rename(fresh, path)


def _paths(business_date: str = "") -> list[Path]:
    """The reports, of one business date or of all, in the order the intakes of a date ran; any other file is none."""
    paths = folder().iterdir() if folder().is_dir() else ()
    return sorted(path for path in paths if NAME.fullmatch(path.name) and path.name.startswith(business_date))


def last(business_date: date) -> Report | None:
    """The newest report of one business date; None before the first."""
    paths = _paths(business_date.isoformat())
    return _read(paths[-1]) if paths else None


def kernel(report: Report) -> dict:
    """What a snapshot's manifest keeps of the intake that made it, beside its files: enough to tell the day again."""
    return {"started_at": report.started_at, "fingerprint": report.fingerprint, "digest": report.digest,
            "tables": [file["table"] for file in report.files], "problems": [asdict(problem) for problem in report.problems]}


def tell_again(published: Snapshot) -> None:
    """Write the report of a published snapshot if a crash came between its publish and its report."""
    told = published.manifest
    if "intake" not in told:  # published before manifests kept this
        return
    files = [feed for feed in told["feeds"] if feed["table"] in told["intake"]["tables"]]
    made = _report({**told["intake"], "business_date": told["business_date"], "outcome": PUBLISHED, "snapshot_id": published.id,
                    "files": files, "decision": told["intake_decision"]})
    path = folder() / f"{made.id}.json"
    if not path.exists() or _read(path).outcome == UNREADABLE:
        keep(made)


def was_published(business_date: date, fingerprint: str = "") -> bool:
    """Whether an intake of the day (with a fingerprint: of the same content) was published before; it may be taken back since."""
    told = map(_read, _paths(business_date.isoformat()))
    return any(each.outcome == PUBLISHED and fingerprint in ("", each.fingerprint) for each in told)


def every() -> list[Report]:
    """Every report, in the order the intakes ran."""
    return sorted((_unchanged(path, path.stat().st_mtime_ns) for path in _paths()), key=lambda each: each.started_at)


@lru_cache(maxsize=512)
def _unchanged(path: Path, _mtime_ns: int) -> Report:
    """Read once per process: nobody changes a report, and a screen looks at a season of them."""
    return _read(path)


def _read(path: Path) -> Report:
    """The report in `path`; of one that a disk has torn, its day and time and that it is 記録破損."""
    try:
        return _report(json.loads(path.read_text("utf-8")))
    except (ValueError, KeyError, TypeError):
        business_date, hour, minute, second = NAME.fullmatch(path.name).groups()
        return Report(business_date, f"{hour}:{minute}:{second}", UNREADABLE)


def _report(raw: dict) -> Report:
    problems = [Problem(**{**_own(Problem, problem), "rows": tuple(problem.get("rows", ()))}) for problem in raw["problems"]]
    return Report(**{**_own(Report, raw), "problems": problems})


def _own(kind: type, raw: dict) -> dict:
    return {each.name: raw[each.name] for each in fields(kind) if each.name in raw}


def held() -> list[Report]:
    """The intakes that wait for a decision: of every business date the newest report, where that is 保留. Oldest first."""
    days = {path.name[:10] for path in _paths()}
    newest = [last(date.fromisoformat(day)) for day in sorted(days)]
    return [report for report in newest if report.outcome == HELD]

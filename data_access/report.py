"""The report of one intake: what came, what was wrong, what was published. One JSON file a run, for 連携状況."""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

import settings
from data_access.feed_schedule import Feed, Problem


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

    def add(self, feed: Feed, problems: list[Problem]) -> None:
        """Enter one checked file with what was wrong with it."""
        self.problems += problems
        file = feed.announced
        self.files.append({
            "system": feed.system.code, "system_name": feed.system.name, "table": feed.table.name,
            "label": feed.table.label, "file": file.file, "mode": file.mode, "sequence": file.sequence,
            "row_count": file.row_count, "totals": file.totals, "problem_count": len(problems),
        })  # fmt: skip


def begin(business_date: date) -> Report:
    """The report of an intake that starts now."""
    return Report(business_date.isoformat(), f"{settings.now():%Y-%m-%dT%H:%M:%S.%fZ}")


def folder() -> Path:
    """Where the reports are."""
    return settings.home() / "reports"


def keep(report: Report) -> None:
    """Leave the report for 連携状況, whole or not at all."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    told = [{**asdict(problem), "sentence": problem.sentence()} for problem in report.problems]
    path = folder() / f"{report.business_date}_{report.started_at.replace(':', '')}.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({**asdict(report), "problems": told}, ensure_ascii=False, indent=1), "utf-8")
    os.rename(fresh, path)

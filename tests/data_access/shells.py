"""Snapshots without tables, for rules that look at names and days only."""

import json
from datetime import date
from pathlib import Path

import settings
from data_access import snapshot


def plant(day: date, clock: str = "120000") -> str:
    """A complete snapshot of one business date, in its place; nobody has been shown it yet."""
    text = json.dumps({"schema_version": snapshot.SCHEMA_VERSION, "business_date": day.isoformat(), "published_at": f"{day.isoformat()}T12:00:00Z", "tables": {}, "clock": clock})
    name = f"{day:%Y%m%d}T{clock}Z-{snapshot._short_hash(text)}"
    folder = settings.snapshots() / name
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(text, "utf-8")
    return name


def serve(day: date, clock: str = "120000") -> str:
    """The same, published."""
    name = plant(day, clock)
    snapshot.make_current(name)
    return name


def on_disk() -> set[str]:
    return {path.name for path in settings.snapshots().iterdir() if snapshot.NAME.fullmatch(path.name)}


def forget_served(home: Path) -> None:
    """As an installation is that was published to before SERVED was written."""
    (home / "snapshots" / "SERVED").unlink()

"""Which snapshots the served data stands on: those that may be looked at again, newest first.

A snapshot belongs to the lineage when CURRENT named it and no rollback went behind it since. One that was rolled back
from is kept as long as its day is, but nobody is shown it; one that CURRENT never named is what a crash left.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import settings
from data_access import snapshot


@dataclass(frozen=True)
class Kept:
    """One kept snapshot as a list names it: its id, 業務日, when it was published (UTC)."""

    id: str
    business_date: date
    published_at: datetime


def standing_on() -> list[str]:
    """Ids the served data stands on, oldest first, CURRENT last; purged ones included. Going back drops what came after."""
    path: list[str] = []
    for name in snapshot.served_names():
        if name in path:
            del path[path.index(name):]
        path.append(name)
    return path


def kept_ids() -> set[str]:
    """Ids of the complete snapshots on disk, whoever published them."""
    root = settings.snapshots()
    return {path.name for path in root.iterdir() if snapshot.NAME.fullmatch(path.name)} if root.is_dir() else set()


def offered() -> list[Kept]:
    """What may be looked at, newest first, CURRENT first of all; one damaged or of another version's shape is left out."""
    on_disk = kept_ids()
    found = (_kept(settings.snapshots() / name) for name in reversed(standing_on()) if name in on_disk)
    return [kept for kept in found if kept is not None]


def month_ends(found: list[Kept]) -> list[Kept]:
    """Of those offered, newest first: the last of each month that is over by the newest; in the first month of the installation, its first."""
    ends: dict[tuple[int, int], Kept] = {}
    for kept in found:
        ends.setdefault((kept.business_date.year, kept.business_date.month), kept)
    return list(ends.values())[1:] or found[-1:]


def never_served() -> set[str]:
    """Complete snapshots that CURRENT never named: a crash came between the two renames of a publish. While there is
    no CURRENT nothing can be said of any."""
    return kept_ids() - set(snapshot.served_names()) if (settings.snapshots() / "CURRENT").exists() else set()


@lru_cache(maxsize=512)
def _kept(folder: Path) -> Kept | None:
    """Read once per process: a snapshot never changes, and a list of seventy manifests on every click is slow."""
    try:
        found = snapshot.find(folder.name)
    except snapshot.SnapshotRefused:
        return None
    return Kept(found.id, found.business_date, datetime.fromisoformat(found.manifest["published_at"])) if found.is_of_this_version else None

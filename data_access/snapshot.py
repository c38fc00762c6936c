"""Snapshots: built beside, hashed, renamed into place once; CURRENT always names a complete one.

snapshots/<business date>T<time>Z-<hash8>/{restricted,derived}/<table>.parquet + manifest.json
SERVED lists what CURRENT named before, oldest first (lineage.py reads it).
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import settings
from data_access.alone import alone as own_folder

SCHEMA_VERSION = 4  # of what is kept and derived; a test says when to raise it
NAME = re.compile(r"^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}$")
BUILDING = ".building-"
PURGING = ".purging-"


class SnapshotRefused(Exception):
    """No trustworthy snapshot can be published or opened; the text says why and what to do."""


class PublisherBusy(SnapshotRefused):
    """Another intake is running; it holds the lock."""


@dataclass(frozen=True)
class Snapshot:
    """A published, complete snapshot: its id, folder, and manifest."""

    id: str
    folder: Path
    manifest: dict

    @property
    def business_date(self) -> date:
        return date.fromisoformat(self.manifest["business_date"])

    @property
    def is_of_this_version(self) -> bool:
        """False for one published before an upgrade that changed the shape of the tables."""
        return self.manifest["schema_version"] == SCHEMA_VERSION

    @property
    def digest(self) -> str:
        """SHA-256 of its manifest, which holds that of every file."""
        return _sha256(self.folder / "manifest.json")

    def parquet(self, layer: str) -> dict[str, Path]:
        """Table name → Parquet file of one layer."""
        tables = (name.split("/") for name in self.manifest["tables"])
        return {table: self.folder / layer / f"{table}.parquet" for kept, table in tables if kept == layer}


def current() -> Snapshot | None:
    """The snapshot that CURRENT names; None before the first publish."""
    try:
        name = (settings.snapshots() / "CURRENT").read_text("ascii").strip()
    except FileNotFoundError:
        return None
    return find(name)


def find(name: str) -> Snapshot:
    """The kept snapshot `name`. Raises SnapshotRefused when there is none or its manifest is damaged."""
    if not NAME.fullmatch(name):
        raise SnapshotRefused("スナップショット名が正しくありません。連携状況で名前を確かめてください。")
    folder = settings.snapshots() / name
    try:
        text = (folder / "manifest.json").read_text("utf-8")
    except FileNotFoundError:
        raise SnapshotRefused(f"スナップショット {name} がありません。取込をやり直してください。") from None
    if not name.endswith(_short_hash(text)):
        raise SnapshotRefused(f"スナップショット {name} の目録が書き換わっています。取込をやり直してください。")
    return Snapshot(name, folder, json.loads(text))


def verify(snapshot: Snapshot) -> None:
    """Compare every file with its SHA-256 in the manifest. Raises SnapshotRefused at the first difference."""
    for name in snapshot.manifest["tables"]:
        verify_table(snapshot, name)


def verify_table(snapshot: Snapshot, name: str) -> None:
    """The same for one file ("layer/table")."""
    path = snapshot.folder / f"{name}.parquet"
    if not path.is_file() or _sha256(path) != snapshot.manifest["tables"][name]["sha256"]:
        raise SnapshotRefused(f"スナップショット {snapshot.id} の {name} が壊れています。取込をやり直してください。")


def kept() -> list[Snapshot]:
    """Every published snapshot, newest first."""
    folder = settings.snapshots()
    names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    return [find(name) for name in sorted((name for name in names if NAME.fullmatch(name)), reverse=True)]


def alone() -> AbstractContextManager[Path]:
    """The snapshots' folder, for the one process that may change it; half-made and half-removed folders go first."""
    busy = PublisherBusy("ほかの取込が動いています。終わってからもう一度実行してください。")
    return own_folder(settings.snapshots(), f"{BUILDING}*", f"{PURGING}*", busy=busy)


@contextmanager
def building() -> Iterator[Path]:
    """A fresh folder to build the next snapshot in, alone."""
    with alone() as root:
        folder = root / f"{BUILDING}{os.getpid()}"
        for layer in ("restricted", "derived"):
            (folder / layer).mkdir(parents=True, mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def publish(folder: Path, manifest: dict, row_counts: dict[str, int]) -> Snapshot:
    """Complete `folder` with its manifest and make it CURRENT. Everything is on disk before the name appears."""
    tables = {}
    for path in sorted(folder.glob("*/*.parquet")):
        name = f"{path.parent.name}/{path.stem}"
        _to_disk(path)
        tables[name] = {"rows": row_counts[name], "bytes": path.stat().st_size, "sha256": _sha256(path)}
    now = settings.now()
    text = json.dumps({"schema_version": SCHEMA_VERSION, "published_at": f"{now:%Y-%m-%dT%H:%M:%SZ}", **manifest,
                       "tables": tables}, ensure_ascii=False, indent=1, sort_keys=True)
    _write(folder / "manifest.json", text)
    for layer in (folder / "restricted", folder / "derived", folder):
        _to_disk(layer)
    business_date = date.fromisoformat(manifest["business_date"])
    name = f"{business_date:%Y%m%d}T{now:%H%M%S}Z-{_short_hash(text)}"
    os.rename(folder, settings.snapshots() / name)
    _to_disk(settings.snapshots())
    make_current(name)
    return find(name)


def make_current(name: str) -> None:
    """Have CURRENT name `name`; call it `alone`. What it named until now is written to SERVED first, so that SERVED
    and CURRENT together always tell everything that was ever shown, whenever the power goes."""
    _replace("SERVED", "".join(f"{each}\n" for each in served_names()))
    _replace("CURRENT", name + "\n")


def served_names() -> list[str]:
    """Every name that CURRENT has had, oldest first, the present one last. Snapshots from before SERVED was written
    count as served up to CURRENT."""
    root = settings.snapshots()
    now = (root / "CURRENT").read_text("ascii").split() if (root / "CURRENT").exists() else []
    if (root / "SERVED").exists():
        return [*(root / "SERVED").read_text("ascii").split(), *now]
    older = sorted(path.name for path in root.iterdir() if NAME.fullmatch(path.name) and path.name < now[0]) if now else []
    return [*older, *now]


def remove(snapshot_id: str) -> None:
    """Take one snapshot away, all of it at once for whoever looks; call it `alone`."""
    root = settings.snapshots()
    os.rename(root / snapshot_id, root / f"{PURGING}{snapshot_id}")
    _to_disk(root)
    shutil.rmtree(root / f"{PURGING}{snapshot_id}")


def _replace(name: str, text: str) -> None:
    root = settings.snapshots()
    _write(root / f".{name}.new", text)
    os.rename(root / f".{name}.new", root / name)
    _to_disk(root)


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    _to_disk(path)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]

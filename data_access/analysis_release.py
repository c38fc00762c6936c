"""The released layer of アドホック分析: made once of a month's last snapshot, written once, the same for every reader ever after.

A release stands in CONSOLE_HOME/analysis/<snapshot>-<sha256>.parquet: sums over parts (analysis_partition.py), no person, no
pseudonym, no day. Every later release is held against the earlier ones, so what somebody kept of those gives nothing away.
"""

import fcntl
import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

import settings
from data_access import analysis_metric, lineage, snapshot
from data_access.analysis_partition import ELSEWHERE, PERSON
from data_access.analysis_witness import releases
from data_access.lineage import Kept

TABLE = "analysis_person"
NAMED = 16  # hexadecimal digits of the digest in a file's name
NOT_YET = "アドホック分析の表は、まだありません。次の連携を取り込むと作られます。"
CHANGED = "アドホック分析の表が、公開したときのものと違います。使わないで、システム管理者に連絡してください。"


@dataclass(frozen=True)
class Release:
    """What everybody is shown: its snapshot, the day it is as of, and the parts: one row per measure group × theme × part."""

    snapshot_id: str
    as_of: date
    parts: pl.DataFrame


def newest() -> Release:
    """The release of now: of the last snapshot of the month before that of the newest; in the first month of the
    installation, of its first. Made when it is not there yet. Raises SnapshotRefused."""
    return _newest()[0]


def make_due() -> Release | None:
    """Every night (data_access.month_end): make the release of now; None when it is there. Raises SnapshotRefused."""
    found, is_new = _newest()
    return found if is_new else None


def _newest() -> tuple[Release, bool]:
    wanted = _wanted(lineage.offered())
    with _alone():
        path, is_new = _path_of(wanted.id), False
        if path is None:
            earlier = [(_persons(name), _read(_path_of(name))) for name in _released() if name != wanted.id and _is_kept(name)]
            path, is_new = _write(wanted.id, make(_persons(wanted.id), earlier)), True
    return Release(wanted.id, wanted.business_date, _read(path)), is_new


def make(now: pl.DataFrame, earlier: Sequence[tuple[pl.DataFrame, pl.DataFrame]]) -> pl.DataFrame:
    """The parts of every measure group and theme. `now`: a frame of derived.analysis_person; `earlier`: of each earlier
    release such a frame, and the parts that were made of it."""
    found, themes = [], {theme.id: theme.dimensions for theme in analysis_metric.themes().values()}
    for group, measures in analysis_metric.groups().items():
        amount = next(name for name in measures if name.endswith("_yen"))
        before = [(_having(frame, amount), {theme: parts.filter(measure_group=group, theme=theme) for theme in themes}) for frame, parts in earlier]
        for theme, parts in releases(_having(now, amount), before, themes, measures).items():
            found.append(parts.with_columns(pl.lit(group).alias("measure_group"), pl.lit(theme).alias("theme")))
    names = {**dict(now.select("district_code", "district_name").unique().iter_rows()), ELSEWHERE: "ほかの地区"}
    told = pl.concat(found, how="diagonal").with_columns(pl.col(analysis_metric.DISTRICT).replace_strict(names, default=None).alias("district_name"))
    return told.select("measure_group", "theme", analysis_metric.DISTRICT, "district_name", *(name for name in analysis_metric.dimensions() if name != analysis_metric.DISTRICT),
                       *analysis_metric.measures())


def _having(persons: pl.DataFrame, amount: str) -> pl.DataFrame:
    return persons.rename({"district_code": analysis_metric.DISTRICT}).filter(pl.col(amount) > 0)


def _wanted(offered: Sequence[Kept]) -> Kept:
    """Of the kept snapshots, newest first."""
    found = next((kept for kept in lineage.month_ends(offered) if _is_kept(kept.id)), None) or next((kept for kept in reversed(offered) if _is_kept(kept.id)), None)
    if found is None:
        raise snapshot.SnapshotRefused(NOT_YET)
    return found


def _is_kept(snapshot_id: str) -> bool:
    try:
        return TABLE in snapshot.find(snapshot_id).parquet("derived")
    except snapshot.SnapshotRefused:
        return False


def _persons(snapshot_id: str) -> pl.DataFrame:
    found = snapshot.find(snapshot_id)
    snapshot.verify_table(found, f"derived/{TABLE}")
    return pl.read_parquet(found.parquet("derived")[TABLE]).sort(PERSON)


def _folder() -> Path:
    settings.analysis().mkdir(parents=True, exist_ok=True, mode=0o700)
    return settings.analysis()


@contextmanager
def _alone() -> Iterator[None]:
    """One process makes a release; the others wait for it and read it."""
    with (_folder() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _released() -> list[str]:
    """Ids of the snapshots of which there is a release."""
    return sorted(path.name.rpartition("-")[0] for path in _folder().glob("*.parquet"))


def _path_of(snapshot_id: str) -> Path | None:
    return next(iter(sorted(_folder().glob(f"{snapshot_id}-*.parquet"))), None)


def _write(snapshot_id: str, parts: pl.DataFrame) -> Path:
    made = io.BytesIO()
    parts.write_parquet(made, compression="zstd")
    content = made.getvalue()
    path = _folder() / f"{snapshot_id}-{hashlib.sha256(content).hexdigest()[:NAMED]}.parquet"
    beside = path.with_suffix(".new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.rename(beside, path)
    return path


def _read(path: Path) -> pl.DataFrame:
    content = path.read_bytes()
    if not path.stem.endswith(hashlib.sha256(content).hexdigest()[:NAMED]):
        raise snapshot.SnapshotRefused(CHANGED)
    return pl.read_parquet(io.BytesIO(content))

"""The days' folders of feeds that came (inbox), rows set aside (quarantine) and files sent (outbox): names are in all of them.

Each is kept as many days as retention.toml says, counted from the 業務日 that is published. A day that is not published yet
stays, and the newest day of the outbox, which the next one goes on from, and the folder of a closed day that nobody took in.
"""

import os
import shutil
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import settings
from audit import log
from data_access import arrival
from data_access.alone import alone
from data_access.retention_rule import Verdict, rule

ROOTS = {"inbox": settings.inbox, "quarantine": settings.quarantine, "outbox": settings.outbox}
PURGING = ".purging-"


class FolderBusy(Exception):
    """ほかの処理がこのフォルダを使っている。"""


def verdicts(published_on: date) -> list[Verdict]:
    """One verdict per day's folder, by root and oldest first; its id is "inbox/2026-10-30". Raises LawFileInvalid."""
    return [_judge(name, day, days, published_on) for name, root in ROOTS.items() for days in [_days(root())] for day in days]


def _days(root: Path) -> list[date]:
    """The days that have a folder; whatever else lies there is somebody's own."""
    found = []
    for path in root.iterdir() if root.is_dir() else ():
        try:
            day = date.fromisoformat(path.name)
        except ValueError:
            continue
        found += [day] if path.name == day.isoformat() and path.is_dir() and not path.is_symlink() else []
    return sorted(found)


def _judge(name: str, day: date, days: list[date], published_on: date) -> Verdict:
    folder, kept_days = f"{name}/{day}", rule(f"{name}_days", published_on)
    if day > published_on:
        return Verdict(folder, False, "まだ公開していない日")
    if day >= published_on - timedelta(days=kept_days):
        return Verdict(folder, False, f"業務日から{kept_days}日以内")
    if name == "inbox" and day in arrival.closed():
        return Verdict(folder, False, "開庁日でない日のフォルダで、取り込んでいない。人が確かめて移すまで残す")
    if name == "outbox" and day == days[-1]:
        return Verdict(folder, False, "次の書き出しがこの続きから始まる")
    return Verdict(folder, True, f"保存期間{kept_days}日を過ぎた")


def purge(going: Iterable[Verdict]) -> list[Verdict]:
    """Remove them, each recorded first, and return what was done; call it `snapshot.alone`. What is being written to stays."""
    return [_purge(verdict) for verdict in going if verdict.goes]


def _purge(verdict: Verdict) -> Verdict:
    name, _, day = verdict.id.partition("/")
    try:
        with alone(ROOTS[name](), f"{PURGING}*", busy=FolderBusy()) as root:
            log.append(actor="data_access.retention", action="day_folder.purge", source=verdict.id, detail={"reason": verdict.reason})
            os.rename(root / day, root / f"{PURGING}{day}")
            shutil.rmtree(root / f"{PURGING}{day}")
    except FolderBusy:
        return Verdict(verdict.id, False, "書き出し中のため残した。次の公開の後に消す")
    return verdict

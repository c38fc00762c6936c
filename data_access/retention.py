"""`python -m data_access.retention [--do-it]`: which snapshots and days' folders have been kept long enough, and why;
removed when told to.

Daily snapshots and month-ends are kept as retention.toml says on the day, CURRENT and one being read always. What a
crash left between the two renames of a publish was never shown and is removed: its day is still waiting in the inbox,
and taking it in again makes the same tables. Every removal is in the access log before it happens.
"""

import fcntl
import logging
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import settings
from audit import log
from audit.log import AuditUnavailable
from data_access import day_folder, lineage, snapshot
from data_access.retention_rule import Verdict, rule
from law.files import LawFileInvalid

NEVER_SHOWN = "公開の途中で止まり、一度も表示されていない。取込をやり直せば同じものができる"
_log = logging.getLogger("console")


@dataclass(frozen=True)
class Policy:
    """How long snapshots are kept on one day."""

    daily_days: int
    month_end_years: int


def policy(on: date) -> Policy:
    """What retention.toml says on the day `on`."""
    return Policy(rule("daily_days", on), rule("month_end_years", on))


def verdicts() -> list[Verdict]:
    """One verdict per snapshot on disk, oldest first. Raises SnapshotRefused when CURRENT is damaged."""
    path, on_disk, unseen = lineage.standing_on(), lineage.kept_ids(), lineage.never_served()
    if snapshot.current() is None:
        return [Verdict(name, False, "公開中の名前（CURRENT）がない。調べるまで残す") for name in sorted(on_disk)]
    as_of, ends = day_of(path[-1]), month_ends(path)
    found = policy(as_of)
    judged = {name: judge(name, as_of, found, is_current=name == path[-1], is_month_end=name in ends) for name in on_disk - unseen}
    return [Verdict(name, True, NEVER_SHOWN) if name in unseen else judged[name] for name in sorted(on_disk)]


def judge(name: str, as_of: date, policy: Policy, *, is_current: bool, is_month_end: bool) -> Verdict:
    """Whether one snapshot that has been served goes."""
    day = day_of(name)
    if is_current:
        return Verdict(name, False, "公開中")
    if day >= as_of - timedelta(days=policy.daily_days):
        return Verdict(name, False, f"業務日から{policy.daily_days}日以内")
    if is_month_end and day >= years_before(as_of, policy.month_end_years):
        return Verdict(name, False, f"月末。{policy.month_end_years}年以内")
    if is_month_end:
        return Verdict(name, True, f"月末の保存期間{policy.month_end_years}年を過ぎた")
    return Verdict(name, True, f"日ごとの保存期間{policy.daily_days}日を過ぎた")


def month_ends(path: Iterable[str]) -> set[str]:
    """The last of each month among the ids the served data stands on (oldest first)."""
    return set({(day_of(name).year, day_of(name).month): name for name in path}.values())


def day_of(snapshot_id: str) -> date:
    """The 業務日 in a snapshot's name."""
    return date.fromisoformat(f"{snapshot_id[:4]}-{snapshot_id[4:6]}-{snapshot_id[6:8]}")


def years_before(day: date, years: int) -> date:
    """The same day `years` earlier; 2月29日 becomes 28日."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if is_leap_day else day.day)


def purge(going: Iterable[Verdict]) -> list[Verdict]:
    """Remove them, each recorded first, and return what was done; call it `snapshot.alone`. One that is being read stays."""
    return [_purge(verdict) for verdict in going if verdict.goes]


def _purge(verdict: Verdict) -> Verdict:
    held = os.open(settings.snapshots() / verdict.id, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)  # whoever reads it holds a shared lock (connection.py)
        log.append(actor="data_access.retention", action="snapshot.purge", snapshot_id=verdict.id, detail={"reason": verdict.reason})
        snapshot.remove(verdict.id)
    except BlockingIOError:
        return Verdict(verdict.id, False, "閲覧中のため残した。次の公開の後に消す")
    finally:
        os.close(held)
    return verdict


def folder_verdicts() -> list[Verdict]:
    """One verdict per day's folder; none while nothing is published. Raises as `verdicts`, and LawFileInvalid."""
    now = snapshot.current()
    return day_folder.verdicts(now.business_date) if now else []


def after_publish() -> None:
    """What each publish does before it lets go of the lock. The new snapshot is served whatever happens here."""
    try:
        purge(verdicts())
        day_folder.purge(folder_verdicts())
    except (AuditUnavailable, LawFileInvalid, snapshot.SnapshotRefused, OSError) as failure:
        _log.error("古いスナップショットか日ごとのフォルダを消せませんでした（%s）。data_access.retention を実行して確かめてください。", failure)


def main(arguments: list[str]) -> int:
    """Tell what would go and why; with --do-it, remove it."""
    try:
        with snapshot.alone():
            found, folders = verdicts(), folder_verdicts()
            done = [*purge(found), *day_folder.purge(folders)] if "--do-it" in arguments else []
    except (snapshot.SnapshotRefused, AuditUnavailable, LawFileInvalid) as refusal:
        print(refusal)
        return 1
    after = {verdict.id: verdict for verdict in done}
    for verdict in (*found, *folders):
        said = after.get(verdict.id, verdict)
        print(f"{'消した' if said.goes and done else '消す' if said.goes else '残す'}  {said.id}  {said.reason}")
    if not done and any(verdict.goes for verdict in (*found, *folders)):
        print("消すには --do-it を付けて実行してください。")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

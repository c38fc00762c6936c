"""What came for a business date: who announced which files, who is still missing, what is sent again."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import settings
from data_access import report
from data_access.contract import System, systems
from data_access.feed_schedule import (
    FILE_NAME,
    LATE,
    RESENT,
    TOLD,
    Announced,
    NotSent,
    Problem,
    ScheduleInvalid,
    read_schedule,
)
from data_access.hold import Limits, missing_tables
from data_access.open_day import is_open
from data_access.snapshot import Snapshot
from law.version import version

SHOWN, SHOWN_LETTERS = 5, 40


class NoInbox(Exception):
    """取り込む連携の置き場がない。The text says which folder and what to do."""


@dataclass
class Arrival:
    """The files announced for one day by system code, the problems of the announcements, and who is awaited."""

    business_date: date
    announced: dict[str, list[Announced]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def systems(self) -> list[System]:
        return [systems()[code] for code in self.announced]

    def fingerprint(self, before: Snapshot | None, limit: Limits) -> str:
        """A digest of everything the day's outcome is made from: the bytes announced, the day before, the limits, the law."""
        content = [[asdict(file) for file in files] for _, files in sorted(self.announced.items())]
        told = json.dumps([content, before.id if before else "", repr(limit), version()], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


def waiting(after: date | None) -> list[date]:
    """The business dates whose folders wait in the inbox, oldest first: open days after `after`, which is published.

    Raises NoInbox when there is no inbox."""
    if not settings.inbox().is_dir():
        raise NoInbox(f"連携の置き場 {settings.inbox()} がありません。CONSOLE_HOME を確かめるか、フォルダを作ってください。")
    return [day for day in _days() if (after is None or day > after) and is_open(day)]


def closed() -> list[date]:
    """Days on which the office was closed and that have a folder in the inbox all the same, but those that a person asked for
    and that were published: the folder waits for somebody to move it."""
    return [day for day in _days() if not is_open(day) and not report.was_published(day)]


def closed_says(day: date) -> str:
    """What to do about the folder of a day on which the office was closed."""
    return (f"{day} は開庁日でないので、フォルダ inbox/{day} を取り込んでいません（そのまま残しています）。正しい対象日の名前に直すか、置き場の外へ移してください。"
            "この日の連携に違いなければ、対象日を指定して取込を実行してください。")


def _days() -> list[date]:
    """The days that have a folder in the inbox, oldest first."""
    paths = settings.inbox().iterdir() if settings.inbox().is_dir() else ()
    return sorted(day for path in paths if path.is_dir() and (day := _business_date(path.name)))


def misnamed() -> list[str]:
    """Folders in the inbox that are no business date, so that nobody looks into them; one that begins with . is meant so."""
    return sorted(path.name for path in settings.inbox().iterdir()
                  if path.is_dir() and not path.name.startswith(".") and not _business_date(path.name))


def _business_date(name: str) -> date | None:
    """Exactly 2026-10-30: ISO knows other ways to write a date."""
    try:
        day = date.fromisoformat(name)
    except ValueError:
        return None
    return day if name == day.isoformat() else None


def folder(business_date: date, system: System) -> Path:
    """Where `system` drops the files of one day."""
    return settings.inbox() / business_date.isoformat() / system.code


def look(business_date: date, before: Snapshot | None, limit: Limits, now: datetime) -> Arrival:
    """Read every 連携予定 of the day. A system that must send and has not is awaited: a problem of severity 未着."""
    arrival = Arrival(business_date)
    known = before.manifest["sequences"] if before else {}
    had = set(before.parquet("restricted")) if before else set()
    limit = replace(limit, may_miss=tuple(table for table in limit.may_miss if table in had))
    for system in systems().values():
        must = system.due == "daily" or system.code not in known
        place = folder(business_date, system)
        if system.due == "once" and not must:
            if (place / FILE_NAME).exists():
                arrival.problems.append(Problem(system.name, FILE_NAME, "初回だけの連携が届いています", "取り込みません。置いた人に確かめてください。", severity=TOLD))
            continue
        try:
            files = read_schedule(place, system, business_date, limit.may_miss)
        except NotSent:
            arrival.problems += [_awaited(system, business_date, limit, now)] if must else []
            continue
        except ScheduleInvalid as error:
            arrival.problems += error.problems
            continue
        arrival.announced[system.code] = files
        arrival.problems += _out_of_turn(system, files, known.get(system.code, 0), had)
        arrival.problems += missing_tables(system, {file.table for file in files}, limit)
    arrival.problems += _strangers(business_date)
    return arrival


def _strangers(business_date: date) -> list[Problem]:
    """Folders of the day that are no system's, so that nobody looks into them."""
    place = settings.inbox() / business_date.isoformat()
    names = sorted(path.name for path in place.iterdir() if path.is_dir() and path.name not in systems()) if place.is_dir() else []
    return [Problem("連携", name[:SHOWN_LETTERS], "どのシステムの置き場でもないフォルダです（読んでいません）", f"システムの名前は {'・'.join(systems())} です。", severity=TOLD)
            for name in names]


def _awaited(system: System, business_date: date, limit: Limits, now: datetime) -> Problem:
    due = f"期限は {limit.due_days} 日後の {limit.due_time:%H:%M}"
    if limit.is_late(business_date, now):
        return Problem(system.name, FILE_NAME, f"期限を過ぎても届いていません（{due}）", "送信元に送付を急いでもらってください。届くまで前の日を表示します。", severity=LATE)
    return Problem(system.name, FILE_NAME, f"まだ届いていません（{due}）", "届いてから取り込みます。", severity=LATE)


def _out_of_turn(system: System, files: list[Announced], last: int, had: set[str]) -> list[Problem]:
    """What cannot be laid over the day before: a 連番 out of turn, and a difference of a table that was never here."""
    problems = []
    if files[0].sequence != last + 1:
        problems.append(Problem(system.name, FILE_NAME, f"連番が {files[0].sequence} です（次は {last + 1} のはずです）",
                                "抜けた日があれば古い日から順に取り込み、二重なら送り元に確かめてください。"))
    fresh = [file.table for file in files if file.mode == "差分" and file.table not in had]
    if fresh:
        problems.append(Problem(system.name, FILE_NAME, f"最初の取込に差分があります（{'・'.join(fresh[:SHOWN])}{' ほか' * (len(fresh) > SHOWN)}）",
                                "この表の前の日のデータがありません。最初は全件を送ってください。"))
    return problems


def look_again(published: Snapshot) -> Arrival:
    """What lies in the inbox for a day already published: only what differs from what was taken in.

    The rule: same 連番 and same SHA-256 is the same feed and harmless, unless a file is no longer what it says. Other bytes are refused, unless the system announces
    all of its tables as 全件再送 under the same 連番; then that system's tables are replaced whole, the others stay."""
    arrival = Arrival(published.business_date)
    taken = {(feed["system"], feed["table"]): feed.get("sha256") for feed in published.manifest["feeds"]}
    for system in systems().values():
        try:
            files = read_schedule(folder(published.business_date, system), system, published.business_date, [table.name for table in system.tables])
        except NotSent:
            continue
        except ScheduleInvalid as error:
            arrival.problems += error.problems
            continue
        if all(taken.get((system.code, file.table)) in (file.sha256, None) for file in files):
            arrival.problems += _changed_behind(system, files, folder(published.business_date, system))
            continue
        last = published.manifest["sequences"].get(system.code)
        is_whole = {file.table for file in files} == {table.name for table in system.tables}
        if is_whole and files[0].sequence == last and all(file.mode == RESENT for file in files):
            arrival.announced[system.code] = files
        else:
            arrival.problems.append(Problem(system.name, FILE_NAME, f"取込済みの連番 {last} と中身の違うファイルです",
                                            f"直したものを送るときは、同じ連番で全ての表の区分を {RESENT} にしてください。"))
    return arrival


def _changed_behind(system: System, files: list[Announced], place: Path) -> list[Problem]:
    """Files of a published day whose bytes changed while 連携予定 still tells the old ones; a file put away is no matter."""
    return [Problem(system.name, file.file, "取り込んだ後に中身が変わりました（連携予定は元のままです）",
                    f"公開中のデータは元のままです。直したものを送るときは、連携予定も作り直し、全ての表の区分を {RESENT} にしてください。")
            for file in files if (place / file.file).is_file() and _sha256(place / file.file) != file.sha256]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

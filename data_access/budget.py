"""How many people somebody may open, and how many they may see in lists, in a day (auth/limits.toml): a crawl ends here, whichever
page it goes through. What is written out has limits and an approval of its own (export.toml).

The access log is the count: every case that was opened and every page of a list is in it before anything is shown, so a restart or a second
process forgets nothing. What has been read of it is kept in memory, and only what came since is read again.
"""

import json
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from threading import Lock
from zoneinfo import ZoneInfo

from sqlalchemy import select

import settings
import store
from audit.log import ACCESS_LOG, MOST_REFS
from audit.material import LISTS
from auth.access import User
from auth.limits import limits

JAPAN = ZoneInfo("Asia/Tokyo")
OPENING = ("case_head", "suspension_evidence")  # the questions with which a page first looks at one person


@dataclass
class _Day:
    """Whom one person opened and was shown in lists since midnight in Japan, read up to `seq`."""

    midnight: datetime
    seq: int = 0
    opened: set[str] = field(default_factory=set)
    opening: set[str] = field(default_factory=set)  # let through, and not in the log yet
    listed: set[str] = field(default_factory=set)


_days: dict[tuple[str, str], _Day] = {}
_lock = Lock()


def exceeded(user: User, atena_ref: str) -> str:
    """Why `user` may open nobody else today, when `atena_ref` is not among those they opened; otherwise ""."""
    with _lock:  # two clicks at once are two people
        return _exceeded(user, atena_ref)


def list_exceeded(user: User, name: str, references: Set[str]) -> str:
    """Why `user` may see no more lists today, when question `name` is one and shows these people; otherwise ""."""
    if name not in LISTS or len(references) > MOST_REFS:  # so many are no page: they are written out
        return ""
    with _lock:
        day = _today(user)
        most = limits(settings.today()).most_listed_a_day.get(user.role, 0)
        if len(day.listed | references) > most:
            return f"今日一覧で見られる人数（{most:,}人）に達しました。業務で続きが要るときは、係長に相談してください。"
        day.listed |= references
        return ""


def _exceeded(user: User, atena_ref: str) -> str:
    day = _today(user)
    most = limits(settings.today()).most_persons_a_day.get(user.role, 0)
    seen = day.opened | day.opening
    if atena_ref in seen or len(seen) < most:
        day.opening.add(atena_ref)
        return ""
    return f"今日開ける人数（{most:,}人）に達しました。業務で続きが要るときは、係長に相談してください。"


def _today(user: User) -> _Day:
    midnight = datetime.combine(settings.now().astimezone(JAPAN).date(), time(), JAPAN)
    day = _days.get((settings.store_url(), user.name))
    if day is None or day.midnight != midnight:
        day = _days[settings.store_url(), user.name] = _Day(midnight)
    _catch_up(day, user.name)
    return day


def _catch_up(day: _Day, name: str) -> None:
    entry, since = ACCESS_LOG.c, day.midnight.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    read = select(entry.seq, entry.at, entry.question, entry.atena_refs).where(
        entry.actor == name, entry.action != "refused", entry.seq > day.seq)
    newest = day.seq
    with store.engine().connect().execution_options(stream_results=True) as connection:
        for seq, at, question, references in connection.execute(read.order_by(entry.seq.desc())):
            if at < since:
                break
            newest = max(newest, seq)
            if question in OPENING:
                day.opened |= set(json.loads(references))
            elif question in LISTS and references.startswith("["):  # a longer list is a written-out one
                day.listed |= set(json.loads(references))
    day.seq = newest

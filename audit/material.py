"""What the review rules read: a period of the access log and what is needed before it, in a small SQLite of its own.

So the rules are one SQL whatever the store is, and nothing they do can touch the log. Times are Japan's; no person is
in it beyond the references that the log holds.
"""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import inspect, or_, select, text

import store
from audit import chain, watch
from audit.log import ACCESS_LOG
from law.calendar import SATURDAY, NoHolidays, is_closed

NEAR = timedelta(days=4)  # the open days before and after, over a long weekend
YEAR = timedelta(days=365)
CLOCK_SLACK = timedelta(minutes=5)  # a clock that is put right by a time server does not jump so far
OFFSET = timedelta(hours=9)
HERE = Path(__file__).parent
# Questions that bring up several persons, none of whom was asked for: whom one of them showed is part of an officer's work (R3).
LISTS = frozenset({
    "change_rows", "deadline_rows", "differences", "district_worklist", "duplicates", "home_deadlines", "home_promises", "plan_omissions", "rate_rows",
    "suspension_arrival_list", "suspension_candidates", "suspension_decided", "suspension_extinctions", "suspension_likely", "suspension_watch", "trial_people", "trial_population",
    "waiting_decisions", "write_off_candidates", "write_off_decided", "write_off_paper", "write_off_statement",
})
RAW = "seq, at, actor, action, question, row_count, atena_refs, source, detail"


def material(first: date, last: date) -> sqlite3.Connection:
    """Tables raw, entry, viewing, listed, written, account, watched, turned_back for the review of the days `first` … `last`."""
    made = sqlite3.connect(":memory:")
    made.execute(f"create table raw ({RAW})")
    made.executemany(f"insert into raw values ({', '.join('?' * 9)})", _rows(first, last))
    made.execute("create table account (name, role, section, expires_on)")
    made.executemany("insert into account values (?, ?, ?, ?)", accounts())
    made.execute("create table watched (list, account, atena_ref)")
    made.executemany("insert into watched values (?, ?, ?)", watch.everyone())
    made.execute("create table list_question (question primary key)")
    made.executemany("insert into list_question values (?)", [(name,) for name in LISTS])
    made.execute("create table turned_back (seq)")
    made.executemany("insert into turned_back values (?)", _turned_back(first, last))
    made.execute("create table closed (day)")
    made.executemany("insert into closed values (?)", [(day.isoformat(),) for day in _days(first, last) if _is_closed(day)])
    made.executescript((HERE / "material.sql").read_text("utf-8").replace("$first", f"'{first}'").replace("$last", f"'{last}'"))
    return made


def accounts() -> list[tuple]:
    """(name, role, section, expires_on) of every account."""
    if not inspect(store.engine()).has_table("account"):
        return []
    with store.engine().connect() as connection:
        return [tuple(row) for row in connection.execute(text("select name, role, section, expires_on from account order by name"))]


def utc(day: date, at: time = time()) -> str:
    """The instant of that time of that day in Japan, as the log writes it."""
    return (datetime.combine(day, at, UTC) - OFFSET).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _rows(first: date, last: date) -> Iterator[tuple]:
    """Everything around the period; of the year before it only who opened and wrote what."""
    row = ACCESS_LOG.c
    columns = [row[name.strip()] for name in RAW.split(",")]
    near, end = utc(first - NEAR), utc(last + timedelta(days=1))
    is_kept = or_(row.at >= near, row.question == "case_head", row.action.like("%.write"))
    wanted = select(*columns).where(row.at >= utc(last - YEAR), row.at < end, is_kept).order_by(row.seq)
    with chain.reading() as connection:
        yield from map(tuple, connection.execute(wanted, execution_options={"yield_per": chain.PAGE}))


def _turned_back(first: date, last: date) -> Iterator[tuple[int]]:
    """Entries that say they are older than the one before them, which is of the period: the server's clock was set back, and what
    followed stands in a week that may be signed already."""
    row, before = ACCESS_LOG.c, ACCESS_LOG.alias("before").c
    wanted = select(row.seq, row.at, before.at).where(
        before.at >= utc(first), before.at < utc(last + timedelta(days=1)), row.seq == before.seq + 1, row.at < before.at)
    with chain.reading() as connection:
        for seq, at, at_before in connection.execute(wanted.order_by(row.seq)):
            if datetime.fromisoformat(at_before) - datetime.fromisoformat(at) > CLOCK_SLACK:
                yield (seq,)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def _is_closed(day: date) -> bool:
    try:
        return is_closed(day)
    except NoHolidays:  # holidays not yet on file: the weekends are known
        return day.weekday() >= SATURDAY

"""The month of access-log history of the demo city: ordinary days, and the misuse that the review must find (PLANTED).

Officers open people from their list, write down what they did, and go home at a quarter past five. Everything else in
here is planted, one case for each of R1–R18. It goes into the log through audit.log, so the chain holds.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from audit import log, watch
from auth.access import User
from data_access.connection import engine
from law.calendar import is_closed

DAYS = 28
FEWEST_PERSONS = 60
OFFICERS = (("tanto1", "10.20.1.11"), ("tanto2", "10.20.1.12"))
# The answer key: the rule, and who must be found by it.
PLANTED = (
    (1, "tanto2"), (2, "tanto1"), (3, "tanto2"), (4, "tanto1"), (5, "kakari"), (6, "tanto2"), (7, "tanto1"), (8, "tanto1"),
    (9, "tanto2"), (10, "kakari"), (11, "tanto2"), (12, "kakari"), (13, "tanto1"), (14, "bunseki"), (15, "kacho"), (16, "os:root"), (17, "tanto1"),
    (18, "tanto2"),
)  # fmt: skip
SAME_REASON = hashlib.sha256("念のための確認です。".encode()).hexdigest()
MANAGER = User("kacho", "収納推進課長（デモ）", "manager", "収納推進課")


def write_history(last: date, seed: int) -> int:
    """Write the month before `last` into an empty log, and the watched references; how many entries. 0 in a tiny city."""
    rows = engine().connection.cursor().execute("select atena_ref, is_protected from derived.delinquent order by atena_ref").fetchall()
    if len(rows) < FEWEST_PERSONS or log.count():
        return 0
    refs = [reference for reference, is_protected in rows if not is_protected]
    protected = next((reference for reference, is_protected in rows if is_protected), refs[-1])
    count = log.carry_over(history(refs, protected, last, seed))
    for which, account, reference in watched(refs):
        watch.add(MANAGER, which, account, reference)
    return count


def watched(refs: Sequence[str]) -> list[tuple[str, str, str]]:
    """Whom the review looks out for: (list, account, reference)."""
    return [("職員", "tanto1", refs[-2]), ("同姓・近隣", "kakari", refs[-3]), ("要人", "", refs[-4])]


def history(refs: Sequence[str], protected: str, last: date, seed: int, *, is_planted: bool = True) -> list[dict[str, object]]:
    """The entries of the month, oldest first. `refs`: at least FEWEST_PERSONS references, the last five kept for the plants."""
    chance = random.Random(seed)
    days = [day for count in range(DAYS, -1, -1) if not is_closed(day := last - timedelta(days=count))]
    found = [entry for day in days for entry in _ordinary(day, refs[:-5], chance)]
    found += [_entry(week, "17:05", "kansa", "audit.sign", question=f"week:{(week - timedelta(days=11)).isoformat()}",
                     detail={"comment": "異常なし", "findings": {}, "name": "監査（デモ）"}) for week in days if week.weekday() == 4 and week < days[-8]]
    if is_planted:
        found += _planted(refs, protected, days)
    return sorted(found, key=lambda entry: entry["at"])


def _ordinary(day: date, refs: Sequence[str], chance: random.Random) -> Iterator[dict[str, object]]:
    """One open day: two officers with their lists, the chief with a few cases, the manager and the analyst with figures."""
    for place, (actor, source) in enumerate(OFFICERS):
        mine = refs[place :: len(OFFICERS)]
        start = (day.toordinal() * 7) % len(mine)
        shown = [mine[(start + step) % len(mine)] for step in range(min(len(mine), 30))]
        yield _entry(day, f"08:{chance.randint(31, 44)}", actor, "session.start", source=source)
        yield _entry(day, f"08:{chance.randint(45, 55)}", actor, "worklist.read", question="district_worklist", atena_refs=shown, row_count=len(shown))
        for hour, reference in zip((9, 9, 10, 10, 11, 13, 13, 14, 15, 16), shown, strict=False):
            yield from _case(day, f"{hour:02}:{chance.randint(0, 49):02}", actor, reference)
        yield _entry(day, f"17:{chance.randint(5, 15):02}", actor, "session.end", source=source)
    yield _entry(day, "08:40", "kakari", "session.start", source="10.20.1.21")
    for hour in (10, 14):
        yield from _case(day, f"{hour}:{chance.randint(0, 49):02}", "kakari", chance.choice(refs))
    yield _entry(day, "09:10", "kacho", "session.start", source="10.20.1.31")
    yield _entry(day, "09:12", "kacho", "collection_rate.read", question="rate_by_year", row_count=5)
    yield _entry(day, "09:30", "bunseki", "collection_rate.read", question="rate_by_dimension", row_count=12)


def _case(day: date, clock: str, actor: str, reference: str, *, is_noted: bool = True, **detail: object) -> Iterator[dict[str, object]]:
    for question in ("case_head", "case_installments", "case_events"):
        yield _entry(day, clock, actor, "case.read", question=question, atena_refs=[reference], row_count=1, detail=detail)
    if is_noted:
        yield _entry(day, clock, actor, "note.write", atena_refs=[reference])


def _planted(refs: Sequence[str], protected: str, days: Sequence[date]) -> Iterator[dict[str, object]]:
    """One case for each rule, in the last two weeks."""
    day, other, early = days[-3], days[-4], days[-6]
    saturday = next(each for each in (days[-1] - timedelta(days=count) for count in range(1, 8)) if each.weekday() == 5)
    own, neighbour, famous = refs[-2], refs[-3], refs[-4]
    for minute in (31, 38):
        yield from _case(saturday, f"21:{minute}", "tanto2", refs[minute], is_noted=True)  # R1
    for place, reference in enumerate(refs[:45]):
        yield from _case(day, f"13:{place:02}", "tanto1", reference)  # R2
    for minute, reference in enumerate(refs[-5:-2]):
        yield from _case(other, f"15:{minute:02}", "tanto2", reference, is_noted=False)  # R3
    yield from _case(day, "16:10", "tanto1", own)  # R4
    yield from _case(day, "16:20", "tanto2", own)  # R9
    yield from _case(day, "11:20", "kakari", neighbour)  # R5
    yield from _case(day, "16:40", "tanto1", famous)  # R8
    for each in days[-8:-2:2]:
        yield from _case(each, "12:30", "tanto2", refs[-1], is_noted=False)  # R6
    for minute in range(6):
        yield _entry(early, f"12:{minute * 3:02}", "tanto1", "case.read", question="case_search", detail={"searched_by": ["kana", "town"]})  # R7
    yield from _case(other, "10:15", "kakari", protected, protected=1)  # R10
    for minute in range(12):
        yield _entry(early, f"14:{minute:02}", "tanto2", "case.read", question="case_search", atena_refs=[refs[minute]],
                     detail={"searched_by": ["atena_ref"]})  # R11
        if minute < 6:
            yield _entry(other, f"16:{minute:02}", "kakari", "export", question="worklist", row_count=20, atena_refs=refs[:20],
                         detail={"purpose": "納付催告", "is_masked": True})  # R12
            yield _entry(day, f"09:{40 + minute}", "bunseki", "refused", question="page:district_worklist", detail={"reason": "権限がありません"})  # R14
            yield _entry(other, f"09:{minute:02}", "kacho", "reveal.begin", atena_refs=[refs[10 + minute]],
                         detail={"classes": ["C3"], "purpose": "納付交渉", "reason_sha256": SAME_REASON})  # R15
    for minute in range(35):
        yield _entry(early, f"10:{minute:02}", "tanto2", "worklist.read", question="district_worklist", row_count=100, atena_refs=refs[minute % 20 : minute % 20 + 24 + minute // 20])  # R18
    for minute, source in ((2, "10.20.1.11"), (6, "10.20.9.44")):
        yield _entry(early, f"11:{minute:02}", "tanto1", "session.start", source=source)  # R13
    yield _entry(early, "12:50", "os:root", "account.create", source="cli", detail={"account": "hojo"})  # R16
    yield _entry(day, "16:50", "tanto1", "note.write", atena_refs=[refs[3]], detail={"late_days": 9})  # R17


def _entry(day: date, clock: str, actor: str, action: str, **what: object) -> dict[str, object]:
    """`clock` is the office's; the log keeps UTC."""
    local = datetime.fromisoformat(f"{day.isoformat()}T{clock}:00+09:00")
    return {"at": local.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"), "actor": actor, "action": action, **what}

"""What a granted 猶予 of the feeds does: which 延滞金 it exempts, which event it is to the 時効, whether it stops the 督促.

The words of `grace_kind` and `ground` stand in grace.toml; SQL reads the same rows as law.grace_ground.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from law.dated import NoValue
from law.files import LAST_DAY, LEVY_KINDS, Entry, entries_in, kinds_of, values_on
from law.grace import FILE, GraceRefused

DEMAND_FILE = "demand.toml"
CHANGES = ((FILE, "charge_effect"), (FILE, "grace"), (DEMAND_FILE, "demand_stop"))
DAY = timedelta(days=1)


@dataclass(frozen=True)
class GraceGround:
    """`exemption_kind`: full | half. `event_kind`: 徴収猶予 | 換価猶予. Valid for graces that begin from_date to to_date."""

    grace_kind: str
    ground: str
    levy_kind: str
    exemption_kind: str
    exemption_ground: str
    event_kind: str
    stops_demand: bool
    from_date: date
    to_date: date


@lru_cache
def grounds() -> tuple[GraceGround, ...]:
    """Every kind of 猶予 with every ground the law gives it, by the days between which nothing about it changes.

    Raises LawFileInvalid for a broken file.
    """
    return tuple(
        _ground(entry, levy_kind, from_date, to_date)
        for entry in entries_in(FILE, "condition")
        for levy_kind in LEVY_KINDS
        if "word" in entry["value"] and levy_kind in kinds_of(entry)
        for from_date, to_date in _spans(entry, levy_kind)
    )


def effect(grace_kind: str, ground: str, from_date: date, levy_kind: str = "料") -> GraceGround:
    """What one 猶予 that begins on `from_date` does. Raises GraceRefused for a ground that kind does not have."""
    asked = (grace_kind, ground, levy_kind)
    for own in grounds():
        if (own.grace_kind, own.ground, own.levy_kind) == asked and own.from_date <= from_date <= own.to_date:
            return own
    raise GraceRefused(
        f"{from_date} からの{grace_kind}に事由「{ground}」はありません。猶予区分と猶予事由の組を確かめてください。"
    )


def span(
    from_date: date, to_date: date, cancelled_on: date | None = None, cancelling_fact_on: date | None = None
) -> tuple[date | None, date | None]:
    """(last day of the 猶予, last day of its exemption), None where there is no such day.

    A 猶予 runs until the day before its cancellation. From the day the cancelling fact arose nothing is exempt
    (地方税法15条の9第1項ただし書).
    """
    runs_to = min(to_date, cancelled_on - DAY) if cancelled_on else to_date
    exempt_to = min(runs_to, cancelling_fact_on - DAY) if cancelling_fact_on else runs_to
    return (runs_to if runs_to >= from_date else None), (exempt_to if exempt_to >= from_date else None)


def _spans(entry: Entry, levy_kind: str) -> list[tuple[date, date]]:
    """The days of a condition, until the next one of its words, cut where its effects may change."""
    own = {key: entry["value"][key] for key in ("name", "word")}
    following = [e["from"] - DAY for e in _of(levy_kind, "condition", own) if e["from"] > entry["from"]]
    last = min([entry.get("to", LAST_DAY), *following])
    changes = (e["from"] for file, setting in CHANGES for e in entries_in(file, setting))
    starts = sorted({entry["from"], *(day for day in changes if entry["from"] < day <= last)})
    return list(zip(starts, [*(day - DAY for day in starts[1:]), last], strict=True))


def _ground(entry: Entry, levy_kind: str, from_date: date, to_date: date) -> GraceGround:
    name, exemption = entry["value"]["name"], "full" if entry["value"]["is_full"] else "half"
    charge = _valid(from_date, levy_kind, "charge_effect", name=name, kind=exemption)
    event = _valid(from_date, levy_kind, "grace", name=name)["event"]
    stops = values_on(DEMAND_FILE, "demand_stop", from_date)
    return GraceGround(
        grace_kind=name,
        ground=entry["value"]["word"],
        levy_kind=levy_kind,
        exemption_kind=exemption,
        exemption_ground=charge["ground"],
        event_kind=event,
        stops_demand=any(stop["fact"] == event and stop["is_stopping"] for stop in stops),
        from_date=from_date,
        to_date=to_date,
    )


def _valid(day: date, levy_kind: str, setting: str, **wanted: str) -> dict:
    """The newest value of `setting` in force on `day` that has the wanted words."""
    for other in reversed(_of(levy_kind, setting, wanted)):
        if other["from"] <= day <= other.get("to", LAST_DAY):
            return other["value"]
    raise NoValue(f"{FILE} の {setting}: {levy_kind} の {wanted} の項目がありません。根拠とともに足してください。")


def _of(levy_kind: str, setting: str, words: dict[str, str]) -> list[Entry]:
    return [
        entry
        for entry in entries_in(FILE, setting)
        if levy_kind in kinds_of(entry) and all(entry["value"].get(key) == word for key, word in words.items())
    ]

"""What a granted 猶予 of the feeds does: which 延滞金 it exempts, which event it is to the 時効, whether it stops the 督促.

The words of `grace_kind` and `ground` stand in grace.toml; SQL reads the same rows as law.grace_ground.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from law.dated import NoValue
from law.files import LAST_DAY, LEVY_KINDS, Entry, entries_in, kinds_of, values_in
from law.grace import FILE, GraceRefused

DEMAND_FILE = "demand.toml"
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


def grounds() -> tuple[GraceGround, ...]:
    """Every kind of 猶予 with every ground the law gives it. Raises LawFileInvalid for a broken file."""
    return tuple(
        _ground(entry, levy_kind)
        for entry in entries_in(FILE, "condition")
        for levy_kind in LEVY_KINDS
        if "word" in entry["value"] and levy_kind in kinds_of(entry)
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


def _ground(entry: Entry, levy_kind: str) -> GraceGround:
    name, exemption = entry["value"]["name"], "full" if entry["value"]["is_full"] else "half"
    charge = _valid(entry, levy_kind, "charge_effect", name=name, kind=exemption)
    event = _valid(entry, levy_kind, "grace", name=name)["event"]
    stops = values_in(DEMAND_FILE, "demand_stop", {"fact": str, "is_stopping": bool})
    return GraceGround(
        grace_kind=name,
        ground=entry["value"]["word"],
        levy_kind=levy_kind,
        exemption_kind=exemption,
        exemption_ground=charge["ground"],
        event_kind=event,
        stops_demand=any(stop["fact"] == event and stop["is_stopping"] for stop in stops),
        from_date=entry["from"],
        to_date=entry.get("to", LAST_DAY),
    )


def _valid(entry: Entry, levy_kind: str, setting: str, **wanted: str) -> dict:
    """The value of `setting` in force when the condition began that has the wanted words."""
    for other in entries_in(FILE, setting):
        is_own = levy_kind in kinds_of(other) and other["from"] <= entry["from"] <= other.get("to", LAST_DAY)
        if is_own and all(other["value"].get(key) == word for key, word in wanted.items()):
            return other["value"]
    raise NoValue(f"{FILE} の {setting}: {levy_kind} の {wanted} の項目がありません。根拠とともに足してください。")

"""不納欠損: which of the reasons A–C extinguished the debt, from which day it may be booked, in which year; what could have
been kept. The city's SQL says the same in write_off_candidate and lost_installment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from law.calendar import last_day
from law.files import LAST_DAY, Entry, entries_in, kinds_of
from law.fiscal_year import fiscal_year
from law.in_force import Value, value, values
from law.parameters import levy_policy
from law.prescription import Prescription, extinct_from
from law.suspension import three_years_end

FILE, SUSPENSION_FILE = "write_off.toml", "suspension.toml"


class NotAReason(ValueError):
    """その理由では不納欠損にできない。"""


@dataclass(frozen=True)
class WriteOff:
    """`extinct_on`: first day on which it is gone; `fiscal_year`: the year whose 決算 books it."""

    code: str
    name: str
    extinct_on: date
    fiscal_year: int
    article: str
    sentence: str


@dataclass(frozen=True)
class Candidate:
    """One reason for which an open installment may be written off. `extinct_on`: first day on which the claim is gone; None for
    a 即時消滅 not decided yet, which ends it on the day of the decision. `needs_person`: somebody has to confirm it. `is_first`: this one books it."""

    code: str
    booked_as: str
    extinct_on: date | None
    needs_person: bool
    is_first: bool
    article: str
    sentence: str


class KeptChance(StrEnum):
    """What was missed of a claim that 時効 ended; the first that holds counts."""

    STOPPED = "停止中"
    NO_DEMAND = "督促なし"
    NOTHING_TRIED = "更新なし"
    TRIED = "手を打った"


def reasons(on: date, levy_kind: str = "料") -> dict[str, tuple[str, str]]:
    """Code → (name, article), for the levy kind."""
    found = values(FILE, "reason", on, {"code": str, "name": str}, levy_kind)
    return {reason.value["code"]: (reason.value["name"], reason.reference) for reason in found}


def explain(
    as_of: date,
    completes_on: date | None,
    suspended_on: date | None = None,
    suspension_item: int | None = None,
    hopeless_on: date | None = None,
    levy_kind: str = "料",
) -> WriteOff | None:
    """The reason that came first and has taken effect by `as_of`; None when the debt still lives.

    `completes_on`: 時効 as confirmed by a person (None while held). `hopeless_on`: the day of the decision under
    15条の7第5項, which needs a 1号 suspension. Raises NotAReason.
    """
    gone = []
    if suspended_on:
        gone.append(("A", three_years_end(suspended_on, levy_kind) + timedelta(days=1)))
    if hopeless_on:
        gone.append(("B", _hopeless(suspended_on, suspension_item, hopeless_on)))
    if completes_on and completes_on < as_of:  # 先の年の祝日はまだないので、過ぎた日だけを調べる
        gone.append(("C", extinct_from(completes_on, levy_kind)))
    past = sorted((day, code) for code, day in gone if day <= as_of)
    if not past:
        return None
    extinct_on, code = past[0]
    name, article = reasons(extinct_on, levy_kind)[code]
    year = fiscal_year(extinct_on)
    others = "、".join(
        f"{reasons(day, levy_kind)[c][0]} {day}" for day, c in sorted((d, c) for c, d in gone) if c != code
    )
    sentence = f"{name}により {extinct_on} に消滅（{article}）。{year}年度の欠損" + (
        f"。ほかに {others}" if others else ""
    )
    return WriteOff(code, name, extinct_on, year, article, sentence)


def candidates(
    as_of: date,
    clock: Prescription,
    suspended_on: date | None = None,
    suspension_ground: str | None = None,
    immediate_on: date | None = None,
    renounced_on: date | None = None,
    levy_kind: str = "料",
) -> tuple[Candidate, ...]:
    """Every reason for which one overdue, unpaid installment may be written off on `as_of`, in the order in which they came.

    `suspended_on`, `suspension_ground` (1号…): the 執行停止 in force. `immediate_on`: the day on which it was decided to extinguish
    the claim with it. `renounced_on`: when the last of the heirs had renounced; under the 号 that allows 即時消滅 a person sees
    whether the claim can plainly not be collected.
    """
    found = []
    if not clock.is_held and clock.extinct_from and clock.extinct_from <= as_of:
        is_doubtful = clock.needs_person or clock.later_reading_on >= as_of
        told = f"時効の日 {clock.completes_on} を過ぎ、{clock.extinct_from} から消滅と扱える"
        found.append(("C", clock.extinct_from, is_doubtful, told))
    if suspended_on:
        end = three_years_end(suspended_on, levy_kind)
        if end < as_of:
            found.append(("A", end + timedelta(days=1), False, f"停止 {suspended_on} から3年の終わり {end} を過ぎた"))
        if immediate_on == suspended_on:
            found.append(("B", suspended_on, False, f"{suspension_ground} の停止とともに {suspended_on} に即時消滅を決定した"))
        elif renounced_on and renounced_on <= as_of and suspension_ground == f"{_immediate(as_of).value}号":
            found.append(("B", None, True, f"{suspension_ground} の停止中に、相続人の全員が {renounced_on} までに放棄した"))
    return tuple(_candidate(as_of, levy_kind, place == 0, *each) for place, each in enumerate(sorted(found, key=_order)))


def kept_chance(
    due_date: date,
    ended_on: date,
    demanded_on: Iterable[date],
    tried_on: Iterable[date],
    was_stopped: bool,
    levy_kind: str = "料",
) -> KeptChance:
    """Whether an installment that 時効 ended on `ended_on` could have been kept.

    `demanded_on`: days of 督促; one by the end of the first period would have renewed it. `tried_on`: days of 承認 (a plan, a part
    payment, confirmed or not), 催告 and 差押; one whose new period reaches `ended_on` would have kept it, had it renewed.
    """
    months = 12 * levy_policy(levy_kind, due_date).prescription_years
    day = timedelta(days=1)
    if was_stopped:
        return KeptChance.STOPPED
    if not any(on <= last_day(due_date + day, months) for on in demanded_on):
        return KeptChance.NO_DEMAND
    if any(on < ended_on <= last_day(on + day, months) for on in tried_on):
        return KeptChance.TRIED
    return KeptChance.NOTHING_TRIED


def law_tables() -> dict[str, list[dict]]:
    """Rows for schema `law` (as law.parameters.as_tables): write_off_reason, with the 号 that 即時消滅 needs, and their days."""
    rows = [
        entry["value"] | {"levy_kind": kind, "article": entry["reference"], "from_date": entry["from"], "to_date": _holds_to(entry, kind),
                          "ground": f"{_immediate(entry['from']).value}号"}
        for entry in entries_in(FILE, "reason") for kind in kinds_of(entry)
    ]
    return {"write_off_reason": rows}


def refuse(name: str, on: date) -> None:
    """Raises NotAReason when `name` is no reason to write off, with the article and what to do instead."""
    for other in values(FILE, "not_a_reason", on, {"name": str, "text": str}):
        if other.value["name"] == name:
            raise NotAReason(
                f"{name}は不納欠損の理由になりません（{other.reference}）。{other.value['text']}。"
            )


def _hopeless(suspended_on: date | None, item: int | None, hopeless_on: date) -> date:
    law = _immediate(hopeless_on)
    if item != law.value or suspended_on is None or hopeless_on < suspended_on:
        raise NotAReason(
            f"即時消滅は {law.value}号 の執行停止をした後に限ります（{law.reference}）。停止の決裁を確かめてください。"
        )
    return hopeless_on


def _immediate(on: date) -> Value:
    return value(SUSPENSION_FILE, "immediate_extinction_item", on, int)


def _holds_to(entry: Entry, levy_kind: str) -> date:
    """The day before the next reason of the same code, or its own last day."""
    same = [other["from"] for other in entries_in(FILE, "reason") if levy_kind in kinds_of(other) and other["value"]["code"] == entry["value"]["code"]]
    return min([entry.get("to", LAST_DAY), *(start - timedelta(days=1) for start in same if start > entry["from"])])


def _order(found: tuple) -> tuple:
    code, extinct_on, *_ = found
    return extinct_on or LAST_DAY, code


def _candidate(as_of: date, levy_kind: str, is_first: bool, code: str, extinct_on: date | None, needs_person: bool, told: str) -> Candidate:
    own = values(FILE, "reason", extinct_on or as_of, {"code": str, "booked_as": str}, levy_kind)
    law = [reason for reason in own if reason.value["code"] == code][-1]
    booked_as = str(law.value["booked_as"])
    return Candidate(code, booked_as, extinct_on, needs_person, is_first, law.reference, told + "（担当者が確かめる）" * needs_person)

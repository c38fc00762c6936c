"""消滅時効 of one installment, explained event by event.

Where two readings exist the EARLIER date is shown, because it warns; the other stands beside it. Nothing here says
"extinct": a person does. An event after the period is complete changes nothing. The first day is not counted (民法140条).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from law.calendar import last_day, opens_on, roll_forward
from law.parameters import attachment_ends, levy_policy
from law.prescription_event import Event, Mark, UnknownEvent, holding, marks

__all__ = ["Event", "IfEnded", "Prescription", "Step", "UnknownEvent", "explain", "extinct_from"]
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """What one event did; `completes_on` is the date after it, `record` where the event is written down.

    `is_held`: after it the claim cannot complete. `is_doubtful`: a 承認 by `ground` that no person has confirmed yet.
    """

    on: date
    event: str
    effect: str
    completes_on: date
    article: str
    record: str = ""
    ground: str | None = None
    is_held: bool = False
    is_doubtful: bool = False


@dataclass(frozen=True)
class IfEnded:
    """When the claim would complete if all that holds it now ended on `on`, in one of `ways` (終了事由 of the 差押, or 終了)."""

    on: date
    ways: tuple[str, ...]
    completes_on: date


@dataclass(frozen=True)
class Prescription:
    """`completes_on`: complete at the end of this day, unless `is_held` (差押, 交付要求 or a pause in force: it cannot complete).

    `later_reading_on`: the same under the later reading of the 督促 (料). `if_confirmed_on`: should every unconfirmed 承認 be
    confirmed. `if_paused_on`: should 猶予 pause the time of 料 too, None while one in force would. `if_reminded_on`: should a
    催告 count again where none holds the completion off yet (民法150条2項の文言). `extinct_from`: first day on which a person may
    call it extinct; None while held, or where the calendar of that year is not published yet. `needs_person`: something here is
    for a person to judge. `held_by`: the kinds of event that hold it now; `if_ended`: the days on which it would then complete.
    """

    completes_on: date
    later_reading_on: date
    if_confirmed_on: date
    if_paused_on: date | None
    if_reminded_on: date
    extinct_from: date | None
    renewed_by: str | None
    renewed_on: date | None
    is_held: bool
    needs_person: bool
    steps: tuple[Step, ...]
    held_by: tuple[str, ...] = ()
    if_ended: tuple[IfEnded, ...] = ()


def explain(
    due_date: date, levy_kind: str, events: Iterable[Event], as_of: date, installment_no: str | None = None
) -> Prescription:
    """When the claim due on `due_date` prescribes, as known on `as_of`. Later events are left out.

    With `installment_no`, events whose scope names other 期別 only are left out too.
    Raises UnknownEvent, and NoValue for a day or levy kind without parameters.
    """
    policy = levy_policy(levy_kind, due_date)
    months = 12 * policy.prescription_years
    known = [event for event in events if event.happened_on <= as_of and _concerns(event, installment_no)]
    confirmed = [replace(event, is_confirmed=True) if event.kind == "承認" else event for event in known]

    def follow(own: list[Event], is_later: bool = False, pauses: bool = False, reminds_again: bool = False) -> _Course:
        course = _Course.begun(due_date + DAY, months, policy.references["prescription_years"])
        course.reminds_again = reminds_again
        for mark in marks(own, due_date, levy_kind, months, as_of, pauses):
            course.take(mark, mark.later_until if is_later else mark.until)
        return course

    found = follow(known)
    paused = follow(known, pauses=True)
    holds = holding(known, levy_kind, as_of) if found.is_held else []
    by, on = (found.renewed.event.removesuffix("終了"), found.renewed.on) if found.renewed else (None, None)
    return Prescription(
        completes_on=found.completes_on,
        later_reading_on=follow(known, is_later=True).completes_on,
        if_confirmed_on=follow(confirmed).completes_on,
        if_paused_on=None if paused.pauses else paused.completes_on,
        if_reminded_on=follow(known, reminds_again=True).completes_on,
        extinct_from=None if found.is_held else _extinct_from_or_none(found.completes_on, levy_kind),
        renewed_by=by,
        renewed_on=on,
        is_held=found.is_held,
        needs_person=found.needs_person or found.doubt_until > found.completes_on,
        steps=tuple(found.steps),
        held_by=tuple(dict.fromkeys(event.kind for event in holds)),
        if_ended=_if_ended(known, holds, as_of, lambda own: follow(own).completes_on) if holds else (),
    )


def _if_ended(known: list[Event], holds: list[Event], as_of: date, completes_on: Callable[[list[Event]], date]) -> tuple[IfEnded, ...]:
    """One for each day that comes out, with every way of ending a 差押 that leads to it."""
    seized_on = next((event.happened_on for event in holds if event.kind == "差押"), None)
    reasons = [end["end_reason"] for end in attachment_ends() if seized_on and end["from_date"] <= seized_on <= end["to_date"]]
    ways: dict[date, list[str]] = {}
    for reason in reasons or ["終了"]:
        ended = [
            replace(event, ended_on=as_of, end_reason=reason if event.kind == "差押" else None) if event in holds else event
            for event in known
        ]
        ways.setdefault(completes_on(ended), []).append(reason)
    return tuple(IfEnded(as_of, tuple(own), day) for day, own in ways.items())


def extinct_from(completes_on: date, levy_kind: str) -> date:
    """First day on which a person may call it extinct: 料 waits for the next open day (国保法111条, 民法142条)."""
    rolls = levy_policy(levy_kind, completes_on).prescription_rolls_forward
    return (roll_forward(completes_on, levy_kind) if rolls else completes_on) + DAY


def _extinct_from_or_none(completes_on: date, levy_kind: str) -> date | None:
    rolls = levy_policy(levy_kind, completes_on).prescription_rolls_forward
    last = opens_on(completes_on, levy_kind) if rolls else completes_on
    return last + DAY if last else None


def _concerns(event: Event, installment_no: str | None) -> bool:
    return not event.scope or installment_no is None or installment_no in event.scope


@dataclass
class _Course:
    """The period as it stands after the marks taken so far."""

    completes_on: date
    runs_from: date  # first counted day of the period that runs now
    months: int
    steps: list[Step]
    renewed: Mark | None = None
    reminded_until: date = date.min
    agreed_until: date = date.min
    doubt_until: date = date.min
    holds: int = 0
    pauses: int = 0
    paused_from: date = date.min
    starts_after_pause: bool = False
    needs_person: bool = False
    reminds_again: bool = False
    period_ends_on: date = date.min  # completes_on without what only 催告 and 協議 hold off

    @classmethod
    def begun(cls, first_day: date, months: int, article: str) -> "_Course":
        until = last_day(first_day, months)
        return cls(
            until,
            first_day,
            months,
            [Step(first_day, "起算", f"{months // 12}年の期間が始まる", until, article)],
            period_ends_on=until,
        )

    @property
    def is_held(self) -> bool:
        return self.holds + self.pauses > 0

    def take(self, mark: Mark, until: date) -> None:
        effect = self._without_effect(mark)
        is_doubtful = effect is None and mark.is_doubtful
        if effect is None:
            effect = mark.effect
            self._apply(mark, until)
        self.steps.append(
            Step(
                mark.on, mark.event, effect, self.completes_on, mark.article, mark.record, mark.ground, self.is_held,
                is_doubtful,
            )
        )  # fmt: skip

    def _without_effect(self, mark: Mark) -> str | None:
        """Why the mark does nothing, or None. 民法150条2項, 151条3項・5項: no 催告 or 協議 while an earlier 催告 holds."""
        if not self.is_held and mark.on > self.completes_on:
            self.needs_person |= mark.event != "停止"
            return "期間満了後のため効力なし（担当者が確かめる）"
        is_held_off = not self.reminds_again or mark.on > self.period_ends_on
        if mark.event == "催告" and mark.on <= max(self.reminded_until, self.agreed_until) and is_held_off:
            return "前の催告・協議による完成猶予の間の催告のため効力なし"
        if mark.event == "協議" and mark.on <= self.reminded_until:
            return "催告による完成猶予の間の合意のため効力なし"
        return None

    def _apply(self, mark: Mark, until: date) -> None:
        self.needs_person |= mark.needs_person
        if mark.is_doubtful:
            self.doubt_until = max(self.doubt_until, until)
            return
        if mark.pauses:
            self._pause(mark, until)
            return
        if mark.event == "催告":
            self.reminded_until = max(self.reminded_until, until)
        if mark.event == "協議":
            self.agreed_until = max(self.agreed_until, until)
        if mark.first_day and until > self.completes_on:
            self.renewed, self.runs_from = mark, mark.first_day
            self.starts_after_pause |= self.pauses > 0
        self.holds += mark.holds
        self.completes_on = max(self.completes_on, until)
        if mark.event not in ("催告", "協議"):
            self.period_ends_on = max(self.period_ends_on, until)

    def _pause(self, mark: Mark, fresh: date) -> None:
        """税 18条の2第4項: the days of the pause are added; a period that had not begun to run starts after it."""
        if self.pauses == 0:
            self.paused_from, self.starts_after_pause = mark.on, mark.on <= self.runs_from
        self.pauses += mark.pauses
        if self.pauses == 0 and self.starts_after_pause:
            self.completes_on, self.runs_from = max(self.completes_on, fresh), mark.on + DAY
            self.period_ends_on = max(self.period_ends_on, fresh)
        elif self.pauses == 0:
            self.completes_on += mark.on - self.paused_from + DAY
            self.period_ends_on += mark.on - self.paused_from + DAY

"""消滅時効 of one installment, explained event by event.

Where two readings exist the EARLIER date is shown, because it warns. Nothing here says "extinct": a person does.
An event after the period is complete changes nothing, and none moves the date earlier. The first day is not
counted (民法140条).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from law.calendar import last_day, roll_forward
from law.parameters import PrescriptionRule, attachment_ends, levy_policy, prescription_rule

DAY = timedelta(days=1)
RANKS = {"督促": 1, "催告": 2, "承認": 3, "差押": 4, "差押終了": 5, "停止": 6}  # 同じ日のとき、この順に見る


class UnknownEvent(ValueError):
    """時効の事由として知らない種別。"""


@dataclass(frozen=True)
class Event:
    """督促, 催告, 承認, 差押 or 停止. `ended_on`, `end_reason`: 差押 only (no end = in force)."""

    kind: str
    happened_on: date
    ended_on: date | None = None
    end_reason: str | None = None
    is_confirmed: bool = False  # 承認 only: has a person confirmed that it acknowledges this installment


@dataclass(frozen=True)
class Step:
    """What one event did; `completes_on` is the date after it."""

    on: date
    event: str
    effect: str
    completes_on: date
    article: str


@dataclass(frozen=True)
class Prescription:
    """`completes_on`: complete at the end of this day, unless `is_held` (差押 in force: it cannot complete).

    `if_confirmed_on`: the same date should every unconfirmed 承認 be confirmed.
    """

    completes_on: date
    if_confirmed_on: date
    renewed_by: str | None
    renewed_on: date | None
    is_held: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class _Mark:
    """One moment: prescription will not complete before the end of `until`, if it has not completed already."""

    on: date
    event: str
    effect: str
    article: str
    until: date | None = None
    is_renewal: bool = False
    attachments: int = 0  # +1 an attachment begins, -1 it ends


def explain(due_date: date, levy_kind: str, events: Iterable[Event], as_of: date) -> Prescription:
    """When the claim due on `due_date` prescribes, as known on `as_of`. Later events are left out.

    Raises UnknownEvent, and NoValue for a day or levy kind without parameters.
    """
    known = [event for event in events if event.happened_on <= as_of]
    confirmed = [replace(event, is_confirmed=True) if event.kind == "承認" else event for event in known]
    found = _follow(due_date, levy_kind, known, as_of)
    return replace(found, if_confirmed_on=_follow(due_date, levy_kind, confirmed, as_of).completes_on)


def extinct_from(completes_on: date, levy_kind: str) -> date:
    """First day on which a person may call it extinct: 料 waits for the next open day (国保法111条, 民法142条)."""
    rolls = levy_policy(levy_kind, completes_on).prescription_rolls_forward
    return (roll_forward(completes_on) if rolls else completes_on) + DAY


def _follow(due_date: date, levy_kind: str, events: list[Event], as_of: date) -> Prescription:
    policy = levy_policy(levy_kind, due_date)
    months = 12 * policy.prescription_years
    completes_on = last_day(due_date + DAY, months)
    article = policy.references["prescription_years"]
    steps = [
        Step(due_date + DAY, "起算", f"{policy.prescription_years}年の期間が始まる", completes_on, article)
    ]
    attachments, reminded_until, renewed = 0, date.min, None
    for mark in _marks(events, levy_kind, months, as_of):
        effect = mark.effect
        if not attachments and mark.on > completes_on:
            effect = "期間満了後のため効力なし（担当者が確かめる）"
        elif mark.event == "催告" and mark.on <= reminded_until:
            effect = "前の催告による完成猶予の間の再度の催告のため効力なし"
        else:
            if mark.is_renewal and mark.until > completes_on:
                renewed = mark
            attachments += mark.attachments
            completes_on = max(completes_on, mark.until or completes_on)
            reminded_until = mark.until if mark.event == "催告" else reminded_until
        steps.append(Step(mark.on, mark.event, effect, completes_on, mark.article))
    by, on = (renewed.event.removesuffix("終了"), renewed.on) if renewed else (None, None)
    return Prescription(completes_on, completes_on, by, on, attachments > 0, tuple(steps))


def _marks(events: list[Event], levy_kind: str, months: int, as_of: date) -> list[_Mark]:
    """Every event as marks in order of time. Only the first 督促 renews."""
    ordered = sorted(events, key=lambda event: event.happened_on)
    first_demand = next((event for event in ordered if event.kind == "督促"), None)
    marks: list[_Mark] = []
    for event in ordered:
        rule = prescription_rule(levy_kind, event.happened_on)
        if event.kind == "督促" and event is not first_demand:
            article = rule.references["demand_wait_days"]
            marks.append(_Mark(event.happened_on, "督促", "再度の督促のため更新しない", article))
        else:
            marks.extend(_marks_of(event, rule, months, as_of))
    return sorted(marks, key=lambda mark: (mark.on, RANKS[mark.event]))


def _marks_of(event: Event, rule: PrescriptionRule, months: int, as_of: date) -> Iterator[_Mark]:
    on = event.happened_on
    if event.kind == "督促":
        until = last_day(on + timedelta(days=rule.demand_wait_days) + DAY, months)
        yield _Mark(on, "督促", "更新", rule.references["demand_wait_days"], until, is_renewal=True)
    elif event.kind == "催告":
        until = last_day(on + DAY, rule.reminder_hold_months)
        effect = f"{until} まで完成猶予" if until > on else "催告だけでは効力なし"
        yield _Mark(on, "催告", effect, rule.references["reminder_hold_months"], until)
    elif event.kind == "承認":
        article = rule.references["acknowledgement"]
        if event.is_confirmed:
            yield _Mark(on, "承認", "更新", article, last_day(on + DAY, months), is_renewal=True)
        else:
            yield _Mark(on, "承認", "承認と確認されていないため更新しない", article)
    elif event.kind == "差押":
        yield _Mark(on, "差押", "差押の間は完成しない", rule.references["attachment"], attachments=1)
        if event.ended_on and event.ended_on <= as_of:
            yield _end_of_attachment(event, rule, months)
    elif event.kind == "停止":
        yield _Mark(on, "停止", "執行停止の間も時効は進行する", rule.references["suspension"])
    else:
        raise UnknownEvent(
            f"時効の事由「{event.kind}」を知りません。督促・催告・承認・差押・停止のどれかにしてください。"
        )


def _end_of_attachment(event: Event, rule: PrescriptionRule, months: int) -> _Mark:
    """取立, 配当 and 無益解除 renew; 取下げ, 違法取消 and an unknown reason (the earlier reading) only hold."""
    on, reason = event.ended_on, event.end_reason or "理由不明"
    hold_article = rule.references["failed_attachment_hold_months"]
    is_renewal, article = attachment_ends().get(reason, (False, hold_article))
    if is_renewal:
        until, effect = last_day(on + DAY, months), f"{reason}により終了、更新"
    else:
        until = last_day(on + DAY, rule.failed_attachment_hold_months)
        effect = f"{reason}により終了、更新せず {until} まで完成猶予"
    return _Mark(on, "差押終了", effect, article, until, is_renewal, attachments=-1)

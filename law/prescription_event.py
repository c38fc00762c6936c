"""What each event does to 消滅時効: a mark in time "not complete before the end of `until`", a hold, or a pause.

The law of the day on which the event happened counts (平成29年法律44号附則10条): 中断・停止 before 2020-04-01, 更新・完成猶予 after.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from law.calendar import last_day
from law.demand import designated_deadline, first_served
from law.parameters import (
    AttachmentEnd,
    PrescriptionRule,
    attachment_end,
    event_ranks,
    levy_policy,
    prescription_rule,
)
from law.service import Letter

DAY = timedelta(days=1)
GRACES = ("徴収猶予", "換価猶予")


class UnknownEvent(ValueError):
    """時効の事由として知らない種別。"""


@dataclass(frozen=True)
class Event:
    """One thing that happened to one installment; `kind` is one of prescription.toml's event_kind.

    `deadline`: 督促の指定期限, 告知の納期限, or the end of the time agreed for 協議. 交付要求 is dated by its notice to the debtor.
    `ended_on`: end of 差押, 交付要求, 猶予, of the obstacle (天災), or the refusal to go on (協議); None = in force.
    """

    kind: str
    happened_on: date
    ended_on: date | None = None
    end_reason: str | None = None  # 差押 only
    is_confirmed: bool = False  # 承認 only: has a person confirmed that it acknowledges this installment
    deadline: date | None = None
    ground: str | None = None  # 承認: 一部納付, 分納誓約, 猶予申請, 書面. 督促返戻: 返戻, 受取拒否
    record: str = ""  # where it is written down, e.g. 督促 0000012345-03
    scope: tuple[str, ...] = ()  # 承認 only: the 期別 it names; empty = the one asked about


def demanded(demands: Iterable[Letter | tuple], as_of: date, levy_kind: str = "料", record: str = "") -> Event | None:
    """The 督促 that counts, as an event: from the day it has effect, or as a 督促返戻 that renews nothing; None without one."""
    letter, service = first_served(demands, as_of)
    if letter is None:
        return None
    if service.served_on is None:
        return Event("督促返戻", service.returned_on, ground=service.way, record=record)
    told = f"{record}（{service.way}）" if record and service.returned_on else record
    return Event("督促", service.served_on, deadline=designated_deadline(letter, service, levy_kind), record=told)


@dataclass(frozen=True)
class Mark:
    """One moment of an event. `later_until`: under the later reading. `first_day`: first counted day of a new period."""

    on: date
    rank: int
    event: str
    effect: str
    article: str
    record: str
    until: date = date.min
    later_until: date = date.min
    first_day: date | None = None  # set only where a new period starts (更新)
    holds: int = 0  # +1 cannot complete from now on, -1 no longer so
    pauses: int = 0  # +1 time stops running, -1 it runs again
    is_doubtful: bool = False  # counts only once a person confirms it
    needs_person: bool = False
    ground: str | None = None  # 承認 only


def marks(
    events: list[Event], due_date: date, levy_kind: str, months: int, as_of: date, deferral_pauses: bool = False
) -> list[Mark]:
    """Every event as marks in order of time; `months` is the whole period. Only the first 督促 renews.

    `deferral_pauses`: read every 猶予 as pausing time, whatever the city's setting says.
    """
    ordered = sorted(events, key=lambda event: (event.happened_on, event.deadline or date.max))
    first_demand = next((event for event in ordered if event.kind == "督促"), None)
    found: list[Mark] = []
    for event in ordered:
        if event.kind not in event_ranks():
            raise UnknownEvent(
                f"時効の事由「{event.kind}」を知りません。{'・'.join(event_ranks())}のどれかにしてください。"
            )
        rule = prescription_rule(levy_kind, event.happened_on)
        reader = _Reader(event, due_date, levy_kind, months, replace(rule, deferral_pauses=True) if deferral_pauses else rule)
        found.append(
            reader.demand(ordered, event is first_demand) if event.kind == "督促" else reader.start(as_of)
        )
        if event.ended_on and event.ended_on <= as_of and (end := reader.end()):
            found.append(end)
    return sorted(found, key=lambda mark: (mark.on, mark.rank, mark.until))


def holding(events: list[Event], levy_kind: str, as_of: date) -> list[Event]:
    """The events in force on `as_of` while which the claim cannot complete, or its time does not run."""
    return [event for event in events if not (event.ended_on and event.ended_on <= as_of) and _holds(event, levy_kind)]


def _holds(event: Event, levy_kind: str) -> bool:
    rule = prescription_rule(levy_kind, event.happened_on)
    return {
        "差押": True,
        "天災": True,
        "交付要求": rule.distribution_claim_holds,
        **dict.fromkeys(GRACES, rule.deferral_pauses),
    }.get(event.kind, False)


@dataclass(frozen=True)
class _Reader:
    """Reads one event under the rule of its day."""

    event: Event
    due_date: date
    levy_kind: str
    months: int
    rule: PrescriptionRule

    def demand(self, ordered: list[Event], is_first: bool) -> Mark:
        """料: two readings of the day on which the period starts anew; 税: after ten days, or the day of an earlier 差押."""
        if not is_first:
            return self._mark(f"再度の督促のため{self.rule.renewal_word}しない", "demand_wait_days")
        on = self.event.happened_on
        waited = on + timedelta(days=self.rule.demand_wait_days)
        first_day = (
            min(
                [
                    waited,
                    *(e.happened_on for e in ordered if e.kind == "差押" and on <= e.happened_on <= waited),
                ]
            )
            + DAY
        )
        later = first_day
        if self.rule.demand_has_later_reading:
            usual = timedelta(days=levy_policy(self.levy_kind, on).designated_deadline_days)
            later = max(first_day, (self.event.deadline or on + usual) + DAY)
        effect = f"{self.rule.renewal_word}（{first_day} から数え直す）"
        if later > first_day:
            effect += f"。指定期限の翌日 {later} から数える読みもある"
        return self._renewal(effect, "demand_wait_days", first_day, later)

    def start(self, as_of: date) -> Mark:
        event, rule = self.event, self.rule
        on, words = event.happened_on, (rule.renewal_word, rule.hold_word)
        match event.kind:
            case "納入の告知":
                return self._renewal(
                    f"{words[0]}（納期限の翌日から）",
                    "payment_notice",
                    (event.deadline or self.due_date) + DAY,
                )
            case "催告":
                return self._hold_until(last_day(on + DAY, rule.reminder_hold_months), "reminder_hold_months")
            case "協議":
                return self._hold_until(self._agreed_until(as_of), "agreement_hold_months")
            case "承認":
                return self._acknowledgement()
            case "天災":
                return self._mark(f"障害のある間は{words[1]}", "disaster_hold_months", holds=1)
            case "差押":
                return self._mark("差押の間は完成しない", "attachment", holds=1)
            case "交付要求":
                return self._distribution_claim()
            case "督促返戻":
                return self._mark(f"{event.ground or '返戻'}のため効力なし（再発送・公示送達の記録なし。担当者が確かめる）", "unserved_demand", needs_person=True)
            case "停止":
                return self._mark("執行停止の間も時効は進行する", "suspension")
        return self._deferral()

    def end(self) -> Mark | None:
        event, rule, ended = self.event, self.rule, self.event.ended_on
        fresh = last_day(ended + DAY, self.months)
        match event.kind:
            case "天災":
                until = last_day(ended + DAY, rule.disaster_hold_months) + timedelta(
                    days=rule.disaster_hold_days
                )
                return self._ended(
                    f"障害が消滅、{until} まで{rule.hold_word}", "disaster_hold_months", until, holds=-1
                )
            case "差押":
                return self._end_of_attachment(fresh)
            case "交付要求" if rule.distribution_claim_renews:
                return self._ended(
                    f"終了、{rule.renewal_word}",
                    "distribution_claim_renews",
                    fresh,
                    ended + DAY,
                    holds=-int(rule.distribution_claim_holds),
                )
            case "交付要求":
                text, held = (
                    f"終了、{rule.renewal_word}しない（担当者が確かめる）",
                    int(rule.distribution_claim_holds),
                )
                return self._ended(text, "distribution_claim_renews", holds=-held, needs_person=True)
            case "徴収猶予" | "換価猶予" if rule.deferral_pauses:
                return self._ended("猶予が終わり、再び進行する", "deferral_pauses", fresh, pauses=-1)
        return None

    def _end_of_attachment(self, fresh: date) -> Mark:
        """取立, 配当 and 無益解除 renew; 取下げ, 違法取消 and an unknown reason (the earlier reading) hold at most."""
        rule, ended, reason = self.rule, self.event.ended_on, self.event.end_reason or "理由不明"
        unknown = AttachmentEnd(False, True, rule.references["failed_attachment_hold_months"])
        end = attachment_end(reason, self.event.happened_on) or unknown
        doubt = "（担当者が確かめる）" if end.needs_person else ""
        if end.is_renewal:
            text = f"{reason}により終了、{rule.renewal_word}{doubt}"
            mark = self._ended(
                text, "attachment", fresh, ended + DAY, holds=-1, needs_person=end.needs_person
            )
        elif not rule.failed_attachment_hold_months:
            text = f"{reason}により終了、初めから{rule.renewal_word}しない{doubt}"
            mark = self._ended(text, "failed_attachment_hold_months", holds=-1, needs_person=end.needs_person)
        else:
            until = last_day(ended + DAY, rule.failed_attachment_hold_months)
            text = f"{reason}により終了、{rule.renewal_word}せず {until} まで{rule.hold_word}{doubt}"
            mark = self._ended(
                text, "failed_attachment_hold_months", until, holds=-1, needs_person=end.needs_person
            )
        return Mark(**{**vars(mark), "article": end.article if end.is_renewal else mark.article})

    def _distribution_claim(self) -> Mark:
        """税: no completion while it is notified. 料: an open question, so time runs (the earlier reading) and a person looks."""
        rule, doubt = self.rule, "" if self.rule.distribution_claim_renews else "（担当者が確かめる）"
        text = (
            "交付要求の間は完成しない"
            if rule.distribution_claim_holds
            else "交付要求の間も進行するものとして数える"
        )
        holds = int(rule.distribution_claim_holds)
        return self._mark(text + doubt, "distribution_claim_holds", holds=holds, needs_person=bool(doubt))

    def _deferral(self) -> Mark:
        """税: time does not run. 料: an open question, so time runs (the earlier reading) and a person looks."""
        if self.rule.deferral_pauses:
            return self._mark("猶予の間は進行しない", "deferral_pauses", pauses=1)
        return self._mark("猶予の間も時効は進行する（市の設定。担当者が確かめる）", "deferral_pauses", needs_person=True)

    def _acknowledgement(self) -> Mark:
        first_day, ground = self.event.happened_on + DAY, self.event.ground
        if self.event.is_confirmed:
            text = f"{ground}により{self.rule.renewal_word}" if ground else self.rule.renewal_word
            return self._renewal(text, "acknowledgement", first_day)
        until = last_day(first_day, self.months)
        text = f"担当者が承認と確かめるまで{self.rule.renewal_word}しない"
        return self._mark(text, "acknowledgement", until=until, later_until=until, is_doubtful=True)

    def _agreed_until(self, as_of: date) -> date:
        """民法151条1項: one year, the agreed time, or six months from a refusal, whichever is first."""
        on, ended = self.event.happened_on, self.event.ended_on
        ends = [last_day(on + DAY, self.rule.agreement_hold_months), self.event.deadline or date.max]
        if ended and ended <= as_of:
            ends.append(last_day(ended + DAY, self.rule.agreement_refused_months))
        return min(ends)

    def _hold_until(self, until: date, setting: str) -> Mark:
        if until <= self.event.happened_on:
            return self._mark(f"{self.event.kind}だけでは効力なし", setting)
        return self._mark(f"{until} まで{self.rule.hold_word}", setting, until=until, later_until=until)

    def _renewal(self, effect: str, setting: str, first_day: date, later: date | None = None) -> Mark:
        until, later_until = (last_day(day, self.months) for day in (first_day, later or first_day))
        return self._mark(effect, setting, until=until, later_until=later_until, first_day=first_day)

    def _mark(self, effect: str, setting: str, **fields) -> Mark:
        event, article = self.event, self.rule.references[setting]
        return Mark(
            event.happened_on, event_ranks()[event.kind][0], event.kind, effect, article, event.record,
            ground=event.ground, **fields
        )  # fmt: skip

    def _ended(
        self, effect: str, setting: str, until: date = date.min, first_day: date | None = None, **fields
    ) -> Mark:
        event, article = self.event, self.rule.references[setting]
        rank, name = event_ranks()[event.kind][1], f"{event.kind}終了"
        return Mark(event.ended_on, rank, name, effect, article, event.record, until, until, first_day, **fields)

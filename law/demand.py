"""督促: by when it must go out, what stops it, its fee, and from which day an attachment is possible or barred."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from law.calendar import opens_on
from law.files import LawFileInvalid, values_in
from law.parameters import DEMAND_FILE, levy_policy, seizure_bars, seizure_cautions
from law.service import Letter, Service, serve

DAY = timedelta(days=1)


class UnknownFact(ValueError):
    """督促・差押にかかわる事実として知らない言葉。"""


class SeizureBar(StrEnum):
    """Why an installment must not be attached although the day has come; the articles stand in demand.toml."""

    COLLECTION_GRACE = "徴収猶予"
    SUSPENSION = "執行停止"
    BANKRUPTCY = "破産手続"
    STAY = "更生・再生の中止命令"
    PROTECTION = "支援措置の保護"

    def rule(self, day: date) -> dict | None:
        """Its entry (meaning, reference) in force on `day`; None on a day without it. Raises LawFileInvalid where it is lost."""
        own = [entry for entry in seizure_bars() if entry["reason"] == self.value]
        if not own:
            raise LawFileInvalid(
                f"{DEMAND_FILE} の seizure_bar: {self.value} の項目がありません。根拠とともに書き足してください。"
            )
        return next((entry for entry in own if entry["from_date"] <= day <= entry["to_date"]), None)


@dataclass(frozen=True)
class Fact:
    """A fact about one installment (徴収猶予, 繰上徴収, 換価猶予, …) from a day to a day; `to_date` None = still so."""

    name: str
    from_date: date
    to_date: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.from_date <= day <= (self.to_date or day)


@dataclass(frozen=True)
class SeizableFrom:
    """`on` counts; the dates behind it stay visible, each with its article, and the 指定期限 itself.

    `after_rolled_deadline`: the day after the next open day, where the 指定期限 falls on a closed one; else None.
    `waits_until_open`: does the city's setting wait for that day?
    """

    on: date
    after_dispatch: date
    after_designated_deadline: date
    articles: tuple[str, str]
    designated_deadline: date
    is_deadline_recorded: bool  # else the city's usual one
    after_rolled_deadline: date | None = None
    waits_until_open: bool = False
    rolling_article: str = ""


@dataclass(frozen=True)
class DemandState:
    """`is_missed` (督促漏れ): unpaid, not demanded, past the deadline, and nothing stops it. `bars`: no attachment now.

    `service`: of the 督促 that counts; without effect (返戻) nothing is `seizable`. `cautions`: facts in force (換価猶予) that bar
    no attachment, yet a person looks at them first.
    """

    deadline: date
    issued_on: date | None
    is_missed: bool
    stopped_by: str | None
    fee_yen: int
    seizable: SeizableFrom | None
    bars: tuple[SeizureBar, ...]
    as_of: date
    article: str
    fee_article: str | None  # None without a 督促
    service: Service | None = None
    cautions: tuple[str, ...] = ()

    def caution_rules(self) -> list[dict]:
        """fact, meaning and reference of each caution, as in force on the day."""
        return [each for each in _cautions_on(self.as_of) if each["fact"] in self.cautions]


def state(
    due_date: date,
    unpaid_yen: int,
    as_of: date,
    demands: Iterable[Letter | tuple] = (),
    facts: Iterable[Fact] = (),
    levy_kind: str = "料",
) -> DemandState:
    """The 督促 of one installment on `as_of`; `demands` without those withdrawn: letters, or (発した日, 指定期限).

    Raises UnknownFact for a fact demand.toml does not name, NoValue for a day without settings.
    """
    letter, service = first_served(demands, as_of)
    issued_on = letter.issued_on if letter else None
    own, last = list(facts), deadline(due_date, levy_kind)
    stopped_by = next((fact.name for fact in own if fact.holds_on(as_of) and _stops(fact)), None)
    return DemandState(
        deadline=last,
        issued_on=issued_on,
        is_missed=issued_on is None and unpaid_yen > 0 and last < as_of and stopped_by is None,
        stopped_by=stopped_by,
        fee_yen=fee(issued_on, levy_kind) if issued_on else 0,
        seizable=_seizable(letter, service, levy_kind) if service and service.served_on else None,
        bars=tuple(
            bar
            for bar in SeizureBar
            if any(fact.name == bar and fact.holds_on(as_of) for fact in own) and bar.rule(as_of)
        ),
        as_of=as_of,
        article=levy_policy(levy_kind, due_date).references["demand_deadline_days"],
        fee_article=levy_policy(levy_kind, issued_on).references["demand_fee_yen"] if issued_on else None,
        service=service,
        cautions=tuple(
            each["fact"]
            for each in _cautions_on(as_of)
            if any(fact.name == each["fact"] and fact.holds_on(as_of) for fact in own)
        ),
    )


def first_served(demands: Iterable[Letter | tuple], as_of: date) -> tuple[Letter | None, Service | None]:
    """The 督促 that counts on `as_of`: the first to have effect, else the first that was issued; (None, None) without one."""
    letters = [Letter(*demand) for demand in demands]
    known = [(letter, serve(letter, as_of)) for letter in letters if letter.issued_on <= as_of]
    return min(
        known,
        key=lambda each: (each[1].served_on or date.max, each[0].issued_on, each[0].designated_deadline or date.max),
        default=(None, None),
    )


def designated_deadline(letter: Letter, service: Service, levy_kind: str = "料") -> date | None:
    """指定期限 of a letter that has effect: as recorded; after 再発送 or 公示送達 not before the city's usual days from then."""
    recorded = letter.designated_deadline
    if not service.is_late:
        return recorded
    usual = service.served_on + timedelta(days=levy_policy(levy_kind, service.served_on).designated_deadline_days)
    return max(recorded or usual, usual)


def deadline(due_date: date, levy_kind: str = "料") -> date:
    """Last day for sending the 督促状: the city's days after the due date (料: 条例, 税: 地方税法726条1項)."""
    return due_date + timedelta(days=levy_policy(levy_kind, due_date).demand_deadline_days)


def fee(issued_on: date, levy_kind: str = "料") -> int:
    """督促手数料 (yen) of one 督促状 issued on that day (地方自治法231条の3第2項, 地方税法727条; by 条例)."""
    return levy_policy(levy_kind, issued_on).demand_fee_yen


def seizable_from(
    issued_on: date, designated_deadline: date | None = None, levy_kind: str = "料"
) -> SeizableFrom:
    """First day of a possible 差押 after a 督促 that has effect from `issued_on`.

    料 waits for both dates (地方自治法231条の3第3項, and 地方税法728条 out of caution), 税 for the dispatch only.
    Without a recorded 指定期限 the city's usual one is assumed. One on a closed day has two readings; the setting chooses.
    """
    policy = levy_policy(levy_kind, issued_on)
    # 「起算して10日を経過した日まで」: 発した日が1日目なので、差し押さえられるのは発した日 + 11日
    after_dispatch = issued_on + timedelta(days=policy.seizure_wait_days) + DAY
    deadline_on = designated_deadline or issued_on + timedelta(days=policy.designated_deadline_days)
    after_deadline = deadline_on + DAY
    opens = opens_on(deadline_on, levy_kind) or deadline_on
    waits_until_open = policy.designated_deadline_rolls_forward
    waits = policy.seizure_waits_for_designated_deadline
    after_waiting = opens + DAY if waits_until_open else after_deadline
    return SeizableFrom(
        on=max(after_dispatch, after_waiting) if waits else after_dispatch,
        after_dispatch=after_dispatch,
        after_designated_deadline=after_deadline,
        articles=(
            policy.references["seizure_wait_days"],
            policy.references["seizure_waits_for_designated_deadline"],
        ),
        designated_deadline=deadline_on,
        is_deadline_recorded=designated_deadline is not None,
        after_rolled_deadline=opens + DAY if opens > deadline_on and waits else None,
        waits_until_open=waits_until_open,
        rolling_article=policy.references["designated_deadline_rolls_forward"],
    )


def _seizable(letter: Letter, service: Service, levy_kind: str) -> SeizableFrom:
    found = seizable_from(service.served_on, designated_deadline(letter, service, levy_kind), levy_kind)
    return replace(found, is_deadline_recorded=found.designated_deadline == letter.designated_deadline)


def _cautions_on(day: date) -> list[dict]:
    return [each for each in seizure_cautions() if each["from_date"] <= day <= each["to_date"]]


def _stops(fact: Fact) -> bool:
    """The rule of the day on which the fact began counts, as it does for a granted 猶予 (law/grace_ground.py)."""
    stops = values_in(DEMAND_FILE, "demand_stop")
    own = [entry for entry in stops if entry["fact"] == fact.name]
    if own:
        return any(entry["is_stopping"] for entry in own if entry["from_date"] <= fact.from_date <= entry["to_date"])
    if fact.name in set(SeizureBar):
        return False
    raise UnknownFact(
        f"督促・差押にかかわる事実「{fact.name}」を知りません。{DEMAND_FILE} の言葉で書いてください。"
    )

"""分納: the parts with their days, what each pays, the 延滞金 that grows meanwhile, and the end against 時効.

A plan is only a schedule: it stops neither 延滞金 nor disposition. 時効 is judged by the date WITHOUT counting the
pledge or the payments as 承認; the later date, should a person confirm the pledge, stands beside it.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate, count, islice

from law import allocation, delinquency_charge, prescription
from law.calendar import opens_on
from law.exemption import Exemption
from law.rates import NoRate

MOST_PARTS = 600  # 50年を超える分納は入力の誤り


class PlanRefused(ValueError):
    """分納の条件が成り立たない。"""


@dataclass(frozen=True)
class Debt:
    """One installment: principal as billed, what was paid on it (領収日, yen), its 時効 events and 延滞金 exemptions.

    `charge_paid`: 延滞金 already received (領収日, yen). `forced_yen`: 強制値 of the source system, which wins.
    """

    key: str
    due_date: date
    principal_yen: int
    paid: tuple[tuple[date, int], ...] = ()
    events: tuple[prescription.Event, ...] = ()
    designated_deadline: date | None = None
    exemptions: tuple[Exemption, ...] = ()
    charge_paid: tuple[tuple[date, int], ...] = ()
    forced_yen: int | None = None

    @property
    def unpaid_yen(self) -> int:
        return self.principal_yen - sum(yen for _, yen in self.paid)


@dataclass(frozen=True)
class Part:
    """One payment. `charge_yen`: 延滞金 of all debts still due on that day, None where a rate is not announced yet."""

    number: int
    pay_on: date
    nominal_on: date
    principal_yen: int
    goes_to: tuple[tuple[str, int], ...]
    left_yen: int
    charge_yen: int | None


@dataclass(frozen=True)
class Prescribed:
    """One debt against its 時効: `state` is 間に合う | 誓約が承認なら間に合う | 間に合わない | 差押中."""

    key: str
    paid_off_on: date
    completes_on: date
    if_pledged_on: date
    state: str


@dataclass(frozen=True)
class Plan:
    """`ends_on`: the day the principal is paid. `charge_yen`: 延滞金 then, paid afterwards; None when unknown."""

    parts: tuple[Part, ...]
    ends_on: date
    charge_yen: int | None
    prescriptions: tuple[Prescribed, ...]
    warnings: tuple[str, ...]


def schedule(
    debts: Iterable[Debt],
    first_on: date,
    as_of: date,
    monthly_yen: int | None = None,
    parts: int | None = None,
    levy_kind: str = "料",
    designated: Iterable[str] = (),
) -> Plan:
    """Monthly payments from `first_on`, by amount or by number of parts (the last one takes the remainder).

    `designated`: keys the payer wants paid first; the others go oldest 時効 first. Raises PlanRefused.
    """
    owed = _ordered(debts, as_of, levy_kind, tuple(designated))
    total = sum(debt.unpaid_yen for debt in owed)
    monthly = _monthly(total, first_on, as_of, monthly_yen, parts)
    days = [_day(first_on, number) for number in range(-(-total // monthly))]
    made, history, left = [], {debt.key: list(debt.paid) for debt in owed}, total
    for number, (nominal_on, pay_on) in enumerate(days, start=1):
        goes_to = _share_out(min(monthly, left), owed, history)
        left -= sum(yen for _, yen in goes_to)
        charge = _charge(owed, history, pay_on, levy_kind)
        for key, yen in goes_to:
            history[key].append((pay_on, yen))
        made.append(Part(number, pay_on, nominal_on, sum(y for _, y in goes_to), goes_to, left, charge))
    found = tuple(_prescribed(debt, made, as_of, levy_kind) for debt in owed)
    return Plan(tuple(made), made[-1].pay_on, made[-1].charge_yen, found, _warnings(made, found))


def smallest_part(
    debts: Iterable[Debt], first_on: date, as_of: date, unit_yen: int = 1_000, levy_kind: str = "料"
) -> int | None:
    """The smallest monthly amount (a multiple of `unit_yen`) that pays every debt before its 時効; None when none does.

    The debts are paid in the order of their 時効, so each date needs the sum of the debts up to it.
    """
    owed = _ordered(debts, as_of, levy_kind, ())
    smallest = unit_yen
    for debt, needed in zip(owed, accumulate(debt.unpaid_yen for debt in owed), strict=True):
        found = prescription.explain(debt.due_date, levy_kind, debt.events, as_of)
        if found.is_held:
            continue
        times = sum(1 for _ in _days_until(first_on, found.completes_on))
        if times == 0:
            return None
        smallest = max(smallest, -(-needed // (times * unit_yen)) * unit_yen)
    return smallest


def _ordered(debts: Iterable[Debt], as_of: date, levy_kind: str, designated: tuple[str, ...]) -> list[Debt]:
    own = {debt.key: debt for debt in debts if debt.unpaid_yen > 0}
    if not own:
        raise PlanRefused("未納の期別がありません。分納の対象を選び直してください。")
    if unknown := set(designated) - own.keys():
        raise PlanRefused(f"指定された期別 {sorted(unknown)} は未納にありません。")
    plain = [
        allocation.Debt(d.key, d.due_date, d.unpaid_yen, completes_on=_deadline(d, as_of, levy_kind))
        for d in own.values()
    ]
    usual = [debt.key for debt in allocation.oldest_first(plain)]
    return [own[key] for key in (*designated, *(key for key in usual if key not in designated))]


def _deadline(debt: Debt, as_of: date, levy_kind: str) -> date | None:
    """When its 時効 completes; None while a 差押 keeps it from completing."""
    found = prescription.explain(debt.due_date, levy_kind, debt.events, as_of)
    return None if found.is_held else found.completes_on


def _monthly(total: int, first_on: date, as_of: date, monthly_yen: int | None, parts: int | None) -> int:
    if first_on < as_of:
        raise PlanRefused(f"初回 {first_on} が基準日 {as_of} より前です。これからの日にしてください。")
    if (monthly_yen is None) == (parts is None) or min(n for n in (monthly_yen, parts) if n is not None) < 1:
        raise PlanRefused("月額か回数のどちらか一方を、1以上で決めてください。")
    monthly = monthly_yen or -(-total // parts)
    if -(-total // monthly) > MOST_PARTS:
        raise PlanRefused(f"{-(-total // monthly)}回になります。月額を上げてください（{MOST_PARTS}回まで）。")
    return monthly


def _day(first_on: date, number: int) -> tuple[date, date]:
    """(day by the calendar month, day rolled to an open one); a year without holidays on file is not rolled."""
    year, month = divmod(first_on.year * 12 + first_on.month - 1 + number, 12)
    nominal = date(year, month + 1, min(first_on.day, monthrange(year, month + 1)[1]))
    return nominal, opens_on(nominal) or nominal


def _days_until(first_on: date, end: date) -> Iterable[date]:
    for number in islice(count(), MOST_PARTS):
        pay_on = _day(first_on, number)[1]
        if pay_on > end:
            return
        yield pay_on


def _share_out(yen: int, debts: list[Debt], history: dict[str, list]) -> tuple[tuple[str, int], ...]:
    goes_to = []
    for debt in debts:
        part = min(yen, debt.principal_yen - sum(paid for _, paid in history[debt.key]))
        if part > 0:
            goes_to.append((debt.key, part))
            yen -= part
    return tuple(goes_to)


def _charge(debts: list[Debt], history: dict[str, list], on: date, levy_kind: str) -> int | None:
    try:
        return sum(_charge_of(debt, history[debt.key], on, levy_kind) for debt in debts)
    except NoRate:
        return None


def _charge_of(debt: Debt, paid: list[tuple[date, int]], on: date, levy_kind: str) -> int:
    return delinquency_charge.explain(
        debt.principal_yen,
        debt.due_date,
        paid,
        on,
        levy_kind,
        designated_deadline=debt.designated_deadline,
        exemptions=debt.exemptions,
        charge_paid=sum(yen for received_on, yen in debt.charge_paid if received_on <= on),
        forced_yen=debt.forced_yen,
    ).yen


def _prescribed(debt: Debt, parts: list[Part], as_of: date, levy_kind: str) -> Prescribed:
    paid_off_on = max(part.pay_on for part in parts if debt.key in dict(part.goes_to))
    plain = prescription.explain(debt.due_date, levy_kind, debt.events, as_of)
    pledge = prescription.Event("承認", as_of, is_confirmed=True)
    pledged = prescription.explain(debt.due_date, levy_kind, (*debt.events, pledge), as_of)
    found = Prescribed(debt.key, paid_off_on, plain.completes_on, pledged.completes_on, "間に合わない")
    if plain.is_held:
        return replace(found, state="差押中")
    if paid_off_on <= plain.completes_on:
        return replace(found, state="間に合う")
    return replace(found, state="誓約が承認なら間に合う") if paid_off_on <= pledged.completes_on else found


def _warnings(parts: list[Part], found: tuple[Prescribed, ...]) -> tuple[str, ...]:
    late = [
        f"{p.key} は {p.completes_on} に時効が完成し、完納は {p.paid_off_on}（{p.state}）"
        for p in found
        if "間に合う" != p.state != "差押中"
    ]
    unknown = next((part.pay_on for part in parts if part.charge_yen is None), None)
    if unknown:
        late.append(f"{unknown} 以後の延滞金は、割合が告示されていないため計算しない")
    if opens_on(parts[-1].nominal_on) is None:
        late.append(f"{parts[-1].nominal_on.year}年の祝日がまだないため、閉庁日の繰延べをしていない")
    late.append("分納の間も延滞金は増え、滞納処分は妨げられない")
    return tuple(late)

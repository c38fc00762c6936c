"""延滞金 of one installment, explained segment by segment in exact fractions.

Principal is paid first; the day of payment still counts at the old balance, the next day at the remaining one
(地方税法20条の9の4; for 料 the city's 条例). A segment ends where the balance, the period, the exemption or the rate changes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from law import calendar, exemption
from law.exemption import Exemption
from law.parameters import LevyPolicy, levy_policy
from law.rates import HALF, RateRun, runs_over

DAY = timedelta(days=1)
Dated = Iterable[tuple[date, int]]


@dataclass(frozen=True)
class Step:
    """A run of days with one rate, one balance, one exemption; `yen` is `exact` cut to whole yen (附則3条の2第6項)."""

    from_date: date
    to_date: date
    days: int
    rate: Decimal | None  # % a year; None where the base is 0 or all is exempt, and no rate is needed
    base: int
    yen: int
    article: str
    balance: int = 0
    exemption: str | None = None  # full | half
    exact: Fraction = Fraction(0)
    exempted_by: tuple[Exemption, ...] = ()  # all that exempt some of these days so


@dataclass(frozen=True)
class Charge:
    """`yen` is still due: what the source system fixed (強制値), else what the law computes, less what was paid of it.

    `sum_yen`: the steps together before the last rounding. `starts_on`: first day that counts, None when no 督促 began it.
    """

    yen: int
    steps: tuple[Step, ...]
    sum_yen: int
    article: str
    computed_yen: int
    paid_yen: int
    forced_yen: int | None
    exempt_days: int
    starts_on: date | None


def explain(
    principal: int,
    due_date: date,
    payments: Dated,
    as_of: date,
    levy_kind: str = "料",
    policy: LevyPolicy | None = None,
    *,
    designated_deadline: date | None = None,
    write_offs: Dated = (),
    exemptions: Iterable[Exemption] = (),
    charge_paid: int = 0,
    forced_yen: int | None = None,
) -> Charge:
    """The charge (yen) on `principal` (yen, the installment) if what is left is paid on `as_of`.

    `payments`: (領収日, yen of principal; negative for a refund), `write_offs`: (欠損年月日, yen); those on or after `as_of`
    change nothing. `designated_deadline`: 督促の指定期限, for cities that count from it. `charge_paid`: 延滞金 received.
    `forced_yen`: 強制値 of the source system, which wins.
    Raises NoRate for a day without a rate, NoValue for a due date without city settings.
    """
    policy = policy or levy_policy(levy_kind, due_date)
    basis = due_date if policy.charge_start_basis == "due_date" else designated_deadline
    cuts, exempted = [*payments, *write_offs], list(exemptions)
    steps = tuple(
        step
        for from_date, to_date, balance in (_balances(principal, basis, cuts, as_of) if basis else ())
        for step in _steps(from_date, to_date, balance, principal, basis, policy, exempted)
    )
    total = (
        sum(step.yen for step in steps) if policy.cut_each_segment else int(sum(step.exact for step in steps))
    )
    computed = (
        0 if total < policy.result_minimum_yen else total // policy.result_unit_yen * policy.result_unit_yen
    )
    return Charge(
        yen=max(0, (computed if forced_yen is None else forced_yen) - max(0, charge_paid)),
        steps=steps,
        sum_yen=total,
        article=policy.references["result_unit_yen"],
        computed_yen=computed,
        paid_yen=max(0, charge_paid),
        forced_yen=forced_yen,
        exempt_days=sum(step.days for step in steps if step.exemption),
        starts_on=basis + DAY if basis else None,
    )


def first_period_end(basis: date, policy: LevyPolicy) -> date:
    """Last day at the low rate, counted from the day after `basis` (納期限, or 指定期限)."""
    if policy.first_period_ends_with_month and calendar.is_rolled_into_month(basis, policy.levy_kind):
        return calendar.last_day(basis.replace(day=1), policy.first_months)
    return calendar.last_day(basis + DAY, policy.first_months)


def _balances(principal: int, basis: date, cuts: Dated, as_of: date) -> Iterator[tuple[date, date, int]]:
    """(first day, last day, unpaid yen) from the day after `basis` to `as_of`, cut after each payment and write-off."""
    by_day: Counter[date] = Counter()
    for on, yen in cuts:
        if on < as_of:
            by_day[max(on, basis)] += yen
    days = sorted({basis} | {day for day, yen in by_day.items() if yen})
    gone = 0
    for day, following in pairwise([*days, as_of]):
        gone += by_day[day]
        if following > day:
            yield day + DAY, following, min(principal, max(0, principal - gone))


def _base(balance: int, principal: int, policy: LevyPolicy) -> int:
    """計算の基礎となる額 (地方税法20条の4の2第2項)."""
    tested = balance if policy.min_base_on_balance else principal
    return 0 if tested < policy.base_minimum_yen else balance // policy.base_unit_yen * policy.base_unit_yen


def _steps(
    from_date: date,
    to_date: date,
    balance: int,
    principal: int,
    basis: date,
    policy: LevyPolicy,
    exempted: list[Exemption],
) -> Iterator[Step]:
    base = _base(balance, principal, policy)
    if base == 0:
        days, article = (to_date - from_date).days + 1, policy.references["base_minimum_yen"]
        yield Step(from_date, to_date, days, None, 0, 0, article, balance)
        return
    first_end = first_period_end(basis, policy)
    parts = (
        ("first", from_date, min(to_date, first_end)),
        ("after", max(from_date, first_end + DAY), to_date),
    )
    for period, part_from, part_to in parts:
        if part_from > part_to:
            continue
        for start, end, found in exemption.runs(part_from, part_to, exempted):
            if found and found.kind == exemption.FULL:
                days = (end - start).days + 1
                by = _exempting(exempted, start, end, found.kind)
                yield Step(start, end, days, None, base, 0, _articles(by), balance, found.kind, exempted_by=by)
            else:
                for run in runs_over(period + (HALF if found else ""), start, end):
                    by = _exempting(exempted, run.from_date, run.to_date, found.kind) if found else ()
                    yield _step(run, base, balance, balance < principal, policy, by)


def _exempting(exempted: list[Exemption], from_date: date, to_date: date, kind: str) -> tuple[Exemption, ...]:
    return tuple(e for e in exempted if e.kind == kind and e.from_date <= to_date and (e.to_date or to_date) >= from_date)


def _articles(by: tuple[Exemption, ...]) -> str:
    return "、".join(dict.fromkeys(each.article for each in by if each.article))


def _step(
    run: RateRun, base: int, balance: int, is_part: bool, policy: LevyPolicy, by: tuple[Exemption, ...]
) -> Step:
    """`is_part`: part of the principal is paid or written off, so that the base is what remains (20条の9の4).

    `by`: what exempts these days by half; the article of the rate then stands beside that of the ground.
    """
    days = (run.to_date - run.from_date).days + 1
    exact = Fraction(base) * days * Fraction(run.rate) / (100 * policy.days_per_year)
    articles = [policy.references["first_months"], _articles(by), run.reference]
    if is_part:
        articles.append(policy.references["min_base_on_balance"])
    article = "、".join(dict.fromkeys(each for each in articles if each))
    return Step(run.from_date, run.to_date, days, run.rate, base, int(exact), article, balance, by[0].kind if by else None, exact, by)

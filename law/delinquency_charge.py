"""延滞金 of one installment, explained segment by segment in exact fractions.

Principal is paid first; the day of payment still counts at the old balance, the next day at the remaining one
(地方税法20条の9の4; for 料 the city's 条例). Exemptions and reductions (15条の9, 723条2項) are not in this file.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from law.calendar import last_day
from law.parameters import RATE_FILE, LevyPolicy, NoRate, RateRun, levy_policy, rate_runs

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """A run of days with one rate and one balance; `yen` is cut to whole yen (附則3条の2第6項)."""

    from_date: date
    to_date: date
    days: int
    rate: Decimal | None  # % a year; None where the base is 0 and no rate is needed
    base: int
    yen: int
    article: str


@dataclass(frozen=True)
class Charge:
    """`yen` is what is charged; `sum_yen` the sum of the steps before the last rounding."""

    yen: int
    steps: tuple[Step, ...]
    sum_yen: int
    article: str


def explain(
    principal: int,
    due_date: date,
    payments: Iterable[tuple[date, int]],
    as_of: date,
    levy_kind: str = "料",
    policy: LevyPolicy | None = None,
) -> Charge:
    """The charge (yen) on `principal` (yen, the installment) if what is left is paid on `as_of`.

    `payments`: (領収日, yen of principal; negative for a refund). Those on or after `as_of` change nothing.
    Raises NoRate for a day without a rate, NoValue for a due date without city settings.
    """
    policy = policy or levy_policy(levy_kind, due_date)
    steps = tuple(
        step
        for from_date, to_date, balance in _balances(principal, due_date, payments, as_of)
        for step in _steps(from_date, to_date, _base(balance, principal, policy), due_date, policy)
    )
    total = sum(step.yen for step in steps)
    yen = 0 if total < policy.result_minimum_yen else total // policy.result_unit_yen * policy.result_unit_yen
    return Charge(yen, steps, total, policy.references["result_unit_yen"])


def _balances(
    principal: int, due_date: date, payments: Iterable[tuple[date, int]], as_of: date
) -> Iterator[tuple[date, date, int]]:
    """(first day, last day, unpaid yen) from the day after the due date to `as_of`, cut after each payment."""
    by_day: Counter[date] = Counter()
    for paid_on, yen in payments:
        if paid_on < as_of:
            by_day[max(paid_on, due_date)] += yen
    cuts = sorted({due_date} | {day for day, yen in by_day.items() if yen})
    paid = 0
    for day, following in pairwise([*cuts, as_of]):
        paid += by_day[day]
        if following > day:
            yield day + DAY, following, min(principal, max(0, principal - paid))


def _base(balance: int, principal: int, policy: LevyPolicy) -> int:
    """計算の基礎となる額 (地方税法20条の4の2第2項)."""
    tested = balance if policy.min_base_on_balance else principal
    return 0 if tested < policy.base_minimum_yen else balance // policy.base_unit_yen * policy.base_unit_yen


def _steps(from_date: date, to_date: date, base: int, due_date: date, policy: LevyPolicy) -> Iterator[Step]:
    if base == 0:
        days = (to_date - from_date).days + 1
        yield Step(from_date, to_date, days, None, 0, 0, policy.references["base_minimum_yen"])
        return
    first_end = last_day(due_date + DAY, policy.first_months)
    for run in _runs("first", from_date, min(to_date, first_end)):
        yield _step(run, base, policy)
    for run in _runs("after", max(from_date, first_end + DAY), to_date):
        yield _step(run, base, policy)


def _runs(period: str, from_date: date, to_date: date) -> Iterator[RateRun]:
    """The runs of rate that cover these days, clipped to them. Raises NoRate when a day has none."""
    day = from_date
    for run in rate_runs(period):
        if run.from_date <= day <= min(run.to_date, to_date):
            end = min(run.to_date, to_date)
            yield RateRun(period, day, end, run.rate, run.reference)
            day = end + DAY
    if day <= to_date:
        raise NoRate(
            f"{RATE_FILE}: {day} の延滞金の割合がありません。告示を確かめて rate を1件足してください。"
        )


def _step(run: RateRun, base: int, policy: LevyPolicy) -> Step:
    days = (run.to_date - run.from_date).days + 1
    exact = Fraction(base) * days * Fraction(run.rate) / (100 * policy.days_per_year)
    article = f"{policy.references['first_months']}、{run.reference}"
    return Step(run.from_date, run.to_date, days, run.rate, base, int(exact), article)

"""What officers did before this console came: plans, dispositions, suspensions, and the money and 時効 they moved."""

from dataclasses import dataclass, field

import numpy as np

from sample_city.assessment import Bills
from sample_city.clock import NEVER, two_years_after
from sample_city.payment import COUNTER, SEIZED, STORE, Slots
from sample_city.people import REMOVED, Draw, People
from sample_city.pursuit import Demands
from sample_city.receipts import Payments

NONE, PLAN, DISPOSITION, SUSPENSION = range(4)
WORTH_A_CASE = 30_000


@dataclass
class Plans:
    """分納: per plan the pledge, and per part (plan, no, day, yen, paid_on)."""

    household: np.ndarray
    pledged_on: np.ndarray
    planned: np.ndarray
    is_written: np.ndarray
    cancelled_on: np.ndarray
    plan: np.ndarray
    no: np.ndarray
    promised_on: np.ndarray
    promised: np.ndarray
    paid_on: np.ndarray


@dataclass
class Dispositions:
    """処分 per household: kind 差押 …, asset, effect, end and its reason (-1 while in force)."""

    household: np.ndarray
    kind: np.ndarray
    asset: np.ndarray
    took_effect_on: np.ndarray
    ended_on: np.ndarray
    end_reason: np.ndarray


@dataclass
class Suspensions:
    """執行停止 per household."""

    household: np.ndarray
    ground: np.ndarray
    decided_on: np.ndarray
    cancelled_on: np.ndarray


@dataclass
class Pursued:
    """Everything the officers did: `scope` are installments in (household, due) order, `balance` what they were about (yen)."""

    kind: np.ndarray
    day: np.ndarray
    scope: np.ndarray
    balance: np.ndarray
    expiry: np.ndarray
    extinct_on: np.ndarray
    extinct_reason: np.ndarray
    is_open: np.ndarray
    payments: list[Payments] = field(default_factory=list)
    plans: Plans | None = None
    dispositions: Dispositions | None = None
    suspensions: Suspensions | None = None

    def within(self, draw_household: np.ndarray, kind: int) -> np.ndarray:
        """Positions in `scope` whose household has a case of this kind."""
        return np.flatnonzero(self.kind[draw_household[self.scope]] == kind)


def pursue(draw: Draw, people: People, bills: Bills, slots: Slots, demands: Demands, expiry: np.ndarray) -> Pursued:
    """Give every household with enough arrears at most one plan, disposition or suspension, and let it take effect."""
    clock, count = draw.clock, people.size.size
    home = bills.household[bills.notice]
    day = clock.first - 1 - np.minimum(draw.random.exponential(330, count), 2_600).astype(np.int64)
    owed = bills.owed - np.where(slots.paid_on[:, 0] <= day[home], slots.amount[:, 0], 0)
    able = (bills.corrected_on == NEVER) & (owed > 0) & (slots.settled_on() > day[home])
    able &= (demands.deadline < day[home]) & (expiry >= day[home])
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, home[able], owed[able])
    lot = draw.random.random(count)
    stopped = np.where(people.exit_state == REMOVED, 0.85, 0.62)
    kind = np.select([total < WORTH_A_CASE, lot < 0.30, lot < 0.44, lot < stopped], [NONE, PLAN, DISPOSITION, SUSPENSION], NONE)
    scope = np.flatnonzero(able & (kind[home] != NONE))
    scope = scope[np.lexsort((bills.due[scope], home[scope]))]
    later = slots.paid_on[scope] > day[home[scope]][:, None]
    slots.paid_on[scope] = np.where(later, NEVER, slots.paid_on[scope])
    expiry = expiry.copy()
    part = np.where(slots.paid_on[scope, 0] < NEVER, slots.paid_on[scope, 0], 0)
    expiry[scope] = two_years_after(np.maximum(demands.deadline[scope], part))
    never = np.full(home.size, NEVER)
    pursued = Pursued(kind, day, scope, owed[scope], expiry, never, np.zeros(home.size, dtype=np.int64), np.zeros(count, dtype=bool))
    _plan(draw, home, pursued)
    _dispose(draw, home, pursued)
    _suspend(draw, people, home, pursued)
    unpaid = (bills.due < clock.first) & (bills.owed > 0) & (slots.settled_on() > clock.first) & (pursued.expiry >= clock.first - 60)
    pursued.is_open = np.bincount(home[unpaid], minlength=count) > 0
    return pursued


def _plan(draw: Draw, home: np.ndarray, pursued: Pursued) -> None:
    """Monthly parts on the 25th; some keep them, some stop after a few. The money goes to the oldest installments first."""
    clock, at = draw.clock, pursued.within(home, PLAN)
    household, plan_of = np.unique(home[pursued.scope[at]], return_inverse=True)
    planned = np.zeros(household.size, dtype=np.int64)
    np.add.at(planned, plan_of, pursued.balance[at])
    count, pledged = household.size, pursued.day[household]
    each = np.maximum(-(-planned // draw.days(4, 30, count) // 1000) * 1000, 3_000)
    parts = -(-planned // each)
    plan = np.repeat(np.arange(count), parts)
    no = np.arange(plan.size) - np.repeat(np.cumsum(parts) - parts, parts) + 1
    promised = np.minimum(each[plan], planned[plan] - each[plan] * (no - 1))
    month = pledged.astype("datetime64[D]").astype("datetime64[M]")[plan] + no
    promised_on = month.astype("datetime64[D]").astype(np.int64) + 24
    due_parts = np.bincount(plan, promised_on < clock.first, minlength=count).astype(np.int64)
    breaks = draw.chance(0.48, count) & (due_parts > 0)
    kept = np.where(breaks, (draw.random.random(count) * due_parts).astype(np.int64), due_parts)
    paid_on = np.where(no <= kept[plan], promised_on - draw.days(0, 4, plan.size), NEVER)
    missed_on = pledged + 30 * (kept + 2)
    cancelled = np.where(breaks & draw.chance(0.5, count) & (missed_on + 30 < clock.first), missed_on + 30, NEVER)
    pursued.plans = Plans(household, pledged, planned, draw.chance(0.85, count), cancelled, plan, no, promised_on, promised, paid_on)
    last_paid = pledged.copy()
    np.maximum.at(last_paid, plan, np.where(paid_on < NEVER, paid_on, 0))
    pursued.expiry[pursued.scope[at]] = two_years_after(last_paid[plan_of])
    which, part, yen = _allocate(pursued.balance[at], promised)
    paid = paid_on[part] < NEVER
    pursued.payments.append((pursued.scope[at][which[paid]], paid_on[part[paid]], yen[paid],
                             np.where(draw.chance(0.4, int(paid.sum())), COUNTER, STORE)))


def _allocate(balance: np.ndarray, promised: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which installment each part pays, and how much: the overlaps of two divisions of the same line."""
    owed, parts = np.cumsum(balance), np.cumsum(promised)
    cuts = np.unique(np.concatenate([owed, parts]))
    return np.searchsorted(owed, cuts), np.searchsorted(parts, cuts), np.diff(cuts, prepend=0)


def _dispose(draw: Draw, home: np.ndarray, pursued: Pursued) -> None:
    """差押 and the like: in force they hold the 時効; collected ones pay the oldest installments."""
    clock, at = draw.clock, pursued.within(home, DISPOSITION)
    household, case_of = np.unique(home[pursued.scope[at]], return_inverse=True)
    count, effect = household.size, pursued.day[household]
    ended = effect + draw.days(14, 160, count)
    ended = np.where(draw.chance(0.72, count) & (ended <= clock.first), ended, NEVER)
    kind = draw.random.choice(3, count, p=[0.92, 0.03, 0.05])
    reason = np.where(ended < NEVER, draw.random.choice(4, count, p=[0.6, 0.15, 0.1, 0.15]), -1)
    asset = draw.random.choice(7, count, p=[0.52, 0.18, 0.12, 0.06, 0.08, 0.01, 0.03])
    pursued.dispositions = Dispositions(household, kind, asset, effect, ended, reason)
    scope, end = pursued.scope[at], ended[case_of]
    held = np.where(end == NEVER, NEVER, np.where(reason[case_of] < 3, two_years_after(end), end + 182))
    pursued.expiry[scope] = np.maximum(pursued.expiry[scope], held)
    size = np.bincount(case_of, minlength=count)
    rank = np.arange(at.size) - (np.cumsum(size) - size)[case_of]
    share = draw.days(2, 11, count)
    pays = (end < NEVER) & (reason[case_of] < 2) & (rank * 10 < size[case_of] * share[case_of])
    pursued.payments.append((scope[pays], end[pays], pursued.balance[at][pays], np.full(int(pays.sum()), SEIZED)))


def _suspend(draw: Draw, people: People, home: np.ndarray, pursued: Pursued) -> None:
    """執行停止: some debts end at once, a few after three years (when a voluntary part payment kept them alive)."""
    clock, at = draw.clock, pursued.within(home, SUSPENSION)
    household, case_of = np.unique(home[pursued.scope[at]], return_inverse=True)
    count, decided = household.size, pursued.day[household]
    ground = np.where(people.exit_state[household] == REMOVED, 2, draw.random.choice(3, count, p=[0.6, 0.36, 0.04]))
    cancelled = decided + draw.days(60, 500, count)
    cancelled = np.where(draw.chance(0.06, count) & (cancelled < clock.first), cancelled, NEVER)
    pursued.suspensions = Suspensions(household, ground, decided, cancelled)
    scope, day, stands = pursued.scope[at], decided[case_of], (cancelled == NEVER)[case_of]
    at_once = stands & ((ground == 0) & draw.chance(0.12, count))[case_of]
    pursued.extinct_on[scope] = np.where(at_once, day + 30, np.where(stands, day + 1_096, NEVER))
    pursued.extinct_reason[scope] = np.where(at_once, 2, 1)
    part_on = day + 500
    gives = draw.chance(np.where(decided < clock.first - 1_096, 0.6, 0.15), count)[case_of] & ~at_once & (pursued.balance[at] >= 2_000) & (part_on <= pursued.expiry[scope])
    gives &= part_on <= clock.first
    pursued.expiry[scope[gives]] = two_years_after(part_on[gives])
    pursued.payments.append((scope[gives], part_on[gives], np.full(int(gives.sum()), 1_000), np.full(int(gives.sum()), COUNTER)))

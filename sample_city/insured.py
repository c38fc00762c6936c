"""Who is insured from when to when, and the basis of each household's premium of each levy year."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_city.clock import INSTALLMENTS, LEVY_YEARS, NEVER
from sample_city.people import DEAD, OUTSIDE, Draw, People, atena
from sample_city.words import pick

MONTHS = 12 * LEVY_YEARS
LOST_REASONS = ["転出", "社保加入", "死亡", "後期高齢", "生活保護", "その他"]
EVER_INSURED = np.array([0.58, 0.64, 0.70, 0.95])  # heads under 30, under 60, under 65, older
MEAN_MONTHS = 120
TO_MAN = 10_000
# 所得割 (‰), 均等割, 平等割 and 限度額 of 医療, 後期支援, 介護 and 子ども, yen a year
PER_MILLE, PER_HEAD, PER_HOME = (75, 28, 24, 3), (28_000, 11_000, 12_000, 1_800), (19_000, 7_000, 5_500, 0)
CAPS = (660_000, 260_000, 170_000, 30_000)


@dataclass
class Insured:
    """Arrays by household: is_insured, joined and left (month indices), known_on (day the loss is entered)."""

    is_insured: np.ndarray
    joined: np.ndarray
    left: np.ndarray
    known_on: np.ndarray
    reason: np.ndarray
    member: np.ndarray


@dataclass
class Levy:
    """One entry per notice: household, year index, months, basis and the year's premium by component (yen)."""

    household: np.ndarray
    year: np.ndarray
    notified_on: np.ndarray
    joined_month: np.ndarray
    left_month: np.ndarray
    count: np.ndarray
    care: np.ndarray
    income: np.ndarray
    reduction: np.ndarray
    full: np.ndarray


def insure(draw: Draw, people: People) -> Insured:
    """Each household's one spell in the city's 国保, ended by a job, 75 years of age, a move or death."""
    random, clock, count = draw.random, draw.clock, people.size.size
    age = people.head_age
    ever = draw.chance(EVER_INSURED[np.digitize(age, [30, 60, 65])], count)
    already = draw.chance(MEAN_MONTHS / (MEAN_MONTHS + MONTHS), count)
    joined = np.where(already, -random.integers(1, 160, count), random.integers(0, MONTHS - 5, count))
    left = np.maximum(joined, 0) + 2 + random.exponential(MEAN_MONTHS, count).astype(int)
    turns_75 = MONTHS - 5 - (age - 75) * 12 - random.integers(1, 12, count)
    exit_month = np.searchsorted(clock.month_start, people.exit_on, side="right")
    joined = np.maximum(joined, MONTHS - (age - 19) * 12)
    reason = np.where(draw.chance(0.93, count), 1, np.where(draw.chance(0.6, count), 4, 5))
    for month, why in ((turns_75, 3), (exit_month, np.where(people.exit_state == DEAD, 2, 0))):
        reason, left = np.where(month < left, why, reason), np.minimum(left, month)
    left = np.where(clock.month_start[np.clip(left, 0, MONTHS)] > clock.last - 20, NEVER, left)
    is_insured = ever & (left > 0) & (left > joined + 1) & (people.exit_state != OUTSIDE)
    lost_on = clock.month_start[np.clip(left, 0, MONTHS)]
    delay = np.where(draw.chance(0.25, count), draw.days(35, 150, count), draw.days(3, 30, count))
    member = draw.chance(np.where(people.place == 0, 0.94, 0.75), people.household.size) | (people.size[people.household] == 1)
    member[people.first[np.bincount(people.household, member) == 0]] = True
    return Insured(is_insured, joined, left, np.where(left < NEVER, lost_on + delay, NEVER), reason, member)


def levy(draw: Draw, people: People, insured: Insured) -> Levy:
    """A premium for every household and levy year with at least one insured month, once its notice is out."""
    opening = np.arange(LEVY_YEARS) * 12
    starts = np.maximum(insured.joined[:, None], opening)
    ends = np.minimum(insured.left[:, None], opening + 12)
    home, year = np.nonzero((ends > starts) & insured.is_insured[:, None] & (starts - opening < 11))
    age = (draw.clock.last - people.born_on) // 365
    joined = (starts - opening)[home, year]
    notified = draw.clock.due[year, np.minimum(joined, INSTALLMENTS - 1)] - 18
    sent = notified <= draw.clock.last
    home, year, joined, notified = home[sent], year[sent], joined[sent], notified[sent]
    count = np.bincount(people.household[insured.member], minlength=people.size.size)[home]
    middle = insured.member & (age >= 40) & (age < 65)
    care = np.bincount(people.household[middle], minlength=people.size.size)[home]
    income = _income(draw, people, home)
    lines = [income <= (43 + per_head * count) * TO_MAN for per_head in (0, 30, 56)]
    reduction = np.select(lines, [7, 5, 2], 0)
    full = _premium(income, count, care, reduction, draw.clock.levy_years[0] + year)
    return Levy(home, year, notified, joined, (ends - opening)[home, year], count, care, income, reduction, full)


def _income(draw: Draw, people: People, home: np.ndarray) -> np.ndarray:
    """基準総所得金額 in yen: lognormal by household, moving a little every year, none for a quarter of them."""
    level = draw.random.normal(0, 0.75, people.size.size) + np.where(people.head_age >= 65, 13.85, 14.05)
    none = draw.chance(0.24, people.size.size)
    value = np.exp(level[home] + draw.random.normal(0, 0.12, home.size)).astype(np.int64)
    return np.where(none[home], draw.random.integers(0, 43, home.size) * TO_MAN, value // 1000 * 1000)


def _premium(
    income: np.ndarray, count: np.ndarray, care: np.ndarray, reduction: np.ndarray, year: np.ndarray
) -> np.ndarray:
    """年間保険料 by component, shape (notices, 4), each cut to 100 yen: 所得割 + 軽減後の均等割・平等割, under its cap."""
    base = taxable(income)
    parts = [np.minimum(base * rate // 1000 + (head * who + home) * (10 - reduction) // 10, cap) * (who > 0)
             for rate, head, home, cap, who in zip(PER_MILLE, PER_HEAD, PER_HOME, CAPS, payers(count, care, year), strict=True)]
    return np.stack(parts, axis=1) // 100 * 100


def taxable(income: np.ndarray) -> np.ndarray:
    """What 所得割 is taken of: 基準総所得金額 less 43万円 (yen)."""
    return np.maximum(income - 43 * TO_MAN, 0)


def payers(count: np.ndarray, care: np.ndarray, year: np.ndarray) -> tuple[np.ndarray, ...]:
    """How many insured pay each component; 子ども from 2026 on."""
    return count, count, care, count * (year >= 2026)


def eligibility_table(draw: Draw, people: People, insured: Insured) -> pl.DataFrame:
    """One row per insured person, and a newer one once the loss is known."""
    clock, home = draw.clock, people.household
    person = np.flatnonzero(insured.member & insured.is_insured[home])
    at = home[person]
    month = insured.joined[at]
    inside = clock.month_start[np.clip(month, 0, MONTHS)] + draw.days(0, 20, person.size)
    acquired = np.maximum(np.where(month >= 0, inside, clock.month_start[0] + month * 30), people.born_on[person])
    born = (acquired == people.born_on[person]).astype(int) * 2
    reason = np.where(born > 0, born, draw.random.choice([0, 1, 1, 1, 3], person.size))
    lot = draw.spare.random(person.size)
    base = {"atena_number": atena(draw, person), "head_atena_number": atena(draw, people.first[at]),
            "card_number": 10_000_000 + draw.block * 400_000 + at * 10, "acquired_on": acquired,
            "acquired_reason": pick(["転入", "社保離脱", "出生", "その他"], reason),
            "insured_kind": pick(["一般", "住所地特例", "学生特例"], np.searchsorted([0.97, 0.99], lot, side="right"))}
    known = insured.known_on[at]
    lost = np.maximum(clock.month_start[np.clip(insured.left[at], 0, MONTHS)], acquired)
    turned = _head_changes(draw, people, at, acquired)
    since = np.where(turned < NEVER, turned, acquired)
    nothing, has_turned = pick(LOST_REASONS, np.full(person.size, -1)), (turned < NEVER).astype(int)
    former = pl.DataFrame({**base, "head_atena_number": atena(draw, people.first[at] + 1), "change_reason": "取得", "changed_on": acquired,
                           "head_since": acquired, "lost_on": NEVER, "lost_reason": nothing, "history_number": 1, "from_day": 0,
                           "until_day": 0}).filter(pl.Series(turned < NEVER))
    before = pl.DataFrame({**base, "change_reason": pick(["取得", "世帯主変更"], has_turned), "changed_on": since, "head_since": since,
                           "lost_on": NEVER, "lost_reason": nothing, "history_number": 1 + has_turned, "from_day": 0, "until_day": known})
    after = pl.DataFrame({**base, "change_reason": "喪失", "changed_on": lost, "head_since": since, "lost_on": lost,
                          "lost_reason": pick(LOST_REASONS, insured.reason[at]), "history_number": 2 + has_turned, "from_day": known,
                          "until_day": NEVER}).filter(pl.Series(known < NEVER))
    return pl.concat([part.select(before.columns) for part in (former, before, after)], how="vertical_relaxed")


def _head_changes(draw: Draw, people: People, at: np.ndarray, acquired: np.ndarray) -> np.ndarray:
    """The day on which today's head became it, for the few households led by another before the first levy year; NEVER else."""
    first_levy = draw.clock.month_start[0]
    changes = draw.spare.random(people.size.size) < 0.06
    turned = np.where((people.size > 1) & changes, first_levy - 40 - (people.first * 7) % 300, NEVER)[at]
    adult = people.head_age[at] > 30
    return np.where(adult & (acquired < turned - 1), turned, NEVER)


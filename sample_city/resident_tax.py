"""個人住民税システム's incomes: each household's 基準総所得 shared out among its earners by kind, and the tax on it."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from sample_city.clock import LEVY_YEARS, NEVER, number
from sample_city.insured import Insured, Levy
from sample_city.people import DEAD, Draw, People, atena
from sample_city.words import pick

TAX_YEARS = 3
METHODS = ["特別徴収", "年金特徴", "普通徴収", "非課税"]
WAGE, BUSINESS, FARM, RENT, PENSION, BOTH = range(6)
FEE, BASIC, PER_ADULT = 5_000, 430_000, 330_000
# 給与所得控除 read backwards: up to this 所得, 収入 = (所得 + plus) × 10 ÷ tenths (所得税法28条3項)
SALARY_BANDS = ((1_075_000, 550_000, 10), (1_180_000, -100_000, 6), (2_440_000, 80_000, 7), (4_840_000, 440_000, 8), (6_550_000, 1_100_000, 9))


@dataclass
class Earners:
    """Entries by person × tax year: who, when, the year's 所得 and whom it feeds (yen, counts)."""

    person: np.ndarray
    year: np.ndarray
    income: np.ndarray
    kind: np.ndarray
    dependants: np.ndarray
    adult_dependants: np.ndarray
    is_employee_insured: np.ndarray


def earn(draw: Draw, people: People, levy: Levy, insured: Insured) -> Earners:
    """Adults of every household that was ever levied; the 所得 of a household are the 基準総所得 of its levy, to the yen."""
    count, home = people.household.size, people.household
    known = _known_incomes(people, levy)
    age = (draw.clock.last - people.born_on) // 365
    share = np.where(people.place == 0, 100, np.where(people.place == 1, 40 * draw.chance(0.55, count), 30 * draw.chance(0.5, count)))
    share = np.where(age >= 20, share, 0) + (people.place == 0) * (age < 20)
    kind = np.where(age < 65, draw.random.choice(4, count, p=[0.55, 0.33, 0.05, 0.07]),
                    draw.random.choice([PENSION, BOTH, BUSINESS, FARM], count, p=[0.6, 0.2, 0.12, 0.08]))
    fed = (share == 0) & (known[home, 0] >= 0)
    feeds = np.bincount(home[fed], minlength=people.size.size)
    adults = np.bincount(home[fed & (age >= 16)], minlength=people.size.size)
    whole = np.bincount(home, share, minlength=people.size.size).astype(np.int64)
    # 住民税 is owed where one lived on 1 January
    new_year = np.array([number(date(year, 1, 1)) for year in tax_years(draw)])
    left = (people.exit_on[home][:, None] <= new_year) & ~((people.exit_state[home] == DEAD) & (people.place > 0))[:, None]
    person, year = np.nonzero(((share > 0) & (known[home, 0] >= 0))[:, None] & ~left)
    at = home[person]
    income = known[at, year] * share[person] // whole[at]
    is_head = people.place[person] == 0
    shared = np.zeros((people.size.size, TAX_YEARS), dtype=np.int64)
    np.add.at(shared, (at, year), income)
    income += np.where(is_head, known[at, year] - shared[at, year], 0)
    return Earners(person, year, income, kind[person], feeds[at] * is_head, adults[at] * is_head,
                   ((insured.left < NEVER) & (insured.reason == 1))[at])


def tax_years(draw: Draw) -> tuple[int, ...]:
    """The 課税年度 that are sent, oldest first."""
    return draw.clock.levy_years[-TAX_YEARS:]


def _known_incomes(people: People, levy: Levy) -> np.ndarray:
    """基準総所得 by household and tax year; where a year was not levied the last one that was; -1 for the never levied."""
    latest = np.full(people.size.size, -1)
    latest[levy.household] = levy.income  # the notices of a household stand in the order of their years
    known = np.full((people.size.size, TAX_YEARS), -1)
    recent = levy.year >= LEVY_YEARS - TAX_YEARS
    known[levy.household[recent], levy.year[recent] - (LEVY_YEARS - TAX_YEARS)] = levy.income[recent]
    return np.where(known < 0, latest[:, None], known)


def incomes(draw: Draw, earners: Earners) -> dict[str, np.ndarray]:
    """Each year's 所得 by kind, and the 収入 behind 給与 and 年金 (yen); the kinds add up to the year's income."""
    income, kind, count = earners.income, earners.kind, earners.person.size
    dividend = np.where(draw.chance(0.04, count), income * 3 // 100, 0)
    occasional = np.where(draw.chance(0.01, count), income * 8 // 100, 0)
    main = income - dividend - occasional
    pension = np.where(kind == PENSION, main, np.where(kind == BOTH, main * 6 // 10, 0))
    salary = np.where(kind == WAGE, main, np.where(kind == BOTH, main - pension, 0))
    tax_free = draw.random.integers(10, 55, count) * 10_000
    earns, drawing = np.isin(kind, [WAGE, BOTH]), np.isin(kind, [PENSION, BOTH])
    return {
        "salary_revenue_yen": np.where(salary > 0, salary_revenue(salary), np.where(earns, tax_free, 0)), "salary_income_yen": salary,
        "pension_revenue_yen": np.where(pension > 0, pension + 1_100_000, np.where(drawing, tax_free + 500_000, 0)), "pension_income_yen": pension,
        "business_income_yen": main * (kind == BUSINESS), "farm_income_yen": main * (kind == FARM), "rent_income_yen": main * (kind == RENT),
        "dividend_income_yen": dividend, "occasional_income_yen": occasional}


def salary_revenue(salary: np.ndarray) -> np.ndarray:
    """給与収入 whose 給与所得 is about `salary` (yen)."""
    limits, plus, tenths = (np.array(column) for column in zip(*SALARY_BANDS, (10**12, 1_950_000, 10), strict=True))
    band = np.searchsorted(limits, salary)
    return (salary + plus[band]) * 10 // tenths[band]


def assess_tax(total: np.ndarray, insurance: np.ndarray, dependants: np.ndarray, adults: np.ndarray, extra: np.ndarray | int = 0) -> dict[str, np.ndarray]:
    """控除 and 税額 of 総所得金額等 `total` (yen): 10% of what the deductions leave, and 均等割; none below the 非課税限度額."""
    cared, other = adults * PER_ADULT, np.full(total.size, BASIC) + extra
    deducted = insurance + cared + other
    is_free = total <= 350_000 * (1 + dependants) + 100_000 + 210_000 * (dependants > 0)
    levied = np.maximum(np.maximum(total - deducted, 0) // 1000 * 100 - 2_500, 0) // 100 * 100 * ~is_free
    fee = np.where(is_free, 0, FEE)
    return {"total_income_yen": total, "insurance_deduction_yen": insurance, "dependant_deduction_yen": cared, "other_deduction_yen": other,
            "deduction_yen": deducted, "dependant_count": dependants, "income_levy_yen": levied, "equal_levy_yen": fee,
            "resident_tax_yen": levied + fee}


def method_of(tax: np.ndarray, has_payer: np.ndarray, has_pension: np.ndarray) -> np.ndarray:
    """徴収区分, as an index of METHODS: from pay, from the pension, by the person, or not at all."""
    return np.where(tax == 0, 3, np.where(has_payer, 0, np.where(has_pension, 1, 2)))


def tax_table(draw: Draw, earners: Earners, earned: dict[str, np.ndarray], insurance: np.ndarray, has_payer: np.ndarray) -> pl.DataFrame:
    """住民税, and a newer row for the few whose deductions are corrected on a day of the differences."""
    clock, count = draw.clock, earners.person.size
    has_pension = earned["pension_revenue_yen"] > 0
    is_corrected = draw.chance(0.002, count) & (earners.year == TAX_YEARS - 1) & (clock.last > clock.first)
    day = np.where(is_corrected, draw.random.integers(clock.first + 1, max(clock.last, clock.first + 1) + 1, count), NEVER)
    fixed = {"atena_number": atena(draw, earners.person), "tax_year": np.array(tax_years(draw))[earners.year], **earned}
    tables = []
    for is_new, extra in ((False, 0), (True, 300_000)):
        tax = assess_tax(earners.income, insurance, earners.dependants, earners.adult_dependants, extra)
        table = pl.DataFrame({
            **fixed, **tax, "collection_method": pick(METHODS, method_of(tax["resident_tax_yen"], has_payer, has_pension)),
            "corrected_on": day if is_new else np.full(count, NEVER), "history_number": 1 + is_new,
            "from_day": day if is_new else np.zeros(count, dtype=np.int64), "until_day": np.full(count, NEVER) if is_new else day})
        tables.append(table.filter(pl.Series(is_corrected)) if is_new else table)
    return pl.concat(tables, how="vertical_relaxed")

"""給報提出事業所: who pays the wages of resident_tax, from when to when, and the city's list of employers."""

from datetime import date

import numpy as np
import polars as pl

from sample_city.clock import NEVER, Clock, number
from sample_city.people import Draw, atena
from sample_city.resident_tax import TAX_YEARS, Earners, tax_years
from sample_city.words import pairs

FIRST_EMPLOYER = 20_100_000
MONTH = 30


def corporation_table(clock: Clock) -> pl.DataFrame:
    """法人申告: every employer in every tax year that is sent."""
    names, addresses = pairs("employers", "names")
    years = clock.levy_years[-TAX_YEARS:]
    return pl.DataFrame([
        {"designated_number": FIRST_EMPLOYER + place * 7, "tax_year": year, "employer_name": name, "employer_address": f"鳥取県いなば市{address}",
         "reported_on": number(date(year, 1, 31)), "employee_count": 3 + place * 11 % 90}
        for place, (name, address) in enumerate(zip(names, addresses, strict=True)) for year in years])


def employ(draw: Draw, earners: Earners, revenue: np.ndarray) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """The pay reports behind `revenue` (給与収入 by entry, yen): as a table, then by entry 社会保険料等 and whether the tax
    is withheld from the pay (特別徴収). A person has one employer, a few a second; before the hiring, another one."""
    who, place = np.unique(earners.person, return_inverse=True)
    clock, size, paid = draw.clock, who.size, revenue > 0
    employers = len(pairs("employers", "names")[0])
    now, before = draw.random.integers(0, employers, size)[place], draw.random.integers(1, employers - 1, size)[place]
    hired = (clock.last - 200 - np.minimum(draw.random.exponential(2_200, size), 12_000).astype(np.int64))[place]
    opens = np.array([number(date(year - 1, 1, 1)) for year in tax_years(draw)])[earners.year]
    left = np.where(draw.chance(0.12, size), draw.random.integers(clock.first - 180, clock.first, size), NEVER)
    leaving = draw.chance(0.002, size) & (left == NEVER) & (clock.last > clock.first)
    told_on = np.where(leaving, draw.random.integers(clock.first + 1, max(clock.last, clock.first + 1) + 1, size), NEVER)[place]
    has_side_job, withholds = draw.chance(0.05, size)[place], draw.chance(0.75, size)[place] & (left == NEVER)[place]
    months_before = np.clip((hired - opens) // MONTH, 0, 12)
    earlier = revenue * months_before // 12
    side = np.where(has_side_job, (revenue - earlier) // 4, 0)
    rate = np.where(earners.is_employee_insured, 145, 6)  # per mille: 健康保険 and 厚生年金, or 雇用保険 alone
    parts = [  # (pay, employer, hired, left, told, withheld)
        (revenue - earlier - side, now, hired, left[place], told_on, withholds & (revenue > earlier)),
        (earlier, (now + before) % employers, hired - 1_800, hired - 12, np.full(hired.size, NEVER), np.zeros(hired.size, dtype=bool)),
        (side, (now + before + 1) % employers, hired, left[place], np.full(hired.size, NEVER), np.zeros(hired.size, dtype=bool)),
    ]
    tables = [_reports(draw, earners, np.flatnonzero(paid & (part[0] > 0)), rate, *part) for part in parts]
    insurance = sum(part[0] * rate // 1000 for part in parts)
    return pl.concat(tables), np.where(paid, insurance, 0), withholds & (revenue > earlier) & paid


def _reports(draw: Draw, earners: Earners, at: np.ndarray, rate, pay, employer, hired, left, told, withheld) -> pl.DataFrame:
    """One part's reports; of those who leave on a day of the differences, once more with the day."""
    gross = pay[at]
    base = pl.DataFrame({
        "atena_number": atena(draw, earners.person[at]), "tax_year": np.array(tax_years(draw))[earners.year[at]],
        "designated_number": FIRST_EMPLOYER + employer[at] * 7, "gross_yen": gross,
        "income_tax_yen": np.maximum(gross * 6 // 10 - 480_000, 0) * 5 // 100 // 100 * 100, "social_insurance_yen": gross * rate[at] // 1000,
        "hired_on": hired[at], "left_on": left[at], "is_withholding": withheld[at].astype(int), "from_day": np.zeros(at.size, dtype=np.int64)})
    leaves = told[at] < NEVER
    gone = base.filter(pl.Series(leaves)).with_columns(left_on=pl.Series(told[at][leaves]), from_day=pl.Series(told[at][leaves]))
    return pl.concat([base, gone])

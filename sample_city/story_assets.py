"""What the households of stories.toml earn and own: `job` (an employer's place in the list, with `dependants`, since `hired_days`), `home`
(land and house: alone, or shared with the next member of the household) and `vehicle` (whose it is)."""

from datetime import date

import numpy as np

from sample_city.clock import NEVER, Clock, number
from sample_city.employment import FIRST_EMPLOYER
from sample_city.real_estate import FIRST_BUILDING, FIRST_LAND, TAX_PER_MILLE
from sample_city.resident_tax import METHODS, TAX_YEARS, assess_tax, method_of, salary_revenue
from sample_city.vehicles import FIRST_VEHICLE

STORIES = 900_000  # after the numbers of every block
INCOME_PER_YEN = 150
HIRED_ON = date(2016, 4, 1)


def asset_rows(story: dict, clock: Clock, atena_number: int):
    """Every row of one story that the tax systems send, as (table, row); `atena_number` is the head's."""
    for back in range(1 - min(story["levy_years"], TAX_YEARS), story["last_levy"] + 1):
        yield from _income(story, clock, clock.levy_years[-1] + back, atena_number)
    if "home" in story:
        yield from _home(story, clock, atena_number)
    if "vehicle" in story:
        bought = clock.first - 700 - 10 * story["no"]
        yield "light_vehicle", {
            "vehicle_number": FIRST_VEHICLE + 9_900_000 + story["no"], "atena_number": atena_number, "plate": f"いなば 580 あ 99-{story['no']:02d}",
            "vehicle_kind": "軽自動車（乗用）", "first_registered_on": bought, "owned_from": bought, "scrapped_on": NEVER,
            "ownership": story["vehicle"], "yearly_tax_yen": 10_800}


def _income(story: dict, clock: Clock, year: int, atena_number: int):
    """The 所得 is the household's 基準総所得; wages where there was a job in the year before, 営業等 elsewhere."""
    income, dependants = np.array([story["yen"] * INCOME_PER_YEN]), np.array([story.get("dependants", 0)])
    hired = clock.first - story["hired_days"] if "hired_days" in story else number(HIRED_ON)
    has_job = "job" in story and hired < number(date(year, 1, 1))
    revenue = int(salary_revenue(income)[0]) if has_job else 0
    insured = revenue * 6 // 1000
    tax = {name: int(values[0]) for name, values in assess_tax(income, income * 9 // 100 + insured, dependants, dependants).items()}
    method = METHODS[int(method_of(np.array([tax["resident_tax_yen"]]), np.array([has_job]), np.array([False]))[0])]
    key = {"atena_number": atena_number, "tax_year": year}
    nothing = dict.fromkeys(("pension_revenue_yen", "pension_income_yen", "farm_income_yen", "rent_income_yen", "dividend_income_yen",
                             "occasional_income_yen"), 0)
    yield "resident_tax", key | nothing | tax | {
        "salary_revenue_yen": revenue, "salary_income_yen": int(income[0]) * has_job, "business_income_yen": int(income[0]) * (not has_job),
        "collection_method": method, "corrected_on": NEVER, "history_number": 1, "from_day": 0, "until_day": NEVER}
    if has_job:
        yield "employment", key | {
            "designated_number": FIRST_EMPLOYER + story["job"] * 7, "gross_yen": revenue, "social_insurance_yen": insured,
            "income_tax_yen": int(max(income[0] - 480_000, 0)) * 5 // 100, "hired_on": hired,
            "left_on": NEVER, "is_withholding": int(method == METHODS[0]), "from_day": 0}


def _home(story: dict, clock: Clock, atena_number: int):
    is_shared, place = story["home"] == "共有", STORIES + story["no"]
    fixed = {"tax_year": clock.levy_years[-1], "atena_number": atena_number, "location": f"いなば市{'湖山町東' if story['no'] % 2 else '富安二丁目'}",
             "is_co_owned": int(is_shared)}
    yield "property_tax_land", fixed | {
        "property_number": FIRST_LAND + place, "lot_number": f"{story['no']}番1", "land_category": "宅地", "area_hundredths": 20_455,
        "valuation_yen": 6_136_500, "tax_base_yen": 1_022_000}
    yield "property_tax_building", fixed | {
        "property_number": FIRST_BUILDING + place, "building_number": f"{story['no']}番1", "building_use": "居宅", "structure": "木造",
        "built_year": 1998, "floor_area_hundredths": 11_593, "valuation_yen": 3_246_040, "tax_base_yen": 3_246_000}
    yield "property_tax_levy", {"atena_number": atena_number, "tax_year": clock.levy_years[-1], "land_base_yen": 1_022_000,
                                "building_base_yen": 3_246_000, "depreciable_base_yen": 0, "property_tax_yen": 4_268 * TAX_PER_MILLE // 100 * 100}
    for kind, first in (("土地", FIRST_LAND), ("家屋", FIRST_BUILDING)) if is_shared else ():
        for member in (0, 1):
            yield "co_ownership", {"property_kind": kind, "property_number": first + place, "atena_number": atena_number + member,
                                   "share_numerator": 1, "share_denominator": 2, "is_representative": 1 - member}

"""What the people of a block earn and own, as the three tax systems send it."""

from dataclasses import replace

import polars as pl

from sample_city.employment import employ
from sample_city.insured import Insured, Levy
from sample_city.people import Draw, People
from sample_city.real_estate import property_tables
from sample_city.resident_tax import earn, incomes, tax_table
from sample_city.vehicles import vehicle_table


def mean_tables(draw: Draw, people: People, levy: Levy, insured: Insured) -> dict[str, pl.DataFrame]:
    """個人住民税, 固定資産税 and 軽自動車税, from a random stream of their own: what is drawn here moves nothing else in the city."""
    own = replace(draw, random=draw.random.spawn(1)[0])
    earners = earn(own, people, levy, insured)
    earned = incomes(own, earners)
    employments, withheld, has_payer = employ(own, earners, earned["salary_revenue_yen"])
    insurance = withheld + earners.income * 9 // 100
    return {"resident_tax": tax_table(own, earners, earned, insurance, has_payer), "employment": employments,
            "light_vehicle": vehicle_table(own, people)} | property_tables(own, people)

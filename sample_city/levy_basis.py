"""国保賦課: what each premium rests on, part by part, and what became of it."""

import numpy as np

from sample_city.assessment import COMPONENTS, Bills
from sample_city.insured import PER_HEAD, PER_HOME, PER_MILLE, Insured, Levy, payers, taxable
from sample_city.words import pick

RELIEF = 3  # the place of 減免 among the reasons of a correction
PARTS = [name.removesuffix("_yen") for name in COMPONENTS]


def levy_table(bills: Bills, levy: Levy, spells: Insured, first_year: int, head: np.ndarray, at: np.ndarray, total: np.ndarray,
               day: int) -> dict:
    """Columns of 国保賦課 for the notices `at` at the close of `day`; `total` is every notice's 年調定額 (yen)."""
    notices = {"household": levy.household, "count": levy.count, "care": levy.care, "income": levy.income,
               "reduction": levy.reduction, "full": levy.full}
    own = {name: values[at] for name, values in notices.items()}
    known = spells.known_on[own["household"]] <= day
    left = np.where(known, levy.left_month[at], 12)
    return {
        "head_atena_number": head[own["household"]], "levy_year": first_year + levy.year[at], "insured_count": own["count"], "income_yen": own["income"],
        "reduction_tenths": own["reduction"].astype(str), **_basis(own, first_year + levy.year[at]),
        "levied_months": left - levy.joined_month[at], "relief_yen": _relief(bills, day)[at],
        "collection_method": pick(["普通徴収", "特別徴収"], (bills.method[at] == 2).astype(int)), "levied_yen": total[at]}


def _basis(own: dict[str, np.ndarray], year: np.ndarray) -> dict[str, np.ndarray]:
    """所得割, 均等割 and 平等割 of a whole year before 軽減 and 限度額, and what these took off (yen)."""
    base, columns, flat, gross = taxable(own["income"]), {}, [], 0
    for part, who, rate, head, home in zip(PARTS, payers(own["count"], own["care"], year), PER_MILLE, PER_HEAD, PER_HOME, strict=True):
        pays = who > 0
        parts = {"income": base * rate // 1000 * pays, "head": head * who, "household": home * pays}
        columns |= {f"{part}_{name}_yen": yen for name, yen in parts.items()}
        flat.append(parts["head"] + parts["household"])
        gross = gross + sum(parts.values())
    reduced = sum(yen - yen * (10 - own["reduction"]) // 10 for yen in flat)
    annual = own["full"].sum(axis=1)
    return columns | {"reduced_yen": reduced, "cut_yen": gross - reduced - annual, "annual_yen": annual}


def _relief(bills: Bills, day: int) -> np.ndarray:
    """減免額 of each notice known on `day` (yen)."""
    relief = np.zeros(bills.household.size, dtype=np.int64)
    own = np.flatnonzero((bills.corrected_on <= day) & (bills.reason[bills.notice] == RELIEF))
    np.add.at(relief, bills.notice[own], (bills.before[own] - bills.after[own]).sum(axis=1))
    return relief


def plain_basis(annual: int) -> dict[str, int]:
    """A basis for a premium that is simply given: all of it 所得割, nothing reduced (yen)."""
    shares = {"medical_income_yen": annual * 7 // 10, "elderly_support_income_yen": annual * 2 // 10}
    zero = {f"{part}_{name}_yen": 0 for part in PARTS for name in ("income", "head", "household")}
    rest = annual - sum(shares.values())
    return zero | shares | {"care_income_yen": rest, "reduced_yen": 0, "cut_yen": 0, "annual_yen": annual}

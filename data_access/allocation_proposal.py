"""充当の案: which overdue 期別 the money of a 処分 goes to, as law/allocation.py divides it; nobody chooses."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from auth.access import User
from data_access.query import ask
from law.allocation import Debt, allocate

SOURCE = "滞納処分"
ROWS = {"installment_key": pl.String, "levy_year": pl.Int64, "installment_no": pl.String, "allocated_item": pl.String, "allocated_yen": pl.Int64}


@dataclass(frozen=True)
class Proposal:
    """The parts in the order of the law (ROWS), what is left over (yen), and why this order."""

    parts: pl.DataFrame
    left_yen: int
    article: str

    def allocated(self) -> dict[str, int]:
        """The same as the ledger takes it: 期別の番号 → 円."""
        return dict(self.parts.group_by("installment_key", maintain_order=True).agg(pl.col("allocated_yen").sum()).iter_rows())


def proposal(user: User, atena_ref: str, yen: int, on: date) -> Proposal:
    """How `yen` that came in on `on` pays the overdue installments of one case. Raises NotAllowed as `ask` does."""
    owed = {row["installment_key"]: row for row in ask(user, "case_installments", atena_ref=atena_ref, only_overdue=True).iter_rows(named=True)}
    debts = [Debt(key, row["due_date"], row["unpaid_yen"], row["charge_yen"] or 0, completes_on=row["prescription_on"]) for key, row in owed.items()]
    found = allocate(yen, debts, on, SOURCE)
    rows = [(part.key, owed[part.key]["levy_year"], owed[part.key]["installment_no"], part.item, part.yen) for part in found.parts]
    return Proposal(pl.DataFrame(rows, schema=ROWS, orient="row"), found.left_yen, "".join({part.article: None for part in found.parts}))

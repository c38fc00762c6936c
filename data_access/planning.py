"""分納の見通し: what a plan would come to, before anybody pledges it: law/installment_plan.py over the facts of one case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from auth.access import User
from data_access.query import ask
from law import installment_plan
from law.exemption import Exemption
from law.installment_plan import Debt, Plan
from law.prescription_event import Event

PART_ROWS = {"part_no": pl.Int64, "promised_on": pl.Date, "promised_yen": pl.Int64, "left_yen": pl.Int64, "charge_yen": pl.Int64}
DEBT_ROWS = {"planned_installment": pl.String, "paid_off_on": pl.Date, "prescription_on": pl.Date, "if_pledged_on": pl.Date, "state": pl.String}


class PlanImpossible(Exception):
    """この条件では分納にならない。The text says why and what to do."""


@dataclass(frozen=True)
class Outlook:
    """The plan as rows for a page, and the yen a month that would end it in time (None: none does)."""

    parts: pl.DataFrame
    debts: pl.DataFrame
    ends_on: date
    charge_yen: int | None
    smallest_yen: int | None
    notes: tuple[str, ...]  # what the law says of the plan as a whole; of each installment `debts` tells

    def promised(self) -> list[tuple[date, int]]:
        """The parts as the ledger takes them: (納付予定日, 円)."""
        return list(self.parts.select("promised_on", "promised_yen").iter_rows())


def outlook(
    user: User, atena_ref: str, keys: Sequence[str], first_on: date, as_of: date, *, monthly_yen: int | None = None, times: int | None = None
) -> Outlook:
    """The plan over the overdue installments `keys` (as disclosed), by yen a month or by number of times.

    Raises NotAllowed as `ask` does, and PlanImpossible.
    """
    owed = [row for row in ask(user, "case_installments", atena_ref=atena_ref, only_overdue=True).iter_rows(named=True) if row["installment_key"] in keys]
    kinds = {row["levy_kind"] for row in owed}
    if len(kinds) != 1:
        raise PlanImpossible("対象の期別を選んでください。" if not kinds else "料と税は別の分納にしてください。対象の期別を科目ごとに選んでください。")
    facts = ask(user, "case_facts", atena_ref=atena_ref)
    names = _names(owed)
    debts = [_debt(row, names[row["installment_key"]], facts.filter(pl.col("installment_key") == row["installment_key"]).to_dicts()) for row in owed]
    try:
        plan = installment_plan.schedule(debts, first_on, as_of, monthly_yen, times, *kinds)
    except installment_plan.PlanRefused as refusal:
        raise PlanImpossible(str(refusal)) from None
    return _outlook(plan, installment_plan.smallest_part(debts, first_on, as_of, levy_kind=kinds.pop()))


def _debt(row: dict, name: str, facts: list[dict]) -> Debt:
    """What was written off counts as paid: it is owed no more; what is to be refunded is owed again."""
    events = tuple(Event(fact["kind"], fact["from_date"], fact["to_date"], fact["end_reason"], fact["is_confirmed"], fact["deadline"])
                   for fact in facts if fact["fact"] == "時効")
    paid = [(fact["from_date"], fact["principal_yen"]) for fact in facts if fact["fact"] in ("収納", "欠損")]
    owed_in_all = row["unpaid_yen"] + sum(yen for _, yen in paid)
    return Debt(
        name, row["due_date"], owed_in_all, tuple(paid), events,
        designated_deadline=next((event.deadline for event in events if event.kind == "督促"), None),
        exemptions=tuple(Exemption(fact["from_date"], fact["to_date"], fact["kind"]) for fact in facts if fact["fact"] == "免除"),
        charge_paid=tuple((fact["from_date"], fact["charge_yen"]) for fact in facts if fact["fact"] == "収納"),
        forced_yen=row["forced_charge_yen"],
    )  # fmt: skip


def _names(owed: list[dict]) -> dict[str, str]:
    """What each installment is called; the notice is named only where it tells two of one year apart."""
    short = {row["installment_key"]: f"{row['levy_year']}年度 第{int(row['installment_no'])}期" for row in owed}
    called = list(short.values())
    return {key: name if called.count(name) == 1 else f"{name}（{key}）" for key, name in short.items()}


def _outlook(plan: Plan, smallest_yen: int | None) -> Outlook:
    parts = [(part.number, part.pay_on, part.principal_yen, part.left_yen, part.charge_yen) for part in plan.parts]
    debts = [(each.key, each.paid_off_on, each.completes_on, each.if_pledged_on, each.state) for each in plan.prescriptions]
    return Outlook(pl.DataFrame(parts, schema=PART_ROWS, orient="row"), pl.DataFrame(debts, schema=DEBT_ROWS, orient="row"),
                   plan.ends_on, plan.charge_yen, smallest_yen,
                   tuple(said for said in plan.warnings if not said.startswith(tuple(each.key for each in plan.prescriptions))))

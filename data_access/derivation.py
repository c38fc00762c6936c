"""計算の根拠: the law's own explanation of one installment's 延滞金 and 時効, from the same facts the city's SQL used."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from auth.access import User
from data_access.query import ask
from law.claim_state import Claim
from law.claim_state import explain as explain_claim
from law.delinquency_charge import Charge
from law.delinquency_charge import explain as explain_charge
from law.demand import DemandState, Fact
from law.demand import state as demand_state
from law.exemption import recorded
from law.explained import (
    describe_charge,
    describe_claim,
    describe_demand,
    describe_grace,
    describe_left_charge,
    describe_prescription,
    describe_suspension,
)
from law.other_clock import charge_clock
from law.parameters import levy_policy
from law.prescription import Prescription
from law.prescription import explain as explain_prescription
from law.prescription_event import GRACES, Event
from law.service import Letter, Mail
from law.suspension import Suspension
from law.suspension import explain as explain_suspension

CHARGE_ROWS = {"from_date": pl.Date, "to_date": pl.Date, "sentence": pl.String, "yen": pl.Int64, "article": pl.String}
DEMAND_ROWS = {"on": pl.Date, "sentence": pl.String, "article": pl.String}
PRESCRIPTION_ROWS = {"on": pl.Date, "sentence": pl.String, "completes_on": pl.Date, "article": pl.String, "record": pl.String}


@dataclass(frozen=True)
class Derivation:
    """The explanations as rows for a page, and whether they agree with what the snapshot shows."""

    levy_year: int
    installment_no: str
    charge: pl.DataFrame
    prescription: pl.DataFrame
    demand: pl.DataFrame
    agrees: bool


def derivation(user: User, atena_ref: str, installment_key: str, as_of: date) -> Derivation | None:
    """The explanation of one overdue installment, or of the 延滞金 left of a paid one, `installment_key` as disclosed; None when `user` sees none.

    Raises NotAllowed as `ask` does, and LawFileInvalid when the law has no value for a day.
    """
    shown = ask(user, "installment_basis", atena_ref=atena_ref, installment_key=installment_key)
    if shown.is_empty():
        return None
    basis = shown.row(0, named=True)
    if not basis["is_overdue"]:
        return _left(basis)
    facts = ask(user, "installment_facts", atena_ref=atena_ref, installment_key=installment_key)
    charge = _charge(basis, facts, as_of)
    events = [_event(row) for row in _of(facts, "時効")]
    demand = _demand(basis, facts, events, as_of)
    clock = explain_prescription(basis["due_date"], basis["levy_kind"], events, as_of)
    claim, suspension = explain_claim(clock, demand, as_of), _suspension(basis, clock)
    policy = levy_policy(basis["levy_kind"], basis["due_date"])
    course = describe_prescription(clock, policy)
    if suspension:
        course.append(describe_suspension(suspension, basis["suspended_on"]))
    return Derivation(
        basis["levy_year"], basis["installment_no"],
        _frame(describe_charge(charge, policy), CHARGE_ROWS),
        _frame(course, PRESCRIPTION_ROWS),
        _frame([*describe_demand(demand, basis["levy_kind"]), *_graces(events, basis["levy_kind"], as_of), describe_claim(claim)], DEMAND_ROWS),
        charge.yen == basis["charge_yen"] and _agree(basis, clock, demand, claim, suspension),
    )


def _left(basis: dict) -> Derivation:
    clock = charge_clock(basis["left_charge_stopped_on"], basis["levy_kind"])
    charge, course = describe_left_charge(basis["left_charge_yen"], basis["left_charge_stopped_on"], clock)
    return Derivation(basis["levy_year"], basis["installment_no"], _frame(charge, CHARGE_ROWS), _frame(course, PRESCRIPTION_ROWS),
                      _frame([], DEMAND_ROWS), basis["prescription_on"] == clock.completes_on)


def _agree(basis: dict, clock: Prescription, demand: DemandState, claim: Claim, suspension: Suspension | None) -> bool:
    """Do the days explained here stand in the snapshot too?"""
    here = {
        "extinct_from": clock.extinct_from,
        "prescription_on": None if clock.is_held else clock.completes_on,
        "demand_deadline": demand.deadline,
        "is_demand_missed": demand.is_missed,
        "seizable_from": demand.seizable.on if demand.seizable else None,
        "claim_state": claim.state,
        "seizure_cautions": list(demand.cautions),
        "three_years_on": suspension.three_years_on if suspension else None,
    }
    return all(basis[name] == value for name, value in here.items())


def _event(row: dict) -> Event:
    return Event(row["kind"], row["from_date"], row["to_date"], row["end_reason"], row["is_confirmed"], row["deadline"],
                 row["ground"], row["record"] or "")


def _demand(basis: dict, facts: pl.DataFrame, events: list[Event], as_of: date) -> DemandState:
    mail = tuple(Mail(row["from_date"], row["to_date"], row["kind"], row["resent_on"], row["served_on"]) for row in _of(facts, "返戻"))
    sent = [Letter(row["from_date"], row["deadline"], row["to_date"], mail) for row in _of(facts, "督促")]
    graces = [Fact(event.kind, event.happened_on, event.ended_on) for event in events if event.kind in ("徴収猶予", "換価猶予")]
    bars = [Fact(bar, as_of) for bar in basis["seizure_bars"]]
    return demand_state(basis["due_date"], basis["unpaid_yen"], as_of, sent, graces + bars, basis["levy_kind"])


def _graces(events: list[Event], levy_kind: str, as_of: date) -> list[dict]:
    """One row per 猶予 in force; one that begins the day after another of its kind ends extends that one."""
    rows, first_from, earlier = [], {}, {}
    for grace in sorted((event for event in events if event.kind in GRACES), key=lambda event: event.happened_on):
        follows = earlier.get(grace.kind) == grace.happened_on - timedelta(days=1)
        first_from[grace.kind] = first_from[grace.kind] if follows else grace.happened_on
        earlier[grace.kind] = grace.ended_on
        if grace.ended_on is None or grace.ended_on >= as_of:
            rows.append(describe_grace(grace, levy_kind, first_from[grace.kind]))
    return rows


def _suspension(basis: dict, clock: Prescription) -> Suspension | None:
    if basis["suspended_on"] is None:
        return None
    completes_on = None if clock.is_held else clock.completes_on
    return explain_suspension(int(basis["suspension_ground"].removesuffix("号")), basis["suspended_on"], completes_on, basis["levy_kind"],
                              is_hopeless=basis["is_extinguished"])


def _charge(basis: dict, facts: pl.DataFrame, as_of: date) -> Charge:
    received = _of(facts, "収納")
    demands = [row["deadline"] for row in _of(facts, "時効") if row["kind"] == "督促"]
    return explain_charge(
        basis["assessed_yen"], basis["due_date"], [(row["from_date"], row["principal_yen"]) for row in received], as_of,
        basis["levy_kind"],
        designated_deadline=demands[0] if demands else None,
        write_offs=[(row["from_date"], row["principal_yen"]) for row in _of(facts, "欠損")],
        exemptions=[recorded(row["ground"], row["from_date"], row["to_date"], row["kind"], row["record"]) for row in _of(facts, "免除")],
        charge_paid=sum(row["charge_yen"] for row in received if row["from_date"] <= as_of),
        forced_yen=basis["forced_charge_yen"],
    )


def _of(facts: pl.DataFrame, fact: str) -> list[dict]:
    return facts.filter(pl.col("fact") == fact).to_dicts()


def _frame(rows: list[dict], schema: dict) -> pl.DataFrame:
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)

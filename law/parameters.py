"""Every dated number of the law, typed: for the Python that explains one case, and as rows for the SQL twins.

A value is valid from its `from` until the day before the next `from` of the same setting and levy kind.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from law import fiscal_year
from law.calendar import holidays, open_days
from law.dated import rows, valid_on
from law.files import LEVY_KINDS, LawFileInvalid, entries_in, values_in
from law.grace_ground import grounds
from law.rates import RATE_FILE, rate_rows

POLICY_FILE, PRESCRIPTION_FILE, SUSPENSION_FILE = "levy_policy.toml", "prescription.toml", "suspension.toml"
DEMAND_FILE = "demand.toml"


@dataclass(frozen=True)
class LevyPolicy:
    """The city's settings for one levy kind, for due dates from `from_date` to `to_date` (levy_policy.toml)."""

    charge_start_basis: str  # due_date = 納期限, demand_due = 督促の指定期限
    first_months: int
    first_period_ends_with_month: bool
    base_unit_yen: int
    base_minimum_yen: int
    min_base_on_balance: bool
    cut_each_segment: bool
    result_unit_yen: int
    result_minimum_yen: int
    days_per_year: int
    charge_exemption_applies: bool
    prescription_years: int
    prescription_rolls_forward: bool
    demand_deadline_days: int
    designated_deadline_days: int
    demand_fee_yen: int
    seizure_wait_days: int
    seizure_waits_for_designated_deadline: bool
    designated_deadline_rolls_forward: bool
    levy_kind: str
    from_date: date
    to_date: date
    references: dict[str, str]


@dataclass(frozen=True)
class PrescriptionRule:
    """Effects on prescription of events that happen from `from_date` to `to_date` (prescription.toml)."""

    demand_wait_days: int
    demand_has_later_reading: bool
    reminder_hold_months: int
    agreement_hold_months: int
    agreement_refused_months: int
    disaster_hold_months: int
    disaster_hold_days: int
    failed_attachment_hold_months: int
    distribution_claim_holds: bool
    distribution_claim_renews: bool
    deferral_pauses: bool
    renewal_word: str
    hold_word: str
    start: str
    payment_notice: str
    acknowledgement: str
    attachment: str
    suspension: str
    unserved_demand: str
    charge_clock_is_own: bool
    refund: str
    levy_kind: str
    from_date: date
    to_date: date
    references: dict[str, str]


@dataclass(frozen=True)
class SuspensionPolicy:
    """Numbers of 執行停止 valid from `from_date` to `to_date` (suspension.toml)."""

    extinction_years: int
    hardship_monthly_yen: int
    hardship_per_relative_yen: int
    income_known_month: int
    levy_kind: str
    from_date: date
    to_date: date
    references: dict[str, str]


@dataclass(frozen=True)
class AttachmentEnd:
    """How a 差押 ended: does prescription start anew, and must a person look at it (prescription.toml)."""

    is_renewal: bool
    needs_person: bool
    article: str


@dataclass(frozen=True)
class ExemptionGround:
    """What a ground exempts (full | half), and whether only a person's decision makes it so (delinquency_charge.toml)."""

    kind: str
    is_discretionary: bool
    article: str


def levy_policy(levy_kind: str, due_date: date) -> LevyPolicy:
    """The city's settings for an installment due on `due_date`. Raises NoValue."""
    return valid_on(LevyPolicy, POLICY_FILE, levy_kind, due_date)


def prescription_rule(levy_kind: str, happened_on: date) -> PrescriptionRule:
    """The effects of an event that happened on `happened_on`. Raises NoValue."""
    return valid_on(PrescriptionRule, PRESCRIPTION_FILE, levy_kind, happened_on)


def suspension_policy(levy_kind: str, decided_on: date) -> SuspensionPolicy:
    """The numbers for a suspension decided on `decided_on`. Raises NoValue."""
    return valid_on(SuspensionPolicy, SUSPENSION_FILE, levy_kind, decided_on)


@lru_cache(maxsize=4096)
def attachment_end(end_reason: str, seized_on: date) -> AttachmentEnd | None:
    """What a 差押 of `seized_on` does when it ends so; None for a reason that prescription.toml does not name."""
    found = (end for end in attachment_ends() if end["end_reason"] == end_reason and _holds(end, seized_on))
    return next((AttachmentEnd(end["is_renewal"], end["needs_person"], end["reference"]) for end in found), None)


@lru_cache
def attachment_ends() -> list[dict]:
    """Every way a 差押 may end, for a 差押 of from_date to to_date (prescription.toml)."""
    return values_in(PRESCRIPTION_FILE, "attachment_end")


def exemption_ground(ground: str, from_date: date) -> ExemptionGround | None:
    """What a ground exempts from `from_date` on; None where it is not in force then. Raises KeyError for an unknown one."""
    own = [each for each in exemption_grounds() if each["ground"] == ground]
    if not own:
        raise KeyError(ground)
    found = (each for each in own if _holds(each, from_date))
    return next((ExemptionGround(each["kind"], each["is_discretionary"], each["reference"]) for each in found), None)


@lru_cache
def exemption_grounds() -> list[dict]:
    """Every ground of exemption from 延滞金, for exemptions that begin from_date to to_date (delinquency_charge.toml)."""
    return values_in(RATE_FILE, "exemption_ground")


@lru_cache
def seizure_bars() -> list[dict]:
    """Reasons for which an installment must not be attached from from_date to to_date, in the order of the file."""
    return values_in(DEMAND_FILE, "seizure_bar")


@lru_cache
def seizure_cautions() -> list[dict]:
    """Facts that do not bar an attachment, yet a person looks at them first (demand.toml)."""
    return values_in(DEMAND_FILE, "seizure_caution")


@lru_cache
def not_acknowledgements() -> list[dict]:
    """収納区分 and 納付チャネル of receipts that are no act of the debtor (prescription.toml)."""
    return values_in(PRESCRIPTION_FILE, "not_acknowledgement")


def _holds(row: dict, day: date) -> bool:
    return row["from_date"] <= day <= row["to_date"]


@lru_cache
def event_ranks() -> dict[str, tuple[int, int]]:
    """Kind of event → the place of its beginning and of its end among what happens on one day."""
    entries = entries_in(PRESCRIPTION_FILE, "event_kind")
    if len({(entry["value"], entry["from"]) for entry in entries}) < len(entries):
        raise LawFileInvalid(f"{PRESCRIPTION_FILE} の event_kind: 同じ事由に同じ from の項目があります。1件にしてください。")
    kinds = dict.fromkeys(entry["value"] for entry in entries)  # an amended kind keeps its place
    return {kind: (place, len(kinds) + place) for place, kind in enumerate(kinds, start=1)}


def as_tables() -> dict[str, list[dict]]:
    """Rows for schema `law`: table → rows with equal keys; date, Decimal (% a year), int yen, bool, str."""
    reasons = dict.fromkeys(bar["reason"] for bar in seizure_bars())  # an amended reason keeps its place
    bar_ranks = {reason: place for place, reason in enumerate(reasons, start=1)}
    return {
        "delinquency_rate": rate_rows(),
        "fiscal_year": fiscal_year.rows(),
        "exemption_ground": _told("ground", "kind", "is_discretionary", of=exemption_grounds()),
        "grace_ground": [vars(ground) for ground in grounds()],
        "levy_policy": rows(LevyPolicy, POLICY_FILE),
        "prescription_rule": rows(PrescriptionRule, PRESCRIPTION_FILE),
        "prescription_event_kind": [
            {"kind": kind, "rank": start, "end_rank": end} for kind, (start, end) in event_ranks().items()
        ],
        "attachment_end": _told("end_reason", "is_renewal", "needs_person", of=attachment_ends()),
        "holiday": [{"closed_on": day, "name": name} for day, name in sorted(holidays().items())],
        "calendar_day": [
            {"levy_kind": kind, "day": day, "opens_on": opens}
            for kind in LEVY_KINDS
            for day, opens in sorted(open_days(kind).items())
        ],
        "seizure_bar": [
            bar | {"rank": bar_ranks[bar["reason"]]} for bar in _told("reason", of=seizure_bars())
        ],
        "seizure_caution": _told("fact", of=seizure_cautions()),
        "not_acknowledgement": _told("receipt", of=not_acknowledgements()),
        "suspension_policy": rows(SuspensionPolicy, SUSPENSION_FILE),
        "suspension_ground": [
            {**entry["value"], "article": entry["reference"], "from_date": entry["from"]}
            for entry in entries_in(SUSPENSION_FILE, "ground")
        ],
    }


def _told(*keys: str, of: list[dict]) -> list[dict]:
    """What SQL joins of dated rows: the keys, and the days between which they hold."""
    return [{key: row[key] for key in (*keys, "from_date", "to_date")} for row in of]

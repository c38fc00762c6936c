"""The rows of each outbound file, as dicts by item: from the ledger, from a snapshot, from the law over it, or by inquiry."""

import hmac
import json
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import settings
from data_access import ledger_tail, spill
from data_access.feed_rules import literal
from data_access.inquiry import Inquiry, answers
from data_access.outbound_contract import OutFile
from data_access.snapshot import Snapshot
from law.payment_slip import SlipRefused, mpn_complaints
from law.sanctions import Measure, benefit_hold, special_medical_payment

HERE = Path(__file__).parent / "outgoing"
CITY = Path(__file__).with_name("city.toml")
CONFIRMATION = 6  # digits; law/payment_slip.toml allows 4 too
CANNOT = "できない"
CONFIRMED = "finding_confirmation"
FACTS = ("efforts", "special_circumstances", "notified")


@dataclass(frozen=True)
class Basis:
    """What one day's files are made from, fixed once: the ledger's range, this snapshot, the one before, the inquiries."""

    after_seq: int
    upto_seq: int
    snapshot: Snapshot
    before: Snapshot | None
    inquiries: tuple[Inquiry, ...]
    snapshots_asked: dict[str, Snapshot]


def rows_of(file: OutFile, basis: Basis) -> list[dict]:
    """Every row of one file, in the order in which it is written."""
    return ORIGINS[file.origin](file, basis)


def _ledger(file: OutFile, basis: Basis) -> list[dict]:
    entries = ledger_tail.entries_after(basis.after_seq, basis.upto_seq)
    found = []
    for entry in entries.iter_rows(named=True):
        if entry["kind"] == file.kind:
            payload = json.loads(entry["payload"])
            items = payload[file.each] if file.each else [{}]
            found += [{**entry, **payload, **item, "each_no": number} for number, item in enumerate(items, start=1)]
    # a correction goes out whatever it says now: what it replaces may have gone out before
    return [row for row in found if row["corrects"] or all(row[name] == value for name, value in file.where)]


def _findings(file: OutFile, basis: Basis) -> list[dict]:
    """What a second account has confirmed since, under the number of the confirmation; and an entry of before that has a name typed."""
    entries = [{**entry, **json.loads(entry["payload"])} for entry in ledger_tail.entries_after(0, basis.upto_seq).iter_rows(named=True)]
    of_kind = {entry["event_id"]: entry for entry in entries if entry["kind"] == file.kind}
    found = []
    for entry in (entry for entry in entries if entry["seq"] > basis.after_seq):
        if entry["kind"] == CONFIRMED and (finding := of_kind.get(entry["finding"])):
            found.append({**finding, "event_id": entry["event_id"], "corrects": entry["corrects"] or finding["corrects"], "confirmed_by": entry["officer_name"]})
        elif entry["event_id"] in of_kind and entry.get("confirmed_by"):
            found.append(entry)
    return found


def _slips(file: OutFile, basis: Basis) -> list[dict]:
    """The entries with what MPN asks for. Raises SlipRefused when the city's own numbers do not fit their fields."""
    city = tomllib.loads(CITY.read_text("utf-8"))["mpn"]
    found = [{**row, **city, **_numbers(row)} for row in _ledger(file, basis)]
    for row in found:
        if complaints := mpn_complaints(row, date.fromisoformat(row["issued_on"])):
            raise SlipRefused(" ".join(complaints))
    return found


def _numbers(row: dict) -> dict[str, str]:
    """納付番号: 通知書番号, 期別 and the ledger's number, so that no two slips have the same. 確認番号: nobody can guess it."""
    payment = f"{row['notice_number']}{row['installment_no']}{row['seq']:08}"
    proof = hmac.digest(settings.secret("pseudonym"), f"mpn {payment}".encode(), "sha256")
    return {"payment": payment, "confirmation": f"{int.from_bytes(proof) % 10**CONFIRMATION:0{CONFIRMATION}}"}


def _write_offs(file: OutFile, basis: Basis) -> list[dict]:
    """The entries with what came in since (paid_since_yen, 消込み or 速報) of what is not booked: no payment is written off without a word."""
    found = _ledger(file, basis)
    if not found:
        return []
    now = {(row["notice_number"], row["installment_no"]): row for row in _asked(_question(file.name, basis.snapshot))}
    return [row | {"paid_since_yen": _paid_since(row["yen"], now.get((row["notice_number"], row["installment_no"])))} for row in found]


def _paid_since(decided_yen: int, now: dict | None) -> int:
    return max(decided_yen - now["unpaid_yen"], 0) + now["flash_yen"] if now and not now["written_off_yen"] else 0


def _snapshot(file: OutFile, basis: Basis) -> list[dict]:
    now = _question(file.name, basis.snapshot)
    if file.rows == "changed" and basis.before:
        now = f"from ({now}) except from ({_question(file.name, basis.before)})"
    return _asked(f"from ({now}) order by {', '.join(file.key)}")


def _sanctions(file: OutFile, basis: Basis) -> list[dict]:
    """Whose 納期限 is past as long as the measure asks for and who is not ruled out; what nobody has looked at is 未確認."""
    found, as_of = [], basis.snapshot.business_date
    for row in _asked(_question(file.name, basis.snapshot)):
        measure = MEASURES[file.name](row, as_of, {name: row[name] for name in FACTS if row.get(name) is not None})
        if as_of >= measure.must_from and measure.outcome != CANNOT:
            states = {condition.code: condition.state for condition in measure.conditions}
            found.append({**row, **states, "must_from": measure.must_from, "outcome": measure.outcome})
    return found


def _special_medical_payment(row: dict, as_of: date, facts: dict[str, bool]) -> Measure:
    return special_medical_payment(row["oldest_due_date"], as_of, facts, row["birth_date"])


def _benefit_hold(row: dict, as_of: date, facts: dict[str, bool]) -> Measure:
    """How much would be held back, 国保 alone knows."""
    return benefit_hold(row["oldest_due_date"], as_of, facts, None, row["unpaid_yen"], row["is_special_medical_payment"])


def _inquiry(file: OutFile, basis: Basis) -> list[dict]:
    return answers(basis.inquiries, basis.snapshots_asked)


def _question(name: str, snapshot: Snapshot) -> str:
    text = (HERE / f"{name}.sql").read_text("utf-8")
    text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return text.format(restricted=literal(str(snapshot.folder / "restricted")), derived=literal(str(snapshot.folder / "derived")),
                       as_of=f"date '{snapshot.business_date}'")


def _asked(sql: str) -> list[dict]:
    with spill.connect() as connection:
        return connection.sql(sql).pl().to_dicts()


MEASURES = {"special_medical_payment": _special_medical_payment, "benefit_hold": _benefit_hold}
ORIGINS = {"ledger": _ledger, "findings": _findings, "slips": _slips, "write_offs": _write_offs, "snapshot": _snapshot, "sanctions": _sanctions, "inquiry": _inquiry}

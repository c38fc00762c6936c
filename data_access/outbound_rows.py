"""The rows of each outbound file, as dicts by item: from the ledger, from a snapshot, from the law over it, or by inquiry."""

import json
from dataclasses import dataclass
from pathlib import Path

from data_access import ledger_tail, spill
from data_access.feed_rules import literal
from data_access.inquiry import Inquiry, answers
from data_access.outbound_contract import OutFile
from data_access.snapshot import Snapshot
from law.sanctions import special_medical_payment

HERE = Path(__file__).parent / "outgoing"
CANNOT = "できない"


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


def _snapshot(file: OutFile, basis: Basis) -> list[dict]:
    now = _question(file.name, basis.snapshot)
    if file.rows == "changed" and basis.before:
        now = f"from ({now}) except from ({_question(file.name, basis.before)})"
    return _asked(f"from ({now}) order by {', '.join(file.key)}")


def _sanctions(file: OutFile, basis: Basis) -> list[dict]:
    """Whose 納期限 is a year past and who is not ruled out; what nobody has looked at yet is told as 未確認."""
    found, as_of = [], basis.snapshot.business_date
    for row in _asked(_question(file.name, basis.snapshot)):
        facts = {name: row[name] for name in ("efforts", "special_circumstances", "notified") if row[name] is not None}
        measure = special_medical_payment(row["oldest_due_date"], as_of, facts, row["birth_date"])
        if as_of >= measure.must_from and measure.outcome != CANNOT:
            states = {condition.code: condition.state for condition in measure.conditions}
            found.append({**row, **states, "must_from": measure.must_from, "outcome": measure.outcome})
    return found


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


ORIGINS = {"ledger": _ledger, "snapshot": _snapshot, "sanctions": _sanctions, "inquiry": _inquiry}

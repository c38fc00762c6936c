"""The published snapshot of the small city says of every open installment what the Python explains from its own rows."""

from collections import defaultdict

import duckdb
import pytest

from law import delinquency_charge, prescription
from law.exemption import Exemption
from tests.conftest import CLOCK

AS_OF = CLOCK.feed_dates[-1]
KEY = "notice_number, installment_no"


@pytest.fixture
def ask(city):
    """A question to the newest snapshot: its tables by name, the key of an installment → the rest of its rows."""
    folder = max(path for path in (city / "snapshots").iterdir() if path.is_dir())
    found = {path.stem: path for path in folder.glob("*/*.parquet")}
    database = duckdb.connect()

    def rows(table: str, columns: str, where: str = "true") -> dict[tuple[str, str], list[tuple]]:
        own = defaultdict(list)
        query = f"select {KEY}, {columns} from read_parquet('{found[table]}') where {where}"
        for notice, number, *rest in database.sql(query).fetchall():
            own[notice, number].append(tuple(rest))
        return own

    return rows


def test_charges(ask):
    receipts = ask("receipt", "received_on, principal_yen, charge_yen")
    written_off = ask("write_off", "written_off_on, written_off_yen")
    exempted = ask("charge_exemption", "from_date, to_date, kind")
    forced = ask("installment", "forced_charge_yen")
    columns = "assessed_yen, due_date, levy_kind, computed_charge_yen, charge_yen, exempt_days"
    published = ask("case_installment", columns, "is_overdue")
    assert len(published) > 100
    for key, [(assessed, due, kind, *amounts)] in published.items():
        charge = delinquency_charge.explain(
            assessed,
            due,
            [(on, principal) for on, principal, _ in receipts[key]],
            AS_OF,
            kind,
            write_offs=written_off[key],
            exemptions=[Exemption(*row) for row in exempted[key]],
            charge_paid=sum(paid for on, _, paid in receipts[key] if on <= AS_OF),
            forced_yen=forced[key][0][0],
        )
        assert [charge.computed_yen, charge.yen, charge.exempt_days] == amounts, key


def test_prescriptions(ask):
    names = (
        "completes_on",
        "later_reading_on",
        "extinct_from",
        "renewed_by",
        "renewed_on",
        "is_held",
        "needs_person",
    )
    events = ask("prescription_event", "kind, happened_on, ended_on, end_reason, is_confirmed, deadline")
    published = ask("case_installment", f"due_date, levy_kind, {', '.join(names)}", "is_overdue")
    for key, [(due, kind, *dates)] in published.items():
        own = [prescription.Event(*event) for event in events[key]]
        found = prescription.explain(due, kind, own, AS_OF)
        assert [getattr(found, name) for name in names] == dates, key

"""時効の突合: the differences found are those that were planted, and each row says what the law's own comparison says."""

from law.prescription import Event, explain
from law.prescription_comparison import Reason, compare
from sample_city.stories import planted
from tests.conftest import CLOCK
from tests.data_access.source_rows import by, one, pick

KEY = ("notice_number", "installment_no")
KNOWN = {"督促", "承認", "差押", "交付要求"}  # what the demo city reckons its stored dates from


def test_the_planted_differences_are_found_and_no_other(rows):
    derived, events = one(rows.derived("prescription_difference"), *KEY), by(rows.derived("prescription_event"), *KEY)
    key = {(each.notice_number, each.installment_no): (each.atena_number, each.reason) for each in planted(CLOCK)}
    assert {at: pick(derived[at], "atena_number", "reason") for at in key} == key
    assert {Reason(reason) for _, reason in key.values()} >= {Reason.NOT_STORED, Reason.LATER_READING, Reason.FIRST_DAY, Reason.OTHER_KIND}
    for at, row in derived.items():
        if at not in key and {event["kind"] for event in events.get(at, ())} <= KNOWN:
            assert pick(row, "reason", "days") == (Reason.SAME, 0), at
    assert sum(row["reason"] == Reason.SAME for row in derived.values()) > 100


def test_every_row_is_what_the_law_compares(rows):
    stored, open_rows = one(rows.source("installment"), *KEY), one(rows.derived("case_installment"), *KEY)
    events, derived = by(rows.derived("prescription_event"), *KEY), one(rows.derived("prescription_difference"), *KEY)
    names = ("kind", "happened_on", "ended_on", "end_reason", "is_confirmed", "deadline")
    assert derived.keys() == {at for at, row in open_rows.items() if row["is_overdue"]}
    for at, row in derived.items():
        own = [Event(*pick(event, *names)) for event in events.get(at, ())]
        computed = explain(row["due_date"], row["levy_kind"], own, rows.as_of)
        found = compare(*pick(stored[at], "stored_prescription_2y_on", "stored_prescription_5y_on"), row["levy_kind"], computed)
        assert pick(row, "stored_on", "computed_on", "days", "reason") == (found.stored_on, found.computed_on, found.days, found.reason), at
        assert pick(row, "unpaid_yen", "is_held") == (open_rows[at]["unpaid_yen"], computed.is_held), at

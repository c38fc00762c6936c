"""Every derived table beside a slow and obvious twin in plain Python, computed from the CSV files of the small city."""

from datetime import date, timedelta

import duckdb
import pytest

from data_access import derive
from law import delinquency_charge, demand, grace_ground, hardship, prescription, screening, suspension
from law.acknowledgement import Receipt, acts
from law.exemption import exempt
from law.fiscal_year import fiscal_year
from law.prescription_event import demanded
from law.screening_contradiction import Fact
from law.service import Letter, Mail
from tests.data_access.source_rows import Row, by, one, pick

KEY = ("notice_number", "installment_no")
REVENUE = ("salary_revenue_yen", "pension_revenue_yen", "business_income_yen", "farm_income_yen", "rent_income_yen", "dividend_income_yen", "occasional_income_yen")


def total(rows: list[Row] | None, name: str) -> int:
    return sum(row[name] for row in rows or ())


@pytest.fixture(scope="module")
def balances(rows) -> dict[tuple, Row]:
    """期別 → what the twin says of it."""
    receipts, over = by(rows.source("receipt"), *KEY), by(rows.source("overpayment"), *KEY)
    gone, flash = by(rows.source("write_off"), *KEY), by(rows.source("flash_receipt"), *KEY)
    notices = one(rows.source("annual_assessment"), "notice_number")
    found = {}
    for installment in rows.source("installment"):
        key, notice = pick(installment, *KEY), notices[(installment["notice_number"],)]
        received, written_off = total(receipts.get(key), "principal_yen"), total(gone.get(key), "written_off_yen")
        refund_due = total(over.get(key), "overpaid_yen") - total(over.get(key), "settled_yen")
        found[key] = {
            "atena_number": notice["atena_number"], "levy_kind": notice["levy_kind"], "levy_year": notice["levy_year"],
            "assessment_fiscal_year": notice["assessment_fiscal_year"], "payment_method": notice["payment_method"],
            "due_date": installment["due_date"], "assessed_yen": installment["assessed_yen"], "received_yen": received,
            "refund_due_yen": refund_due, "written_off_yen": written_off,
            "unpaid_yen": installment["assessed_yen"] - received + refund_due - written_off,
            "charge_paid_yen": total(receipts.get(key), "charge_yen"), "flash_yen": total(flash.get(key), "paid_yen"),
            "last_received_on": max((row["received_on"] for row in receipts.get(key, ()) if row["principal_yen"] > 0), default=None),
            "flash_on": max((row["paid_on"] for row in flash.get(key, ())), default=None)}
    return found


@pytest.fixture(scope="module")
def open_balances(rows, balances) -> dict[tuple, Row]:
    return {key: row for key, row in balances.items() if row["unpaid_yen"] > 0 and row["due_date"] < rows.as_of}


def test_balance(rows, balances):
    derived = one(rows.derived("balance"), *KEY)
    assert derived.keys() == balances.keys()
    for key, expected in balances.items():
        assert {name: derived[key][name] for name in expected} == expected, key


def test_the_settlement_identity_holds_in_every_term(rows, balances):
    """調定額 = 収入済額 − 還付未済額 + 不納欠損額 + 収入未済額."""
    year_of = {(row["notice_number"],): row for row in rows.source("annual_assessment")}
    expected: dict[tuple, list[int]] = {}
    for installment in rows.source("installment"):
        balance, notice = balances[pick(installment, *KEY)], year_of[(installment["notice_number"],)]
        terms = (installment["assessed_yen"], balance["received_yen"], balance["refund_due_yen"], balance["written_off_yen"], installment["stored_unpaid_yen"])
        sums = expected.setdefault((notice["assessment_fiscal_year"], notice["levy_kind"], installment["installment_no"]), [0] * 5)
        expected[(notice["assessment_fiscal_year"], notice["levy_kind"], installment["installment_no"])] = [a + b for a, b in zip(sums, terms, strict=True)]
    derived = one(rows.derived("settlement"), "assessment_fiscal_year", "levy_kind", "installment_no")
    names = ("assessed_yen", "received_yen", "refund_due_yen", "written_off_yen", "unpaid_yen")
    assert {key: list(pick(row, *names)) for key, row in derived.items()} == expected
    for key, (assessed, received, refund_due, written_off, unpaid) in expected.items():
        assert assessed == received - refund_due + written_off + unpaid, key
        assert pick(derived[key], "difference_yen", "unpaid_difference_count", "received_difference_count", "negative_count") == (0, 0, 0, 0)


def graces_of(rows) -> dict[tuple, list[Row]]:
    """期別 → its 猶予 known by the last day, each with its last day (`runs_to`) and what the law makes of its ground (`law`)."""
    granted, found = one(rows.source("grace"), "grace_number"), {}
    for scope in rows.source("grace_installment"):
        own = granted[(scope["grace_number"],)]
        runs_to, _ = grace_ground.span(own["from_date"], own["to_date"], own["cancelled_on"], own["cancelling_fact_on"])
        if runs_to and own["granted_on"] <= rows.as_of:
            known = grace_ground.effect(own["grace_kind"], own["ground"], own["from_date"])
            found.setdefault(pick(scope, *KEY), []).append(own | {"runs_to": runs_to, "law": known})
    return found


def exemptions_of(rows) -> dict[tuple, list]:
    """期別 → what 猶予 and 執行停止 exempt."""
    found = {key: [exempt(own["law"].exemption_ground, own["from_date"], own["runs_to"], cancelling_fact_on=own["cancelling_fact_on"])
                   for own in granted] for key, granted in graces_of(rows).items()}
    suspensions = one(rows.source("suspension"), "suspension_number")
    for scope in rows.source("suspension_installment"):
        own = suspensions[(scope["suspension_number"],)]
        until = own["cancelled_on"] and own["cancelled_on"] - timedelta(days=1)
        found.setdefault(pick(scope, *KEY), []).append(exempt("執行停止", own["decided_on"], until))
    return {key: [each for each in many if each] for key, many in found.items()}


def test_delinquency_charge_of_every_open_installment(rows, open_balances):
    receipts, exempted = by(rows.source("receipt"), *KEY), exemptions_of(rows)
    derived, forced = one(rows.derived("case_installment"), *KEY), one(rows.source("installment"), *KEY)
    charged = lessened = fixed = 0
    for key, row in open_balances.items():
        payments = [(receipt["received_on"], receipt["principal_yen"]) for receipt in receipts.get(key, ())]
        yen = forced[key]["forced_charge_yen"]
        found = delinquency_charge.explain(row["assessed_yen"], row["due_date"], payments, rows.as_of, row["levy_kind"],
                                           exemptions=exempted.get(key, ()), forced_yen=yen)
        assert pick(derived[key], "charge_yen", "exempt_days") == (found.yen, found.exempt_days), key
        charged += found.yen > 0
        lessened += found.exempt_days > 0
        fixed += yen is not None
    assert charged > 10
    assert lessened >= 4
    assert fixed, "強制延滞金額のある期別がない"
    assert all(row["charge_yen"] == 0 for key, row in derived.items() if key not in open_balances)


def letters_of(rows) -> dict[tuple, list[Letter]]:
    """期別 → its 督促 sent and not withdrawn by the last day, with what came back."""
    mail: dict[tuple, list[Mail]] = {}
    for row in rows.source("returned_mail"):
        if row["mail_kind"] == "督促状":
            mail.setdefault(pick(row, *KEY), []).append(Mail(*pick(row, "sent_on", "returned_on", "returned_reason", "resent_on", "served_on")))
    found: dict[tuple, list[Letter]] = {}
    for row in rows.source("demand"):
        if row["issued_on"] <= rows.as_of and (row["withdrawn_on"] is None or row["withdrawn_on"] > rows.as_of):
            letter = Letter(*pick(row, "issued_on", "designated_deadline", "returned_on"), tuple(mail.get(pick(row, *KEY), ())))
            found.setdefault(pick(row, *KEY), []).append(letter)
    return found


def events_of(rows) -> dict[tuple, list[prescription.Event]]:
    """Everything that touches the 時効 of each 期別; a part payment acknowledges only when a person confirms it."""
    found: dict[tuple, list[prescription.Event]] = {}
    for key, letters in letters_of(rows).items():
        found.setdefault(key, []).append(demanded(letters, rows.as_of))
    for key, receipts in by(rows.source("receipt"), *KEY).items():
        own = [Receipt(*pick(row, "receipt_number", "received_on", "principal_yen", "receipt_kind", "channel")) for row in receipts]
        found.setdefault(key, []).extend(prescription.Event("承認", each.received_on) for each in acts(own))
    plans = one(rows.source("installment_plan"), "plan_number")
    for row in rows.source("installment_plan_scope"):
        plan = plans[(row["plan_number"],)]
        found.setdefault(pick(row, *KEY), []).append(prescription.Event("承認", plan["pledged_on"], is_confirmed=plan["is_written"]))
    dispositions = one(rows.source("disposition"), "disposition_number")
    for row in rows.source("disposition_installment"):
        own = dispositions[(row["disposition_number"],)]
        kind = "差押" if own["disposition_kind"] == "差押" else "交付要求"
        found.setdefault(pick(row, *KEY), []).append(prescription.Event(kind, own["took_effect_on"], own["ended_on"], own["end_reason"]))
    for key, granted in graces_of(rows).items():
        for own in granted:
            found.setdefault(key, []).append(prescription.Event(own["law"].event_kind, own["from_date"], own["runs_to"]))
            if own["applied_on"]:
                found[key].append(prescription.Event("承認", own["applied_on"], is_confirmed=own["is_acknowledged"]))
    papers = one(rows.source("document"), "document_number")
    for row in rows.source("document_installment"):
        own = papers[(row["document_number"],)]
        if own["is_reminder"] and own["dispatched_on"] and not own["undelivered_on"]:
            found.setdefault(pick(row, *KEY), []).append(prescription.Event("催告", own["dispatched_on"]))
        if own["document_kind"] == "協議合意書":
            found.setdefault(pick(row, *KEY), []).append(
                prescription.Event("協議", own["drawn_up_on"], own["refused_on"], deadline=own["deadline"]))
    return found


def test_prescription_of_every_open_installment(rows, open_balances):
    events, derived = events_of(rows), one(rows.derived("case_installment"), *KEY)
    renewals = set()
    for key, row in open_balances.items():
        expected = prescription.explain(row["due_date"], row["levy_kind"], events.get(key, ()), rows.as_of)
        assert pick(derived[key], "completes_on", "renewed_by", "renewed_on", "is_held", "held_by") == (
            expected.completes_on, expected.renewed_by, expected.renewed_on, expected.is_held, sorted(expected.held_by) or None), key
        renewals.add(expected.renewed_by)
    assert {"督促", "承認", None} <= renewals
    kinds = {event.kind for key in open_balances for event in events.get(key, ())}
    assert {"督促", "承認", "差押", "催告", "徴収猶予", "換価猶予"} <= kinds


def test_demand_of_every_open_installment(rows, open_balances):
    letters, graces, stopped, unserved = letters_of(rows), graces_of(rows), 0, 0
    derived = one(rows.derived("case_installment"), *KEY)
    for key, row in open_balances.items():
        sent = letters.get(key, ())
        last_day = demand.deadline(row["due_date"], row["levy_kind"])
        letter, service = demand.first_served(sent, rows.as_of)
        served_on, seizable = service and service.served_on, None
        if served_on:
            seizable = demand.seizable_from(served_on, demand.designated_deadline(letter, service), row["levy_kind"]).on
        is_stopped = any(own["law"].stops_demand and own["from_date"] <= rows.as_of <= own["runs_to"] for own in graces.get(key, ()))
        assert pick(derived[key], "demand_returned_on", "demand_served_on") == (service and service.returned_on, served_on), key
        unserved += bool(sent) and served_on is None
        assert pick(derived[key], "demand_deadline", "seizable_from", "is_demand_missed") == (
            last_day, seizable, not sent and last_day < rows.as_of and not is_stopped), key
        stopped += is_stopped and not sent and last_day < rows.as_of
    assert stopped > 0
    assert unserved > 0


def stops_of(rows) -> dict[tuple, list[Row]]:
    """期別 → its 執行停止 in force on the last day."""
    own, found = one(rows.source("suspension"), "suspension_number"), {}
    for scope in rows.source("suspension_installment"):
        stop = own[(scope["suspension_number"],)]
        if stop["decided_on"] <= rows.as_of and (stop["cancelled_on"] is None or stop["cancelled_on"] > rows.as_of):
            found.setdefault(pick(scope, *KEY), []).append(stop)
    return found


def bankrupt(rows) -> set[str]:
    """Those whose 破産手続 is open on the last day."""
    return {case["atena_number"] for case in rows.source("court_case") if case["case_kind"] == "破産"
            and case["opened_on"] <= rows.as_of and (case["closed_on"] is None or case["closed_on"] >= rows.as_of)}


def test_what_may_be_done_with_every_open_installment(rows, open_balances):
    stops, graces, insolvent = stops_of(rows), graces_of(rows), bankrupt(rows)
    derived, seen = one(rows.derived("case_installment"), *KEY), set()
    for key, row in open_balances.items():
        own = derived[key]
        facts = [demand.Fact("執行停止", rows.as_of) for _ in stops.get(key, ())]
        facts += [demand.Fact(grace["law"].event_kind, grace["from_date"], grace["runs_to"]) for grace in graces.get(key, ())]
        facts += [demand.Fact("破産手続", rows.as_of)] if row["atena_number"] in insolvent else []
        bars = [str(bar) for bar in demand.state(row["due_date"], row["unpaid_yen"], rows.as_of, facts=facts, levy_kind=row["levy_kind"]).bars]
        earliest = min(stops.get(key, ()), key=lambda stop: (stop["decided_on"], stop["suspension_number"]), default=None)
        ends = (earliest["ground"], suspension.three_years_end(earliest["decided_on"], row["levy_kind"])) if earliest else (None, None)
        assert pick(own, "suspension_ground", "three_years_on", "seizure_bars") == (*ends, bars), key
        seizable = own["seizable_from"] is not None and own["seizable_from"] <= rows.as_of
        expected = ("消滅" if own["extinct_from"] and own["extinct_from"] <= rows.as_of
                    else "時効経過" if not own["is_held"] and own["completes_on"] < rows.as_of
                    else None if not seizable else "差押不可" if bars else "差押可能")
        assert own["claim_state"] == expected, key
        seen |= {expected, *bars}
    assert {None, "消滅", "差押不可", "差押可能", "徴収猶予"} <= seen, seen
    assert all(row["claim_state"] is None and not row["seizure_bars"] for key, row in derived.items() if key not in open_balances)


def test_every_delinquent_and_what_it_owes(rows, open_balances):
    derived, cases = one(rows.derived("delinquent"), "atena_number"), one(rows.derived("case_installment"), *KEY)
    debts: dict[tuple, list[tuple]] = {}
    for key, row in open_balances.items():
        debts.setdefault((row["atena_number"],), []).append(key)
    assert derived.keys() == debts.keys()
    left = {person: total(own, "left_charge_yen") for person, own in by(rows.derived("case_installment"), "atena_number").items()}
    this_year = rows.as_of.year if rows.as_of.month >= 4 else rows.as_of.year - 1
    for person, keys in debts.items():
        own = [open_balances[key] for key in keys]
        current = [row for row in own if row["assessment_fiscal_year"] == this_year]
        running = [(cases[key]["completes_on"], open_balances[key]["unpaid_yen"], cases[key]["suspension_ground"] is not None) for key in keys
                   if not cases[key]["is_held"]]
        prescribing = [(on, yen) for on, yen, is_stopped in running if on >= rows.as_of and not is_stopped]
        lapsed = [(on, yen) for on, yen, _ in running if on < rows.as_of]  # 停止中も時効は進む
        first = min((on for on, _ in prescribing), default=None)
        stopped = sum(open_balances[key]["unpaid_yen"] for key in keys if cases[key]["suspension_ground"])
        assert pick(derived[person], "suspended_yen", "lapsed_on", "lapsed_yen") == (
            stopped, min((on for on, _ in lapsed), default=None), sum(yen for _, yen in lapsed) or None), person
        assert pick(derived[person], "open_count", "unpaid_yen", "oldest_due_date", "flash_yen", "charge_yen") == (
            len(own), total(own, "unpaid_yen"), min(row["due_date"] for row in own), total(own, "flash_yen"),
            sum(cases[key]["charge_yen"] for key in keys) + left.get(person, 0)), person
        assert (derived[person]["current_unpaid_yen"] or 0) == total(current, "unpaid_yen"), person
        assert (derived[person]["carried_unpaid_yen"] or 0) == total(own, "unpaid_yen") - total(current, "unpaid_yen"), person
        assert pick(derived[person], "prescription_on", "prescription_yen") == (
            first, sum(yen for on, yen in prescribing if on == first) if first else None), person


def test_last_payment_and_contact_of_every_delinquent(rows):
    notices = one(rows.source("annual_assessment"), "notice_number")
    paid: dict[str, dict[date, int]] = {}
    for receipt in rows.source("receipt"):
        if receipt["principal_yen"] > 0:
            days = paid.setdefault(notices[(receipt["notice_number"],)]["atena_number"], {})
            days[receipt["received_on"]] = days.get(receipt["received_on"], 0) + receipt["principal_yen"]
    notes = by(rows.source("negotiation_note"), "atena_number")
    for row in rows.derived("delinquent"):
        days, own = paid.get(row["atena_number"], {}), notes.get((row["atena_number"],), [])
        last = max(days, default=None)
        assert pick(row, "last_payment_on", "last_payment_yen") == (last, days.get(last)), row["atena_number"]
        reached = [note["contacted_on"] for note in own if note["counterpart"] != "不在"]
        assert row["last_contact_on"] == max(reached, default=None)
        assert row["last_attempt_on"] == max((note["contacted_on"] for note in own), default=None)


def test_every_installment_plan(rows):
    parts = by(rows.source("installment_plan_part"), "plan_number")
    derived = one(rows.derived("plan_state"), "plan_number")
    states = set()
    for plan in rows.source("installment_plan"):
        own = sorted(parts.get((plan["plan_number"],), ()), key=lambda part: part["promised_on"])
        short = [part for part in own if part["paid_yen"] < part["promised_yen"]]
        missed = [part for part in short if part["promised_on"] < rows.as_of]
        coming = [part for part in short if part["promised_on"] >= rows.as_of]
        state = ("取消" if plan["cancelled_on"] else "完納" if total(own, "paid_yen") >= plan["planned_yen"] else "不履行" if missed else "履行中")
        assert pick(derived[(plan["plan_number"],)], "plan_state", "missed_on", "missed_yen", "missed_count", "next_promised_on", "next_promised_yen") == (
            state, missed[0]["promised_on"] if missed else None, total(missed, "promised_yen") - total(missed, "paid_yen"), len(missed),
            coming[0]["promised_on"] if coming else None, coming[0]["promised_yen"] if coming else None), plan["plan_number"]
        states.add(state)
    assert {"取消", "不履行", "履行中"} <= states


def test_every_person_s_place_and_the_protected_closure(rows):
    people, wards = rows.source("person"), one(rows.source("ward"), "ward_code")
    flagged = {row["atena_number"] for row in rows.source("protection")
               if row["started_on"] <= rows.as_of and (row["ended_on"] is None or row["ended_on"] >= rows.as_of)}
    households = {row["household_number"] for row in people if row["atena_number"] in flagged} - {None}
    close = [row for row in people if row["atena_number"] in flagged or row["household_number"] in households]
    addresses = {pick(row, "postal_code", "town", "address_rest") for row in close}
    hidden = {row["atena_number"] for row in close} | {
        row["atena_number"] for row in people
        if None not in (address := pick(row, "postal_code", "town", "address_rest")) and address in addresses}
    derived = one(rows.derived("place"), "atena_number")
    assert derived.keys() == {(row["atena_number"],) for row in people}
    for person in people:
        place, ward = derived[(person["atena_number"],)], wards.get((person["ward_code"],), {})
        expected = ("S00", "特別管理", None) if person["atena_number"] in hidden else (
            ward.get("district_code", "Z00"), ward.get("district_name", "市外・区未定"), ward.get("ward_name"))
        assert pick(place, "district_code", "district_name", "ward_name") == expected, person["atena_number"]
        assert place["is_protected"] == (person["atena_number"] in hidden)
    assert flagged <= hidden
    assert flagged


def lived_years(rows, balances):
    """(installment, fiscal year, 現年/滞繰, opening, received, same day, written off), followed year by year."""
    receipts, gone = by(rows.source("receipt"), *KEY), by(rows.source("write_off"), *KEY)
    this_year = rows.as_of.year if rows.as_of.month >= 4 else rows.as_of.year - 1
    for key, row in balances.items():
        opening, first = row["assessed_yen"], row["assessment_fiscal_year"]
        for year in range(first, this_year + 1):
            booked = [receipt for receipt in receipts.get(key, ()) if receipt["fiscal_year"] == year]
            same_day = date(rows.as_of.year - (this_year - year), rows.as_of.month, rows.as_of.day)
            received = total(booked, "principal_yen")
            so_far = total([receipt for receipt in booked if receipt["booked_on"] <= same_day], "principal_yen")
            written_off = total([entry for entry in gone.get(key, ()) if entry["fiscal_year"] == year], "written_off_yen")
            if year == first or opening > 0:
                yield key, year, "現年" if year == first else "滞繰", opening, received, so_far, written_off
            opening -= received + written_off
            if opening <= 0:
                break


def test_rate_cube(rows, balances):
    expected: dict[tuple, list[int]] = {}
    for _, year, kind, opening, received, same_day, written_off in lived_years(rows, balances):
        left = opening - received - written_off
        terms = (1, opening, received, same_day, max(-left, 0), written_off, max(left, 0))
        expected[year, kind] = [a + b for a, b in zip(expected.get((year, kind), [0] * 7), terms, strict=True)]
    names = ("installment_count", "assessed_yen", "received_yen", "received_same_day_yen", "refund_due_yen", "written_off_yen", "unpaid_yen")
    found = {key: [total(cells, name) for name in names] for key, cells in by(rows.derived("rate_cube"), "fiscal_year", "year_class").items()}
    assert found == expected
    assert len({year for year, _ in found}) >= 9


def test_rate_cube_ends_where_the_balances_stand(rows, balances):
    """What the cube leaves open this year is what the installments owe, and each year opens with what the last left."""
    cells = by(rows.derived("rate_cube"), "fiscal_year")
    last = max(cells)
    assert total(cells[last], "unpaid_yen") == sum(row["unpaid_yen"] for row in balances.values())
    for (year,) in sorted(cells)[1:]:
        carried = [cell for cell in cells[(year,)] if cell["year_class"] == "滞繰"]
        assert total(carried, "assessed_yen") == total(cells[(year - 1,)], "unpaid_yen"), year


def test_the_settlement_identity_holds_per_year_class_and_installment(rows):
    """調定 = 収納 − 還付未済 + 欠損 + 未済 in every 会計年度 × 現年・滞繰 × 期別 of the cube, each term from its own source.

    調定 is that of 期別調定, 収納 and 欠損 are their own rows; 未済 and 還付未済 are walked backwards, year by year, from the
    収入未済 that 収納システム stores today and from 過誤納, where the cube walks forwards from the assessment.
    """
    notices, over = one(rows.source("annual_assessment"), "notice_number"), by(rows.source("overpayment"), *KEY)
    receipts, gone = by(rows.source("receipt"), *KEY, "fiscal_year"), by(rows.source("write_off"), *KEY, "fiscal_year")
    this_year, expected = fiscal_year(rows.as_of), {}
    for installment in rows.source("installment"):
        key, number = pick(installment, *KEY), installment["installment_no"]
        first = notices[(installment["notice_number"],)]["assessment_fiscal_year"]
        left = installment["stored_unpaid_yen"] - total(over.get(key), "overpaid_yen") + total(over.get(key), "settled_yen")
        for year in range(this_year, first - 1, -1):
            received, written_off = total(receipts.get((*key, year)), "principal_yen"), total(gone.get((*key, year)), "written_off_yen")
            opening = installment["assessed_yen"] if year == first else left + received + written_off
            if year == first or opening > 0:
                terms = (opening, received, max(-left, 0), written_off, max(left, 0))
                cell = (year, "現年" if year == first else "滞繰", number)
                expected[cell] = tuple(a + b for a, b in zip(expected.get(cell, (0,) * 5), terms, strict=True))
            left += received + written_off
    for cell, (assessed, received, refund_due, written_off, unpaid) in expected.items():
        assert assessed == received - refund_due + written_off + unpaid, cell
    names = ("assessed_yen", "received_yen", "refund_due_yen", "written_off_yen", "unpaid_yen")
    cube = by(rows.derived("rate_cube"), "fiscal_year", "year_class", "installment_no")
    assert {cell: tuple(total(own, name) for name in names) for cell, own in cube.items()} == expected
    assert len(expected) > 100


def test_rate_month(rows):
    notices, expected = one(rows.source("annual_assessment"), "notice_number"), {}
    for receipt in rows.source("receipt"):
        assessed_in = notices[(receipt["notice_number"],)]["assessment_fiscal_year"]
        if assessed_in < receipt["fiscal_year"] and receipt["receipt_kind"] == "還付":
            continue  # 過年度の還付は歳出
        key = (receipt["fiscal_year"], "現年" if assessed_in == receipt["fiscal_year"] else "滞繰", receipt["booked_on"].replace(day=1))
        expected[key] = expected.get(key, 0) + receipt["principal_yen"]
    found = by(rows.derived("rate_month"), "fiscal_year", "year_class", "booked_month")
    assert {key: total(cells, "received_yen") for key, cells in found.items()} == expected
    # the months of a year and class add up to what the cube, and so the cards, show
    months: dict[tuple, int] = {}
    for (year, year_class, _), yen in expected.items():
        months[year, year_class] = months.get((year, year_class), 0) + yen
    cube = by(rows.derived("rate_cube"), "fiscal_year", "year_class")
    assert {key: yen for key, yen in months.items() if yen} == {
        key: total(cells, "received_yen") for key, cells in cube.items() if total(cells, "received_yen")}


def household_of(rows, person: Row) -> hardship.Household:
    """Everybody who lives there with the newest 住民税 record of each, none that is older than the year before this."""
    there = {row["atena_number"] for row in rows.source("person") if row["household_number"] == person["household_number"] and row["resident_state"] == "現住"}
    newest = {row["atena_number"]: row for row in sorted(rows.source("resident_tax"), key=lambda row: row["tax_year"])
              if row["atena_number"] in there | {person["atena_number"]} and row["tax_year"] >= fiscal_year(rows.as_of) - 1}
    return hardship.Household(
        len(there | {person["atena_number"]}), len(newest), sum(sum(row[name] for name in REVENUE) for row in newest.values()),
        sum(row["dependant_count"] for row in newest.values()), min((row["tax_year"] for row in newest.values()), default=None))


def records_of(rows, person: Row) -> list[screening.Record]:
    """Every record of one person that the 一次審査 looks at."""
    number = person["atena_number"]
    found = [screening.Record("住民票", person["resident_state"], person["state_changed_on"], True, "宛名")]
    found += [own for own in [hardship.record(household_of(rows, person), person["resident_state"], rows.as_of)] if own]
    found += [screening.Record(row["target"], row["result"], row["answered_on"], row["is_confirmed"], row["investigation_number"], row["asked_on"])
              for row in rows.source("asset_investigation") if row["atena_number"] == number]
    return found + [screening.Record(row["detail_kind"], "継続中", row["started_on"], row["is_confirmed"], row["detail_number"], ended_on=row["ended_on"])
                    for row in rows.source("delinquent_detail") if row["atena_number"] == number]


def running_jobs(rows, number: str) -> list[Row]:
    """The pay reports of the newest tax year of one person, of employers whom nobody reported as left."""
    own = [row for row in rows.source("employment") if row["atena_number"] == number and row["tax_year"] >= fiscal_year(rows.as_of) - 1]
    newest = max((row["tax_year"] for row in own), default=None)
    return [row for row in own if row["tax_year"] == newest and (row["left_on"] is None or row["left_on"] > rows.as_of)]


def facts_of(rows, person: Row) -> list[Fact]:
    """What the other systems hold of one person, for 就職 of everybody who lives there."""
    number = person["atena_number"]
    there = {row["atena_number"] for row in rows.source("person") if row["household_number"] == person["household_number"] and row["resident_state"] == "現住"}
    found = []
    for member in there | {number}:
        for job in running_jobs(rows, member):
            named = f"給報 {job['tax_year']}-{job['designated_number']}"
            if job["hired_on"]:
                found.append(Fact("就職", named, job["hired_on"], job["hired_on"].year))
            if member == number:
                found.append(Fact("勤務先", named, job["hired_on"], job["tax_year"]))
                if [row["attachable_yen"] for row in rows.derived("attachable_wage") if row["atena_number"] == number] != [0]:
                    found.append(Fact("差押可能な給与", named, job["hired_on"], job["tax_year"]))
    found += [Fact("土地・家屋", f"{row['property_kind']} {row['property_number']}", tax_year=row["tax_year"])
              for row in rows.derived("case_property") if row["atena_number"] == number]
    notices = {row["notice_number"] for row in rows.source("annual_assessment") if row["atena_number"] == number}
    found += [Fact(row["channel"], f"収納 {row['receipt_number']}", row["received_on"])
              for row in rows.source("receipt") if row["notice_number"] in notices and row["receipt_kind"] == "収納"]
    income = max((row for row in rows.source("resident_tax") if row["atena_number"] == number), key=lambda row: row["tax_year"], default=None)
    if income and income["pension_revenue_yen"] > 0:
        found.append(Fact("年金収入", f"住民税 {income['tax_year']}", income["corrected_on"], income["tax_year"]))
    return found + [Fact("財産管理", f"財産 {row['asset_number']}", row["found_on"], target=row["asset_kind"])
                    for row in rows.source("asset") if row["atena_number"] == number and row["asset_state"] in ("把握", "処分中")]


def test_screening(rows):
    people, expected = one(rows.source("person"), "atena_number"), {}
    for delinquent in rows.derived("delinquent"):
        if not delinquent["is_wholly_suspended"]:
            person = people[(delinquent["atena_number"],)]
            for own in screening.explain(records_of(rows, person), rows.as_of, facts_of(rows, person)):
                expected[delinquent["atena_number"], own.ground] = (own.verdict, own.clause.name, own.clause.met_count, list(own.clause.evidence_ids))
    names = ("verdict", "clause", "met_count", "evidence_ids")
    found = {pick(row, "atena_number", "ground"): pick(row, *names) for row in rows.derived("screening")}
    assert found == expected
    assert {verdict for verdict, *_ in found.values()} == set(screening.Verdict)
    assert "家計の窮迫" in {clause for verdict, clause, *_ in found.values() if verdict != "非該当"}
    assert all(ids for verdict, *_, ids in found.values() if verdict != "非該当")
    contradicted = {(row["atena_number"], row["target"]) for row in rows.derived("screening_evidence") if row["finding"] == "食い違い"}
    assert ("9900000500", "給与") in contradicted


def test_the_old_system_s_notes_are_all_there(rows):
    assert {row["note_id"] for row in rows.derived("note")} == {"R" + row["note_number"] for row in rows.source("negotiation_note")}


def test_a_cancelled_receipt_is_told_as_one():
    """収納取消 is no 還付: the receipts of timeline.sql alone, over one row of each kind."""
    receipts = (derive.HERE / "timeline.sql").read_text("utf-8").partition("with paid as (")[2].partition("), demanded as (")[0]
    database = duckdb.connect()
    database.execute("create schema source; create table source.annual_assessment as select 'N1' as notice_number, 'A1' as atena_number, 2025 as levy_year")
    database.execute("""
        create table source.receipt as select 'N1' as notice_number, '01' as installment_no, date '2026-01-05' as received_on, kind as receipt_kind,
            '窓口' as channel, yen as principal_yen, 0 as charge_yen, 0 as fee_yen
        from (values ('収納', 500), ('充当', 500), ('取消', -500), ('還付', -500), ('還付', 100)) as each (kind, yen)""")
    assert [row[0] for row in database.sql(f"select kind from ({receipts})").fetchall()] == ["収納", "収納", "収納取消", "還付", "還付"]

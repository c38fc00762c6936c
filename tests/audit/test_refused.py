"""Every public function that a user is given to leaves exactly one refused entry for a role without the right."""

import ast
import uuid
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from audit import incident, log, person, refusal, review, watch
from auth import account_proposal, account_review, export_order, forms, reveal
from auth.access import NotAllowed, User
from auth.sessions import Session
from casework import (
    allowed,
    approval,
    case_decision,
    collection_plan,
    intake_decision,
    levy_erasure,
    negotiation_note,
    record,
    report_release,
    snapshot_rollback,
    trial,
)
from casework.subject import Subject
from data_access import (
    allocation_proposal,
    analysis,
    analysis_exact,
    annual_report,
    care_inquiry,
    change,
    criterion_trial,
    derivation,
    erasure_preview,
    export,
    feed_status,
    monthly_report,
    paper_basis,
    passport,
    planning,
    query,
    rate_footing,
    report_archive,
    saved_analysis,
    saved_statement,
    since_proposal,
    statement,
    suspension_case,
    suspension_comparison,
    trial_result,
    write_off_effect,
)
from tests import staff
from tests.house.tree import product
from tests.queries.every_question import NOBODY, entries_after

DAY, NOON = date(2026, 10, 30), datetime(2026, 10, 30, 3, tzinfo=UTC)
SUBJECT = Subject("0000000001", NOBODY, "D99", frozenset(), frozenset())
SNAPSHOTS = ("20261029T000000Z-0123abcd", "20261030T000000Z-0123abcd")
ORDER = export_order.Order("0" * 32, "x", "worklist", {}, True, "納付催告", "x", SNAPSHOTS[0], 1, "2026-10-30", False, None, None)
VIEW = analysis.View("procedure", ("case_stage",), "people", {})
WRITE = {"event_id": str(uuid.UUID(int=1)), "today": DAY}
NEW = WRITE | {"expected_version": 0}
TRIED = [f"AAAA-AAAA-{number:04d}" for number in range(trial.LEAST)]
PLANNED = collection_plan.Plan(2026, 60, {(collection_plan.CITY, each): Decimal(90) for each in collection_plan.CLASSES}, {"D01": 1}, dict.fromkeys(collection_plan.QUEUES, 1))
NOTE = {"contacted_on": DAY, "method": "電話", "direction": "発信", "counterpart": "本人", "outcome": "連絡のみ", "body": "不在"}

CALLS = {
    "audit.incident.sheet": lambda user: incident.sheet(user, NOON, NOON),
    "audit.person.history": lambda user: person.history(user, NOBODY, "点検"),
    "audit.refusal.check_allowed": lambda user: refusal.check_allowed(user, "audit.read"),
    "audit.refusal.refuse": lambda user: refusal.refuse(user, "audit.read", "権限がありません"),
    "audit.review.entries": lambda user: review.entries(user, (1,)),
    "audit.review.findings": lambda user: review.findings(user, DAY, DAY),
    "audit.review.sign": lambda user: review.sign(user, DAY, "異常なし", []),
    "audit.review.weeks": review.weeks,
    "audit.watch.add": lambda user: watch.add(user, "要人", "", NOBODY),
    "auth.account_proposal.approve": lambda user: account_proposal.approve(user, "0" * 32),
    "auth.account_proposal.decline": lambda user: account_proposal.decline(user, account_proposal.waiting()[0].id),
    "auth.account_proposal.propose": lambda user: account_proposal.propose(user, "enable", "tanto1", reason="復職"),
    "auth.account_review.sign": lambda user: account_review.sign(user, "", ""),
    "auth.export_order.approve": lambda user: export_order.approve(user, "0" * 32),
    "auth.export_order.ticket": lambda user: export_order.ticket(user, "no session", "0" * 32),
    "auth.reveal.approve": lambda user: reveal.approve(user, "0" * 32),
    "auth.reveal.recent": reveal.recent,
    "auth.reveal.sign": lambda user: reveal.sign(user, "0" * 32, "適正", ""),
    "auth.reveal.request": lambda user: reveal.request(user, "no session", NOBODY, ["C3"], "納付交渉", "電話番号の確認の求め"),
    "casework.allowed.check_allowed": lambda user: allowed.check_allowed(user, "note.write"),
    "casework.allowed.refuse": lambda user: allowed.refuse(user, "note.write", "権限がありません"),
    "casework.approval.approve": lambda user: approval.approve(user, levy_erasure.ERASURE, proposal_id="x", **WRITE),
    "casework.approval.propose": lambda user: approval.propose(user, levy_erasure.ERASURE, content={}, reason="x", **NEW),
    "casework.approval.decline": lambda user: approval.decline(user, levy_erasure.ERASURE, proposal_id="x", reason="x", **WRITE),
    "casework.case_decision.approve": lambda user: case_decision.approve(user, SUBJECT, "suspension_decision", proposal_id="x", **NEW),
    "casework.case_decision.decline": lambda user: case_decision.decline(user, SUBJECT, "suspension_decision", proposal_id="x", reason="x", **NEW),
    "casework.case_decision.propose": lambda user: case_decision.propose(user, SUBJECT, "suspension_decision", fields={}, reason="x", **NEW),
    "casework.case_decision.review": lambda user: case_decision.review(user, SUBJECT, "suspension_decision", proposal_id="x", **NEW),
    "casework.collection_plan.approve": lambda user: collection_plan.approve(user, proposal_id="x", **WRITE),
    "casework.collection_plan.propose": lambda user: collection_plan.propose(user, PLANNED, reason="x", **NEW),
    "casework.intake_decision.decide_intake": lambda user: intake_decision.decide_intake(
        user, business_date=DAY, report_id="x", digest="0" * 64, decision="公開", reason="x", **NEW),
    "casework.levy_erasure.approve": lambda user: levy_erasure.approve(user, proposal_id="x", **WRITE),
    "casework.levy_erasure.propose": lambda user: levy_erasure.propose(
        user, snapshot_id=SNAPSHOTS[0], notice_count=1, assessed_yen=1, digest="0" * 64, reason="x", **NEW),
    "casework.levy_erasure.propose_withdrawal": lambda user: levy_erasure.propose_withdrawal(user, withdraws="x", reason="x", **NEW),
    "casework.negotiation_note.correct_note": lambda user: negotiation_note.correct_note(user, SUBJECT, corrects="x", **NOTE, **NEW),
    "casework.negotiation_note.record_note": lambda user: negotiation_note.record_note(user, SUBJECT, **NOTE, **NEW),
    "casework.record.check_reach": lambda user: record.check_reach(user, SUBJECT, "note.write"),
    "casework.record.correct": lambda user: record.correct(user, SUBJECT, "reminder", corrects="x", fields={}, **NEW),
    "casework.record.record": lambda user: record.record(user, SUBJECT, "reminder", fields={}, **NEW),
    "casework.report_release.approve": lambda user: report_release.approve(user, report="monthly-2026-10", proposal_id="x", **WRITE),
    "casework.report_release.propose": lambda user: report_release.propose(user, report="monthly-2026-10", sha256="0" * 64, snapshot_id=SNAPSHOTS[0], reason="x", **NEW),
    "casework.trial.approve": lambda user: trial.approve(user, proposal_id="x" * 8, **WRITE),
    "casework.trial.propose": lambda user: trial.propose(user, name="x", means="文面", ways=("a", "b"), queue="高額", horizon_days=60, refs=TRIED, reason="x", **NEW),
    "casework.snapshot_rollback.approve": lambda user: snapshot_rollback.approve(user, proposal_id="x", **WRITE),
    "casework.snapshot_rollback.propose": lambda user: snapshot_rollback.propose(
        user, target=SNAPSHOTS[0], leaving=SNAPSHOTS[1], reason="x", **NEW),
    "data_access.analysis.answer": lambda user: analysis.answer(user, VIEW),
    "data_access.analysis_exact.exact": lambda user: analysis_exact.exact(user, ["case_stage"]),
    "data_access.analysis.layer": analysis.layer,
    "data_access.saved_analysis.kept": saved_analysis.kept,
    "data_access.saved_statement.kept": saved_statement.kept,
    "data_access.saved_statement.remove": lambda user: saved_statement.remove(user, "0" * 32),
    "data_access.saved_statement.save": lambda user: saved_statement.save(user, "0" * 32, title="月の表", note="", is_shared=False),
    "data_access.statement.body_of": lambda user: statement.body_of(user, "0" * 32),
    "data_access.saved_analysis.remove": lambda user: saved_analysis.remove(user, "0" * 32),
    "data_access.saved_analysis.save": lambda user: saved_analysis.save(user, "月の分析", VIEW),
    "data_access.statement.run": lambda user: statement.run(user, "select 1"),
    "data_access.care_inquiry.inquire": lambda user: care_inquiry.inquire(user, document="R8-1", purpose="", atena_number="0000000001"),
    "data_access.care_inquiry.inquiries": care_inquiry.inquiries,
    "data_access.allocation_proposal.proposal": lambda user: allocation_proposal.proposal(user, NOBODY, 1_000, DAY),
    "data_access.change.bridge": lambda user: change.bridge(user, query.kept()[-1].id, "滞納額", None),
    "data_access.annual_report.annual": lambda user: annual_report.annual(user, 2025),
    "data_access.trial_result.result": lambda user: trial_result.result(user, {NOBODY: "甲"}, ("甲", "乙"), DAY, DAY, DAY, DAY),
    "data_access.report_archive.make": report_archive.make,
    "data_access.monthly_report.monthly": monthly_report.monthly,
    "data_access.rate_footing.footing": lambda user: rate_footing.footing(user, 2026),
    "data_access.criterion_trial.trial": lambda user: criterion_trial.trial(user, None, 365, []),
    "data_access.derivation.derivation": lambda user: derivation.derivation(user, NOBODY, "x", DAY),
    "data_access.erasure_preview.erased": erasure_preview.erased,
    "data_access.erasure_preview.preview": erasure_preview.preview,
    "data_access.export.make": lambda user: export.make(user, ORDER),
    "data_access.export.order": lambda user: export.order(user, "worklist", {}, is_masked=True, purpose="納付催告", reason="x"),
    "data_access.feed_status.board": feed_status.board,
    "data_access.feed_status.history": feed_status.history,
    "data_access.feed_status.sent": feed_status.sent,
    "data_access.feed_status.told_of": lambda user: feed_status.told_of(user, "x"),
    "data_access.paper_basis.cancellation_basis": lambda user: paper_basis.cancellation_basis(user, NOBODY, ["x"]),
    "data_access.paper_basis.suspension_basis": lambda user: paper_basis.suspension_basis(user, NOBODY, "1号", ["x"]),
    "data_access.passport.again": lambda user: passport.again(user, passport.Passport("rate_by_year", {"district": None}, {}, "x", "x", 0, {}, query.kept()[0].id, "x", "x", "x")),
    "data_access.planning.outlook": lambda user: planning.outlook(user, NOBODY, ["x"], DAY, DAY, monthly_yen=1_000),
    "data_access.query.ask": lambda user: query.ask(user, "case_head", atena_ref=NOBODY),
    "data_access.query.held_intakes": query.held_intakes,
    "data_access.query.refused": lambda user: query.refused(user, "case", "権限がありません"),
    "data_access.query.subject": lambda user: query.subject(user, NOBODY),
    "data_access.suspension_comparison.compare": lambda user: suspension_comparison.compare(user, query.kept()[-1].id, None),
    "data_access.write_off_effect.effect": lambda user: write_off_effect.effect(user, None, 2026),
    "data_access.since_proposal.arrived_since": lambda user: since_proposal.arrived_since(
        user, {"atena_ref": NOBODY, "proposal_id": "x", "ground": "1号"}, pl.DataFrame(), pl.DataFrame()),
    "data_access.suspension_case.against_counts": lambda user: suspension_case.against_counts(user, pl.DataFrame({"atena_ref": [NOBODY], "ground": ["1号"]}), DAY),
    "data_access.suspension_case.speaking_against": lambda user: suspension_case.speaking_against(user, NOBODY, "1号", DAY),
    "data_access.suspension_case.suspension_case": lambda user: suspension_case.suspension_case(user, NOBODY, "1号", DAY),
}
ASK_NO_RIGHT = {
    "audit.review.overdue": "answers with none", "auth.access.clearance": "tells what the table says", "auth.access.decide": "tells what the table says",
    "auth.access.revealable": "tells what the table says", "auth.access.rounded_to": "tells what the table says", "auth.access.scope": "tells what the table says", "auth.access.sees_month_ends": "tells what the table says", "data_access.query.offered_to": "days, and nothing of them",
    "auth.export_order.approved_of": "own orders only", "auth.export_order.place": "data_access.export.order has asked",
    "auth.reveal.granted": "own reveals only; answers with none", "auth.reveal.leave": "ends own reveals",
    "casework.allowed.note_write": "the command has asked", "casework.record.check_fresh": "the command has asked", "data_access.budget.exceeded": "counts, and data_access.query refuses", "data_access.budget.list_exceeded": "the same",
}  # fmt: skip


def given_a_user() -> set[str]:
    return {f"{source.module}.{node.name}" for source in product() if source.package in ("audit", "auth", "casework", "data_access")
            for node in source.tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            and node.args.args and node.args.args[0].arg == "user"}


def test_the_list_is_whole():
    assert given_a_user() == CALLS.keys() | ASK_NO_RIGHT.keys()


def test_each_leaves_exactly_one_refused_entry(own_city):
    account_proposal.propose(staff.ADMIN, "create", "hojo", reason="増員", content={
        "display_name": "補助", "role": "analyst", "section": "収納推進課", "holder": "staff", "employee_number": "1"})
    left = {}
    for number, (name, call) in enumerate(CALLS.items()):
        before = log.count()
        with suppress(NotAllowed):
            call(User(f"stranger{number}", "他課", "admin" if name.startswith("data_access.care_inquiry.") else "ltc_reader", "長寿社会課"))
            assert name == "data_access.query.refused", name
        left[name] = [(row["action"], row["actor"]) for row in entries_after(before)]
    wrong = {name: entries for number, (name, entries) in enumerate(left.items()) if entries != [("refused", f"stranger{number}")]}
    assert not wrong


def test_an_own_approval_and_what_a_rule_forbids_are_refused_entries(own_city, monkeypatch):
    proposal = account_proposal.propose(staff.ADMIN, "create", "hojo", reason="増員", content={
        "display_name": "補助", "role": "analyst", "section": "収納推進課", "holder": "staff", "employee_number": "1"})
    both = User(staff.ADMIN.name, "両方", "manager", "収納推進課")
    order = export.order(staff.CHIEF, "worklist", {"queue": None, "district": None, "sort": "急ぐ順"}, is_masked=True, purpose="納付催告",
                         reason="午後の訪問の名簿を作るため")
    monkeypatch.setattr(export_order, "waiting", lambda: [order])
    monkeypatch.setattr(reveal, "waiting", lambda: [{"id": "x", "actor": staff.CHIEF.name}])
    monkeypatch.setattr(reveal.sessions, "user_of", lambda _sid: staff.OFFICER)
    calls = [
        (NotAllowed, lambda: account_proposal.approve(both, proposal)), (NotAllowed, lambda: export_order.approve(staff.CHIEF, order.id)),
        (NotAllowed, lambda: reveal.approve(staff.CHIEF, "x")),
        (reveal.RevealRefused, lambda: reveal.request(staff.OFFICER, "sid", NOBODY, ["C7"], "納付交渉", "電話番号の確認の求め")),
    ]
    for error, call in calls:
        before = log.count()
        with pytest.raises(error):
            call()
        assert [row["action"] for row in entries_after(before)] == ["refused"]


def test_a_page_beside_streamlit_that_is_not_theirs_is_refused_once(own_city):
    visit = forms.Visit(Session("sid", staff.OFFICER.name, "10.0.0.1", NOON), staff.OFFICER, {}, "10.0.0.1")
    first_steps = forms.Visit(Session("sid", "tanto9", "10.0.0.1", NOON), None, {}, "10.0.0.1")
    before = log.count()
    assert forms._denied(visit, "account.own") is None
    assert forms._denied(first_steps, "account.own") is None
    assert log.count() == before
    for each in (visit, first_steps):
        assert forms._denied(each, "account.read") is not None
    assert [(row["actor"], row["question"], row["source"]) for row in entries_after(before)] == [
        ("tanto1", "account.read", "10.0.0.1"), ("tanto9", "account.read", "10.0.0.1")]

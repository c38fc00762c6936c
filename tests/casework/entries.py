"""One good entry of every kind, about one person with two installments, and how to record it."""

import uuid
from datetime import date

from auth.access import User
from casework import ledger
from casework.case_decision import approve, propose, review
from casework.record import correct, record
from casework.subject import Subject

TODAY = date(2026, 4, 1)
ONE, TWO = "0000000001-01", "0000000001-02"
PAIR = "0123456789abcdef0123456789abcdef"  # a suspected duplicate, named by its evidence
SUBJECT = Subject("0000012345", "7K3M-9QXD-2FHA", "湖山", frozenset({ONE, TWO}), frozenset({(PAIR, "0000054321")}),
                  unpaid=frozenset({(ONE, 15_000), (TWO, 15_000)}))
OFFICER = User("sato", "佐藤", "officer", "収納推進課", ("湖山", "賀露"))
AT_ONCE = {"is_immediate": True, "extinction_ground": "限定承認をした相続", "extinction_reason": "相続財産の目録に徴収できる財産がない。"}
FINDER = User("shirabe", "調査の係長", "chief", "収納推進課")
CHIEF = User("kakari", "係長", "chief", "収納推進課")
MANAGER = User("kacho", "課長", "manager", "収納推進課")
KEPT = [{"notice_number": "0000000001", "installment_no": "01"}, {"notice_number": "0000000001", "installment_no": "02"}]
GOOD = {
    "identity_check": {"checked_on": TODAY, "place": "窓口", "counterpart": "本人", "means": "氏名と生年月日", "outcome": "確かめた"},
    "installment_plan": {"pledged_on": TODAY, "is_written": True, "installments": [TWO, ONE],
                         "parts": [(date(2026, 4, 30), 10_000), (date(2026, 6, 1), 2_300)]},
    "plan_cancellation": {"plan": None, "cancelled_on": TODAY, "reason": "不履行"},
    "reminder": {"sent_on": date(2026, 3, 31), "letter": "催告書", "installments": [ONE], "is_claim": True},
    "residence_finding": {"found_on": date(2026, 3, 30), "source": "住民票", "result": "居所判明", "address": "湖山町東一丁目1番地"},
    "finding_confirmation": {"finding": None, "confirmed_on": TODAY, "means": "調査の資料と照合した"},
    "charge_waiver": {"decided_on": TODAY, "ground": "病気・負傷", "waived": {TWO: 1_200, ONE: 300}},
    "mailing_address_finding": {"found_on": date(2026, 3, 30), "source": "本人の申出", "addressee": "湖山　母", "address": "湖山町西二丁目2番地"},
    "slip_issue": {"issued_on": TODAY, "valid_until": date(2026, 4, 30), "slips": {TWO: 12_000, ONE: 3_000}},
    "allocation_record": {"collected_on": TODAY, "proceeds": "取立", "collected_yen": 15_000, "allocated": {ONE: 10_000, TWO: 5_000}, "has_surplus": False},
    "suspension_decision": {"ground": "2号", "installments": [TWO, ONE], "is_partial": False, "is_immediate": False, "evidence_ids": ["I0002", "I0001"]},
    "suspension_cancellation": {"suspended_on": date(2025, 4, 1), "installments": [ONE], "cancel_ground": "資力の回復"},
    "write_off_decision": {"reason": "停止3年", "extinct_on": date(2026, 3, 2), "written_off": {ONE: 3_000}},
    "write_off_reversal": {"decision": "", "reversal_ground": "納付が判明"},
    "succession": {"opened_on": date(2020, 2, 29), "death_ground": "戸籍", "heir_atena_number": "0000099999", "share_numerator": 1, "share_denominator": 2},
    "duplicate_decision": {"decided_on": TODAY, "suspect": PAIR, "judgement": "同一人", "reason": "戸籍の附票で転出と転入のつながりを確かめた。"},
}  # fmt: skip


def fields(kind: str, **changed) -> dict:
    """A good entry's fields; a cancellation cancels the newest plan, a confirmation the newest finding of somebody else, made when there is none."""
    made = {**GOOD[kind], **changed}
    if kind == "plan_cancellation" and "plan" not in changed:
        plans = [event for event in ledger.events_of(SUBJECT.atena_number) if event.kind == "installment_plan"]
        made["plan"] = (plans or [write("installment_plan")])[-1].event_id
    if kind == "finding_confirmation" and "finding" not in changed:
        findings = [event for event in ledger.events_of(SUBJECT.atena_number) if event.kind == "residence_finding" and event.actor != OFFICER.name]
        made["finding"] = (findings or [write("residence_finding", user=FINDER)])[-1].event_id
    return made


def write(kind: str, *, user=None, subject=SUBJECT, event_id=None, version=None, corrects=None, today=TODAY, **changed):
    """Record one entry, good but for `changed`; the version is the present one unless given."""
    given = fields(kind, **changed)
    seen = ledger.version_of(subject.atena_number) if version is None else version
    command, more = (correct, {"corrects": corrects}) if corrects else (record, {})
    return command(user or OFFICER, subject, kind, event_id=event_id or str(uuid.uuid4()), expected_version=seen, fields=given, today=today, **more)


def decided(kind: str, *, subject=SUBJECT, today=TODAY, steps=((OFFICER, propose), (CHIEF, review), (MANAGER, approve)), **changed):
    """The last event of a decision taken through its steps, good but for `changed`."""
    last, proposal_id = None, None
    for user, step in steps:
        given = {"fields": {**GOOD[kind], **changed}, "reason": "預金も給与もない。"} if step is propose else {"proposal_id": proposal_id}
        last = step(user, subject, kind, event_id=str(uuid.uuid4()), expected_version=ledger.version_of(subject.atena_number), today=today, **given)
        proposal_id = proposal_id or last.event_id
    return last

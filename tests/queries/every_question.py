"""Every question of queries/ with parameters that it answers."""

from datetime import date

from sqlalchemy import select

import store
from audit import log
from data_access.question import QUERIES

NOBODY = "AAAA-AAAA-AAAA"
NAMES = sorted(path.stem for path in QUERIES.glob("*.sql"))
CASE = [name for name in NAMES if name.startswith("case_") and name != "case_search"]
LISTS = ["change_rows", "deadline_rows", "differences", "district_worklist", "duplicates", "home_deadlines", "home_promises", "rate_rows", "plan_omissions", "suspension_arrival_list", "suspension_candidates", "suspension_extinctions", "suspension_likely", "suspension_watch", "trial_people",
         "write_off_candidates", "write_off_paper", "write_off_statement"]
WHOLE_LIST = {"district": None, "page_size": 10_000, "skipped": 0}
PARAMETERS = {
    "analysis_exact": {"first": "case_stage", "second": "age_band", "third": None, "only": None, "value": None},
    "change_rows": {"older_id": "", "measure": "滞納額", "term": "収納", **WHOLE_LIST},
    "change_terms": {"older_id": "", "measure": "滞納額", "district": None},
    "annual_report": {"fiscal_year": 2025, "closes_on": "2026-05-31"},
    "case_events": {"kind": None},
    "case_installments": {"only_overdue": False},
    "case_search": {"person_name": None, "birth_date": None, "town": None},
    "deadline_months": {"district": None, "months": 1_000},
    "deadline_rows": {"kind": "時効", "from_day": date(1900, 1, 1), "to_day": date(2100, 1, 1), **WHOLE_LIST},
    "difference_summary": {"district": None},
    "differences": {"item": None, **WHOLE_LIST},
    "district_worklist": {"queue": None, "sort": "滞納額が大きい順", **WHOLE_LIST},
    "districts": {},
    "duplicates": {"strength": None, **WHOLE_LIST},
    "home_deadlines": {"days": 10_000},
    "home_promises": {"days": 10_000},
    "installment_basis": {"installment_key": ""},
    "installment_facts": {"installment_key": ""},
    "intake_history": {},
    "monthly_report": {},
    "plan_capacity": {"dimension": "名簿", "district": None, "until": date(2027, 5, 31), "percent": 100, "queues": ["高額"], "minutes": [90], "areas": ["D01"], "hours": [1]},
    "plan_kept": {"dimension": "地区", "district": None},
    "plan_load": {"dimension": "地区", "district": None, "no_contact_days": 60},
    "plan_omissions": {"dimension": "地区", "part": None, "no_contact_days": 60, **WHOLE_LIST},
    "plan_progress": {"fiscal_year": 2026, "areas": ["市計", "D01"], "classes": ["現年", "現年"], "rates": ["95.20", "96.00"]},
    "plan_stages": {"dimension": "担当者", "district": None},
    "rate_by_dimension": {"dimension": "地区", "district": None, "fiscal_year": 2026, "year_class": "合計"},
    "rate_by_month": {"district": None, "fiscal_year": 2026, "year_class": "合計"},
    "rate_by_year": {"district": None},
    "rate_cohort": {"district": None},
    "rate_footing": {"dimensions": ["年齢", "期別"], "fiscal_year": 2026},
    "rate_rows": {"dimension": "期別", "part_key": None, "year_class": "合計", **WHOLE_LIST},
    "suspension_against_list": {"refs": [NOBODY]},
    "suspension_arrival_list": {"from_month": date(1900, 1, 1), "to_month": date(2100, 1, 1), **WHOLE_LIST},
    "suspension_arrivals": {"district": None, "months": 1_000},
    "suspension_breakdown": {"dimension": "地区", "verdict": "資料不足", "district": None},
    "suspension_candidates": {"ground": None, "verdict": None, **WHOLE_LIST},
    "suspension_extinctions": WHOLE_LIST,
    "suspension_evidence": {"ground": "1号"},
    "suspension_lacking": {"district": None},
    "suspension_likely": {"district": None},
    "suspension_standing": {"refs": [NOBODY]},
    "suspension_decided": {"district": None},
    "decision_ended": {"proposal_id": "", "kind": "執行停止"},
    "suspension_basis": {"proposal_id": ""},
    "suspension_paper": {"decision": ""},
    "suspension_summary": {"district": None},
    "trial_people": {"refs": [NOBODY], "ways": ["甲"], "way": None, **WHOLE_LIST},
    "trial_population": {"queue": "高額", "district": None},
    "trial_result": {"refs": [NOBODY], "ways": ["甲"], "from_day": date(2026, 1, 1), "to_day": date(2026, 10, 1)},
    "waiting_decisions": {"kind": "執行停止", "district": None},
    "write_off_candidates": {"booked_as": None, **WHOLE_LIST},
    "write_off_decided": {"district": None},
    "write_off_effect": {"district": None},
    "write_off_paper": {"decision": None, **WHOLE_LIST},
    "write_off_papers": {"district": None},
    "write_off_parts": {"dimension": "事由", "is_booked": True, "district": None},
    "write_off_statement": {"booked_as": None, **WHOLE_LIST},
    "suspension_watch": {"sign": None, **WHOLE_LIST},
    "suspension_what_if": {"district": None, "longest_age_days": 365, "left_out": []},
    "suspension_watch_signs": {"district": None},
    "worklist_queues": {"district": None},
}
ABOUT_ONE = {*CASE, "case_search", "decision_ended", "installment_basis", "installment_facts", "suspension_against", "suspension_basis", "suspension_evidence", "suspension_hardship", "suspension_heirs", "suspension_installments", "suspension_signs",
             "write_off_installments", "suspension_paper"}


def parameters(name: str, atena_ref: str = NOBODY) -> dict[str, object]:
    """What the question `name` takes; those about one person take `atena_ref`."""
    return PARAMETERS.get(name, {}) | ({"atena_ref": atena_ref} if name in ABOUT_ONE else {})


def entries_after(seq: int) -> list[dict]:
    """The access log behind entry `seq`, oldest first."""
    with store.engine().connect() as connection:
        found = connection.execute(select(log.ACCESS_LOG).where(log.ACCESS_LOG.c.seq > seq).order_by("seq")).mappings()
        return [dict(row) for row in found]

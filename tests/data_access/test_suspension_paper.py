"""The 決議書 and the 通知書 of a 執行停止 and of its 取消: PDFs that leave by the export route alone, the same bytes for the same decision."""

from dataclasses import replace

import pytest

from auth import export_order
from data_access import export, query
from data_access.export import kinds
from data_access.intake import take_in
from documents.paper import paper
from tests.casework.entries import AT_ONCE
from tests.data_access.feeds import DAY_ONE, DAY_TWO, book
from tests.data_access.test_entries import NUMBER, decide, owed
from tests.queries.every_question import parameters
from tests.staff import CHIEF, NEIGHBOUR, OFFICER

ROW = {"atena_ref": "7K3M-9QXD-2FHA", "name": "湖山　太郎 *#$x$* @y", "address": "湖山町東一丁目1番地", "decided_on": "2026-10-30", "ground": "1号", "is_partial": False,
       "is_immediate": False, "suspended_on": "2025-02-03", "cancel_ground": "資力の回復", "reason": "時効", "extinct_on": "2026-10-01", "yen": 12_300, "body": "= 財産がない。#panic()", "evidence_ids": ["I1"], "written_by": "担当", "reviewed_by": "係長", "approved_by": "課長",
       "levy_year": 2018, "installment_no": "01", "due_date": "2019-04-30", "unpaid_yen": 1_234_567}  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in kinds().values() if kind.paper], ids=lambda kind: kind.name)
def test_a_paper_is_the_same_bytes_again_and_obeys_no_text(kind):
    def made(*rows):
        return paper(kind.paper, [{name: row[name] for name in kind.columns} for row in rows])

    first = made(ROW)
    assert first.startswith(b"%PDF")
    assert first == made(ROW)
    assert first != made(ROW | {"name": "別人", "ground": "2号"})
    assert made(ROW | {"is_immediate": True, "is_partial": True, "reason": "即時消滅", "extinct_on": None}, ROW) != first


def test_a_decision_becomes_its_two_papers_and_its_cancellation_a_third(own_city):
    ref = query.reference_of(NUMBER)
    keys = [row["installment_key"] for row in owed(ref)]
    decision = decide(ref, "suspension_decision", ground="1号", installments=keys, is_partial=False, is_immediate=False, evidence_ids=["I01"])
    asked = {"atena_ref": ref, "decision": decision.event_id}
    for name in ("suspension_decision", "suspension_notice"):
        wanted = export.order(CHIEF, name, asked, is_masked=True, purpose=kinds()[name].purposes[0], reason="決裁の綴りに入れるため")
        file, again = export.make(CHIEF, wanted), export.make(CHIEF, wanted)
        assert (file.content, file.media_type, file.row_count) == (again.content, "application/pdf", len(keys))
        assert file.content.startswith(b"%PDF")
        assert file.name.endswith(".pdf")
    officer = next(user for user in (OFFICER, NEIGHBOUR) if query.ask(user, "case_head", atena_ref=ref).height)
    clear = export.order(officer, "suspension_notice", asked, is_masked=False, purpose="滞納処分", reason="停止した旨を本人に通知するため")
    assert clear.needs_approval, "a name and an address leave with another person's approval"
    export_order.approve(CHIEF, clear.id)
    assert export.make(officer, replace(clear, approved_by=CHIEF.name)).content != export.make(CHIEF, wanted).content
    cancelled = decide(ref, "suspension_cancellation", suspended_on=decision.occurred_on, installments=keys[:1], cancel_ground="停止の誤り")
    wanted = export.order(CHIEF, "suspension_cancel_notice", {"atena_ref": ref, "decision": cancelled.event_id}, is_masked=True, purpose="滞納処分", reason="取消を本人に通知するため")
    file = export.make(CHIEF, wanted)
    assert (file.row_count, file.content[:4], file.content) == (1, b"%PDF", export.make(CHIEF, wanted).content)
    assert query.ask(CHIEF, "case_suspensions", atena_ref=ref)["matter"].to_list() in (
        ["suspension_decision", "suspension_cancellation"], ["suspension_cancellation", "suspension_decision"])


@pytest.mark.slow
def test_a_paper_keeps_the_yen_of_the_day_of_the_decision(eve, monkeypatch):
    """What 収納 writes off or takes in afterwards does not change what was decided on."""
    monkeypatch.setenv("CONSOLE_TODAY", DAY_ONE.isoformat())
    listed = query.ask(CHIEF, "district_worklist", **parameters("district_worklist"))["atena_ref"]
    ref = next(ref for ref in listed if len(owed(ref)) > 2)  # who still owes something afterwards
    first = owed(ref)[0]
    decision = decide(ref, "suspension_decision", day=DAY_ONE, ground="1号", installments=[first["installment_key"]], is_partial=True, evidence_ids=["I01"], **AT_ONCE)
    asked = {"atena_ref": ref, "decision": decision.event_id}
    assert query.ask(CHIEF, "suspension_paper", **asked)["unpaid_yen"].to_list() == [first["unpaid_yen"]]
    book({first["installment_key"]: first["unpaid_yen"]}, "即時消滅")
    monkeypatch.setenv("CONSOLE_TODAY", DAY_TWO.isoformat())
    assert take_in(DAY_TWO).is_published
    assert first["installment_key"] not in {row["installment_key"] for row in owed(ref)}
    assert query.ask(CHIEF, "suspension_paper", **asked)["unpaid_yen"].to_list() == [first["unpaid_yen"]]

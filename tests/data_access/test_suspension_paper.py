"""The 決議書, the 通知書 and the 調書: PDFs that leave by the export route alone, the same bytes for the same decision, read here by their words."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from auth import export_order
from data_access import export, query
from data_access.export import kinds
from data_access.intake import take_in
from data_access.paper_basis import cancellation_basis, suspension_basis
from data_access.paper_content import content, public_days
from documents.paper import paper
from tests.data_access.feeds import DAY_ONE, DAY_TWO, Feed, book
from tests.data_access.pdf_text import pages
from tests.data_access.test_entries import decide, owed, take_in_again
from tests.queries.every_question import parameters
from tests.staff import CHIEF, NEIGHBOUR, OFFICER

MET = {"clause": "財産がない", "target": "預金", "meaning": "預金がない", "finding": "満たす", "result": "該当なし", "dated_on": date(2026, 8, 3), "age_days": 88, "evidence_id": "9900000131"}
ROW = {
    "atena_ref": "7K3M-9QXD-2FHA", "name": "湖山　太郎 *#$x$* @y", "is_masked": False, "address": "湖山町東一丁目1番地", "decided_on": date(2026, 10, 30), "ground": "1号",
    "is_partial": False, "is_immediate": False, "suspended_on": None, "cancel_ground": "資力の回復", "body": "= 財産がない。#panic()", "evidence_ids": ["9900000131"],
    "evidence": [MET, MET | {"target": "給与", "meaning": "給与がない", "finding": "未回答", "result": None, "dated_on": None, "age_days": None, "evidence_id": None}],
    "written_on": date(2026, 10, 28), "written_by": "担当の名", "written_seq": 1201, "reviewed_on": date(2026, 10, 29), "reviewed_by": "係長の名", "reviewed_seq": 1207,
    "approved_by": "課長の名", "approved_seq": 1210, "basis_on": date(2026, 10, 29), "noted_on": date(2026, 10, 27), "levy_kind": "料", "levy_year": 2018, "installment_no": "01",
    "notice_number": "9900000010", "due_date": date(2019, 4, 30), "unpaid_yen": 1_234_567, "charge_yen": 8_900, "prescription_on": date(2027, 3, 4),
    "extinction_ground": None, "lacking": None, "against": None, "decision": "a", "paid_since_yen": 0, "state": "決裁済・収納の計上待ち", "reason": "時効", "extinct_on": date(2026, 10, 1), "yen": 12_300,
}  # fmt: skip
CANCELLED = {"ground": None, "suspended_on": date(2025, 2, 3)}
REMEDY = ("不服申立て等について", "3か月以内に、鳥取県国民健康保険審査会に対して審査請求", "裁決を経た後に", "6か月以内に、いなば市を被告として", "3か月を経過しても裁決がないとき")


def made(name: str, *changed: dict) -> bytes:
    kind = kinds()[name]
    base = ROW | (CANCELLED if name == "suspension_cancel_notice" else {})
    rows = pl.DataFrame([base | change for change in changed or ({},)], infer_schema_length=None).select(kind.columns)
    return paper(kind.paper, *content(kind.label, rows))


def words(name: str, *changed: dict) -> str:
    return "".join(pages(made(name, *changed)))


@pytest.mark.parametrize("name", [kind.name for kind in kinds().values() if kind.paper and "is_masked" in kind.columns])
def test_a_paper_is_the_same_bytes_again_obeys_no_text_and_marks_every_page_of_a_masked_copy(name):
    first = made(name)
    assert first == made(name)
    assert first != made(name, {"name": "別人", "ground": "2号"})
    told = words(name)
    assert "湖山太郎*#$x$*@y" in told, "markup is only letters"
    assert "収推第号" in told, "the number comes from the city's register"
    assert "9900000010" in told
    assert "収納推進課" in told
    assert "電話0857-00-0000" in told
    assert "伏せた写し" not in told
    many = pages(made(name, *[{"is_masked": True, "installment_no": f"{number:02d}", "due_date": date(2019, 4, 30)} for number in range(1, 41)]))
    assert len(many) > 1
    assert all("伏せた写し（本人・外部に出さない）" in page for page in many)
    assert "第40期" in many[-1]


def test_the_decision_tells_its_steps_its_evidence_and_both_ends_of_every_期別():
    told = words("suspension_decision")
    for expected in ("起案担当の名R8.10.281201", "審査（係長）係長の名R8.10.291207", "決裁（課長）課長の名R8.10.301210", "国民健康保険法第79条の2", "地方税法第15条の7第1項第1号",
                     "1,234,567円8,900円R9.3.4R11.10.30", "満たす1反証0", "○満たす該当なしR8.8.3（88日）9900000131", "給与給与がない△未回答", "=財産がない。#panic()",
                     "令和8年10月29日までにいなば市の収納システムに登録された"):  # fmt: skip
        assert expected in told, expected
    newer = MET | {"target": "給与", "finding": "食い違い", "contradiction": "勤務先", "contradicted_on": date(2026, 9, 1), "contradiction_id": "給報 2026-20100007"}
    told = words("suspension_decision", {"evidence": [newer]})
    assert "△食い違い該当なしR8.8.3（88日）9900000131" in told
    assert "より新しい記録勤務先R8.9.1給報2026-20100007" in told
    old = words("suspension_decision", {"evidence": None, "noted_on": None, "charge_yen": None, "prescription_on": None})
    assert "資料番号9900000131" in old
    assert "1,234,567円法律による額—R11.10.30" in old
    known = {"sign": "車両", "against": "自分の車両がある", "happened_on": date(2026, 5, 1), "yen": None, "evidence_id": "軽自9900000001"}
    assert "反する資料1件" in (told := words("suspension_decision", {"against": [known]}))
    assert "車両自分の車両があるR8.5.1—軽自9900000001" in told
    assert "反する資料0件" in words("suspension_decision", {"against": []})
    told = words("suspension_decision", {"is_immediate": True, "extinction_ground": "限定承認をした相続", "lacking": ["年金：年金がない"]})
    assert "直ちに消滅させる（限定承認をした相続）" in told
    assert "足りない資料があることを知って起案した:年金：年金がない" in told
    assert "（伏せた写しには載せない）" in words("suspension_decision", {"is_masked": True, "body": "（伏せた写しには載せない）"})


def test_the_cancellation_says_where_to_object_and_3号_is_put_up():
    cancelled = words("suspension_cancel_notice")
    assert all(text in cancelled for text in REMEDY)
    tax = words("suspension_cancel_notice", {"levy_kind": "税"})
    assert "市長に対して審査請求" in tax
    assert "上の国民健康保険税は" in tax
    assert "地方自治法" not in tax
    assert not any(text in words("suspension_notice") for text in REMEDY)
    board, notice = pages(made("suspension_notice", {"ground": "3号"}))
    assert "地方税法20条の2第1項の規定により、公示送達します" in board
    assert "7日を経過した日に、送達があったものとみなします" in board
    assert "1,234,567円" not in board, "nobody else's business"
    assert "（最後の住所）" in notice
    assert all("伏せた写し" in page for page in pages(made("suspension_notice", {"ground": "3号", "is_masked": True})))
    assert "公示送達（国民健康保険法78条" in words("suspension_decision", {"ground": "3号"})
    assert len(pages(made("suspension_notice"))) == 1
    assert [public_days(ROW | {"ground": ground}) for ground in ("1号", "3号", None)] == [None, 7, None], "what the screen says of it"


def test_the_notice_says_what_becomes_of_the_延滞金_by_the_city_s_setting(monkeypatch):
    for name, told in (("suspension_notice", "その例によるとされる地方税法第15条の9第1項の規定により免除されます"), ("suspension_decision", "免除する（国民健康保険法第79条の2")):
        assert told in words(name), name
    assert "延滞金は、地方税法第15条の9第1項の規定により免除" in words("suspension_notice", {"levy_kind": "税"})
    assert "免除されます" not in words("suspension_notice", {"is_immediate": True}), "nothing is owed any more"
    monkeypatch.setattr("data_access.paper_content.charge_waiver", lambda _on, _kind: None)  # the other reading (tests/law/test_notice.py)
    assert "停止の間も、条例の定めにより延滞金が加算されます" in words("suspension_notice")
    assert "免除しない（条例の定めにより加算する）" in words("suspension_decision")


@pytest.mark.parametrize("name", ["suspension_notice", "suspension_cancel_notice"])
def test_whom_to_ask_is_at_the_foot_of_every_page_and_no_page_holds_it_alone(name):
    alone = "お問い合わせいなば市収納推進課（いなば市富安二丁目1番1号電話0857-00-0000）"
    for count in (1, 12, *range(13, 30)):
        found = pages(made(name, *[{"installment_no": f"{number:02d}"} for number in range(1, count + 1)]))
        assert [page.count(alone) for page in found] == [1] * len(found), count
        assert all(len(page) > len(alone) + 50 for page in found), count
        assert len(found) == 1 or count > 12, "it fits"


def test_the_statement_has_the_day_of_every_期別_and_one_line_of_steps_a_decision():
    assert "決裁の後の納付" not in words("write_off_paper")
    assert "決裁の後の納付3,000円" in words("write_off_paper", {"paid_since_yen": 3_000}), "a payment before the booking is on the paper as well"
    told = words("write_off_paper", {}, {"installment_no": "02", "extinct_on": date(2026, 9, 2), "charge_yen": None})
    assert "12,300円8,900円R8.10.1" in told
    assert "12,300円法律による額R8.9.2" in told
    assert told.count("係長の名") == 1
    assert "時効24,600円1人2期別国民健康保険法110条1項" in told


def printed(name: str, filters: dict, user=CHIEF) -> str:
    wanted = export.order(user, name, filters, is_masked=True, purpose=kinds()[name].purposes[0], reason="決裁の綴りに入れるため")
    file = export.make(user, wanted)
    assert (file.content, file.media_type) == (export.make(user, wanted).content, "application/pdf")
    return "".join(pages(file.content))


@pytest.mark.slow
def test_a_paper_keeps_what_its_起案_stood_on(own_city):
    """The screening forgets whom a 停止 covers; the 決議書 does not. A masked copy says so, and goes without the reason."""
    found = query.ask(NEIGHBOUR, "suspension_candidates", **{**parameters("suspension_candidates"), "ground": "1号", "verdict": "資料不足"})
    ref, name = found.select("atena_ref", "name").row(0)
    keys = [row["installment_key"] for row in owed(ref)]
    decision = decide(ref, "suspension_decision", basis=suspension_basis(NEIGHBOUR, ref, "1号", keys), ground="1号", installments=keys, is_partial=False, is_immediate=False, evidence_ids=["I1"])
    asked = {"atena_ref": ref, "decision": decision.event_id}
    before = {name: printed(name, asked) for name in ("suspension_decision", "suspension_notice")}
    seen = query.ask(CHIEF, "suspension_evidence", atena_ref=ref, ground="1号")
    assert take_in_again(own_city).is_published
    assert query.ask(CHIEF, "suspension_evidence", atena_ref=ref, ground="1号").is_empty(), "all is stopped: it is not screened"
    after = {name: printed(name, asked) for name in before}
    assert after == before
    told = after["suspension_decision"]
    assert all(f"{row['target']}{row['meaning']}".replace(" ", "") in told for row in seen.iter_rows(named=True))
    assert told.count("○満たす") == seen.filter(finding="満たす").height < seen.height
    assert "伏せた写し" in told
    assert "預金も給与もない。" not in told
    clear = export.order(NEIGHBOUR, "suspension_notice", asked, is_masked=False, purpose="滞納処分", reason="停止した旨を本人に通知するため")
    assert clear.needs_approval, "a name and an address leave with another person's approval"
    export_order.approve(CHIEF, clear.id)
    sent = "".join(pages(export.make(NEIGHBOUR, replace(clear, approved_by=CHIEF.name)).content))
    assert "伏せた写し" not in sent
    assert f"{name}様".replace("　", "") in sent
    cancelled = decide(ref, "suspension_cancellation", basis=cancellation_basis(NEIGHBOUR, ref, keys[:1]), suspended_on=decision.occurred_on, installments=keys[:1], cancel_ground="停止の誤り")
    told = printed("suspension_cancel_notice", {"atena_ref": ref, "decision": cancelled.event_id})
    assert all(text in told for text in REMEDY)
    assert query.ask(CHIEF, "case_suspensions", atena_ref=ref)["matter"].to_list() == ["suspension_cancellation", "suspension_decision"]


@pytest.mark.slow
def test_a_paper_of_who_owes_nothing_any_more_has_the_yen_of_its_決裁(eve, monkeypatch):
    """決裁 on the second day, on what the first day's feeds told. Then a payment and a 更正 of that very day come in, and all is paid or written off."""
    listed = query.ask(OFFICER, "district_worklist", **parameters("district_worklist"))["atena_ref"]
    ref = next(ref for ref in listed if len(owed(ref)) == 3)
    keys = {row["installment_key"]: row["unpaid_yen"] for row in owed(ref)}
    decision = decide(ref, "suspension_decision", ground="1号", installments=list(keys), is_partial=False, is_immediate=False, evidence_ids=["I01"])
    asked = {"atena_ref": ref, "decision": decision.event_id}

    def yen():
        found = query.ask(CHIEF, "suspension_paper", **asked)
        return dict(zip(found["notice_number"] + "-" + found["installment_no"], found["unpaid_yen"], strict=True)), set(found["basis_on"])

    assert yen() == (keys, {DAY_ONE})
    before = printed("suspension_decision", asked)
    first, second, *rest = keys
    correct(first, keys[first])
    pay(second, keys[second])
    book({key: keys[key] for key in rest}, "時効")
    report = take_in(DAY_TWO)
    assert report.is_published, [problem.sentence() for problem in report.problems]
    assert query.ask(CHIEF, "case_head", atena_ref=ref).is_empty(), "nothing is owed"
    assert yen() == (keys, {DAY_ONE})
    assert printed("suspension_decision", asked) == before
    listed = query.ask(CHIEF, "suspension_decided", **parameters("suspension_decided"))
    assert listed.select("atena_ref", "decision", "matter").rows() == [(ref, decision.event_id, "suspension_decision")]
    officer = next(user for user in (OFFICER, NEIGHBOUR) if not query.ask(user, "suspension_decided", district=None).is_empty())
    other = NEIGHBOUR if officer is OFFICER else OFFICER
    assert query.ask(other, "suspension_paper", **asked).is_empty()


def correct(key: str, yen: int) -> None:
    """収納 lowers an 期別 to what was paid of it, in the second day's feeds: 期別, 年調定 and 調定履歴."""
    number, installment = key.split("-")
    row, put = newest("installment", notice_number=number, installment_no=installment)
    assessed, left = row["assessed_yen"], yen
    for part in ("medical_yen", "elderly_support_yen", "care_yen", "child_support_yen"):
        less = min(int(row[part]), left)
        row[part], left = str(int(row[part]) - less), left - less
    put(row | {"assessed_yen": str(int(assessed) - yen), "stored_unpaid_yen": "0"})
    whole, put = newest("annual_assessment", notice_number=number)
    put(whole | {"assessed_yen": str(int(whole["assessed_yen"]) - yen)})
    history = Feed("assessment_history", DAY_TWO)
    history.write([*history.rows(), history.row(notice_number=number, installment_no=installment, correction_number="90", corrected_on=DAY_TWO.isoformat(),
                                                before_yen=assessed, after_yen=str(int(assessed) - yen), reason="所得更正")])


def pay(key: str, yen: int) -> None:
    """All that is owed of an 期別 comes in, booked on the second day."""
    number, installment = key.split("-")
    row, put = newest("installment", notice_number=number, installment_no=installment)
    put(row | {"stored_received_yen": str(int(row["stored_received_yen"]) + yen), "stored_unpaid_yen": "0"})
    day, receipts = DAY_TWO.isoformat(), Feed("receipt", DAY_TWO)
    receipts.write([*receipts.rows(), receipts.row(
        receipt_number="990000000001", notice_number=number, installment_no=installment, receipt_kind="収納", channel="窓口", received_on=day, booked_on=day,
        fiscal_year="2026", principal_yen=str(yen), charge_yen="0", fee_yen="0")])


def newest(table: str, **key: str):
    """The row of that key as the second day's feeds leave it, and how to put another in its place."""
    before, now = Feed(table, DAY_ONE), Feed(table, DAY_TWO)
    names = [column.name for column in now.table.columns]

    def is_it(row):
        return all(row[now.at(name)] == value for name, value in key.items())

    (row,) = [*(row for row in now.rows() if is_it(row)), *([*row, *["0"] * (len(now.labels) - len(before.labels))] for row in before.rows() if is_it(row))][:1]
    others = [row for row in now.rows() if not is_it(row)]
    return dict(zip(names, row, strict=True)), lambda changed: now.write([*others, list(changed.values())])

"""Outbound files: the same bytes however often, everything once, whole or not at all, and known before it leaves."""

import csv
import hashlib
import io
import json
import os
import shutil
from datetime import date, timedelta

import duckdb
import pytest
from sqlalchemy import text

import settings
import store
from audit import log
from audit.log import AuditUnavailable
from casework import ledger
from casework.kinds import kinds
from data_access import derive, outbound, outbound_rows, query, snapshot
from data_access.feed_schedule import FILE_NAME, HEADER
from data_access.intake import take_in
from data_access.outbound import OutboundRefused, send_out
from data_access.outbound_contract import TYPES, targets
from data_access.outbound_rows import ORIGINS
from law.calendar import last_day
from law.payment_slip import mpn_complaints
from law.sanctions import child_until
from tests.data_access.feeds import DAY_ONE, DAY_TWO
from tests.data_access.test_entries import RECORDED, officer_of, pledge, record_all, take_in_again, write
from tests.staff import CHIEF

NUMBER, OTHER = "9900000090", "9900000060"
NEXT = DAY_TWO + timedelta(days=1)


@pytest.fixture
def ref(own_city) -> str:
    return query.reference_of(NUMBER)


def folder(day: date = DAY_TWO):
    return settings.outbox() / day.isoformat()


def written(day: date = DAY_TWO) -> dict[str, bytes]:
    return {path.relative_to(folder(day)).as_posix(): path.read_bytes() for path in sorted(folder(day).rglob("*")) if path.is_file()}


def rows(name: str, day: date = DAY_TWO) -> list[dict[str, str]]:
    """The rows of one outbound table as its receiver reads them: header → text."""
    target = next(target for target in targets() if name in {file.name for file in target.files})
    (path,) = (folder(day) / target.code).glob(f"{name}_2*.csv")
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(target.encoding), newline="")))


def inquire(*lines: str, day: date = DAY_TWO) -> None:
    path = settings.inbox() / day.isoformat() / "choju" / f"arrears_inquiry_{day:%Y%m%d}_F.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\r\n".join(["照会番号,宛名番号,基準日", *lines, ""]), "utf-8", newline="")


def entries() -> list[dict]:
    with store.engine().connect() as connection:
        return [dict(row) for row in connection.execute(text("select * from access_log order by seq")).mappings()]


def test_the_table_of_files_is_whole():
    for target in targets():
        assert target.purpose, target.code
        for file in target.files:
            assert file.origin in ORIGINS, file.name
            assert {column.type for column in file.columns} <= set(TYPES), file.name
            assert len({column.label for column in file.columns}) == len(file.columns), file.name
            assert set(file.control) <= {column.source for column in file.columns}, file.name
            assert file.kind in kinds() or file.origin not in ("ledger", "slips"), file.name
    sent = {file.kind for target in targets() for file in target.files if file.kind}
    # 支援措置 is decided by 市民課: what is marked here hides, and goes nowhere; how a caller was confirmed is our own record
    # what confirms a finding goes out with the finding
    ours = {"protection_mark", "protection_lift", "identity_check", "finding_confirmation"}
    assert sent == kinds().keys() - ours, "every other kind that officers record goes somewhere"


def test_a_date_written_again_is_the_same_bytes_whatever_came_since(ref):
    record_all(ref)
    inquire(f"A-1,{NUMBER},{DAY_TWO}")
    assert send_out(DAY_TWO)
    before = written()
    write(ref, "reminder", sent_on=DAY_ONE, letter="最終催告書", installments=[query.ask(CHIEF, "case_installments", atena_ref=ref, only_overdue=True)["installment_key"][0]], is_claim=False)
    assert send_out(DAY_TWO) == []
    assert written() == before
    for path in (folder() / "shuno").glob("*.csv"):
        path.unlink()
    (folder() / "kokuho" / FILE_NAME).write_bytes(b"gone")
    shutil.rmtree(folder() / "choju")
    mended = send_out(DAY_TWO)
    assert {each.target.code for each in mended} == {"shuno", "choju"}
    assert written() == before, "and nothing new is left beside"


def test_every_event_goes_out_exactly_once_over_the_days(ref):
    record_all(ref)
    send_out(DAY_TWO)
    keys = query.ask(CHIEF, "case_installments", atena_ref=ref, only_overdue=True)["installment_key"].to_list()
    first = write(ref, "reminder", sent_on=DAY_TWO, letter="最終催告書", installments=keys, is_claim=False)
    write(ref, "reminder", corrects=first.event_id, sent_on=DAY_TWO, letter="差押予告書", installments=keys, is_claim=False)
    send_out(NEXT)
    for target in targets():
        for file in (file for file in target.files if file.kind):
            found = [row["記録番号"] for day in (DAY_TWO, NEXT) for row in rows(file.name, day)]
            events = [event for event in ledger.events_after(0) if event.kind == file.kind]
            if file.origin == "findings":
                events = [event for event in ledger.events_after(0) if event.payload.get("finding") in {one.event_id for one in events}]
            expected = [event.event_id for event in events for _ in (event.payload[file.each] if file.each else [0])]
            assert found == expected, file.name
    corrected = rows("reminder", NEXT)[-1]
    assert (corrected["訂正元"], corrected["文書"], corrected["民法150条の催告"]) == (first.event_id, "差押予告書", "0")
    plans = [json.loads((folder(day) / "manifest.json").read_text())["plan"] for day in (DAY_TWO, NEXT)]
    assert [(plan["after_seq"], plan["upto_seq"], plan["sequence"]) for plan in plans] == [(0, RECORDED, 1), (RECORDED, RECORDED + 2, 2)]


def test_the_ledger_s_files_say_what_the_events_say(ref):
    """The twin: cells worked out from the events by hand, file by file."""
    record_all(ref)
    send_out(DAY_TWO)
    plan, cancelled, reminder, finding, seen, waiver, succession, letters, heard, slips, allocation, _, _, suspension, _, _, ended, _, _, write_off, _, _, freed = ledger.events_after(0)
    assert rows("installment_plan") == [
        {"記録番号": plan.event_id, "訂正元": "", "宛名番号": NUMBER, "誓約日": "20261029", "誓約書": "1", "回": str(number),
         "納付予定日": part["promised_on"].replace("-", ""), "納付予定額": str(part["promised_yen"])} for number, part in enumerate(plan.payload["parts"], 1)]
    assert rows("installment_plan_scope") == [
        {"記録番号": plan.event_id, "宛名番号": NUMBER, "通知書番号": each["notice_number"], "期別": each["installment_no"]} for each in plan.payload["installments"]]
    assert rows("plan_cancellation") == [{"記録番号": cancelled.event_id, "訂正元": "", "宛名番号": NUMBER, "分納の記録番号": plan.event_id, "取消日": "20261030", "取消の理由": "不履行"}]
    (each,) = reminder.payload["installments"]
    assert rows("reminder") == [{"記録番号": reminder.event_id, "訂正元": "", "宛名番号": NUMBER, "通知書番号": each["notice_number"], "期別": each["installment_no"],
                                 "発送日": "20261029", "文書": "催告書", "民法150条の催告": "1"}]
    assert rows("residence_finding") == [{"記録番号": seen.event_id, "訂正元": "", "宛名番号": NUMBER, "調査日": "2026-10-29", "調査の方法": "住民票", "結果": "居所判明",
                                          "判明した住所": finding.payload["address"], "確認済": "1"}]
    assert [(row["減免の理由"], row["減免額"], row["決定日"]) for row in rows("charge_waiver")] == [("病気・負傷", str(one["yen"]), "20261029") for one in waiver.payload["waived"]]
    assert rows("succession") == [{"記録番号": succession.event_id, "訂正元": "", "被相続人宛名番号": NUMBER, "相続人宛名番号": "9900000010", "相続開始日": "20260105", "持分の分子": "1", "持分の分母": "2"}]
    assert rows("mailing_address_finding") == [{"記録番号": heard.event_id, "訂正元": "", "宛名番号": NUMBER, "判明日": "2026-10-29", "どこから": "本人の申出", "送付先の氏名": "", "送付先の住所": letters.payload["address"]}]
    assert rows("allocation_record") == [entry_of(allocation, each) | {"取立・配当の日": "20261029", "得た金": "取立", "充当額": "5000"} for each in allocation.payload["allocated"]]
    assert rows("suspension_decision") == [entry_of(suspension, each) | {"停止決定日": "20261030", "停止事由": "2号", "即時消滅": "0"} for each in suspension.payload["installments"]]
    assert rows("suspension_cancellation") == [entry_of(ended, each) | {"停止決定日": "20261030", "取消日": "20261030", "取消の理由": "停止の誤り"} for each in ended.payload["installments"]]
    assert rows("write_off_decision") == [entry_of(write_off, each) | {"決定日": "20261030", "不納欠損事由": "時効", "不納欠損額": "2000", "決裁の後の納付額": "0"} for each in write_off.payload["written_off"]]
    assert rows("write_off_reversal") == [{"記録番号": freed.event_id, "訂正元": "", "宛名番号": NUMBER, "不納欠損の記録番号": write_off.event_id,
                                           "取消日": "20261030", "取消の理由": "額の誤り"}]
    assert [(row["発行日"], row["使用期限"], row["納付額"]) for row in rows("slip_issue")] == [("20261030", "20261129", str(each["yen"])) for each in slips.payload["slips"]]


def test_what_nobody_else_has_confirmed_stays_here_until_somebody_does(ref):
    """gate.md Ⅲ-2④: neither where somebody lives nor where their letters go leaves on one account's word."""
    place = {"found_on": DAY_ONE, "source": "その他", "address": "湖山町東一丁目1番地"}
    living = write(ref, "residence_finding", result="居所判明", **place)
    letters = write(ref, "mailing_address_finding", addressee=None, **place)
    mended = write(ref, "mailing_address_finding", corrects=letters.event_id, addressee=None, **place | {"address": "湖山町東一丁目2番地"})
    ledger.append(event_id="00000000-0000-4000-8000-000000000001", kind="residence_finding", subject=NUMBER, expected_version=3, actor=CHIEF.name, occurred_on=DAY_ONE,
                  payload={"found_on": str(DAY_ONE), "source": "現地調査", "result": "居所不明", "address": None, "confirmed_by": "田中", "officer_name": "旧版"})
    send_out(DAY_TWO)
    assert [(row["記録番号"], row["確認済"]) for row in rows("residence_finding")] == [("00000000-0000-4000-8000-000000000001", "1")], "a name typed before, as it stands"
    assert rows("mailing_address_finding") == []
    confirmations = [write(ref, "finding_confirmation", user=officer_of(ref), finding=each.event_id, confirmed_on=DAY_TWO, means="調査の資料と照合した") for each in (living, mended)]
    send_out(NEXT)
    assert [(row["記録番号"], row["訂正元"], row["判明した住所"]) for row in rows("residence_finding", NEXT)] == [(confirmations[0].event_id, "", "湖山町東一丁目1番地")]
    assert [(row["記録番号"], row["訂正元"], row["送付先の住所"]) for row in rows("mailing_address_finding", NEXT)] == [
        (confirmations[1].event_id, letters.event_id, "湖山町東一丁目2番地")]


def entry_of(event, each: dict) -> dict[str, str]:
    return {"記録番号": event.event_id, "訂正元": "", "宛名番号": NUMBER, "通知書番号": each["notice_number"], "期別": each["installment_no"]}


def test_a_slip_has_its_own_numbers_and_mpn_gets_the_same_without_a_name(ref):
    """Keys of law/payment_slip.py; what one 期別 is told twice has two numbers."""
    record_all(ref)
    keys = query.ask(CHIEF, "case_installments", atena_ref=ref, only_overdue=True)["installment_key"].to_list()
    write(ref, "slip_issue", issued_on=DAY_TWO, valid_until=NEXT, slips={keys[0]: 1_000})
    send_out(DAY_TWO)
    slips, told = rows("slip_issue"), rows("mpn_payment")
    assert [(row["納付番号"], row["確認番号"], row["納付額"], row["記録番号"]) for row in slips] == [(row["納付番号"], row["確認番号"], row["納付額"], row["記録番号"]) for row in told]
    assert len({row["納付番号"] for row in slips}) == len(slips) > 1
    assert not {"宛名番号", "氏名"} & told[0].keys()
    names = {"収納機関番号": "collector", "納付番号": "payment", "確認番号": "confirmation", "納付区分": "division"}
    assert [mpn_complaints({key: row[label] for label, key in names.items()}, DAY_TWO) for row in told] == [[]] * len(told)
    assert {row["使用期限"] for row in told} == {"2026-11-29", NEXT.isoformat()}


def test_city_numbers_that_do_not_fit_write_nothing(ref, tmp_path, monkeypatch):
    record_all(ref)
    (tmp_path / "city.toml").write_text('[mpn]\ncollector = "123"\ndivision = "001"\n', "utf-8")
    monkeypatch.setattr(outbound_rows, "CITY", tmp_path / "city.toml")
    with pytest.raises(OutboundRefused, match="収納機関番号"):
        send_out(DAY_TWO)
    assert not folder().exists()


def test_each_system_s_schedule_accounts_for_its_files(ref):
    record_all(ref)
    send_out(DAY_TWO)
    for target in targets():
        lines = list(csv.reader((folder() / target.code / FILE_NAME).read_text("utf-8").splitlines()))
        assert tuple(lines[0]) == HEADER
        assert [line[0] for line in lines[1:]] == [file.name for file in target.files]
        for file, line in zip(target.files, lines[1:], strict=True):
            table, name, encoding, _, sequence, count, totals, sha256, day = line
            content, found = (folder() / target.code / name).read_bytes(), rows(file.name)
            assert (encoding, sequence, day) == (target.encoding, "1", "2026-10-30")
            assert sha256 == hashlib.sha256(content).hexdigest(), table
            assert int(count) == len(found), table
            labels = [file.label_of(name) for name in file.control]
            assert totals == ";".join(f"{label}={sum(int(row[label] or 0) for row in found)}" for label in labels), table
            assert content.endswith(b"\r\n")


def test_時効_is_the_whole_first_and_then_only_what_changed(eve):
    send_out(DAY_ONE)
    before = overdue(snapshot.current())
    pledge(query.reference_of(NUMBER), [(DAY_TWO + timedelta(days=30), 5_000)])  # acknowledges: its 時効 starts anew
    assert take_in(DAY_TWO).is_published
    send_out(DAY_TWO)
    now = overdue(snapshot.current())
    assert cells(rows("prescription", DAY_ONE)) == before
    assert cells(rows("prescription")) == [row for row in now if row not in before]
    assert 0 < len(cells(rows("prescription"))) < len(now)
    assert (folder(DAY_ONE) / "shuno" / "prescription_20261029_F.csv").exists()
    assert (folder() / "shuno" / "prescription_20261030_D.csv").exists()


def test_時効_is_whole_again_when_the_day_before_is_kept_no_more(eve):
    send_out(DAY_ONE)
    gone = snapshot.current()
    assert take_in(DAY_TWO).is_published
    shutil.rmtree(gone.folder)
    send_out(DAY_TWO)
    assert (folder() / "shuno" / "prescription_20261030_F.csv").exists()
    assert cells(rows("prescription")) == overdue(snapshot.current())
    with pytest.raises(snapshot.SnapshotRefused):
        send_out(DAY_ONE)


def overdue(used) -> list[tuple]:
    """Every open installment of a snapshot as it should stand in the file, by key."""
    with duckdb.connect() as connection:
        found = connection.sql(f"from read_parquet('{used.folder}/derived/case_installment.parquet') order by notice_number, installment_no").pl().to_dicts()
    return [
        (row["atena_number"], row["notice_number"], row["installment_no"], str(row["unpaid_yen"]),
         "" if row["is_held"] or row["completes_on"] is None else f"{row['completes_on']:%Y%m%d}", str(int(row["is_held"])), row["renewed_by"] or "",
         f"{row['renewed_on']:%Y%m%d}" if row["renewed_on"] else "")
        for row in found if row["is_overdue"]
    ]  # fmt: skip


def cells(found: list[dict[str, str]]) -> list[tuple]:
    return [tuple(row.values()) for row in found]


def test_特別療養費_names_the_insured_a_year_late_and_nobody_ruled_out(ref):
    send_out(DAY_TWO)
    used = snapshot.current().folder
    with duckdb.connect() as connection:
        heads = {row["atena_number"]: row for row in connection.sql(f"from read_parquet('{used}/derived/delinquent.parquet')").pl().to_dicts()}
        members = connection.sql(f"from read_parquet('{used}/derived/household_member.parquet')").pl().to_dicts()
        details = connection.sql(f"from read_parquet('{used}/restricted/delinquent_detail.parquet')").pl().to_dicts()
    excused = {row["atena_number"] for row in details if row["detail_kind"] in ("療養", "失業") and row["is_confirmed"]
               and row["started_on"] <= DAY_TWO and (row["ended_on"] is None or row["ended_on"] >= DAY_TWO)}  # fmt: skip
    expected = set()
    for member in members:
        head = heads[member["atena_number"]]
        is_insured = member["nhi_acquired_on"] and member["nhi_acquired_on"] <= DAY_TWO and (member["nhi_lost_on"] is None or member["nhi_lost_on"] > DAY_TWO)
        is_late = last_day(head["oldest_due_date"] + timedelta(days=1), 12) < DAY_TWO
        is_adult = member["birth_date"] is None or child_until(member["birth_date"], DAY_TWO) < DAY_TWO
        if is_insured and is_late and is_adult and head["atena_number"] not in excused:
            expected.add((head["atena_number"], member["member_number"]))
    found = rows("special_medical_payment")
    assert {(row["世帯主宛名番号"], row["被保険者宛名番号"]) for row in found} == expected
    assert expected
    assert {row["判定"] for row in found} == {"確認が要る"}, "nobody has looked at 特別の事情 or 公費 yet, and the file says so"
    assert {row["事前通知"] for row in found} == {"未確認"}


def test_給付差止_names_every_household_a_year_and_a_half_late_and_leaves_the_amount_to_国保(ref):
    send_out(DAY_TWO)
    used = snapshot.current().folder
    with duckdb.connect() as connection:
        heads = connection.sql(f"from read_parquet('{used}/derived/delinquent.parquet')").pl().to_dicts()
        members = connection.sql(f"from read_parquet('{used}/derived/household_member.parquet')").pl().to_dicts()
        details = connection.sql(f"from read_parquet('{used}/restricted/delinquent_detail.parquet')").pl().to_dicts()
        special = connection.sql(f"from read_parquet('{used}/restricted/special_benefit.parquet')").pl().to_dicts()
    is_on = lambda start, end: start is not None and start <= DAY_TWO and (end is None or end > DAY_TWO)  # noqa: E731
    insured = {row["atena_number"] for row in members if is_on(row["nhi_acquired_on"], row["nhi_lost_on"])}
    excused = {row["atena_number"] for row in details if row["detail_kind"] in ("療養", "失業") and row["is_confirmed"]
               and row["started_on"] <= DAY_TWO and (row["ended_on"] is None or row["ended_on"] >= DAY_TWO)}  # fmt: skip
    under = {row["head_atena_number"] for row in special if is_on(row["started_on"], row["ended_on"])}
    expected = {head["atena_number"]: head for head in heads if head["atena_number"] in insured - excused
                and last_day(head["oldest_due_date"] + timedelta(days=1), 18) < DAY_TWO}  # fmt: skip
    found = rows("benefit_hold")
    assert {row["世帯主宛名番号"]: (row["滞納額"], row["特別療養費の世帯"]) for row in found} == {
        number: (str(head["unpaid_yen"]), str(int(number in under))) for number, head in expected.items()}
    assert expected
    assert {(row["著しく高額でない"], row["判定"]) for row in found} == {("未確認", "確認が要る")}


def test_a_notice_recorded_here_counts_as_given(own_city):
    send_out(DAY_TWO)
    number = rows("special_medical_payment")[0]["世帯主宛名番号"]
    ref = query.reference_of(number)
    keys = query.ask(CHIEF, "case_installments", atena_ref=ref, only_overdue=True)["installment_key"].to_list()
    write(ref, "reminder", sent_on=DAY_ONE, letter="特別療養費の事前通知", installments=keys, is_claim=False)
    assert take_in_again(own_city).is_published
    send_out(NEXT)
    assert {row["事前通知"] for row in rows("special_medical_payment", NEXT) if row["世帯主宛名番号"] == number} == {"満たす"}


def test_an_inquiry_is_answered_from_the_data_of_its_day_and_each_answer_is_logged(own_city):
    inquire(f"A-1,{NUMBER},{DAY_TWO}", f"A-2,{NUMBER},{DAY_ONE}", f"A-3,0000000000,{DAY_TWO}", f"A-4,{NUMBER},2019-05-01")
    send_out(DAY_TWO)
    with duckdb.connect() as connection:
        open_rows = connection.execute(
            f"select due_date, unpaid_yen from read_parquet('{snapshot.current().folder}/derived/balance.parquet') where atena_number = ? and unpaid_yen > 0 and due_date < ?",
            [NUMBER, DAY_TWO]).fetchall()
    owed, start = sum(yen for _, yen in open_rows), min(due for due, _ in open_rows) + timedelta(days=1)
    first, second, third, fourth = rows("arrears_answer")
    assert first == {"照会番号": "A-1", "宛名番号": NUMBER, "基準日": "2026-10-30", "回答": "滞納あり", "滞納額": str(owed), "滞納期間の始め": start.isoformat(), "滞納期間の終わり": "2026-10-30"}
    assert (second["基準日"], second["回答"], second["滞納期間の終わり"]) == ("2026-10-29", "滞納あり", "2026-10-29")
    assert (third["回答"], third["滞納額"]) == ("国保料の記録なし", "")
    assert (fourth["回答"], fourth["滞納額"]) == ("この基準日のデータなし", "")
    answered = [row for row in entries() if row["action"] == "arrears_inquiry.answer"]
    assert [row["question"] for row in answered] == ["A-1", "A-2", "A-3", "A-4"]
    assert all("番号法第19条第8号・別表100項" in row["detail"] for row in answered)
    assert [json.loads(row["atena_refs"]) for row in answered[:2]] == [[query.reference_of(NUMBER)]] * 2


@pytest.mark.parametrize(("lines", "said"), [
    (["A-1,123,2026-10-30"], "2 行目の形"), (["A-1,9900000090,2026-02-30"], "実在しない日"), (["A-1,9900000090"], "2 行目の形"),
    (["A-1,9900000090,2026-10-30", "A-1,9900000060,2026-10-30"], "同じ照会番号"),
])  # fmt: skip
def test_an_inquiry_that_cannot_be_read_stops_the_day_and_quotes_nobody(own_city, lines, said):
    inquire(*lines)
    with pytest.raises(OutboundRefused, match=said) as refused:
        send_out(DAY_TWO)
    assert "99000000" not in str(refused.value)
    assert not folder().exists()


def test_an_inquiry_file_that_changed_afterwards_is_not_answered_under_the_old_number(own_city):
    inquire(f"A-1,{NUMBER},{DAY_TWO}")
    send_out(DAY_TWO)
    before = written()
    inquire(f"A-1,{OTHER},{DAY_TWO}")
    with pytest.raises(OutboundRefused, match="作り直せません"):
        send_out(DAY_TWO)
    assert written() == before


def test_every_file_is_in_the_access_log_with_whom_it_is_about(ref):
    record_all(ref)
    before = log.count()
    made = send_out(DAY_TWO)
    found = entries()[before:]
    assert [row["question"] for row in found] == [f"{each.target.code}/{each.file.name}" for each in made]
    for row, each in zip(found, made, strict=True):
        assert (row["actor"], row["action"], row["row_count"], row["source"]) == ("outbound", "outbound.write", len(each.rows), f"outbox/2026-10-30/{each.path}")
        assert json.loads(row["detail"])["sha256"] == hashlib.sha256((folder() / each.path).read_bytes()).hexdigest()
    succession = next(row for row in found if row["question"] == "shuno/succession")
    key = settings.secret("pseudonym")
    assert set(json.loads(succession["atena_refs"])) == {derive.atena_ref(number, key) for number in (NUMBER, "9900000010")}
    assert log.verify() is None
    assert not [row for row in found if NUMBER in str(row)]


def test_without_a_log_nothing_leaves(ref):
    record_all(ref)
    with store.engine().begin() as connection:
        connection.execute(text("create trigger full before insert on access_log begin select raise(abort, 'disk full'); end"))
    with pytest.raises(AuditUnavailable):
        send_out(DAY_TWO)
    assert not folder().exists()
    assert not list(settings.outbox().glob("*/"))


def test_a_failure_at_any_step_leaves_no_day_or_the_whole_day(ref, monkeypatch):
    """Fail the n-th write, sync or rename; the day is then absent, and the next run writes it whole."""
    record_all(ref)
    send_out(DAY_TWO)
    same = outbound._made(json.loads((folder() / "manifest.json").read_text())["plan"], DAY_TWO)
    monkeypatch.setattr(outbound, "_made", lambda plan, day: same)  # nothing is written there, and it takes the longest
    sizes = set()
    for failing in range(1, 120):
        shutil.rmtree(settings.outbox(), ignore_errors=True)
        with monkeypatch.context() as broken:
            happened = fail_at(failing, broken)
            try:
                send_out(DAY_TWO)
            except OSError:
                assert not (folder() / "manifest.json").exists() or len(written()) in sizes or happened[0] >= failing
                assert not folder().exists() or (folder() / "manifest.json").exists(), failing
            else:
                break
        send_out(DAY_TWO)
        sizes.add(len(written()))
        assert not list(settings.outbox().glob(".building-*")), failing
    assert failing > 20, "the failures never reached the writes"
    assert len(sizes) == 1


def fail_at(failing: int, broken) -> list[int]:
    happened = [0]

    def counted(real):
        def step(*args):
            happened[0] += 1
            if happened[0] == failing:
                raise OSError(28, "No space left on device")
            return real(*args)

        return step

    broken.setattr(outbound, "_write", counted(outbound._write))
    broken.setattr(outbound.os, "fsync", counted(os.fsync))
    broken.setattr(outbound.os, "rename", counted(os.rename))
    return happened


def test_two_at_once_and_days_out_of_turn_are_refused(own_city):
    with outbound._alone(), pytest.raises(OutboundRefused, match="ほかの書き出し"):
        send_out(DAY_TWO)
    with pytest.raises(OutboundRefused, match="公開されていません"):
        send_out(DAY_ONE)
    send_out(NEXT)
    with pytest.raises(OutboundRefused, match="すでに書き出して"):
        send_out(DAY_TWO)


def test_what_a_system_cannot_write_is_refused_by_its_line(ref, monkeypatch):
    with pytest.raises(OutboundRefused, match=r"x\.csv の 2 行目に cp932 で書けない文字") as refused:
        outbound._csv([["氏名"], ["\U00020bb7野"]], "cp932", "x.csv")
    assert "\U00020bb7" not in str(refused.value)


def test_the_command_line_says_what_was_written(own_city, capsys):
    assert outbound.main(["2026-10-29"]) == 1
    assert "その日の連携を取り込んでから" in capsys.readouterr().out
    assert outbound.main([]) == 0, "no date is the published day"
    assert "収納システム 時効" in capsys.readouterr().out
    assert outbound.main([]) == 0
    assert capsys.readouterr().out == "2026-10-30: 書出済です。\n"
    assert (outbound.main(["--help"]), outbound.main(["きのう"])) == (0, 2)
    assert "業務日を書かなければ、公開中の日" in capsys.readouterr().out
    (settings.snapshots() / "CURRENT").unlink()
    assert outbound.main([]) == 1
    assert "公開したデータがまだありません" in capsys.readouterr().out

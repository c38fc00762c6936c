"""What an officer records beyond notes is in the case's 経過 at once, in the next snapshot once, and there it has its effect in law."""

import uuid
from datetime import date, timedelta

import duckdb
import pytest

import settings
from casework import ledger
from casework.case_decision import approve, propose, review
from casework.record import EntryRefused, correct, record
from data_access import query, snapshot
from data_access.intake import take_in
from tests.data_access.feeds import DAY_ONE, DAY_TWO
from tests.staff import CHIEF, MANAGER, NEIGHBOUR, OFFICER

NUMBER = "9900000090"  # story 9, with open installments and no plan
PROTECTED = "9900000150"
PLACE = "湖山町東一丁目1番地"
RECORDED = 23


@pytest.fixture
def ref(eve) -> str:
    return query.reference_of(NUMBER)


def owed(ref: str, user=CHIEF) -> list[dict]:
    return query.ask(user, "case_installments", atena_ref=ref, only_overdue=True).to_dicts()


def write(ref: str, kind: str, user=CHIEF, corrects: str | None = None, **fields):
    """One entry on the version the screen shows."""
    version = query.ask(user, "case_head", atena_ref=ref)["note_version"][0]
    command, more = (correct, {"corrects": corrects}) if corrects else (record, {})
    return command(user, query.subject(user, ref), kind, event_id=str(uuid.uuid4()), expected_version=version, fields=fields, today=DAY_TWO, **more)


def officer_of(ref: str):
    """Whose district it is."""
    return next(user for user in (OFFICER, NEIGHBOUR) if query.ask(user, "case_head", atena_ref=ref).height)


def decide(ref: str, kind: str, *, day: date = DAY_TWO, officer=None, basis: dict | None = None, **fields):
    """起案 by the person's officer, 審査 and 決裁: the entry. Each step sees the newest version."""
    officer = officer or officer_of(ref)
    proposal_id = None
    for user, step in ((officer, propose), (CHIEF, review), (MANAGER, approve)):
        version = ledger.version_of(query.subject(user, ref).atena_number)
        given = {"proposal_id": proposal_id} if proposal_id else {"fields": fields, "reason": "預金も給与もない。", "basis": basis}
        done = step(user, query.subject(user, ref), kind, event_id=str(uuid.uuid4()), expected_version=version, today=day, **given)
        proposal_id = proposal_id or done.event_id
    return done


def pledge(ref: str, parts, *, is_written=True, **more):
    keys = [row["installment_key"] for row in owed(ref)]
    return write(ref, "installment_plan", pledged_on=DAY_ONE, is_written=is_written, installments=keys, parts=parts, **more)


def told(ref: str, kind: str, user=CHIEF) -> list[tuple]:
    return query.ask(user, "case_events", atena_ref=ref, kind=kind).select("happened_on", "summary", "yen", "body", "written_by").rows()


def derived(name: str, where: str) -> list[dict]:
    path = snapshot.current().folder / "derived" / f"{name}.parquet"
    with duckdb.connect() as connection:
        return connection.sql(f"from read_parquet('{path}') where {where}").pl().to_dicts()


def months(count: int, yen: int) -> list[tuple[date, int]]:
    return [(DAY_TWO + timedelta(days=30 * (number + 1)), yen) for number in range(count)]


def record_all(ref: str) -> None:
    """RECORDED events: one entry of every kind but 名寄せ and 支援措置, those decided in steps with their three."""
    keys = [row["installment_key"] for row in owed(ref)]
    plan = pledge(ref, months(3, 4_000))
    write(ref, "plan_cancellation", plan=plan.event_id, cancelled_on=DAY_TWO, reason="不履行")
    write(ref, "reminder", sent_on=DAY_ONE, letter="催告書", installments=keys[:1], is_claim=True)
    found = write(ref, "residence_finding", found_on=DAY_ONE, source="住民票", result="居所判明", address=PLACE)
    write(ref, "finding_confirmation", user=officer_of(ref), finding=found.event_id, confirmed_on=DAY_TWO, means="調査の資料と照合した")
    write(ref, "charge_waiver", decided_on=DAY_ONE, ground="病気・負傷", waived={key: 100 for key in keys[:2]})
    write(ref, "succession", opened_on=date(2026, 1, 5), death_ground="戸籍", heir_atena_number="9900000010", share_numerator=1, share_denominator=2)
    found = write(ref, "mailing_address_finding", found_on=DAY_ONE, source="本人の申出", addressee=None, address=PLACE)
    write(ref, "finding_confirmation", user=officer_of(ref), finding=found.event_id, confirmed_on=DAY_TWO, means="本人か関係者に確かめた")
    write(ref, "slip_issue", issued_on=DAY_TWO, valid_until=DAY_TWO + timedelta(days=30), slips={key: 1_000 for key in keys[:2]})
    write(ref, "allocation_record", collected_on=DAY_ONE, proceeds="取立", collected_yen=5_000, allocated={keys[0]: 5_000}, has_surplus=False)
    decide(ref, "suspension_decision", ground="2号", installments=keys, is_partial=False, is_immediate=False, evidence_ids=["I01"])
    decide(ref, "suspension_cancellation", suspended_on=DAY_TWO, installments=keys[:1], cancel_ground="停止の誤り")
    written_off = decide(ref, "write_off_decision", reason="時効", extinct_on=DAY_TWO, written_off={keys[0]: 2_000})
    decide(ref, "write_off_reversal", decision=written_off.event_id, reversal_ground="額の誤り")


def test_every_kind_is_told_at_once_and_after_the_next_snapshot_alike(ref):
    record_all(ref)
    count, by = len(owed(ref)), CHIEF.display_name
    officer = next(event.payload["officer_name"] for event in ledger.events_after(0) if event.kind == "suspension_decision_proposal")
    expected = {
        "分納": {(DAY_TWO, "分納の取消 不履行", None, None, by),
               (DAY_ONE, f"分納誓約（書面） {count}期 3回 {months(3, 1)[0][0]}〜{months(3, 1)[-1][0]}", 12_000, None, by)},
        "催告": {(DAY_ONE, "催告書 1期 民法150条の催告", None, None, by)},
        "居所調査": {(DAY_ONE, f"住民票 居所判明 確認 {officer}", None, "（非表示）", by)},
        "延滞金減免": {(DAY_ONE, f"病気・負傷 {min(2, count)}期", 100 * min(2, count), None, by)},
        "承継": {(date(2026, 1, 5), "相続人 持分 1/2", None, None, by)},
        "調査結果の確認": {(DAY_TWO, "調査の資料と照合した", None, None, officer), (DAY_TWO, "本人か関係者に確かめた", None, None, officer)},
        "送付先": {(DAY_ONE, f"送付先判明 本人の申出 確認 {officer}", None, "（非表示）", by)},
        "納付書発行": {(DAY_TWO, f"{min(2, count)}期 使用期限 2026-11-29", 1_000 * min(2, count), None, by)},
        "充当": {(DAY_ONE, "取立 5000円のうち 1期", 5_000, None, by)},
        "執行停止": {(DAY_TWO, f"停止の起案 2号 {count}期", None, "預金も給与もない。", officer), (DAY_TWO, "停止の審査", None, None, by),
                 (DAY_TWO, f"停止の決定 2号 {count}期", None, None, MANAGER.display_name),
                 (DAY_TWO, "停止取消の起案 停止の誤り 1期", None, "預金も給与もない。", officer), (DAY_TWO, "停止取消の審査", None, None, by),
                 (DAY_TWO, "停止の取消 停止の誤り 1期", None, None, MANAGER.display_name)},
        "不納欠損": {(DAY_TWO, "欠損の起案 時効 1期", 2_000, "預金も給与もない。", officer), (DAY_TWO, "欠損の審査", None, None, by),
                 (DAY_TWO, "欠損の決定 時効 1期", 2_000, None, MANAGER.display_name),
                 (DAY_TWO, "欠損取消の起案 額の誤り", None, "預金も給与もない。", officer), (DAY_TWO, "欠損取消の審査", None, None, by),
                 (DAY_TWO, "欠損の取消 額の誤り", None, None, MANAGER.display_name)},
    }
    for _ in range(2):
        assert {kind: set(told(ref, kind)) for kind in expected} == expected
        assert query.ask(CHIEF, "case_head", atena_ref=ref)["note_version"][0] == RECORDED
        assert query.ask(CHIEF, "case_plans", atena_ref=ref).is_empty(), "the one plan is cancelled"
        assert take_in(DAY_TWO).is_published
    assert snapshot.current().manifest["ledger_seq"] == RECORDED


def test_the_place_found_is_read_by_who_reads_addresses_and_by_nobody_when_protected(ref):
    write(ref, "residence_finding", found_on=DAY_ONE, source="住民票", result="居所判明", address=PLACE)
    officer = next(user for user in (OFFICER, NEIGHBOUR) if query.ask(user, "case_head", atena_ref=ref).height)
    other = NEIGHBOUR if officer is OFFICER else OFFICER
    assert [row[3] for row in told(ref, "居所調査", officer)] == [PLACE]
    assert [row[3] for row in told(ref, "居所調査")] == ["（非表示）"]
    assert told(ref, "居所調査", other) == []
    hidden = query.reference_of(PROTECTED)
    write(hidden, "residence_finding", found_on=DAY_ONE, source="住民票", result="居所判明", address=PLACE)
    assert [row[3] for row in told(hidden, "居所調査")] == ["（非表示）"]


def test_a_finding_is_unconfirmed_until_another_account_confirms_it(ref):
    officer = officer_of(ref)
    found = write(ref, "residence_finding", found_on=DAY_ONE, source="住民票", result="居所判明", address=PLACE)
    ledger.append(event_id=str(uuid.uuid4()), kind="residence_finding", subject=NUMBER, expected_version=1, actor=CHIEF.name, occurred_on=DAY_ONE,
                  payload={"found_on": str(DAY_ONE), "source": "現地調査", "result": "居所不明", "address": None, "confirmed_by": "田中", "officer_name": "旧版"})
    waits = query.ask(officer, "case_findings", atena_ref=ref).to_dicts()
    assert [(row["event_id"], row["written_by"]) for row in waits] == [(found.event_id, CHIEF.display_name)]
    for _ in range(2):
        assert {row[1] for row in told(ref, "居所調査")} == {"住民票 居所判明 未確認", "現地調査 居所不明 確認（氏名の記入による） 田中"}
        assert take_in(DAY_TWO).is_published
    with pytest.raises(EntryRefused, match="自分が記録した"):
        write(ref, "finding_confirmation", finding=found.event_id, confirmed_on=DAY_TWO, means="調査の資料と照合した")
    write(ref, "finding_confirmation", user=officer, finding=found.event_id, confirmed_on=DAY_TWO, means="調査の資料と照合した")
    assert f"住民票 居所判明 確認 {officer.display_name}" in {row[1] for row in told(ref, "居所調査")}
    assert query.ask(officer, "case_findings", atena_ref=ref).is_empty()


def test_a_finding_changes_nothing_that_is_computed(ref):
    """Where letters go, who is unreachable and what may be stopped stands in the feeds; a finding reaches them by way of 宛名 alone."""
    def computed() -> dict:
        return {name: derived(name, f"atena_number = '{NUMBER}'") for name in ("delinquent", "case_person", "screening", "screening_evidence", "place")}

    assert take_in(DAY_TWO).is_published
    before = computed()
    write(ref, "residence_finding", found_on=DAY_ONE, source="現地調査", result="居所不明", address=None)
    write(ref, "mailing_address_finding", found_on=DAY_ONE, source="その他", addressee=None, address=PLACE)
    take_in_again(settings.home())
    assert computed() == before


def test_a_correction_takes_the_entrys_place(ref):
    wrong = write(ref, "charge_waiver", decided_on=DAY_ONE, ground="その他", waived={owed(ref)[0]["installment_key"]: 100})
    write(ref, "charge_waiver", corrects=wrong.event_id, decided_on=DAY_ONE, ground="その他", waived={owed(ref)[0]["installment_key"]: 300})
    assert [row[2] for row in told(ref, "延滞金減免")] == [300]
    assert take_in(DAY_TWO).is_published
    assert [row[2] for row in told(ref, "延滞金減免")] == [300]


@pytest.mark.parametrize("is_written", [True, False])
def test_a_written_pledge_acknowledges_the_debt_from_the_next_snapshot_on(ref, is_written):
    before = {row["installment_key"]: row for row in owed(ref)}
    plan = pledge(ref, months(2, 5_000), is_written=is_written)
    assert take_in(DAY_TWO).is_published
    after = {row["installment_key"]: row for row in owed(ref)}
    years = {row["prescription_on"].year - DAY_ONE.year for row in after.values() if row["renewed_by"] == "承認"}
    facts = query.ask(CHIEF, "case_facts", atena_ref=ref).filter(fact="時効", kind="承認", from_date=DAY_ONE)
    assert facts["is_confirmed"].to_list() == [is_written] * len(before)
    assert all(row["is_planned"] for row in after.values())
    if is_written:
        assert {row["renewed_on"] for row in after.values()} == {DAY_ONE}
        assert years == {2}
    else:
        assert [row["prescription_on"] for row in after.values()] == [row["prescription_on"] for row in before.values()]
    (state,) = derived("plan_state", f"plan_number = '{plan.event_id}'")
    assert (state["plan_state"], state["planned_yen"], state["paid_yen"], state["next_promised_yen"]) == ("履行中", 10_000, 0, 5_000)
    assert len(told(ref, "分納")) == 1


def test_a_broken_plan_is_on_the_worklist_and_a_cancelled_one_is_not(ref):
    plan = pledge(ref, [(DAY_ONE, 3_000), (DAY_TWO + timedelta(days=30), 3_000)])
    assert take_in(DAY_TWO).is_published
    assert "分納不履行" in query.ask(CHIEF, "case_reasons", atena_ref=ref)["queue"].to_list()
    write(ref, "plan_cancellation", plan=plan.event_id, cancelled_on=DAY_TWO, reason="不履行")
    assert query.ask(CHIEF, "case_plans", atena_ref=ref).is_empty()


@pytest.mark.parametrize("is_claim", [True, False])
def test_a_reminder_is_a_催告_in_law_only_when_it_says_so(ref, is_claim):
    first = owed(ref)[0]["installment_key"]
    write(ref, "reminder", sent_on=DAY_ONE, letter="催告書", installments=[first], is_claim=is_claim)
    assert take_in(DAY_TWO).is_published
    facts = query.ask(CHIEF, "case_facts", atena_ref=ref).filter(fact="時効", kind="催告", from_date=DAY_ONE)
    assert facts["installment_key"].to_list() == [first] * is_claim


def test_what_came_in_pays_the_parts_in_their_order(own_city):
    """A plan pledged in the past, over installments that were paid since: the SQL beside a plain count."""
    paid = receipts_of_somebody()
    pledged_on, whole, first = paid[0][2], sum(row[3] for row in paid), paid[0][3]
    parts = [(pledged_on, first - 1), (pledged_on + timedelta(days=1), whole - first - 1), (date(2027, 1, 31), 5_000)]
    left, expected = whole, []
    for _, yen in parts:
        expected.append(min(left, yen))
        left -= expected[-1]
    plan = write(query.reference_of(paid[0][0]), "installment_plan", pledged_on=pledged_on, is_written=False,
                 installments=sorted({row[1] for row in paid}), parts=parts)
    assert take_in_again(own_city).is_published
    (state,) = derived("plan_state", f"plan_number = '{plan.event_id}'")
    assert (state["paid_yen"], state["plan_state"]) == (sum(expected), "履行中")
    assert (state["next_promised_on"], state["next_promised_yen"]) == (date(2027, 1, 31), 5_000)


def receipts_of_somebody() -> list[tuple]:
    """(宛名番号, 期別の番号, 領収日, 円) of the delinquent who paid most often in the last year, oldest first."""
    folder = snapshot.current().folder
    receipt, notice, delinquent = (f"read_parquet('{folder}/{name}.parquet')" for name in ("restricted/receipt", "restricted/annual_assessment", "derived/delinquent"))
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select atena_number, notice_number || '-' || installment_no, received_on, principal_yen from {receipt} as receipt "
            f"join {notice} as notice using (notice_number) where atena_number in (select atena_number from {delinquent}) "
            "and received_on between '2025-11-01' and '2026-10-29' and principal_yen > 0 order by 1, 3").fetchall()
    number = max({row[0] for row in rows}, key=lambda one: (sum(row[0] == one for row in rows), one))
    found = [row for row in rows if row[0] == number]
    assert len(found) >= 2
    return found


def take_in_again(home):
    """The second day once more, over the first day's snapshot: the newest is set aside."""
    first = next(path for path in sorted(settings_snapshots(home)) if path.name.startswith("20261029"))
    (home / "snapshots" / "CURRENT").write_text(first.name + "\n", "ascii")
    return take_in(DAY_TWO)


def settings_snapshots(home):
    return (path for path in (home / "snapshots").iterdir() if path.is_dir())

"""論理消去: exactly what the rule names goes, with two people's consent; the years still foot, and it can be put back."""

import subprocess
import sys
import uuid
from datetime import date

import duckdb
import polars as pl
import pytest

import settings
from auth.access import NotAllowed
from casework import ledger, levy_erasure, negotiation_note
from casework.approval import ApprovalRefused
from casework.subject import Subject
from data_access import erased, erasure, lineage, query, rollback, snapshot
from data_access.intake import take_in
from tests.data_access.feeds import DAY_ONE, DAY_TWO
from tests.data_access.test_rollback import agree as agree_to_roll_back
from tests.staff import ADMIN, CHIEF, MANAGER

LOSING = ("annual_assessment", "installment", "installment_component", "assessment_history", "receipt", "overpayment")


def table(name: str, layer: str = "restricted", of: snapshot.Snapshot | None = None) -> pl.DataFrame:
    return pl.read_parquet((of or snapshot.current()).folder / layer / f"{name}.parquet")


def propose(user=CHIEF, **changed):
    found = erasure.candidates_of(snapshot.current())
    said = {"snapshot_id": snapshot.current().id, "notice_count": found.height, "assessed_yen": found["assessed_yen"].sum(),
            "digest": erasure.digest(found), "reason": "保管期間を過ぎたため。"} | changed
    return levy_erasure.propose(user, event_id=str(uuid.uuid4()), expected_version=ledger.version_of("levy_erasure"), today=DAY_ONE, **said)


def agree(proposal):
    return levy_erasure.approve(MANAGER, proposal_id=proposal.event_id, event_id=str(uuid.uuid4()), today=DAY_ONE)


def withdraw(proposal):
    again = levy_erasure.propose_withdrawal(CHIEF, withdraws=proposal.event_id, reason="照会を受けたため。", event_id=str(uuid.uuid4()),
                                            expected_version=ledger.version_of("levy_erasure"), today=DAY_TWO)
    return agree(again)


def by_hand(of: snapshot.Snapshot) -> set[str]:
    """The rule once more, row by row and without SQL."""
    kept = {name: table(name, of=of).to_dicts() for name in ("annual_assessment", "installment", "receipt", "write_off", "overpayment", "demand",
                                                            "negotiation_note", "ledger_note", "disposition", "suspension", "installment_plan_scope")}
    whose = {row["notice_number"]: row["atena_number"] for row in kept["annual_assessment"]}
    years = {row["notice_number"]: (row["atena_number"], row["levy_year"]) for row in kept["annual_assessment"]}
    busy = {row["atena_number"] for name in ("negotiation_note", "ledger_note", "disposition", "suspension") for row in kept[name]}
    busy |= {whose[row["notice_number"]] for name in ("demand", "installment_plan_scope") for row in kept[name]}
    busy |= {whose[row["notice_number"]] for row in kept["installment"] if row["stored_unpaid_yen"]}
    busy |= {whose[row["notice_number"]] for row in kept["overpayment"] if row["overpaid_yen"] != row["settled_yen"]}
    closed = {key: 0 for key in years.values()}
    for row in kept["annual_assessment"]:
        closed[years[row["notice_number"]]] = max(closed[years[row["notice_number"]]], row["assessment_fiscal_year"])
    for name in ("receipt", "write_off", "overpayment"):
        for row in kept[name]:
            closed[years[row["notice_number"]]] = max(closed[years[row["notice_number"]]], row["fiscal_year"])
    return {notice for notice, key in years.items() if key[0] not in busy and date(closed[key] + 8, 6, 1) <= of.business_date}


def test_the_candidates_are_those_of_the_rule(city):
    found = erasure.candidates_of(snapshot.current())
    assert set(found["notice_number"]) == by_hand(snapshot.current()) != set()
    figures = erasure.by_year(found)
    assert figures["notice_count"].sum() == found.height
    assert figures["assessed_yen"].sum() == figures["received_yen"].sum(), "paid in full"
    assert max(figures["levy_year"]) <= 2018


def test_without_an_approval_nothing_is_left_out(eve):
    before = table("annual_assessment").height
    propose()
    assert take_in(DAY_TWO).outcome == "公開"
    assert table("annual_assessment").height >= before
    assert "restricted/erased_levy" not in snapshot.current().manifest["tables"]


def test_approved_rows_are_gone_from_every_table_and_the_years_still_foot(founded, eve, monkeypatch):
    first, gone = snapshot.current(), erasure.candidates_of(snapshot.current())
    proposal = propose()
    approval = agree(proposal)
    assert take_in(DAY_TWO).outcome == "公開"
    numbers = set(gone["notice_number"])
    for name in LOSING:
        assert not numbers & set(table(name)["notice_number"]), name
        assert table(name)["notice_number"].n_unique() > 0, name
    keys = set(gone.select("atena_number", "levy_year").rows())
    assert not keys & set(table("nhi_levy").select("head_atena_number", "levy_year").rows())
    assert not numbers & set(table("balance", "derived")["notice_number"])
    stones = table("erased_levy")
    assert set(stones["notice_number"]) == numbers
    assert set(stones.select("proposal_id", "approval_id", "erased_on", "last_snapshot_id").rows()) == {
        (proposal.event_id, approval.event_id, DAY_TWO, first.id)}
    assert_foots(founded, snapshot.current(), monkeypatch)
    assert query.ask(CHIEF, "rate_by_year", district=None).height


def assert_foots(founded, now: snapshot.Snapshot, monkeypatch) -> None:
    """Against the same day taken in without an erasure: every sum of every year is the same."""
    with monkeypatch.context() as patch:
        patch.setenv("CONSOLE_HOME", str(founded["served"]))
        whole = snapshot.current()
    for name in ("settlement", "rate_cube", "rate_month"):
        here, there = (duckdb.connect().sql(f"from read_parquet('{one.folder}/derived/{name}.parquet')").fetchall() for one in (now, whole))
        assert sorted(map(str, here)) == sorted(map(str, there)), name
    assert not {"atena_number", "notice_number"} & set(table("erased_rate_cube", of=now).columns)


def test_the_older_snapshot_still_holds_them_and_a_withdrawal_puts_them_back(founded, eve, monkeypatch):
    """Erased on the second day; gone back by a day, withdrawn, taken in again: everything is where it was."""
    first = snapshot.current()
    proposal = propose()
    agree(proposal)
    take_in(DAY_TWO)
    left = snapshot.current()
    assert set(erasure.candidates_of(first)["notice_number"]) == set(table("erased_levy")["notice_number"])
    agree_to_roll_back(first.id, left.id)
    rollback.roll_back()
    withdraw(proposal)
    assert take_in(DAY_TWO).outcome == "公開"
    assert "restricted/erased_levy" not in snapshot.current().manifest["tables"]
    assert table("receipt").height == table("receipt", of=find_served(founded, monkeypatch)).height


def find_served(founded, monkeypatch) -> snapshot.Snapshot:
    with monkeypatch.context() as patch:
        patch.setenv("CONSOLE_HOME", str(founded["served"]))
        return snapshot.current()


def test_rows_put_back_the_day_after_are_the_rows_that_went(founded, eve, monkeypatch):
    """The step of an intake alone: from the erased snapshot on, with the withdrawal approved."""
    proposal = propose()
    agree(proposal)
    take_in(DAY_TWO)
    without = snapshot.current()
    withdraw(proposal)
    work = settings.home() / "work"
    work.mkdir()
    for path in (without.folder / "restricted").glob("*.parquet"):
        (work / path.name).write_bytes(path.read_bytes())
    erased.leave_out(work, date(2026, 11, 2), without)
    whole = find_served(founded, monkeypatch)
    for name in ("annual_assessment", "installment", "assessment_history", "receipt", "overpayment", "nhi_levy"):
        here, there = pl.read_parquet(work / f"{name}.parquet"), table(name, of=whole)
        assert sorted(map(str, here.rows())) == sorted(map(str, there.select(here.columns).rows())), name
    assert pl.read_parquet(work / "erased_levy.parquet").is_empty()
    assert pl.read_parquet(work / "erased_rate_cube.parquet").is_empty()


def test_once_the_older_snapshots_are_purged_it_stays_erased(eve):
    proposal = propose()
    agree(proposal)
    take_in(DAY_TWO)
    without = snapshot.current()
    with snapshot.alone():
        for kept in lineage.offered()[1:]:
            snapshot.remove(kept.id)
    withdraw(proposal)
    work = settings.home() / "work"
    work.mkdir()
    for path in (without.folder / "restricted").glob("*.parquet"):
        (work / path.name).write_bytes(path.read_bytes())
    erased.leave_out(work, date(2026, 11, 2), without)
    assert pl.read_parquet(work / "erased_levy.parquet").height == table("erased_levy").height


def test_somebody_spoken_to_since_the_proposal_is_not_erased(eve):
    gone = erasure.candidates_of(snapshot.current())
    person = gone["atena_number"][0]
    agree(propose())
    negotiation_note.record_note(
        CHIEF, Subject(person, query.reference_of(person), "D01"), event_id=str(uuid.uuid4()), expected_version=0, contacted_on=DAY_ONE, method="電話",
        direction="受信", counterpart="本人", outcome="連絡のみ", body="過去の納付について照会。", today=DAY_TWO)
    assert take_in(DAY_TWO).outcome == "公開"
    assert person in set(table("annual_assessment")["atena_number"])
    assert person not in set(table("erased_levy")["atena_number"])
    assert table("erased_levy").height == gone.filter(pl.col("atena_number") != person).height


def test_an_approval_of_another_list_erases_nothing(eve):
    agree(propose(digest="0" * 64))
    assert take_in(DAY_TWO).outcome == "公開"
    assert "restricted/erased_levy" not in snapshot.current().manifest["tables"]


def test_who_may_propose_and_what(eve):
    propose(ADMIN)
    with pytest.raises(NotAllowed, match="論理消去を提案する"):
        propose(MANAGER)
    for changed in ({"digest": "x"}, {"snapshot_id": "CURRENT"}, {"notice_count": 0}):
        with pytest.raises(ApprovalRefused):
            propose(**changed)


def test_the_dry_run_counts_and_touches_nothing(city):
    before = {path: path.stat().st_mtime_ns for path in snapshot.current().folder.rglob("*.parquet")}
    told = subprocess.run([sys.executable, "-m", "data_access.erasure"], cwd=settings.ROOT, capture_output=True, text=True, check=True).stdout
    found = erasure.candidates_of(snapshot.current())
    assert f"計 {found.height:,}通  一覧の照合番号 {erasure.digest(found)}" in told
    assert not any(number in told for number in found["atena_number"])
    assert {path: path.stat().st_mtime_ns for path in before} == before

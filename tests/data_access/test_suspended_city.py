"""A 執行停止 whose 時効 has passed and who buys a car, an open 破産手続, and a 督促 withdrawn only tomorrow: what the first day makes of them."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from data_access import connection, snapshot
from data_access.derivation import derivation
from data_access.intake import take_in
from data_access.query import ask, standing
from law.suspension import explain as explain_suspension
from tests.data_access.feeds import DAY_ONE, Feed
from tests.pages.screen import show
from tests.pages.test_suspension_way import keyed, press
from tests.staff import CHIEF, MANAGER, OFFICER

STOPPED_ON = date(2025, 2, 3)
WHOLE = {"queue": None, "district": None, "sort": "急ぐ順", "page_size": 10_000, "skipped": 0}
PAGE = {"district": None, "page_size": 10_000, "skipped": 0}


def derived(name: str, folder: Path | None = None) -> pl.DataFrame:
    """A derived table of the served snapshot, or of the one in `folder`."""
    return pl.read_parquet((folder or snapshot.current().folder) / "derived" / f"{name}.parquet")


def add(table: str, **values: object) -> None:
    """One more row in the feed of the first day."""
    feed = Feed(table, DAY_ONE)
    cells = {column.name: "" for column in feed.table.columns} | {name: str(value) for name, value in values.items()}
    feed.write([*feed.rows(), [cells[column.name] for column in feed.table.columns]])


def withdraw(key: tuple[str, str], on: date) -> None:
    """The 督促 of one installment is taken back on this day."""
    feed = Feed("demand", DAY_ONE)
    rows = feed.rows()
    for row in rows:
        if (row[feed.at("notice_number")], row[feed.at("installment_no")]) == key:
            row[feed.at("withdrawn_on")] = on.isoformat()
    feed.write(rows)


@pytest.fixture
def cases(founded, empty_city):
    """宛名番号 by what was added to it: stopped and lapsed, bankrupt, and withdrawn tomorrow."""
    before = derived("case_installment", min((founded["served"] / "snapshots").glob("2*T*"))).filter("is_overdue")
    lapsed = before.filter(claim_state="消滅")["atena_number"][0]
    seizable = before.filter(pl.col("disposition_kind").is_null(), claim_state="差押可能")
    found = {"stopped": lapsed, "bankrupt": seizable["atena_number"][0], "withdrawn": seizable["atena_number"][-1]}
    add("suspension", suspension_number="99000001", atena_number=lapsed, ground="1号", decided_on=STOPPED_ON)
    for row in before.filter(atena_number=lapsed).iter_rows(named=True):
        add("suspension_installment", suspension_number="99000001", notice_number=row["notice_number"], installment_no=row["installment_no"])
    for number, bought_on, ownership in (("99000001", STOPPED_ON + timedelta(days=1), "本人所有"), ("99000002", STOPPED_ON, "本人所有"), ("99000003", DAY_ONE, "リース")):
        add("light_vehicle", vehicle_number=number, atena_number=lapsed, plate=f"いなば 580 あ {number[-4:]}", vehicle_kind="軽自動車（乗用）",
            owned_from=bought_on, ownership=ownership, yearly_tax_yen=10_800)
    add("court_case", court_case_number="99000001", atena_number=found["bankrupt"], court_name="いなば地方裁判所", docket="令和8年（フ）第1号",
        case_kind="破産", opened_on=DAY_ONE - timedelta(days=30))
    key = seizable.select("notice_number", "installment_no").row(-1)
    withdraw(key, DAY_ONE + timedelta(days=1))
    report = take_in(DAY_ONE)
    assert report.is_published, [problem.sentence() for problem in report.problems]
    return found | {"key": key}


def listed(user, number: str) -> tuple[str, list[dict]]:
    """参照番号 and the overdue installments of one person, as `user` sees them."""
    reference = derived("delinquent").filter(atena_number=number)["atena_ref"][0]
    return reference, ask(user, "case_installments", atena_ref=reference, only_overdue=True).to_dicts()


def queues(reference: str) -> set[str]:
    rows = ask(CHIEF, "district_worklist", **WHOLE).filter(atena_ref=reference)
    return {reason["queue"] for row in rows["reasons"] for reason in row}


def test_the_lists_and_states_of_the_day(cases):
    reference, rows = listed(CHIEF, cases["stopped"])
    person = ask(CHIEF, "case_head", atena_ref=reference).row(0, named=True)
    assert person["is_wholly_suspended"]
    assert person["suspended_yen"] == person["unpaid_yen"]
    assert queues(reference) == {"時効経過"}
    assert any(row["claim_state"] == "消滅" for row in rows)
    assert {(row["suspension_ground"], row["three_years_on"]) for row in rows} == {("1号", date(2028, 2, 3))}
    assert {row["seizure_bars"][0] for row in rows} == {"執行停止"}
    for row in rows:
        found = derivation(CHIEF, reference, row["installment_key"], standing().as_of)
        assert found.agrees
        assert found.prescription["on"][-1] == date(2028, 2, 3)
        assert "停止3年の終わり 2028-02-03、時効" in found.prescription["sentence"][-1]
        assert any("差し押さえられない（執行停止）" in sentence for sentence in found.demand["sentence"])
    days = derived("deadline").filter(atena_number=cases["stopped"])
    assert set(days["deadline_kind"]) == {"停止3年", "停止中の時効"}, "stopped: neither 時効 nor 出納閉鎖 asks anybody to act"
    assert set(days.filter(deadline_kind="停止3年")["day"]) == {date(2028, 2, 3)}
    assert sorted(days.filter(deadline_kind="停止中の時効")["day"]) == sorted(derived("case_installment").filter(
        pl.col("is_overdue"), ~pl.col("is_held"), atena_number=cases["stopped"])["completes_on"])
    _watched(reference)
    _bankrupt(cases)
    _withdrawn(cases)


def _watched(reference):
    """The car that came the day after the decision is a sign; the one of that very day and the leased one are none."""
    person = ask(CHIEF, "suspension_watch", sign="車両", **PAGE).filter(atena_ref=reference).row(0, named=True)
    cars = [sign for sign in person["signs"] if sign["sign"] == "車両"]
    assert [(car["evidence_id"], car["day"], car["yen"]) for car in cars] == [("軽自 99000001", STOPPED_ON + timedelta(days=1), None)]
    assert all(sign["day"] > STOPPED_ON for sign in person["signs"])
    assert (person["ground"], person["suspended_on"]) == ("1号", STOPPED_ON)
    screen = show(CHIEF, "suspension_watch", sign="車両", watched_person=reference)
    assert "車両" in screen.cells("signs_told")[0]
    assert dict(zip(screen.cells("sign", 1), screen.cells("happened_on", 1), strict=True))["車両"] == "R07.02.04"
    _proposed(screen, reference)
    screen = show(CHIEF, "suspension_watch", watch_view="3年・時効の到来")
    assert min(screen.cells("person_count")) > 0, "a month in which nothing ends has no row, and is not where the list opens"
    assert keyed(screen.at.selectbox, "ends_month").value == screen.cells("ends")[0]
    assert set(screen.cells("ended_by", 1)) == {"時効"}
    ending = ask(CHIEF, "suspension_arrival_list", from_month=date(1900, 1, 1), to_month=date(2100, 1, 1), **PAGE).filter(atena_ref=reference)
    still = [row["unpaid_yen"] for row in ask(CHIEF, "case_installments", atena_ref=reference, only_overdue=True).to_dicts() if row["claim_state"] != "消滅"]
    assert 0 < sum(still) == person["suspended_yen"] < ending["principal_yen"].sum(), "what 時効 has ended is not there to be claimed again"
    assert set(ending["ended_by"]) == {"時効"}
    stopped = connection.engine().connection.cursor().execute(
        "select levy_kind, suspended_on, if(is_held, null, completes_on), suspension_ground from derived.case_installment where suspension_ground is not null").fetchall()
    explained = [explain_suspension(int(ground.removesuffix("号")), on, dies_on, kind) for kind, on, dies_on, ground in stopped]
    seen = connection.reader(connection.engine(), CHIEF).execute("select ends_on, ended_by from disclosed.suspended_installment order by all").fetchall()
    assert seen == sorted((each.ends_on, each.ended_by) for each in explained)
    months = ask(CHIEF, "suspension_arrivals", district=None, months=36)
    assert months["ends_month"][0] == date(2026, 9, 1), "what has passed stands in the month before"
    each = connection.reader(connection.engine(), CHIEF).execute(
        "select greatest(date_trunc('month', ends_on), date '2026-09-01')::date, ended_by, count(*), sum(unpaid_yen) from disclosed.suspended_installment group by all").fetchall()
    told = {(row["ends_month"], word): (row[f"by_{name}_count"], row[f"by_{name}_yen"]) for row in months.iter_rows(named=True)
            for word, name in (("時効", "prescription"), ("3年の継続", "three_years")) if row[f"by_{name}_count"]}
    assert told == {(month, word): (count, yen) for month, word, count, yen in each if month <= months["ends_month"].max()}, "each 期別 once, by what ends it first"


def _proposed(screen, reference):
    """Below the one chosen: the records, the way to the カルテ, and a 取消 whose reason begins with the signs."""
    assert "軽自 99000001" in screen.cells("evidence_id", 1)
    assert keyed(screen.at.button, "open_watched").label == "カルテを開く"
    reason = keyed(screen.at.text_area, "reason_").value
    assert reason.splitlines()[0] == "停止の決定（R07.02.03）より後に、次の資料がある。"
    assert "車両 R07.02.04 軽自 99000001" in reason
    keyed(screen.at.selectbox, "ground_").set_value("財産の判明")
    press(screen, "propose_", reason)
    assert "取消を起案しました" in screen.at.success[0].value
    assert not [button for button in screen.at.button if button.key.startswith("propose_")], "one proposal at a time"
    (waiting,) = ask(CHIEF, "waiting_decisions", kind="執行停止", district=None).to_dicts()
    assert (waiting["atena_ref"], waiting["matter"], waiting["body"]) == (reference, "suspension_cancellation", reason)
    for reader in (CHIEF, MANAGER):  # the records themselves, with day and source, whatever was typed
        told = show(reader, "suspension_candidates", waiting_decision=waiting["proposal_id"])
        (signs,) = [frame.value for frame in told.at.dataframe if {"sign", "sign_meaning"} <= set(frame.value.columns)]
        assert ("車両", "R07.02.04", "軽自 99000001") in set(signs[["sign", "happened_on", "evidence_id"]].itertuples(index=False, name=None))


def _bankrupt(cases):
    reference, rows = listed(CHIEF, cases["bankrupt"])
    assert all(row["seizure_bars"] == ["破産手続"] for row in rows)
    assert {row["claim_state"] for row in rows} <= {"差押不可", None}
    found = derivation(CHIEF, reference, rows[0]["installment_key"], standing().as_of)
    assert any("破産手続" in sentence for sentence in found.demand["sentence"])


def _withdrawn(cases):
    """Withdrawn after the snapshot's day: until then it counts, for the attachment and for the 時効 alike."""
    _, rows = listed(CHIEF, cases["withdrawn"])
    own = next(row for row in rows if row["installment_key"] == "-".join(cases["key"]))
    assert own["demanded_on"]
    assert own["seizable_from"] <= DAY_ONE
    facts = derived("installment_fact").filter(notice_number=cases["key"][0], installment_no=cases["key"][1], kind="督促")
    assert facts["record"].to_list() == [f"督促 {'-'.join(cases['key'])}"]


def test_only_the_cleared_learn_of_the_care_for_a_protected_person(city):
    protected = derived("delinquent").filter("is_protected")["atena_number"].to_list()
    assert protected
    for number in protected:
        _, rows = listed(CHIEF, number)
        assert all("支援措置の保護" in row["seizure_bars"] for row in rows)
        assert all(row["claim_state"] != "差押可能" for row in rows)
        assert listed(OFFICER, number)[1] == []

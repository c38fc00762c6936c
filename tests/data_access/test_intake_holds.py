"""A held day: what holds it, what a person's decision does, and that a decision is bound to exactly what was held."""

import csv
import json
import random
import uuid
from datetime import date

import duckdb
import pytest

import settings
from auth.access import NotAllowed
from casework import ledger
from casework.intake_decision import decide_intake, subject
from data_access import conformance, decision, hold, query, report, snapshot
from data_access.contract import systems, tables
from data_access.feed_schedule import SEVERITIES, Problem
from data_access.intake import main, take_in
from tests.data_access.feeds import DAY_ONE, DAY_TWO, Feed, enrich, schedule, write_schedule
from tests.staff import ADMIN, MANAGER, OFFICER

SEED = 20_261_123
DAILY = [code for code, system in systems().items() if system.due == "daily"]


def decide(decided: str, held: dict, user=MANAGER) -> ledger.Event:
    return decide_intake(user, event_id=str(uuid.uuid4()), expected_version=ledger.version_of(subject(DAY_TWO)), business_date=held["business_date"],
                         report_id=held["id"], digest=held["digest"], decision=decided, reason="送信元に確かめた。", today=DAY_TWO)


def waiting_decision() -> dict:
    (held,) = query.held_intakes(MANAGER).to_dicts()
    assert held["business_date"] == DAY_TWO
    return held


def broken_receipt(row: int = 1) -> None:
    """A receipt whose channel is no word of the contract: its row is set aside."""
    enrich()
    Feed("receipt").change("channel", "銀行", row)


def test_a_held_day_is_published_by_a_decision_and_by_nothing_else(eve, capsys):
    served = snapshot.current()
    broken_receipt()
    assert main([]) == 1
    assert snapshot.current() == served
    assert "2026-10-30: 保留" in capsys.readouterr().out
    reports = sorted(report.folder().glob("*.json"))
    assert main([]) == 1
    assert sorted(report.folder().glob("*.json")) == reports, "nothing new, nothing told"
    held = waiting_decision()
    assert any("隔離しました（0.1 %を超えています）" in reason for reason in held["reasons"])
    event = decide("公開", held, ADMIN)
    assert main([]) == 0
    now = snapshot.current()
    assert (now.business_date, now.manifest["intake_decision"]) == (DAY_TWO, event.event_id)
    assert report.last(DAY_TWO).decision == event.event_id
    assert query.held_intakes(MANAGER).is_empty()
    rows = duckdb.execute(f"select count(*) from read_parquet('{now.folder}/restricted/receipt.parquet') where channel = '銀行'").fetchone()
    assert rows == (0,)


def test_a_decision_is_void_when_the_feeds_change(eve):
    broken_receipt()
    assert take_in(DAY_TWO).outcome == "保留"
    first = waiting_decision()
    decide("公開", first)
    Feed("receipt").change("channel", "銀行", 2)
    made = take_in(DAY_TWO)
    assert made.outcome == "保留"
    assert [problem.severity for problem in made.problems if "前の決定は" in problem.rule] == ["報告"]
    assert snapshot.current().business_date == DAY_ONE
    second = waiting_decision()
    assert second["digest"] != first["digest"]
    decide("公開", second)
    assert take_in(DAY_TWO).outcome == "公開"


def test_a_day_sent_back_stays_refused_until_other_bytes_come(eve):
    broken_receipt()
    feed = Feed("receipt")
    assert take_in(DAY_TWO).outcome == "保留"
    decide("差戻し", waiting_decision())
    made = take_in(DAY_TWO)
    assert (made.outcome, made.problems[-1].rule) == ("拒否", "差戻しが決定されています")
    reports = sorted(report.folder().glob("*.json"))
    assert take_in(DAY_TWO).outcome == "拒否"
    assert sorted(report.folder().glob("*.json")) == reports
    assert query.held_intakes(MANAGER).is_empty()
    feed.change("channel", "窓口")
    assert take_in(DAY_TWO).outcome == "公開"


def test_a_decision_about_other_content_publishes_nothing(eve):
    broken_receipt()
    take_in(DAY_TWO)
    held = waiting_decision()
    decide("公開", held | {"digest": "0" * 64})
    assert take_in(DAY_TWO).outcome == "保留"
    assert snapshot.current().business_date == DAY_ONE


def test_only_who_may_look_sees_the_list(city):
    with pytest.raises(NotAllowed):
        query.held_intakes(OFFICER)


def test_a_missing_protection_feed_waits_for_a_person(eve):
    place = Feed("person").folder
    write_schedule(place, [line for line in schedule(place) if line["表"] != "protection"])
    made = take_in(DAY_TWO)
    assert made.outcome == "保留"
    assert [problem.sentence() for problem in made.problems] == [
        "宛名システム 連携予定.csv: 支援措置対象者（protection）が連携予定にありません。前日のまま公開してよいか決めるか、送信元に送付を依頼してください。"]
    before = snapshot.current()
    decide("公開", waiting_decision())
    assert take_in(DAY_TWO).outcome == "公開"
    tables_now = snapshot.current().manifest["tables"]
    assert tables_now["restricted/protection"]["sha256"] == before.manifest["tables"]["restricted/protection"]["sha256"]


def test_a_settlement_difference_is_explained_by_rows_set_aside(eve):
    """A receipt set aside leaves its installment short by its own amount: told, not held for that."""
    enrich()
    with_money = Feed("receipt")
    own = {tuple(row[with_money.at(name)] for name in with_money.table.key) for row in Feed("receipt", DAY_ONE).rows()}
    new = [number for number, row in enumerate(with_money.rows(), start=1)
           if tuple(row[with_money.at(name)] for name in with_money.table.key) not in own and row[with_money.at("principal_yen")] != "0"]
    with_money.change("channel", "銀行", new[0])
    made = take_in(DAY_TWO)
    told = {problem.severity for problem in made.problems if "収納額が収納履歴の合計と一致しません" in problem.rule or "が成り立ちません" in problem.rule}
    assert told == {"報告"}, [problem.sentence() for problem in made.problems]


def test_children_of_a_row_set_aside_follow_it_with_their_own_reason(empty_city):
    """A person of the first day whose row is broken: notices, installments and receipts go with it, to the last."""
    notices, people = Feed("annual_assessment", DAY_ONE), Feed("person", DAY_ONE)
    victim = notices.rows()[0][notices.at("atena_number")]
    rows = people.rows()
    for row in rows:
        if row[people.at("atena_number")] == victim:
            row[people.at("name_kana")] = ""
    people.write(rows)
    made = take_in(DAY_ONE)
    assert made.outcome == "保留"
    files = {file["table"]: file for file in made.files}
    assert files["annual_assessment"]["quarantined"] == {"「宛名番号」隔離した宛名基本の行を指しています": sum(row[notices.at("atena_number")] == victim for row in notices.rows())}
    assert set(files["installment"]["quarantined"]) == {"「通知書番号」隔離した年調定の行を指しています"}
    assert {problem.severity for problem in made.problems if problem.rule.startswith("繰越額が")} == {"報告"}, "the rows set aside explain it"
    for file in made.files:
        assert file["row_count"] == file["loaded"] + sum(file["quarantined"].values()), file["file"]
        assert file["totals"] == {label: file["loaded_totals"][label] + file["quarantined_totals"][label] for label in file["totals"]}, file["file"]


@pytest.mark.parametrize(("old", "new", "percent", "moved"), [(1000, 1200, "20", False), (1000, 1201, "20", True), (1000, 799, "20", True),
                                                              (1000, 800, "20", False), (0, 1, "10", True), (0, 0, "10", False)])
def test_a_swing_is_counted_exactly(old, new, percent, moved):
    assert hold._moved(new, old, hold.Decimal(percent)) is moved


def test_a_swing_holds_the_day(eve, monkeypatch):
    """With the city's line drawn at no change at all, one more receipt and one more yen hold the day."""
    tight = hold.Limits(**{**vars(hold.limits(DAY_TWO)), "swing_rows_over": 0, "swing_rows_percent": hold.Decimal(0), "swing_total_percent": hold.Decimal(0)})
    monkeypatch.setattr(hold, "limits", lambda day: tight)
    made = take_in(DAY_TWO)
    assert made.outcome == "保留"
    assert any(problem.rule.startswith("件数が前日の") and problem.severity == "保留" for problem in made.problems)
    assert any(problem.rule.startswith("収入未済額の合計が前日の") for problem in made.problems)


def test_limits_are_dated():
    assert hold.limits(date(1990, 1, 1)) == hold.limits(date(2020, 4, 1))
    assert hold.limits(DAY_TWO).quarantine_percent == hold.Decimal("0.1")


def test_the_ledger_s_words_are_the_intake_s(city):
    assert subject(DAY_TWO) == decision.subject(DAY_TWO)
    assert settings.home() == city


@pytest.mark.slow
def test_every_row_and_yen_is_accounted_for(eve):
    """Random cells of random rows broken in every file at once: in = loaded + set aside, announced = loaded + set aside."""
    rng = random.Random(SEED)
    enrich()
    for name in sorted(line["表"] for system in DAILY for line in schedule(settings.inbox() / DAY_TWO.isoformat() / system)):
        feed = Feed(name)
        rows = feed.rows()
        for _ in range(min(len(rows), 3)):
            row, column = rng.choice(rows), rng.choice([each for each in feed.table.columns if each.name not in feed.table.control])
            row[feed.at(column.name)] = rng.choice(["", "x", "2", "9999999999", "2026-02-31"])
        feed.write(rows)
    made = take_in(DAY_TWO)
    assert made.outcome == "保留", f"seed {SEED}: {[problem.sentence() for problem in made.problems]}"
    aside = 0
    for file in made.files:
        assert file["row_count"] == file["loaded"] + file["quarantined_count"], f"seed {SEED}: {file}"
        assert file["totals"] == {label: file["loaded_totals"][label] + file["quarantined_totals"][label] for label in file["totals"]}, f"seed {SEED}: {file}"
        kept = settings.quarantine() / DAY_TWO.isoformat() / f"{file['table']}.parquet"
        found = duckdb.execute(f"select count(*), count(distinct row) from read_parquet('{kept}')").fetchone() if kept.exists() else (0, 0)
        assert found == (file["quarantined_count"], file["quarantined_count"]), f"seed {SEED}: {file}"
        aside += file["quarantined_count"]
    assert aside > 10, f"seed {SEED}"
    texts = [path.read_bytes() for path in report.folder().glob(f"連携検査結果_{DAY_TWO}_*.csv")]
    assert len(texts) == len(DAILY)
    assert all(text.startswith(b"\xef\xbb\xbf") for text in texts)
    assert json.loads(next(report.folder().glob(f"{DAY_TWO}_*.json")).read_text("utf-8"))["outcome"] == "保留"


def test_the_sender_is_told_every_row_worst_first_and_clean_files_last(eve):
    """連携検査結果: three broken rows are three row numbers, three doubles too; beyond a hundred the rest is ほか."""
    enrich()
    feed = Feed("person")
    rows = feed.rows()
    rows += [[*rows[0]] for _ in range(9 - len(rows))]
    for number in (2, 5, 9):
        rows[number - 2][feed.at("resident_state")] = "不在"
    feed.write(rows)
    take_in(DAY_TWO)
    text = (report.folder() / f"連携検査結果_{DAY_TWO}_atena.csv").read_text("utf-8-sig")
    lines = list(csv.DictReader(text.splitlines()))
    assert [line["行"] for line in lines if line["結果"] == "隔離"] == ["2、5、9", "7、8、10"], text
    marks = [line["結果"] for line in lines]
    assert marks == sorted(marks, key=[*SEVERITIES, "受領", "適合"].index)
    assert {"隔離", "受領", "適合"} <= set(marks)
    many = Problem("収納システム", "a.csv", "だめです", "直す。", tuple(range(2, 102)), "=HYPERLINK(1)", count=150)
    (_, line) = csv.reader(conformance.conformance("2026-10-30", "収納システム", [], [many]).splitlines())
    assert line[4].startswith("2、3、")
    assert line[4].endswith("、101 ほか")
    assert line[5] == "'=HYPERLINK(1)", "what a sender calls a column is no formula"


def test_no_column_of_the_contract_is_called_as_the_quarantine_s_own():
    assert not [table.name for table in tables().values() for column in table.columns if column.name in ("row", "rule")]

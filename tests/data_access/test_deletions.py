"""削除フラグ: a difference takes a row away, with a history or without; in the accounts such a row is one like the others."""

import duckdb
import pytest

from data_access import lineage, report, snapshot, source
from data_access.contract import tables
from data_access.intake import take_in
from data_access.snapshot import Snapshot
from tests.data_access.feeds import DAY_ONE, DAY_TWO, Feed


def asked(used: Snapshot, query: str) -> list[tuple]:
    """The answer of `query` over a snapshot's schema `source` and its table `balance`."""
    with duckdb.connect() as connection:
        source.create(connection, used.parquet("restricted"))
        connection.execute(f"create view balance as from read_parquet('{used.folder}/derived/balance.parquet')")
        return connection.execute(query).fetchall()


def marked(name: str) -> Feed:
    """The second day's file of a table without a history, given 削除フラグ; every row of it is there to stay."""
    feed = Feed(name)
    rows = feed.rows()
    feed.table = feed.table.as_headed(["削除フラグ"])
    feed.labels = [column.label for column in feed.table.columns]
    feed.write([[*row, "0"] for row in rows])
    return feed


def test_a_booked_速報_counts_no_more_and_a_deleted_送付先_is_nobody_s(city):
    """The city's own second day, taken in: three 速報 were booked, one 送付先 was deleted."""
    eve, served = snapshot.find(lineage.offered()[1].id), snapshot.current()
    gone = [row for row in Feed("flash_receipt").rows() if row[-1] == "1"]
    assert gone
    for number, notice, no, *_, yen, _ in gone:
        assert number in {row[0] for row in Feed("flash_receipt", DAY_ONE).rows()}
        flash_yen = f"select flash_yen from balance where notice_number = '{notice}' and installment_no = '{no}'"
        assert (asked(eve, flash_yen), asked(served, flash_yen)) == ([(int(yen),)], [(0,)])
    columns = asked(served, "select column_name from (describe source.flash_receipt)")
    assert [name for (name,) in columns] == [column.name for column in tables()["flash_receipt"].columns]
    (person,) = (row[0] for row in Feed("mailing_address").rows() if row[-1] == "1")
    standing = f"select count(*) from source.mailing_address where atena_number = '{person}'"
    assert (asked(eve, standing), asked(served, standing)) == ([(1,)], [(0,)])
    history = f"select history_number, is_deleted from source.mailing_address_history where atena_number = '{person}' order by all"
    assert asked(served, history) == [(1, False), (2, True)]
    counts = {file["table"]: (file["row_count"], file["loaded"], file["quarantined_count"]) for file in report.last(DAY_TWO).files}
    assert counts["flash_receipt"] == (len(Feed("flash_receipt").rows()), len(Feed("flash_receipt").rows()), 0)


def test_a_row_of_any_table_may_go(eve):
    contact, before = marked("contact"), Feed("contact", DAY_ONE).rows()
    contact.write([*contact.rows(), [*before[0], "1"]])
    assert take_in(DAY_TWO).is_published
    numbers = {(person, str(no)) for person, no in asked(snapshot.current(), "select atena_number, contact_no from source.contact")}
    assert tuple(before[0][:2]) not in numbers
    assert {tuple(row[:2]) for row in before[1:]} <= numbers


def test_a_deletion_takes_away_the_row_it_names_or_none(eve):
    """Of a 速報 with an unknown 通知書番号: what comes new is set aside, and so is what would delete another row; what would
    delete nothing is told."""
    feed = Feed("flash_receipt")
    rows = feed.rows()
    for row in rows[:2]:
        assert row[-1] == "1"
        row[feed.at("notice_number")] = "9999999999"
    rows[1][feed.at("flash_number")] = "209999999998"
    new = [*rows[-1][:-1], "0"]
    new[feed.at("flash_number")], new[feed.at("notice_number")] = "209999999999", "9999999999"
    feed.write([*rows, new])
    made = take_in(DAY_TWO)
    told = {(problem.rows, problem.severity, problem.column, problem.rule) for problem in made.problems if problem.rows}
    assert told == {
        ((2,), "隔離", "削除フラグ", "削除する行と、前日までのその行の通知書番号か期別が違います"),
        ((3,), "報告", "削除フラグ", "削除する行が前日までにありません（何も消していません）"),
        ((len(rows) + 2,), "隔離", "通知書番号", "年調定にない番号を指しています")}
    text = (report.folder() / f"連携検査結果_{DAY_TWO}_shuno.csv").read_text("utf-8-sig")
    assert all(rule in text for *_, rule in told)


@pytest.mark.slow
def test_what_others_point_at_does_not_go_unseen(eve):
    annual = marked("annual_assessment")
    annual.write([*annual.rows(), [*Feed("annual_assessment", DAY_ONE).rows()[0], "1"]])
    made = take_in(DAY_TWO)
    assert made.outcome == "保留"
    assert "から消えた番号を指しています" in " ".join(problem.rule for problem in made.problems)

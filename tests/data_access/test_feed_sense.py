"""A feed whose files are right one by one and wrong together is not taken in, and the sender is told where."""

from datetime import date, timedelta

import duckdb
import pytest

from data_access import derive, feed_sense, snapshot
from data_access.intake import take_in
from tests.data_access.feeds import DAY_ONE, DAY_TWO, Feed, enrich
from tests.data_access.source_rows import by, one, pick

KEY = ("notice_number", "installment_no")


def later(text: str) -> str:
    """The next day, as shuno writes it."""
    day = date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}") + timedelta(days=1)
    return f"{day:%Y%m%d}"


# table · item · how one cell of it is spoilt · file, item and rule that the report names
SPOILT = [
    ("annual_assessment", "assessed_yen", lambda cell: str(int(cell) + 100), "年調定", "年調定額",
     "2026年度の年調定額が期別調定額の合計と一致しません（差 100 円）"),
    ("first_installment", "installment_no", lambda _: "10", "開始期別", "開始期別", "開始期別か期数が期別調定と一致しません"),
    ("first_installment", "installment_count", lambda cell: str(int(cell) + 1), "開始期別", "開始期別", "開始期別か期数が期別調定と一致しません"),
    ("installment", "due_date", later, "期別調定", "納期限", "納期限が期別マスタと一致しません"),
    ("installment_master", "nominal_due_on", lambda cell: later(later(later(cell))), "期別マスタ", "納期限",
     "納期限が、納期の末日（閉庁日なら次の開庁日）と一致しません"),
    ("carry_over", "carried_yen", lambda cell: str(int(cell) + 1), "年次繰越", "繰越額",
     "繰越額が、前年度末に残っていた期別調定額の合計と一致しません"),
]
LAST_MONTH = (date(2026, 9, 30), "月次繰越", "繰越額", "繰越額が、月末に残っていた期別調定額の合計と一致しません")


@pytest.mark.parametrize(("table", "item", "spoil", "file", "column", "rule"), SPOILT, ids=[f"{row[0]}.{row[1]}" for row in SPOILT])
def test_what_disagrees_is_told(eve, table, item, spoil, file, column, rule):
    enrich()
    feed = Feed(table)
    row = feed.rows()[0]
    feed.change(item, spoil(row[feed.at(item)]))
    made = take_in(DAY_TWO)
    assert not made.is_published
    told = [(problem.system, problem.file, problem.column, problem.rule, problem.count) for problem in made.problems]
    assert told == [("収納システム", file, column, rule, 1)]
    assert made.problems[0].remedy.endswith("。")


def test_the_city_s_own_feeds_make_sense(city):
    with duckdb.connect() as connection:
        derive.load_law(connection)
        assert feed_sense.senseless(connection, snapshot.current().folder / "restricted") == []


def test_the_carried_yen_are_what_a_plain_walk_through_the_years_finds(rows):
    """年次繰越: every installment followed from year to year, with the assessment as it stood at each 3/31."""
    notices, corrections = one(rows.source("annual_assessment"), "notice_number"), by(rows.source("assessment_history"), *KEY)
    receipts, gone = by(rows.source("receipt"), *KEY), by(rows.source("write_off"), *KEY)
    stored = one(rows.source("carry_over"), "assessment_fiscal_year", "levy_kind", "fiscal_year")
    expected = dict.fromkeys(stored, 0)
    for installment in rows.source("installment"):
        at, notice = pick(installment, *KEY), notices[(installment["notice_number"],)]
        for own, kind, into in stored:
            if (own, kind) != (notice["assessment_fiscal_year"], notice["levy_kind"]) or notice["notified_on"] >= date(into, 4, 1):
                continue
            coming = [row for row in corrections.get(at, ()) if row["corrected_on"] >= date(into, 4, 1)]
            assessed = min(coming, key=lambda row: row["corrected_on"])["before_yen"] if coming else installment["assessed_yen"]
            received = sum(row["principal_yen"] for row in receipts.get(at, ()) if row["fiscal_year"] < into)
            written_off = sum(row["written_off_yen"] for row in gone.get(at, ()) if row["fiscal_year"] < into)
            expected[own, kind, into] += max(0, assessed - received - written_off)
    assert {at: row["carried_yen"] for at, row in stored.items()} == expected
    assert sum(expected.values()) > 0


def test_the_monthly_yen_are_what_a_plain_walk_finds(rows):
    """月次繰越: every month end of the running fiscal year, by the day of booking, with the assessment as it stood then."""
    notices, corrections = one(rows.source("annual_assessment"), "notice_number"), by(rows.source("assessment_history"), *KEY)
    receipts, gone = by(rows.source("receipt"), *KEY), by(rows.source("write_off"), *KEY)
    stored = one(rows.source("monthly_carry_over"), "assessment_fiscal_year", "levy_kind", "carried_on")
    ends = sorted({on for *_, on in stored})
    assert ends == [date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30)]
    expected = dict.fromkeys(stored, 0)
    for installment in rows.source("installment"):
        at, notice = pick(installment, *KEY), notices[(installment["notice_number"],)]
        for end in (end for end in ends if notice["notified_on"] <= end):
            coming = [row for row in corrections.get(at, ()) if row["corrected_on"] > end]
            assessed = min(coming, key=lambda row: row["corrected_on"])["before_yen"] if coming else installment["assessed_yen"]
            received = sum(row["principal_yen"] for row in receipts.get(at, ()) if row["booked_on"] <= end)
            written_off = sum(row["written_off_yen"] for row in gone.get(at, ()) if row["written_off_on"] <= end)
            expected[notice["assessment_fiscal_year"], notice["levy_kind"], end] += max(0, assessed - received - written_off)
    assert {at: row["carried_yen"] for at, row in stored.items()} == expected
    assert sum(expected.values()) > 0


def test_a_month_that_does_not_add_up_is_told(eve):
    enrich()
    on, file, column, rule = LAST_MONTH
    feed = Feed("monthly_carry_over", DAY_ONE)
    newest = [row for row in feed.rows() if row[feed.at("carried_on")] == f"{on:%Y%m%d}"]
    newest[-1][feed.at("carried_yen")] = str(int(newest[-1][feed.at("carried_yen")]) + 1)
    Feed("monthly_carry_over").write(newest)
    made = take_in(DAY_TWO)
    assert [(problem.file, problem.column, problem.rule, problem.count) for problem in made.problems] == [(file, column, rule, 1)]


def test_a_slip_is_counted_for_every_installment_it_was_issued_for(rows):
    derived, slips = one(rows.derived("installment_slip_count"), *KEY), by(rows.source("payment_slip"), *KEY)
    assert derived.keys() == slips.keys()
    for at, own in slips.items():
        assert pick(derived[at], "slip_count", "last_issued_on", "barcode_valid_until") == (
            len(own), max(row["issued_on"] for row in own), max(row["barcode_valid_until"] for row in own)), at
    assert max(row["slip_count"] for row in derived.values()) > 1

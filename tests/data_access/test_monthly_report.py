"""月次報告: every line beside plain Python over the feeds, tables that agree with each other, and the same bytes every time."""

from collections import Counter, defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import polars as pl
import pytest

from data_access import derive, export
from data_access.monthly_report import (
    ACTIVITY,
    CURRENT,
    INSTALLMENTS,
    MONTHS,
    RATES,
    SECTIONS,
    STANDING,
    WHOLE,
    checks,
    monthly,
)
from data_access.paper_content import content
from data_access.query import ask
from documents.paper import paper
from law.fiscal_year import fiscal_year
from tests import staff
from tests.data_access.source_rows import by, one, pick

NO_YEN = {"督促状の発付", "督促状の返戻", "催告書の発送", "差押予告書の発送", "交渉の記録"}


KEY = ("notice_number", "installment_no")


def unpaid_on(rows, key: tuple[str, str], day: date) -> int:
    """未納の本料 of one 期別 as it stood on `day`."""
    def own(table: str) -> list[dict]:
        return [row for row in rows.source(table) if pick(row, *KEY) == key]

    (installment,) = own("installment")
    corrected = sorted((row["corrected_on"], row["correction_number"], row["before_yen"]) for row in own("assessment_history") if row["corrected_on"] > day)
    return ((corrected[0][2] if corrected else installment["assessed_yen"])
            - sum(row["principal_yen"] for row in own("receipt") if row["booked_on"] <= day)
            + sum(row["overpaid_yen"] - (row["settled_yen"] if row["settled_on"] and row["settled_on"] <= day else 0) for row in own("overpayment") if row["arose_on"] <= day)
            - sum(row["written_off_yen"] for row in own("write_off") if row["written_off_on"] <= day))


@pytest.fixture
def report(city) -> pl.DataFrame:
    return monthly(staff.MANAGER)


def done(rows) -> list[tuple[str, date | None, str, int]]:
    """(what, day, 宛名番号, yen) of everything that the officers, the banks and the feeds did, straight from the feeds."""
    owner = {row["notice_number"]: row["atena_number"] for row in rows.source("annual_assessment")}
    claimed, deferred = Counter(), Counter()
    for row in rows.source("disposition_installment"):
        claimed[row["disposition_number"]] += row["claimed_yen"]
    for row in rows.source("grace_installment"):
        deferred[row["grace_number"]] += row["deferred_yen"]
    found = [("督促状の発付", row["issued_on"], owner[row["notice_number"]], 0) for row in rows.source("demand") if not row["withdrawn_on"]]
    found += [("督促状の返戻", row["returned_on"], owner[row["notice_number"]], 0) for row in rows.source("demand")]
    found += [(f"{row['document_kind']}の発送", row["dispatched_on"], row["atena_number"], 0) for row in rows.source("document")
              if row["document_kind"] in ("催告書", "差押予告書")]
    found += [("交渉の記録", row["contacted_on"], row["atena_number"], 0) for row in rows.derived("note")]
    for row in rows.source("account_transfer"):
        told = (row["transfer_on"], owner[row["notice_number"]], row["transfer_yen"])
        found += [(what, *told) for what in ("口座振替の請求", *(("口座振替の不能",) if row["transfer_result"] != "振替済" else ()))]
    found += [("分納の誓約", row["pledged_on"], row["atena_number"], row["planned_yen"]) for row in rows.source("installment_plan")]
    found += [("徴収猶予の許可" if row["grace_kind"] == "徴収猶予" else "換価の猶予", row["granted_on"], row["atena_number"], deferred[row["grace_number"]]) for row in rows.source("grace")]
    found += [(row["disposition_kind"], row["took_effect_on"], row["atena_number"], claimed[row["disposition_number"]]) for row in rows.source("disposition")]
    found += [("取立・配当の充当", row["allocated_on"], owner[row["notice_number"]], row["principal_yen"] + row["charge_yen"] + row["fee_yen"]) for row in rows.source("allocation")]
    scope = by(rows.source("suspension_installment"), "suspension_number")
    for row in rows.source("suspension"):
        for what, on in (("執行停止", "decided_on"), ("執行停止の取消", "cancelled_on")):
            if row[on]:
                stopped = {pick(own, *KEY) for own in scope.get((row["suspension_number"],), ())}
                found.append((what, row[on], row["atena_number"], sum(unpaid_on(rows, key, row[on]) for key in stopped)))
    found += [("不納欠損", row["written_off_on"], owner[row["notice_number"]], row["written_off_yen"]) for row in rows.source("write_off")]
    found += [("過誤納の還付・充当", row["settled_on"], owner[row["notice_number"]], row["settled_yen"]) for row in rows.source("overpayment")]
    return [each for each in found if each[1]]


def test_what_was_done_is_counted_as_the_feeds_tell_it(report, rows):
    this_month, before, so_far = (defaultdict(list) for _ in range(3))
    for what, day, person, yen in done(rows):
        if day <= rows.as_of and fiscal_year(day) == fiscal_year(rows.as_of):
            so_far[what].append((person, yen))
            if (day.year, day.month) == (rows.as_of.year, rows.as_of.month):
                this_month[what].append((person, yen))
        if (day.year + 1, day.month) == (rows.as_of.year, rows.as_of.month):
            before[what].append((person, yen))
    lines = report.filter(section=ACTIVITY)
    assert set(lines["part"]) >= {"督促状の発付", "口座振替の請求", "差押", "交渉の記録"}
    for row in lines.iter_rows(named=True):
        own = this_month[row["part"]]
        assert (row["case_count"], row["person_count"], row["count_before"], row["so_far_count"]) == (
            len(own), len({person for person, _ in own}), len(before[row["part"]]), len(so_far[row["part"]])), row["part"]
        if row["part"] not in NO_YEN:
            assert (row["yen"] or 0, row["so_far_yen"] or 0) == (sum(yen for _, yen in own), sum(yen for _, yen in so_far[row["part"]])), row["part"]
    assert set(so_far) <= set(lines["part"]), "nothing that was done is left out"


@pytest.mark.parametrize(("until", "yen"), [(date(2025, 6, 1), {"執行停止": 9_500}), (date(2026, 6, 1), {"執行停止": 9_500, "執行停止の取消": 3_500})])
def test_a_stop_tells_the_yen_as_it_stood_on_its_day(until, yen):
    """Two 期別: 12,000円, then 11,000円, now 10,000円, part paid before and part after; and one that was paid off in between."""
    told = (derive.HERE / "activity_month.sql").read_text("utf-8").partition("), stop as (")[2].partition("), done as (")[0]
    cancelled = "date '2026-05-01'" if until.year == 2026 else "null::date"
    with duckdb.connect() as connection:
        connection.execute(f"""
            create schema source;
            create table source.suspension as select 'S1' as suspension_number, 'A1' as atena_number, date '2025-05-01' as decided_on, {cancelled} as cancelled_on;
            create table source.suspension_installment as select 'S1' as suspension_number, 'N1' as notice_number, unnest(['01', '02']) as installment_no;
            create table source.installment as from (values ('N1', '01', 10000), ('N1', '02', 200), ('N1', '03', 77777)) as t(notice_number, installment_no, assessed_yen);
            create table source.assessment_history as from (values ('N1', '01', date '2025-04-01', 'C1', 13000), ('N1', '01', date '2025-07-01', 'C2', 12000),
                ('N1', '01', date '2026-06-20', 'C3', 11000)) as t(notice_number, installment_no, corrected_on, correction_number, before_yen);
            create table source.receipt as from (values ('N1', '01', date '2025-05-01', 3000), ('N1', '01', date '2025-09-01', 4000)) as t(notice_number, installment_no, booked_on, principal_yen);
            create table source.overpayment as from (values ('N1', '01', date '2025-03-01', 500, date '2026-01-01', 200), ('N1', '02', date '2025-03-01', 0, null, 0))
                as t(notice_number, installment_no, arose_on, overpaid_yen, settled_on, settled_yen);
            create table source.write_off as from (values ('N1', '01', date '2026-04-30', 800)) as t(notice_number, installment_no, written_off_on, written_off_yen)""")
        found = dict(connection.sql(f"with stop as ({told}) select activity, yen from stopped").fetchall())
    assert found == {what: own + 200 for what, own in yen.items()}, "the other 期別 as it always was"


def test_the_tables_agree_with_each_other_and_with_the_feeds(report, rows):
    assert list(dict.fromkeys(report["section"])) == list(SECTIONS)
    found = checks(report)
    assert len(found) == 9
    assert [check for check in found if check.difference_yen] == []
    year = fiscal_year(rows.as_of)
    own = {row["notice_number"] for row in rows.source("annual_assessment") if row["assessment_fiscal_year"] == year}
    current = report.filter(section=RATES, part=CURRENT).row(0, named=True)
    assert current["assessed_yen"] == sum(row["assessed_yen"] for row in rows.source("installment") if row["notice_number"] in own)
    came = sum(row["principal_yen"] for row in rows.source("receipt") if row["notice_number"] in own and row["fiscal_year"] == year and row["booked_on"] <= rows.as_of)
    assert current["same_day_rate"] == (Decimal(came * 100) / current["assessed_yen"]).quantize(Decimal("0.01"), ROUND_HALF_UP)
    first = report.filter(section=INSTALLMENTS)["part"][0]
    assert first == "第1期"
    months = report.filter(section=MONTHS)
    assert months["month"][0] == date(year, 4, 1)
    standing_yen = {row["part"]: (row["person_count"], row["yen"]) for row in report.filter(section=STANDING).iter_rows(named=True)}
    people = rows.derived("delinquent")
    assert standing_yen["滞納額（納期限を過ぎた未納）"] == (len(people), sum(row["unpaid_yen"] for row in people))
    assert standing_yen["うち執行停止中"] == (sum(row["suspended_yen"] > 0 for row in people), sum(row["suspended_yen"] for row in people))


def test_a_report_that_does_not_add_up_is_found(report):
    one_yen = pl.when((pl.col("section") == INSTALLMENTS) & (pl.col("part") == "第1期")).then(pl.col("received_yen") + 1).otherwise(pl.col("received_yen"))
    broken = [check.says for check in checks(report.with_columns(received_yen=one_yen)) if check.difference_yen]
    assert broken == ["期別の収納（現年）: 各行の計 ＝ 合計", "調定 ＝ 収納 − 還付未済 ＋ 不納欠損 ＋ 収入未済（各行）"]


@pytest.mark.parametrize("user", [staff.ANALYST, staff.AUDITOR], ids=lambda user: user.role)
def test_readers_without_persons_are_told_nothing_of_fewer_than_ten(city, rows, report, user):
    told = one(monthly(user).filter(section=ACTIVITY).to_dicts(), "part")
    months = one([row for row in rows.derived("activity_month") if row["month"] == rows.as_of.replace(day=1)], "activity")
    assert any(0 < row["person_count"] < 10 for row in months.values())
    for (what,), row in months.items():
        assert (told[(what,)]["case_count"] is None) == (row["person_count"] < 10), what
        assert told[(what,)]["so_far_count"] is None or row["person_count"] >= 10, what
    if user is staff.AUDITOR:  # an analyst's amounts are rounded, each from its exact sum: they need not add up
        assert all(check.difference_yen == 0 for check in checks(monthly(user)))


def test_an_officer_sees_the_whole_city_and_own_districts(city, report):
    own = monthly(staff.OFFICER)
    assert own.filter(section=RATES).equals(report.filter(section=RATES))
    districts = report.filter(pl.col("section").str.starts_with("地区"))
    told = own.filter(pl.col("section").str.starts_with("地区"))
    assert set(told["part"]) < {*districts["part"], "ほかの地区"}
    assert "ほかの地区" in set(told["part"])
    assert told.filter(part=WHOLE)["assessed_yen"].item() == districts.filter(part=WHOLE)["assessed_yen"].item()


def test_the_paper_and_the_table_are_the_same_bytes_every_time(city):
    kind = export.kinds()["monthly_report_paper"]
    made = [paper(kind.paper, *content(kind.label, ask(staff.MANAGER, kind.question).select(kind.columns))) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0].startswith(b"%PDF")
    table = export.kinds()["monthly_report"]
    assert set(table.columns) == set(kind.columns) - {"as_of"}

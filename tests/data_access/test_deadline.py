"""期限の見通し: every open installment's days beside plain Python, months that add up to their people, and whose they are."""

from datetime import date, timedelta

from data_access.query import ask
from law.fiscal_year import accounts_close_on
from tests import staff
from tests.data_access.source_rows import by
from tests.pages.screen import show

WHOLE = {"district": None, "page_size": 10_000, "skipped": 0}


def expected(rows) -> set[tuple]:
    """(期限の種類, day, 通知書番号, 期別, 宛名番号, yen) of every open installment."""
    scope = by(rows.source("grace_installment"), "notice_number", "installment_no")
    grants = {row["grace_number"]: row for row in rows.source("grace")}
    found = set()
    for row in rows.derived("case_installment"):
        if not row["is_overdue"] or row["is_extinguished"]:
            continue
        key, days = (row["notice_number"], row["installment_no"]), {}
        if row["demanded_on"] is None:
            days["督促"] = row["demand_deadline"]
        if not row["is_held"]:
            days["停止中の時効" if row["suspension_ground"] else "時効"] = row["completes_on"]
        days["停止3年"] = row["three_years_on"]
        runs = []
        for each in scope.get(key, ()):
            grace = grants[each["grace_number"]]
            last = min(grace["to_date"], grace["cancelled_on"] - timedelta(days=1) if grace["cancelled_on"] else date.max)
            runs += [last] if grace["granted_on"] <= rows.as_of and last >= grace["from_date"] and last >= rows.as_of else []
        days["猶予の終わり"] = max(runs, default=None)
        closing = accounts_close_on(row["assessment_fiscal_year"])
        if closing >= rows.as_of and not row["suspension_ground"]:
            days["出納閉鎖"] = closing
        found |= {(kind, day, *key, row["atena_number"], row["unpaid_yen"]) for kind, day in days.items() if day}
    return found


def test_every_day_is_that_of_the_installment(rows):
    told = {tuple(row[name] for name in ("deadline_kind", "day", "notice_number", "installment_no", "atena_number", "unpaid_yen")) for row in rows.derived("deadline")}
    assert told == expected(rows)
    assert {kind for kind, *_ in told} >= {"督促", "時効", "猶予の終わり", "出納閉鎖"}  # 停止: test_suspended_city.py


def test_a_month_is_the_sum_of_its_people_and_an_officer_s_are_the_officer_s(city, rows):
    for user in (staff.MANAGER, staff.OFFICER):
        months = ask(user, "deadline_months", district=None, months=1_000)
        for row in months.iter_rows(named=True):
            is_passed = row["month"] < rows.as_of.replace(day=1)
            from_day = date.min if is_passed else max(row["month"], rows.as_of)
            to_day = rows.as_of if is_passed else (row["month"] + timedelta(days=31)).replace(day=1)
            people = ask(user, "deadline_rows", kind=row["deadline_kind"], from_day=from_day, to_day=to_day, **WHOLE)
            assert (people.height, people["case_count"].sum(), people["yen"].sum()) == (row["person_count"], row["case_count"], row["yen"]), row
    own = {row["atena_number"] for row in rows.derived("delinquent") if row["district_code"] in staff.OFFICER.districts}
    seen = ask(staff.OFFICER, "deadline_rows", kind="時効", from_day=date.min, to_day=date.max, **WHOLE)
    assert seen.height == len({row["atena_number"] for row in rows.derived("deadline") if row["deadline_kind"] == "時効"} & own)


def test_the_page_opens_on_a_month_that_has_people(city):
    assert "「停止3年」は、過ぎたものも12か月のうちに来るものもありません" in show(staff.OFFICER, "deadlines", district="D01", deadline_kind="停止3年").words(), "the stories of 停止3年 live elsewhere"
    for kind in ("時効", "出納閉鎖", "督促", "停止3年"):
        screen = show(staff.MANAGER, "deadlines", deadline_kind=kind)
        assert not screen.at.error
        assert len(screen.at.dataframe) == 2, kind
        assert len(screen.at.dataframe[0].value) == 13
        assert len(screen.at.dataframe[1].value) > 0

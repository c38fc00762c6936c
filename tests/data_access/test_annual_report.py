"""年報・決算: every line beside plain Python over the derived and fed rows, tables that agree, and the same bytes every time."""

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest

from data_access import annual_report, export
from data_access.annual_report import (
    ACTIVITY,
    DISTRICTS,
    LEVY_YEARS,
    LOST,
    METHODS,
    SETTLEMENT,
    WHOLE,
    annual,
    asked,
    checks,
)
from data_access.paper_content import content
from documents.paper import paper
from law.fiscal_year import fiscal_year
from tests import staff
from tests.data_access.pdf_text import pages
from tests.data_access.test_monthly_report import done
from tests.pages.screen import show

YEARS = [2026, 2025, 2024]


def percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100 * part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP) if whole else None


def of_the_same_age(section: str, part: str) -> tuple[str, str]:
    """The line of the year before beside which this one stands: a 相当年度 beside the one that was then as old."""
    return (section, str(int(part) - 1)) if section == LEVY_YEARS and part != WHOLE else (section, part)


@pytest.mark.parametrize("year", YEARS)
def test_every_settled_line(city, rows, year):
    sums: dict[tuple, Counter] = defaultdict(Counter)
    for row in rows.derived("rate_cube"):
        parts = [(SETTLEMENT, row["year_class"]), (SETTLEMENT, WHOLE), (DISTRICTS, row["district_name"]), (DISTRICTS, WHOLE)]
        parts += [(LEVY_YEARS, str(row["levy_year"])), (LEVY_YEARS, WHOLE)] if row["year_class"] == "滞繰" else [(METHODS, row["payment_method"]), (METHODS, WHOLE)]
        for part in parts:
            sums[row["fiscal_year"], *part].update(
                assessed_yen=row["assessed_yen"], received_yen=row["received_yen"], refund_due_yen=row["refund_due_yen"], written_off_yen=row["written_off_yen"],
                outstanding_yen=row["unpaid_yen"], whereabouts_unknown_yen=row["whereabouts_unknown_yen"])
    told = {(row["section"], row["part"]): row for row in annual(staff.MANAGER, year).iter_rows(named=True) if row["section"] not in (LOST, ACTIVITY)}
    assert told.keys() == {(section, part) for at, section, part in sums if at == year}
    for key, row in told.items():
        own, before = sums[year, *key], sums[year - 1, *of_the_same_age(*key)]
        assert {name: row[name] for name in own} == own, key
        rates = [percent(each["received_yen"] - each["refund_due_yen"], each["assessed_yen"]) for each in (own, before)]
        assert row["settlement_rate"] == rates[0]
        assert row["settlement_rate_change"] == (rates[0] - rates[1] if None not in rates else None)
        expected = percent(own["received_yen"] - own["refund_due_yen"], own["assessed_yen"] - own["whereabouts_unknown_yen"]) if key[0] == SETTLEMENT else None
        assert row["annual_rate"] == expected


@pytest.mark.parametrize("year", YEARS)
def test_what_was_written_off_and_done(city, rows, year):
    report = annual(staff.MANAGER, year)
    lost: dict[str, list[int]] = defaultdict(list)
    for row in rows.source("write_off"):
        if row["fiscal_year"] == year:
            lost[row["reason"]].append(row["written_off_yen"])
    told = {row["part"]: (row["case_count"], row["yen"]) for row in report.filter(section=LOST).iter_rows(named=True)}
    assert told.pop(WHOLE) == (sum(map(len, lost.values())), sum(map(sum, lost.values())))
    assert told == {part: (len(yen), sum(yen)) for part, yen in lost.items()}
    counts = Counter(what for what, day, *_ in done(rows) if fiscal_year(day) == year and day <= rows.as_of)
    assert {row["part"]: row["case_count"] for row in report.filter(section=ACTIVITY).iter_rows(named=True)} == counts


def test_levy_years_told_together_are_compared_with_nothing(city):
    lines = [row for year in (*YEARS, 2023, 2022) for row in annual(staff.AUDITOR, year).filter(section=LEVY_YEARS, part="その他").iter_rows(named=True)]
    assert {row["settlement_rate_change"] for row in lines} == {None}, "they are of no one age"
    assert any(row["settlement_rate"] is not None for row in lines), "though their own rate is told"


@pytest.mark.parametrize("user", [staff.MANAGER, staff.OFFICER, staff.AUDITOR], ids=lambda user: user.role)
@pytest.mark.parametrize("year", YEARS)
def test_the_tables_agree_for_every_reader_of_whole_yen(city, user, year):
    assert [check for check in checks(annual(user, year)) if check.difference_yen] == []


def test_a_yen_too_much_is_found(city):
    report = annual(staff.MANAGER, 2025)
    for section in (SETTLEMENT, LEVY_YEARS, DISTRICTS, METHODS):
        for name in ("assessed_yen", "received_yen"):
            rows = report.to_dicts()
            next(row for row in rows if row["section"] == section)[name] += 1
            assert any(check.difference_yen for check in checks(type(report)(rows, schema=report.schema))), (section, name)


def test_the_paper_is_the_same_bytes_and_says_whether_the_year_is_closed(city):
    kind = export.kinds()["annual_report_paper"]
    made = {}
    for year in (2026, 2025):
        rows = annual(staff.MANAGER, year).select(kind.columns)
        made[year] = paper(kind.paper, *content(kind.label, rows))
        assert made[year] == paper(kind.paper, *content(kind.label, rows))
    assert "見込み" in "".join(pages(made[2026]))
    assert "見込み" not in "".join(pages(made[2025]))
    assert "令和7年度" in "".join(pages(made[2025]))
    assert f"{annual(staff.MANAGER, 2025)['assessed_yen'][0]:,}" in "".join(pages(made[2025]))


def test_the_question_of_the_page_is_that_of_the_order(city):
    assert set(export.kinds()["annual_report"].filters) == set(asked(2025)) == {"fiscal_year", "closes_on"}
    assert annual_report.closes_on(2025).isoformat() == asked(2025)["closes_on"] == "2026-05-31"


@pytest.mark.parametrize("user", [staff.CHIEF, staff.ANALYST], ids=lambda user: user.role)
def test_the_page_shows_a_year(city, user):
    screen = show(user, "annual_report")
    assert not screen.at.error
    assert len(screen.at.dataframe) == len(annual_report.SECTIONS) + 1, "and the 年報の率 beside the 決算"
    assert ("項目すべて差 0 円" in screen.words()) == (user is staff.CHIEF), "rounded amounts need not add up"
    assert ("年報・決算（PDF）" in screen.words()) == (user is staff.CHIEF)
    levy_years = screen.at.dataframe[2].value
    assert ("settlement_rate_change" in levy_years.columns) == ("同じ古さだった年度" in screen.words()) == (user is staff.CHIEF), "no empty column, and no word about one"

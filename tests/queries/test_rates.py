"""収納率: the questions' figures are those of the cube, each rate is that of its own sums, and every cut adds up to the city."""

import pytest

from data_access.query import ask
from law.collection_rate import rate
from tests.data_access.source_rows import by
from tests.staff import AUDITOR, CHIEF, OFFICER

YEAR = 2026


def by_year(user=CHIEF, district: str | None = None) -> list[dict]:
    return ask(user, "rate_by_year", district=district).to_dicts()


def test_every_rate_is_that_of_its_own_sums(city):
    for row in by_year():
        assert row["rate"] == rate(row["received_yen"], row["assessed_yen"]), row
        assert row["same_day_rate"] == rate(row["received_same_day_yen"], row["assessed_same_day_yen"]), row
        assert row["assessed_yen"] == row["received_yen"] + row["written_off_yen"] + row["outstanding_yen"], row


def test_both_classes_add_up_to_the_total(city):
    for (year,), cells in by(by_year(), "fiscal_year").items():
        own = {cell["year_class"]: cell for cell in cells}
        for name in ("assessed_yen", "received_yen", "received_same_day_yen", "written_off_yen", "outstanding_yen"):
            assert own["合計"][name] == sum(own[part][name] for part in ("現年", "滞繰") if part in own), (year, name)


def test_districts_add_up_to_the_city(city):
    districts = [row["district_code"] for row in ask(CHIEF, "districts").to_dicts()]
    parts = ask(CHIEF, "rate_by_dimension", dimension="地区", district=None, fiscal_year=YEAR, year_class="合計")
    (whole,) = (row for row in by_year() if (row["fiscal_year"], row["year_class"]) == (YEAR, "合計"))
    parts = parts[:-1]
    assert set(districts)
    assert (parts["assessed_yen"].sum(), parts["outstanding_yen"].sum()) == (whole["assessed_yen"], whole["outstanding_yen"])


@pytest.mark.parametrize("dimension", ["期別", "地区", "担当", "年齢", "所得", "納付方法", "医療・支援・介護・子ども", "相当年度"])
@pytest.mark.parametrize("year_class", ["合計", "現年", "滞繰"])
def test_every_dimension_cuts_the_same_whole(city, dimension, year_class):
    parts = ask(CHIEF, "rate_by_dimension", dimension=dimension, district=None, fiscal_year=YEAR, year_class=year_class)
    (whole,) = (row for row in by_year() if (row["fiscal_year"], row["year_class"]) == (YEAR, year_class))
    assert parts["part"].is_unique().all()
    assert parts["part"].null_count() == 0
    for name in ("assessed_yen", "received_same_day_yen", "refund_due_yen", "written_off_yen", "outstanding_yen"):
        assert parts[:-1][name].sum() == parts[-1][name].item() == whole[name], name
    for row in parts.to_dicts():
        assert row["same_day_rate"] == rate(row["received_same_day_yen"], row["assessed_yen"]), row
        both = None not in (row["same_day_rate"], row["rate_before"])
        assert row["rate_change"] == (row["same_day_rate"] - row["rate_before"] if both else None), row


def test_months_run_on_to_the_year(city, rows):
    found = ask(CHIEF, "rate_by_month", district=None, fiscal_year=YEAR, year_class="合計").to_dicts()
    for (year,), months in by(found, "fiscal_year").items():
        so_far = 0
        for month in months:
            so_far += month["received_yen"]
            assert month["received_so_far_yen"] == so_far
            assert 0 <= month["month_index"] <= 13
        assert so_far == sum(receipt["principal_yen"] for receipt in rows.source("receipt") if receipt["fiscal_year"] == year)


def test_who_sees_no_person_and_officers_see_the_same_city(city):
    """But for amounts that are fewer than ten people's: those an auditor is not told (an analyst neither, and the rest rounded: tests/data_access/test_rounded.py), nor what they can be worked out from."""
    told, known = by_year(AUDITOR), by_year(OFFICER)
    assert known == by_year(CHIEF)
    assert [row.keys() for row in told] == [row.keys() for row in known]
    for mine, theirs in zip(told, known, strict=True):
        assert {name: amount for name, amount in mine.items() if amount is not None} == {name: theirs[name] for name, amount in mine.items() if amount is not None}
        kept_back = {name for name, amount in mine.items() if amount is None and theirs[name] is not None}
        assert kept_back <= {"whereabouts_unknown_yen", "refund_due_yen", "received_yen", "rate", "written_off_yen", "outstanding_yen"}
        assert not kept_back or "outstanding_yen" in kept_back or kept_back == {"whereabouts_unknown_yen"}
    assert any(None in row.values() for row in told), "the small city has years with so few refunds"

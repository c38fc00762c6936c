"""収納状況 by part: every part of every 分け方, both years, in plain Python from the city's files; and the lists that stand behind the figures."""

from collections import Counter
from datetime import date

import polars as pl
import pytest

from data_access.query import ask
from law.collection_rate import rate
from law.fiscal_year import fiscal_year
from tests.data_access.source_rows import by, one, pick
from tests.data_access.test_derived_twins import KEY, balances, lived_years, total  # noqa: F401 - a fixture and what it makes
from tests.staff import ANALYST, AUDITOR, CHIEF, EAST, OFFICER

TERMS = ("assessed_yen", "assessed_same_day_yen", "received_yen", "received_same_day_yen", "refund_due_yen", "written_off_yen", "unpaid_yen", "overdue_yen")
DIMENSIONS = ("期別", "地区", "担当", "年齢", "所得", "納付方法", "医療・支援・介護・子ども", "相当年度")
CLASSES = ("現年", "滞繰")
INCOME = ((0, "所得なし"), (1_000_000, "100万円以下"), (2_000_000, "200万円以下"), (3_000_000, "300万円以下"), (5_000_000, "500万円以下"))
COMPONENTS = ("医療", "後期支援", "介護", "子ども")


def age_band(born: date | None, year: int) -> str:
    if born is None:
        return "生年月日なし"
    years = year - born.year - ((born.month, born.day) > (4, 1))
    return "29歳以下" if years < 30 else "90歳以上" if years >= 90 else f"{years // 10 * 10}代"


def income_class(income: int | None) -> str:
    return "賦課の資料なし" if income is None else next((name for most, name in INCOME if income <= most), "500万円超")


def shares(yen: int, components: list[int]) -> list[int]:
    """`yen` cut where the running 調定 of each 区分 ends, whole yen downwards: adds up by construction."""
    whole, ends = sum(components), [sum(components[: count + 1]) for count in range(len(components))]
    if not whole:
        return [yen, 0, 0, 0]
    cuts = [0, *(yen * end // whole for end in ends)]
    return [after - before for before, after in zip(cuts[:-1], cuts[1:], strict=True)]


@pytest.fixture(scope="module")
def slices(rows, balances) -> list[tuple[str, str, int, str, str, tuple[str, str], tuple[int, ...]]]:  # noqa: F811
    """(分け方, part, year, class, district, 期別, TERMS) of every installment of this year and the one before."""
    this_year = fiscal_year(rows.as_of)
    notices, people = one(rows.source("annual_assessment"), "notice_number"), one(rows.source("person"), "atena_number")
    places, levies = one(rows.derived("place"), "atena_number"), one(rows.source("nhi_levy"), "head_atena_number", "levy_year")
    history, installments = by(rows.source("assessment_history"), *KEY), one(rows.source("installment"), *KEY)
    assigned: dict[str, tuple] = {}
    for row in rows.source("caseload"):
        if row["from_date"] <= rows.as_of and (row["to_date"] is None or row["to_date"] >= rows.as_of):
            known = (row["from_date"], row["caseload_number"], row["in_charge"])
            assigned[row["atena_number"]] = max(assigned.get(row["atena_number"], known), known)
    found = []
    for key, year, kind, opening, received, so_far, written_off in lived_years(rows, balances):
        if year < this_year - 1:
            continue
        own, day = balances[key], date(year + rows.as_of.year - this_year, rows.as_of.month, rows.as_of.day)
        later = sum(row["after_yen"] - row["before_yen"] for row in history.get(key, ()) if row["corrected_on"] > day)
        then = 0 if kind == "現年" and notices[(key[0],)]["notified_on"] > day else max(opening - later, 0)
        left, who = opening - received - written_off, own["atena_number"]
        overdue = max(left, 0) if year == this_year and own["due_date"] < rows.as_of else 0
        plain = (opening, then, received, so_far, max(-left, 0), written_off, overdue)
        levy = levies.get((who, own["levy_year"]))
        parts = {"installment_no": f"第{int(key[1])}期", "district": places[(who,)]["district_name"], "payment_method": own["payment_method"], "levy_year": str(own["levy_year"]),
                 "officer": assigned[who][2] if who in assigned else "担当なし", "age_band": age_band(people[(who,)]["birth_date"], year),
                 "income_class": income_class(levy and levy["income_yen"])}
        cut = [(dimension, part, plain) for dimension, part in parts.items()]
        stored = installments[key]
        components = [stored[name] for name in ("medical_yen", "elderly_support_yen", "care_yen", "child_support_yen")]
        shared = zip(*(shares(yen, components) for yen in plain), strict=True)
        cut += [("component", name, yen) for name, assessed, yen in zip(COMPONENTS, components, shared, strict=True) if assessed or (name == "医療" and not sum(components))]
        found += [(dimension, part, year, kind, places[(who,)]["district_code"], key,
                   (*yen[:6], yen[0] - yen[2] + yen[4] - yen[5], yen[6])) for dimension, part, yen in cut]
    return found


def test_every_part_is_what_its_installments_are(rows, slices):
    expected: dict[tuple, list[int]] = {}
    for *part, _, terms in slices:
        sums = expected.setdefault(tuple(part), [0] * len(TERMS))
        expected[tuple(part)] = [a + b for a, b in zip(sums, terms, strict=True)]
    found = {pick(row, "dimension", "part_name", "fiscal_year", "year_class", "district_code"): list(pick(row, *TERMS)) for row in rows.derived("rate_part")}
    assert found == expected
    assert {part[0] for part in found} == {"installment_no", "district", "payment_method", "levy_year", "officer", "age_band", "income_class", "component"}


def test_every_way_to_cut_cuts_the_same_whole(rows):
    cube = by(rows.derived("rate_cube"), "fiscal_year", "year_class", "district_code")
    for (_, *whole), cells in by(rows.derived("rate_part"), "dimension", "fiscal_year", "year_class", "district_code").items():
        for name in TERMS[:-1]:
            assert total(cells, name) == total(cube[tuple(whole)], name), (whole, name)


def test_a_list_is_the_overdue_of_its_part(rows, slices):
    found = by(rows.derived("rate_open"), "dimension", "year_class")
    expected: dict[tuple, Counter] = {}
    for dimension, _, _, kind, _, key, terms in slices:
        if terms[-1]:
            expected.setdefault((dimension, kind), Counter())[key] += terms[-1]
    assert {kind: Counter({key: total(own, "overdue_yen") for key, own in by(cells, *KEY).items()}) for kind, cells in found.items()} == expected


def test_the_same_day_is_told_as_it_stood_that_day(rows, balances):  # noqa: F811
    """調定 of a day past: nothing before its 通知, the 更正 since taken back; of this year, what stands."""
    this_year = fiscal_year(rows.as_of)
    notices, history, expected = one(rows.source("annual_assessment"), "notice_number"), by(rows.source("assessment_history"), *KEY), Counter()
    for key, year, kind, opening, *_ in lived_years(rows, balances):
        day = date(year + rows.as_of.year - this_year, rows.as_of.month, rows.as_of.day)
        own = [row for row in history.get(key, ()) if row["corrected_on"] > day]
        if kind == "現年":  # as it stood: what the first later 更正 found
            then = 0 if notices[(key[0],)]["notified_on"] > day else min(own, key=lambda row: row["correction_number"])["before_yen"] if own else opening
        else:
            then = max(opening - sum(row["after_yen"] - row["before_yen"] for row in own), 0)
        expected[year, kind] += then
    cube = by(rows.derived("rate_cube"), "fiscal_year", "year_class")
    assert {key: total(cells, "assessed_same_day_yen") for key, cells in cube.items()} == dict(expected)
    assert any(total(cells, "assessed_same_day_yen") != total(cells, "assessed_yen") for (year, _), cells in cube.items() if year < this_year), "the city has 更正 and late levies"
    assert all(total(cells, "assessed_same_day_yen") == total(cells, "assessed_yen") for (year, _), cells in cube.items() if year == this_year)


WHOLE = "合計"


def of_the_same_age(dimension: str, part: str) -> str:
    """The part of the year before beside which `part` stands: a 相当年度 beside the one that was then as old."""
    return str(int(part) - 1) if dimension == "相当年度" else part


@pytest.mark.parametrize("dimension", DIMENSIONS)
@pytest.mark.parametrize("district", [None, "D01"])
def test_the_question_says_what_the_installments_say(city, rows, slices, dimension, district):
    this_year, names = fiscal_year(rows.as_of), dict(zip(DIMENSIONS, ("installment_no", "district", "officer", "age_band", "income_class", "payment_method", "component", "levy_year"), strict=True))
    for year_class in ("合計", *CLASSES):
        sums: dict[tuple, list[int]] = {}
        for own, part, year, kind, where, _, terms in slices:
            if own == names[dimension] and year_class in ("合計", kind):
                for key in {(place, name, year) for place in ("市", where) for name in (part, WHOLE)}:
                    sums[key] = [a + b for a, b in zip(sums.get(key, [0] * len(TERMS)), terms, strict=True)]
        place, found = district or "市", ask(CHIEF, "rate_by_dimension", dimension=dimension, district=district, fiscal_year=this_year, year_class=year_class).to_dicts()
        then = {part: part if part == WHOLE else of_the_same_age(dimension, part) for part in (row["part"] for row in found)}
        assert set(then) >= {part for where, part, year in sums if (where, year) == (place, this_year)}
        assert set(then.values()) >= {part for where, part, year in sums if (where, year) == (place, this_year - 1)}
        assert [row["part"] for row in found].count(WHOLE) == 1
        assert (found[-1]["part"], found[-1]["part_key"]) == (WHOLE, WHOLE)
        for row in found:
            now, before = sums.get((place, row["part"], this_year)), sums.get((place, then[row["part"]], this_year - 1))
            assert now or before, row
            now = now or [0] * len(TERMS)
            city_now = sums.get(("市", WHOLE if district is None else row["part"], this_year), [0] * len(TERMS))
            assert (row["assessed_yen"], row["received_same_day_yen"], row["outstanding_yen"], row["overdue_yen"]) == (now[0], now[3], now[6], now[7]), row
            assert (row["refund_due_yen"], row["written_off_yen"]) == (now[4], now[5]), row
            assert row["assessed_yen"] - row["received_same_day_yen"] + row["refund_due_yen"] - row["written_off_yen"] == row["outstanding_yen"], "each line foots across"
            assert row["same_day_rate"] == rate(now[3], now[0])
            assert row["rate_before"] == (rate(before[3], before[1]) if before else None)
            assert row["rate_change"] == (None if None in (row["same_day_rate"], row["rate_before"]) else row["same_day_rate"] - row["rate_before"])
            assert row["city_rate"] == rate(city_now[3], city_now[0])
            assert row["point_yen"] == now[0] // 100
        for name in TERMS[:1] + TERMS[3:6] + TERMS[7:]:
            assert sum(row[name] for row in found[:-1]) == found[-1][name], (name, "and down")


def test_a_levy_year_stands_beside_the_one_that_was_as_old_a_year_ago(city, rows):
    """The year's own levy beside last year's own, never beside what was left of it; and both are of the same class."""
    this_year = fiscal_year(rows.as_of)
    found, cube = ({row["part"]: row for row in ask(CHIEF, "rate_by_dimension", dimension="相当年度", district=None, fiscal_year=this_year, year_class=kind).to_dicts()} for kind in ("合計", "現年"))
    last_levy = [row for row in rows.derived("rate_cube") if (row["fiscal_year"], row["levy_year"]) == (this_year - 1, this_year - 1)]
    assert {row["year_class"] for row in last_levy} == {"現年"}
    assert found[str(this_year)]["rate_before"] == cube[str(this_year)]["rate_before"] == rate(total(last_levy, "received_same_day_yen"), total(last_levy, "assessed_same_day_yen"))
    one_old = [row for row in rows.derived("rate_cube") if (row["fiscal_year"], row["levy_year"]) == (this_year - 1, this_year - 2)]
    assert found[str(this_year - 1)]["rate_before"] == rate(total(one_old, "received_same_day_yen"), total(one_old, "assessed_same_day_yen"))


def test_levy_years_told_together_stand_beside_nothing(city):
    """They are of no one age; the whole of them still is."""
    for user in (ANALYST, AUDITOR):
        found = {row["part"]: row for row in ask(user, "rate_by_dimension", dimension="相当年度", district=None, fiscal_year=2026, year_class="合計").to_dicts()}
        assert found["その他"]["rate_before"] is found["その他"]["rate_change"] is None
        assert found["その他"]["same_day_rate"] is not None
        assert found[WHOLE]["rate_before"] is not None


def test_one_s_own_districts_are_told_by_part_and_the_others_as_one(city):
    parts = ask(OFFICER, "rate_by_dimension", dimension="地区", district=None, fiscal_year=2026, year_class="合計")
    everything = ask(CHIEF, "rate_by_dimension", dimension="地区", district=None, fiscal_year=2026, year_class="合計")
    assert parts["assessed_yen"].sum() == everything["assessed_yen"].sum()
    assert parts.filter(part=WHOLE).equals(everything.filter(part=WHOLE)), "the city's is everybody's"
    assert set(parts["part_key"]) <= {*EAST, "X00", WHOLE}
    officers = ask(OFFICER, "rate_by_dimension", dimension="担当", district=None, fiscal_year=2026, year_class="合計")
    assert officers["assessed_yen"].sum() == everything["assessed_yen"].sum()
    assert "ほかの地区の人" in officers["part"].to_list()


def test_the_list_behind_a_part_adds_up_to_its_figure(city):
    """For whoever sees the whole city all of it; for an officer the own districts of it."""
    east = ask(CHIEF, "districts").filter(pl.col("district_code").is_in(EAST))["district_name"].to_list()
    for dimension in DIMENSIONS:
        parts = ask(CHIEF, "rate_by_dimension", dimension=dimension, district=None, fiscal_year=2026, year_class="合計")
        for row in parts.filter(pl.col("part") != WHOLE).to_dicts():
            asked = dict(dimension=dimension, part_key=row["part_key"], year_class="合計", district=None, page_size=10_000, skipped=0)
            found = ask(CHIEF, "rate_rows", **asked)
            assert found["overdue_yen"].sum() == row["overdue_yen"], (dimension, row["part"])
            assert ask(OFFICER, "rate_rows", **asked)["installment_key"].to_list() == found.filter(pl.col("district_name").is_in(east))["installment_key"].to_list()


def test_readers_without_persons_are_told_no_unpaid_part(city):
    for dimension in DIMENSIONS:
        found = ask(ANALYST, "rate_by_dimension", dimension=dimension, district=None, fiscal_year=2026, year_class="合計")
        assert found.height
        for name in ("refund_due_yen", "written_off_yen", "outstanding_yen", "overdue_yen"):
            assert found[name].null_count() == found.height, name
        assert ask(ANALYST, "rate_by_dimension", dimension=dimension, district="D01", fiscal_year=2026, year_class="合計").is_empty()

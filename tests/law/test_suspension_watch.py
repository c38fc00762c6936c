"""停止の監視: the whole-city SQL and the Python that explains one person agree, sign by sign, on seeded random people.

Days crowd around the newest decision and around as_of; incomes around the line; registers begin, end or run on.
"""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from law_city import city, run

from law import suspension_watch
from law.files import LawFileInvalid
from law.suspension_watch import (
    Answer,
    Held,
    Holding,
    Income,
    Job,
    Receipt,
    Records,
    Stop,
    Vehicle,
    against,
    explain,
)

AS_OF = date(2026, 11, 20)
DAY = timedelta(days=1)
YEARS = (2024, 2026)  # the registers of 土地 and 家屋
NOBODY = Records()
STOP = Stop(date(2025, 2, 3), frozenset({"3号"}))
REGISTER = {"土地": YEARS, "家屋": YEARS}


def random_stops(rng):
    """decided_on and 号 of those in force of one person."""
    return [(AS_OF - timedelta(days=rng.randrange(1, 1_000)), rng.choice(["1号", "2号", "3号"])) for _ in range(rng.choice([1, 1, 2]))]


def random_records(rng, key, decided):
    def on():
        return rng.choice([decided - DAY, decided, decided + DAY, AS_OF, AS_OF + DAY, AS_OF - timedelta(days=rng.randrange(1_200))])

    def some(most=2):
        return range(rng.choice([0, 0, *range(1, most + 1)]))

    line = [1_200_000, 1_200_011, 1_200_012, 1_740_011, 1_740_012, 3_000_000, 0]
    first, last = rng.choice([(2024, 2026), (2025, 2026), (2026, 2026), (2025, 2025), (2024, 2024)])
    owns = rng.random() < 0.4
    return Records(
        incomes=tuple(Income(year, rng.choice(line), rng.choice([0, 0, 1]), rng.choice([None, None, on()])) for year in YEARS if rng.random() < 0.5),
        jobs=tuple(Job(year, f"E{no}", rng.choice([None, on(), on()]), rng.choice([None, None, on()]), 2_000_000) for no in some() for year in YEARS),
        holdings=tuple(Holding(rng.choice(["土地", "家屋"]) if year == first else "土地", f"{key}1", year, year * 1_000) for year in range(first, last + 1) if owns),
        vehicles=tuple(
            Vehicle(f"{key}V{no}", rng.choice(["軽自動車（乗用）", "原動機付自転車"]), rng.choice(["本人所有", "本人所有", "所有権留保"]), on(), rng.choice([None, None, on()]))
            for no in some()),
        answers=tuple(
            Answer(f"{key}A{no}", rng.choice(["預金", "居所"]), *rng.choice([("財産あり", on()), ("居所判明", on()), ("該当なし", on()), (None, None)]), rng.random() < 0.8)
            for no in some(3)),
        receipts=tuple(Receipt(f"{key}R{no}", rng.choice(["コンビニ", "滞納処分"]), on(), rng.choice([0, 1, 3_000, -3_000])) for no in some()),
        resident_state=rng.choice(["現住", "現住", "職権消除"]), state_changed_on=rng.choice([None, on()]),
    )  # fmt: skip


def rows_of(people):
    """The same as rows of the feeds."""
    rows = {name: [] for name in (
        "open_installment", "annual_assessment", "suspension", "suspension_installment", "delinquent", "resident_tax", "employment",
        "property_tax_land", "property_tax_building", "light_vehicle", "asset_investigation", "receipt")}  # fmt: skip
    for key, (stops, own) in people.items():
        rows["annual_assessment"].append((f"N{key}", key))
        for place, (decided, ground) in enumerate(stops):
            number = f"{place + 1:02}"
            rows["open_installment"].append((f"N{key}", number, key, "料", 2024, date(2024, 6, 30), 1, 1))
            rows["suspension"].append((f"S{key}{place}", decided, None, ground))
            rows["suspension_installment"].append((f"S{key}{place}", f"N{key}", number))
        rows["delinquent"].append((key, own.resident_state, own.state_changed_on, True))
        rows["resident_tax"] += [(key, each.tax_year, each.revenue_yen, 0, 0, 0, 0, 0, 0, each.dependant_count, each.corrected_on) for each in own.incomes]
        rows["employment"] += [(key, each.tax_year, each.designated_number, each.hired_on, each.left_on, each.gross_yen) for each in own.jobs]
        for each in own.holdings:
            register = "property_tax_land" if each.kind == "土地" else "property_tax_building"
            rows[register].append((each.property_number, each.tax_year, key, each.valuation_yen))
        rows["light_vehicle"] += [(each.vehicle_number, key, each.kind, each.ownership, each.owned_from, each.scrapped_on) for each in own.vehicles]
        rows["asset_investigation"] += [
            (each.investigation_number, key, each.target, AS_OF, each.answered_on, each.result, each.is_confirmed) for each in own.answers]
        rows["receipt"] += [(f"N{key}", "01", each.received_on, each.yen, 0, each.receipt_number, "収納", each.channel) for each in own.receipts]
    for register in ("property_tax_land", "property_tax_building"):  # somebody else's, so that every year is there
        rows[register] += [("else", year, "else", 1) for year in range(YEARS[0], YEARS[1] + 1)]
    return rows


@pytest.mark.parametrize("cases", [2_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_sql_and_python_find_the_same_signs(cases):
    seed = 15_008_1 + cases
    rng, people = random.Random(seed), {}
    for number in range(cases):
        stops = random_stops(rng)
        people[f"A{number:05}"] = stops, random_records(rng, f"A{number:05}", max(stops)[0])
    expected = sorted(
        (key, sign.sign, sign.happened_on, sign.yen, sign.evidence_id, sign.meaning, sign.article)
        for key, (stops, own) in people.items()
        for sign in explain(Stop(max(stops)[0], frozenset(ground for _, ground in stops)), own, REGISTER, AS_OF))  # fmt: skip
    database = city(AS_OF, **rows_of(people))
    run(database, "suspension_watch")
    found = sorted(database.sql("select atena_number, sign, happened_on, yen, evidence_id, meaning, article from derived.suspension_watch").fetchall(), key=str)
    assert found == sorted(expected, key=str), seed
    seen = Counter(sign for _, sign, *_ in found)
    assert all(seen[sign] > cases / 100 for sign in suspension_watch.SIGNS), (seed, seen)


@pytest.mark.parametrize(
    ("records", "sign"),
    [
        (Records(incomes=(Income(2026, 1_200_012, 0),)), ("所得", date(2026, 6, 1), 1_200_012)),
        (Records(jobs=(Job(2026, "E1", date(2025, 2, 4), None, 900),)), ("勤務先", date(2025, 2, 4), 900)),
        (Records(holdings=(Holding("家屋", "1", 2026, 5_000),)), ("土地・家屋", date(2026, 1, 1), 5_000)),
        (Records(vehicles=(Vehicle("1", "軽自動車（乗用）", "本人所有", AS_OF),)), ("車両", AS_OF, None)),
        (Records(answers=(Answer("1", "預金", "財産あり", AS_OF, True),)), ("財産調査", AS_OF, None)),
        (Records(receipts=(Receipt("1", "窓口", AS_OF, 1),)), ("納付", AS_OF, 1)),
        (Records(answers=(Answer("1", "居所", "居所判明", AS_OF, True),)), ("居所判明", AS_OF, None)),
        (Records(resident_state="現住", state_changed_on=AS_OF), ("転入", AS_OF, None)),
    ],
)
def test_every_sign_alone(records, sign):
    assert [(each.sign, each.happened_on, each.yen) for each in explain(STOP, records, REGISTER, AS_OF)] == [sign]


@pytest.mark.parametrize(
    ("stop", "records"),
    [
        (STOP, NOBODY),
        (STOP, Records(incomes=(Income(2026, 1_200_011, 0),))),
        (STOP, Records(incomes=(Income(2024, 9_000_000, 0),))),
        (STOP, Records(incomes=(Income(2024, 9_000_000, 0), Income(2026, 0, 0)))),
        (STOP, Records(jobs=(Job(2026, "E1", STOP.decided_on, None, 900),))),
        (STOP, Records(jobs=(Job(2026, "E1", date(2025, 4, 1), AS_OF, 900),))),
        (STOP, Records(holdings=(Holding("土地", "1", 2024, 5), Holding("土地", "1", 2026, 5)))),
        (STOP, Records(holdings=(Holding("土地", "1", 2025, 5),))),
        (STOP, Records(vehicles=(Vehicle("1", "軽自動車（乗用）", "リース", AS_OF),))),
        (STOP, Records(vehicles=(Vehicle("1", "原動機付自転車", "本人所有", AS_OF),))),
        (STOP, Records(answers=(Answer("1", "預金", "財産あり", AS_OF, False),))),
        (STOP, Records(answers=(Answer("1", "預金", "差押禁止のみ", AS_OF, True),))),
        (STOP, Records(receipts=(Receipt("1", "滞納処分", AS_OF, 9_000),))),
        (STOP, Records(receipts=(Receipt("1", "窓口", AS_OF + DAY, 9_000),))),
        (Stop(STOP.decided_on, frozenset({"1号", "2号"})), Records(resident_state="現住", state_changed_on=AS_OF)),
    ],
)
def test_no_false_sign(stop, records):
    assert explain(stop, records, REGISTER, AS_OF) == ()


def held(sign, dated_on=None, *, year=None, word=None, yen=None, count=None):
    return Held(sign, dated_on, year, word, yen, "資料", count)


@pytest.mark.parametrize(("record", "told"), [
    (held("所得", year=2026, yen=1_740_012, count=1), date(2026, 6, 1)),
    (held("所得", date(2026, 9, 1), year=2026, yen=1_200_012), date(2026, 9, 1)),
    (held("所得", year=2026, yen=1_740_011, count=1), None),
    (held("所得"), None),
    (held("勤務先", date(2025, 12, 31), yen=1), date(2025, 12, 31)),
    (held("土地・家屋", year=2026, word="土地", yen=5), date(2026, 1, 1)),
    (held("車両", date(2019, 1, 1), word="軽自動車（乗用）"), date(2019, 1, 1)),
    (held("車両", date(2019, 1, 1), word="原動機付自転車"), None),
    (held("財産調査", AS_OF, word="財産あり"), AS_OF),
    (held("財産調査", AS_OF + DAY, word="財産あり"), None),
    (held("納付", AS_OF - 365 * DAY, word="窓口", yen=1), AS_OF - 365 * DAY),
    (held("納付", AS_OF - 366 * DAY, word="窓口", yen=1), None),
    (held("納付", AS_OF, word="滞納処分", yen=9_000), None),
    (held("転入", AS_OF, word="現住"), None),
])
def test_what_speaks_against_a_stop_before_it_is_decided(record, told):
    """Each alone, on its line and one past it: what is known by name, not what came after a day."""
    found = against([record], "1号", AS_OF)
    assert [each.happened_on for each in found] == ([told] if told else [])
    assert all(each.evidence_id == "資料" and each.meaning and "停止の後" not in each.meaning for each in found)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('sign = "車両"', 'sign = "自動車"', "sign 自動車 は 所得・勤務先"),
        (', known_on = "06-01"', "", "known_on は"),
        ('grounds = ["3号"]', 'ground = ["3号"]', "value は"),
    ],
)
def test_a_slip_in_the_settings_is_refused(amend, old, new, complaint):
    amend(suspension_watch.FILE, (old, new))
    with pytest.raises(LawFileInvalid, match=complaint):
        suspension_watch.law_tables()


def test_an_amended_sign_counts_from_its_day(amend):
    amend(suspension_watch.FILE, ('[[recovery_sign]]\nfrom = 2000-01-01\nvalue = { sign = "納付"',
          '[[recovery_sign]]\nfrom = 2026-04-01\nvalue = { sign = "納付", grounds = ["1号", "2号", "3号"], least_yen = 10000, meaning = "1万円から" }\n'
          'reference = "市の要領1条"\nlast_checked = 2026-11-26\n\n[[recovery_sign]]\nfrom = 2000-01-01\nvalue = { sign = "納付"'))
    paid = Records(receipts=(Receipt("1", "窓口", date(2025, 3, 1), 9_999), Receipt("2", "窓口", date(2025, 3, 2), 10_000)))
    assert [each.evidence_id for each in explain(STOP, paid, REGISTER, AS_OF)] == ["2"]
    assert [each.evidence_id for each in explain(STOP, paid, REGISTER, date(2026, 3, 31))] == ["2", "1"]

"""一次審査: the whole-city SQL and the Python that explains one person agree, record by record and 号 by 号, on seeded random people.

Ages crowd around the last day on which a record stands; records are missing, unanswered, unconfirmed, over, or yet to begin.
What the city's other systems hold (jobs of the household, land, vehicles, payments, pensions, assets) crowds around the answers.
"""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from law_city import city, run
from test_law_twins import differences
from test_screening import ADOPTED, OTHER_READING

from law import hardship, screening, screening_contradiction, screening_settings
from law.hardship import Household
from law.screening import Finding, Record, Verdict
from law.screening_contradiction import Fact

AS_OF = date(2026, 11, 20)
DETAILS = ("生活保護", "失業")  # the second is a record that no criterion asks for
DERIVED = ("破産", "相続", screening.HOUSEHOLD)  # told by the case, the heirs and the household


def random_records(rng, rules, key):
    """The records of one person: half of them as a suspension would need them, the rest anyhow."""
    found = [Record("住民票", rng.choice(["現住", "現住", "転出", "死亡", "職権消除", "職権消除", "職権消除"]), rng.choice([None, AS_OF - timedelta(days=rng.randrange(900))]), True, "宛名")]
    found += [Record("破産", rng.choice(rules["破産"].results), AS_OF - timedelta(days=rng.choice([0, 1, 400])), True, f"{key}破") for _ in range(rng.choice([0, 0, 1]))]
    found += [Record("相続", result, rng.choice([AS_OF, AS_OF - timedelta(days=400), *[None] * (result != "全員が放棄")]), True, "相続人")
              for result in rng.sample(rules["相続"].results, rng.choice([0, 0, 1]))]
    for place, target in enumerate(target for target in [*rules, "失業"] if target not in DERIVED):
        rule = rules.get(target)
        results, limit = (rule.results, rule.longest_age_days or 365) if rule else (("継続中",), 365)
        for number in range(0 if target == "住民票" else rng.choice([0, 1, 1, 1, 1, 2, 3])):
            age = rng.choice([0, 1, limit - 1, limit, limit, limit + 1, rng.randrange(700), -1])
            on, evidence_id = AS_OF - timedelta(days=age), f"{key}{place}{number}"
            sure = rng.random() < 0.85
            if target in DETAILS:
                ended = rng.choice([None, None, None, AS_OF, AS_OF - timedelta(days=1)])
                found.append(Record(target, "継続中", on, sure, evidence_id, ended_on=ended))
            else:
                result = rng.choice([*results, results[0], results[0], results[-1] if target == "居所" else results[0]])
                answer = (result, on) if rng.random() < 0.9 else (None, None)
                found.append(Record(target, *answer, sure, evidence_id, AS_OF - timedelta(days=rng.choice([10, 20, 400]))))
    return rng.sample(found, len(found))


def random_home(rng, key):
    """member → 課税年度, 収入, 扶養, 年金 among the 収入, and the day of a 更正, of its newest 住民税 record, None without any; near the line,
    mostly known and of this year."""
    members = [key, *(f"{key}m{place}" for place in range(rng.choice([0, 0, 1, 2])))]
    yen = (100_000 + 45_000 * (len(members) - 1)) * 12 // len(members) + rng.choice([-12, -1, 0, 0, 12, 12])
    def income():
        return (rng.choice([2024, 2025, 2026, 2026, 2026, 2026]), yen, rng.choice([0, 0, 0, 1]), rng.choice([0, 0, 0, 600_000]),
                rng.choice([None, None, AS_OF - timedelta(days=rng.choice([0, 30, 150]))]))

    return {member: rng.choice([None, *[income()] * 5]) for member in members}


def household_record(home, state):
    known = [own for own in home.values() if own and own[0] >= 2025]  # an older one says nothing of today's household
    household = Household(len(home), len(known), sum(own[1] for own in known), sum(own[2] for own in known), min((own[0] for own in known), default=None))
    return hardship.record(household, state, AS_OF)


def rows_of_homes(homes):
    """The same as rows of the register and of the 住民税."""
    return {"household_member": [(key, member, "現住") for key, home in homes.items() for member in home],
            "resident_tax": [(member, own[0], own[1] - own[3], own[3], 0, 0, 0, 0, 0, own[2], own[4]) for home in homes.values() for member, own in home.items() if own]}


def random_job(rng, key):
    """One pay report: member, tax year, employer, hired on, left on; most are of a year before, or of those who have left."""
    year = rng.choice([2024, 2025, 2025, 2025, 2026])
    hired = rng.choice([None, date(2020, 4, 1), date(2020, 4, 1), date(year - 1, 12, 31), date(2026, rng.choice([1, 5, 6, 11]), 1), AS_OF, AS_OF + timedelta(days=1)])
    return key, year, rng.choice(["E1", "E2"]), hired, rng.choice([None, None, AS_OF, AS_OF + timedelta(days=1)])


def random_holdings(rng, key, members, answered):
    """What the other systems hold of one person, as rows of the feeds: around the days `answered`."""
    def day():
        return rng.choice([*answered, AS_OF]) + timedelta(days=rng.choice([-1, 0, 1, -200]))

    def some(most):
        return range(rng.choice([0] * 6 + [1, most]))

    jobs = {(own[0], own[1], own[2]): own for own in (random_job(rng, member) for member in members for _ in some(2))}
    return {
        "employment": [(*own, 1) for own in jobs.values()],
        "attachable_wage": [(key, yen) for yen in rng.choice([[], [0], [4_000], [None]])],
        "case_property": [(key, rng.choice(["土地", "家屋"]), f"P{place}", rng.choice([2025, 2026])) for place in some(2)],
        "light_vehicle": [(f"V{key}{place}", key, "軽自動車（乗用）", rng.choice(["本人所有", "リース"]), day(), rng.choice([None, AS_OF])) for place in some(1)],
        "receipt": [(f"N{key}", "1", day(), 1, 0, f"R{key}{place}", "収納", rng.choice(["口座振替", "年金特徴", "コンビニ"])) for place in some(3)],
        "asset": [(key, rng.choice(["預金", "給与", "不動産", "年金", "車両"]), day(), rng.choice(["把握", "処分中", "解除"]), f"A{key}{place}") for place in some(2)],
    }


def facts_of(key, held, income):
    """The same, read in plain Python: what each record says of the person, before any rule of what it stands against."""
    newest = {member: max(own[1] for own in held["employment"] if own[0] == member) for member, *_ in held["employment"]}
    for member, year, employer, hired, left, _ in held["employment"]:
        if year < 2025 or year != newest[member] or (left and left <= AS_OF):
            continue
        name = f"給報 {year}-{employer}"
        if member == key:
            yield Fact("勤務先", name, hired, year)
            if [yen for _, yen in held["attachable_wage"]] != [0]:
                yield Fact("差押可能な給与", name, hired, year)
        if hired:
            yield Fact("就職", name, hired, hired.year)
    yield from (Fact("土地・家屋", f"{kind} {number}", tax_year=year) for _, kind, number, year in held["case_property"])
    yield from (Fact("車両", f"軽自 {number}", bought) for number, _, _, ownership, bought, gone in held["light_vehicle"] if ownership == "本人所有" and not gone)
    yield from (Fact(channel, f"収納 {number}", on) for _, _, on, _, _, number, _, channel in held["receipt"] if channel != "コンビニ")
    yield from (Fact("財産管理", f"財産 {number}", on, target=kind) for _, kind, on, state, number in held["asset"] if state != "解除")
    if income and income[3]:
        yield Fact("年金収入", f"住民税 {income[0]}", income[4], income[0])


def rows_of(people):
    """The same as rows of the feeds; the household has its own."""
    tables = {"delinquent": [], "asset_investigation": [], "delinquent_detail": [], "court_case": [], "heir": []}
    later = AS_OF + timedelta(days=1)  # what is yet to come is not known of
    for key, records in people.items():
        for each in records:
            if each.target == screening.HOUSEHOLD:
                continue
            if each.target == "住民票":
                tables["delinquent"].append((key, each.result, each.dated_on, False))
            elif each.target == "破産":
                is_over = each.result == "終了"
                days = (each.dated_on - timedelta(days=90), each.dated_on) if is_over else (each.dated_on, later)
                tables["court_case"] += [(key, "破産", *days, each.evidence_id), (key, "個人再生", AS_OF, AS_OF, f"{each.evidence_id}個")]
            elif each.target == "相続":
                others = [each.dated_on] if each.result == "全員が放棄" else [None, later]
                tables["heir"] += [(key, on) for on in [each.dated_on, *others]]
            elif each.target in DETAILS:
                tables["delinquent_detail"].append((each.evidence_id, key, each.target, each.dated_on, each.ended_on, each.is_confirmed))
            else:
                answer = (each.dated_on, each.result, each.is_confirmed)
                tables["asset_investigation"].append((each.evidence_id, key, each.target, each.asked_on, *answer))
    return tables


def told(own: screening.Screening) -> tuple:
    clause = own.clause
    missing = "、".join(f"{each.criterion.target}：{each.finding}" for each in clause.missing)
    return clause.name, str(own.verdict), len(clause.evidence), clause.met_count, missing, list(clause.evidence_ids)


@pytest.mark.parametrize(
    ("cases", "readings"),
    [(2_000, ()), (500, (OTHER_READING,)), (500, (("# 公表された市の要領と", ADOPTED + "# 公表された市の要領と"),)), pytest.param(20_000, (), marks=pytest.mark.slow)],
)
def test_screening(cases, readings, amend):
    """By the shipped criteria, where the city takes 生活保護 as 1号, and where it adopts 破産 and 相続の放棄 from others."""
    amend(screening_settings.FILE, *readings)
    seed = 15_007 + cases + len(readings)
    rng, rules = random.Random(seed), screening_settings.record_rules(AS_OF)
    people = {f"A{number:05d}": random_records(rng, rules, number * 100) for number in range(cases)}
    homes = {key: random_home(rng, key) for key in people}
    for key, records in people.items():
        state = next(each.result for each in records if each.target == "住民票")
        records += [own for own in [household_record(homes[key], state)] if own]
    held = {key: random_holdings(rng, key, homes[key], [each.dated_on for each in records if each.dated_on]) for key, records in people.items()}
    judged = {key: screening.explain(records, AS_OF, facts_of(key, held[key], homes[key][key])) for key, records in people.items()}
    other = {table: [row for own in held.values() for row in own[table]] for table in held["A00000"]}
    database = city(AS_OF, **rows_of(people), **rows_of_homes(homes), **other, annual_assessment=[(f"N{key}", key) for key in people])
    run(database, "screening")
    evidence = {
        (key, each.criterion.ground, clause.name, each.criterion.target): (
            str(each.finding), each.age_days, each.record and each.record.evidence_id,
            *((each.contradiction.record, each.contradiction.dated_on, each.contradiction.evidence_id) if each.contradiction else (None, None, None)))
        for key, own in judged.items() for one in own for clause in (one.clause, *one.others) for each in clause.evidence
    }  # fmt: skip
    names = "atena_number, ground, clause, target, finding, age_days, evidence_id, contradiction, contradicted_on, contradiction_id"
    found = {tuple(row[:4]): tuple(row[4:]) for row in database.sql(f"select {names} from derived.screening_evidence").fetchall()}
    assert len(found) == len(evidence), seed
    assert differences(evidence, found) == [], seed
    expected = {(key, one.ground): told(one) for key, own in judged.items() for one in own}
    names = "atena_number, ground, clause, verdict, criterion_count, met_count, missing, evidence_ids"
    found = {tuple(row[:2]): tuple(row[2:]) for row in database.sql(f"select {names} from derived.screening").fetchall()}
    assert len(found) == len(expected), seed
    assert differences(expected, found) == [], seed
    seen = Counter((ground, verdict) for (_, ground), (_, verdict, *_) in expected.items())
    assert all(seen[one.ground, verdict] > cases / 200 for one in judged["A00000"] for verdict in Verdict), (seed, seen)
    seen = Counter(finding for finding, *_ in evidence.values())
    assert all(seen[finding] > cases / 200 for finding in Finding), (seed, seen)
    stood = Counter((target, row[3]) for (*_, target), row in evidence.items() if row[3])
    assert stood.keys() == {(rule.target, rule.record) for rule in screening_contradiction.rules(AS_OF)}, "each of the settings stands against some answer"


MEMBER = ("A1", "A2", "現住")


@pytest.mark.parametrize(("job_of", "findings"), [("A1", {"給与": "食い違い", "家計": "食い違い"}), ("A2", {"給与": "満たす", "家計": "食い違い"}), ("A3", {"給与": "満たす", "家計": "満たす"})])
def test_the_job_of_another_member_speaks_of_the_household_alone(job_of, findings):
    """A1 lives with A2; A3 lives elsewhere. Hired after the year whose income is known, and after the employer of A1 was asked."""
    asked = [(f"I{place}", "A1", target, AS_OF, AS_OF - timedelta(days=300), "該当なし", True) for place, target in enumerate(["給与", "預金"])]
    incomes = [(member, 2026, 100_000, 0, 0, 0, 0, 0, 0, 0) for member in ("A1", "A2", "A3")]
    database = city(AS_OF, delinquent=[("A1", "現住", None, False)], household_member=[("A1", "A1", "現住"), MEMBER], resident_tax=incomes,
                    asset_investigation=asked, employment=[(job_of, 2026, "E1", date(2026, 2, 1), None, 900_000)])
    run(database, "screening")
    told = database.sql("select distinct target, finding, contradiction_id from derived.screening_evidence where target in ('給与', '家計')").fetchall()
    assert {target: finding for target, finding, _ in told} == findings
    assert {named for _, finding, named in told if finding == "食い違い"} <= {"給報 2026-E1"}
    verdicts = dict(database.sql("select ground, verdict from derived.screening").fetchall())
    assert verdicts["2号"] == ("資料不足" if findings["家計"] == "食い違い" else "該当の疑い")


def test_who_is_wholly_suspended_is_not_screened():
    database = city(AS_OF, delinquent=[("A1", "職権消除", None, True), ("A2", "職権消除", None, False)])
    run(database, "screening")
    assert database.sql("select distinct atena_number from derived.screening").fetchall() == [("A2",)]

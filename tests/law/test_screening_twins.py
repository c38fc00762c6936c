"""一次審査: the whole-city SQL and the Python that explains one person agree, record by record and 号 by 号, on seeded random people.

Ages crowd around the last day on which a record stands; records are missing, unanswered, unconfirmed, over, or yet to begin.
"""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from law_city import city, run
from test_law_twins import differences
from test_screening import ADOPTED, OTHER_READING

from law import hardship, screening, screening_settings
from law.hardship import Household
from law.screening import Finding, Record, Verdict

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
    """member → 課税年度, 収入 and 扶養 of its newest 住民税 record, None without any; near the line, mostly known and of this year."""
    members = [key, *(f"{key}m{place}" for place in range(rng.choice([0, 0, 1, 2])))]
    yen = (100_000 + 45_000 * (len(members) - 1)) * 12 // len(members) + rng.choice([-12, -1, 0, 0, 12, 12])
    return {member: rng.choice([None, *[(rng.choice([2024, 2025, 2026, 2026, 2026, 2026]), yen, rng.choice([0, 0, 0, 1]))] * 5]) for member in members}


def household_record(home, state):
    known = [own for own in home.values() if own and own[0] >= 2025]  # an older one says nothing of today's household
    household = Household(len(home), len(known), sum(own[1] for own in known), sum(own[2] for own in known), min((own[0] for own in known), default=None))
    return hardship.record(household, state, AS_OF)


def rows_of_homes(homes):
    """The same as rows of the register and of the 住民税."""
    return {"household_member": [(key, member, "現住") for key, home in homes.items() for member in home],
            "resident_tax": [(member, own[0], own[1], 0, 0, 0, 0, 0, 0, own[2]) for home in homes.values() for member, own in home.items() if own]}


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
    judged = {key: screening.explain(records, AS_OF) for key, records in people.items()}
    database = city(AS_OF, **rows_of(people), **rows_of_homes(homes))
    run(database, "screening")
    evidence = {
        (key, each.criterion.ground, clause.name, each.criterion.target): (str(each.finding), each.age_days, each.record and each.record.evidence_id)
        for key, own in judged.items() for one in own for clause in (one.clause, *one.others) for each in clause.evidence
    }  # fmt: skip
    names = "atena_number, ground, clause, target, finding, age_days, evidence_id"
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


def test_who_is_wholly_suspended_is_not_screened():
    database = city(AS_OF, delinquent=[("A1", "職権消除", None, True), ("A2", "職権消除", None, False)])
    run(database, "screening")
    assert database.sql("select distinct atena_number from derived.screening").fetchall() == [("A2",)]

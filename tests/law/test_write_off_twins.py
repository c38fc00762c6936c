"""不納欠損の候補 and what could have been kept: the whole-city SQL and the Python that explains one case agree."""

import json
import random
from collections import Counter
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from law_city import answers, city, run_alone
from test_law_twins import differences, installments, open_rows
from test_suspension_twins import AS_OF, DAY, LEAPING, NEAR, earliest

from law import write_off

FEW, MANY = 2_000, pytest.param(20_000, marks=pytest.mark.slow)
THREE_YEARS_AGO = [date(2023, 11, day) for day in (18, 19, 20, 21)]


def random_clock(rng):
    on = rng.choice([*NEAR, AS_OF + timedelta(days=rng.randrange(-900, 300))])
    return SimpleNamespace(
        completes_on=on, extinct_from=rng.choice([None, on + DAY, on + DAY, on + 4 * DAY]), later_reading_on=on + rng.choice([0, 0, 12, 400]) * DAY,
        is_held=rng.random() < 0.2, needs_person=rng.random() < 0.2)  # fmt: skip


def random_stops(rng):
    for _ in range(rng.choice([0, 1, 1, 2])):
        on = rng.choice([*THREE_YEARS_AGO, *THREE_YEARS_AGO, AS_OF, rng.choice(LEAPING), AS_OF - timedelta(days=rng.randrange(2_500))])
        yield on, rng.choice([None, None, None, on + timedelta(days=rng.randrange(900)), rng.choice(NEAR)]), rng.choice(["1号", "1号", "2号", "3号"])


def random_heirs(rng):
    return [rng.choice([None, *NEAR, *[AS_OF - timedelta(days=rng.randrange(900))] * 6]) for _ in range(rng.choice([0, 1, 1, 2]))]


@pytest.mark.parametrize("cases", [FEW, MANY])
def test_every_reason_to_write_off(cases):
    seed = 15_007 + cases
    rng = random.Random(seed)
    own = installments(rng, cases)
    rows = {name: [] for name in ("suspension", "suspension_installment", "prescription", "heir", "entry")}
    expected, seen = {}, Counter()
    for key, (kind, due, _) in own.items():
        clock, stops, heirs = random_clock(rng), list(random_stops(rng)), random_heirs(rng)
        rows["prescription"].append((key, "01", clock.completes_on, clock.later_reading_on, clock.extinct_from, None, None, clock.is_held, clock.needs_person))
        rows["heir"] += [(f"P{key}", on) for on in heirs]
        for place, stop in enumerate(stops):
            rows["suspension"].append((f"{key}-{place}", *stop))
            rows["suspension_installment"].append((f"{key}-{place}", key, "01"))
        immediate_on = rng.choice([None, None, None, AS_OF - 9 * DAY, min([AS_OF, *(on for on, _, _ in stops)])])
        if immediate_on:  # decided here, beside the old system's
            said = {"is_immediate": True, "ground": "1号", "installments": [{"notice_number": key, "installment_no": "01"}]}
            rows["entry"].append((f"{key}-{len(stops)}", "suspension_decision", json.dumps(said), immediate_on, 1))
            stops.append((immediate_on, None, "1号"))
        ground, suspended_on, _ = earliest(kind, key, stops) or (None, None, None)
        renounced_on = max(heirs) if heirs and None not in heirs else None
        found = write_off.candidates(AS_OF, clock, suspended_on, ground, immediate_on, renounced_on, kind) if due < AS_OF else ()
        expected[key] = [(each.code, each.booked_as, each.extinct_on, each.needs_person, each.is_first, each.article) for each in found]
        seen.update((each.code, each.needs_person, each.is_first) for each in found)
    opened = [(key, number, f"P{key}", *rest) for key, number, _, *rest in open_rows(own)]
    balance = [(key, "01", f"P{key}", due, 1, 0, 1, kind) for key, (kind, due, _) in own.items()]
    database = city(AS_OF, open_installment=opened, balance=balance, **rows)
    for rule in ("suspension_span", "seizure_bar", "demand_service", "demand_state", "case_installment", "write_off_candidate"):
        run_alone(database, rule)
    found = answers(database, "write_off_candidate group by notice_number",
                    "list((code, booked_as, extinct_on, needs_person, is_first, article) order by extinct_on nulls last, code)")
    expected = {key: (own,) for key, own in expected.items() if own}
    assert (len(found), differences(expected, found)) == (len(expected), []), seed
    kinds = [("A", False, True), ("A", False, False), ("B", False, True), ("B", True, True), ("B", True, False), ("C", False, True), ("C", True, True), ("C", False, False)]
    assert all(seen[kind] > cases / 250 for kind in kinds), (seed, seen)


def test_a_reason_is_told_with_its_day():
    clock = SimpleNamespace(completes_on=AS_OF - 3 * DAY, extinct_from=AS_OF - 2 * DAY, later_reading_on=AS_OF, is_held=False, needs_person=False)
    told = [(each.booked_as, each.is_first, each.sentence) for each in write_off.candidates(AS_OF, clock, date(2023, 11, 1), "1号", None, date(2025, 4, 1))]
    assert told == [
        ("停止3年", True, "停止 2023-11-01 から3年の終わり 2026-11-01 を過ぎた"),
        ("時効", False, "時効の日 2026-11-17 を過ぎ、2026-11-18 から消滅と扱える（担当者が確かめる）"),
        ("即時消滅", False, "1号 の停止中に、相続人の全員が 2025-04-01 までに放棄した（担当者が確かめる）"),
    ]


def random_day(rng, due):
    return rng.choice([due, due + timedelta(days=rng.randrange(1, 2_200)), AS_OF - timedelta(days=rng.choice([729, 730, 731, 732, rng.randrange(2_500)]))])


@pytest.mark.parametrize("cases", [FEW, MANY])
def test_what_could_have_been_kept(cases):
    seed = 110 + cases
    rng = random.Random(seed)
    own = installments(rng, cases)
    rows = {name: [] for name in ("demand", "receipt", "disposition", "disposition_installment", "document", "document_installment", "suspension",
                                  "suspension_installment", "write_off", "installment_plan", "installment_plan_scope")}  # fmt: skip
    expected, seen = {}, Counter()
    for key, (kind, due, _) in own.items():
        ended = max(due, rng.choice([AS_OF, due + timedelta(days=rng.randrange(1, 2_600)), rng.choice(LEAPING)]))
        reason = rng.choice(["時効", "時効", "時効", "停止3年"])
        rows["write_off"].append((key, "01", ended, 1, 2026, reason))
        demanded = [random_day(rng, due) for _ in range(rng.choice([0, 1, 1, 1]))]
        withdrawn = [rng.choice([None, None, None, AS_OF, AS_OF + DAY]) for _ in demanded]
        rows["demand"] += [(key, "01", on, on, back) for on, back in zip(demanded, withdrawn, strict=True)]
        tried = [random_day(rng, due) for _ in range(rng.choice([0, 0, 1, 2]))]
        for place, on in enumerate(tried):
            number, table = f"{key}-{place}", rng.choice(["receipt", "plan", "disposition", "document"])
            if table == "receipt":
                rows["receipt"].append((key, "01", on, 1, 0, number))
            if table == "plan":
                rows["installment_plan"].append((number, on, False))
                rows["installment_plan_scope"].append((number, key, "01"))
            if table == "disposition":
                rows["disposition"].append((number, "差押", on, on, "解除"))
                rows["disposition_installment"].append((number, key, "01"))
            if table == "document":
                rows["document"].append((number, "催告書", True, on, on))
                rows["document_installment"].append((number, key, "01"))
        stops = [(random_day(rng, due), rng.choice([None, ended - DAY, ended, ended + DAY])) for _ in range(rng.choice([0, 0, 0, 1]))]
        for place, stop in enumerate(stops):
            rows["suspension"].append((f"{key}-{place}", *stop, "1号"))
            rows["suspension_installment"].append((f"{key}-{place}", key, "01"))
        sent = [on for on, back in zip(demanded, withdrawn, strict=True) if back is None or back > AS_OF]
        stopped = any(on < ended and (cancelled is None or cancelled >= ended) for on, cancelled in stops)
        chance = write_off.kept_chance(due, ended, sent, tried, stopped, kind) if reason == "時効" else None
        age = ended.year - due.year - ((ended.month, ended.day) < (due.month, due.day))
        expected[key] = (chance, age)
        seen[chance] += 1
    balance = [(key, "01", "A1", due, 0, 0, 0, kind, 2025) for key, (kind, due, _) in own.items()]
    database = city(AS_OF, balance=balance, **rows)
    for rule in ("suspension_span", "seizure_bar", "demand_service", "demand_state", "case_installment", "write_off_candidate", "lost_installment"):
        run_alone(database, rule)
    found = answers(database, "lost_installment", "kept_chance", "age_years")
    assert (len(found), differences(expected, found)) == (cases, []), seed
    assert all(seen[chance] > cases / 50 for chance in (None, *write_off.KeptChance)), (seed, seen)

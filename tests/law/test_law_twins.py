"""The whole-city SQL and the Python that explains one case agree, on thousands of seeded random cases per rule.

The random days crowd around month ends, leap days, year boundaries and the days on which an effect begins or ends.
"""

import random
import re
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

import duckdb
import pytest
from law_city import DERIVED, answers, city, run

from law import delinquency_charge, demand, parameters, prescription

CASES = 5_000
AS_OF = date(2026, 11, 20)
AWKWARD = [
    *(date(year, 2, 28) + timedelta(days=n) for year in (2016, 2020, 2023, 2024, 2025) for n in (0, 1, 2)),
    *(
        date(year, month, day)
        for year in range(2015, 2026)
        for month, day in ((1, 1), (12, 31), (1, 30), (1, 31))
    ),
    *(date(year, month, 30) for year in (2022, 2024, 2025) for month in (4, 5, 6, 8, 11)),
    *(date(year, 3, 31) for year in range(2018, 2026)),
]


def random_due(rng):
    if rng.random() < 0.5:
        return rng.choice(AWKWARD)
    return AS_OF - timedelta(days=1 + int(rng.random() ** 2 * 365 * 12))


def installments(rng):
    """notice_number → (levy_kind, due_date, assessed_yen)."""
    return {
        f"N{number:05d}": (
            rng.choice("料税"),
            random_due(rng),
            rng.choice([0, 999, 1_999, 2_000, 2_999, 3_000, rng.randrange(60_000), rng.randrange(3_000_000)]),
        )
        for number in range(CASES)
    }


def open_rows(own):
    return [(key, "01", "A1", kind, due.year, due, yen, max(yen, 1)) for key, (kind, due, yen) in own.items()]


def differences(expected, found):
    return [(key, expected[key], found.get(key)) for key in expected if expected[key] != found.get(key)][:3]


CITY_POLICY = {}
TO_THE_YEN = {"result_unit_yen": 1, "result_minimum_yen": 0}


@pytest.mark.parametrize(
    ("as_of", "policy"),
    [
        (AS_OF, CITY_POLICY),
        (date(2024, 2, 29), TO_THE_YEN),
        (AS_OF, TO_THE_YEN),
        (date(2026, 12, 31), TO_THE_YEN | {"first_months": 3, "min_base_on_balance": False}),
        (date(2026, 1, 1), TO_THE_YEN | {"first_months": 0, "base_unit_yen": 100}),
    ],
)
def test_charge(as_of, policy):
    """Also without the last rounding (to the yen), so that no segment hides behind it, and for other cities' settings."""
    seed = 3_050 + as_of.toordinal()
    rng = random.Random(seed)
    own = {key: row for key, row in installments(rng).items() if row[1] < as_of}
    paid = {key: list(random_payments(rng, due, yen, as_of)) for key, (_, due, yen) in own.items()}
    receipts = [(key, "01", on, yen, 0) for key, many in paid.items() for on, yen in many]
    policies = {kind: replace(parameters.levy_policy(kind, as_of), **policy) for kind in "料税"}
    expected = {
        key: (delinquency_charge.explain(yen, due, paid[key], as_of, kind, policies[kind]).yen,)
        for key, (kind, due, yen) in own.items()
    }
    database = city(as_of, open_installment=open_rows(own), receipt=receipts)
    for column, value in policy.items():
        database.execute(f"update law.levy_policy set {column} = $value", {"value": value})
    run(database, "delinquency_charge")
    found = answers(database, "delinquency_charge", "charge_yen")
    assert len(found) == len(expected) > CASES / 2, seed
    assert differences(expected, found) == [], seed
    assert sum(yen > 0 for (yen,) in found.values()) > len(found) / 4, seed


def random_payments(rng, due, yen, as_of):
    for _ in range(rng.choice([0, 0, 1, 2, 3, 6])):
        on = rng.choice([due, as_of, due + timedelta(days=rng.randrange(-10, 60)), rng.choice(AWKWARD)])
        part = rng.choice([yen // 2, yen, 1_000, -500, rng.randrange(-2_000, 2 + yen), 0])
        yield on, part
        if rng.random() < 0.1:  # 同じ日の取消
            yield on, -part


def random_events(rng, due):
    on = due
    for _ in range(rng.choice([0, 1, 2, 3, 5, 9])):
        step = rng.choice([0, 1, 20, 180, 181, 184, 364, 365, 366, 729, 730, 731, rng.randrange(900)])
        on = on + timedelta(days=step - (rng.random() < 0.1) * 30)
        kind = rng.choice(["督促", "催告", "催告", "承認", "差押", "停止"])
        ended_on = on + timedelta(days=rng.choice([0, 1, 30, 183, rng.randrange(2_000)]))
        is_over = kind == "差押" and rng.random() < 0.8
        yield prescription.Event(
            kind,
            on,
            ended_on if is_over else None,
            rng.choice(["取立", "配当", "無益解除", "取下げ", "違法取消", None, "その他"])
            if is_over
            else None,
            kind == "承認" and rng.random() < 0.7,
        )


@pytest.mark.parametrize("as_of", [AS_OF, date(2024, 2, 29)])
def test_prescription(as_of):
    seed = 110 + as_of.toordinal()
    rng = random.Random(seed)
    own = installments(rng)
    events = {key: list(random_events(rng, due)) for key, (_, due, _) in own.items()}
    rows = [
        (key, "01", e.kind, e.happened_on, e.ended_on, e.end_reason, e.is_confirmed)
        for key, many in events.items()
        for e in rng.sample(many, len(many))
    ]
    expected = {}
    for key, (kind, due, _) in own.items():
        one = prescription.explain(due, kind, events[key], as_of)
        expected[key] = (one.completes_on, one.renewed_by, one.renewed_on, one.is_held)
    database = city(as_of, open_installment=open_rows(own), prescription_event=rows)
    run(database, "prescription")
    found = answers(database, "prescription", "completes_on", "renewed_by", "renewed_on", "is_held")
    assert len(found) == len(expected) == CASES, seed
    assert differences(expected, found) == [], seed
    by_renewal = defaultdict(int)
    for _, renewed_by, _, is_held in found.values():
        by_renewal[renewed_by] += 1
        by_renewal["held"] += is_held
    assert all(by_renewal[key] > 50 for key in (None, "督促", "承認", "差押", "held")), (
        seed,
        dict(by_renewal),
    )


def test_demand():
    seed = 231
    rng = random.Random(seed)
    own = installments(rng)
    sent = {
        key: [
            (
                issued := due + timedelta(days=rng.choice([19, 20, 21, rng.randrange(1, 400)])),
                rng.choice([None, issued + timedelta(days=rng.randrange(5, 20))]),
                rng.choice([None, None, issued + timedelta(days=3), AS_OF, AS_OF + timedelta(days=1)]),
            )
            for _ in range(rng.choice([0, 0, 1, 1, 2]))
        ]
        for key, (_, due, _) in own.items()
    }
    expected = {key: expected_demand(kind, due, sent[key]) for key, (kind, due, _) in own.items()}
    rows = [(key, "01", *letter) for key, letters in sent.items() for letter in letters]
    database = city(AS_OF, open_installment=open_rows(own), demand=rows)
    run(database, "demand")
    found = answers(database, "demand_state", "deadline", "issued_on", "seizable_from", "is_missed")
    assert len(found) == len(expected) == CASES, seed
    assert differences(expected, found) == [], seed


def expected_demand(kind, due, letters):
    valid = [
        (issued, deadline or date.max)
        for issued, deadline, withdrawn in letters
        if issued <= AS_OF and (withdrawn is None or withdrawn > AS_OF)
    ]
    last_day = demand.deadline(due, kind)
    if not valid:
        return last_day, None, None, last_day < AS_OF
    issued, designated = min(valid)
    seizable = demand.seizable_from(issued, None if designated == date.max else designated, kind)
    return last_day, issued, seizable.on, False


def one_installment(as_of, due, **rows):
    return city(as_of, open_installment=[("N1", "01", "A1", "料", 2025, due, 50_000, 50_000)], **rows)


@pytest.mark.parametrize(
    ("rule", "as_of", "due", "complaint"),
    [
        ("delinquency_charge", date(2027, 1, 1), date(2026, 6, 30), "割合のない日があります"),
        ("delinquency_charge", date(2024, 1, 1), date(1999, 6, 30), "levy_policy.toml"),
        ("prescription", date(2024, 1, 1), date(1999, 6, 30), "levy_policy.toml"),
        ("demand", date(2024, 1, 1), date(1999, 6, 30), "levy_policy.toml"),
    ],
)
def test_a_day_without_law_stops_the_city(rule, as_of, due, complaint):
    with pytest.raises(duckdb.Error, match=complaint):
        run(one_installment(as_of, due), rule)


def test_an_unknown_event_stops_the_city():
    rows = [("N1", "01", "承継通知", date(2025, 1, 1), None, None, None)]
    with pytest.raises(duckdb.Error, match="承継通知"):
        run(one_installment(AS_OF, date(2024, 12, 25), prescription_event=rows), "prescription")


@pytest.mark.parametrize("rule", ["delinquency_charge", "prescription", "demand"])
def test_no_number_of_the_law_in_sql(rule):
    """Only counting numbers (0, 1, ranks up to 5) and the months of a year."""
    text = (DERIVED / f"{rule}.sql").read_text(encoding="utf-8")
    code = " ".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    assert set(re.findall(r"\b\d+\b", re.sub(r"'[^']*'", "", code))) <= {"0", "1", "2", "3", "4", "5", "12"}

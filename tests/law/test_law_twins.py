"""The whole-city SQL and the Python that explains one case agree, on thousands of seeded random cases per rule.

The random days crowd around month ends, leap days, year boundaries and the days on which an effect begins or ends.
"""

import random
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import duckdb
import pytest
from law_city import DERIVED, answers, city, run

from data_access.prescription_reason import name_reasons
from law import delinquency_charge, demand, exemption, parameters, prescription
from law.prescription_comparison import Reason, compare

FEW, MANY = 2_500, pytest.param(20_000, marks=pytest.mark.slow)
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
    *(date(year, month, 1) for year in (2021, 2022, 2024) for month in (5, 8)),
]


def random_due(rng):
    if rng.random() < 0.5:
        return rng.choice(AWKWARD)
    return AS_OF - timedelta(days=1 + int(rng.random() ** 2 * 365 * 12))


def installments(rng, cases):
    """notice_number → (levy_kind, due_date, assessed_yen)."""
    return {
        f"N{number:05d}": (
            rng.choice("料税"),
            random_due(rng),
            rng.choice([0, 999, 1_999, 2_000, 2_999, 3_000, rng.randrange(60_000), rng.randrange(3_000_000)]),
        )
        for number in range(cases)
    }


def open_rows(own):
    return [(key, "01", "A1", kind, due.year, due, yen, max(yen, 1)) for key, (kind, due, yen) in own.items()]


def differences(expected, found):
    return [(key, expected[key], found.get(key)) for key in expected if expected[key] != found.get(key)][:3]


TO_THE_YEN = {"result_unit_yen": 1, "result_minimum_yen": 0}


@pytest.mark.parametrize("cases", [FEW, MANY])
@pytest.mark.parametrize(
    ("as_of", "policy"),
    [
        (AS_OF, {}),
        (date(2024, 2, 29), TO_THE_YEN),
        (AS_OF, TO_THE_YEN | {"cut_each_segment": False}),
        (date(2026, 12, 31), TO_THE_YEN | {"first_months": 3, "min_base_on_balance": False}),
        (date(2026, 1, 1), {"base_unit_yen": 100, "result_unit_yen": 10, "result_minimum_yen": 10}),
        (AS_OF, TO_THE_YEN | {"first_months": 0, "charge_start_basis": "demand_due"}),
        (AS_OF, TO_THE_YEN | {"first_period_ends_with_month": True}),
    ],
)
def test_charge(as_of, policy, cases):
    """Also without the last rounding (to the yen), so that no segment hides behind it, and for other cities' settings."""
    seed = 3_050 + as_of.toordinal() + cases
    rng = random.Random(seed)
    own = {key: row for key, row in installments(rng, cases).items() if row[1] < as_of}
    rows = {"receipt": [], "write_off": [], "charge_exemption": [], "demand": [], "installment": []}
    expected = {}
    for key, (kind, due, yen) in own.items():
        payments = list(random_payments(rng, due, yen, as_of))
        paid = [(on, rng.choice([0, 0, 300, 1_000, -300])) for on, _ in payments]
        write_offs = [
            (due + timedelta(days=rng.randrange(900)), rng.randrange(1, 2 + yen))
            for _ in range(rng.random() < 0.1)
        ]
        exempted = list(random_exemptions(rng, due, as_of)) if rng.random() < 0.3 else []
        designated = due + timedelta(days=rng.randrange(25, 60)) if rng.random() < 0.8 else None
        rows["receipt"] += [
            (key, "01", on, part, charge) for (on, part), (_, charge) in zip(payments, paid, strict=True)
        ]
        rows["write_off"] += [(key, "01", on, part) for on, part in write_offs]
        rows["charge_exemption"] += [(key, "01", e.from_date, e.to_date, e.kind) for e in exempted]
        is_sent = designated and designated - timedelta(days=10) <= as_of
        rows["demand"] += [(key, "01", designated - timedelta(days=10), designated, None)] if is_sent else []
        forced = rng.choice([None] * 5 + [0, 1_000, rng.randrange(100_000)])
        rows["installment"].append((key, "01", forced, None, None))
        charge = delinquency_charge.explain(
            yen,
            due,
            payments,
            as_of,
            kind,
            replace(parameters.levy_policy(kind, due), **policy),
            designated_deadline=designated if is_sent else None,
            write_offs=write_offs,
            exemptions=exempted,
            charge_paid=sum(part for on, part in paid if on <= as_of),
            forced_yen=forced,
        )
        expected[key] = (charge.yen, charge.computed_yen, charge.forced_yen, charge.paid_yen, charge.exempt_days)
    database = city(as_of, open_installment=open_rows(own), **rows)
    for column, value in policy.items():
        database.execute(f"update law.levy_policy set {column} = $value", {"value": value})
    run(database, "delinquency_charge")
    found = answers(
        database, "delinquency_charge", "charge_yen", "computed_yen", "forced_charge_yen", "charge_paid_yen", "exempt_days"
    )
    assert len(found) == len(expected) > cases / 2, seed
    assert differences(expected, found) == [], seed
    assert sum(computed > 0 for _, computed, *_ in found.values()) > len(found) / 8, seed
    assert sum(days > 0 for *_, days in found.values()) > len(found) / 20, seed
    assert sum(forced is not None for _, _, forced, _, _ in found.values()) > len(found) / 4, seed


def random_payments(rng, due, yen, as_of):
    for _ in range(rng.choice([0, 0, 1, 2, 3, 6])):
        on = rng.choice([due, as_of, due + timedelta(days=rng.randrange(-10, 60)), rng.choice(AWKWARD)])
        part = rng.choice([yen // 2, yen, 1_000, -500, rng.randrange(-2_000, 2 + yen), 0])
        yield on, part
        if rng.random() < 0.1:  # 同じ日の取消
            yield on, -part


def random_exemptions(rng, due, as_of):
    """Overlapping, adjacent, open-ended; half exempt days only from 2014, where there is a rate for them."""
    start = due + timedelta(days=rng.randrange(-30, 400))
    for _ in range(rng.choice([1, 1, 2, 4])):
        kind = rng.choice(["full", "half"]) if start >= date(2014, 1, 1) else "full"
        end = start + timedelta(days=rng.choice([0, 30, 364, rng.randrange(900)]))
        yield exemption.Exemption(start, rng.choice([end, end, end, None]), kind)
        start = rng.choice([end + timedelta(days=1), end, start, end + timedelta(days=rng.randrange(200))])


def random_events(rng, due):
    on = due
    for _ in range(rng.choice([0, 1, 2, 3, 5, 9])):
        step = rng.choice([0, 1, 20, 180, 181, 184, 364, 365, 366, 729, 730, 731, rng.randrange(900)])
        on = on + timedelta(days=step - (rng.random() < 0.1) * 30)
        kind = rng.choice(
            ["納入の告知", "督促", "督促", "催告", "催告", "承認", "承認", "協議", "天災", "差押", "差押", "交付要求",
             "徴収猶予", "換価猶予", "停止"]
        )  # fmt: skip
        ended_on = on + timedelta(days=rng.choice([0, 1, 30, 183, 364, 365, rng.randrange(2_000)]))
        deadline = on + timedelta(days=rng.choice([0, 10, 11, 31, 90, 364, 400]))
        yield prescription.Event(
            kind,
            on,
            ended_on if kind not in ("督促", "催告", "承認") and rng.random() < 0.8 else None,
            rng.choice(["取立", "配当", "無益解除", "取下げ", "違法取消", None, "その他"])
            if kind == "差押"
            else None,
            kind == "承認" and rng.random() < 0.7,
            deadline if rng.random() < 0.7 else None,
        )


ANSWERS = (
    "completes_on",
    "later_reading_on",
    "extinct_from",
    "renewed_by",
    "renewed_on",
    "is_held",
    "needs_person",
)


@pytest.mark.parametrize("cases", [FEW, MANY])
@pytest.mark.parametrize(
    ("as_of", "rule"),
    [
        (AS_OF, {}),
        (date(2024, 2, 29), {}),
        (date(2021, 3, 31), {}),
        (AS_OF, {"deferral_pauses": True, "distribution_claim_holds": True}),
    ],
)
def test_prescription(as_of, rule, cases, monkeypatch):
    seed = 110 + as_of.toordinal() + cases
    rng = random.Random(seed)
    if rule:
        shipped = parameters.prescription_rule
        changed = lambda kind, on: replace(shipped(kind, on), **rule)  # noqa: E731
        monkeypatch.setattr("law.prescription_event.prescription_rule", changed)
    own = installments(rng, cases)
    events = {key: list(random_events(rng, due)) for key, (_, due, _) in own.items()}
    rows = [
        (key, "01", e.kind, e.happened_on, e.ended_on, e.end_reason, e.is_confirmed, e.deadline)
        for key, many in events.items()
        for e in rng.sample(many, len(many))
    ]
    expected = {}
    for key, (kind, due, _) in own.items():
        one = prescription.explain(due, kind, events[key], as_of)
        expected[key] = tuple(getattr(one, name) for name in ANSWERS)
    database = city(as_of, open_installment=open_rows(own), prescription_event=rows)
    for column, value in rule.items():
        database.execute(f"update law.prescription_rule set {column} = $value", {"value": value})
    run(database, "prescription")
    found = answers(database, "prescription", *ANSWERS)
    assert len(found) == len(expected) == cases, seed
    assert differences(expected, found) == [], seed
    seen = Counter(answer[3] for answer in found.values())
    seen.update({"held": sum(answer[5] for answer in found.values())})
    seen.update({"later": sum(answer[1] > answer[0] for answer in found.values())})
    seen.update({"person": sum(answer[6] for answer in found.values())})
    names = (None, "督促", "承認", "差押", "交付要求", "held", "later", "person")
    assert all(seen[name] > 20 for name in names), (seed, seen)


@pytest.mark.parametrize("cases", [FEW, MANY])
def test_prescription_difference(cases):
    """SQL names the reasons it can, Python the rest; together they are the law's comparison, case by case."""
    seed = 5_150 + cases
    rng = random.Random(seed)
    own = installments(rng, cases)
    events = {key: list(random_events(rng, due)) for key, (_, due, _) in own.items()}
    stored, expected = {}, {}
    for key, (kind, due, _) in own.items():
        one = prescription.explain(due, kind, events[key], AS_OF)
        stored[key] = (random_stored(rng, one), random_stored(rng, one))
        found = compare(*stored[key], kind, one)
        expected[key] = (found.stored_on, found.computed_on, found.days, str(found.reason), one.is_held)
    database = city(
        AS_OF,
        open_installment=open_rows(own),
        prescription_event=[
            (key, "01", e.kind, e.happened_on, e.ended_on, e.end_reason, e.is_confirmed, e.deadline)
            for key, many in events.items()
            for e in many
        ],
        installment=[(key, "01", None, *dates) for key, dates in stored.items()],
    )
    run(database, "prescription_difference")
    explained = name_reasons(database, AS_OF)
    found = answers(database, "prescription_difference", "stored_on", "computed_on", "days", "reason", "is_held")
    assert len(found) == len(expected) == cases, seed
    assert differences(expected, found) == [], seed
    assert 0 < explained < cases, seed
    assert {answer[3] for answer in found.values()} == {str(reason) for reason in Reason}, seed


def random_stored(rng, computed):
    """One of the dates that some reading gives, a day beside it, any other day, or none."""
    on, rolled = computed.completes_on, computed.extinct_from
    return rng.choice(
        [
            None,
            on,
            on,
            computed.later_reading_on,
            computed.if_confirmed_on,
            rolled - timedelta(days=1) if rolled else on,
            rng.choice(computed.steps).completes_on,
            computed.steps[0].completes_on,
            on + timedelta(days=rng.choice([-1, 1])),
            on + timedelta(days=rng.randrange(-900, 900)),
        ]
    )


@pytest.mark.parametrize("cases", [FEW, MANY])
def test_demand(cases):
    seed = 231 + cases
    rng = random.Random(seed)
    own = installments(rng, cases)
    sent = {
        key: [
            (
                issued := due + timedelta(days=rng.choice([19, 20, 21, rng.randrange(1, 400)])),
                rng.choice([None, issued + timedelta(days=rng.randrange(5, 20))]),
                rng.choice([None, None, issued + timedelta(days=3), AS_OF, AS_OF + timedelta(days=1)]),
            )
            for _ in range(rng.choice([0, 1, 1]))
        ]
        for key, (_, due, _) in own.items()
    }
    expected = {key: expected_demand(kind, due, sent[key]) for key, (kind, due, _) in own.items()}
    rows = [(key, "01", *letter) for key, letters in sent.items() for letter in letters]
    database = city(AS_OF, open_installment=open_rows(own), demand=rows)
    run(database, "demand_state")
    found = answers(
        database, "demand_state", "deadline", "issued_on", "is_missed", "coalesce(fee_yen, 0)", "seizable_from",
        "after_dispatch", "after_designated_deadline",
    )  # fmt: skip
    assert len(found) == len(expected) == cases, seed
    assert differences(expected, found) == [], seed


def expected_demand(kind, due, letters):
    valid = [(on, until) for on, until, withdrawn in letters if withdrawn is None or withdrawn > AS_OF]
    one = demand.state(due, 1, AS_OF, valid, levy_kind=kind)
    seizable = (
        (one.seizable.on, one.seizable.after_dispatch, one.seizable.after_designated_deadline)
        if one.seizable
        else (None,) * 3
    )
    return one.deadline, one.issued_on, one.is_missed, one.fee_yen, *seizable


def test_a_suspension_exempts_its_own_days_as_far_as_the_city_lets_it():
    day = date.fromisoformat
    suspensions = [
        ("S1", day("2025-08-01"), None),
        ("S2", day("2025-08-01"), day("2025-09-01")),
        ("S3", day("2026-12-01"), None),  # 基準日より後
        ("S4", day("2025-08-01"), day("2025-08-01")),  # その日に取り消した
    ]
    own = {f"N{number}": ("税" if number == 1 else "料", day("2025-06-30"), 50_000) for number in range(1, 5)}
    scope = [(f"S{number}", f"N{number}", "01") for number in range(1, 5)]
    database = city(
        AS_OF, open_installment=open_rows(own), suspension=suspensions, suspension_installment=scope
    )
    rows = {
        key: (found.from_date, found.to_date, found.kind)
        for (key, (kind, _, _)), (_, start, end) in zip(own.items(), suspensions, strict=True)
        if start <= AS_OF
        and (found := exemption.exempt("執行停止", start, end and end - timedelta(days=1), kind))
    }
    run(database, "charge_exemption")
    assert answers(database, "charge_exemption", "from_date", "to_date", "kind") == rows
    assert set(rows) == {"N1", "N2"}
    database.execute("update law.levy_policy set charge_exemption_applies = false where levy_kind = '料'")
    run(database, "charge_exemption")
    assert set(answers(database, "charge_exemption", "kind")) == {"N1"}


def one_installment(as_of, due, **rows):
    return city(as_of, open_installment=[("N1", "01", "A1", "料", 2025, due, 50_000, 50_000)], **rows)


@pytest.mark.parametrize(
    ("rule", "as_of", "due", "complaint"),
    [
        ("delinquency_charge", date(2027, 1, 1), date(2026, 6, 30), "2027-01-01 の延滞金の割合がありません"),
        ("delinquency_charge", date(2024, 1, 1), date(1999, 6, 30), "levy_policy.toml"),
        ("prescription", date(2024, 1, 1), date(1999, 6, 30), "levy_policy.toml"),
        ("demand_state", date(2024, 1, 1), date(1999, 6, 30), "levy_policy.toml"),
    ],
)
def test_a_day_without_law_stops_the_city(rule, as_of, due, complaint):
    with pytest.raises(duckdb.Error, match=complaint):
        run(one_installment(as_of, due), rule)


def test_an_unknown_event_stops_the_city():
    rows = [("N1", "01", "承継通知", date(2025, 1, 1), None, None, None, None)]
    with pytest.raises(duckdb.Error, match="承継通知"):
        run(one_installment(AS_OF, date(2024, 12, 25), prescription_event=rows), "prescription")


@pytest.mark.parametrize(
    "rule",
    [
        "delinquency_charge", "charge_exemption", "grace_span", "prescription_event", "prescription_period",
        "prescription_mark", "prescription", "prescription_difference", "demand_service", "demand_state", "suspension_span", "seizure_bar", "left_charge",
        "case_installment", "screening_evidence", "screening", "household_hardship",
    ],
)
def test_no_number_of_the_law_in_sql(rule):
    """Only 0, 1, the months of a year, and the first and last days there are."""
    text = (DERIVED / f"{rule}.sql").read_text(encoding="utf-8")
    code = " ".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    assert set(re.findall(r"\b\d+\b", re.sub(r"'[^']*'", "", code))) <= {"0", "1", "12"}

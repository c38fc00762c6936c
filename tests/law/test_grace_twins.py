"""猶予, 催告 and 協議 as the old system records them: the city's SQL and the Python that explains one case agree on what they do.

The cases are seeded rows of the feed tables; the twin reads the same rows with law/ alone.
"""

import random
from dataclasses import replace
from datetime import date, timedelta

import duckdb
import pytest
from law_city import answers, city, run
from test_law_twins import ANSWERS, differences, installments, one_installment, open_rows

from law import delinquency_charge, demand, exemption, grace, grace_ground, parameters, prescription
from law.files import entries_in
from law.grace import GraceRefused

FEW, MANY = 2_500, pytest.param(20_000, marks=pytest.mark.slow)
AS_OF = date(2026, 11, 20)
EVERY_KIND_FROM = date(2016, 4, 1)  # 申請換価猶予 began then
WORDS = sorted({(own.grace_kind, own.ground) for own in grace_ground.grounds()})


def days(rng, *usual):
    return timedelta(days=rng.choice([*usual, rng.randrange(900)]))


def random_grace(rng, due):
    """grace_kind, ground, applied_on, is_acknowledged, granted_on, from_date, to_date, cancelling_fact_on, cancelled_on."""
    kind, ground = rng.choice(WORDS)
    start = rng.choice([due + days(rng, 0, 1, 19, 20, 21), AS_OF - days(rng, 0, 1)])
    start = max(start, due, EVERY_KIND_FROM)
    end = start + days(rng, 0, 1, 30, 364)
    cancelled = rng.choice([None, None, start, start + days(rng, 1, 30), end + timedelta(days=9)])
    fact = cancelled - timedelta(days=rng.choice([0, 1, 15, 400])) if cancelled and rng.random() < 0.7 else None
    applied = rng.choice([None, start - timedelta(days=rng.randrange(40))])
    granted = rng.choice([start, start + timedelta(days=10), AS_OF, AS_OF + timedelta(days=1)])
    return kind, ground, applied, rng.random() < 0.5, granted, start, end, fact, cancelled


def random_document(rng, due):
    """document_kind, is_reminder, drawn_up_on, dispatched_on, deadline, undelivered_on, refused_on."""
    on = due + days(rng, 30, 60, 180, 181, 184, 365, 640)
    back = on + timedelta(days=8) if rng.random() < 0.1 else None
    if rng.random() < 0.25:
        refused = on + days(rng, 0, 90, 200) if rng.random() < 0.4 else None
        return "協議合意書", False, on, None, rng.choice([None, on + days(rng, 60, 365, 400)]), None, refused
    kind = rng.choice(["催告書", "催告書", "催告書", "差押予告書"])
    return kind, kind == "催告書" and rng.random() < 0.9, on, rng.choice([on, on, None]), on + timedelta(days=14), back, None


def feeds(rng, own):
    """notice_number → (its 猶予, its papers, its 督促), at most a few each."""
    found = {}
    for key, (_, due, _) in own.items():
        issued = due + timedelta(days=rng.choice([18, 20, 200]))
        sent = [(issued, issued + timedelta(days=10))] if rng.random() < 0.6 else []
        graces = [random_grace(rng, due) for _ in range(rng.choice([0, 1, 1, 2]))]
        papers = [random_document(rng, due) for _ in range(rng.choice([0, 1, 2, 4]))]
        found[key] = graces, papers, sent
    return found


def tables(own, fed):
    rows = {name: [] for name in ("grace", "grace_installment", "document", "document_installment", "demand")}
    for key, (graces, papers, sent) in fed.items():
        for number, granted in enumerate(graces):
            rows["grace"].append((f"{key}-{number}", *granted))
            rows["grace_installment"].append((f"{key}-{number}", key, "01"))
        for number, paper in enumerate(papers):
            rows["document"].append((f"{key}-{number}", *paper))
            rows["document_installment"].append((f"{key}-{number}", key, "01"))
        rows["demand"] += [(key, "01", *letter, None) for letter in sent]
    return rows | {"open_installment": open_rows(own)}


def events_of(kind, graces, papers, sent, as_of):
    """What the rows are to the 時効, written down once more, plainly."""
    for on, deadline in sent:
        yield prescription.Event("督促", on, deadline=deadline)
    for name, ground, applied, is_acknowledged, granted, start, end, fact, cancelled in graces:
        if applied:
            yield prescription.Event("承認", applied, is_confirmed=is_acknowledged)
        runs_to, _ = grace_ground.span(start, end, cancelled, fact)
        if runs_to and granted <= as_of:
            yield prescription.Event(grace_ground.effect(name, ground, start, kind).event_kind, start, runs_to)
    for name, is_reminder, drawn_up, dispatched, deadline, undelivered, refused in papers:
        if is_reminder and dispatched and not undelivered:
            yield prescription.Event("催告", dispatched)
        if name == "協議合意書":
            yield prescription.Event("協議", drawn_up, refused, deadline=deadline)


def exemptions_of(kind, graces, as_of):
    for name, ground, _, _, granted, start, end, fact, cancelled in graces:
        runs_to, _ = grace_ground.span(start, end, cancelled, fact)
        if runs_to and granted <= as_of and start <= as_of:
            own = grace_ground.effect(name, ground, start, kind)
            found = exemption.exempt(own.exemption_ground, start, runs_to, kind, fact)
            yield from [found] if found else []


def made(seed, cases, rule=None):
    """(installments, what was fed, a city that has run every rule these rows touch)."""
    rng = random.Random(seed)
    own = {key: row for key, row in installments(rng, cases).items() if row[1] < AS_OF}
    fed = feeds(rng, own)
    database = city(AS_OF, **tables(own, fed))
    for column, value in (rule or {}).items():
        database.execute(f"update law.prescription_rule set {column} = $value", {"value": value})
    for step in ("grace_span", "prescription_event", "charge_exemption"):
        run(database, step)
    return own, fed, database


@pytest.mark.parametrize("cases", [FEW, MANY])
@pytest.mark.parametrize("rule", [{}, {"deferral_pauses": True}])
def test_what_it_does_to_the_prescription(cases, rule, monkeypatch):
    seed = 1_505 + cases
    own, fed, database = made(seed, cases, rule)
    if rule:
        shipped = parameters.prescription_rule
        monkeypatch.setattr("law.prescription_event.prescription_rule", lambda kind, on: replace(shipped(kind, on), **rule))
    expected = {}
    for key, (kind, due, _) in own.items():
        found = prescription.explain(due, kind, events_of(kind, *fed[key], AS_OF), AS_OF)
        expected[key] = tuple(getattr(found, name) for name in ANSWERS)
    run(database, "prescription")
    found = answers(database, "prescription", *ANSWERS)
    assert differences(expected, found) == [], seed
    kinds = {row[0] for row in database.sql("select distinct kind from derived.prescription_event").fetchall()}
    assert kinds == {"督促", "承認", "徴収猶予", "換価猶予", "催告", "協議"}, seed
    plain = {key: prescription.explain(due, kind, [], AS_OF).completes_on for key, (kind, due, _) in own.items()}
    assert sum(expected[key][0] > plain[key] for key in own) > len(own) / 4, seed


@pytest.mark.parametrize("cases", [FEW, MANY])
def test_what_it_exempts(cases):
    seed = 159 + cases
    own, fed, database = made(seed, cases)
    expected = {}
    for key, (kind, due, yen) in own.items():
        exempted = list(exemptions_of(kind, fed[key][0], AS_OF))
        charge = delinquency_charge.explain(yen, due, [], AS_OF, kind, exemptions=exempted)
        expected[key] = charge.yen, charge.exempt_days
    run(database, "delinquency_charge")
    found = answers(database, "delinquency_charge", "charge_yen", "exempt_days")
    assert differences(expected, found) == [], seed
    assert sum(exempt > 0 for _, exempt in found.values()) > len(own) / 5, seed
    assert {kind for (kind,) in database.sql("select distinct kind from derived.charge_exemption").fetchall()} == {"full", "half"}


@pytest.mark.parametrize("cases", [FEW, MANY])
def test_what_it_stops(cases):
    """徴収猶予 stops a new 督促 while it runs, 換価猶予 does not."""
    seed = 152 + cases
    own, fed, database = made(seed, cases)
    expected = {}
    for key, (kind, due, _) in own.items():
        graces, _, sent = fed[key]
        facts = [demand.Fact(event.kind, event.happened_on, event.ended_on)
                 for event in events_of(kind, graces, (), (), AS_OF) if event.kind.endswith("猶予")]
        found = demand.state(due, 1, AS_OF, sent, facts, kind)
        expected[key] = found.is_missed, found.stopped_by
    run(database, "demand_state")
    found = answers(database, "demand_state", "is_missed", "stopped_by")
    assert differences(expected, found) == [], seed
    assert {stopped for _, stopped in found.values()} == {"徴収猶予", None}, seed
    would_be_missed = [key for key, (graces, _, sent) in fed.items() if found[key][1] and not sent]
    assert len(would_be_missed) > 20, seed


def row(kind="徴収猶予", ground="災害・盗難", start=date(2026, 1, 5), end=date(2026, 12, 31), fact=None, cancelled=None):
    return ("G1", kind, ground, None, False, start, start, end, fact, cancelled)


@pytest.mark.parametrize(
    ("granted", "span", "kind"),
    [
        (row(), (date(2026, 1, 5), date(2026, 12, 31)), "full"),
        (row(ground="事業の損失"), (date(2026, 1, 5), date(2026, 12, 31)), "half"),
        (row("申請換価猶予", "生活・事業の維持"), (date(2026, 1, 5), date(2026, 12, 31)), "half"),
        (row(cancelled=date(2026, 4, 1)), (date(2026, 1, 5), date(2026, 3, 31)), "full"),
        (row(cancelled=date(2026, 4, 1), fact=date(2026, 2, 10)), (date(2026, 1, 5), date(2026, 2, 9)), "full"),
        (row(cancelled=date(2026, 4, 1), fact=date(2026, 1, 5)), None, None),  # 初日に事由が生じた
        (row(cancelled=date(2026, 1, 5)), None, None),  # 始まる前に取り消した
    ],
)
def test_the_days_a_grace_exempts(granted, span, kind):
    database = one_installment(AS_OF, date(2025, 6, 30), grace=[granted], grace_installment=[("G1", "N1", "01")])
    run(database, "charge_exemption")
    found = answers(database, "charge_exemption", "from_date", "to_date", "kind")
    assert found == ({"N1": (*span, kind)} if span else {})


def test_a_ground_the_kind_does_not_have_stops_the_city():
    graces = {"grace": [row("職権換価猶予", "災害・盗難")], "grace_installment": [("G1", "N1", "01")]}
    with pytest.raises(duckdb.Error, match=r"猶予 G1 の猶予区分と猶予事由の組が grace\.toml にありません"):
        one_installment(AS_OF, date(2025, 6, 30), **graces)
    with pytest.raises(GraceRefused, match="職権換価猶予に事由「災害・盗難」はありません"):
        grace_ground.effect("職権換価猶予", "災害・盗難", AS_OF)
    with pytest.raises(GraceRefused):
        grace_ground.effect("申請換価猶予", "生活・事業の維持", date(2016, 3, 31))  # 施行前


def test_every_ground_is_what_the_checklist_says():
    """The rows SQL joins say what law.grace explains when that condition is met."""
    for entry in entries_in("grace.toml", "condition"):
        own = entry["value"]
        for kind in ("料", "税") if "word" in own else ():
            explained = grace.explain(own["name"], {own["code"]: True}, AS_OF, 6, 100_000, kind)
            found = grace_ground.effect(own["name"], own["word"], AS_OF, kind)
            assert (found.exemption_kind, found.exemption_ground) == (explained.exemption, explained.exemption_ground), own
            assert parameters.exemption_ground(found.exemption_ground, AS_OF), own
            assert found.event_kind in parameters.event_ranks(), own
            assert demand.state(date(2026, 6, 30), 1, AS_OF, facts=[demand.Fact(found.event_kind, AS_OF)]).stopped_by == (
                found.event_kind if found.stops_demand else None), own

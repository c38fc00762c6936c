"""執行停止の3年の終わり, 差押えができない事由 and できること: the whole-city SQL and the Python that explains one case agree.

The feeds are seeded rows of 停止, 猶予, 破産事件 and 督促; their days crowd around as_of, around leap days and month ends.
"""

import json
import random
from collections import Counter
from datetime import date, timedelta
from types import SimpleNamespace

import duckdb
import pytest
from law_city import answers, city, run_alone
from test_grace_twins import random_grace
from test_law_twins import FEW, MANY, differences, installments, one_installment, open_rows

from law import claim_state, demand, grace_ground, suspension
from law.dated import NoValue
from law.demand import Fact

AS_OF = date(2026, 11, 20)
DAY = timedelta(days=1)
LEAPING = [date(year, month, day) for year in (2020, 2023, 2024, 2025) for month, day in ((2, 27), (2, 28), (1, 31), (3, 1), (12, 31), (8, 30))]
LEAPING += [date(2020, 2, 29), date(2024, 2, 29)]
STEP = SimpleNamespace(article="国民健康保険法110条1項")
NEAR = [AS_OF - DAY, AS_OF, AS_OF + DAY]


def random_stops(rng):
    """decided_on, cancelled_on and 号 of the 執行停止 of one installment."""
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3])):
        on = rng.choice([*NEAR, rng.choice(LEAPING), rng.choice(LEAPING), AS_OF - timedelta(days=rng.randrange(2_500))])
        yield on, rng.choice([None, None, on, on + timedelta(days=rng.randrange(900)), rng.choice(NEAR)]), rng.choice(["1号", "2号", "3号"])


def random_cases(rng):
    """case_kind, opened_on, closed_on of one person."""
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        on = rng.choice([*NEAR, AS_OF - timedelta(days=rng.randrange(900))])
        yield rng.choice(["破産", "破産", "個人再生"]), on, rng.choice([None, rng.choice(NEAR), on + timedelta(days=rng.randrange(400))])


def random_prescription(rng):
    on = rng.choice([*NEAR, AS_OF + timedelta(days=rng.randrange(-300, 900)), AS_OF + timedelta(days=400)])
    extinct = rng.choice([None, on + DAY, on + DAY, on + 4 * DAY])
    return SimpleNamespace(completes_on=on, extinct_from=extinct, is_held=rng.random() < 0.2, steps=[STEP])


def facts(kind, stops, graces, cases):
    """The same as the law hears of it: what holds from a day to a day."""
    found = [Fact("執行停止", on, cancelled and cancelled - DAY) for on, cancelled, _ in stops if cancelled != on]
    for grace_kind, ground, _, _, granted, start, end, fact, cancelled in graces:
        runs_to, _ = grace_ground.span(start, end, cancelled, fact)
        if runs_to and granted <= AS_OF:
            found.append(Fact(grace_ground.effect(grace_kind, ground, start, kind).event_kind, start, runs_to))
    return found + [Fact("破産手続", on, closed) for case_kind, on, closed in cases if case_kind == "破産"]


def earliest(kind, key, stops):
    """号, 停止の日 and the end of its three years, of the earliest 停止 in force."""
    valid = [(on, f"{key}-{place}", ground) for place, (on, cancelled, ground) in enumerate(stops)
             if on <= AS_OF and (cancelled is None or cancelled > AS_OF)]  # fmt: skip
    if not valid:
        return None
    on, _, ground = min(valid)
    return ground, on, suspension.three_years_end(on, kind)


@pytest.mark.parametrize("cases", [FEW, MANY])
def test_what_may_be_done_and_how_a_suspension_ends(cases):
    seed = 15_008 + cases
    rng = random.Random(seed)
    own = installments(rng, cases)
    rows = {name: [] for name in ("suspension", "suspension_installment", "grace", "grace_installment", "court_case", "demand", "prescription")}
    spans, bars, claims = {}, {}, {}
    for key, (kind, due, _) in own.items():
        stops, graces, insolvent = list(random_stops(rng)), [], list(random_cases(rng))
        graces = [random_grace(rng, due) for _ in range(rng.choice([0, 0, 1]))]
        issued = max(due, rng.choice([AS_OF - timedelta(days=rng.choice([9, 10, 11, 12])), due + timedelta(days=20)]))
        sent = [(issued, rng.choice([None, issued + timedelta(days=10)]))] if rng.random() < 0.8 else []
        prescribed = random_prescription(rng)
        for place, (on, cancelled, ground) in enumerate(stops):
            rows["suspension"].append((f"{key}-{place}", on, cancelled, ground))
            rows["suspension_installment"].append((f"{key}-{place}", key, "01"))
        for place, granted in enumerate(graces):
            rows["grace"].append((f"{key}-{place}", *granted))
            rows["grace_installment"].append((f"{key}-{place}", key, "01"))
        rows["court_case"] += [(f"P{key}", *case) for case in insolvent]
        rows["demand"] += [(key, "01", *letter, None) for letter in sent]
        rows["prescription"].append((key, "01", prescribed.completes_on, None, prescribed.extinct_from, None, None, prescribed.is_held, False))
        found = demand.state(due, 1, AS_OF, sent, facts(kind, stops, graces, insolvent), kind)
        bars[key] = [str(bar) for bar in found.bars]
        claims[key] = (claim_state.explain(prescribed, found, AS_OF).state if due < AS_OF else None, bars[key], list(found.cautions))
        if span := earliest(kind, key, stops):
            spans[key] = span
    opened = [(key, number, f"P{key}", *rest) for key, number, _, *rest in open_rows(own)]
    balance = [(key, "01", f"P{key}", due, 1, 0, 1) for key, (_, due, _) in own.items()]
    database = city(AS_OF, open_installment=opened, balance=balance, **rows)
    for rule in ("suspension_span", "seizure_bar", "demand_service", "demand_state", "case_installment"):
        run_alone(database, rule)
    ended = answers(database, "suspension_span", "suspension_ground", "suspended_on", "three_years_on")
    assert (len(ended), differences(spans, ended)) == (len(spans), []), seed
    barred = {key: reasons for key, (reasons,) in answers(
        database, "seizure_bar group by notice_number", "list(reason order by rank)").items()}
    assert (len(barred), differences({key: own for key, own in bars.items() if own}, barred)) == (sum(map(bool, bars.values())), []), seed
    claimed = answers(database, "case_installment", "claim_state", "seizure_bars", "seizure_cautions")
    assert (len(claimed), differences(claims, claimed)) == (cases, []), seed
    assert sum(cautions == ["換価猶予"] for *_, cautions in claims.values()) > cases / 200, seed
    seen = Counter(state for state, *_ in claims.values())
    assert all(seen[state] > cases / 50 for state in (None, *claim_state.ClaimState)), (seed, seen)
    seen = Counter(reason for own in bars.values() for reason in own)
    assert all(seen[reason] > cases / 50 for reason in ("徴収猶予", "執行停止", "破産手続")), (seed, seen)
    assert sum(end.day != on.day for _, on, end in spans.values()), seed  # the 応当日 that a month does not have


def test_the_three_years_end_with_the_day_of_the_suspension_or_the_month():
    days = {"2023-10-01": "2026-10-01", "2024-02-28": "2027-02-28", "2024-02-29": "2027-02-28", "2023-12-31": "2026-12-31"}
    for decided_on, end in days.items():
        assert str(suspension.three_years_end(date.fromisoformat(decided_on))) == end


def test_a_suspension_without_law_stops_the_city():
    decided = date(1999, 12, 31)
    database = one_installment(AS_OF, date(1999, 6, 30), suspension=[("S1", decided, None, "1号")], suspension_installment=[("S1", "N1", "01")])
    with pytest.raises(duckdb.Error, match=r"suspension.toml: 1999-12-31 の値がありません"):
        run_alone(database, "suspension_span")
    with pytest.raises(NoValue, match=r"suspension.toml: 料 の 1999-12-31 の値がありません"):
        suspension.three_years_end(decided)


def test_a_bar_that_demand_toml_has_lost_stops_the_city():
    database = one_installment(AS_OF, date(2025, 6, 30), court_case=[("A1", "破産", AS_OF, None)])
    database.execute("delete from law.seizure_bar where reason = '破産手続'")
    run_alone(database, "suspension_span")
    with pytest.raises(duckdb.Error, match="demand.toml の seizure_bar に「破産手続」がありません"):
        run_alone(database, "seizure_bar")


def entry(seq: int, kind: str, on: date, **said) -> tuple:
    payload = {**said, "installments": [{"notice_number": "N1", "installment_no": "01"}]}
    return f"E{seq}", kind, json.dumps(payload), on, seq


# what the old system says (決定日, 取消日), what the ledger says (決定・取消 and the days before AS_OF) → suspended since how many days
ENDS = [
    ([], [("決定", 9)], 9),
    ([], [("決定", 9), ("取消", 5)], None),
    ([], [("決定", 9), ("取消", 5), ("決定", 5)], 5),
    ([], [("決定", 0), ("取消", 0), ("決定", 0)], 0),
    ([(20, None)], [("取消", 5)], None),
    ([(20, None)], [("取消", 5), ("決定", 3)], 3),
    ([(20, 10)], [("決定", 9)], 9),
    ([(9, None)], [("決定", 9), ("取消", 5)], None),  # the ledger's own, come back with the old system's feed
    ([(4, None)], [("決定", 9), ("取消", 5)], 4),
]


@pytest.mark.parametrize(("told", "written", "since"), ENDS)
def test_the_ledger_s_decisions_stand_beside_the_feed_s(told, written, since):
    def day(ago):
        return None if ago is None else AS_OF - timedelta(days=ago)

    kinds = {"決定": "suspension_decision", "取消": "suspension_cancellation"}
    database = one_installment(
        AS_OF, date(2025, 6, 30),
        suspension=[(f"S{place}", day(on), day(until), "1号") for place, (on, until) in enumerate(told)],
        suspension_installment=[(f"S{place}", "N1", "01") for place in range(len(told))],
        entry=[entry(seq, kinds[kind], day(ago), ground="2号") for seq, (kind, ago) in enumerate(written, 1)])
    run_alone(database, "suspension_span")
    assert [on for _, on in answers(database, "suspension_span", "suspension_ground", "suspended_on").values()] == ([day(since)] if since is not None else [])

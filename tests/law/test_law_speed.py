"""The law in bulk: SQL over a city of 130,000 open installments against the Python that explains one of them.

How long a million takes is for bench/million.py to say; here both are timed side by side, so that a busy machine does not count.
"""

import random
import time
from datetime import date, timedelta

import pytest
from law_city import answers, city, run_alone

from law import delinquency_charge, prescription

AS_OF = date(2026, 11, 20)
CITY, EXPLAINED = 130_000, 1_000
RULES = ("demand_service", "demand_state", "delinquency_charge", "prescription_period", "prescription_mark", "prescription")
TIMES_FASTER = 5  # about 27 when measured


def tables(rng):
    installments, receipts, demands, events = [], [], [], []
    for number in range(CITY):
        key, due = (f"N{number:07d}", "01"), AS_OF - timedelta(days=int(rng.random() ** 2 * 3_650) + 1)
        yen = rng.randrange(1_000, 60_000)
        later = [due + timedelta(days=rng.randrange(30, 1_500)) for _ in range(6)]
        installments.append((*key, "A1", rng.choice("料税"), due.year, due, yen, yen))
        receipts += [(*key, on, rng.randrange(-500, 5_000), 0) for on in later[: rng.choice([0, 0, 1, 3])]]
        demands.append((*key, due + timedelta(days=25), due + timedelta(days=35), None))
        events.append((*key, "督促", due + timedelta(days=25), None, None, False, due + timedelta(days=35)))
        events += [(*key, "催告", on, None, None, False, None) for on in later[: rng.randrange(5)]]
        events += [(*key, "承認", on, None, None, True, None) for on in later[: rng.choice([0, 0, 2])]]
    return {
        "open_installment": installments,
        "receipt": receipts,
        "demand": demands,
        "prescription_event": events,
    }


def explained(rows, wanted):
    """notice_number → (延滞金, completion) of the wanted installments, by the Python of one case."""
    own = {key: {"receipt": [], "prescription_event": []} for key in wanted}
    for table in ("receipt", "prescription_event"):
        for key, _, *row in rows[table]:
            if key in own:
                own[key][table].append(row)
    found, start = {}, time.process_time()
    for key, _, _, kind, _, due, assessed_yen, _ in rows["open_installment"]:
        if key in own:
            paid = [(on, yen) for on, yen, _ in own[key]["receipt"]]
            charge = delinquency_charge.explain(assessed_yen, due, paid, AS_OF, kind)
            clock = prescription.explain(due, kind, [prescription.Event(*event) for event in own[key]["prescription_event"]], AS_OF)
            found[key] = charge.computed_yen, clock.completes_on
    return found, time.process_time() - start


@pytest.mark.slow
def test_a_whole_city_is_complete_equal_and_much_faster_than_one_by_one():
    seed = 130
    rng = random.Random(seed)
    rows = tables(rng)
    database = city(AS_OF, **rows)
    start = time.process_time()
    for rule in RULES:
        run_alone(database, rule)
    in_sql = time.process_time() - start
    charges = answers(database, "delinquency_charge", "computed_yen")
    dates = answers(database, "prescription", "completes_on")
    assert len(charges) == len(dates) == CITY
    wanted, one_by_one = explained(rows, set(rng.sample(sorted(dates), EXPLAINED)))
    assert {key: (*charges[key], *dates[key]) for key in wanted} == wanted, seed
    faster = (one_by_one / EXPLAINED) / (in_sql / CITY)
    assert faster > TIMES_FASTER, (seed, faster, in_sql, one_by_one)

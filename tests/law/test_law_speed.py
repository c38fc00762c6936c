"""The whole city's law, 130,000 open installments: the three files together within two seconds."""

import random
import time
from datetime import date, timedelta

import pytest
from law_city import answers, city, run

AS_OF = date(2026, 11, 20)
CITY = 130_000


def tables(rng):
    installments, receipts, demands, events = [], [], [], []
    for number in range(CITY):
        key, due = (f"N{number:07d}", "01"), AS_OF - timedelta(days=int(rng.random() ** 2 * 3_650) + 1)
        yen = rng.randrange(1_000, 60_000)
        later = [due + timedelta(days=rng.randrange(30, 1_500)) for _ in range(6)]
        installments.append((*key, "A1", rng.choice("料税"), due.year, due, yen, yen))
        receipts += [(*key, on, rng.randrange(-500, 5_000), 0) for on in later[: rng.choice([0, 0, 1, 3])]]
        demands.append((*key, due + timedelta(days=25), due + timedelta(days=35), None))
        events.append((*key, "督促", due + timedelta(days=25), None, None, None, None))
        events += [(*key, "催告", on, None, None, None, None) for on in later[: rng.randrange(5)]]
        events += [(*key, "承認", on, None, None, True, None) for on in later[: rng.choice([0, 0, 2])]]
    return {
        "open_installment": installments,
        "receipt": receipts,
        "demand": demands,
        "prescription_event": events,
    }


@pytest.mark.slow
def test_whole_city():
    seed = 130
    database = city(AS_OF, **tables(random.Random(seed)))
    best = {}
    for rule in ("delinquency_charge", "prescription", "demand"):
        for _ in range(3):
            start = time.perf_counter()
            run(database, rule)
            best[rule] = min(best.get(rule, 9), time.perf_counter() - start)
    assert len(answers(database, "prescription", "completes_on")) == CITY
    assert sum(best.values()) < 2, (seed, best)

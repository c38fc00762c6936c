"""A hundred sign-ins at once, a thousand guesses, and whether time tells who works here: with bcrypt at full cost."""

import random
import sqlite3
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import bcrypt
import pytest

import store
from auth import account_store, accounts, lockout, passwords, sessions
from auth.accounts import Verified, verify
from tests.auth.conftest import OFFICER
from tests.auth.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.slow
SEED = 20261124
PAIRS, MOST = 30, 0.05
DEAR = bcrypt.gensalt  # before a fixture makes it cheap


def crowd(home, monkeypatch, count: int) -> list[str]:
    """`count` accounts in the store of `home`, of one password hashed once."""
    monkeypatch.setenv("CONSOLE_HOME", str(home))
    hashed, names = passwords.hashed(PASSWORD), [f"person{n:03}" for n in range(count)]
    row = {"display_name": "だれか", "role": "officer", "section": "収納推進課", "districts": ("D01",), "expires_on": None}
    with store.engine().begin() as connection:
        for name in names:
            account_store.insert(connection, name, hashed, row)
    store.engine().dispose()
    return names


def test_a_hundred_people_sign_in_at_once(probe, monkeypatch):
    names = crowd(probe.home, monkeypatch, 100)

    def arrive(number: int) -> int:
        return Visitor(probe, patience=180, address=f"127.3.0.{number + 1}").sign_in(names[number]).status

    with ThreadPoolExecutor(100) as people:
        statuses = list(people.map(arrive, range(100)))
    assert statuses == [303] * 100
    read = "select count(*), count(distinct account) from session where ended_at is null and account like 'person%'"
    assert sqlite3.connect(probe.home / "store.sqlite").execute(read).fetchone() == (100, 100)


def test_one_account_signing_in_from_everywhere_at_once_has_one_session(home):
    accounts.create("tanaka", password=PASSWORD, **OFFICER)
    with ThreadPoolExecutor(20) as tries:
        tokens = list(tries.map(lambda n: sessions.start("tanaka", f"10.4.0.{n}"), range(100)))
    alive = [token for token in tokens if sessions.find(token)]
    assert len(alive) == 1
    assert len(sessions.live()) == 1


def test_a_thousand_guesses_get_few_looks_and_nobody_else_waits(home, clock):
    for name in ("tanaka", "suzuki"):
        accounts.create(name, password=PASSWORD, **OFFICER)
    looks, others = 0, 0
    for number in range(1000):
        looks += verify("tanaka", f"guess {number}", "10.9.9.9").reason == "mismatch"
        if number % 50 == 0:
            others += isinstance(verify("suzuki", PASSWORD, "10.0.0.2"), Verified)
            others += isinstance(verify("tanaka", PASSWORD, "10.0.0.1"), Verified)
        clock.forward(seconds=3.6)
    assert looks <= 20
    assert others == 40


def test_time_does_not_tell_who_works_here(home, monkeypatch):
    """Processor time, median of interleaved pairs: what the code does differently, not what else the machine is doing."""
    monkeypatch.setattr(bcrypt, "gensalt", DEAR)
    monkeypatch.setattr(passwords, "NOBODYS", passwords._hasher.hash("nobody"))
    accounts.create("tanaka", password=PASSWORD, **OFFICER)
    order, took = random.Random(SEED), {"tanaka": [], "suzuki": []}
    for pair in range(PAIRS):
        for name in order.sample(["tanaka", "suzuki"], 2):
            began = time.process_time()
            verify(name, "wrong", f"10.5.{pair}.{len(name)}")
            took[name].append(time.process_time() - began)
            lockout.forget_everywhere(name)  # every look is one at the password
    known, unknown = (statistics.median(took[name]) for name in ("tanaka", "suzuki"))
    assert abs(known - unknown) / known < MOST, f"seed {SEED}: known {known * 1000:.1f} ms, unknown {unknown * 1000:.1f} ms"

"""Accounts, passwords and the lockout, with a clock that is moved."""

import io
import sqlite3
import sys
import unicodedata
from datetime import date, timedelta

import bcrypt
import pytest
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as given_settings
from hypothesis import strategies as st

import store
from auth import accounts, lockout, passwords
from auth.accounts import AccountRefused, Refused, Verified, verify
from auth.passwords import PasswordRefused
from tests.auth.conftest import OFFICER
from tests.auth.visitor import PASSWORD

HERE, THERE = "10.0.0.1", "10.0.0.2"
SEED = 20261124


def test_the_right_password_gives_the_person(tanaka):
    assert verify("tanaka", PASSWORD, HERE) == Verified(tanaka)
    assert verify(" TANAKA ", PASSWORD, HERE) == Verified(tanaka)


def test_wrong_and_unknown_are_refused_alike(tanaka):
    assert verify("tanaka", PASSWORD + "。", HERE) == Refused("mismatch", is_known=True)
    assert verify("suzuki", PASSWORD, HERE) == Refused("mismatch", is_known=False)


@pytest.mark.parametrize("length", [0, 14, 129])
def test_a_password_of_the_wrong_length_is_refused(home, length):
    with pytest.raises(PasswordRefused, match="15～128文字"):
        accounts.create("suzuki", password="あ" * length, **OFFICER)


@pytest.mark.parametrize("length", [15, 128])
def test_length_is_the_only_rule(home, length):
    accounts.create("suzuki", password="あ" * length, **OFFICER)
    assert isinstance(verify("suzuki", "あ" * length, HERE), Verified)


@seed(SEED)
@given_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=40, max_size=60))
def test_every_character_counts_beyond_what_bcrypt_reads(home, password):
    if not passwords.SHORTEST <= len(unicodedata.normalize("NFC", password)) <= passwords.LONGEST:
        return
    kept = passwords.hashed(password)
    assert passwords.matches(unicodedata.normalize("NFD", password), kept), SEED
    assert not passwords.matches(password + "x", kept), SEED
    assert not passwords.matches(password, None), SEED


def test_an_unknown_name_costs_the_same_bcrypt_as_a_known_one():
    kept = bcrypt.hashpw(b"somebody", bcrypt.gensalt()).decode()
    assert passwords.NOBODYS[:7] == kept[:7] == "$2b$12$"


def test_the_store_holds_no_password_and_no_typed_name(tanaka, home):
    verify("tanaka", PASSWORD, HERE)
    verify("my secret typed one field too early", PASSWORD, HERE)
    everything = "\n".join(sqlite3.connect(home / "store.sqlite").iterdump())
    assert "tanaka" in everything
    assert PASSWORD not in everything
    assert "one field too early" not in everything


@pytest.mark.parametrize("name", ["", "a", "Tanaka", "田中", "a b", "a" * 33, "-a", "a\n"])
def test_a_bad_name_is_refused(home, name):
    with pytest.raises(AccountRefused, match="利用者ID"):
        accounts.create(name, password=PASSWORD, **OFFICER)


def test_a_second_account_of_one_name_and_an_unknown_role_are_refused(tanaka):
    with pytest.raises(AccountRefused, match="すでに使われています"):
        accounts.create("tanaka", password=PASSWORD, **OFFICER)
    with pytest.raises(AccountRefused, match="権限表"):
        accounts.create("suzuki", password=PASSWORD, **(OFFICER | {"role": "mayor"}))


def test_a_disabled_account_is_refused(tanaka):
    accounts.disable("tanaka")
    assert verify("tanaka", PASSWORD, HERE) == Refused("disabled", is_known=True)
    with pytest.raises(AccountRefused, match="ありません"):
        accounts.disable("nobody")


def test_an_account_works_through_its_last_day(home, clock):
    accounts.create("suzuki", password=PASSWORD, expires_on=date(2026, 11, 24), **OFFICER)
    assert isinstance(verify("suzuki", PASSWORD, HERE), Verified)
    clock.forward(days=1)
    assert verify("suzuki", PASSWORD, HERE) == Refused("expired", is_known=True)


def test_a_new_password_replaces_the_old(tanaka):
    accounts.set_password("tanaka", "まったく新しい合言葉をきめました")
    assert isinstance(verify("tanaka", PASSWORD, HERE), Refused)
    assert isinstance(verify("tanaka", "まったく新しい合言葉をきめました", HERE), Verified)


def test_after_five_failures_even_the_right_password_waits_but_only_from_there(tanaka, clock):
    for _ in range(5):
        assert verify("tanaka", "wrong", HERE).reason == "mismatch"
    assert verify("tanaka", PASSWORD, HERE) == Refused("locked", 1, is_known=True)
    assert isinstance(verify("tanaka", PASSWORD, THERE), Verified)
    clock.forward(seconds=1)
    assert isinstance(verify("tanaka", PASSWORD, HERE), Verified)
    assert verify("tanaka", "wrong", HERE).reason == "mismatch", "a success starts the count afresh"


def test_the_wait_doubles_up_to_a_quarter_of_an_hour():
    waits = [lockout.wait_after(failures, 5) // timedelta(seconds=1) for failures in range(4, 18)]
    assert waits == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_a_thousand_guesses_in_an_hour_get_at_most_twenty_looks(tanaka, clock):
    looks = 0
    for _ in range(1000):
        looks += verify("tanaka", "wrong", HERE).reason == "mismatch"
        clock.forward(seconds=3.6)
    assert looks <= 20


def test_spraying_many_names_from_one_address_is_slowed_too(home, clock):
    reasons = [verify(f"name{n}", "wrong", HERE).reason for n in range(30)]
    assert reasons == ["mismatch"] * 20 + ["locked"] * 10
    assert verify("name40", "wrong", THERE).reason == "mismatch"


def test_unknown_names_are_held_up_like_known_ones(tanaka, clock):
    outcomes = [[verify(name, "wrong", HERE).reason for _ in range(7)] for name in ("tanaka", "suzuki")]
    assert outcomes[0] == outcomes[1]


def test_the_lockout_survives_a_restart(tanaka, clock):
    for _ in range(5):
        verify("tanaka", "wrong", HERE)
    store.engine().dispose()
    assert verify("tanaka", PASSWORD, HERE).reason == "locked"


def test_the_command_line_creates_lists_and_disables(home, capsys, monkeypatch):
    made = ["create", "suzuki", "--role", "chief", "--display-name", "鈴木", "--section", "収納推進課", "--password-stdin"]
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))
    assert accounts.main(made) == 0
    assert isinstance(verify("suzuki", PASSWORD, HERE), Verified)
    assert accounts.main(["disable", "suzuki"]) == 0
    assert accounts.main(["list"]) == 0
    assert "suzuki\t係長\t収納推進課\t鈴木\t[]\t停止" in capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    assert accounts.main([*made[:1], "sato", *made[2:]]) == 1
    assert "15～128文字" in capsys.readouterr().err

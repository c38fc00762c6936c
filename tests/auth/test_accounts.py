"""Accounts, passwords and the lockout, with a clock that is moved."""

import io
import json
import os
import sqlite3
import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import bcrypt
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as given_settings
from hypothesis import strategies as st

import settings
import store
from audit import log
from auth import (
    account_proposal,
    account_store,
    accounts,
    first_secret,
    limits,
    lockout,
    passwords,
    proof,
    sessions,
)
from auth.access import UNTRAINED, decide, permissions
from auth.account_checks import AccountRefused
from auth.accounts import Refused, Verified, verify
from auth.accounts_command import main
from auth.passwords import PasswordRefused
from auth.proof import Claim
from tests.auth.conftest import OFFICER
from tests.auth.visitor import PASSWORD
from tests.staff import ADMIN, MANAGER

HERE, THERE = "10.0.0.1", "10.0.0.2"
SEED = 20261124
NEW_PASSWORD = "まったく新しい合言葉をきめました"
ROOT = Path(__file__).parents[2]


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
    if not passwords.SHORTEST <= len(unicodedata.normalize("NFKC", password)) <= passwords.LONGEST:
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


@pytest.mark.parametrize("name", ["", "a", "Tanaka", "田中", "a b", "a" * 33, "-a", "a\n", "unknown", "month_end"])
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
    accounts.set_password("tanaka", NEW_PASSWORD)
    assert isinstance(verify("tanaka", PASSWORD, HERE), Refused)
    assert isinstance(verify("tanaka", NEW_PASSWORD, HERE), Verified)


def test_after_five_failures_even_the_right_password_waits_but_only_from_there(tanaka, clock):
    for _ in range(5):
        assert verify("tanaka", "wrong", HERE).reason == "mismatch"
    assert verify("tanaka", PASSWORD, HERE) == Refused("locked", 1, is_known=True)
    assert isinstance(verify("tanaka", PASSWORD, THERE), Verified)
    clock.forward(seconds=1)
    assert isinstance(verify("tanaka", PASSWORD, HERE), Verified)
    assert verify("tanaka", "wrong", HERE).reason == "mismatch", "a success starts the count afresh"


def test_the_wait_doubles_up_to_a_quarter_of_an_hour():
    waits = [lockout.wait_after(failures, lockout.OF_NAME_THERE) // timedelta(seconds=1) for failures in range(4, 18)]
    assert waits == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


@pytest.mark.slow
def test_a_thousand_guesses_in_an_hour_get_at_most_twenty_looks(tanaka, clock):
    looks = 0
    for _ in range(1000):
        looks += verify("tanaka", "wrong", HERE).reason == "mismatch"
        clock.forward(seconds=3.6)
    assert looks <= 20


@pytest.mark.slow
def test_a_thousand_addresses_get_at_most_twenty_looks_an_hour_and_the_owner_is_not_held_up(tanaka, clock):
    assert isinstance(verify("tanaka", PASSWORD, HERE), Verified)
    looks, alarms = 0, []
    for number in range(1000):
        outcome = verify("tanaka", "wrong", f"10.{number // 250}.7.{number % 250}")
        looks += outcome.reason == "mismatch"
        alarms += [outcome.alarm] if outcome.alarm else []
        if number % 100 == 99:
            assert isinstance(verify("tanaka", PASSWORD, HERE), Verified), "their usual address is free"
        clock.forward(seconds=3.6)
    assert (looks <= 20, alarms) == (True, ["name"]), looks
    assert verify("tanaka", PASSWORD, "10.200.0.1").reason == "locked", "even the right password, from where it never came in"
    lockout.forget_everywhere("tanaka")
    assert isinstance(verify("tanaka", PASSWORD, "10.200.0.1"), Verified)


def test_spraying_many_names_from_many_addresses_is_slowed_and_told_but_not_where_people_work(tanaka, clock, monkeypatch):
    monkeypatch.setattr(lockout, "OF_ALL", replace(lockout.OF_ALL, free=10))
    assert isinstance(verify("tanaka", PASSWORD, HERE), Verified)
    outcomes = [verify(f"name{n}", "wrong", f"10.1.{n}.1") for n in range(15)]
    assert [outcome.reason for outcome in outcomes] == ["mismatch"] * 10 + ["locked"] * 5
    assert [outcome.alarm for outcome in outcomes if outcome.alarm] == ["all"]
    assert isinstance(verify("tanaka", PASSWORD, HERE), Verified)
    clock.forward(minutes=1)
    assert isinstance(verify("tanaka", PASSWORD, THERE), Verified), "a new terminal waits half a minute at most"


def test_a_try_that_is_counted_after_a_later_one_is_not_held_up(tanaka, clock):
    assert verify("tanaka", "wrong", THERE).reason == "mismatch"
    clock.forward(seconds=-1)
    assert isinstance(verify("tanaka", PASSWORD, HERE), Verified)


def test_an_alarm_is_in_the_log_with_the_account_and_without_what_is_none(tanaka, clock):
    for name in ("tanaka", "typed too early"):
        for number in range(8):
            proof.prove(Claim(name, "wrong", "", "", f"10.1.1.{number}"))
    read = sa.select(log.ACCESS_LOG.c.actor, log.ACCESS_LOG.c.source, log.ACCESS_LOG.c.detail).where(log.ACCESS_LOG.c.action == "session.alarm")
    with store.engine().connect() as connection:
        assert list(connection.execute(read)) == [("tanaka", "10.1.1.6", '{"reason":"name"}'), ("unknown", "10.1.1.6", '{"reason":"name"}')]


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


@pytest.fixture
def command(home, capsys, monkeypatch):
    """Run one command of the command line; its exit code, what it said, what it complained of."""

    def run(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = main(list(arguments))
        return code, *capsys.readouterr()

    return run


def recorded(action: str) -> list[dict]:
    """The details of the entries of one action in the access log."""
    with store.engine().connect() as connection:
        read = sa.select(log.ACCESS_LOG).where(log.ACCESS_LOG.c.action == action).order_by(log.ACCESS_LOG.c.seq)
        rows = connection.execute(read).all()
    assert all(row.actor.startswith("os:") and row.source == "cli" for row in rows)
    return [json.loads(row.detail) for row in rows]


def creation(name: str, role: str = "chief", *more: str) -> list[str]:
    made = ["create", name, "--role", role, "--display-name", "鈴木", "--section", "収納推進課", "--employee-number", f"E{name}", "--password-stdin"]
    return [*made, *more]


def test_the_command_line_creates_lists_and_disables(command):
    made = command(*creation("suzuki"), stdin=PASSWORD + "\n")
    assert made == (0, "利用者 suzuki（係長 鈴木）を登録しました。次のサインインで、本人が自分のパスワードに替えます（72時間）。\n", "")
    assert first_secret.is_pending("suzuki"), "who set it up knows it"
    assert recorded("account.create") == [{"account": "suzuki", "role": "chief", "districts": []}]
    assert isinstance(verify("suzuki", PASSWORD, HERE), Verified)
    assert command("disable", "suzuki") == (0, "利用者 suzuki を停止しました。開いていた画面は終わります。\n", "")
    assert recorded("account.disable") == [{"account": "suzuki"}]
    assert "suzuki\t係長\t収納推進課\t鈴木\t[]\t停止" in command("list")[1]
    code, said, complaint = command(*creation("sato"), stdin="short\n")
    assert (code, said) == (1, "")
    assert "15～128文字" in complaint


@pytest.mark.parametrize("name", ["create", "password", "disable", "enable", "unlock"])
def test_without_an_access_log_the_command_line_changes_nothing(tanaka, clock, command, name):
    if name == "enable":
        accounts.disable("tanaka")
    for _ in range(6):
        verify("tanaka", "wrong", HERE)
    with store.engine().begin() as connection:
        connection.execute(sa.text("create trigger full before insert on access_log begin select raise(abort, 'disk full'); end"))
        before = [list(connection.execute(sa.select(table))) for table in (account_store.account, lockout.sign_in_attempt)]
    arguments = creation("suzuki") if name == "create" else [name, "tanaka", *(["--password-stdin"] if name == "password" else [])]
    code, said, complaint = command(*arguments, stdin="ほかのひらがな十五文字をこえる\n")
    assert (code, said) == (1, "")
    assert "アクセスログに記録できない" in complaint
    with store.engine().connect() as connection:
        assert [list(connection.execute(sa.select(table))) for table in (account_store.account, lockout.sign_in_attempt)] == before


def test_nobody_of_that_name_is_changed_and_nothing_is_recorded(tanaka, command):
    for name in ("disable", "enable", "unlock"):
        assert "ありません" in command(name, "nobody")[2]
    assert "すでに使われています" in command(*creation("tanaka"), stdin=PASSWORD + "\n")[2]
    assert [recorded(f"account.{name}") for name in ("create", "disable", "enable", "unlock")] == [[], [], [], []]


def test_it_answers_as_python_m_auth_accounts_too(home):
    command = [sys.executable, "-W", "error", "-m", "auth.accounts", *creation("suzuki", "officer", "--districts", "D01, D02")]
    done = subprocess.run(command, cwd=ROOT, input=PASSWORD + "\n", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("利用者 suzuki（地区担当 鈴木）を登録しました。")
    assert verify("suzuki", PASSWORD, HERE).user.districts == ("D01", "D02")


@pytest.mark.parametrize("more", [[], ["--districts", ""], ["--districts", " , "]])
def test_an_officer_without_districts_is_refused(command, more):
    code, said, complaint = command(*creation("suzuki", "officer", *more), stdin=PASSWORD + "\n")
    assert (code, said) == (1, "")
    assert complaint == "役割「地区担当」には担当地区が要ります。D01,D02 のように担当地区を指定してください。\n"
    assert account_store.everyone() == recorded("account.create") == []


@pytest.mark.parametrize("day", ["2027-02-29", "令和9年3月31日", "", "03/31"])
def test_a_last_day_that_is_no_date_is_refused(command, day):
    code, said, complaint = command(*creation("suzuki", "chief", "--expires-on", day), stdin=PASSWORD + "\n")
    assert (code, said) == (1, "")
    assert complaint == f"最終日「{day}」は日付ではありません。2027-03-31 のように書いてください。\n"
    assert account_store.everyone() == []


def test_a_last_day_is_kept(command):
    assert command(*creation("suzuki", "chief", "--expires-on", "2027-03-31"), stdin=PASSWORD + "\n")[0] == 0
    assert [row.expires_on for row in account_store.everyone()] == ["2027-03-31"]


def test_a_last_day_is_the_end_of_the_fiscal_year_at_the_latest(command):
    code, said, complaint = command(*creation("suzuki", "chief", "--expires-on", "2027-04-01"), stdin=PASSWORD + "\n")
    assert (code, said, complaint) == (1, "", "最終日は 2027-03-31 までにしてください。利用者の期限は年度末（auth/account_rules.toml）、非常時に作る利用者はその日かぎりです。\n")
    assert account_store.everyone() == []


def test_one_person_has_one_account(command, tanaka):
    assert command(*creation("suzuki"), stdin=PASSWORD + "\n")[0] == 0
    code, _, complaint = command(*creation("suzuki2"), "--employee-number", "Esuzuki", stdin=PASSWORD + "\n")
    assert (code, "職員番号はすでに使われています" in complaint) == (1, True)
    assert "もう職員番号があるか" in command("employee-number", "tanaka", "Esuzuki")[2]
    assert command("employee-number", "tanaka", "E1") == (0, "利用者 tanaka に職員番号を付けました。次の人事異動から突き合わせます。\n", "")
    assert recorded("account.employee_number") == [{"account": "tanaka"}]
    assert "もう職員番号があるか" in command("employee-number", "tanaka", "E2")[2]
    assert command("employee-number", "nobody", "E3") == (1, "", "利用者ID nobody はありません。\n")
    with pytest.raises(SystemExit):
        command("create", "sato", "--role", "chief", "--display-name", "佐藤", "--section", "収納推進課", "--password-stdin")


@pytest.mark.parametrize("number", ["", "Ｅ１００", "E-1", "E" * 21, "123456789018"])
def test_a_number_that_is_none_or_a_my_number_is_refused(command, number):
    code, _, complaint = command(*creation("suzuki"), "--employee-number", number, stdin=PASSWORD + "\n")
    assert (code, "番号" in complaint, account_store.everyone()) == (1, True, [])


def test_without_a_training_that_counts_somebody_sees_their_own_account_and_the_law_only(command, home, clock):
    assert command(*creation("suzuki"), "--training-on", "2025-10-20", stdin=PASSWORD + "\n")[0] == 0
    accounts.set_password("suzuki", PASSWORD)  # their own by now
    token = sessions.start("suzuki", HERE)
    seen = sessions.user_of(sessions.find(token).sid)
    assert decide(seen, "case.read").allowed
    clock.forward(hours=24)
    token = sessions.start("suzuki", HERE)
    lapsed = sessions.user_of(sessions.find(token).sid)
    assert {action for action in permissions().roles["chief"].actions if decide(lapsed, action).allowed} == {"grounds.read", "permission_table.read", "account.own"}
    assert decide(lapsed, "case.read").reason == UNTRAINED
    proposal = account_proposal.propose(ADMIN, "training", "suzuki", reason="研修", content={"training_on": "2026-11-20"})
    assert not sessions.user_of(sessions.find(token).sid).is_trained, "not before somebody else approved it"
    account_proposal.approve(MANAGER, proposal)
    assert decide(sessions.user_of(sessions.find(token).sid), "case.read").allowed
    for day in ("2026-11-26", "2025-10-20", "先月"):
        with pytest.raises(AccountRefused, match="研修修了日"):
            account_proposal.propose(ADMIN, "training", "suzuki", reason="研修", content={"training_on": day})
    assert command(*creation("sato"), "--training-on", "2026-13-01", stdin=PASSWORD + "\n")[0] == 1


@pytest.fixture
def two_networks(monkeypatch):
    """地区担当 in one network and another, analysts from anywhere, nobody else from anywhere."""
    some = replace(limits.limits(date(2026, 11, 24)), networks={"officer": ["10.0.0.0/24", "2001:db8::/64"], "analyst": ["any"]})
    monkeypatch.setattr(limits, "_every", lambda: (some,))


@pytest.mark.parametrize(("role", "source", "inside"), [
    ("officer", HERE, True), ("officer", "2001:db8::7", True), ("officer", "10.0.1.1", False), ("officer", "", False), ("officer", "me", False),
    ("analyst", "10.9.9.9", True), ("chief", HERE, False),
])
def test_each_role_has_its_networks(two_networks, role, source, inside):
    assert limits.is_inside(role, source, date(2026, 11, 24)) is inside


def test_a_fresh_installation_is_open_to_this_machine_alone(monkeypatch):
    monkeypatch.delenv("CONSOLE_LIMITS")
    day = date(2026, 11, 24)
    for role in permissions().roles:
        assert [limits.is_inside(role, source, day) for source in ("127.0.0.1", "::1", "10.0.0.1", "192.168.1.5", "2001:db8::7", "")] == [True, True, False, False, False, False]
    assert "auth/limits.toml の networks" in limits.networks_missing(day)
    named = replace(limits.limits(day), networks={"officer": ["loopback", "10.0.0.0/24"]})
    monkeypatch.setattr(limits, "_every", lambda: (named,))
    assert limits.networks_missing(day) == ""
    assert limits.is_inside("officer", "10.0.0.9", day)
    assert not limits.is_inside("officer", "me", day)


def test_behind_a_proxy_the_console_does_not_start_until_the_networks_are_named(home):
    settings.make_secret("pseudonym")
    environment = {name: value for name, value in os.environ.items() if name != "CONSOLE_LIMITS"}
    told = []
    for more in ({}, {"CONSOLE_LIMITS": os.environ["CONSOLE_LIMITS"]}):
        done = subprocess.run([sys.executable, "-c", "import app"], cwd=ROOT, env=environment | {"CONSOLE_HTTPS": "1"} | more, capture_output=True, text=True)
        told.append((done.returncode, "起動できません。サインインできる端末のネットワークが決まっていません。auth/limits.toml の networks" in done.stderr))
    assert told == [(1, True), (0, False)]


def test_the_city_s_own_file_takes_the_place_of_the_shipped_one(monkeypatch, tmp_path):
    own = tmp_path / "limits.toml"
    own.write_text(limits.SHIPPED.read_text("utf-8").replace("training_days = 400", "training_days = 300"), "utf-8")
    monkeypatch.setenv("CONSOLE_LIMITS", str(own))
    assert limits.limits(date(2026, 11, 24)).training_days == 300
    monkeypatch.setenv("CONSOLE_LIMITS", str(tmp_path / "gone.toml"))
    with pytest.raises(settings.SettingsInvalid, match="CONSOLE_LIMITS"):
        limits.limits(date(2026, 11, 24))


def test_every_role_is_named_in_the_limits_and_they_were_looked_at():
    for held in limits._read(limits.SHIPPED):
        assert held.networks.keys() == permissions().roles.keys()
        assert held.most_persons_a_day.keys() == {name for name, role in permissions().roles.items() if role.scope != "none"}
        assert held.most_listed_a_day.keys() == held.most_persons_a_day.keys()
        assert held.most_inquiries_a_day.keys() == {name for name, role in permissions().roles.items() if "care_inquiry.ask" in role.actions}
        assert held.reviewed_on >= held.since


def test_a_foreign_network_is_refused_at_the_sign_in_and_on_record(tanaka, two_networks):
    assert isinstance(proof.prove(Claim("tanaka", PASSWORD, "", "", HERE)), Verified)
    assert proof.prove(Claim("tanaka", PASSWORD, "", "", "10.0.1.1")) == Refused("network", is_known=True)
    read = sa.select(log.ACCESS_LOG.c.actor, log.ACCESS_LOG.c.source, log.ACCESS_LOG.c.detail).where(log.ACCESS_LOG.c.action == "session.refused")
    with store.engine().connect() as connection:
        assert list(connection.execute(read)) == [("tanaka", "10.0.1.1", '{"reason":"network"}')]


def test_the_command_line_changes_a_password_and_ends_the_session(command, token, clock):
    clock.forward(seconds=1)
    code, said, _ = command("password", "tanaka", "--password-stdin", stdin=NEW_PASSWORD + "\n")
    assert (code, said) == (0, "利用者 tanaka のパスワードを替えました。開いていた画面は終わります。次のサインインで、本人が自分のものに替えます。\n")
    assert recorded("account.password") == [{"account": "tanaka"}]
    assert (sessions.find(token), sessions.end_reason(token)) == (None, "revoked")
    assert isinstance(verify("tanaka", PASSWORD, HERE), Refused)
    assert isinstance(verify("tanaka", NEW_PASSWORD, HERE), Verified)


def test_a_password_too_short_changes_nothing(command, token):
    code, said, complaint = command("password", "tanaka", "--password-stdin", stdin="short\n")
    assert (code, said) == (1, "")
    assert "15～128文字" in complaint
    assert recorded("account.password") == []
    assert sessions.find(token)


def test_an_account_enabled_again_signs_in_but_its_old_session_stays_ended(command, token):
    assert command("disable", "tanaka")[0] == 0
    assert command("enable", "tanaka") == (0, "利用者 tanaka の停止を解きました。パスワードは停止の前のままです。\n", "")
    assert recorded("account.enable") == [{"account": "tanaka"}]
    assert sessions.find(token) is None
    assert isinstance(verify("tanaka", PASSWORD, HERE), Verified)


def test_an_account_unlocked_need_not_wait_at_any_address_and_others_still_do(command, tanaka):
    for name, source in [("tanaka", HERE), ("tanaka", THERE), ("suzuki", HERE)]:
        for _ in range(5):
            verify(name, "wrong", source)
        assert verify(name, PASSWORD, source).reason == "locked"
    said = "利用者 tanaka の待ち時間を解きました（2か所の端末からの失敗を消去）。\n"
    assert command("unlock", "tanaka") == (0, said, "")
    assert recorded("account.unlock") == [{"account": "tanaka"}], "recorded before it is done, so without a count"
    assert isinstance(verify("tanaka", PASSWORD, HERE), Verified)
    assert isinstance(verify("tanaka", PASSWORD, THERE), Verified)
    assert verify("suzuki", PASSWORD, HERE).reason == "locked"


@pytest.mark.parametrize("asked", [["password", "nobody", "--password-stdin"], ["disable", "nobody"], ["enable", "nobody"], ["unlock", "nobody"]])
def test_nobody_s_account_cannot_be_changed(command, asked):
    assert command(*asked, stdin=PASSWORD + "\n") == (1, "", "利用者ID nobody はありません。\n")
    assert recorded(f"account.{asked[0]}") == []

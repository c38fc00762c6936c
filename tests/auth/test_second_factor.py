"""TOTP against the vectors of RFC 4226 and RFC 6238, used once, by a clock that is a little off; and the proxy's word."""

import base64
import sqlite3

import pytest

import settings
from auth import accounts, passwords, proof, second_factor, sessions, step_up
from auth.accounts import Refused, Verified
from auth.proof import Claim
from tests.auth.visitor import PASSWORD

RFC_KEY = b"12345678901234567890"
HERE = "10.0.0.1"


@pytest.fixture
def totp(monkeypatch):
    monkeypatch.setenv("CONSOLE_SECOND_FACTOR", "totp")


@pytest.fixture
def key(tanaka, totp, clock) -> bytes:
    """Tanaka's registered key; the step it was registered with is over."""
    text = second_factor.offer("tanaka")
    key = base64.b32decode(text)
    assert second_factor.register("tanaka", code(key, clock))
    clock.forward(seconds=60)
    return key


def code(key: bytes, clock, steps: int = 0) -> str:
    return second_factor.code_at(key, int(clock.instant.timestamp()) // 30 + steps)


def claim(password: str, code: str = "", vouch: str = "", source: str = HERE) -> Claim:
    return Claim("tanaka", password, code, vouch, source)


def test_the_codes_are_those_of_rfc_4226():
    codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
    assert [second_factor.code_at(RFC_KEY, step) for step in range(10)] == codes


@pytest.mark.parametrize(
    ("seconds", "eight"),
    [(59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"), (2000000000, "69279037"), (20000000000, "65353130")],
)
def test_the_codes_are_those_of_rfc_6238(seconds, eight):
    assert second_factor.code_at(RFC_KEY, seconds // 30) == eight[-6:]


def test_a_code_opens_once(key, clock):
    now = code(key, clock)
    assert isinstance(proof.prove(claim(PASSWORD, now)), Verified)
    assert proof.prove(claim(PASSWORD, now)) == Refused("second_factor", is_known=True)
    clock.forward(seconds=30)
    assert isinstance(proof.prove(claim(PASSWORD, code(key, clock))), Verified)


@pytest.mark.parametrize(("steps", "is_right"), [(-3, False), (-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(key, clock, steps, is_right):
    clock.forward(seconds=60)
    assert second_factor.use("tanaka", code(key, clock, steps)) is is_right


@pytest.mark.parametrize("typed", ["", "000000", "abcdef", "１２３４５６", "\udcff", "1" * 500])
def test_what_is_no_code_is_refused(key, typed):
    assert not second_factor.use("tanaka", typed)


def test_a_right_password_with_wrong_codes_is_locked_out_too(key, clock):
    reasons = [proof.prove(claim(PASSWORD, "000000")).reason for _ in range(6)]
    assert reasons == ["second_factor"] * 5 + ["locked"]


def test_until_it_is_registered_a_session_is_not_ready(tanaka, totp, clock):
    assert isinstance(proof.prove(claim(PASSWORD)), Verified)
    found = sessions.find(sessions.start("tanaka", HERE))
    assert not found.is_ready
    assert sessions.user_of(found.sid) is None
    key = base64.b32decode(second_factor.offer("tanaka"))
    assert sessions.user_of(found.sid) is None, "an offer is not yet a registration"
    assert not second_factor.register("tanaka", "000000")
    assert second_factor.register("tanaka", code(key, clock))
    assert sessions.user_of(found.sid) == tanaka


def test_an_offer_lapses_after_ten_minutes_and_a_registered_key_stays(key, clock):
    other = base64.b32decode(second_factor.offer("tanaka"))
    clock.forward(minutes=10, seconds=1)
    assert not second_factor.register("tanaka", code(other, clock))
    assert second_factor.use("tanaka", code(key, clock))


def test_the_store_holds_no_key(key, home):
    everything = "\n".join(sqlite3.connect(home / "store.sqlite").iterdump())
    for form in (key.hex(), base64.b32encode(key).decode(), base64.b64encode(key).decode()):
        assert form.lower() not in everything.lower()


def test_the_proxy_vouches_with_its_key_alone(tanaka, clock, monkeypatch):
    monkeypatch.setenv("CONSOLE_SECOND_FACTOR", "terminal")
    settings.make_secret("terminal")
    right = settings.secret("terminal").hex()
    assert isinstance(proof.prove(claim(PASSWORD, vouch=right)), Verified)
    for wrong in ("", "1", "SUCCESS", right[:-1], right.upper() + "x"):
        assert proof.prove(claim(PASSWORD, vouch=wrong, source=f"10.1.0.{len(wrong)}")) == Refused("second_factor", is_known=True), wrong
    assert sessions.find(sessions.start("tanaka", HERE)).is_ready


@pytest.mark.parametrize(("chosen", "today"), [("none", ""), ("TOTP", "2026-11-24"), ("sms", "")])
def test_no_city_runs_without_by_accident(monkeypatch, chosen, today):
    monkeypatch.setenv("CONSOLE_SECOND_FACTOR", chosen)
    monkeypatch.setenv("CONSOLE_TODAY", today)
    with pytest.raises(settings.SettingsInvalid, match="CONSOLE_SECOND_FACTOR"):
        settings.second_factor()


def test_totp_is_what_runs_when_nobody_chose(monkeypatch):
    monkeypatch.delenv("CONSOLE_SECOND_FACTOR", raising=False)
    assert settings.second_factor() == "totp"


def test_step_up_holds_five_minutes_for_one_session(key, clock):
    sid = sessions.find(sessions.start("tanaka", HERE)).sid
    assert not step_up.is_fresh(sid)
    assert step_up.confirm(sid, claim("wrong", code(key, clock))).reason == "mismatch"
    assert step_up.confirm(sid, claim(PASSWORD, "000000")).reason == "second_factor"
    assert not step_up.is_fresh(sid)
    assert step_up.confirm(sid, claim(PASSWORD, code(key, clock))) is None
    clock.forward(minutes=4, seconds=59)
    assert step_up.is_fresh(sid)
    clock.forward(seconds=1)
    assert not step_up.is_fresh(sid)


def test_step_up_does_not_outlive_its_session(key, clock):
    sid = sessions.find(sessions.start("tanaka", HERE)).sid
    assert step_up.confirm(sid, claim(PASSWORD, code(key, clock))) is None
    second = sessions.find(sessions.start("tanaka", HERE)).sid
    assert not step_up.is_fresh(sid)
    assert not step_up.is_fresh(second)
    assert not step_up.is_fresh(None)


COMMON = ["passwordpassword", "ＰＡＳＳＷＯＲＤｐａｓｓｗｏｒｄ", "qwertyuiop12345", "123456789012345", "あああああああああああああああ", "aaaaaaaabbbbbbbb", "パスワードパスワードパスワード", "1qaz2wsx3edc4rfv", "国民健康保険滞納整理令和2026",
          "tottori-tottori-1", "letmein-letmein-1", "aaaaaaaaaaaaaaa1", "abcabcabcabcabca", "p-a-s-s-w-o-r-d-password", "qwerty!qwerty!2026",
          "!!!!!!!!!!!!!!!", "1212 1212 1212 12", "さくらさくらさくらさくらさくら"]


@pytest.mark.parametrize("password", COMMON)
def test_a_common_password_is_refused(password):
    with pytest.raises(passwords.PasswordRefused, match="よく使われる"):
        passwords.judge(password)


@pytest.mark.parametrize("password", ["tanaka-no-himitsu-desu", "いなば市のながいあいことばです", "INABA correct battery", "田中さんのながいあいことばです", "ＴＡＮＡＫＡのながいあいことば"])
def test_names_and_city_words_are_refused(tanaka, password):
    with pytest.raises(passwords.PasswordRefused, match="市や課の名前"):
        passwords.judge(password, accounts.forbidden_words("tanaka"))


@pytest.mark.parametrize("password", [PASSWORD, "correct horse battery staple", "zzz 9 aaa 8 bbb 7 ccc", "!@#$%^&*()_+{}|:<>", "letmein into the garden"])
def test_other_long_passwords_are_welcome_whatever_their_signs(tanaka, password):
    passwords.judge(password, accounts.forbidden_words("tanaka"))


def test_full_and_half_width_are_one_password(home):
    assert passwords.matches("correct horse battery", passwords.hashed("ｃｏｒｒｅｃｔ　ｈｏｒｓｅ　ｂａｔｔｅｒｙ"))

"""A home of its own, a clock that can be moved, and two real servers behind the Gate."""

from datetime import UTC, date, datetime, timedelta

import bcrypt
import pytest

import settings
import store
from auth import accounts, passwords, sessions
from tests.auth.visitor import DEMO, PASSWORD, Server

OFFICER = {"display_name": "田中 一", "role": "officer", "section": "収納推進課", "districts": ("D01", "D02"), "training_on": date(2026, 10, 1)}


class Clock:
    """What settings.now and settings.today say."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)

    def forward(self, **lapse: float) -> None:
        self.instant += timedelta(**lapse)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty installation with its keys; bcrypt at its cheapest, because only its answer matters here."""
    monkeypatch.setenv("CONSOLE_HOME", str(tmp_path))
    monkeypatch.delenv("CONSOLE_STORE_URL", raising=False)
    for name, value in DEMO.items():
        monkeypatch.setenv(name, value)
    cheap = bcrypt.gensalt(4)
    monkeypatch.setattr(bcrypt, "gensalt", lambda: cheap)
    monkeypatch.setattr(passwords, "NOBODYS", bcrypt.hashpw(b"nobody", cheap).decode())
    for name in ("pepper", "csrf"):
        settings.make_secret(name)
    store.create_tables()
    yield tmp_path
    store.engine().dispose()


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(settings, "now", lambda: clock.instant)
    monkeypatch.setattr(settings, "today", lambda: clock.instant.date())
    return clock


@pytest.fixture
def tanaka(home, clock):
    return accounts.create("tanaka", password=PASSWORD, **OFFICER)


@pytest.fixture
def token(tanaka) -> str:
    return sessions.start("tanaka", "10.0.0.1")


@pytest.fixture(scope="session")
def probe(tmp_path_factory):
    """The Gate before the tests' own script."""
    with Server("tests/auth/probe/door.py", tmp_path_factory.mktemp("probe")) as server:
        yield server


@pytest.fixture(scope="session")
def console(tmp_path_factory):
    """`streamlit run app.py`, as the office runs it."""
    with Server("app.py", tmp_path_factory.mktemp("console")) as server:
        yield server

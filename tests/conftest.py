"""A small city, built and taken in once per run: 300 residents and the people of stories.toml, over two business days."""

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from streamlit.components.v2 import manifest_scanner

import settings
import store
from audit import log, refusal, watch  # noqa: F401 - declare their tables
from auth import account_review, accounts, export_order, reveal, sessions, step_up  # noqa: F401 - declare their tables
from casework import ledger  # noqa: F401 - declares its table
from data_access import change, connection, query, saved_analysis, saved_statement, statement  # noqa: F401 - declare their tables
from data_access.intake import take_in
from sample_city.city import build
from sample_city.clock import Clock

# AppTest looks through every installed package for components before each run, which takes longer than the run; there are none.
manifest_scanner.scan_component_manifests = lambda *_, **__: []

change.PATIENCE = 60.0  # of a busy machine; tests/pages/test_changes_page.py has the one that a click has

CLOCK = Clock(date(2026, 10, 30), 2)
SEED = 20_261_030
CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
os.environ["CONSOLE_LIMITS"] = str(Path(__file__).with_name("limits.toml"))  # a city that has named its networks: anywhere
SECRETS = ("pepper", "csrf", "pseudonym", "cookie")


@pytest.fixture(scope="session")
def founded(tmp_path_factory) -> dict[str, Path]:
    """Homes to copy from or to read: "empty" (nothing taken in yet), "eve" (the first day is), "served" (both are)."""
    folder = tmp_path_factory.mktemp("city")
    home, kept = folder / "served", {}
    with pytest.MonkeyPatch.context() as patch:
        _move_to(home, patch)
        for key in SECRETS:
            settings.make_secret(key)
        store.create_tables()
        build(settings.inbox(), 300, SEED, CLOCK)
        for name, day in zip(("empty", "eve"), CLOCK.feed_dates, strict=True):
            store.engine().dispose()
            kept[name] = Path(shutil.copytree(home, folder / name))
            report = take_in(day)
            assert report.is_published, [problem.sentence() for problem in report.problems]
        store.engine().dispose()
    return kept | {"served": home}


def _move_to(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("CONSOLE_HOME", str(home))
    patch.setenv("CONSOLE_TODAY", CLOCK.feed_dates[-1].isoformat())
    patch.setenv("CONSOLE_SECOND_FACTOR", "none")
    patch.delenv("CONSOLE_STORE_URL", raising=False)
    query._unrecorded_at.clear()  # what a test before could not record is no concern of the next


@pytest.fixture
def city(founded, monkeypatch) -> Path:
    """The served city, shared: for tests that only ask."""
    _move_to(founded["served"], monkeypatch)
    return founded["served"]


def _copy(founded, name, tmp_path, monkeypatch):
    home = Path(shutil.copytree(founded[name], tmp_path / name))
    _move_to(home, monkeypatch)
    yield home
    store.engine().dispose()
    connection._engines.clear()
    connection._older.clear()


@pytest.fixture
def confirmed(monkeypatch):
    """Whoever is in front of the screen has just passed 本人の再確認 (the store knows no session of theirs)."""
    monkeypatch.setattr(step_up, "is_fresh", lambda _sid: True)


@pytest.fixture(scope="module")  # while Playwright runs, no test of the same process may run an event loop of its own
def browser() -> Iterator[Browser]:
    """Debian's Chromium, one a file, never two at once. Without it these tests are skipped, or fail when CONSOLE_REQUIRE_BROWSER=1."""
    if not Path(CHROMIUM).exists():
        reason = f"{CHROMIUM} がありません（apt install chromium）。"
        pytest.fail(reason) if os.environ.get("CONSOLE_REQUIRE_BROWSER") == "1" else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shots(tmp_path_factory) -> Path:
    """Where pictures go: CONSOLE_SHOTS, or a temporary folder."""
    folder = Path(os.environ.get("CONSOLE_SHOTS") or tmp_path_factory.mktemp("shots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def own_city(founded, tmp_path, monkeypatch):
    """A copy of the served city, for a test that writes notes or breaks files."""
    yield from _copy(founded, "served", tmp_path, monkeypatch)


@pytest.fixture
def eve(founded, tmp_path, monkeypatch):
    """A copy of the city on the eve: the first day is served, the second waits in the inbox."""
    yield from _copy(founded, "eve", tmp_path, monkeypatch)


@pytest.fixture
def empty_city(founded, tmp_path, monkeypatch):
    """A copy of the city before its first intake."""
    yield from _copy(founded, "empty", tmp_path, monkeypatch)

"""`streamlit run app.py` over the small city, and Debian's Chromium in front of it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.auth.visitor import Server
from tests.browser.desk import CHROMIUM, QUIET, SHOTS, Desk
from tests.pages import office

WIDE, NARROW = {"width": 1440, "height": 1000}, {"width": 1100, "height": 800}


def started(home: Path) -> Server:
    """A server that has not answered anybody but the health check yet; use it as a context."""
    with office.installed_at(home):
        return Server("app.py", home)


@pytest.fixture(scope="session")
def small_city(tmp_path_factory) -> Path:
    """The home of the small city. Servers run on copies of it."""
    return office.prepare(tmp_path_factory.mktemp("small-city"))


@pytest.fixture(scope="session")
def console(small_city, tmp_path_factory) -> Iterator[Server]:
    """The console on a copy of the small city, for tests that do not mind each other's notes."""
    with started(office.copy_of(small_city, tmp_path_factory.mktemp("console"))) as server:
        yield server


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium. Without it these tests are skipped, or fail when CONSOLE_REQUIRE_BROWSER=1."""
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
    folder = Path(SHOTS) if SHOTS else tmp_path_factory.mktemp("shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def desk(browser, console, shots) -> Iterator[Callable[..., Desk]]:
    """desk("tanto2") signs somebody in at a browser of their own; desk() is a stranger's."""
    contexts = []

    def sit(name: str = "", server: Server = console, viewport: dict = WIDE) -> Desk:
        contexts.append(browser.new_context(viewport=viewport, locale="ja-JP"))
        found = Desk(contexts[-1], server, shots)
        if name:
            found.sign_in(name, office.PASSWORDS[name])
        return found

    yield sit
    for context in contexts:
        context.close()

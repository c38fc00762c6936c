"""`streamlit run app.py` over the small city, and Debian's Chromium in front of it."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import bcrypt
import polars as pl
import pytest

import store
from auth import accounts
from sample_city.demo import ACCOUNTS
from tests.auth.visitor import Server
from tests.browser.desk import Desk
from tests.conftest import CLOCK

WIDE = {"width": 1440, "height": 1000}
PASSWORDS = {name: password for name, password, *_ in ACCOUNTS}


@pytest.fixture(scope="session")
def staffed(founded, tmp_path_factory) -> Path:
    """A served city with the demo's accounts; bcrypt at its cheapest, because only its answer matters here."""
    home = shutil.copytree(founded["served"], tmp_path_factory.mktemp("staffed") / "home")
    cheap = bcrypt.gensalt(4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSOLE_HOME", str(home))
        patch.setattr(bcrypt, "gensalt", lambda: cheap)
        for name, password, role, section, display_name, districts in ACCOUNTS:
            accounts.create(name, display_name=display_name, role=role, section=section, password=password, districts=districts, training_on=CLOCK.business_date)
        store.engine().dispose()
    return home


@pytest.fixture(scope="session")
def people(staffed) -> list[dict]:
    """Everybody with arrears as the derived tables know them: numbers and names unmasked."""
    folder = next((staffed / "snapshots").glob(f"{CLOCK.business_date:%Y%m%d}T*")) / "derived"
    return pl.read_parquet(folder / "delinquent.parquet").to_dicts()


def server_at(home: Path, today: date = CLOCK.business_date) -> Server:
    """A server for `home` on the city's day, to be used as a context."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSOLE_TODAY", today.isoformat())
        patch.setenv("CONSOLE_SECOND_FACTOR", "none")
        return Server("app.py", home)


@pytest.fixture(scope="session")
def console(staffed, tmp_path_factory) -> Iterator[Server]:
    """The console on a copy of the city, for tests that do not mind each other's notes."""
    with server_at(shutil.copytree(staffed, tmp_path_factory.mktemp("console") / "home")) as server:
        yield server


@pytest.fixture
def own_home(staffed, tmp_path) -> Path:
    """A copy of the city for a server of the test's own."""
    return shutil.copytree(staffed, tmp_path / "home")


@pytest.fixture
def desk(browser, shots, request) -> Iterator[Callable[..., Desk]]:
    """desk("tanto2") signs somebody in at a browser of their own; desk() is a stranger's. `server`: console by default."""
    contexts = []

    def sit(name: str = "", server: Server | None = None, viewport: dict = WIDE) -> Desk:
        server = server or request.getfixturevalue("console")
        contexts.append(browser.new_context(viewport=viewport, locale="ja-JP"))
        found = Desk(contexts[-1], server, shots)
        if name:
            found.sign_in(name, PASSWORDS[name])
        return found

    yield sit
    for context in contexts:
        context.close()

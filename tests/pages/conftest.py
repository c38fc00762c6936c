"""The small city, once per run; every test here reads it on the demo's day."""

import pytest

from tests.pages import office


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """The home of the small city. Nobody writes on it: see `own_home`."""
    return office.prepare(tmp_path_factory.mktemp("small-city"))


@pytest.fixture(autouse=True)
def home(prepared):
    with office.installed_at(prepared):
        yield prepared


@pytest.fixture
def own_home(home, tmp_path):
    """A copy of the small city for a test that writes."""
    with office.installed_at(office.copy_of(home, tmp_path / "home")) as _:
        yield tmp_path / "home"

"""The small city's feeds and derived tables as plain rows."""

import pytest

from tests.conftest import CLOCK
from tests.data_access.source_rows import City


@pytest.fixture(scope="session")
def rows(founded) -> City:
    return City(founded["served"], CLOCK)

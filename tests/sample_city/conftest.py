"""A city of 300, made once."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from city_files import CLOCK, SEED, merged, numbers, table_of

from sample_city.city import build


@pytest.fixture(scope="session")
def inbox(tmp_path_factory) -> Path:
    """The feeds of a city of 300 over three business days."""
    folder = tmp_path_factory.mktemp("inbox")
    build(folder, 300, SEED, CLOCK)
    return folder


@pytest.fixture(scope="session")
def read(inbox) -> Callable[..., pl.DataFrame]:
    """read(table) = the table on the last day; read(table, day) = one day's file."""
    return lambda table, day=None: merged(inbox, CLOCK, table) if day is None else numbers(table_of(inbox, table, day), table)

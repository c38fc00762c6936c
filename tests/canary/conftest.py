"""The marked city, taken in and served: one server and one browser for every account."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import bcrypt
import pytest

import settings
import store
from auth import accounts
from data_access import connection
from data_access.intake import take_in
from sample_city.demo import ACCOUNTS
from tests.auth.visitor import Server
from tests.browser.conftest import server_at
from tests.canary.city import Marks, mark
from tests.conftest import CLOCK


@dataclass
class Canary:
    """What the walk needs and leaves: the marks, the server, and per account every byte heard, page by page."""

    marks: Marks
    server: Server
    heard: dict[str, dict[str, list[bytes]]] = field(default_factory=dict)
    revealed: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    typed: dict[str, set[str]] = field(default_factory=dict)  # account → 宛名番号 it typed itself: what somebody typed is theirs

    def logged(self) -> Iterator[tuple[str, bytes]]:
        """Every table of the store as bytes, but the ledger: that is where officers write whom they spoke to."""
        with sqlite3.connect(self.server.home / "store.sqlite") as kept:
            for (name,) in kept.execute("select name from sqlite_master where type = 'table' and name <> 'event'").fetchall():
                yield name, str(kept.execute(f"select * from {name}").fetchall()).encode()


@pytest.fixture(scope="module")  # what it patches must not outlast it
def canary(founded, tmp_path_factory) -> Iterator[Canary]:
    home = Path(shutil.copytree(founded["empty"], tmp_path_factory.mktemp("canary") / "home"))
    cheap = bcrypt.gensalt(4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSOLE_HOME", str(home))
        patch.setenv("CONSOLE_TODAY", CLOCK.business_date.isoformat())
        patch.setenv("CONSOLE_SECOND_FACTOR", "none")
        patch.setenv("TMPDIR", str(home / "tmp"))  # for the server: what it leaves there is searched too
        (home / "tmp").mkdir()
        patch.setattr(bcrypt, "gensalt", lambda: cheap)
        marks = mark(CLOCK.feed_dates)
        for day in CLOCK.feed_dates:
            report = take_in(day)
            assert report.is_published, [problem.sentence() for problem in report.problems]
        for name, password, role, section, display_name, districts in ACCOUNTS:
            accounts.create(name, display_name=display_name, role=role, section=section, password=password, districts=districts, training_on=CLOCK.business_date)
        assert settings.home() == home
        with server_at(home) as server:
            yield Canary(marks, server)
        store.engine().dispose()
        connection._engines.clear()

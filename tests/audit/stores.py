"""The stores that the ledger and the access log are tested on: a new SQLite file, and PostgreSQL where one is given.

CONSOLE_TEST_POSTGRES is an SQLAlchemy URL (postgresql+psycopg://…) of a database in which schemas may be made.
"""

import os
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import store
from audit import log, refusal, watch  # noqa: F401 - declare their tables
from casework import ledger  # noqa: F401 - declares its table

ROOT = Path(__file__).resolve().parents[2]
POSTGRES = os.environ.get("CONSOLE_TEST_POSTGRES")


@pytest.fixture
def sqlite_file(tmp_path, monkeypatch) -> Iterator[Path]:
    """An empty SQLite store that is the current one; its file."""
    file = tmp_path / "store.sqlite"
    monkeypatch.setenv("CONSOLE_STORE_URL", f"sqlite:///{file}")
    store.create_tables()
    yield file
    store.engine().dispose()


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRES else ["sqlite"])
def any_store(request, monkeypatch) -> Iterator[str]:
    """An empty store of each kind that is the current one; its kind."""
    if request.param == "sqlite":
        request.getfixturevalue("sqlite_file")
        yield "sqlite"
        return
    schema = f"test_{uuid.uuid4().hex}"
    _in_postgres(f"create schema {schema}")
    monkeypatch.setenv("CONSOLE_STORE_URL", f"{POSTGRES}?options=-csearch_path%3D{schema}")
    store.create_tables()
    yield "postgresql"
    store.engine().dispose()
    _in_postgres(f"drop schema {schema} cascade")


def _in_postgres(statement: str) -> None:
    engine = create_engine(POSTGRES)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def raw(file: Path, *statements: str) -> None:
    """Run statements behind the console's back, with the guarding triggers dropped first."""
    with closing(sqlite3.connect(file)) as connection:
        triggers = connection.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"drop trigger {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def start(script: Path, *arguments: object) -> subprocess.Popen:
    """Start a script of the tests as a process of its own, on the current store, reading its output by pipe."""
    command = [sys.executable, "-u", str(script), *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )

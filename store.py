"""The one database that the console writes: accounts, sessions, the ledger, the access log.

SQLite (WAL, every commit on disk before it is acknowledged) by default, PostgreSQL by CONSOLE_STORE_URL.
"""

import os
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine, MetaData, create_engine, event

import settings

metadata = MetaData()
BUSY_MILLISECONDS = 5_000  # how long SQLite waits for another process's write before it says that the file is locked


@lru_cache(maxsize=8)
def _engine(url: str) -> Engine:
    engine = create_engine(url, hide_parameters=True)  # an error must not quote a person
    if engine.dialect.name == "sqlite":
        if engine.url.database:
            file = Path(engine.url.database)
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _close(file.parent, file)
        event.listen(engine, "connect", _durable)
    return engine


def _close(*paths: Path) -> None:
    """Take from everybody else what an earlier version left open to them; what the group may is the installation's choice."""
    for path in paths:
        if path.exists() and path.stat().st_uid == os.getuid():
            path.chmod(path.stat().st_mode & ~0o007)


def _durable(connection, _record) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_MILLISECONDS}", "foreign_keys=ON"):
        cursor.execute(f"pragma {pragma}")
    cursor.close()


def engine() -> Engine:
    """The engine for settings.store_url(), one per URL and process."""
    return _engine(settings.store_url())


def create_tables() -> None:
    """Create every declared table that does not exist yet (modules declare theirs on `metadata`)."""
    metadata.create_all(engine())

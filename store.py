"""The one database that the console writes: accounts, sessions, the ledger, the access log.

SQLite (WAL, every commit on disk before it is acknowledged) by default, PostgreSQL by CONSOLE_STORE_URL.
"""

from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine, MetaData, create_engine, event

import settings

metadata = MetaData()


@lru_cache(maxsize=8)
def _engine(url: str) -> Engine:
    engine = create_engine(url, hide_parameters=True)  # an error must not quote a person
    if engine.dialect.name == "sqlite":
        if engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _durable)
    return engine


def _durable(connection, _record) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
        cursor.execute(f"pragma {pragma}")
    cursor.close()


def engine() -> Engine:
    """The engine for settings.store_url(), one per URL and process."""
    return _engine(settings.store_url())


def create_tables() -> None:
    """Create every declared table that does not exist yet (modules declare theirs on `metadata`)."""
    metadata.create_all(engine())

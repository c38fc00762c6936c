"""The one-time secret with which somebody comes in first: random, short-lived, good for nothing but an own password."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

import settings
import store
from auth.account_rules import rules

# No letters that are read for one another: the secret is handed over on paper. 20 of 31 signs are 99 bits.
SIGNS, LENGTH, GROUP = "abcdefghjkmnpqrstuvwxyz23456789", 20, 5

first_secret = sa.Table(
    "first_secret",
    store.metadata,
    sa.Column("account", sa.ForeignKey("account.name"), primary_key=True),
    sa.Column("lapses_at", sa.String(32), nullable=False),
)


def make() -> str:
    """A new secret, in groups of five."""
    signs = [secrets.choice(SIGNS) for _ in range(LENGTH)]
    return "-".join("".join(signs[start : start + GROUP]) for start in range(0, LENGTH, GROUP))


def mark(connection: sa.Connection, name: str) -> None:
    """From now on the password of `name` is such a secret (72 hours, or as account_rules.toml says)."""
    lapses_at = settings.now() + timedelta(hours=rules(settings.today()).initial_hours)
    clear(connection, name)
    connection.execute(first_secret.insert().values(account=name, lapses_at=lapses_at.isoformat()))


def clear(connection: sa.Connection, name: str) -> None:
    """`name` has chosen an own password."""
    connection.execute(first_secret.delete().where(first_secret.c.account == name))


def is_pending(name: str) -> bool:
    """Whether the password of `name` is such a secret still."""
    return _lapses_at(name) is not None


def has_lapsed(name: str) -> bool:
    """Whether the password of `name` is such a secret, and its time is over."""
    lapses_at = _lapses_at(name)
    return lapses_at is not None and datetime.fromisoformat(lapses_at) <= settings.now()


def _lapses_at(name: str) -> str | None:
    with store.engine().connect() as connection:
        return connection.scalar(sa.select(first_secret.c.lapses_at).where(first_secret.c.account == name))

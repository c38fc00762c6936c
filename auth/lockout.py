"""How fast somebody may guess: every sign-in is counted against (name, address) and against the address.

Five failures of one name from one address are free, then the wait doubles from 1 s to 15 min; the same name from
another address is not held up, so nobody can lock a colleague out. An address may fail twenty times over all names.
The attempt is counted before the password is looked at: a hundred guesses at once do not slip past.
"""

import hashlib
import hmac
import math
from datetime import timedelta

import sqlalchemy as sa

import settings
import store

FREE_PER_NAME, FREE_PER_SOURCE = 5, 20
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = {"name": timedelta(hours=24), "source": timedelta(minutes=30)}

sign_in_attempt = sa.Table(
    "sign_in_attempt",
    store.metadata,
    sa.Column("key", sa.String(80), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("open_at", sa.Float, nullable=False),
    sa.Column("forget_at", sa.Float, nullable=False),
)


class _Closed(Exception):
    """Not yet: carries the seconds to wait."""


def attempt(name: str, source: str) -> int:
    """Count one try. 0 = go on and check the password; otherwise the whole seconds to wait (nothing was counted)."""
    now = settings.now().timestamp()
    try:
        with store.engine().begin() as connection:
            connection.execute(sign_in_attempt.delete().where(sign_in_attempt.c.forget_at <= now))
            _count(connection, _key("source", source), now, FREE_PER_SOURCE, "source")
            _count(connection, _name_key(name, source), now, FREE_PER_NAME, "name")
    except _Closed as closed:
        return closed.args[0]
    return 0


def forget(name: str, source: str) -> None:
    """The password was right: this name starts afresh here, and the address gets its one try back."""
    with store.engine().begin() as connection:
        connection.execute(sign_in_attempt.delete().where(sign_in_attempt.c.key == _name_key(name, source)))
        row = sign_in_attempt.update().where(sign_in_attempt.c.key == _key("source", source))
        connection.execute(row.values(failures=sign_in_attempt.c.failures - 1))


def forget_everywhere(name: str) -> int:
    """This name starts afresh from every address; from how many something had been counted."""
    of_name = sign_in_attempt.c.key.startswith(_of_name(name))
    with store.engine().begin() as connection:
        return connection.execute(sign_in_attempt.delete().where(of_name)).rowcount


def wait_after(failures: int, free: int) -> timedelta:
    """How long after this many failures: nothing while they are free, then 1, 2, 4 … s up to 15 min."""
    if failures < free:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - free, 20)), LONGEST_WAIT)


def _count(connection: sa.Connection, key: str, now: float, free: int, kind: str) -> None:
    row = sign_in_attempt.c
    counted = connection.execute(
        sign_in_attempt.update().where(row.key == key, row.open_at <= now).values(failures=row.failures + 1)
    )
    known = connection.execute(sa.select(row.failures, row.open_at).where(row.key == key)).first()
    if known and not counted.rowcount:
        raise _Closed(max(1, math.ceil(known.open_at - now)))
    failures = known.failures if known else 1
    values = {
        "failures": failures,
        "open_at": now + wait_after(failures, free).total_seconds(),
        "forget_at": now + FORGOTTEN_AFTER[kind].total_seconds(),
    }
    if known:
        connection.execute(sign_in_attempt.update().where(row.key == key).values(values))
    else:
        connection.execute(sign_in_attempt.insert().values(key=key, **values))


def _name_key(name: str, source: str) -> str:
    return _of_name(name) + _key("from", source)[:32]


def _of_name(name: str) -> str:
    """What the keys of one name begin with, so that they are found without knowing from where it was tried."""
    return _key("name", name)[:32] + ":"


def _key(*parts: str) -> str:
    """People type passwords into the name field: what was typed is kept only as a keyed digest."""
    return hmac.digest(settings.secret("pepper"), "\0".join(parts).encode("utf-8", "replace"), hashlib.sha256).hex()

"""How fast somebody may guess: every sign-in is counted against (name, address), the address, the name, and all together.

Five failures of one name from one address are free, then the wait doubles from 1 s to 15 min; the same name from
another address is not held up. An address may fail twenty times over all names. Who spreads guesses over many addresses
is held up by the count of the name and by that of the city, which ask only an address where the name has never come in:
nobody can lock a colleague out of the terminal they use.
The attempt is counted before the password is looked at: a hundred guesses at once do not slip past.
"""

import hashlib
import hmac
import math
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

import settings
import store

LONGEST_WAIT = timedelta(minutes=15)
USUAL_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Allowance:
    """How many failures of one kind are free, the longest wait after them, and when they are forgotten."""

    free: int
    forgotten_after: timedelta
    longest: timedelta = LONGEST_WAIT


OF_SOURCE = Allowance(20, timedelta(minutes=30))
OF_NAME_THERE = Allowance(5, timedelta(hours=24))
OF_NAME = Allowance(7, timedelta(hours=24))
OF_ALL = Allowance(100, timedelta(minutes=30), longest=timedelta(seconds=30))  # a new terminal must still get in


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


@dataclass(frozen=True)
class Attempt:
    """What counting one try said: whole seconds to wait (nothing was counted; 0 = check the password), and "name" or
    "all" when with this try the guessing over many addresses became one to tell of."""

    wait: int = 0
    alarm: str = ""


def attempt(name: str, source: str) -> Attempt:
    """Count one try."""
    now, alarm = settings.now().timestamp(), ""
    try:
        with store.engine().begin() as connection:
            connection.execute(sign_in_attempt.delete().where(sign_in_attempt.c.forget_at <= now))
            _count(connection, _key("source", source), now, OF_SOURCE)
            _count(connection, _name_key(name, source), now, OF_NAME_THERE)
            if not _is_usual(connection, name, source):
                for kind, key, allowance in (("all", _key("all"), OF_ALL), ("name", _key("all", name), OF_NAME)):
                    alarm = kind if _count(connection, key, now, allowance) == allowance.free else alarm
    except _Closed as closed:
        return Attempt(wait=closed.args[0])
    return Attempt(alarm=alarm)


def forget(name: str, source: str) -> None:
    """The password was right: this name starts afresh here and is usual here, and the other counts get this try back."""
    row = sign_in_attempt.c
    with store.engine().begin() as connection:
        connection.execute(sign_in_attempt.delete().where(row.key == _name_key(name, source)))
        usual, counted = _usual_key(name, source), [_key("source", source)]
        if not _is_usual(connection, name, source):
            counted += [_key("all"), _key("all", name)]
            connection.execute(sign_in_attempt.insert().values(key=usual, failures=0, open_at=0, forget_at=0))
        until = settings.now() + USUAL_FOR
        connection.execute(sign_in_attempt.update().where(row.key == usual).values(forget_at=until.timestamp()))
        connection.execute(sign_in_attempt.update().where(row.key.in_(counted)).values(failures=row.failures - 1))


def forget_everywhere(name: str) -> int:
    """This name starts afresh from every address; from how many something had been counted."""
    of_name = sign_in_attempt.c.key.startswith(_of_name(name))
    with store.engine().begin() as connection:
        connection.execute(sign_in_attempt.delete().where(sign_in_attempt.c.key == _key("all", name)))
        return connection.execute(sign_in_attempt.delete().where(of_name)).rowcount


def wait_after(failures: int, allowed: Allowance) -> timedelta:
    """How long after this many failures: nothing while they are free, then 1, 2, 4 … s up to the longest."""
    if failures < allowed.free:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - allowed.free, 20)), allowed.longest)


def _count(connection: sa.Connection, key: str, now: float, allowed: Allowance) -> int:
    """Count one more failure; how many there are now. Raises _Closed while there is a wait."""
    row = sign_in_attempt.c
    counted = connection.execute(
        sign_in_attempt.update().where(row.key == key, row.open_at <= now).values(failures=row.failures + 1)
    )
    known = connection.execute(sa.select(row.failures, row.open_at).where(row.key == key)).first()
    if known and not counted.rowcount:
        raise _Closed(max(1, math.ceil(known.open_at - now)))
    failures = known.failures if known else 1
    wait = wait_after(failures, allowed).total_seconds()
    values = {
        "failures": failures,
        "open_at": now + wait if wait else 0,  # no wait is none for somebody who asked a moment earlier and got here later, too
        "forget_at": now + allowed.forgotten_after.total_seconds(),
    }
    if known:
        connection.execute(sign_in_attempt.update().where(row.key == key).values(values))
    else:
        connection.execute(sign_in_attempt.insert().values(key=key, **values))
    return failures


def _is_usual(connection: sa.Connection, name: str, source: str) -> bool:
    """Whether this name has come in from this address, within the last 90 days."""
    there = sa.select(sign_in_attempt.c.key).where(sign_in_attempt.c.key == _usual_key(name, source))
    return connection.execute(there).first() is not None


def _usual_key(name: str, source: str) -> str:
    return _key("usual", name, source)


def _name_key(name: str, source: str) -> str:
    return _of_name(name) + _key("from", source)[:32]


def _of_name(name: str) -> str:
    """What the keys of one name begin with, so that they are found without knowing from where it was tried."""
    return _key("name", name)[:32] + ":"


def _key(*parts: str) -> str:
    """People type passwords into the name field: what was typed is kept only as a keyed digest."""
    return hmac.digest(settings.secret("pepper"), "\0".join(parts).encode("utf-8", "replace"), hashlib.sha256).hex()

"""The small city's office: an installation of 300 residents and the story people, and the staff who sign in to it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import bcrypt

import store
from auth.access import User
from sample_city import demo

TODAY = "2026-10-30"
SEED, PERSONS = 7, 300
STAFF = {
    name: User(name, display_name, role, section, tuple(districts))
    for name, _, role, section, display_name, districts in demo.ACCOUNTS
}
PASSWORDS = {name: password for name, password, *_ in demo.ACCOUNTS}


@contextmanager
def installed_at(home: Path) -> Iterator[None]:
    """While it lasts, settings read the installation in `home`, on the demo's day."""
    wanted = {"CONSOLE_HOME": str(home), "CONSOLE_TODAY": TODAY, "CONSOLE_STORE_URL": ""}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def prepare(home: Path) -> Path:
    """Build the city in `home` as `make demo` does; bcrypt at its cheapest, because only its answer matters here."""
    dear, cheap = bcrypt.gensalt, bcrypt.gensalt(4)
    bcrypt.gensalt = lambda: cheap
    try:
        with installed_at(home):
            demo.prepare(PERSONS, SEED, date.fromisoformat(TODAY), 2)
            store.engine().dispose()
    finally:
        bcrypt.gensalt = dear
    return home


def copy_of(home: Path, target: Path) -> Path:
    """The same installation elsewhere, to be written on."""
    shutil.copytree(home, target, dirs_exist_ok=True)
    return target

"""Who works here: personal accounts, one per member of staff (評価書 Ⅲ-3 リスク2: 共用ユーザーIDは発行しない).

What is done with them, and whether somebody may come in. What an account may be is in auth/account_checks.py, the rows
are auth/account_store.py's.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

import settings
import store
from auth import first_secret, limits, lockout, passwords
from auth.access import User, permissions
from auth.account_checks import LONGEST_NAME, AccountRefused, check, check_number, check_text
from auth.account_rules import rules
from auth.account_store import account_holder, hold, insert, row_of, stamp, standing, train, update, user_from

if __name__ == "__main__":  # before the classes below: the command line imports this module again, by its name
    from auth.accounts_command import main

    raise SystemExit(main())

TAKEN = "{name} にはもう職員番号があるか、その職員番号の利用者がほかにあります。1人に1つの利用者です。"


@dataclass(frozen=True)
class Verified:
    """The password was right and the account may be used now."""

    user: User


@dataclass(frozen=True)
class Refused:
    """Why not: "mismatch", "locked", "disabled", "unreviewed", "expired", "lapsed" (the first secret), "network" or "second_factor".

    For the log only; the screen says one thing. `alarm` is lockout.Attempt's.
    """

    reason: str
    retry_after: int = 0
    is_known: bool = False
    alarm: str = ""


def create(
    name: str,
    *,
    display_name: str,
    role: str,
    section: str,
    password: str,
    districts: tuple[str, ...] = (),
    expires_on: date | None = None,
    employee_number: str | None = None,
    training_on: date | None = None,
    is_first_secret: bool = False,
) -> User:
    """Add a personal account of somebody on the staff. Raises AccountRefused or PasswordRefused.

    Without `employee_number` 人事異動 cannot speak of it; the command line and the proposals always give one. Without
    `training_on` (研修修了日) it sees nobody until there is one. `is_first_secret`: somebody else knows the password, as in set_password."""
    check(name, role, districts)
    check_text("氏名", display_name, LONGEST_NAME)
    check_text("所属", section, LONGEST_NAME)
    if employee_number is not None:
        check_number(employee_number)
    row = {"display_name": display_name, "role": role, "section": section, "districts": districts, "expires_on": expires_on}
    hashed = passwords.hashed(password)
    try:
        with store.engine().begin() as connection:
            insert(connection, name, hashed, row)
            if employee_number is not None:
                hold(connection, name, "staff", employee_number)
            if training_on is not None:
                train(connection, name, training_on.isoformat())
            if is_first_secret:
                first_secret.mark(connection, name)
    except sa.exc.IntegrityError as error:
        raise AccountRefused(f"利用者ID {name} か職員番号はすでに使われています。別のIDにするか、その職員の利用者を使ってください。") from error
    return User(name, display_name, role, section, tuple(districts), is_trained=limits.is_trained(training_on and training_on.isoformat(), settings.today()))


def give_number(name: str, number: str) -> None:
    """Say whose account an older one is. Raises AccountRefused when it has a holder already, or the number has an account."""
    check_free(name, number)
    if row_of(name) is None:
        raise AccountRefused(f"利用者ID {name} はありません。")
    try:
        with store.engine().begin() as connection:
            hold(connection, name, "staff", number)
    except sa.exc.IntegrityError as error:
        raise AccountRefused(TAKEN.format(name=name)) from error


def check_free(name: str, number: str) -> None:
    """Raises AccountRefused when the account has a holder already, or the number an account."""
    check_number(number)
    taken = sa.select(account_holder.c.account).where((account_holder.c.account == name) | (account_holder.c.employee_number == number))
    with store.engine().connect() as connection:
        if connection.execute(taken).first():
            raise AccountRefused(TAKEN.format(name=name))


def set_password(name: str, password: str, *, is_first_secret: bool = False) -> None:
    """Replace the password; every session opened with the old one ends. Raises AccountRefused, PasswordRefused.

    With `is_first_secret` it lets in only to choose an own one, and lapses.
    """
    hashed = passwords.hashed(password)
    with store.engine().begin() as connection:
        update(connection, name, password_hash=hashed, password_set_at=stamp())
        (first_secret.mark if is_first_secret else first_secret.clear)(connection, name)


def is_current(name: str, password: str) -> bool:
    """Whether `password` is the one `name` has now. Only for somebody already signed in: nothing is counted."""
    row = row_of(name)
    return passwords.matches(password, row.password_hash if row else None)


def forbidden_words(name: str) -> tuple[str, ...]:
    """What the password of `name` may not contain: the name, the person's name and the city's words."""
    row = row_of(name)
    people = row.display_name.split() if row else []
    return (name, *people, *rules(settings.today()).city_words)


def disable(name: str) -> None:
    """Close the account; its open session ends within a second. Raises AccountRefused when there is none."""
    _change(name, is_disabled=True)


def enable(name: str) -> None:
    """Open a disabled account again, with the password it had. Raises AccountRefused when there is none."""
    _change(name, is_disabled=False)


def unlock(name: str) -> int:
    """End the waits after wrong passwords for this name, wherever it was tried; how many addresses had one counted.

    An address that failed over many names keeps its own wait (30 min at most). Raises AccountRefused.
    """
    if row_of(name) is None:
        raise AccountRefused(f"利用者ID {name} はありません。")
    return lockout.forget_everywhere(name)


def change(name: str, **values: object) -> None:
    """Change display_name, role, section, districts or expires_on, in effect from the next question on."""
    if "role" in values and values["role"] not in permissions().roles:
        raise AccountRefused(f"役割「{values['role']}」は権限表にありません。")
    _change(name, **values)


def _change(name: str, **values: object) -> None:
    with store.engine().begin() as connection:
        update(connection, name, **values)


def verify(name: str, password: str, source: str, second: Callable[[str], bool] | None = None) -> Verified | Refused:
    """Check a sign-in from `source` (an address). Takes as long for an unknown name as for a known one.

    `second` is asked about the name once the password is right; its no counts as a failure like a wrong password.
    """
    name = unicodedata.normalize("NFC", name).strip().lower()
    tried = lockout.attempt(name, source)
    row = row_of(name)
    if tried.wait:
        return Refused("locked", tried.wait, row is not None)
    if not passwords.matches(password, row.password_hash if row else None):
        return Refused("mismatch", is_known=row is not None, alarm=tried.alarm)
    refusal = standing(row) or ("lapsed" if first_secret.has_lapsed(name) else "")
    if not limits.is_inside(row.role, source, settings.today()):
        refusal = refusal or "network"
    if not refusal and second and not second(name):
        refusal = "second_factor"
    if refusal:
        return Refused(refusal, is_known=True, alarm=tried.alarm)
    lockout.forget(name, source)
    return Verified(user_from(row))

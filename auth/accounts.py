"""Who works here: personal accounts, one per member of staff (評価書 Ⅲ-3 リスク2: 共用ユーザーIDは発行しない)."""

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

import settings
import store
from auth import first_secret, limits, lockout, passwords
from auth.access import User, permissions
from auth.account_rules import rules
from law.typed_text import text_errors

if __name__ == "__main__":  # before the table below: the command line imports this module again, by its name
    from auth.accounts_command import main

    raise SystemExit(main())

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
DISTRICT = re.compile(r"(?!S00$)[A-Za-z0-9]{1,8}")  # S00 is 特別管理, which nobody has for their own
LONGEST_NAME, LONGEST_NUMBER, LONGEST_REASON = 60, 20, 200
TAKEN = "{name} にはもう職員番号があるか、その職員番号の利用者がほかにあります。1人に1つの利用者です。"

account = sa.Table(
    "account",
    store.metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("display_name", sa.String(100), nullable=False),
    sa.Column("role", sa.String(32), nullable=False),
    sa.Column("section", sa.String(100), nullable=False),
    sa.Column("districts", sa.Text, nullable=False),
    sa.Column("password_hash", sa.String(80), nullable=False),
    sa.Column("password_set_at", sa.String(27), nullable=False),
    sa.Column("is_disabled", sa.Boolean, nullable=False),
    sa.Column("expires_on", sa.String(10)),
    sa.Column("created_at", sa.String(27), nullable=False),
)


# Whose account it is: 職員 by their number in the staff feed, or a vendor's engineer who is in no staff feed.
account_holder = sa.Table(
    "account_holder",
    store.metadata,
    sa.Column("account", sa.ForeignKey("account.name"), primary_key=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("employee_number", sa.String(20), unique=True),
    sa.CheckConstraint("kind in ('staff', 'vendor')", name="holder_kind"),
)


# 研修修了日: every training of a person; the last one counts (auth/limits.toml says for how long).
account_training = sa.Table(
    "account_training",
    store.metadata,
    sa.Column("account", sa.ForeignKey("account.name"), primary_key=True),
    sa.Column("training_on", sa.String(10), primary_key=True),
)
last_training = (
    sa.select(sa.func.max(account_training.c.training_on)).where(account_training.c.account == account.c.name).scalar_subquery().label("training_on")
)


class AccountRefused(Exception):
    """登録・変更できない利用者。The text says why and what to do."""


@dataclass(frozen=True)
class Verified:
    """The password was right and the account may be used now."""

    user: User


@dataclass(frozen=True)
class Refused:
    """Why not: "mismatch", "locked", "disabled", "expired", "lapsed" (the first secret), "network" or "second_factor".

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
) -> User:
    """Add a personal account of somebody on the staff. Raises AccountRefused or PasswordRefused.

    Without `employee_number` 人事異動 cannot speak of it; the command line and the proposals always give one. Without
    `training_on` (研修修了日) it sees nobody until there is one."""
    check(name, role, districts)
    check_text("氏名", display_name, LONGEST_NAME)
    check_text("所属", section, LONGEST_NAME)
    row = {"display_name": display_name, "role": role, "section": section, "districts": districts, "expires_on": expires_on}
    hashed = passwords.hashed(password)
    try:
        with store.engine().begin() as connection:
            insert(connection, name, hashed, row)
            if employee_number is not None:
                hold(connection, name, "staff", employee_number)
            if training_on is not None:
                train(connection, name, training_on.isoformat())
    except sa.exc.IntegrityError as error:
        raise AccountRefused(f"利用者ID {name} か職員番号はすでに使われています。別のIDにするか、その職員の利用者を使ってください。") from error
    return User(name, display_name, role, section, tuple(districts), is_trained=limits.is_trained(training_on and training_on.isoformat(), settings.today()))


def check(name: str, role: str, districts: tuple[str, ...]) -> None:
    """Raises AccountRefused for a name, a role or districts that no account may have."""
    if not NAME.fullmatch(name):
        raise AccountRefused("利用者IDは英小文字・数字・._- の2～32文字にしてください。")
    check_text("利用者ID", name, 32)
    for together in ("、", ""):  # a 個人番号 in one of them, or cut in two
        check_text("担当地区", together.join(districts) or "なし", LONGEST_REASON)
    if any(not DISTRICT.fullmatch(code) for code in districts):
        raise AccountRefused("担当地区は D01 のような地区コードを、カンマで区切って書いてください。特別管理（S00）は受け持てません。")
    if role not in permissions().roles:
        raise AccountRefused(f"役割「{role}」は権限表にありません。{'、'.join(permissions().roles)} から選んでください。")
    if permissions().roles[role].scope == "own" and not districts:
        title = permissions().roles[role].title
        raise AccountRefused(f"役割「{title}」には担当地区が要ります。D01,D02 のように担当地区を指定してください。")


def check_text(label: str, text: str, longest: int) -> None:
    """Raises AccountRefused for a text that is missing, too long, has signs nobody sees, or a 個人番号."""
    if not text.strip():
        raise AccountRefused(f"{label}を{longest}文字までで入力してください。")
    for error in text_errors(label, text, longest):
        raise AccountRefused(error)


def check_number(number: str) -> None:
    """Raises AccountRefused for what is no 職員番号. Only ASCII: one person's number has one spelling."""
    if not (number.isascii() and number.isalnum()):
        raise AccountRefused(f"職員番号を英数字（半角）{LONGEST_NUMBER}文字までで入力してください。人事異動との突合に使います。")
    check_text("職員番号", number, LONGEST_NUMBER)


def give_number(name: str, number: str) -> None:
    """Say whose account an older one is. Raises AccountRefused when it has a holder already, or the number has an account."""
    check_free(name, number)
    if _row(name) is None:
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


def hold(connection: sa.Connection, name: str, kind: str, number: str | None) -> None:
    """Write whose account it is, as part of the caller's transaction. Raises AccountRefused, IntegrityError."""
    if number is not None:
        check_number(number)
    connection.execute(account_holder.insert().values(account=name, kind=kind, employee_number=number))


def check_training(text: str) -> None:
    """Raises AccountRefused for what is no 研修修了日 that counts today."""
    try:
        is_past = date.fromisoformat(text) <= settings.today()
    except ValueError as error:
        raise AccountRefused("研修修了日は 2026-04-10 のように書いてください。") from error
    if not is_past or not limits.is_trained(text, settings.today()):
        raise AccountRefused(f"研修修了日は、今日まで{limits.limits(settings.today()).training_days}日のうちの日にしてください。")


def train(connection: sa.Connection, name: str, training_on: str) -> None:
    """Write a 研修修了日 (ISO text), as part of the caller's transaction; a second time does nothing more."""
    row = {"account": name, "training_on": training_on}
    connection.execute(account_training.delete().where(*(account_training.c[key] == value for key, value in row.items())))
    connection.execute(account_training.insert().values(row))


def insert(connection: sa.Connection, name: str, password_hash: str, values: dict[str, object]) -> None:
    """Write a checked account. `values`: display_name, role, section, districts, expires_on."""
    now = stamp()
    row = {"name": name, "password_hash": password_hash, "password_set_at": now, "is_disabled": False, "created_at": now}
    connection.execute(account.insert().values(row | _stored(values)))


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
    row = _row(name)
    return passwords.matches(password, row.password_hash if row else None)


def forbidden_words(name: str) -> tuple[str, ...]:
    """What the password of `name` may not contain: the name, the person's name and the city's words."""
    row = _row(name)
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
    if _row(name) is None:
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


def update(connection: sa.Connection, name: str, **values: object) -> None:
    """Write columns of one account, as part of the caller's transaction. Raises AccountRefused when there is none."""
    if not connection.execute(account.update().where(account.c.name == name).values(_stored(values))).rowcount:
        raise AccountRefused(f"利用者ID {name} はありません。")


def _stored(values: dict[str, object]) -> dict[str, object]:
    stored = dict(values)
    if "districts" in stored:
        stored["districts"] = json.dumps(list(stored["districts"]))
    if isinstance(stored.get("expires_on"), date):
        stored["expires_on"] = stored["expires_on"].isoformat()
    return stored


def verify(name: str, password: str, source: str, second: Callable[[str], bool] | None = None) -> Verified | Refused:
    """Check a sign-in from `source` (an address). Takes as long for an unknown name as for a known one.

    `second` is asked about the name once the password is right; its no counts as a failure like a wrong password.
    """
    name = unicodedata.normalize("NFC", name).strip().lower()
    tried = lockout.attempt(name, source)
    row = _row(name)
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


def standing(row: sa.Row) -> str:
    """ "" when the account may be used today, otherwise "disabled" or "expired"."""
    if row.is_disabled:
        return "disabled"
    return "expired" if row.expires_on and row.expires_on < settings.today().isoformat() else ""


def user_from(row: sa.Row) -> User:
    """The User a row of `account` with `last_training` describes."""
    is_trained = limits.is_trained(row.training_on, settings.today())
    return User(row.name, row.display_name, row.role, row.section, tuple(json.loads(row.districts)), is_trained)


def everyone() -> list[sa.Row]:
    """All accounts by name, without their password hashes."""
    columns = [column for column in account.c if column.name != "password_hash"]
    with store.engine().connect() as connection:
        return list(connection.execute(sa.select(*columns, last_training).order_by(account.c.name)))


def stamp() -> str:
    """This instant as the store writes it: UTC, ISO, microseconds, Z (sorts as text)."""
    return settings.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _row(name: str) -> sa.Row | None:
    with store.engine().connect() as connection:
        return connection.execute(sa.select(account, last_training).where(account.c.name == name)).first()

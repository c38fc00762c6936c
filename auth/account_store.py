"""Accounts as the store keeps them: who, whose, trained when; one row written, one read. What may be done with them
is in auth/accounts.py.
"""

import json
from datetime import date

import sqlalchemy as sa

import settings
import store
from auth import limits
from auth.access import User, decide
from auth.account_checks import AccountRefused

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

# 点検の署名がないための停止, from that day until the review is signed (auth/account_review.py).
account_unreviewed = sa.Table(
    "account_unreviewed",
    store.metadata,
    sa.Column("account", sa.ForeignKey("account.name"), primary_key=True),
    sa.Column("since", sa.String(10), nullable=False),
)
unreviewed = sa.select(account_unreviewed.c.since).where(account_unreviewed.c.account == account.c.name).scalar_subquery().label("unreviewed_since")
BESIDE = (last_training, unreviewed)  # what is read with every row of `account`


def insert(connection: sa.Connection, name: str, password_hash: str, values: dict[str, object]) -> None:
    """Write a checked account. `values`: display_name, role, section, districts, expires_on."""
    now = stamp()
    row = {"name": name, "password_hash": password_hash, "password_set_at": now, "is_disabled": False, "created_at": now}
    connection.execute(account.insert().values(row | _stored(values)))


def hold(connection: sa.Connection, name: str, kind: str, number: str | None) -> None:
    """Write whose account it is, as part of the caller's transaction. Raises IntegrityError when it or the number is taken."""
    connection.execute(account_holder.insert().values(account=name, kind=kind, employee_number=number))


def train(connection: sa.Connection, name: str, training_on: str) -> None:
    """Write a 研修修了日 (ISO text), as part of the caller's transaction; a second time does nothing more."""
    row = {"account": name, "training_on": training_on}
    connection.execute(account_training.delete().where(*(account_training.c[key] == value for key, value in row.items())))
    connection.execute(account_training.insert().values(row))


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


def row_of(name: str) -> sa.Row | None:
    """One account with BESIDE, or None."""
    with store.engine().connect() as connection:
        return connection.execute(sa.select(account, *BESIDE).where(account.c.name == name)).first()


def everyone() -> list[sa.Row]:
    """All accounts by name with BESIDE, without their password hashes."""
    columns = [column for column in account.c if column.name != "password_hash"]
    with store.engine().connect() as connection:
        return list(connection.execute(sa.select(*columns, *BESIDE).order_by(account.c.name)))


def who_may(action: str) -> dict[str, str]:
    """利用者ID → display name of everybody who may do `action` today, by role, training and standing."""
    able = (user_from(row) for row in everyone() if not standing(row))
    return {user.name: user.display_name for user in able if decide(user, action).allowed}


def standing(row: sa.Row) -> str:
    """ "" when the account may be used today, otherwise "disabled", "unreviewed" or "expired"."""
    if row.is_disabled or row.unreviewed_since:
        return "disabled" if row.is_disabled else "unreviewed"
    return "expired" if row.expires_on and row.expires_on < settings.today().isoformat() else ""


def user_from(row: sa.Row) -> User:
    """The User a row of `account` with BESIDE describes."""
    is_trained = limits.is_trained(row.training_on, settings.today())
    return User(row.name, row.display_name, row.role, row.section, tuple(json.loads(row.districts)), is_trained)


def stamp() -> str:
    """This instant as the store writes it: UTC, ISO, microseconds, Z (sorts as text)."""
    return settings.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")

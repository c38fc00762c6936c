"""利用者の点検: every quarter the manager reads the list of accounts, roles and last sign-ins, and signs it.

What was signed is kept whole with its SHA-256, which is also in the access log (評価書 Ⅲ-3 リスク2「見直し」).
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import sqlalchemy as sa

import settings
import store
from audit import log, refusal
from auth import accounts
from auth.access import User, permissions
from auth.account_rules import quarter_start, rules
from auth.accounts import AccountRefused, account_holder, check_text, stamp
from auth.sessions import session

STATES = {"": "有効", "disabled": "停止", "expired": "期限切れ"}
LONGEST_COMMENT = 500

account_review = sa.Table(
    "account_review",
    store.metadata,
    sa.Column("period_start", sa.String(10), primary_key=True),
    sa.Column("signed_by", sa.String(32), primary_key=True),
    sa.Column("signed_at", sa.String(27), primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("listing", sa.Text, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
)


@dataclass(frozen=True)
class Listed:
    """One account as the reviewer reads it. `last_sign_in` is UTC text, "" when there was none."""

    name: str
    display_name: str
    role: str
    section: str
    districts: tuple[str, ...]
    kind: str
    state: str
    expires_on: str
    training_on: str
    last_sign_in: str


def listing() -> list[Listed]:
    """Every account as it stands now, by name."""
    last = sa.select(session.c.account, sa.func.max(session.c.started_at)).group_by(session.c.account)
    with store.engine().connect() as connection:
        sign_ins = dict(connection.execute(last).all())
        kinds = dict(connection.execute(sa.select(account_holder.c.account, account_holder.c.kind)).all())
    return [
        Listed(
            row.name, row.display_name, permissions().roles[row.role].title, row.section, accounts.user_from(row).districts,
            {"staff": "職員", "vendor": "保守業者"}.get(kinds.get(row.name), "職員番号なし"),
            STATES[accounts.standing(row)], row.expires_on or "", row.training_on or "", sign_ins.get(row.name, ""),
        )
        for row in accounts.everyone()
    ]  # fmt: skip


def digest(listed: list[Listed]) -> str:
    """What is signed: SHA-256 of the list without the last sign-ins, which change while it is being read."""
    return hashlib.sha256(_text([asdict(row) | {"last_sign_in": ""} for row in listed]).encode()).hexdigest()


def sign(user: User, read_digest: str, comment: str) -> None:
    """Sign the list that was read. Raises NotAllowed, AccountRefused (the list has changed since), AuditUnavailable."""
    refusal.check_allowed(user, "account.review")
    if comment.strip():
        check_text("所見", comment, LONGEST_COMMENT)
    listed = listing()
    if digest(listed) != read_digest:
        raise AccountRefused("読んでいる間に利用者の登録が変わりました。新しい一覧を読んでから署名してください。")
    start = quarter_start(settings.today()).isoformat()
    log.append(actor=user.name, action="account.review", source="console", row_count=len(listed), detail={"period_start": start, "sha256": read_digest})
    row = {"period_start": start, "signed_by": user.name, "signed_at": stamp(), "sha256": read_digest}
    with store.engine().begin() as connection:
        connection.execute(account_review.insert().values(row | {"listing": _text([asdict(row) for row in listed]), "comment": comment}))


def signed() -> list[sa.Row]:
    """The signatures, newest first."""
    with store.engine().connect() as connection:
        return list(connection.execute(sa.select(account_review).order_by(account_review.c.signed_at.desc())))


def overdue_since(day: date) -> date | None:
    """The last day the review of this quarter should have been signed by, when it was not; otherwise None."""
    start = quarter_start(day)
    due = start + timedelta(days=rules(day).review_grace_days)
    is_signed = any(row.period_start == start.isoformat() for row in signed())
    return due if day > due and not is_signed else None


def _text(rows: list[dict]) -> str:
    return json.dumps(rows, ensure_ascii=False, sort_keys=True)

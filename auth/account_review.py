"""利用者の点検: every quarter the manager reads the list of accounts, roles and last sign-ins, and signs it.

What was signed is kept whole with its SHA-256, which is also in the access log (評価書 Ⅲ-3 リスク2「見直し」). Left unsigned, a
band warns from the 31st day of the quarter; after the 60th `python -m auth.account_review`, run every night, suspends every
account older than the quarter, until the signature. Whoever may sign is left, so that somebody can.
"""

import argparse
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import sqlalchemy as sa

import settings
import store
from audit import log, refusal
from auth import sessions
from auth.access import User, permissions
from auth.account_checks import AccountRefused, check_text
from auth.account_rules import quarter_start, rules
from auth.account_store import account_holder, account_unreviewed, everyone, stamp, standing, user_from

STATES = {"": "有効", "disabled": "停止", "unreviewed": "点検待ちで停止", "expired": "期限切れ"}
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
    last = sa.select(sessions.session.c.account, sa.func.max(sessions.session.c.started_at)).group_by(sessions.session.c.account)
    with store.engine().connect() as connection:
        sign_ins = dict(connection.execute(last).all())
        kinds = dict(connection.execute(sa.select(account_holder.c.account, account_holder.c.kind)).all())
    return [
        Listed(
            row.name, row.display_name, permissions().roles[row.role].title, row.section, user_from(row).districts,
            {"staff": "職員", "vendor": "保守業者"}.get(kinds.get(row.name), "職員番号なし"),
            STATES[standing(row)], row.expires_on or "", row.training_on or "", sign_ins.get(row.name, ""),
        )
        for row in everyone()
    ]  # fmt: skip


def digest(listed: list[Listed]) -> str:
    """What is signed: SHA-256 of the list without the last sign-ins, which change while it is being read."""
    return hashlib.sha256(_text([asdict(row) | {"last_sign_in": ""} for row in listed]).encode()).hexdigest()


def sign(user: User, read_digest: str, comment: str) -> None:
    """Sign the list that was read; whoever was suspended for want of it may work again.

    Raises NotAllowed, AccountRefused (the list has changed since), AuditUnavailable."""
    refusal.check_allowed(user, "account.review")
    if comment.strip():
        check_text("所見", comment, LONGEST_COMMENT)
    listed = listing()
    if digest(listed) != read_digest:
        raise AccountRefused("読んでいる間に利用者の登録が変わりました。新しい一覧を読んでから署名してください。")
    start = quarter_start(settings.today()).isoformat()
    log.append(actor=user.name, action="account.review", source="console", row_count=len(listed), detail={"period_start": start, "sha256": read_digest})
    for held in [row.name for row in everyone() if row.unreviewed_since]:
        log.append(actor=user.name, action="account.enable", source="console", detail={"account": held, "reason": "reviewed"})
    row = {"period_start": start, "signed_by": user.name, "signed_at": stamp(), "sha256": read_digest}
    with store.engine().begin() as connection:
        connection.execute(account_review.insert().values(row | {"listing": _text([asdict(row) for row in listed]), "comment": comment}))
        connection.execute(account_unreviewed.delete())


def signed() -> list[sa.Row]:
    """The signatures, newest first."""
    with store.engine().connect() as connection:
        return list(connection.execute(sa.select(account_review).order_by(account_review.c.signed_at.desc())))


@dataclass(frozen=True)
class Overdue:
    """No signature this quarter: since when it is late, and the last day on which accounts may be used without one."""

    due_on: date
    last_day: date


def overdue(day: date) -> Overdue | None:
    """What the band says on `day`; None while there is time, or once it is signed."""
    start, held = quarter_start(day), rules(day)
    due_on = start + timedelta(days=held.review_grace_days)
    if day <= due_on or _is_signed(start):
        return None
    return Overdue(due_on, start + timedelta(days=held.review_suspends_days))


def _is_signed(start: date) -> bool:
    with store.engine().connect() as connection:
        return connection.execute(sa.select(account_review.c.signed_by).where(account_review.c.period_start == start.isoformat())).first() is not None


def suspend_unreviewed(day: date) -> list[str]:
    """Suspend, as of `day`, whom the review should have confirmed; their names. Again: nothing more. Raises AuditUnavailable."""
    late = overdue(day)
    if late is None or day <= late.last_day:
        return []
    signs = {name for name, role in permissions().roles.items() if "account.review" in role.actions}
    older = [row for row in everyone() if row.role not in signs and row.created_at < quarter_start(day).isoformat() and not standing(row)]
    for row in older:
        log.append(actor="account_review", action="account.disable", source="cli", detail={"account": row.name, "reason": "unreviewed"})
        with store.engine().begin() as connection:
            connection.execute(account_unreviewed.insert().values(account=row.name, since=day.isoformat()))
    sessions.live()  # judges every session now: theirs end here
    return [row.name for row in older]


def main(arguments: list[str] | None = None) -> int:
    """`python -m auth.account_review`, every night: 0, and what it did on stdout."""
    argparse.ArgumentParser(prog="python -m auth.account_review", description="点検の署名がない利用者の停止（毎晩）").parse_args(arguments)
    store.create_tables()
    names = suspend_unreviewed(settings.today())
    print(f"点検の署名がないため停止: {len(names)}人" + (f"（{'・'.join(names)}）" if names else ""))
    return 0


def _text(rows: list[dict]) -> str:
    return json.dumps(rows, ensure_ascii=False, sort_keys=True)


if __name__ == "__main__":
    raise SystemExit(main())

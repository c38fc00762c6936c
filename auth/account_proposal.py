"""決裁 of accounts: one person proposes, another approves (評価書 Ⅲ-3 リスク2「発効」). Only then anything changes.

The first secret is told to whoever approves, once: who proposes an account never learns it, who learns it cannot propose.
Every step is in the access log before it is done. A disabled account needs no second person; its return does.
"""

import json
import secrets

import sqlalchemy as sa

import settings
import store
from audit import log, refusal
from auth import account_checks, account_store, first_secret, passwords
from auth.access import User, permissions
from auth.account_checks import LONGEST_NAME, LONGEST_REASON, AccountRefused, check_text
from auth.account_rules import last_day, rules
from auth.account_store import account_holder, everyone, stamp
from auth.second_factor import second_factor

KEYS = {
    "create": ("display_name", "role", "section", "districts", "holder", "employee_number", "training_on"),
    "change": ("role", "section", "districts"), "training": ("training_on",),
}  # what a kind takes; whatever else a form sends is not looked at, kept or logged
KINDS = {"create": "新規登録", "change": "変更", "renew": "期限の更新", "enable": "停止の解除", "reset": "初期パスワードの再発行", "training": "研修修了日の登録"}

account_proposal = sa.Table(
    "account_proposal",
    store.metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("account", sa.String(32), nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("proposed_by", sa.String(32), nullable=False),
    sa.Column("proposed_at", sa.String(27), nullable=False),
    sa.Column("decided_by", sa.String(32)),
    sa.Column("decided_at", sa.String(27)),
    sa.Column("decision", sa.String(8)),
    sa.CheckConstraint("decision is null or decision = 'declined' or decided_by <> proposed_by", name="two_people"),
)
_of = account_proposal.c
_waits = _of.decision.is_(None)
sa.Index("one_waiting_proposal", _of.account, unique=True, sqlite_where=_waits, postgresql_where=_waits)


def propose(user: User, kind: str, name: str, *, reason: str, content: dict[str, object] | None = None) -> str:
    """Write a proposal about account `name`; its id. Raises NotAllowed, AccountRefused, audit.log.AuditUnavailable.

    `content`: for create display_name, role, section, districts, holder ("staff" or "vendor") and employee_number; for
    change role, section and districts; for training (and, if there is one, for create) training_on; otherwise nothing.
    create, renew and enable also set the last day.
    """
    _check_allowed(user, "account.propose", name)
    check_text("理由", reason, LONGEST_REASON)
    content = _checked(kind, name, content or {})
    row = {"id": secrets.token_hex(16), "kind": kind, "account": name, "content": json.dumps(content, ensure_ascii=False), "reason": reason}
    if _one(_of.account == name, _waits):
        raise AccountRefused(f"{name} には承認を待つ提案があります。承認か取下げの後に提案してください。")
    _record(user, "account.propose", row, content)
    try:
        with store.engine().begin() as connection:
            connection.execute(account_proposal.insert().values(row | {"proposed_by": user.name, "proposed_at": stamp()}))
    except sa.exc.IntegrityError as error:
        raise AccountRefused(f"{name} には承認を待つ提案があります。画面を開き直してください。") from error
    return row["id"]


def approve(user: User, proposal_id: str) -> str | None:
    """Approve as another person and carry it out; the first secret, for create and reset. Raises as propose."""
    refusal.check_allowed(user, "account.approve")
    found = _waiting_one(proposal_id)
    _check_allowed(user, "account.approve", found.account)
    if found.proposed_by == user.name:
        refusal.refuse(user, "account.approve", "自分の提案は承認できません。ほかの承認者に確かめてもらってください。")
    content = _checked(found.kind, found.account, json.loads(found.content))
    secret = first_secret.make() if found.kind in ("create", "reset") else None
    hashed = passwords.hashed(secret) if secret else ""
    _record(user, "account.approve", found._mapping, content)
    try:
        with store.engine().begin() as connection:
            _decide(connection, proposal_id, user, "approved")
            _carry_out(connection, found, content, hashed)
    except sa.exc.IntegrityError as error:
        raise AccountRefused("利用者IDか職員番号がすでに使われています。取り下げて、別の値で提案し直してください。") from error
    return secret


def decline(user: User, proposal_id: str) -> None:
    """Send a proposal back, or take one's own back. Raises as propose."""
    found = _waiting_one(proposal_id)
    if found.proposed_by != user.name:
        _check_allowed(user, "account.approve", found.account)
    _record(user, "account.decline", found._mapping, {})
    with store.engine().begin() as connection:
        _decide(connection, proposal_id, user, "declined")


def waiting() -> list[sa.Row]:
    """The proposals that wait for a decision, oldest first."""
    with store.engine().connect() as connection:
        return list(connection.execute(sa.select(account_proposal).where(_waits).order_by(_of.proposed_at)))


def _checked(kind: str, name: str, content: dict) -> dict:
    known = {row.name: row for row in everyone()}
    if kind not in KINDS:
        raise AccountRefused("提案の種類が正しくありません。画面を開き直してください。")
    if (kind == "create") is (name in known):
        raise AccountRefused(f"利用者ID {name} は" + ("すでに使われています。別のIDにしてください。" if name in known else "ありません。"))
    content = {key: content[key] for key in KEYS.get(kind, ()) if key in content}
    if kind in ("create", "change"):
        content |= {"districts": list(content.get("districts", ()))}
        account_checks.check(name, content.get("role", ""), tuple(content["districts"]))
        check_text("所属", content.get("section", ""), LONGEST_NAME)
    if kind == "create":
        _check_holder(content)
    if kind == "training" or content.get("training_on"):
        account_checks.check_training(content.get("training_on", ""))
    if (content.get("holder") or _holder(name)) == "vendor":
        _check_vendor(content.get("role") or known[name].role)
    return content


def _check_holder(content: dict) -> None:
    check_text("氏名", content.get("display_name", ""), LONGEST_NAME)
    if content.get("holder") not in ("staff", "vendor"):
        raise AccountRefused("職員か保守業者かを選んでください。")
    if content["holder"] == "staff":
        account_checks.check_number(content.get("employee_number", ""))
        if _is_taken(content["employee_number"]):
            raise AccountRefused("この職員番号の利用者はもうあります。1人に1つの利用者です。その利用者の変更か停止の解除を提案してください。")


def _check_vendor(role: str) -> None:
    allowed = rules(settings.today()).vendor_roles
    if role not in allowed:
        titles = "・".join(permissions().roles[name].title for name in allowed)
        raise AccountRefused(f"保守業者には、この役割を与えられません。与えられるのは {titles} です（auth/account_rules.toml）。")


def _holder(name: str) -> str | None:
    with store.engine().connect() as connection:
        return connection.scalar(sa.select(account_holder.c.kind).where(account_holder.c.account == name))


def _is_taken(number: str) -> bool:
    with store.engine().connect() as connection:
        return connection.scalar(sa.select(account_holder.c.account).where(account_holder.c.employee_number == number)) is not None


def _carry_out(connection: sa.Connection, found: sa.Row, content: dict, hashed: str) -> None:
    name, kind = found.account, found.kind
    if kind == "create":
        is_vendor = content["holder"] == "vendor"
        columns = ("display_name", "role", "section", "districts")
        ends = {"expires_on": last_day(settings.today(), is_vendor=is_vendor)}
        account_store.insert(connection, name, hashed, {key: content[key] for key in columns} | ends)
        account_store.hold(connection, name, content["holder"], None if is_vendor else content["employee_number"])
        if content.get("training_on"):
            account_store.train(connection, name, content["training_on"])
    elif kind == "change":
        account_store.update(connection, name, **{key: content[key] for key in ("role", "section", "districts")})
    elif kind == "training":
        account_store.train(connection, name, content["training_on"])
    elif kind == "reset":
        account_store.update(connection, name, password_hash=hashed, password_set_at=stamp())
        connection.execute(second_factor.delete().where(second_factor.c.account == name))
    else:
        account_store.update(connection, name, is_disabled=False, expires_on=last_day(settings.today(), is_vendor=_holder(name) == "vendor"))
    if hashed:
        first_secret.mark(connection, name)


def _check_allowed(user: User, action: str, name: str) -> None:
    refusal.check_allowed(user, action)
    if name == user.name:
        refusal.refuse(user, action, "自分の利用者の登録は、自分では提案も承認もできません。ほかの人が行ってください。")


def _decide(connection: sa.Connection, proposal_id: str, user: User, decision: str) -> None:
    mine = account_proposal.update().where(_of.id == proposal_id, _waits)
    if not connection.execute(mine.values(decided_by=user.name, decided_at=stamp(), decision=decision)).rowcount:
        raise AccountRefused("この提案は、もう承認か取下げが済んでいます。画面を開き直してください。")


def _waiting_one(proposal_id: str) -> sa.Row:
    found = _one(_of.id == proposal_id, _waits)
    if found is None:
        raise AccountRefused("この提案は、もう承認か取下げが済んでいます。画面を開き直してください。")
    return found


def _one(*conditions: sa.ColumnElement) -> sa.Row | None:
    with store.engine().connect() as connection:
        return connection.execute(sa.select(account_proposal).where(*conditions)).first()


def _record(user: User, action: str, row: sa.RowMapping | dict, content: dict) -> None:
    kept = {key: content[key] for key in ("role", "section", "districts", "holder", "training_on") if key in content}
    log.append(actor=user.name, action=action, source="console", detail={"account": row["account"], "kind": row["kind"], "proposal": row["id"], **kept})

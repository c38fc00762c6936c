"""Before a command: may this person do it, and is it recorded who did what to whom."""

from contextlib import suppress
from typing import NoReturn

from audit import log, refusal
from audit.log import AuditUnavailable
from auth.access import NotAllowed, User, decide
from casework.ledger import LedgerUnavailable


def check_allowed(user: User | None, action: str, atena_ref: str = "") -> None:
    """Raises NotAllowed, recorded, unless the role of `user` holds `action`."""
    decision = decide(user, action)
    if not decision.allowed:
        refuse(user, action, decision.reason, atena_ref)


def refuse(user: User | None, action: str, reason: str, atena_ref: str = "") -> NoReturn:
    """Record the refusal and raise NotAllowed. Nothing is written to the ledger even when the log cannot be written."""
    with suppress(AuditUnavailable):
        refusal.record(actor=user.name if user else "", question=action, reason=reason, atena_ref=atena_ref)
    raise NotAllowed(reason)


def note_write(user: User, action: str, atena_ref: str, event_id: str, late: int = 0) -> None:
    """The access log learns of a write before the ledger does; the event with that id tells whether it came about, `late`
    how many days after what it records (casework.late).

    Raises LedgerUnavailable when it cannot be recorded: nothing is written then."""
    try:
        log.append(actor=user.name, action=action, atena_refs=[atena_ref] if atena_ref else [], detail={"event_id": event_id[:36]} | ({"late_days": late} if late else {}))
    except AuditUnavailable:
        raise LedgerUnavailable("アクセスログに記録できないため、保存しませんでした。入力を残したまま、しばらくしてからもう一度保存してください。") from None

"""Is it still the same person? Password and second factor once more, for what must not happen at a left terminal.

Reveal, export, every 審査・決裁・承認, the decision on a held intake, lifting 支援措置 and disabling an account ask `is_fresh`
first; the page /auth/confirm calls `confirm`.
It holds for five minutes and for one session, and the password never travels through Streamlit.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

import settings
import store
from audit import log
from auth import proof, sessions
from auth.accounts import Refused
from auth.proof import Claim

HOLDS = timedelta(minutes=5)
PAGE = "/auth/confirm"
FIRST = "先に「本人の再確認」をしてください（5分間有効）。"


class NotConfirmed(Exception):
    """本人の再確認がまだか、5分を過ぎた。The text says what to do."""

step_up = sa.Table(
    "step_up",
    store.metadata,
    sa.Column("sid", sa.String(32), primary_key=True),
    sa.Column("confirmed_at", sa.String(32), nullable=False),
)


def confirm(sid: str, made: Claim) -> Refused | None:
    """Check the claim of the session's own person; None when it held. Guessing counts as at the sign-in."""
    outcome = proof.prove(made, refused_as="step_up.refused")
    if isinstance(outcome, Refused):
        return outcome
    log.append(actor=outcome.user.name, action="step_up.confirm", source=made.source, detail={"sid": sid})
    with store.engine().begin() as connection:
        connection.execute(step_up.delete().where(step_up.c.sid == sid))
        connection.execute(step_up.insert().values(sid=sid, confirmed_at=settings.now().isoformat()))
    return None


def is_fresh(sid: str | None) -> bool:
    """Whether the person behind a live session proved themselves within the last five minutes, at the addresses it is used from."""
    if not sid or sessions.user_of(sid) is None:
        return False
    with store.engine().connect() as connection:
        confirmed_at = connection.scalar(sa.select(step_up.c.confirmed_at).where(step_up.c.sid == sid))
    if confirmed_at is None or settings.now() - datetime.fromisoformat(confirmed_at) >= HOLDS:
        return False
    moved_at = sessions.moved_at(sid)
    return moved_at is None or moved_at < datetime.fromisoformat(confirmed_at)

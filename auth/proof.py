"""How somebody proves who they are: the one place that would change for OIDC or a proxy that signs people in.

Another way of proof is another `prove` with this signature: it takes what the request carries, counts and refuses by
itself, and answers with the account's User or with Refused. Accounts, roles, sessions and the Gate stay as they are.
"""

from dataclasses import dataclass

from starlette.datastructures import Headers

from audit import log, refusal
from auth import accounts, second_factor
from auth.accounts import Refused, Verified


@dataclass(frozen=True)
class Claim:
    """What somebody brings: a name and a password, a code, the proxy's word for the terminal, and from where."""

    name: str
    password: str
    code: str
    vouch: str
    source: str


def claim(form: dict[str, str], headers: Headers, source: str, name: str | None = None) -> Claim:
    """The claim in a form; `name` when the session already says who it is."""
    vouch = headers.get(second_factor.TERMINAL_HEADER, "")
    typed = form.get("name", "") if name is None else name
    return Claim(typed, form.get("password", ""), form.get("code", ""), vouch, source)


def prove(made: Claim, refused_as: str = "session.refused") -> Verified | Refused:
    """Check a claim: password and second factor in one step, one count, one answer. A refusal is recorded.

    Raises audit.log.AuditUnavailable when it cannot be.
    """
    outcome = accounts.verify(
        made.name, made.password, made.source,
        lambda name: second_factor.proves(name, made.code, made.vouch),
    )  # fmt: skip
    if isinstance(outcome, Refused):
        # A name that is not an account may be a password typed one field too early: it is not written down.
        actor = made.name.strip().lower() if outcome.is_known else "unknown"
        refusal.record(actor=actor, action=refused_as, source=made.source, reason=outcome.reason)
        if outcome.alarm:
            log.append(actor=actor, action="session.alarm", source=made.source, detail={"reason": outcome.alarm})
    return outcome

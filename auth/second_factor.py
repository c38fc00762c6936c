"""The second proof of who somebody is: a code of RFC 6238 (TOTP), or the city's proxy vouching for the terminal.

The store keeps no secret: a person's TOTP key is derived from the installation's pepper and a random nonce, so a stolen
store shows no key. A code is used once; the step before and after count, for clocks that are a little off.
"""

import base64
import hmac
import secrets
from datetime import datetime, timedelta
from urllib.parse import quote

import sqlalchemy as sa

import settings
import store

STEP_SECONDS, DIGITS, DRIFT = 30, 6, 1
OFFER_LIVES = timedelta(minutes=10)
TERMINAL_HEADER = "x-console-terminal"
ISSUER = "滞納管理コンソール"

second_factor = sa.Table(
    "second_factor",
    store.metadata,
    sa.Column("account", sa.ForeignKey("account.name"), primary_key=True),
    sa.Column("nonce", sa.String(32)),
    sa.Column("registered_at", sa.String(27)),
    sa.Column("last_step", sa.BigInteger, nullable=False),
    sa.Column("offered_nonce", sa.String(32)),
    sa.Column("offered_at", sa.String(27)),
)
_of = second_factor.c


def code_at(key: bytes, step: int) -> str:
    """The code of one 30-second step (RFC 4226 §5.3 over RFC 6238 §4.2): six digits."""
    digest = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def offer(name: str) -> str:
    """A new key for `name`, as the Base32 text to type into an authenticator; it counts once `register` has its code."""
    nonce = secrets.token_hex(16)
    values = {"offered_nonce": nonce, "offered_at": settings.now().isoformat()}
    with store.engine().begin() as connection:
        if not connection.execute(second_factor.update().where(_of.account == name).values(values)).rowcount:
            connection.execute(second_factor.insert().values(account=name, last_step=0, **values))
    return base64.b32encode(_key(name, nonce)).decode()


def address(name: str, text: str) -> str:
    """The otpauth: URI of an offered key, for authenticators that read one."""
    return f"otpauth://totp/{quote(ISSUER)}:{quote(name)}?secret={text}&issuer={quote(ISSUER)}"


def register(name: str, code: str) -> bool:
    """Make the offered key the key of `name`, when `code` shows that their authenticator has it (10 minutes)."""
    row = _row(name)
    if row is None or not row.offered_nonce or settings.now() - datetime.fromisoformat(row.offered_at) > OFFER_LIVES:
        return False
    step = _matching_step(_key(name, row.offered_nonce), code)
    if step is None:
        return False
    still = second_factor.update().where(_of.account == name, _of.offered_nonce == row.offered_nonce)
    values = {"nonce": row.offered_nonce, "registered_at": settings.now().isoformat(), "last_step": step}
    with store.engine().begin() as connection:
        return connection.execute(still.values(values | {"offered_nonce": None, "offered_at": None})).rowcount == 1


def is_registered(name: str) -> bool:
    """Whether `name` has an authenticator."""
    row = _row(name)
    return row is not None and row.nonce is not None


def is_asked_of(name: str) -> bool:
    """Whether a code is asked of `name` beside the password."""
    return settings.second_factor() == "totp" and is_registered(name)


def use(name: str, code: str) -> bool:
    """Whether `code` is right for `name` now, and was not used before; it cannot be used again."""
    row = _row(name)
    step = _matching_step(_key(name, row.nonce), code) if row and row.nonce else None
    if step is None:
        return False
    unused = second_factor.update().where(_of.account == name, _of.nonce == row.nonce, _of.last_step < step)
    with store.engine().begin() as connection:
        return connection.execute(unused.values(last_step=step)).rowcount == 1


def is_vouched(header: str) -> bool:
    """Whether the proxy vouches for the terminal: it alone knows the key `terminal`, and sends it in hexadecimal."""
    return hmac.compare_digest(header.encode(), settings.secret("terminal").hex().encode())


def proves(name: str, code: str, vouch: str) -> bool:
    """The second proof as this city asks for it. Nobody registered yet passes: they reach nothing but the registration."""
    match settings.second_factor():
        case "none":
            return True
        case "terminal":
            return is_vouched(vouch)
        case _:
            return not is_registered(name) or use(name, code)


def _matching_step(key: bytes, code: str) -> int | None:
    now = int(settings.now().timestamp()) // STEP_SECONDS
    typed = code.strip().replace(" ", "").encode("utf-8", "replace")
    found = [step for step in range(now - DRIFT, now + DRIFT + 1) if hmac.compare_digest(code_at(key, step).encode(), typed)]
    return found[-1] if found else None


def _key(name: str, nonce: str) -> bytes:
    return hmac.digest(settings.secret("pepper"), f"totp\0{name}\0{nonce}".encode(), "sha256")[:20]


def _row(name: str) -> sa.Row | None:
    with store.engine().connect() as connection:
        return connection.execute(sa.select(second_factor).where(_of.account == name)).first()

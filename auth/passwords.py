"""Passwords: how they are judged, kept and compared.

A password is NFC text of 15 to 128 characters; its length is the only rule (OWASP ASVS 5.0, 6.2). It is keyed with the
installation's pepper before bcrypt, so that every character counts (bcrypt alone stops at 72 bytes, which is 24 kanji)
and a stolen store proves nothing without the key.
"""

import base64
import hashlib
import hmac
import importlib.util
import unicodedata
from pathlib import Path

import settings

SHORTEST, LONGEST = 15, 128

# The hash of no password: an unknown name costs the same bcrypt as a known one, so time does not tell who works here.
NOBODYS = "$2b$12$5bTjU5prhHGOdeFOs25It.peMLQPBTVz38u.VoCmPVqe9U4teFeoS"


class PasswordRefused(Exception):
    """使えないパスワード。The text says what to do."""


def _load_hasher() -> type:
    """streamlit_authenticator's Hasher alone: importing its package would start its widgets and cloud client."""
    package = importlib.util.find_spec("streamlit_authenticator")
    spec = importlib.util.spec_from_file_location(
        "streamlit_authenticator_hasher", Path(package.origin).parent / "utilities" / "hasher.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Hasher


_hasher = _load_hasher()


def hashed(password: str) -> str:
    """The bcrypt text to keep. Raises PasswordRefused when the length is wrong."""
    length = len(unicodedata.normalize("NFC", password))
    if not SHORTEST <= length <= LONGEST:
        raise PasswordRefused(f"パスワードは{SHORTEST}～{LONGEST}文字にしてください（今は{length}文字）。")
    return _hasher.hash(_peppered(password))


def matches(password: str, kept: str | None) -> bool:
    """Whether `password` is the one behind `kept`; None takes as long and is always False."""
    right = _hasher.check_pw(_peppered(password), kept or NOBODYS)
    return right and kept is not None


def _peppered(password: str) -> str:
    text = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return base64.b64encode(hmac.digest(settings.secret("pepper"), text, hashlib.sha256)).decode()

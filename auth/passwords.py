"""Passwords: how they are judged, kept and compared.

A password is NFKC text of 15 to 128 characters, of any signs (OWASP ASVS 5.0, 6.2): full and half width are the same.
What people choose themselves may not be made of the words in common_passwords.txt and of repetitions alone, nor hold
the user's name or the city's words. It is keyed with the installation's pepper before bcrypt, so that every character counts (bcrypt alone stops at 72 bytes, which is 24 kanji)
and a stolen store proves nothing without the key.
"""

import base64
import hashlib
import hmac
import importlib.util
import unicodedata
from functools import lru_cache
from pathlib import Path

import settings

SHORTEST, LONGEST = 15, 128
LONGEST_TAIL, LONGEST_CYCLE = 4, 12

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
    _check_length(password)
    return _hasher.hash(_peppered(password))


def judge(password: str, forbidden: tuple[str, ...] = ()) -> None:
    """Whether somebody may choose this password: long enough, not a common one, without the words `forbidden`.

    Raises PasswordRefused, which never quotes the password.
    """
    text = _plain(password)
    _check_length(password)
    if any(_plain(word) in text for word in forbidden if len(word) > 1):
        raise PasswordRefused("利用者ID・氏名・市や課の名前を含むパスワードは使えません。関係のない言葉を選んでください。")
    if _is_made_of_common_words(text):
        raise PasswordRefused("よく使われる言葉の並びや、同じ文字の繰り返しだけのパスワードは使えません。別の文にしてください。")


def _is_made_of_common_words(text: str) -> bool:
    """Whether nothing is left but common words, runs of one sign and short cycles, once what stands between and behind
    them (spaces, signs, up to four digits at the end) is taken away."""
    letters = "".join(sign for sign in text if sign.isalnum()) or text
    tail = len(letters) - len(letters.rstrip("0123456789"))
    return any(_is_chain(letters[: len(letters) - cut]) for cut in range(min(tail, LONGEST_TAIL) + 1))


def _is_chain(text: str) -> bool:
    words, reached = _common(), {0}
    for end in range(1, len(text) + 1):
        if any(text[start:end] in words or _is_cycle(text[start:end]) for start in reached):
            reached.add(end)
    return len(text) in reached


def _is_cycle(text: str) -> bool:
    """The same one to three signs three times or more, or up to twelve twice or more (aaa, 121212, tottoritottori)."""
    for width in range(1, min(LONGEST_CYCLE, len(text) // 2) + 1):
        if len(text) >= width * (3 if width < 4 else 2) and text[width:] == text[:-width]:
            return True
    return False


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(_plain(line) for line in lines if not line.startswith("#"))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _check_length(password: str) -> None:
    length = len(unicodedata.normalize("NFKC", password))
    if not SHORTEST <= length <= LONGEST:
        raise PasswordRefused(f"パスワードは{SHORTEST}～{LONGEST}文字にしてください（今は{length}文字）。")


def matches(password: str, kept: str | None) -> bool:
    """Whether `password` is the one behind `kept`; None takes as long and is always False."""
    right = _hasher.check_pw(_peppered(password), kept or NOBODYS)
    return right and kept is not None


def _peppered(password: str) -> str:
    text = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return base64.b64encode(hmac.digest(settings.secret("pepper"), text, hashlib.sha256)).decode()

"""THE SEAM OF STEP-UP: is it still the same person? Asked before a reveal, an export and their approval.

Here it is the password once more, counted against guessing like a sign-in. Whoever brings another proof (a second
factor on a page of its own) changes this function and nothing else.
"""

from audit import refusal
from auth import accounts
from auth.access import User
from auth.accounts import Refused

WRONG = "パスワードが違います。もう一度入力してください。続けて誤ると、しばらく受け付けません。"


class NotProven(Exception):
    """本人と確かめられない。The text says what to do."""


def prove(user: User, password: str) -> None:
    """Raises NotProven unless `password` is the present one of `user`. A refusal is in the access log."""
    outcome = accounts.verify(user.name, password, "step-up")
    if isinstance(outcome, Refused):
        refusal.record(actor=user.name, action="step_up.refused", reason=outcome.reason)
        raise NotProven(WRONG)

"""The person in front of the screen, for scripts that Streamlit runs behind the Gate."""

import streamlit as st

from auth import second_factor, sessions, step_up
from auth.access import User


def current_user() -> User | None:
    """Who is signed in, read from the store at this moment. None = show nothing (the Gate is closing the socket)."""
    return sessions.user_of(_sid())


def sign_out() -> None:
    """End this session: for a button's on_click. The Gate closes the socket and the browser goes to the sign-in page."""
    if _sid():
        sessions.end(_sid(), "signed_out")


def is_confirmed() -> bool:
    """Whether they proved themselves again within five minutes (auth.step_up)."""
    return step_up.is_fresh(_sid())


def is_code_asked() -> bool:
    """Whether the 本人の再確認 of the person in front asks for an 認証コード too."""
    user = current_user()
    return user is not None and second_factor.is_asked_of(user.name)


def must_be_confirmed() -> None:
    """Before a reveal, an export, a 審査・決裁 or an approval. Raises NotConfirmed."""
    if not is_confirmed():
        raise step_up.NotConfirmed(step_up.FIRST)


def displaced() -> str | None:
    """From which terminal the session was that this sign-in ended, if there was one: both sides are told."""
    return sessions.displaced(_sid())


def current_sid() -> str:
    """The reference of this screen's session, as the Gate set it; "" without one."""
    return _sid() or ""


def _sid() -> str | None:
    return st.user.get("sid")

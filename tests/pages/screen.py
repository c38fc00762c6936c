"""A page as Streamlit draws it for one person, without a server: AppTest runs the door, the door runs the page."""

from functools import cache
from pathlib import Path
from unittest.mock import patch

from google.protobuf.text_format import MessageToString
from streamlit.testing.v1 import AppTest

from auth.access import User


def _script(module) -> None:
    import streamlit as st

    from pages import REGISTER
    from pages.parts.door import page_of

    st.navigation([page_of(entry) for entry in REGISTER if entry.module == module], position="hidden").run()


class Screen:
    """One page in front of one person. Set `at.session_state`, then `run()`."""

    def __init__(self, user: User | None, module: str, **state: object) -> None:
        self.user = user
        self.at = AppTest.from_function(_script, kwargs={"module": module}, default_timeout=20)
        for name, value in state.items():
            self.at.session_state[name] = value

    def run(self, act=None) -> "Screen":
        """Run the script, after `act` (a click or a choice on `at`) when given; the signed-in person is `user`."""
        with patch("auth.sessions.user_of", lambda _sid: self.user):
            (self.at if act is None else act).run()
        assert not self.at.exception, [(error.message, error.stack_trace) for error in self.at.exception]
        return self

    def words(self) -> str:
        """Everything the page sends to the browser as text: headings, texts, cards, alerts, cells, choices, alts."""
        said = [MessageToString(node.proto, as_utf8=True) for node in self.at.main if node.proto is not None]
        return "\n".join([*said, *(str(frame.value.to_dict("list")) for frame in self.at.dataframe)])

    def cells(self, column: str, place: int = 0) -> list:
        """One column of a table."""
        return self.at.dataframe[place].value[column].to_list()


def show(user: User | None, module: str, **state: object) -> Screen:
    """The page `module` as `user` sees it first."""
    return Screen(user, module, **state).run()


@cache
def first_sight(user: User | None, module: str, _home: Path) -> Screen:
    """The page as `user` sees it first, drawn once for all tests that only look. `_home`: the city it was drawn over."""
    return show(user, module)


def menu_of(user: User) -> list[str]:
    """The titles in the menu of `user`, in its order."""
    at = AppTest.from_function(_menu, kwargs={"user": user}).run()
    return [text.value for text in at.text]


def _menu(user) -> None:
    import streamlit as st

    from pages.parts.door import shown_pages

    for pages in shown_pages(user).values():
        for page in pages:
            st.text(page.title)

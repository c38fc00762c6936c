"""From the register to Streamlit's navigation: which pages a person is shown, and how one opens a case."""

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from urllib.parse import urlsplit

import streamlit as st

from audit.log import AuditUnavailable
from auth.access import NotAllowed, User, decide
from auth.current import current_user
from data_access.connection import NothingPublished
from data_access.query import SnapshotRefused, is_unrecorded, looking_at, refused
from pages import REGISTER, Entry
from pages.parts import as_of

CASE = "case_ref"
OPENS = "opens_case"
ONLY_SUMS = "アクセスログに記録できない状態です。個人を含まない集計だけを表示しています。個人の画面・一時解除・書出し・記録はできません。システム管理者に連絡してください。"


def shown_pages(user: User) -> dict[str, list]:
    """Section → pages that `user` may open."""
    sections: dict[str, list] = {}
    for entry in REGISTER:
        if decide(user, entry.action).allowed:
            sections.setdefault(entry.section, []).append(page_of(entry))
    return sections


def page_of(entry: Entry, visibility: str = "visible"):
    """The Streamlit page of one register entry."""
    return st.Page(_runner(entry), title=entry.title, icon=entry.icon, url_path=entry.module, default=entry.module == "home", visibility=visibility)


def _runner(entry: Entry) -> Callable[[], None]:
    def run() -> None:
        user = current_user()  # again: a fragment or a late click may come after the right was taken away
        decision = decide(user, entry.action)
        if not decision.allowed:
            _refuse(user, entry, decision.reason)
            return
        try:
            with looking_at(as_of.chosen(user)):
                import_module(f"pages.{entry.module}").render(user)
            if is_unrecorded():
                st.error(ONLY_SUMS, icon=":material/edit_off:")
        except NotAllowed as refusal:
            st.warning(str(refusal), icon=":material/lock:")
        except SnapshotRefused as refusal:
            st.error(str(refusal), icon=":material/error:")
        except NothingPublished as empty:
            st.info(str(empty), icon=":material/inbox:")
        except AuditUnavailable:
            st.error("アクセスログに記録できないため、個人の情報を表示できません。収納状況・月次報告など、個人を含まない集計は見られます。システム管理者に連絡してください。", icon=":material/error:")

    return run


def typed_page(user: User) -> dict[str, list]:
    """The page outside the role whose address was typed, not in the menu: so that it refuses in our words, and on record."""
    typed = urlsplit(st.context.url or "").path.strip("/")
    return {"": [page_of(entry, "hidden") for entry in REGISTER if entry.module == typed and not decide(user, entry.action).allowed]}


def _refuse(user: User | None, entry: Entry, reason: str) -> None:
    st.warning(reason, icon=":material/lock:")
    if user:
        with suppress(AuditUnavailable):  # nothing is shown either way
            refused(user, entry.module, reason)


def go(module: str) -> None:
    """Leave for another page of the register."""
    # Without query_params Streamlit refuses to leave a page whose filters are bound to the URL.
    st.switch_page(page_of(next(entry for entry in REGISTER if entry.module == module)), query_params={})


def choose_case(atena_ref: str) -> None:
    """Remember whose カルテ to show, and that it is to be opened; the reference never goes into the URL."""
    st.session_state[CASE] = atena_ref
    st.session_state[OPENS] = True


def choose_record(atena_ref: str, tab: str, kind: str | None = None) -> None:
    """The same, on the tab where a record stands; `kind` narrows the 経過 to its 種別."""
    choose_case(atena_ref)
    st.session_state["case_view"] = tab
    if kind:
        st.session_state["event_kind"] = kind


def open_chosen_case() -> None:
    """Go to the カルテ when a row was just chosen; callbacks themselves cannot change the page."""
    if st.session_state.pop(OPENS, False):
        go("case")


def person_line(name: str, atena_ref: str, key: str) -> None:
    """Who is shown below, and the way to the カルテ."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.text(f"{name}　参照番号 {atena_ref}", width="content")
        is_opened = st.button("カルテを開く", icon=":material/person:", width="content", key=key)
    if is_opened:
        choose_case(atena_ref)
        go("case")


def chosen_case() -> str | None:
    """The 参照番号 chosen last in this session."""
    return st.session_state.get(CASE)


def forget() -> None:
    """Drop whatever this browser session remembered."""
    st.session_state.clear()

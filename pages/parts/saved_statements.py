"""Kept SELECT statements: to open one, to keep the one that was just run, to take one's own away."""

from collections.abc import Callable

import streamlit as st

from audit.log import AuditUnavailable
from auth.access import NotAllowed, User
from auth.current import current_user
from data_access import saved_statement
from data_access.saved_statement import Saved
from data_access.statement import StatementRefused
from pages.parts import draft

FORM = "saved_statement"


def saved_statements(user: User, ran: str | None, opens: Callable[[str], None]) -> None:
    """The popover. `ran`: the id of the statement that was last run, None when none was; `opens` is given the text of the chosen one."""
    kept = saved_statement.kept(user)
    with st.popover("保存したSELECT文", icon=":material/bookmark:"):
        for each in kept:
            _line(each, opens)
        if not kept:
            st.caption("保存したSELECT文はまだありません。")
        if ran is None:
            st.caption("SELECT文を実行すると、名前を付けて保存できます。")
        else:
            with st.form("save_statement", border=False, enter_to_submit=False):
                st.text_input("いま実行したSELECT文に名前を付けて保存する", max_chars=saved_statement.LONGEST, key="statement_title", autocomplete="off", placeholder="人の氏名は書かない")
                st.text_input("メモ", max_chars=saved_statement.LONGEST_NOTE, key="statement_note", autocomplete="off", placeholder="何を数えるか、注意すること")
                st.checkbox("同じ役割の人と共有する", key="statement_shared")
                st.form_submit_button("保存する", icon=":material/save:", on_click=_save, args=(ran,))


def told() -> None:
    """What came of the last click, once."""
    outcome, text = draft.said(FORM)
    if outcome:
        getattr(st, outcome)(text)


def _line(each: Saved, opens: Callable[[str], None]) -> None:
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.button(_plain(each.title) + ("（共有）" if each.is_shared else ""), key=f"open_{each.id}", type="tertiary", icon=":material/open_in_new:", on_click=opens, args=(each.body,))
    if each.is_own:
        right.button("消す", key=f"remove_{each.id}", type="tertiary", on_click=_remove, args=(each.id,))
    if each.note:
        st.caption(_plain(each.note))


def _save(ran: str) -> None:
    state = st.session_state
    _attempt(lambda user: saved_statement.save(user, ran, title=state["statement_title"], note=state["statement_note"], is_shared=state["statement_shared"]), "保存しました。")


def _remove(saved_id: str) -> None:
    _attempt(lambda user: saved_statement.remove(user, saved_id), "保存したSELECT文を消しました。")


def _attempt(command: Callable[[User], object], told: str) -> None:
    user = current_user()  # as of this click
    if user is None:
        return
    try:
        command(user)
    except (saved_statement.SaveRefused, StatementRefused, NotAllowed, AuditUnavailable) as refused:
        draft.say(FORM, "error", str(refused))
    else:
        draft.say(FORM, "success", told)


def _plain(title: str) -> str:
    """As written: no sign of Markdown in it is obeyed."""
    return "".join(f"\\{letter}" if letter in r"\`*_[]{}#<>|~$:!" else letter for letter in title)

"""What is kept under a name, to open it, to keep another, to take one away: the section's analyses, an analyst's SELECT statements."""

from collections.abc import Callable

import streamlit as st

from audit.log import AuditUnavailable
from auth.access import NotAllowed, User, decide
from auth.current import current_user
from data_access import saved_analysis, saved_statement
from data_access.analysis import View
from data_access.statement import StatementRefused
from pages.parts import draft
from pages.parts.analysis_choice import show_view
from pages.parts.attempt import outcome
from pages.parts.wording import plain

ANALYSIS, STATEMENT = "saved_analysis", "saved_statement"


def kept_views(user: User, view: View) -> None:
    """The section's kept views to open, and the field to keep this one."""
    kept, may_keep = saved_analysis.kept(user), decide(user, "analysis.save").allowed
    with st.popover("保存した分析", icon=":material/bookmark:"):
        for each in kept:
            _line(each.id, each.title, lambda view=each.view: show_view(view), (lambda one=each.id: _remove_view(one)) if may_keep else None)
        if not kept:
            st.caption("保存した分析はまだありません。")
        if may_keep:
            with st.form("save_analysis", border=False, enter_to_submit=False):
                st.text_input("いまの条件に名前を付けて保存する", max_chars=saved_analysis.LONGEST, key="analysis_title", autocomplete="off", placeholder="人の氏名は書かない")
                st.form_submit_button("保存する", icon=":material/save:", on_click=_save_view, args=(view,))
            st.caption("課のみんなが開けます。保存されるのは条件だけで、開くたびにそのときの表で集計します。")
    outcome(ANALYSIS)


def kept_statements(user: User, ran: str | None, opens: Callable[[str], None]) -> None:
    """`ran`: the id of the statement that was last run, None when none was; `opens` is given the text of the chosen one. What came
    of a click is told elsewhere: outcome(STATEMENT)."""
    kept = saved_statement.kept(user)
    with st.popover("保存したSELECT文", icon=":material/bookmark:"):
        for each in kept:
            _line(each.id, each.title + ("（共有）" if each.is_shared else ""), lambda body=each.body: opens(body),
                  (lambda one=each.id: _remove_statement(one)) if each.is_own else None)
            if each.note:
                st.caption(plain(each.note))
        if not kept:
            st.caption("保存したSELECT文はまだありません。")
        if ran is None:
            st.caption("SELECT文を実行すると、名前を付けて保存できます。")
        else:
            with st.form("save_statement", border=False, enter_to_submit=False):
                st.text_input("いま実行したSELECT文に名前を付けて保存する", max_chars=saved_statement.LONGEST, key="statement_title", autocomplete="off", placeholder="人の氏名は書かない")
                st.text_input("メモ", max_chars=saved_statement.LONGEST_NOTE, key="statement_note", autocomplete="off", placeholder="何を数えるか、注意すること")
                st.checkbox("同じ役割の人と共有する", key="statement_shared")
                st.form_submit_button("保存する", icon=":material/save:", on_click=_save_statement, args=(ran,))


def _line(saved_id: str, title: str, opens: Callable[[], None], removes: Callable[[], None] | None) -> None:
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.button(plain(title), key=f"open_{saved_id}", type="tertiary", icon=":material/open_in_new:", on_click=opens)
    if removes:
        right.button("消す", key=f"remove_{saved_id}", type="tertiary", on_click=removes)


def _save_view(view: View) -> None:
    _attempt(ANALYSIS, lambda user: saved_analysis.save(user, st.session_state["analysis_title"], view), "保存しました。")


def _remove_view(saved_id: str) -> None:
    _attempt(ANALYSIS, lambda user: saved_analysis.remove(user, saved_id), "保存した分析を消しました。")


def _save_statement(ran: str) -> None:
    state = st.session_state
    _attempt(STATEMENT, lambda user: saved_statement.save(user, ran, title=state["statement_title"], note=state["statement_note"], is_shared=state["statement_shared"]), "保存しました。")


def _remove_statement(saved_id: str) -> None:
    _attempt(STATEMENT, lambda user: saved_statement.remove(user, saved_id), "保存したSELECT文を消しました。")


def _attempt(form: str, command: Callable[[User], object], told: str) -> None:
    user = current_user()  # as of this click
    if user is None:
        return
    try:
        command(user)
    except (saved_analysis.SaveRefused, saved_statement.SaveRefused, StatementRefused, NotAllowed, AuditUnavailable) as refused:
        draft.say(form, "error", str(refused))
    else:
        draft.say(form, "success", told)

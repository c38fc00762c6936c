"""SELECT文: the field in which an analyst writes one, and what came of it."""

import polars as pl
import streamlit as st

from audit.log import AuditUnavailable
from auth.access import NotAllowed, User
from auth.current import current_user
from data_access import statement
from data_access.query import SnapshotRefused
from pages.parts import attempt, tables
from pages.parts.export_part import export_part
from pages.parts.saved_parts import STATEMENT, kept_statements

BODY, RESULT = "analysis_select", "analysis_select_result"
EXAMPLE = "select case_stage, sum(people) as people\nfrom procedure_arrears\ngroup by case_stage\norder by people desc"


def statement_form(user: User) -> None:
    """The tables, the field, the button, and the last answer of this session."""
    st.caption(f"公開した表だけを読むSELECT文を1つ。{statement.SECONDS}秒・512MB・1万行まで。実行の前に、文と利用者が記録される。表の値は10人以上の和で、金額は千円単位。")
    with st.expander("使える表と列", icon=":material/table_chart:"):
        tables.whole(pl.DataFrame(statement.columns()), ["table_name", "definition", "column_names"], empty="", alt="使える表と列の表")
    with st.form("analysis_statement", border=False, enter_to_submit=False):
        st.text_area("SELECT文", key=BODY, height=180, max_chars=statement.LONGEST, placeholder=EXAMPLE)
        st.form_submit_button("実行する", type="primary", icon=":material/play_arrow:", on_click=_run)
    outcome = st.session_state.get(RESULT)
    ran = None if outcome is None or isinstance(outcome, str) else outcome
    with st.container(horizontal=True):
        kept_statements(user, ran and ran.id, _open)
        if ran and ran.rows.height:
            export_part(user, "analysis_statement", {"statement": ran.id})
    attempt.outcome(STATEMENT)
    if isinstance(outcome, str):
        st.error("実行していないか、途中で止めました。", icon=":material/block:")
        st.text(outcome)
    elif outcome is not None:
        _found(outcome)


def _run() -> None:
    user = current_user()  # as of this click
    if user is None:
        return
    try:
        st.session_state[RESULT] = statement.run(user, st.session_state[BODY])
    except (statement.StatementRefused, NotAllowed, SnapshotRefused, AuditUnavailable) as refused:
        st.session_state[RESULT] = str(refused)


def _open(body: str) -> None:
    st.session_state[BODY] = body
    st.session_state.pop(RESULT, None)


def _found(found: statement.Found) -> None:
    st.caption(f"{found.rows.height:,} 行" + ("（1万行で切りました）" if found.is_cut else ""))
    if found.rows.is_empty():
        st.info("行はありません。", icon=":material/info:")
        return
    st.dataframe(found.rows, hide_index=True, alt="SELECT文の結果の表", placeholder="—",
                 column_config={name: st.column_config.NumberColumn(format="localized") for name, kind in found.rows.schema.items() if kind.is_integer()})

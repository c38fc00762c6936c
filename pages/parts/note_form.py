"""The form that writes a 記事 from the カルテ. Nothing typed is lost when the ledger refuses."""

import uuid

import streamlit as st

import settings
from auth.access import NotAllowed, User
from casework.ledger import Conflict, EventRefused, LedgerUnavailable
from casework.negotiation_note import (
    COUNTERPARTS,
    DIRECTIONS,
    LONGEST_BODY,
    METHODS,
    OUTCOMES,
    NoteRefused,
    record_note,
)
from data_access.query import subject
from pages.parts.wording import wareki

OPENED, SAID = "note_opened", "note_said"


def note_form(user: User, atena_ref: str, version: int) -> None:
    """Show the form, and the outcome of the last attempt. `version` is the state of the case on this screen."""
    kind, text = st.session_state.pop(SAID, (None, None))
    with st.expander("記事を書く", icon=":material/edit_note:", expanded=kind in ("error", "warning"), key="note_expander"):
        if kind in ("error", "warning"):
            getattr(st, kind)(text)
        opened = st.session_state.setdefault(OPENED, {})
        if opened.get("case") != atena_ref:  # one event_id per opened form: a double click writes one note
            opened.clear()
            opened.update(case=atena_ref, event_id=str(uuid.uuid4()))
        with st.form("note", border=False, enter_to_submit=False):
            first, second, third, fourth, fifth = st.columns(5)
            first.date_input("交渉日", value=settings.today(), max_value=settings.today(), format="YYYY/MM/DD", key="note_contacted_on")
            second.selectbox("方法", METHODS, key="note_method")
            third.selectbox("発着", DIRECTIONS, key="note_direction")
            fourth.selectbox("相手", COUNTERPARTS, key="note_counterpart")
            fifth.selectbox("結果", OUTCOMES, key="note_outcome")
            st.text_area("記事", key="note_body", max_chars=LONGEST_BODY, height=120,
                         placeholder="話した内容と約束。個人番号は書かない。")
            st.form_submit_button("記録する", type="primary", icon=":material/save:", on_click=_record, args=(user, atena_ref, version))
    if kind == "success":
        st.success(text, icon=":material/check_circle:")


def _record(user: User, atena_ref: str, version: int) -> None:
    typed = {name: st.session_state[f"note_{name}"] for name in ("contacted_on", "method", "direction", "counterpart", "outcome", "body")}
    try:
        event = record_note(user, subject(user, atena_ref), event_id=st.session_state[OPENED]["event_id"],
                            expected_version=version, today=settings.today(), **typed)
    except NoteRefused as refusal:
        _say("error", "　".join(sentence for _, sentence in refusal.errors))
    except Conflict as conflict:
        _say("warning", f"{conflict} 入力した内容は残っています。経過を確かめて、もう一度「記録する」を押してください。")
    except (NotAllowed, EventRefused, LedgerUnavailable) as failure:
        _say("error", str(failure))
    else:
        st.session_state[OPENED].clear()
        st.session_state["note_body"] = ""
        _say("success", f"{wareki(event.occurred_on)}の記事を記録しました。経過と最終接触に反映されています。")


def _say(kind: str, text: str) -> None:
    st.session_state[SAID] = (kind, text)

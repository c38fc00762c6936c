"""The form that writes a 記事 from the カルテ. Nothing typed is lost when the ledger refuses."""

import uuid

import streamlit as st

import settings
from auth.access import NotAllowed
from auth.current import current_user
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
from data_access.query import looking_at, subject
from pages.parts import as_of
from pages.parts.wording import wareki

OPENED, SAID = "note_opened", "note_said"
FIELDS = ("contacted_on", "method", "direction", "counterpart", "outcome", "body")


def note_form(atena_ref: str, version: int) -> None:
    """Show the form, and the outcome of the last attempt. `version` is the state of the case on this screen."""
    kind, text = st.session_state.pop(SAID, (None, None))
    case, event_id = st.session_state.get(OPENED, (None, None))
    if case != atena_ref:
        event_id = str(uuid.uuid4())
        st.session_state[OPENED] = (atena_ref, event_id)
    refused = kind in ("error", "warning")
    with st.expander("記事を書く", icon=":material/edit_note:", expanded=refused, key=f"note_{event_id}"):
        if refused:
            getattr(st, kind)(text)
        _fields(atena_ref, version, event_id)
    if kind == "success":
        st.success(text, icon=":material/check_circle:")


def _fields(atena_ref: str, version: int, event_id: str) -> None:
    """One event_id per opened form, in the name of every field: a second click on the same form writes the same note
    again, which the ledger knows; the next form is a new one, and closed."""
    with st.form(f"note_form_{event_id}", border=False, enter_to_submit=False):
        first, second, third, fourth, fifth = st.columns(5)
        first.date_input("交渉日", value=settings.today(), format="YYYY/MM/DD", key=_key("contacted_on", event_id))
        second.selectbox("方法", METHODS, key=_key("method", event_id))
        third.selectbox("発着", DIRECTIONS, key=_key("direction", event_id))
        fourth.selectbox("相手", COUNTERPARTS, index=None, placeholder="選ぶ", key=_key("counterpart", event_id))
        fifth.selectbox("結果", OUTCOMES, index=None, placeholder="選ぶ", key=_key("outcome", event_id))
        st.text_area("内容", key=_key("body", event_id), height=120,
                     placeholder=f"話した内容と約束（{LONGEST_BODY:,}文字まで）。個人番号は書かない。")
        st.form_submit_button("記録する", type="primary", icon=":material/save:", on_click=_record, args=(atena_ref, version, event_id))


def _key(field: str, event_id: str) -> str:
    return f"note_{field}_{event_id}"


def _record(atena_ref: str, version: int, event_id: str) -> None:
    user = current_user()  # as of this click: what was true when the form was drawn may have been taken away
    if user is None:
        return
    typed = {field: st.session_state[_key(field, event_id)] for field in FIELDS}
    try:
        with looking_at(as_of.chosen()):
            whose = subject(user, atena_ref)
        event = record_note(user, whose, event_id=event_id, expected_version=version, today=settings.today(), **typed)
    except NoteRefused as refusal:
        _say("error", "　".join(sentence for _, sentence in refusal.errors))
    except Conflict as conflict:
        _say("warning", f"{conflict} 入力した内容は残っています。経過を確かめて、もう一度「記録する」を押してください。")
    except (NotAllowed, EventRefused, LedgerUnavailable) as failure:
        _say("error", str(failure))
    else:
        st.session_state.pop(OPENED, None)
        _say("success", f"{wareki(event.occurred_on)}の記事を記録しました。経過に載っています。")


def _say(kind: str, text: str) -> None:
    st.session_state[SAID] = (kind, text)

"""The form that writes a 記事 from the カルテ. Nothing typed is lost when the ledger refuses."""

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
from pages.parts import as_of, draft
from pages.parts.whom import UNCONFIRMED, is_right
from pages.parts.wording import wareki

FORM = "note"
FIELDS = ("contacted_on", "method", "direction", "counterpart", "outcome", "body")


def note_form(atena_ref: str, version: int) -> None:
    """The fields of one note. `version` is the state of the case on this screen.

    One event_id per opened form, in the name of every field: a second click on the same form writes the same note
    again, which the ledger knows; the next form is a new one."""
    event_id = draft.opened(FORM, atena_ref)
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
    if not is_right(atena_ref):
        draft.say(FORM, "error", UNCONFIRMED)
        return
    typed = {field: st.session_state[_key(field, event_id)] for field in FIELDS}
    try:
        with looking_at(as_of.chosen(user)):
            whose = subject(user, atena_ref)
        event = record_note(user, whose, event_id=event_id, expected_version=version, today=settings.today(), **typed)
    except NoteRefused as refusal:
        draft.say(FORM, "error", "　".join(sentence for _, sentence in refusal.errors))
    except Conflict as conflict:
        draft.say(FORM, "warning", f"{conflict} 入力した内容は残っています。経過を確かめて、もう一度「記録する」を押してください。")
    except (NotAllowed, EventRefused, LedgerUnavailable) as failure:
        draft.say(FORM, "error", str(failure))
    else:
        draft.saved(FORM, f"{wareki(event.occurred_on)}の記事を記録しました。経過に載っています。")

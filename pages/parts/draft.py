"""One opened form and what came of it: an event_id per form, so that a second click on it writes the same event again."""

import uuid

import streamlit as st


def opened(form: str, atena_ref: str) -> str:
    """The event_id of this person's open form; a new one for another person, or after the last was saved."""
    case, event_id = st.session_state.get(f"{form}_opened", (None, None))
    if case != atena_ref:
        event_id = str(uuid.uuid4())
        st.session_state[f"{form}_opened"] = (atena_ref, event_id)
    return event_id


def saved(form: str, text: str) -> None:
    """The form is done: the next one is new, and `text` is told once."""
    st.session_state.pop(f"{form}_opened", None)
    say(form, "success", text)


def say(form: str, kind: str, text: str) -> None:
    """Tell the outcome of an attempt on the next drawing: kind success, warning or error."""
    st.session_state[f"{form}_said"] = (kind, text)


def said(form: str) -> tuple[str | None, str | None]:
    """What is to be told, once."""
    return st.session_state.pop(f"{form}_said", (None, None))

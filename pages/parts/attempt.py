"""Try a command of casework from a button, and tell what came of it. Nothing typed is lost when it is refused."""

from collections.abc import Callable

import streamlit as st

from audit.log import AuditUnavailable
from auth.access import NotAllowed, User
from auth.current import current_user, must_be_confirmed
from auth.step_up import NotConfirmed
from casework.approval import ApprovalRefused
from casework.intake_decision import DecisionRefused
from casework.ledger import Conflict, Event, EventRefused, LedgerUnavailable
from casework.record import EntryRefused
from data_access.query import PAST_IS_READ_ONLY
from data_access.report_archive import ReportRefused
from pages.parts import as_of, draft, wording

UNCONFIRMED = "確認の欄に印を付けてから、もう一度押してください。入力した内容は残っています。"


def attempt(form: str, confirmed: str, command: Callable[[User], Event], told: str, *, asks_again: bool = False) -> None:
    """Run `command` as the person of this click, when the box with key `confirmed` is ticked; `told` is said when it is done.

    `asks_again`: 審査・決裁・承認, which must not happen at a left terminal; only within 本人の再確認."""
    user = current_user()  # as of this click: what was true when the form was drawn may have been taken away
    if user is None:
        return
    if as_of.chosen(user) is not None:
        draft.say(form, "error", PAST_IS_READ_ONLY)
        return
    if not st.session_state.get(confirmed):
        draft.say(form, "error", UNCONFIRMED)
        return
    try:
        if asks_again:
            must_be_confirmed()
        command(user)
    except Conflict as conflict:
        draft.say(form, "warning", _conflict(conflict))
    except (DecisionRefused, ApprovalRefused, EntryRefused, NotAllowed, NotConfirmed, EventRefused, LedgerUnavailable, ReportRefused, AuditUnavailable) as failure:
        draft.say(form, "error", str(failure))
    else:
        draft.saved(form, told)


def outcome(form: str) -> None:
    """Say what came of the last attempt, once."""
    kind, text = draft.said(form)
    if kind:
        getattr(st, kind)(text)


def _conflict(conflict: Conflict) -> str:
    """In words of its own: the ledger's speak of a person's case."""
    if not conflict.events:
        return "画面の内容が台帳と合いません。何も記録していません。画面を開き直してください。"
    newest = conflict.events[-1]
    return (f"画面を開いた後に、{newest.payload['officer_name']}が{wording.clock(newest.recorded_at)}に先に記録しました。何も記録していません。"
            "入力した内容は残っています。いまの状態を確かめて、もう一度押してください。")

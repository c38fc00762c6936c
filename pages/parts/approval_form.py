"""決裁 on screen: the proposal that waits and who may approve it, a form to propose, and what was decided so far."""

from collections.abc import Callable

import polars as pl
import streamlit as st

import settings
from auth.access import User, decide
from casework import ledger
from casework.approval import LONGEST_REASON, Matter, decline
from casework.ledger import Event, LedgerUnavailable
from pages.parts import draft, tables, wording
from pages.parts.attempt import attempt, outcome
from pages.parts.confirmation import confirm_first

STEPS = {"proposal": "提案", "approval": "承認", "declining": "差戻し・取下げ"}


def events(matter: Matter) -> list[Event]:
    """Everything proposed and approved, oldest first; when the ledger cannot be read, that is said and there is none."""
    try:
        return ledger.events_of(matter.subject)
    except LedgerUnavailable as failure:
        st.error(str(failure), icon=":material/error:")
        return []


def told(matter: Matter) -> None:
    """What came of the last attempt at this matter."""
    outcome(f"{matter.key}_proposal")
    outcome(f"{matter.key}_approval")
    outcome(f"{matter.key}_declining")


def waiting_part(user: User, matter: Matter, proposed: Event, says: str, approve: Callable[..., Event], carried_out: str) -> None:
    """The newest proposal, not approved yet: who, when, why, what. For another person who may, the button that approves it."""
    said = proposed.payload
    with st.container(border=True, key=f"{matter.key}_waiting"):
        st.markdown("**承認を待つ提案**")
        st.text(f"{says}\n提案　{said['officer_name']}　{wording.clock(proposed.recorded_at)}\n理由　{said['reason']}")
        if not decide(user, matter.approve_action).allowed:
            st.caption("提案した人とは別の、課長が承認します。")
        elif proposed.actor == user.name:
            st.caption("自分の提案は承認できません。")
        else:
            form = f"{matter.key}_approval"
            event_id = draft.opened(form, proposed.event_id)
            st.checkbox("内容と理由を確かめた", key=f"confirmed_{event_id}")
            is_same_person = confirm_first(f"again_{form}")
            st.button("承認する", type="primary", icon=":material/approval:", key=f"approve_{event_id}", on_click=attempt, args=(
                form, f"confirmed_{event_id}", lambda clicker: approve(clicker, proposal_id=proposed.event_id, event_id=event_id, today=settings.today()),
                f"承認しました。{carried_out}"), kwargs={"asks_again": True}, disabled=not is_same_person)
        _decline_part(user, matter, proposed)


def _decline_part(user: User, matter: Matter, proposed: Event) -> None:
    """差戻し for whoever may approve, 取下げ for whoever proposed."""
    is_own = proposed.actor == user.name
    if not decide(user, matter.propose_action if is_own else matter.approve_action).allowed:
        return
    verb, done = ("取り下げる", "取り下げました。") if is_own else ("差し戻す", "差し戻しました。")
    form = f"{matter.key}_declining"
    event_id = draft.opened(form, proposed.event_id)
    with st.expander(verb, icon=":material/undo:"):
        st.text_area("理由", key=f"declining_reason_{event_id}", height=68, placeholder="なぜ進めないか。個人番号や個人の名は書かない。")
        st.checkbox(f"{verb}ことを確かめた", key=f"confirmed_{event_id}")
        st.button(verb, key=f"decline_{event_id}", on_click=attempt, args=(
            form, f"confirmed_{event_id}", lambda clicker: decline(
                clicker, matter, proposal_id=proposed.event_id, event_id=event_id, today=settings.today(),
                reason=st.session_state[f"declining_reason_{event_id}"] or ""),
            f"{done}何も変わっていません。"))


def propose_form(matter: Matter, about: str, propose: Callable[..., Event], version: int, *, button: str, replaces: bool) -> None:
    """Reason, confirmation and button for a proposal about `about`, which names a new form when it changes."""
    form = f"{matter.key}_proposal"
    event_id = draft.opened(form, about)
    st.text_area("理由", key=f"reason_{event_id}", height=90, placeholder=f"承認する人が読む（{LONGEST_REASON}文字まで）。個人番号や個人の名は書かない。")
    st.checkbox("上の内容を確かめた", key=f"confirmed_{event_id}")
    if replaces:
        st.caption("承認を待っている提案は、この提案に代わります。")
    st.button(button, icon=":material/send:", key=f"propose_{event_id}", on_click=attempt, args=(
        form, f"confirmed_{event_id}", lambda clicker: propose(clicker, reason=st.session_state[f"reason_{event_id}"] or "", event_id=event_id,
                                                               expected_version=version, today=settings.today()),
        "提案しました。課長が承認するまで、何も変わりません。"))


def history(matter: Matter, happened: list[Event], describe: Callable[[Event], str]) -> None:
    """Every proposal and approval, the newest first; nothing while there is none."""
    if not happened:
        return
    rows = [{"recorded_at": event.recorded_at, "step": STEPS[event.kind.removeprefix(f"{matter.name}_")], "officer_name": event.payload["officer_name"],
             "summary": describe(event), "said_reason": event.payload.get("reason")} for event in reversed(happened)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(("recorded_at", "step", "officer_name", "summary", "said_reason"), pl.String))
    with st.expander(f"これまでの提案と承認（{len(rows):,}件）"):
        tables.show(frame, frame.columns, empty="", alt="提案と承認の表。新しいものから", key=f"{matter.key}_history")

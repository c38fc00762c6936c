"""審査・決裁を待つもの: the 起案 about persons that wait, and for the one chosen what to read and the buttons of the next step."""

from collections.abc import Callable

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import settings
from auth.access import User, decide
from casework.case_decision import approve, decline, review
from casework.kinds import kinds
from casework.ledger import Event
from data_access.query import ask, subject
from pages.parts import draft, tables, wording
from pages.parts.attempt import attempt, outcome
from pages.parts.confirmation import confirm_first
from pages.parts.proposal_part import flash_warning, reviewers
from pages.parts.succession_part import succession_part

CHOSEN, OPENED, FORM, BACK = "waiting_decision", "opened_decision", "decision_step", "decision_declining"
COLUMNS = {"state": 74, "name": 96, "district_name": 76, "summary": 162, "happened_on": 82, "proposed_yen": 114, "written_by": 108, "reviewed_by": 108}
ENDED = {"決裁": "決裁しました", "差戻し": "差し戻しました", "取下げ": "取り下げました"}
DECIDED = {
    "執行停止": "決裁しました。次の取込で公開するデータから反映されます。本人に通知してください。",
    "不納欠損": "決裁しました。収納システムへ返します。計上か戻しが済むまで、「決裁した不納欠損」で待っています。",
}


def waiting_part(user: User, kind: str, district: str | None, read: Callable[[dict, DeltaGenerator], None]) -> pl.DataFrame:
    """The 起案 of `kind` that wait, all of them returned; `read` shows the case of the one chosen, before its buttons, and what must be
    read first in the place it is given."""
    waiting = ask(user, "waiting_decisions", kind=kind, district=district)
    outcome(FORM)
    outcome(BACK)
    _ended(user, kind, waiting)
    if waiting.is_empty():
        st.caption("審査・決裁を待つ起案はありません。")
        return waiting
    st.subheader("審査・決裁を待つもの", anchor=False)
    tables.show(tables.short_places(waiting), list(COLUMNS), widths=COLUMNS, key=f"waiting_{kind}_{district}_{waiting.height}", empty="", alt="審査・決裁を待つ起案の表。古いものから",
                on_choose=lambda row: st.session_state.update({CHOSEN: waiting["proposal_id"][row]}))
    chosen = waiting.filter(proposal_id=st.session_state.get(CHOSEN, ""))
    if chosen.height:
        row = chosen.row(0, named=True)
        st.session_state[OPENED] = row["proposal_id"], row["atena_ref"]
        with st.container(border=True):
            st.text(f"{row['summary']}　{row['name']}　参照番号 {row['atena_ref']}\n"
                    f"起案　{row['written_by']}　{wording.wareki(row['happened_on'])}　審査　{row['reviewed_by'] or 'まだ'}\n理由　{row['body']}")
            first = st.container()
            _warnings(row)
            succession_part(user, row["atena_ref"], at_once=_is_at_once(row))
            _installments(user, row)
            read(row, first)
            _next_step(user, row)
    return waiting


def _ended(user: User, kind: str, waiting: pl.DataFrame) -> None:
    """Of the 起案 that was open here and waits no more: by whom it was decided meanwhile, said once."""
    proposal_id, atena_ref = st.session_state.get(OPENED, (None, None))
    if proposal_id is None or proposal_id in waiting["proposal_id"]:
        return
    for row in ask(user, "decision_ended", atena_ref=atena_ref, proposal_id=proposal_id, kind=kind).iter_rows(named=True):
        del st.session_state[OPENED]
        with st.container(border=True):
            st.text(f"開いていた{kind}の起案（参照番号 {atena_ref}）は、{row['written_by']}が{ENDED[row['ended_as']]}（{wording.clock(row['recorded_at'])}）。")


def _left(event: Event, *, is_over: bool = True) -> Event:
    """What was ended by a click of this very screen, which has said so, is open no more."""
    if is_over:
        st.session_state.pop(OPENED, None)
    return event


def _is_at_once(row: dict) -> bool:
    return bool(row["is_immediate"] or row["extinction_ground"])


def _warnings(row: dict) -> None:
    """What a reviewer must not miss: a debt that ends with this 決裁, and what was lacking when it was proposed."""
    if _is_at_once(row):
        st.warning(f"即時消滅の起案です（地方税法15条の7第5項）。事由: **{row['extinction_ground'] or '書かれていない（差し戻してください）'}**。"
                   "決裁の日に納付義務が消え、資力が戻っても取り消せません。事由の理由は、上の「理由」にあります。", icon=":material/gavel:")
    if row["lacking"]:
        st.warning(f"資料不足のままの起案です。起案のときに足りなかった資料: **{'、'.join(row['lacking'])}**。起案した人は、足りないことを知って起案しています。", icon=":material/report:")


def _installments(user: User, row: dict) -> None:
    """The 期別 that are decided on, no others; what a 不納欠損 covers stands with its own reasons."""
    if row["installment_keys"]:
        every = ask(user, "case_installments", atena_ref=row["atena_ref"], only_overdue=False)
        if row["matter"] == "suspension_decision":
            flash_warning(every, "決裁")
        own = every.filter(pl.col("installment_key").is_in(row["installment_keys"]))
        if paid := len(row["installment_keys"]) - own.filter(pl.col("unpaid_yen") > 0).height:
            st.warning(f"起案の期別のうち{paid}期は、いまは未納がありません（納付・更正など）。差し戻してください。", icon=":material/payments:")
        st.markdown(f"**この起案の期別　{own.height}期　未納 {wording.yen(own['unpaid_yen'].sum())}**")
        tables.show(own, ["levy_year", "installment_no", "due_date", "unpaid_yen", "prescription_on"], empty="", alt="起案された期別の表")


def _next_step(user: User, row: dict) -> None:
    """The button of who may take the next step, and the way back for that person and for the proposer."""
    kind = kinds()[row["matter"]]
    is_reviewed = row["state"] == "決裁待ち"
    action, step, verb = (kind.action, approve, "決裁する") if is_reviewed else (kind.review_action, review, "審査を済ませる")
    is_own = row["written_by"] == user.display_name and decide(user, kind.propose_action).allowed
    may_step = decide(user, action).allowed and not is_own
    if may_step:
        event_id = draft.opened(FORM, row["proposal_id"] + row["state"])
        st.checkbox("理由・根拠の資料・期別を確かめた", key=f"confirmed_{event_id}")
        is_same_person = confirm_first(f"again_{FORM}")
        st.button(verb, type="primary", icon=":material/approval:", key=f"step_{event_id}", on_click=attempt, args=(
            FORM, f"confirmed_{event_id}", lambda clicker: _left(step(
                clicker, subject(clicker, row["atena_ref"]), kind.name, proposal_id=row["proposal_id"], event_id=event_id,
                expected_version=row["note_version"], today=settings.today()), is_over=is_reviewed),
            DECIDED[row["kind"]] if is_reviewed else "審査を済ませました。課長の決裁を待ちます。"),
            kwargs={"asks_again": True}, disabled=not is_same_person)
    else:
        st.text("次は課長が決裁します。" if is_reviewed else f"次は係長が審査します。{_who(kind.name, user if is_own else None)}")
    if may_step or is_own:
        _decline(kind.name, row, "取り下げる" if is_own else "差し戻す")


def _who(kind: str, proposer: User | None) -> str:
    """To a proposer who could review others' work: by whom their own can be, or what to do when there is nobody."""
    if proposer is None or not decide(proposer, kinds()[kind].review_action).allowed:
        return ""
    names = reviewers(kind, proposer)
    return f"自分では審査できません。審査できる人: {names}" if names else "自分では審査できず、ほかに審査できる係長がいません。取り下げて、地区担当に起案してもらってください。"


def _decline(kind: str, row: dict, verb: str) -> None:
    event_id = draft.opened(BACK, row["proposal_id"])
    with st.expander(verb, icon=":material/undo:"):
        st.text_area("なぜ進めないか", key=f"reason_{event_id}", height=68, placeholder="起案した人が読む。個人番号は書かない。")
        st.checkbox(f"{verb}ことを確かめた", key=f"confirmed_{event_id}")
        st.button(verb, key=f"decline_{event_id}", on_click=attempt, args=(
            BACK, f"confirmed_{event_id}", lambda clicker: _left(decline(
                clicker, subject(clicker, row["atena_ref"]), kind, proposal_id=row["proposal_id"], event_id=event_id,
                expected_version=row["note_version"], reason=st.session_state[f"reason_{event_id}"] or "", today=settings.today())),
            "起案は進みません。経過に載っています。"))

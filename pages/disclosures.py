"""解除と書出し: what waits for a second person, and what was unmasked or written out in the last days."""

import json

import polars as pl
import streamlit as st

from audit.log import AuditUnavailable
from auth import export_order, reveal
from auth.access import NotAllowed, User, permissions
from auth.current import current_user, must_be_confirmed
from auth.export_order import Order, OrderRefused
from auth.reveal import RevealRefused
from auth.step_up import NotConfirmed
from data_access import export
from pages.parts import draft, tables, wording
from pages.parts.confirmation import confirm_first
from pages.parts.heading import heading

FORM = "approval"
REVEALS = {"asked_at": pl.String, "asked_by": pl.String, "atena_ref": pl.String, "revealed_items": pl.String, "asked_purpose": pl.String,
           "asked_reason": pl.String, "approved_by": pl.String, "review": pl.String}
CHOSEN = "disclosure_chosen"
EXPORTS = {"asked_at": pl.String, "asked_by": pl.String, "exported": pl.String, "row_count": pl.Int64, "asked_purpose": pl.String,
           "asked_reason": pl.String, "approved_by": pl.String, "outcome": pl.String}


def render(user: User) -> None:
    """Waiting requests first, then the lists to look through."""
    heading("解除と書出し", user, f"直近{reveal.rules()['review_days']}日と、点検していないもの")
    reveals, orders = reveal.recent(user), export_order.recent()
    _waiting(user)
    st.subheader("一時解除", anchor=False)
    left = sum(not row["signed"] for row in reveals)
    st.caption(f"まだ点検していないもの {left}件。行を押すと、点検の結果を記録できます。")
    tables.show(pl.DataFrame([_reveal_row(row) for row in reveals], schema=REVEALS), list(REVEALS), empty="一時解除はありません。", alt="一時解除の表。新しい順",
                key="reveals", on_choose=lambda row: st.session_state.update({CHOSEN: reveals[row]["id"]}))
    _review(user, next((row for row in reveals if row["id"] == st.session_state.get(CHOSEN)), None))
    st.subheader("書出し", anchor=False)
    tables.show(pl.DataFrame([_export_row(order) for order in reversed(orders)], schema=EXPORTS), list(EXPORTS), empty="書出しはありません。", alt="書出しの表。新しい順")


def _waiting(user: User) -> None:
    asked = [(row["id"], "reveal", row["actor"], _reveal_row(row)["revealed_items"], row["purpose"], row["reason"]) for row in reveal.waiting()]
    asked += [(order.id, "export", order.actor, f"{_exported(order)} {order.row_count:,}行（{export.narrowed_to(order)}）", order.purpose, order.reason) for order in export_order.waiting()]
    st.subheader("承認を待つもの", anchor=False)
    outcome, text = draft.said(FORM)
    if outcome:
        getattr(st, outcome)(text)
    if not asked:
        st.text("ありません。")
        return
    is_confirmed = confirm_first("confirm_approval")
    for one, kind, actor, what, purpose, reason in asked:
        with st.container(border=True):
            st.text(f"{actor}　{what}\n{purpose}：{reason}")
            st.button("承認する", key=f"approve_{one}", icon=":material/task_alt:", on_click=_approve, args=(kind, one), disabled=actor == user.name or not is_confirmed)


def _review(user: User, row: dict | None) -> None:
    """The chosen reveal: its signatures, and the form for another one."""
    if row is None:
        return
    st.text(f"{wording.clock(row['asked_at'])}　{row['actor']}　{row['atena_ref']}\n{row['purpose']}：{row['reason']}")
    for each in row["signed"]:
        st.text(f"{wording.clock(each['reviewed_at'])}　{each['reviewed_by']}　{each['verdict']}　{each['comment']}")
    if row["actor"] == user.name:
        st.caption("自分の一時解除は、ほかの人が点検します。")
        return
    with st.form(f"review_{row['id']}", border=False, enter_to_submit=False):
        st.radio("点検の結果", reveal.VERDICTS, horizontal=True, key="review_verdict")
        st.text_input("所見（要確認のときは必ず）", max_chars=reveal.rules()["longest_reason"], key="review_comment", autocomplete="off")
        st.form_submit_button("点検したことを記録する", type="primary", icon=":material/verified:", on_click=_sign, args=(row["id"],))


def _sign(one: str) -> None:
    user = current_user()
    if user is None:
        return
    try:
        reveal.sign(user, one, st.session_state["review_verdict"], st.session_state["review_comment"])
    except (NotAllowed, RevealRefused, AuditUnavailable) as refusal:
        draft.say(FORM, "error", str(refusal))
    else:
        draft.say(FORM, "success", "点検を記録しました。")


def _approve(kind: str, one: str) -> None:
    user = current_user()
    if user is None:
        return
    try:
        must_be_confirmed()
        (reveal if kind == "reveal" else export_order).approve(user, one)
    except (NotAllowed, NotConfirmed, RevealRefused, OrderRefused, AuditUnavailable) as refusal:
        draft.say(FORM, "error", str(refusal))
    else:
        draft.say(FORM, "success", "承認しました。")


def _reveal_row(row: dict) -> dict:
    items = "・".join(permissions().classes[name] for name in json.loads(row["classes"]))
    return {"asked_at": row["asked_at"], "asked_by": row["actor"], "atena_ref": row["atena_ref"], "revealed_items": items, "asked_purpose": row["purpose"],
            "asked_reason": row["reason"], "approved_by": row["approved_by"] or ("未承認" if row["needs_approval"] else "不要"),
            "review": row["signed"][-1]["verdict"] if row.get("signed") else "未"}


def _export_row(order: Order) -> dict:
    return {"asked_at": order.ordered_at, "asked_by": order.actor, "exported": _exported(order), "row_count": order.row_count, "asked_purpose": order.purpose,
            "asked_reason": order.reason, "approved_by": order.approved_by or ("未承認" if order.needs_approval else "不要"),
            "outcome": "受取済" if order.used_at else "未受取"}


def _exported(order: Order) -> str:
    return export.kinds()[order.kind].label + ("" if order.is_masked else "（氏名を含む）")

"""書出し below a list: order it with a purpose, fetch it once. The file never passes through Streamlit."""

from collections.abc import Mapping

import streamlit as st

from audit.log import AuditUnavailable
from auth import export_order
from auth.access import NotAllowed, User, clearance, decide
from auth.current import current_sid, current_user, must_be_confirmed
from auth.export_order import OrderRefused
from auth.step_up import NotConfirmed
from data_access import export
from data_access.query import looking_at
from pages.parts import as_of, draft
from pages.parts.confirmation import confirm_first

FORM, TICKET = "export", "export_ticket"
FORMS = {"Excel": ".xlsx", "CSV": ""}.items()


def export_part(user: User, kind_name: str, filters: Mapping[str, object]) -> None:
    """The popover with the form, and the link once there is a ticket. Nothing for those who may not."""
    kind = export.kinds()[kind_name]
    if not decide(user, kind.action).allowed:
        return
    outcome, text = draft.said(f"{FORM}_{kind_name}")
    ready = [order for order in export_order.approved_of(user) if order.kind == kind_name and (not kind.is_pdf or order.parameters == dict(filters))]
    with st.popover(f"{kind.label}（PDF）" if kind.is_pdf else "書き出す", icon=":material/ios_share:"):
        if confirm_first(f"confirm_{kind_name}"):
            _form(user, kind, filters)
    for order in ready:
        st.button(f"承認された書出し（{order.row_count:,}行）を受け取る", key=f"fetch_{order.id}", icon=":material/task_alt:", on_click=_ticket, args=(kind_name, order.id, order.is_masked or bool(kind.paper)))
    if outcome:
        getattr(st, outcome)(text)
    token = st.session_state.pop(f"{TICKET}_{kind_name}", None)
    if token:
        token, password = token
        if password:
            st.text("氏名を含むので、暗号化した ZIP で渡します。パスワードはここに一度だけ出ます（保存されません）。7-Zip などで開いてください。")
            st.code(password, language=None)
        for form, suffix in {"PDF": ""}.items() if kind.is_pdf else FORMS:
            st.link_button(f"{form}を保存する（5分以内、1回だけ）", f"/export/{token}{suffix}", icon=":material/download:")
        if not kind.is_pdf:
            st.caption("ExcelとCSVの、どちらか1つを1回だけ。もう1つも要るときは、もう一度書き出してください。")


def _form(user: User, kind: export.Kind, filters: Mapping[str, object]) -> None:
    with st.form(f"{FORM}_{kind.name}", border=False, enter_to_submit=False):
        st.selectbox("使用目的", kind.purposes, index=None, placeholder="選ぶ", key=f"export_purpose_{kind.name}")
        st.text_input("理由", max_chars=200, key=f"export_reason_{kind.name}", autocomplete="off", placeholder="点検する人が読みます（10文字から200文字）",
                      help="10文字から200文字。何の仕事に使うかを、後で点検する人が読みます。短いと書き出せません。")
        if clearance(user)["C2"] == "read" and "name" in kind.columns:
            st.checkbox("氏名を伏せない（承認が要る。暗号化した ZIP で渡す）", key=f"export_clear_{kind.name}")
        st.form_submit_button("書き出す", type="primary", icon=":material/ios_share:", on_click=_order, args=(kind.name, dict(filters)))
    st.caption(f"{f'{kind.label}をPDFに' if kind.is_pdf else 'いまの条件の全ての行をExcelかCSVのどちらか1つに'}します。リンクは5分間、1回だけ使えます。中身の指紋と使用目的が記録されます。")


def _order(kind_name: str, filters: dict) -> None:
    user, state = current_user(), st.session_state
    if user is None:
        return
    try:
        must_be_confirmed()
        with looking_at(as_of.chosen(user)):
            order = export.order(user, kind_name, filters, is_masked=not state.get(f"export_clear_{kind_name}", False),
                                 purpose=state[f"export_purpose_{kind_name}"], reason=state[f"export_reason_{kind_name}"])
    except (NotAllowed, NotConfirmed, OrderRefused, AuditUnavailable) as refusal:
        draft.say(f"{FORM}_{kind_name}", "error", str(refusal))
        return
    if order.needs_approval:
        draft.say(f"{FORM}_{kind_name}", "info", f"{order.row_count:,}行の書出しの承認を求めました。承認されると、ここに受け取りのボタンが出ます。")
    else:
        _ticket(kind_name, order.id, True)  # what needs no approval names nobody in clear


def _ticket(kind_name: str, order_id: str, is_open: bool) -> None:
    user = current_user()
    if user is None:
        return
    try:
        must_be_confirmed()
        token = export_order.ticket(user, current_sid(), order_id)
        st.session_state[f"{TICKET}_{kind_name}"] = token, None if is_open else export_order.password(token)
    except (NotAllowed, NotConfirmed, OrderRefused) as refusal:
        draft.say(f"{FORM}_{kind_name}", "error", str(refusal))

"""一時解除 on the カルテ: ask for it, see until when it holds and under whose name, end it. The grant lives on the server."""

import polars as pl
import streamlit as st

import settings
from audit.log import AuditUnavailable
from auth import reveal
from auth.access import NotAllowed, User, decide, permissions, revealable
from auth.current import current_sid, current_user, must_be_confirmed
from auth.reveal import Grant, RevealRefused
from auth.step_up import NotConfirmed
from data_access.query import ask, looking_at, subject
from pages.parts import draft, tables, wording
from pages.parts.as_of import chosen as chosen_day
from pages.parts.confirmation import confirm_first

FORM = "reveal"
CHECK_EVERY = 20  # seconds: what has ended leaves the screen by itself


def reveal_part(user: User, atena_ref: str) -> None:
    """The popover, or what is in force. Shown to those whose role may reveal something."""
    if not decide(user, "reveal.use").allowed:
        return
    grant = reveal.granted(user, atena_ref)
    outcome, text = draft.said(FORM)
    if grant:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(f"一時解除中（{_classes(grant.classes)}）　{wording.clock(grant.until.isoformat())} まで", icon=":material/lock_open:")
            st.button("一時解除を終える", icon=":material/lock:", key="reveal_end", on_click=_end, width="content")
        st.text(watermark(user, grant))
        st.fragment(_until_it_ends, run_every=CHECK_EVERY)(atena_ref)
    else:
        with st.popover("一時解除", icon=":material/lock_open:"):
            if confirm_first("confirm_reveal"):
                _form(user, atena_ref)
    if outcome:
        getattr(st, outcome)(text)


def watermark(user: User, grant: Grant) -> str:
    """Who looks at what is shown, and when: on the screen, and so on a photograph of it."""
    return f"閲覧 {user.display_name}（{user.name}） {wording.clock(settings.now().isoformat())} 解除番号 {grant.id[:8]}"


def show_reach(user: User, atena_ref: str) -> None:
    """連絡先 and 口座: masked, or under a reveal in clear with the watermark in every row."""
    grant = reveal.granted(user, atena_ref)
    marked = [pl.lit(watermark(user, grant)).alias("watermark")] if grant else []
    tables.show(ask(user, "case_contacts", atena_ref=atena_ref).with_columns(marked), ["contact_kind", "phone", "contact_person"] + ["watermark"] * len(marked),
                empty="連絡先の登録はありません。", alt="連絡先の表")
    tables.show(ask(user, "case_accounts", atena_ref=atena_ref).with_columns(marked),
                ["account_use", "bank_code", "account_kind", "account_number", "account_holder", "account_closed_on"] + ["watermark"] * len(marked),
                empty="口座の登録はありません。", alt="口座の表")


def _form(user: User, atena_ref: str) -> None:
    may, names = revealable(user), permissions().classes
    with st.form(f"{FORM}_{atena_ref}", border=False, enter_to_submit=False):
        st.multiselect("見る項目", list(may), select_all=False, key="reveal_classes", placeholder="項目を選ぶ",
                       format_func=lambda one: names[one] + ("（承認が要る）" if may[one] == "approved" else ""))
        st.selectbox("使用目的", reveal.rules()["purposes"], index=None, placeholder="選ぶ", key="reveal_purpose")
        st.text_input("理由", max_chars=reveal.rules()["longest_reason"], key="reveal_reason", autocomplete="off", placeholder="点検する人が読みます",
                      help=f"{reveal.rules()['shortest_reason']}文字から{reveal.rules()['longest_reason']}文字。何の仕事に使うかを、後で点検する人が読みます。短いと求められません。")
        st.form_submit_button("見る", type="primary", icon=":material/lock_open:", on_click=_begin, args=(atena_ref,))
    st.caption(f"{reveal.rules()['minutes']}分で元に戻ります。ほかの滞納者のカルテを開いても、サインアウトしても終わります。見たことと理由は記録され、係長が点検します。")


def _begin(atena_ref: str) -> None:
    user = current_user()  # as of this click
    if user is None:
        return
    try:
        with looking_at(chosen_day(user)):
            subject(user, atena_ref)
        must_be_confirmed()
        grant = reveal.request(user, current_sid(), atena_ref, st.session_state["reveal_classes"], st.session_state["reveal_purpose"], st.session_state["reveal_reason"])
    except (NotAllowed, NotConfirmed, RevealRefused) as refusal:
        draft.say(FORM, "error", str(refusal))
    except AuditUnavailable as unavailable:
        draft.say(FORM, "error", str(unavailable))
    else:
        if grant is None:
            draft.say(FORM, "info", "承認を求めました。係長か課長が承認すると、この画面で見られます。15分のうちに声をかけてください。")


def _end() -> None:
    user = current_user()
    if user:
        reveal.leave(user)


def _until_it_ends(atena_ref: str) -> None:
    user = current_user()
    if user is None or reveal.granted(user, atena_ref) is None:
        st.rerun()


def _classes(classes: frozenset[str]) -> str:
    return "・".join(permissions().classes[name] for name in sorted(classes))

"""監査: the week's review of the access log with its sign-off, who saw one person, the draft of an incident report."""

from datetime import date, timedelta

import polars as pl
import streamlit as st

import settings
from audit import review
from auth.access import User, decide
from pages.parts import audit_parts, tables, wording
from pages.parts.heading import heading

CHOSEN = "audit_finding"
WIDTHS = {"rule": 210, "actor": 80, "atena_ref": 150, "finding_count": 60, "signature": 50, "why": 420}
COLUMNS = {"rule": pl.String, "actor": pl.String, "atena_ref": pl.String, "finding_count": pl.Int64, "signature": pl.String, "why": pl.String}


def render(user: User) -> None:
    """Tabs by what the role may do; each look is an entry of the access log itself."""
    heading("監査", user, "ここで見たことも記録されます")
    parts = {"週の点検": _week}
    if decide(user, "audit.person").allowed:
        parts["本人別アクセス記録"] = audit_parts.person_part
    if decide(user, "audit.read").allowed:
        parts["漏えい等の報告"] = audit_parts.incident_part
    if decide(user, "audit.watch").allowed:
        parts["見張る人の登録"] = audit_parts.watch_part
    for tab, part in zip(st.tabs(list(parts), key="audit_view", on_change="rerun"), parts.values(), strict=True):
        if tab.open:
            with tab:
                part(user)


def _week(user: User) -> None:
    weeks = review.weeks(user)
    if not weeks:
        st.info("アクセスログの記録がまだありません。", icon=":material/info:")
        return
    this_week = review.monday(settings.today())
    first = st.selectbox("週", weeks, index=weeks.index(this_week) if this_week in weeks else 0, format_func=_name, key="audit_week", width=360)
    found = _found(user, first)
    signed = review.signatures(first)
    left = review.uncovered(found, signed)
    st.markdown(f"該当 **{len(found)}件**　｜　" + (f"署名 {wording.clock(signed[-1]['at'])}" if signed else "**署名はまだありません**"))
    if signed and left:
        st.warning(f"署名の及ばない該当が{len(left)}件あります（署名の後の記録か、署名した人自身の該当）。ほかの人の署名が要ります。", icon=":material/pending_actions:")
    rows = pl.DataFrame([_row(finding, finding in left) for finding in found], schema=COLUMNS)
    may_read = decide(user, "audit.read").allowed
    tables.show(rows, list(COLUMNS), key=f"audit_findings_{first}" if may_read else None,
                empty="この週に、規則に当たるものはありません。", alt="点検の該当の表。1行が規則と利用者", widths=WIDTHS,
                on_choose=(lambda row: st.session_state.update({CHOSEN: (first, row)})) if may_read else None)
    if not may_read:
        st.caption("自分の係の要約です。記録の明細は、課長と監査が確かめます。")
        return
    _behind(user, first, found)
    _sign(user, first, found, signed)


def _found(user: User, first: date) -> list[review.Finding]:
    """The findings of a week, reckoned once per choice: the rules read a year of the log."""
    key = (user.name, user.role, first)
    if st.session_state.get("audit_reckoned", (None,))[0] != key:
        st.session_state["audit_reckoned"] = (key, review.findings(user, first, first + timedelta(days=6)))
    return st.session_state["audit_reckoned"][1]


def _row(finding: review.Finding, is_left: bool) -> dict[str, object]:
    return {"rule": finding.rule.label, "actor": finding.actor or "（不明）", "atena_ref": finding.atena_ref,
            "finding_count": finding.count, "signature": "未" if is_left else "済", "why": finding.rule.why}


def _behind(user: User, first: date, found: list[review.Finding]) -> None:
    week, row = st.session_state.get(CHOSEN, (None, None))
    if week != first or row >= len(found):
        if found:
            st.caption("行を押すと、その根拠になった記録を表示します。")
        return
    st.subheader(f"根拠の記録　{found[row].rule.label}　{found[row].actor}", anchor=False)
    st.caption(found[row].rule.why)
    audit_parts.show_entries(review.entries(user, found[row].seqs), alt="該当の根拠になったアクセスログの表")


def _sign(user: User, first: date, found: list[review.Finding], signed: list[dict]) -> None:
    st.subheader("署名", anchor=False)
    for each in signed:
        st.text(f"{wording.clock(each['at'])}　{each['name']}　{each['comment']}")
    if not decide(user, "audit.sign").allowed:
        return
    if not review.is_over(first):
        st.caption("この週は、終わってから署名できます。")
        return
    if any(finding.actor == user.name for finding in found):
        st.caption("あなた自身の該当があります。署名しても、その該当にはほかの人の署名が要ります。")
    with st.form(f"audit_sign_{first}", clear_on_submit=True, enter_to_submit=False):
        comment = st.text_area("所見", max_chars=review.LONGEST_COMMENT, placeholder="確かめたこと。人の名前は書かない。異常がなければ「異常なし」。")
        if st.form_submit_button("点検したことを記録する", type="primary", icon=":material/verified:"):
            try:
                review.sign(user, first, comment, found)
            except review.ReviewRefused as refusal:
                st.error(str(refusal))
            else:
                st.success("署名を記録しました。", icon=":material/check_circle:")


def _name(first: date) -> str:
    return f"{wording.short(first)}（月）から {wording.short(first + timedelta(days=6))}"

"""The other tabs of 監査: who saw one person, the draft of an incident report, whom the review looks out for."""

import json
from datetime import datetime, time, timedelta

import polars as pl
import streamlit as st

import settings
from audit import incident, person, watch
from audit.words import action_name
from auth.access import NotAllowed, User, decide
from data_access.query import reference_of
from law.my_number import looks_like_my_number
from pages.parts import tables, wording
from pages.parts.find_form import NUMBER

NO_MY_NUMBER = "個人番号とみられる12桁の数字があります。個人番号は記録できません。消して、利用者IDを入れてください。"
COLUMNS = {"seq": pl.Int64, "at": pl.String, "actor": pl.String, "action_name": pl.String, "person_count": pl.Int64, "terminal": pl.String, "purpose": pl.String}


def show_entries(rows: list[dict], *, alt: str) -> None:
    """Entries of the access log in the office's words."""
    told = pl.DataFrame([_told(row) for row in rows], schema=COLUMNS)
    tables.show(told, list(COLUMNS), empty="記録はありません。", alt=alt)


def _told(row: dict) -> dict[str, object]:
    detail = json.loads(row["detail"])
    refs = json.loads(row["atena_refs"]) if "atena_refs" in row else []
    return {"seq": row["seq"], "at": row["at"], "actor": row["actor"] or "（不明）", "terminal": row["source"] or None,
            "action_name": action_name(row["action"]),
            "person_count": row.get("person_count", detail.get("count", refs["count"] if isinstance(refs, dict) else len(refs))),
            "purpose": detail.get("purpose") or detail.get("reason")}


def person_part(user: User) -> None:
    """本人別アクセス記録. The manager types the 宛名番号 of a 開示請求; the auditor knows the 参照番号 only."""
    by_number = decide(user, "audit.watch").allowed
    with st.form("audit_person", border=False):
        left, right = st.columns(2)
        typed = left.text_input("宛名番号（10桁）か参照番号" if by_number else "参照番号", max_chars=20, autocomplete="off")
        reason = right.selectbox("理由", person.REASONS, index=None, placeholder="選ぶ")
        asked = st.form_submit_button("記録を探す", icon=":material/search:")
    st.caption("だれが、いつ、何の操作で、この人の情報を見たか。探したことも記録されます。")
    if not asked:
        return
    typed = typed.strip().upper()
    reference = reference_of(typed) if by_number and NUMBER.fullmatch(typed) else typed
    try:
        rows = person.history(user, reference, reason or "")
    except NotAllowed as refusal:
        st.warning(str(refusal))
        return
    st.markdown(f"参照番号 {reference} の記録 **{len(rows):,}件**")
    show_entries(rows, alt="この人のアクセス記録の表。1行が1回の操作")
    longer = person.unresolved()
    if longer:
        st.caption(f"ほかに、200人を超える一覧の表示が{longer:,}件あり、この人がいたかはスナップショットから確かめます。")


def incident_part(user: User) -> None:
    """The draft of the report, from the log between two instants."""
    today = settings.today()
    with st.form("audit_incident", border=False):
        columns = st.columns(5)
        first_day = columns[0].date_input("始まりの日", value=today - timedelta(days=7), format="YYYY/MM/DD")
        first_clock = columns[1].time_input("時刻", value=time(0, 0), key="incident_first_clock")
        last_day = columns[2].date_input("終わりの日", value=today, format="YYYY/MM/DD")
        last_clock = columns[3].time_input("時刻", value=time(23, 59), key="incident_last_clock")
        actor = columns[4].text_input("利用者ID（空なら全員）", autocomplete="off")
        asked = st.form_submit_button("下書きを作る", icon=":material/description:")
    if not asked:
        return
    first, last = (datetime.combine(day, clock, wording.JAPAN) for day, clock in ((first_day, first_clock), (last_day, last_clock)))
    if first > last:
        st.warning("始まりが終わりより後です。日時を直してください。")
        return
    if looks_like_my_number(actor):
        st.warning(NO_MY_NUMBER)
        return
    st.code(incident.sheet(user, first, last, actor.strip().lower() or None), language=None)


def watch_part(user: User) -> None:
    """Whom the review looks out for. What is on the lists is not shown: adding is enough."""
    with st.form("audit_watch", border=False, clear_on_submit=True):
        left, middle, right = st.columns(3)
        which = left.selectbox("名簿", watch.LISTS)
        account = middle.text_input("利用者ID（要人のときは空）", autocomplete="off").strip().lower()
        number = right.text_input("宛名番号（10桁）", max_chars=10, autocomplete="off").strip()
        asked = st.form_submit_button("登録する", icon=":material/add:")
    st.caption("職員本人・その世帯・同姓や近隣・要人の記録を見た人が、点検に出ます。宛名番号は残さず、参照番号だけを残します。登録したことも記録されます。")
    if not asked:
        return
    if not NUMBER.fullmatch(number):
        st.warning("宛名番号は数字10桁で入力してください。")
        return
    if looks_like_my_number(account):
        st.warning(NO_MY_NUMBER)
        return
    try:
        watch.add(user, which, account, reference_of(number))
    except NotAllowed as refusal:
        st.warning(str(refusal))
    else:
        st.success(f"{which}に登録しました。", icon=":material/check_circle:")

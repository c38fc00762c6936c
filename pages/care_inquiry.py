"""長寿社会課照会: the other office asks about one person at a time; both offices see what was asked."""

from datetime import date

import polars as pl
import streamlit as st

import settings
from audit.log import AuditUnavailable
from auth.access import NotAllowed, User, decide
from data_access import care_inquiry
from data_access.care_inquiry import CareAnswer
from pages.parts import tables, wording
from pages.parts.find_form import OLDEST
from pages.parts.heading import heading

FORM, ANSWER = "care_form", "care_answer_told"
COLUMNS = {"asked_at": pl.String, "asked_by": pl.String, "document": pl.String, "asked_purpose": pl.String, "care_answer": pl.String}
NOT_TARGET = "対象外　この照会には、ここでは何もお答えできません。宛名番号か氏名・生年月日を確かめてください。それでも確認が要るときは、照会番号を添えて収納推進課の係長に問い合わせてください。"


def render(user: User) -> None:
    """The form for whoever may ask, and the inquiries of the last month."""
    stands = heading("長寿社会課照会", user)
    if decide(user, "care_inquiry.ask").allowed:
        if stands.is_newest:
            _ask(user)
        else:
            st.info("前の基準日を表示している間は、照会できません。「最新の表示に戻る」を押してください。", icon=":material/history:")
    _log(user)


def _ask(user: User) -> None:
    form = st.session_state.setdefault(FORM, 0)  # a new form after an answer, so that a second click is no second inquiry
    with st.form(f"care_inquiry_{form}", enter_to_submit=False):
        left, right = st.columns(2)
        document = left.text_input("照会番号（照会の文書の番号）", max_chars=20, autocomplete="off", key=f"care_document_{form}")
        purpose = right.selectbox("照会の目的", care_inquiry.PURPOSES, index=None, placeholder="選ぶ", key=f"care_purpose_{form}")
        number, name, birth = st.columns(3)
        atena_number = number.text_input("宛名番号（10桁）", max_chars=20, autocomplete="off", key=f"care_number_{form}")
        typed = name.text_input("または 氏名（カナか漢字、全部）", max_chars=60, autocomplete="off", key=f"care_name_{form}")
        birth_date = birth.date_input("と 生年月日", value=None, min_value=OLDEST, max_value=settings.today(), format="YYYY/MM/DD", key=f"care_birth_{form}")
        asked = st.form_submit_button("照会する", type="primary", icon=":material/search:")
    st.caption("1回に1人。答えるのは、国民健康保険に加入している第2号被保険者本人の滞納額と滞納期間だけです（介護保険法68条）。照会は、答える前に記録し、収納推進課も確かめます。")
    if answer := st.session_state.pop(ANSWER, None):
        with st.container(border=True):
            _told(*answer)
    if asked:
        _answer(user, document.strip(), purpose or "", atena_number.strip() or None, typed.strip() or None, birth_date)


def _answer(user: User, document: str, purpose: str, atena_number: str | None, name: str | None, birth_date: date | None) -> None:
    """What is told, in the next run and no other."""
    try:
        found = care_inquiry.inquire(user, document=document, purpose=purpose, atena_number=atena_number, name=name, birth_date=birth_date)
    except NotAllowed as refusal:
        st.warning(str(refusal), icon=":material/info:")
    except AuditUnavailable as unavailable:
        st.error(str(unavailable), icon=":material/error:")
    else:
        st.session_state[FORM] += 1
        st.session_state[ANSWER] = document, found
        st.rerun()  # with the new form on the screen: what is typed into the old one would be lost


def _told(document: str, found: CareAnswer) -> None:
    st.text(f"照会番号 {document} への回答　基準日 {wording.wareki(found.as_of)}")
    if found.pseudonym is None:
        st.text(NOT_TARGET)
        return
    who, yen, period = st.columns(3)
    who.metric("仮名", found.pseudonym)
    yen.metric("滞納額", wording.yen(found.arrears_yen))
    period.metric("滞納期間", "〜".join(map(wording.short, found.arrears_period)) if found.arrears_period else "滞納なし")


def _log(user: User) -> None:
    st.subheader("照会の記録（直近31日、新しい順）", anchor=False)
    asks, leads = decide(user, "care_inquiry.ask").allowed, decide(user, "protection.mark").allowed
    if asks:
        st.caption(f"{user.section}の照会です。断った照会は、自分のものを示します。")
    else:
        st.caption("長寿社会課が照会したもの。" + ("「係長が答える」は、支援措置のため画面では対象外と答えた人です。" if leads else ""))
    columns = COLUMNS | ({} if asks else {"atena_ref": pl.String}) | ({"is_for_chief": pl.String} if leads else {})
    rows = [_row(row) for row in care_inquiry.inquiries(user)]
    tables.show(pl.DataFrame([{name: row[name] for name in columns} for row in rows], schema=columns), list(columns),
                empty="照会はありません。", alt="照会の記録の表。1行が1件")


def _row(row: dict[str, object]) -> dict[str, object]:
    return {"atena_ref": None} | row | {"care_answer": row["answer"], "is_for_chief": "係長が答える" if row.get("is_for_chief") else None}

"""起案 of a 不納欠損 for one person and one 事由, and of the 取消 of one that was decided here."""

from datetime import date

import polars as pl
import streamlit as st

import settings
from auth.access import User, decide
from casework.approval import LONGEST_REASON
from casework.case_decision import propose
from casework.kinds import kinds
from casework.ledger import Event
from casework.rules import OF_A_STOP
from data_access.paper_basis import write_off_basis
from data_access.query import ask, subject
from data_access.suspension_case import immediate_grounds
from pages.parts import draft, tables, wording
from pages.parts.attempt import attempt, outcome
from pages.parts.export_part import export_part
from pages.parts.proposal_part import at_once_fields, at_once_typed, next_hands

DECISION, REVERSAL = "write_off_decision", "write_off_reversal"
DECIDED = {"state": 172, "happened_on": 82, "name": 92, "district_name": 76, "summary": 140, "yen": 96, "paid_since_yen": 146, "written_by": 142}  # what may be cut off at 1,280 pixels comes last
WAITING = "決裁済・収納の計上待ち"
ASKED = f"係長と課長が読む（{LONGEST_REASON}文字まで）。個人番号は書かない。"
NEXT = "係長の審査、課長の決裁の順に進みます。"


def propose_part(user: User, candidate: dict, installments: pl.DataFrame, as_of: date) -> None:
    """The form for the candidate on the screen: its own 事由, every 期別 that nobody has to confirm first."""
    own = installments.filter(pl.col("is_first") & pl.col("decided_on").is_null(), booked_as=candidate["booked_as"])
    if own.is_empty() or not decide(user, "write_off.propose").allowed:
        return
    st.subheader(f"起案（{candidate['booked_as']}）", anchor=False)
    outcome(DECISION)
    if candidate["matter_state"]:
        st.caption("この人の起案は、上の「審査・決裁を待つもの」にあります。")
        return
    open_ones = _proposable(own)
    if refused := own.height - open_ones.height:
        st.caption(f"速報のあるもの、ほかの決裁（即時消滅・停止の取消）が先にあるもの、計{refused}期別は、いまは欠損にできないので選べません。")
    if open_ones.is_empty():
        return
    own = open_ones
    next_hands(user, DECISION)
    event_id = draft.opened(DECISION, candidate["atena_ref"] + candidate["booked_as"])
    said = {row["installment_key"]: _said(row) for row in own.iter_rows(named=True)}
    sure = own.filter(pl.col("needs_person").is_null())["installment_key"].to_list()
    st.multiselect("欠損とする期別", list(said), default=sure, format_func=said.get, select_all=False, key=f"scope_{event_id}", placeholder="期別を選ぶ")
    if len(sure) < own.height:
        st.caption("「要確認」の期別は、時効が完成したこと、または取れないことが明らかなことを確かめてから選ぶ。")
    if candidate["booked_as"] == "即時消滅" and own["extinction_ground"].null_count():  # no 停止 has said why: this decision extinguishes it
        at_once_fields(immediate_grounds(as_of), event_id)
    st.text_area("理由", key=f"reason_{event_id}", height=90, placeholder=ASKED)
    st.checkbox("事由・消滅の日・額を確かめた", key=f"confirmed_{event_id}")
    st.button("起案する", type="primary", icon=":material/send:", key=f"propose_{event_id}", on_click=attempt, args=(
        DECISION, f"confirmed_{event_id}", lambda clicker: _propose(
            clicker, candidate, st.session_state[f"scope_{event_id}"], event_id, st.session_state[f"reason_{event_id}"] or "", at_once_typed(event_id)),
        f"起案しました。{NEXT}"))


def _proposable(own: pl.DataFrame) -> pl.DataFrame:
    """Those that the ledger would take: no payment on its way, and nothing decided here that contradicts the 事由 (casework/rules.py)."""
    of_a_stop = pl.col("booked_as").is_in(OF_A_STOP)
    contradicts = pl.when(of_a_stop).then(pl.col("decided") == "停止取消決裁済").otherwise(pl.col("decided") == "即時消滅決裁済")
    return own.filter(pl.col("flash_yen").fill_null(0) == 0, ~contradicts.fill_null(False))


def _propose(user: User, candidate: dict, keys: list[str], event_id: str, reason: str, at_once: dict[str, str | None]) -> Event:
    """The yen and the days are asked again at this click, never taken from the screen."""
    own = ask(user, "write_off_installments", atena_ref=candidate["atena_ref"]).filter(
        pl.col("installment_key").is_in(keys), is_first=True, booked_as=candidate["booked_as"])
    return propose(
        user, subject(user, candidate["atena_ref"]), DECISION, event_id=event_id, expected_version=candidate["note_version"], reason=reason,
        today=settings.today(), fields={"reason": candidate["booked_as"], "extinct_on": own["extinct_on"].max(),
                                        "written_off": dict(own.select("installment_key", "unpaid_yen").iter_rows()), **at_once},
        basis=write_off_basis(own))


def decided_part(user: User, district: str | None) -> None:
    """What was decided here and where it stands, its 調書, and the 起案 to reverse one of them; also of who owes nothing any more."""
    decided = ask(user, "write_off_decided", district=district)
    outcome(REVERSAL)
    if decided.is_empty():
        _statement(user, district)
        return
    waiting = decided.filter(state=WAITING)
    paid_warning(decided)
    st.subheader("決裁した不納欠損", anchor=False)
    st.caption(f"{WAITING} **{waiting.height:,}件　{wording.yen(waiting['yen'].sum())}**　もう起案できません。収納システムが計上すると、未納と候補から消えます。")
    columns = [name for name in DECIDED if name != "paid_since_yen" or (decided["paid_since_yen"] > 0).any()]
    tables.show(tables.short_places(decided), columns, widths=DECIDED, empty="", alt="ここで決裁した不納欠損の表。新しいものから")
    _statement(user, district)
    standing = decided.filter(~pl.col("is_reversed"))
    if standing.height and decide(user, "write_off.propose").allowed:
        _reversal(user, standing)


def _statement(user: User, district: str | None) -> None:
    """The 調書 of all that waits to be booked, or of one decision, whatever became of it."""
    rows = {row["decision"]: row for row in ask(user, "write_off_papers", district=district).iter_rows(named=True)}
    every = [None] if any(row["state"] == WAITING for row in rows.values()) else []
    if rows:
        chosen = st.selectbox("調書にする決裁", [*every, *rows], key=f"statement_{district}", format_func=lambda one: f"{WAITING}の全て" if one is None else (
            f"{wording.short(rows[one]['decided_on'])}　{rows[one]['name']}　{rows[one]['reason']}　{wording.yen(rows[one]['yen'])}　{rows[one]['state']}"))
        export_part(user, "write_off_paper", {"district": district, "decision": chosen})


def paid_warning(decided: pl.DataFrame) -> None:
    """Money that came after the 決裁 and before the booking: 収納 must not book what is paid, and here it has to be taken back."""
    paid = decided.filter(pl.col("paid_since_yen") > 0)
    if paid.height:
        st.error(f"決裁の後、収納が計上する前に納付のあった不納欠損が{paid.height}件あります（{wording.yen(paid['paid_since_yen'].sum())}。消込みか速報）。"
                 "収納に計上を止めてもらい、「納付が判明」で不納欠損の取消を起案してください。収納へ返すファイルにも、この額が載ります。", icon=":material/payments:")


def _reversal(user: User, decided: pl.DataFrame) -> None:
    with st.expander("不納欠損の取消を起案する", icon=":material/undo:"):
        next_hands(user, REVERSAL)
        event_id = draft.opened(REVERSAL, str(decided.height))
        rows = {row["event_id"]: row for row in decided.iter_rows(named=True)}
        chosen = st.selectbox("取り消す不納欠損", list(rows), index=None, placeholder="選ぶ", key=f"decision_{event_id}",
                              format_func=lambda one: f"{wording.short(rows[one]['happened_on'])}　{rows[one]['name']}　{rows[one]['summary']}　{wording.yen(rows[one]['yen'])}")
        ground = kinds()[REVERSAL].field("reversal_ground")
        st.selectbox(ground.label, ground.values, index=None, placeholder="選ぶ", key=f"ground_{event_id}")
        st.text_area("理由", key=f"reason_{event_id}", height=90, placeholder=ASKED)
        st.checkbox("取り消す不納欠損と理由を確かめた", key=f"confirmed_{event_id}")
        st.button("取消を起案する", icon=":material/send:", key=f"propose_{event_id}", disabled=chosen is None, on_click=attempt, args=(
            REVERSAL, f"confirmed_{event_id}", lambda clicker: propose(
                clicker, subject(clicker, rows[chosen]["atena_ref"]), REVERSAL, event_id=event_id, expected_version=rows[chosen]["note_version"],
                today=settings.today(), reason=st.session_state[f"reason_{event_id}"] or "",
                fields={"decision": chosen, "reversal_ground": st.session_state[f"ground_{event_id}"]}),
            f"不納欠損の取消を起案しました。{NEXT}"))


def _said(row: dict) -> str:
    return (f"{wording.fiscal(row['levy_year'])} 第{int(row['installment_no'])}期　{wording.yen(row['unpaid_yen'])}"
            + ("　要確認" if row["needs_person"] else ""))

"""論理消去: the dry run by year, a proposal on exactly these figures, its approval, and the withdrawal of an earlier one."""

import polars as pl
import streamlit as st

from auth.access import User, decide
from casework.approval import undeclined
from casework.ledger import Event
from casework.levy_erasure import ERASURE, approve, propose, propose_withdrawal
from data_access.erasure_preview import Preview
from pages.parts import tables, wording
from pages.parts.approval_form import events, history, propose_form, told, waiting_part

CARRIED_OUT = "次の取込（夜間の処理、または端末で make intake）で公開するデータから反映されます。"
ERASE, WITHDRAW = "消去の提案", "消去の取消の提案"


def levy_erasure_part(user: User, preview: Preview, erased: pl.DataFrame) -> None:
    """The candidates, the state of the newest proposal, what stands erased, and what this person may do about it."""
    st.subheader("論理消去（保管期間を過ぎた賦課・収納）", anchor=False)
    st.caption("未納・交渉経過・催告・滞納処分がなく、保管期間を過ぎた年度の通知書です。候補を数えただけで、まだ何も消していません。")
    tables.show(preview.by_year, ["levy_year", "person_count", "notice_count", "assessed_yen", "received_yen"], key="erasure_by_year",
                empty="論理消去の候補はありません。", alt="論理消去の候補の表。年度ごとの人数、通知書、額")
    happened = events(ERASURE)
    if preview.notice_count:
        st.text(f"計 {preview.notice_count:,}通　調定 {wording.yen(preview.assessed_yen)}　一覧の照合番号 {preview.digest[:16]}…")
    told(ERASURE)
    _state(user, preview, undeclined(ERASURE, happened), erased)
    if decide(user, ERASURE.propose_action).allowed:
        _propose(preview, happened, erased)
    history(ERASURE, happened, lambda event: _describe(event, happened))


def _state(user: User, preview: Preview, happened: list[Event], erased: pl.DataFrame) -> None:
    if not erased.is_empty():
        st.markdown("**消去したもの**")
        tables.show(erased, ["erased_on", "notice_count", "last_snapshot_id"], empty="", alt="消去したものの表。承認ごと", key="erased")
    if not happened:
        st.caption("提案はありません。")
    elif happened[-1].kind == ERASURE.proposal:
        says = _describe(happened[-1], happened)
        if happened[-1].payload.get("digest") not in (None, preview.digest):
            says += "\n提案の後に候補の一覧が変わっています。上の表は今の候補です。"
        waiting_part(user, ERASURE, happened[-1], says, approve, CARRIED_OUT)
    elif waits := _approved_and_waiting(happened, erased):
        st.info(f"承認済みで、まだ反映されていません。{_describe(waits, happened)}。{CARRIED_OUT}", icon=":material/schedule:")


def _approved_and_waiting(happened: list[Event], erased: pl.DataFrame) -> Event | None:
    """The proposal that was approved last, while the data does not show it yet."""
    agreed = next(event for event in happened if event.event_id == happened[-1].payload["proposal"])
    taken_back, done = agreed.payload["withdraws"], set(erased["proposal_id"])
    return agreed if (taken_back in done if taken_back else agreed.event_id not in done) else None


def _propose(preview: Preview, happened: list[Event], erased: pl.DataFrame) -> None:
    is_waiting = bool(happened) and happened[-1].kind == ERASURE.proposal
    returnable = {row["proposal_id"]: row for row in erased.iter_rows(named=True) if row["is_returnable"]}
    kinds = [ERASE] * bool(preview.notice_count) + [WITHDRAW] * bool(returnable)
    if not kinds:
        return
    with st.expander("論理消去かその取消を提案する", icon=":material/delete_sweep:", key=f"erasure_propose_{len(happened)}"):
        kind = st.radio("提案", kinds, key="erasure_kind", horizontal=True)
        if kind == ERASE:
            st.text(f"上の {preview.notice_count:,}通（調定 {wording.yen(preview.assessed_yen)}）を、次に公開するデータから除きます。\n"
                    "前のスナップショットがある間は、取り消して戻せます。")
            propose_form(ERASURE, preview.digest, lambda who, **fields: propose(
                who, snapshot_id=preview.snapshot_id, notice_count=preview.notice_count, assessed_yen=preview.assessed_yen, digest=preview.digest, **fields),
                len(happened), button="論理消去を提案する", replaces=is_waiting)
        else:
            withdraws = st.selectbox("取り消す消去", list(returnable), key="withdraws",
                                     format_func=lambda name: f"{wording.wareki(returnable[name]['erased_on'])}に消去した {returnable[name]['notice_count']:,}通")
            propose_form(ERASURE, withdraws, lambda who, **fields: propose_withdrawal(who, withdraws=withdraws, **fields),
                         len(happened), button="取消を提案する", replaces=is_waiting)


def _describe(event: Event, happened: list[Event]) -> str:
    said = event.payload
    if "proposal" in said:
        return "最新の提案を承認" if event.kind == ERASURE.approval else "最新の提案を差戻し・取下げ"
    if said["withdraws"]:
        taken_back = next((each for each in happened if each.event_id == said["withdraws"]), None)
        return f"{wording.clock(taken_back.recorded_at)} に提案した消去を取り消す" if taken_back else "前の消去を取り消す"
    return f"{said['notice_count']:,}通（調定 {wording.yen(said['assessed_yen'])}）を消去する"

"""起案 of a 執行停止 (one candidate, or several of one 号 at once) and of its 取消 (from the カルテ or the 監視), and their papers."""

import uuid

import polars as pl
import streamlit as st

import settings
from auth.access import NotAllowed, User, decide
from casework.approval import LONGEST_REASON, ApprovalRefused
from casework.case_decision import propose
from casework.kinds import kinds
from casework.ledger import Conflict, Event
from casework.record import EntryRefused
from data_access.paper_basis import cancellation_basis, suspension_basis
from data_access.paper_content import public_days
from data_access.query import ask, subject
from data_access.suspension_case import MEANS, SuspensionCase, lacking, release_due, speaking_against
from pages.parts import draft, wording
from pages.parts.attempt import attempt, outcome
from pages.parts.export_part import export_part
from pages.parts.proposal_part import at_once_fields, at_once_typed, flash_warning, next_hands
from pages.parts.succession_part import succession_part

ONE, BATCH, CANCEL = "suspension_proposal", "suspension_batch", "suspension_cancellation"
PAPERS = {"suspension_decision": ("suspension_decision", "suspension_notice"), "suspension_cancellation": ("suspension_cancel_notice",)}
ASKED = f"係長と課長が読む（{LONGEST_REASON}文字まで）。個人番号は書かない。"
UNDER_WAY = {  # matter_state of a candidate of whom the ledger would refuse another 起案
    **dict.fromkeys(("審査待ち", "決裁待ち"), "この人の起案は、上の「審査・決裁を待つもの」にあります。"),
    "決裁済": "この人の期別は、全て停止か欠損を決裁しています。次の取込で公開するデータから、候補を外れます。",
}
NEXT = "係長の審査、課長の決裁の順に進みます。"


def propose_part(user: User, candidate: dict, found: SuspensionCase) -> None:
    """The form for the candidate on the screen, filled in from the screening: all that is not suspended, what was met."""
    if not decide(user, "suspension.propose").allowed:
        return
    st.subheader("起案", anchor=False)
    outcome(ONE)
    if told := UNDER_WAY.get(candidate["matter_state"]):
        st.caption(told)
        return
    atena_ref, ground = candidate["atena_ref"], candidate["ground"]
    if "満たす" not in found.evidence["finding"]:
        st.info("要件を満たす、確認済みで新しい資料が1つもないため、起案できません。上の「足りないもの・調べ方」の資料をそろえてください。", icon=":material/info:")
        return
    next_hands(user, "suspension_decision")
    event_id = draft.opened(ONE, atena_ref + ground)
    open_ones = proposable(found.installments)
    if decided := found.installments.drop_nulls("decided").height:
        st.caption(f"停止か欠損を決裁した{decided}期別は、次の取込で公開するデータから停止中か欠損になるので、選べません。")
    flash_warning(found.installments, "起案")
    if gone := found.installments["is_extinct"].sum():
        st.caption(f"時効で消滅した{gone}期別は停止できないので、選べません。「不納欠損」の候補（時効）にあります。")
    said = {row["installment_key"]: _said(row) for row in open_ones.iter_rows(named=True)}
    usual = open_ones.filter(pl.col("claim_state").ne_missing("時効経過") & pl.col("claim_state").ne_missing("消滅"))["installment_key"].to_list()
    if len(usual) < len(said):
        st.caption("時効の日を過ぎ、完成したかを人が確かめる期別は、初めは選んでいません。")
    st.multiselect("停止する期別", list(said), default=usual, format_func=said.get, select_all=False, key=f"scope_{event_id}", placeholder="期別を選ぶ")
    if found.at_once and st.checkbox("即時消滅とする（地方税法15条の7第5項）。決裁の日に納付義務が消え、資力が戻っても取り消せない", key=f"immediate_{event_id}"):
        succession_part(user, atena_ref, at_once=True, is_told=True)
        at_once_fields(found.at_once, event_id)
    if found.lacking:
        st.warning(f"資料が足りません: **{'、'.join(found.lacking)}**。判定は「資料不足」で、該当の疑いではありません。審査・決裁をする人にもこのまま示します。", icon=":material/report:")
        st.checkbox("足りない資料があることを知って起案する（なぜ停止できるとみるかを理由に書く）", key=f"lacking_{event_id}")
    st.text_area("理由", key=f"reason_{event_id}", height=90, placeholder=ASKED)
    st.checkbox("証拠・反する資料・期別を確かめた", key=f"confirmed_{event_id}")
    st.button("起案する", type="primary", icon=":material/send:", key=f"propose_{event_id}", on_click=attempt, args=(
        ONE, f"confirmed_{event_id}", lambda clicker: _propose(
            clicker, atena_ref, ground, candidate["note_version"], event_id, st.session_state[f"reason_{event_id}"] or "",
            keys=st.session_state[f"scope_{event_id}"], is_immediate=bool(st.session_state.get(f"immediate_{event_id}")),
            **at_once_typed(event_id), is_proposed_though_lacking=st.session_state.get(f"lacking_{event_id}")),
        f"起案しました。{NEXT}"))


def batch_part(user: User, candidates: pl.DataFrame, ground: str | None) -> None:
    """Candidates of one 号 with every criterion met, all their 期別, one reason; one event each."""
    likely = candidates.filter(~pl.col("matter_state").is_in(list(UNDER_WAY)).fill_null(False), verdict="該当の疑い")
    if ground is None or likely.is_empty() or not decide(user, "suspension.propose").allowed:
        return
    outcome(BATCH)
    event_id = draft.opened(BATCH, ground)
    rows = {row["atena_ref"]: row for row in likely.iter_rows(named=True) if not row["means_count"]}
    with st.expander(f"まとめて起案する（{ground}・該当の疑い）", icon=":material/playlist_add_check:"):
        next_hands(user, "suspension_decision")
        if marked := sum(row["means_count"] > 0 for row in likely.iter_rows(named=True)):
            st.caption(f"差し押さえられるものの記録（勤務先・土地家屋・車両・財産調査）がある{marked}人は、ここでは選べません。一人ずつ、資料を見て理由を書いて起案してください。")
        st.multiselect("起案する人", list(rows), format_func=lambda one: f"{rows[one]['name']}　{one}　{wording.yen(rows[one]['active_yen'])}",
                       select_all=False, key=f"people_{event_id}", placeholder="一人ずつ証拠を見てから選ぶ")
        st.text_area("理由（全員に同じ）", key=f"reason_{event_id}", height=90, placeholder=ASKED)
        st.checkbox("一人ずつ証拠を確かめた", key=f"confirmed_{event_id}")
        st.button("まとめて起案する", icon=":material/send:", key=f"batch_{event_id}", on_click=attempt, args=(
            BATCH, f"confirmed_{event_id}", lambda clicker: _propose_each(
                clicker, [rows[one] for one in st.session_state[f"people_{event_id}"]], event_id, st.session_state[f"reason_{event_id}"] or ""),
            f"選んだ人を一人ずつ起案しました。{NEXT}"))


def _propose_each(user: User, candidates: list[dict], event_id: str, reason: str) -> Event:
    """One event each; whom it was refused for is told with why, and the others stand. Sent again, nothing is written twice."""
    if not candidates:
        raise ApprovalRefused("起案する人を選んでください。")
    done, refused = [], []
    for row in candidates:
        try:
            if speaking := speaking_against(user, row["atena_ref"], row["ground"], settings.today()).filter(pl.col("sign").is_in(MEANS)).height:
                raise ApprovalRefused(f"反する資料（差し押さえられるものの記録）が{speaking}件あります。一人ずつ起案してください。")
            if subject(user, row["atena_ref"]).flashed:
                raise ApprovalRefused("納付の速報があります（消込み前）。一人ずつ起案してください。")
            own = str(uuid.uuid5(uuid.UUID(event_id), row["atena_ref"]))
            done.append(_propose(user, row["atena_ref"], row["ground"], row["note_version"], own, reason))
        except (ApprovalRefused, EntryRefused, NotAllowed, Conflict) as refusal:
            refused.append(f"{row['atena_ref']}: {refusal}")
    if refused:
        raise ApprovalRefused(f"{len(done)}人を起案しました。次の{len(refused)}人は起案していません。　" + "　".join(refused))
    return done[-1]


def _propose(user: User, atena_ref: str, ground: str, version: int, event_id: str, reason: str, *, keys: list[str] | None = None,
             is_immediate: bool = False, **known: object) -> Event:
    """`keys` None: every 期別 that is not suspended. The evidence, and what is lacking, is asked again at this click, never taken from the screen."""
    owed = proposable(ask(user, "suspension_installments", atena_ref=atena_ref))["installment_key"].to_list()
    evidence = ask(user, "suspension_evidence", atena_ref=atena_ref, ground=ground)
    met = evidence.filter(finding="満たす")
    chosen = owed if keys is None else keys
    return propose(
        user, subject(user, atena_ref), "suspension_decision", event_id=event_id, expected_version=version, reason=reason, today=settings.today(),
        fields={"ground": ground, "installments": chosen, "is_partial": set(chosen) != set(owed), "is_immediate": is_immediate,
                "evidence_ids": met["evidence_id"].drop_nulls().to_list(), "lacking": lacking(evidence) or None, **known},
        basis=suspension_basis(user, atena_ref, ground, chosen))


def proposable(installments: pl.DataFrame) -> pl.DataFrame:
    """Those of suspension_installments that a 停止 may cover: not ended by 時効, not decided here before."""
    return installments.filter(~pl.col("is_extinct") & pl.col("decided").is_null())


def cancel_part(user: User, atena_ref: str, version: int) -> None:
    """On the カルテ: the attachments that a 停止 obliges to release, the papers of what was decided, and the 起案 to cancel what is stopped."""
    owed = ask(user, "case_installments", atena_ref=atena_ref, only_overdue=False)
    for duty in release_due(owed):
        st.warning(f"執行停止中の期別に差押があります。{duty.text}（{duty.article}）。", icon=":material/lock_open:")
    _papers(user, atena_ref)
    cancel_form(user, atena_ref, version, owed)


def cancel_form(user: User, atena_ref: str, version: int, owed: pl.DataFrame, *, signs: str = "", ground: str | None = None) -> None:
    """The 起案 to cancel what is stopped among `owed` (case_installments). `signs`: what was seen, the draft of the reason; `ground`: what it speaks for."""
    stopped = owed.filter(pl.col("suspended_on").is_not_null() & (pl.col("unpaid_yen") > 0))
    gone = stopped.filter((pl.col("claim_state") == "消滅") & ~pl.col("needs_person"))
    stopped = stopped.join(gone, on="installment_key", how="anti")
    outcome(CANCEL)
    if gone.height and decide(user, "suspension.propose").allowed:
        st.caption(f"停止中の{gone.height}期別は時効で消滅しているので、取り消しても請求できません。「不納欠損」の候補にあります。")
    if stopped.is_empty() or not decide(user, "suspension.propose").allowed:
        return
    if ask(user, "waiting_decisions", kind="執行停止", district=None).filter(atena_ref=atena_ref, matter=CANCEL).height:
        st.caption("この人の停止の取消は、起案されています。執行停止候補の「審査・決裁を待つもの」で審査・決裁します。")
        return
    stopped, decided = _cancellable(stopped, ask(user, "case_decided", atena_ref=atena_ref))
    if decided:
        st.caption(f"停止の取消か不納欠損を決裁した{decided}期別は、取り消せません（停止の取消は、次の取込で公開するデータから反映されます）。")
    if stopped.is_empty():
        return
    event_id = draft.opened(CANCEL, atena_ref)
    with st.expander("執行停止の取消を起案する", icon=":material/undo:", key=f"cancel_{event_id}"):
        next_hands(user, CANCEL)
        decided_on = st.selectbox("取り消す停止", sorted(set(stopped["suspended_on"])), key=f"stop_{event_id}",
                                  format_func=lambda on: f"{wording.wareki(on)}に決定した停止")
        said = {row["installment_key"]: _said(row) for row in stopped.filter(suspended_on=decided_on).iter_rows(named=True)}
        st.multiselect("停止を取り消す期別", list(said), default=list(said), format_func=lambda key: said.get(key, key), placeholder="期別を選ぶ", select_all=False, key=f"scope_{event_id}_{decided_on}")
        asked = kinds()[CANCEL].field("cancel_ground")
        st.selectbox(asked.label, asked.values, index=asked.values.index(ground) if ground else None, placeholder="選ぶ", key=f"ground_{event_id}")
        st.text_area("理由", value=signs, key=f"reason_{event_id}", height=90, placeholder=ASKED)
        st.checkbox("財産・所得・所在の資料を確かめた", key=f"confirmed_{event_id}")
        st.button("取消を起案する", icon=":material/send:", key=f"propose_{event_id}", on_click=attempt, args=(
            CANCEL, f"confirmed_{event_id}", lambda clicker: propose(
                clicker, subject(clicker, atena_ref), CANCEL, event_id=event_id, expected_version=version, today=settings.today(),
                reason=st.session_state[f"reason_{event_id}"] or "", fields={
                    "suspended_on": decided_on, "installments": st.session_state[f"scope_{event_id}_{decided_on}"],
                    "cancel_ground": st.session_state[f"ground_{event_id}"]},
                basis=cancellation_basis(clicker, atena_ref, st.session_state[f"scope_{event_id}_{decided_on}"])),
            f"執行停止の取消を起案しました。{NEXT}執行停止候補の画面の「審査・決裁を待つもの」にあります。"))


def _cancellable(stopped: pl.DataFrame, decided: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Those of `stopped` that the ledger would take back (casework/rules.py), and how many it would not: this very 停止 is taken back, or they are written off."""
    told = stopped.join(decided.rename({"decided": "matter_decided"}), on="installment_key", how="left")
    is_refused = ((pl.col("matter_decided") == "欠損決裁済") | (pl.col("of_stop_on") == pl.col("suspended_on"))).fill_null(False)
    return told.filter(~is_refused).select(stopped.columns), told.filter(is_refused).height


def _papers(user: User, atena_ref: str) -> None:
    """The papers of every 停止 and every 取消 that were decided here; of each matter the newest, or the one chosen."""
    decided = ask(user, "case_suspensions", atena_ref=atena_ref)
    for matter in PAPERS:
        own = decided.filter(matter=matter).to_dicts()
        if len(own) > 1:
            chosen = st.selectbox("文書を出す決定", range(len(own)), format_func=lambda place, own=own: f"{place + 1}　{told_decision(own[place])}", key=f"paper_{matter}_{atena_ref}")
            own = own[chosen : chosen + 1]
        elif own:
            st.caption(told_decision(own[0]))
        for decision in own:
            papers_part(user, atena_ref, decision)


def papers_part(user: User, atena_ref: str, decision: dict) -> None:
    """The papers of one decision (of case_suspensions or suspension_decided), and how its notice is served where there is nobody to send it to."""
    if days := public_days(decision):
        st.warning(f"{decision['ground']}（所在不明）の通知書は、送る先がないので公示送達します。通知書のPDFの初めに公示送達書（地方税法20条の2）が付きます。"
                   f"掲示を始めた日から起算して{days}日を経過した日に送達の効力が生じます。", icon=":material/campaign:")
    with st.container(horizontal=True):
        for kind in PAPERS[decision["matter"]]:
            export_part(user, kind, {"atena_ref": atena_ref, "decision": decision["decision"]})


def told_decision(decision: dict) -> str:
    """One decision in a line."""
    told = f"の取消（{decision['cancel_ground']}）" if decision["cancel_ground"] else f"（{decision['ground']}）"
    return f"執行停止{told}{wording.wareki(decision['decided_on'])}決定　{decision['installment_count']}期別"


def _said(row: dict) -> str:
    return f"{wording.fiscal(row['levy_year'])} 第{int(row['installment_no'])}期　{wording.yen(row['unpaid_yen'])}"

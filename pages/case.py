"""滞納者カルテ: who, how much by 期別, what the law allows next, what happened; and a note can be written."""

import polars as pl
import streamlit as st

from auth.access import User
from data_access.query import Standing, ask
from pages.parts import tables, wording
from pages.parts.assets import show_assets
from pages.parts.basis import show_basis
from pages.parts.consolidation import show_consolidation
from pages.parts.door import chosen_case, go
from pages.parts.entry_form import record_part
from pages.parts.find_form import find_form
from pages.parts.heading import heading
from pages.parts.passport_part import passport_part
from pages.parts.reveal_part import reveal_part, show_reach
from pages.parts.suspension_form import cancel_part
from pages.parts.write_off_form import paid_warning

EXPLAINED = "explained_installment"
KINDS = ("すべて", "記事", "本人確認", "収納", "収納取消", "督促", "催告", "更正", "分納", "処分", "財産調査", "執行停止", "不納欠損", "還付", "居所調査", "延滞金減免", "承継", "名寄せ", "支援措置")


def render(user: User) -> None:
    """Four blocks: who, arrears, what is due, time line."""
    stands = heading("滞納者カルテ", user, "金額は円")
    atena_ref = chosen_case()
    head = ask(user, "case_head", atena_ref=atena_ref) if atena_ref else None
    is_chosen = head is not None and head.height > 0
    find_form(user, expanded=not is_chosen)
    if not is_chosen:
        st.info("カルテを開く滞納者を、ここで探すか、地区ワークリストから選んでください。", icon=":material/person_search:")
        if st.button("地区ワークリストへ", icon=":material/checklist:"):
            go("district_worklist")
        return
    person = head.row(0, named=True)
    _who(person)
    if stands.is_newest:
        reveal_part(user, atena_ref)
    _amounts(person)
    passport_part(user, "case_head", {"atena_ref": atena_ref}, head, key="case_head")
    written_off = ask(user, "case_write_offs", atena_ref=atena_ref)
    _ended(user, atena_ref, written_off)
    _due(user, atena_ref, stands)
    if stands.is_newest:
        record_part(user, person, stands.as_of)
        cancel_part(user, atena_ref, person["note_version"])
    arrears, timeline, household, same, assets, reach = st.tabs(["期別", "経過", "世帯・賦課", "名寄せ", "財産・所得", "連絡先・口座"], key="case_view", on_change="rerun")
    if arrears.open:
        with arrears:
            _installments(user, atena_ref, stands, written_off)
    if timeline.open:
        with timeline:
            _timeline(user, atena_ref)
    if household.open:
        with household:
            _household(user, atena_ref)
    if same.open:
        with same:
            show_consolidation(user, atena_ref)
    if assets.open:
        with assets:
            show_assets(user, atena_ref, stands.as_of, (person["unpaid_yen"] or 0) + (person["charge_yen"] or 0))
    if reach.open:
        with reach:
            show_reach(user, atena_ref)


def _who(person: dict) -> None:
    with st.container(border=True):
        name, place, mail = st.columns([2, 3, 3])
        with name:
            st.subheader(wording.plain(person["name"] or "—"), anchor=False)
            st.text(f"{person['name_kana'] or ''}\n{person['age'] or '年齢不明'}　{person['sex'] or ''}")
        with place:
            st.caption("住所")
            st.text(person["address"] or "—")
            st.text(f"{person['district_name']}　{_state(person)}")
        with mail:
            st.caption("送付先・番号")
            st.text(person["mailing_address"] or "住所と同じ")
            returned = f"　返戻 {wording.short(person['mail_returned_on'])}" if person["mail_returned_on"] else ""
            st.text(f"参照番号 {person['atena_ref']}\n宛名番号 {person['atena_number_shown'] or '—'}{returned}")


def _state(person: dict) -> str:
    if person["resident_state"] in (None, "現住"):
        return ""
    return f"{person['resident_state']}（{wording.short(person['state_changed_on'])}）"


def _amounts(person: dict) -> None:
    with st.container(horizontal=True):  # wraps on a narrow screen, where st.columns would cut the figures off
        for label, value, meaning in (
            ("滞納額（本料）", wording.yen(person["unpaid_yen"]), "納期限を過ぎた期別の未納額の合計"),
            ("延滞金", wording.yen(person["charge_yen"]), "基準日に全額納めたときの額。割合は暦年ごと、端数は期別ごとに処理する。本料を納めた期別に残る確定延滞金を含む"),
            ("最も近い時効", wording.short(person["prescription_on"]), "国保法110条。期別ごとの日は下の表にある"),
            ("最終接触", wording.short(person["last_contact_on"]), "不在を除く、話せた日"),
        ):
            st.metric(label, value, border=True, help=meaning)
    suspended = (person["suspended_yen"] or 0) - (person["extinguished_yen"] or 0)
    stopped = f"　｜　うち執行停止中 {wording.yen(suspended)}" if suspended else ""
    stopped += f"　｜　消滅（欠損待ち） {wording.yen(person['extinguished_yen'])}" if person["extinguished_yen"] else ""
    lapsed = f"　｜　時効経過 {wording.yen(person['lapsed_yen'])}" if person["lapsed_yen"] else ""
    none = f"　｜　最も近い時効「—」の理由: {_why_none(person)}" if _why_none(person) else ""
    st.caption(f"現年分 {wording.yen(person['current_unpaid_yen'])}　｜　滞繰分 {wording.yen(person['carried_unpaid_yen'])}　｜　"
               f"未納 {person['open_count']}期　｜　最終納付 {wording.short(person['last_payment_on'])}　｜　分納 {person['plan_state'] or 'なし'}{stopped}{lapsed}{none}")


def _why_none(person: dict) -> str:
    """Why no 時効 is the next one, in words; empty when there is one."""
    if person["prescription_on"]:
        return ""
    reasons = ["完成猶予中など（解けるまで完成しない）" if person["is_partly_held"] else "", "執行停止中" if person["suspended_yen"] else "",
               "時効経過" if person["lapsed_yen"] else ""]
    return "・".join(reason for reason in reasons if reason)


def _due(user: User, atena_ref: str, stands: Standing) -> None:
    reasons = ask(user, "case_reasons", atena_ref=atena_ref)
    if reasons.is_empty():
        st.caption("今、名簿に載る理由はありません。")
        return
    for row in reasons.iter_rows(named=True):
        task, ground = wording.QUEUES[row["queue"]]
        st.markdown(f"- **{wording.reason(row['queue'], row['day'], row['yen'], stands.as_of)}** → {task}　｜　根拠: {ground}")


def _ended(user: User, atena_ref: str, written_off: pl.DataFrame) -> None:
    """What was decided to end here: a 停止 of today, 即時消滅 with its ground and reason, 不納欠損 that waits, was paid meanwhile, or was taken back."""
    for row in ask(user, "case_stopped", atena_ref=atena_ref).iter_rows(named=True):
        gone = f"うち{row['extinguished_count']}期は即時消滅（納付義務が消えている）。" if row["extinguished_count"] else ""
        st.info(f"執行停止の決裁済　{row['stopped_count']}期 {wording.yen(row['stopped_yen'])}　{wording.wareki(row['stopped_on'])}決定　{gone}"
                "差押などの滞納処分はしない。次の取込で公開するデータから停止中になる。" + ("" if row["is_whole"] else "ほかの期別は停止していない。"), icon=":material/pause_circle:")
    for row in ask(user, "case_extinctions", atena_ref=atena_ref).iter_rows(named=True):
        st.text(f"即時消滅　{wording.wareki(row['extinct_on'])}決定　{row['installment_count']}期 {wording.yen(row['unpaid_yen'])}　"
                f"事由 {row['extinction_ground'] or '記録なし'}　理由 {row['extinction_reason'] or '—'}")
    standing = written_off.filter(~pl.col("is_reversed") & ~pl.col("is_booked"))
    if standing.height:
        st.info(f"不納欠損の決裁済（収納の計上待ち）　{standing.height}期 {wording.yen(standing['yen'].sum())}　{wording.wareki(standing['happened_on'][0])}決定", icon=":material/money_off:")
        paid_warning(standing)


def _decided(written_off: pl.DataFrame) -> dict[str, str]:
    """期別 → what its newest 不納欠損 of here came to; none where 収納 has booked it."""
    found = {}
    for row in written_off.filter(~pl.col("is_booked")).iter_rows(named=True):  # the newest first
        found.setdefault(row["installment_key"], f"欠損取消（訂正）済み {wording.short(row['reversed_on'])} {row['reversal_ground']}" if row["is_reversed"]
                         else f"欠損決裁済 {wording.short(row['happened_on'])}" + ("・決裁後に納付あり" if row["paid_since_yen"] else ""))
    return found


def _installments(user: User, atena_ref: str, stands: Standing, written_off: pl.DataFrame) -> None:
    shows_all = st.toggle("納付済み・納期未到来の期別も表示", key="all_installments")
    found = ask(user, "case_installments", atena_ref=atena_ref, only_overdue=False)
    if not shows_all:  # also what is paid, where 延滞金 is left of it
        found = found.filter(pl.col("is_overdue") | (pl.col("left_charge_yen") > 0))
    decided = _decided(written_off)
    states = ["・".join(part for part in (decided.get(row["installment_key"], ""), _installment_state(row)) if part) for row in found.iter_rows(named=True)]
    ends = ["prescription_on", "three_years_on"] if found["three_years_on"].count() else ["prescription_on"]
    st.caption("行を押すと、延滞金と時効の計算の根拠が下に出ます。")
    tables.show(found.with_columns(pl.Series("state", states, dtype=pl.String)),
                ["levy_year", "installment_no", "due_date", "unpaid_yen", "charge_yen", *ends, "state", "demanded_on", "seizable_from", "extinct_from",
                 "renewed_by", "renewed_on", "assessed_yen", "received_yen", "written_off_yen"],
                empty="納期限を過ぎた未納はありません。", alt="期別の表。1行が1期", key=f"installments_{atena_ref}",
                on_choose=lambda row: st.session_state.update({EXPLAINED: (atena_ref, found["installment_key"][row])}))
    explained_ref, installment_key = st.session_state.get(EXPLAINED, (None, None))
    if explained_ref == atena_ref:
        show_basis(user, atena_ref, installment_key, stands.as_of)


def _installment_state(row: dict) -> str:
    if row["is_extinguished"]:  # 15条の7第5項: nothing is left to be done with it but to write it off
        return "消滅（欠損待ち）" if row["unpaid_yen"] else ""
    parts = [
        "督促漏れ" if row["is_demand_missed"] else "",
        "督促が返戻・要確認" if row["demand_returned_on"] and not row["demand_served_on"] else "",
        row["disposition_kind"] or "",
        wording.held(row["held_by"]),
        f"執行停止{row['suspension_ground']}" if row["suspension_ground"] else "",
        "分納中" if row["is_planned"] else "",
        f"速報 {row['flash_yen']:,}円" if row["flash_yen"] else "",
        f"延滞金だけが残る（時効 {wording.short(row['prescription_on'])}・要確認）" if row["left_charge_yen"] else "",
        *wording.claim(row["claim_state"], row["seizure_bars"], row["extinct_from"], row["seizure_cautions"]),
    ]
    return "・".join(part for part in parts if part)


def _timeline(user: User, atena_ref: str) -> None:
    kind = st.segmented_control("種別", KINDS, default="すべて", key="event_kind", required=True)
    found = ask(user, "case_events", atena_ref=atena_ref, kind=None if kind == "すべて" else kind)
    said = pl.Series("summary", [wording.in_wareki(text) for text in found["summary"]], dtype=pl.String)
    written = pl.Series("written_by", [wording.written(row) for row in found.iter_rows(named=True)], dtype=pl.String)
    tables.show(found.with_columns(said, written), ["happened_on", "kind", "summary", "yen", "body", "written_by"], empty="この種別の経過はありません。", alt="経過の表。新しい順")


def _household(user: User, atena_ref: str) -> None:
    tables.show(ask(user, "case_household", atena_ref=atena_ref), ["name", "relation", "age", "resident_state", "nhi_acquired_on", "nhi_lost_on"],
                empty="世帯の記録はありません。", alt="世帯員の表")
    levies = ask(user, "case_levies", atena_ref=atena_ref)
    tables.show(levies.with_columns(reduction_tenths=wording.reductions(levies["reduction_tenths"])), ["levy_year", "insured_count", "income_yen", "reduction_tenths", "levied_yen"],
                empty="賦課の記録はありません。", alt="年度ごとの賦課の表")

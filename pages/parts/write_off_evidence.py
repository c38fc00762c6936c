"""The evidence of a 不納欠損, 期別 by 期別: what extinguished it, what was last done, what is left to confirm, and how the 時効 was reckoned."""

from datetime import date

import polars as pl
import streamlit as st

from auth.access import User
from data_access.query import ask
from pages.parts import tables, wording
from pages.parts.basis import show_basis

COLUMNS = {"levy_year": 82, "installment_no": 56, "due_date": 80, "unpaid_yen": 92, "booked_as": 76, "extinct_on": 80, "renewed_by": 72, "renewed_on": 80,
           "to_confirm": 169, "marks": 87}  # beside a 起案 787 pixels are left at 1,280; marks only where there is one
NONE = "—"
OPENED = "write_off_basis"
AT_ONCE = "即時消滅"


def evidence_part(user: User, atena_ref: str, own: pl.DataFrame, as_of: date, key: str, empty: str = "欠損の候補になる期別はありません。") -> None:
    """`own`: rows of write_off_installments. A click on one shows its 計算の根拠, event by event, with articles."""
    told = own.with_columns(pl.Series("to_confirm", [to_confirm(row, as_of) for row in own.iter_rows(named=True)], dtype=pl.String),
                            pl.Series("marks", [marks(row) for row in own.iter_rows(named=True)], dtype=pl.String))
    shown = [name for name in COLUMNS if name != "marks" or (told["marks"] != NONE).any()]
    tables.show(told, shown, widths=COLUMNS, key=f"evidence_{key}_{atena_ref}", empty=empty, alt="期別ごとの不納欠損の事由・消滅の日・最後の更新・確かめることの表",
                on_choose=lambda row: st.session_state.update({OPENED: (atena_ref, own["installment_key"][row])}))
    if own.is_empty():
        return
    st.caption("行を押すと、時効の計算の根拠（督促・承認・催告・差押を1件ずつ、条文とともに）が下に出ます。  \n根拠　"
               + "　".join(own.select(pl.format("{}: {}", "booked_as", "article")).to_series().unique(maintain_order=True)))
    for row in own.drop_nulls("extinction_ground").unique("extinction_reason", maintain_order=True).iter_rows(named=True):
        st.text(f"即時消滅の事由　{row['extinction_ground']}\n理由　{row['extinction_reason'] or '—'}")
    opened = st.session_state.get(OPENED)
    if opened and opened[0] == atena_ref and opened[1] in own["installment_key"]:
        show_basis(user, *opened, as_of)


def decided_keys(user: User, decision: str) -> list[str]:
    """The 期別 of one 不納欠損 that was decided here."""
    found = ask(user, "write_off_decided", district=None).filter(event_id=decision)
    return list(found["written_off"][0]) if found.height else []


def to_confirm(row: dict, as_of: date) -> str:
    """What a person has to see before this one is written off for this reason; "—" where nothing is left to see."""
    parts = []
    if row["booked_as"] == "時効":
        if row["later_reading_on"] and row["later_reading_on"] >= as_of:
            parts.append(f"別の読みでは完成は{wording.short(row['later_reading_on'])}（督促・催告の効力）")
        if row["demand_returned_on"] and not row["demand_served_on"]:
            parts.append(f"督促状が返戻（{wording.short(row['demand_returned_on'])}）。届いたかどうか")
        if row["demanded_on"] is None:
            parts.append("督促の記録がない。引抜や別の記録がないか")
        if row["needs_person"] and not parts:
            parts.append("承認・猶予・協議が時効を更新したか（計算の根拠の「要確認」）")
        if not parts:
            parts.append("記録にない承認（電話・窓口での約束）や一部納付がないこと")
    if row["booked_as"] == "停止3年":
        parts.append(f"{wording.short(row['suspended_on'])}に停止。3年の間に取り消す事由（資力が戻った兆し）がないこと")
    if row["booked_as"] == AT_ONCE and row["needs_person"]:
        parts.append("相続人の全員が放棄。相続財産がないことを確かめ、事由を選ぶ")
    if row["flash_yen"]:
        parts.append(f"速報 {wording.yen(row['flash_yen'])}。消込みを待つ（決裁できない）")
    return "　".join(parts) or NONE


def marks(row: dict) -> str:
    """What has been decided of it here: written off, or written off once and taken back."""
    parts = [f"決裁済 {wording.short(row['decided_on'])}" if row.get("decided_on") else "", reversed_mark(row),
             f"停止{row['suspension_ground']}" if row.get("suspension_ground") else ""]
    return "　".join(part for part in parts if part) or NONE


def reversed_mark(row: dict) -> str:
    """取消（訂正）済み, with the day and the reason, of what was written off once and has come back."""
    return f"取消（訂正）済み {wording.short(row['reversed_on'])} {row['reversal_ground']}" if row["reversed_on"] and not row.get("decided_on") else ""

"""計算の根拠 under the 期別 table: how the 延滞金, the days of 督促 and 差押え and the 時効 of one installment come about, step by step with articles."""

from datetime import date

import polars as pl
import streamlit as st

from auth.access import User
from data_access.derivation import derivation
from pages.parts import tables, wording


def show_basis(user: User, atena_ref: str, installment_key: str, as_of: date) -> None:
    """The derivations of one installment, or a sentence when it is no longer overdue."""
    found = derivation(user, atena_ref, installment_key, as_of)
    if found is None:
        st.caption("この期別は、納期限を過ぎた未納ではないため、計算の根拠はありません。")
        return
    st.subheader(f"計算の根拠　{wording.fiscal(found.levy_year)} {wording.installment(found.installment_no)}", anchor=False)
    if not found.agrees:
        st.error("ここでの計算と、スナップショットの額・日付が一致しません。システム管理者に連絡してください。", icon=":material/error:")
    st.markdown("**延滞金**")
    tables.show(_said(found.charge), list(found.charge.columns), empty="延滞金はありません。", alt="延滞金の計算の表。1行が割合の同じ期間")
    st.markdown("**督促と差押え**")
    tables.show(_said(found.demand), list(found.demand.columns), empty="", alt="督促の期限と差押可能日の計算の表")
    st.markdown("**時効**")
    tables.show(_said(found.prescription), list(found.prescription.columns), empty="", alt="時効の計算の表。1行が1つの出来事")


def _said(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.Series("sentence", [wording.in_wareki(text) for text in frame["sentence"]], dtype=pl.String))

"""計算の根拠 under the 期別 table: how the 延滞金, the days of 督促 and 差押え and the 時効 of one installment come about, step by step with articles."""

import re
from datetime import date

import polars as pl
import streamlit as st

from auth.access import User
from data_access.derivation import derivation
from pages.parts import tables, wording

# together as wide as the page at 1,440 pixels, the article beside its sentence
CHARGE = {"from_date": 85, "to_date": 85, "explanation": 405, "yen": 90, "article": 310}
DEMAND = {"on": 90, "explanation": 460, "article": 410}
PRESCRIPTION = {"on": 85, "explanation": 390, "completes_on": 100, "article": 215, "record": 180}
LONG_NAME = re.compile(r"[^、・\s（）]{12,}条例")


def show_basis(user: User, atena_ref: str, installment_key: str, as_of: date) -> None:
    """The derivations of one installment, or a sentence when it is no longer overdue."""
    found = derivation(user, atena_ref, installment_key, as_of)
    if found is None:
        st.caption("この期別は、納期限を過ぎた未納ではないため、計算の根拠はありません。")
        return
    st.subheader(f"計算の根拠　{wording.fiscal(found.levy_year)} {wording.installment(found.installment_no)}", anchor=False)
    if not found.agrees:
        st.error("ここでの計算と、スナップショットの額・日付が一致しません。システム管理者に連絡してください。", icon=":material/error:")
    names = _long_names(found.charge, found.demand, found.prescription)
    if names:
        st.caption("　".join(f"{short} = {name}" for name, short in names.items()))
    st.markdown("**延滞金**")
    tables.show(_said(found.charge, names), list(CHARGE), empty="延滞金はありません。", alt="延滞金の計算の表。1行が割合の同じ期間", widths=CHARGE)
    if found.demand.height:
        st.markdown("**督促と差押え**")
        tables.show(_said(found.demand, names), list(DEMAND), empty="", alt="督促の期限と差押可能日の計算の表", widths=DEMAND)
    st.markdown("**時効**")
    tables.show(_said(found.prescription, names), list(PRESCRIPTION), empty="", alt="時効の計算の表。1行が1つの出来事", widths=PRESCRIPTION)


def _long_names(*frames: pl.DataFrame) -> dict[str, str]:
    """The long names of 条例 among the articles → how the tables write them; a caption says it once."""
    found = dict.fromkeys(name for frame in frames for text in frame["article"] for name in LONG_NAME.findall(text or ""))
    return {name: f"市条例{place if len(found) > 1 else ''}" for place, name in enumerate(found, start=1)}


def _said(frame: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    articles = list(frame["article"])
    for name, short in names.items():
        articles = [text and text.replace(f"{name} ", short).replace(name, short) for text in articles]
    return frame.with_columns(pl.Series("explanation", [wording.in_wareki(text) for text in frame["sentence"]], dtype=pl.String),
                              pl.Series("article", articles, dtype=pl.String))

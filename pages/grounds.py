"""根拠: the law in force on a chosen day with its references, and the published examples it reproduces."""

from datetime import date

import polars as pl
import streamlit as st

import settings
from auth.access import User
from data_access.grounds import not_reproduced, parameters_on, published_examples
from pages.parts import tables, wording
from pages.parts.heading import heading

FIRST, LAST = date(2000, 1, 1), date(2027, 12, 31)
EVERYTHING = "すべて"


def render(user: User) -> None:
    """Parameters by day and kind; examples; what is left out and why."""
    heading("根拠", user, "計算に使う定めと、公表された計算例")
    values, examples = st.tabs(["定め", "公表された計算例"], key="grounds_view", on_change="rerun")
    if values.open:
        with values:
            _values()
    if examples.open:
        with examples:
            _examples()


def _values() -> None:
    when, what = st.columns(2)
    day = when.date_input("この日に効いている定め", value=min(settings.today(), LAST), min_value=FIRST, max_value=LAST, format="YYYY/MM/DD", key="grounds_day")
    found = parameters_on(day)
    section = what.selectbox("分類", [EVERYTHING, *found["section"].unique(maintain_order=True)], key="section", bind="query-params")
    shown = found if section == EVERYTHING else found.filter(pl.col("section") == section)
    st.caption(f"{wording.wareki(day)}に効いている定め {shown.height:,}件。見本の市は、見ることのできた鳥取市の条例に倣い、ないものは共通の規定による。"
               "導入する市は自市の条例で確かめる。")
    tables.show(shown, ["section", "setting_name", "setting_value", "reference", "since", "levy_kind", "last_checked", "note"],
                empty="この分類の定めはありません。", alt="効いている定めの表。1行が1つの値")


def _examples() -> None:
    found = published_examples()
    agreed = found.filter(pl.col("published") == pl.col("computed")).height
    st.markdown(f"市などが公表した計算例 **{found.height}件** のうち、ここでの計算と一致したもの **{agreed}件**。")
    said = pl.Series("given", [wording.in_wareki(text) for text in found["given"]], dtype=pl.String)
    dates = [pl.Series(name, [wording.in_wareki(text) for text in found[name]], dtype=pl.String) for name in ("published", "computed")]
    tables.show(found.with_columns(said, *dates), ["rule", "printed_by", "given", "published", "computed", "source"], empty="計算例がありません。",
                alt="公表された計算例と、ここでの計算の表")
    st.subheader("再現しないもの", anchor=False)
    tables.show(not_reproduced(), ["file", "part", "cause"], empty="ありません。", alt="再現しない例とその理由の表")

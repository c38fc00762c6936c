"""根拠: the law in force on a chosen day with its references, other cities' criteria beside ours, and the published examples it reproduces."""

from datetime import date

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import settings
from auth.access import User
from data_access.grounds import (
    examples_used,
    municipal_criteria,
    not_reproduced,
    parameters_on,
    published_examples,
)
from pages.parts import filters, tables, wording
from pages.parts.heading import heading

FIRST, LAST = date(2000, 1, 1), date(2027, 12, 31)
EVERYTHING, UNCHECKED, CHECKED = "すべて", "条文未確認", "条文を確かめた"
COLUMNS = ["setting_name", "levy_kind", "setting_value", "reference", "since", "last_checked"]
UNBROKEN = "共\u2060通"  # a table as narrow as this column would break the word over two lines
EXAMPLE_WIDTHS = {"rule": 105, "printed_by": 110, "given": 485, "published": 140, "computed": 140}
LEFT_OUT = ["rule", "printed_by", "cause"]
CHOSEN = "example_chosen"
MUNICIPAL_WIDTHS = {"criterion": 185, "place_name": 125, "ground": 45, "municipal_text": 285, "own_setting": 150, "reference": 190}


def render(user: User) -> None:
    """Parameters by day and kind; the criteria of 執行停止 side by side; examples; what is left out and why."""
    heading("根拠", user, "計算に使う定めと、公表された計算例")
    values, criteria, examples = st.tabs(["定め", "停止の要件の比較", "公表された計算例"], key="grounds_view", on_change="rerun")
    if values.open:
        with values:
            _values()
    if criteria.open:
        with criteria:
            _municipal()
    if examples.open:
        with examples:
            _examples()


def _values() -> None:
    when, what, read = st.columns(3)
    day = _day(when)
    found = parameters_on(day)
    unread = found["last_checked"].null_count()
    with what:
        section = filters.choice("分類", [EVERYTHING, *found["section"].unique(maintain_order=True)], key="section")
    with read:
        state = filters.choice("条文を確かめたか", [EVERYTHING, UNCHECKED, CHECKED], key="checked")
    shown = found.filter(pl.col("section") == section) if section != EVERYTHING else found
    shown = shown.filter(pl.col("last_checked").is_null() == (state == UNCHECKED)) if state != EVERYTHING else shown
    valid = shown["since"].count()
    missing = f"（ほかに、この日の値がまだない定め {shown.height - valid:,}件）" if valid < shown.height else ""
    st.caption(f"{wording.wareki(day)}に効いている定め {valid:,}件{missing}。全{found.height:,}件のうち条文未確認 {unread:,}件。見本の市は、見ることのできた鳥取市の"
               "条例に倣い、ないものは共通の規定による。導入する市は自市の条例で確かめる。")
    checked = pl.Series("last_checked", [_checked(day) for day in shown["last_checked"]], dtype=pl.String)
    named = pl.col("setting_name") if section != EVERYTHING else pl.format("{}｜{}", "section", "setting_name").alias("setting_name")
    noted = pl.when(pl.col("note") == "").then("setting_value").otherwise(pl.format("{}　［注記］{}", "setting_value", "note")).alias("setting_value")
    kind = pl.col("levy_kind").replace("共通", UNBROKEN)
    tables.whole(shown.with_columns(checked, named, noted, kind), COLUMNS, empty="この条件の定めはありません。", alt="効いている定めの表。1行が1つの値")


def _checked(day: date | None) -> str:
    """The day on which somebody read the source; the value from memory says so instead."""
    return wording.short(day) if day else UNCHECKED


def _day(column: DeltaGenerator) -> date:
    """The chosen day. A text, because Streamlit's own date control takes a typed date only when the mouse goes elsewhere."""
    typed = column.text_input("効いている日（例 R8.10.30、2026/10/30）", value=wording.short(min(settings.today(), LAST)), key="grounds_day",
                              max_chars=20, autocomplete="off")
    day = wording.read_day(typed)
    if day is None or not FIRST <= day <= LAST:
        column.warning(f"{wording.short(FIRST)} から {wording.short(LAST)} までの日付を入れてください。今日の定めを示します。")
        return min(settings.today(), LAST)
    return day


def _municipal() -> None:
    found = municipal_criteria(min(settings.today(), LAST))
    every = found["criterion"].unique(maintain_order=True).to_list()
    chosen = st.selectbox("要件", [EVERYTHING, *every], key="municipal_criterion")
    st.caption("公表された要領の抜粋を、この市の一次審査の設定と並べる。設定を変えるときは、`law/screening.toml` の前の項目に to を書き、新しい項目を足す。"
               "要件にないものは人が見る。資料の所在は「定め」の分類「執行停止の一次審査」に。少額の基準は、どの要領にも見当たらない。")
    tables.show(found if chosen == EVERYTHING else found.filter(criterion=chosen), list(MUNICIPAL_WIDTHS), widths=MUNICIPAL_WIDTHS, key=f"municipal_{chosen}",
                empty="この要件の公表された定めはありません。", alt="公表された要領の要件と、この市の設定を並べた表")


def _examples() -> None:
    found = published_examples()
    agreed = found.filter(pl.col("published") == pl.col("computed")).height
    used, on_file = examples_used()
    st.markdown(f"市などが公表した計算例 **{found.height}件** のうち、ここでの計算と一致したもの **{agreed}件**。")
    st.caption(f"集めた資料 {on_file}行のうち {used}行を試験で確かめ、答えまで印刷されたものを下に示す。使わない {on_file - used}行は理由を「再現しないもの」に置く。")
    said = pl.Series("given", [wording.in_wareki(text) for text in found["given"]], dtype=pl.String)
    dates = [pl.Series(name, [wording.in_wareki(text) for text in found[name]], dtype=pl.String) for name in ("published", "computed")]
    tables.show(found.with_columns(said, *dates), list(EXAMPLE_WIDTHS), empty="計算例がありません。", key="examples",
                alt="公表された計算例と、ここでの計算の表", widths=EXAMPLE_WIDTHS, on_choose=lambda row: st.session_state.update({CHOSEN: found["source"][row]}))
    st.text(f"出典: {st.session_state.get(CHOSEN, '行を押すと、ここに出ます。')}")
    st.subheader("再現しないもの", anchor=False)
    tables.whole(not_reproduced(), LEFT_OUT, empty="ありません。", alt="再現しない例とその理由の表")

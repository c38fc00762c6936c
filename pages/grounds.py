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
from pages.parts import tables, wording
from pages.parts.heading import heading

FIRST, LAST = date(2000, 1, 1), date(2027, 12, 31)
EVERYTHING, UNCHECKED = "すべて", "条文未確認"
CHOSEN = "grounds_chosen"
VALUES_HEIGHT = 480  # so that the chosen row's whole text stands below it on the same screen
VALUE_WIDTHS = {"section": 100, "setting_name": 140, "setting_value": 300, "reference": 250, "since": 90, "last_checked": 90}
EXAMPLE_WIDTHS = {"rule": 110, "printed_by": 110, "given": 330, "published": 110, "computed": 110, "source": 210}
MUNICIPAL_WIDTHS = {"criterion": 185, "place_name": 125, "ground": 45, "municipal_text": 285, "own_setting": 150, "reference": 190}
LEFT_OUT_WIDTHS = {"file": 200, "part": 150, "cause": 620}


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
    when, what = st.columns(2)
    day = _day(when)
    found = parameters_on(day)
    section = what.selectbox("分類", [EVERYTHING, *found["section"].unique(maintain_order=True)], key="section", bind="query-params")
    shown = found if section == EVERYTHING else found.filter(pl.col("section") == section)
    valid = shown["since"].count()
    missing = f"（ほかに、この日の値がまだない定め {shown.height - valid:,}件）" if valid < shown.height else ""
    st.caption(f"{wording.wareki(day)}に効いている定め {valid:,}件{missing}。見本の市は、見ることのできた鳥取市の条例に倣い、ないものは共通の規定による。"
               "導入する市は自市の条例で確かめる。行を押すと、全文・科目・注記が下に出ます。")
    checked = pl.Series("last_checked", [_checked(day) for day in shown["last_checked"]], dtype=pl.String)
    tables.show(shown.with_columns(checked), list(VALUE_WIDTHS), empty="この分類の定めはありません。", alt="効いている定めの表。1行が1つの値", key="grounds_values", widths=VALUE_WIDTHS,
                most_height=VALUES_HEIGHT, on_choose=lambda row: st.session_state.update({CHOSEN: shown.row(row, named=True)}))
    if chosen := st.session_state.get(CHOSEN):
        _whole(chosen)


def _checked(day: date | None) -> str:
    """The day on which somebody read the source; the value from memory says so instead."""
    return wording.short(day) if day else UNCHECKED


def _day(column: DeltaGenerator) -> date:
    """The chosen day. A text, because Streamlit's own date control takes a typed date only when the mouse goes elsewhere."""
    typed = column.text_input("この日に効いている定め（例 R8.10.30、2026/10/30）", value=wording.short(min(settings.today(), LAST)), key="grounds_day",
                              max_chars=20, autocomplete="off", on_change=lambda: st.session_state.pop(CHOSEN, None))
    day = wording.read_day(typed)
    if day is None or not FIRST <= day <= LAST:
        column.warning(f"{wording.short(FIRST)} から {wording.short(LAST)} までの日付を入れてください。今日の定めを示します。")
        return min(settings.today(), LAST)
    return day


def _whole(row: dict) -> None:
    """One value with nothing cut off."""
    with st.container(border=True):
        st.markdown(f"**{row['section']}　{row['setting_name']}**")
        st.text(f"値: {row['setting_value']}\n根拠: {row['reference']}\nいつから: {wording.short(row['since'])}　科目: {row['levy_kind']}　"
                f"確かめた日: {_checked(row['last_checked'])}\n注記: {row['note'] or 'なし'}")


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
    tables.show(found.with_columns(said, *dates), list(EXAMPLE_WIDTHS), empty="計算例がありません。",
                alt="公表された計算例と、ここでの計算の表", widths=EXAMPLE_WIDTHS)
    st.subheader("再現しないもの", anchor=False)
    tables.show(not_reproduced(), ["file", "part", "cause"], empty="ありません。", alt="再現しない例とその理由の表", widths=LEFT_OUT_WIDTHS)

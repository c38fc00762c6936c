"""アドホック分析: a measure by one or two dimensions of the released layer, as a chart with its table; for analysts a SELECT over it."""

import polars as pl
import streamlit as st

from auth.access import User, decide
from data_access.analysis import UNIT, Layer, View, ViewInvalid, answer, as_plain, layer, passports
from data_access.metric import DISTRICT, TOGETHER, dimensions, measures
from pages.parts import analysis_choice, charts, tables, wording
from pages.parts.analysis_statement import statement_form
from pages.parts.export_part import export_part
from pages.parts.heading import heading

MOST_BARS = 40
PUT_TOGETHER = {TOGETHER, "ほかの地区"}
PASSPORT = ["metric_title", "definition", "includes", "excludes", "reference"]


def render(user: User) -> None:
    """One question of choices, its picture and its rows; and what they mean."""
    heading("アドホック分析", user)
    of = layer(user)
    st.caption(f"集計の日 **{wording.wareki_with_weekday(of.as_of)}**　10人以上にまとめた表。月に一度、前の月の終わりのデータから作り、「基準日」では変わらない。"
               + (f"　金額は{UNIT:,}円単位。" if of.is_rounded else ""))
    if not decide(user, "analysis.sql").allowed:
        _counted(user, of)
        return
    counted, written = st.tabs(["集計", "SELECT文"], key="analysis_tab", on_change="rerun")
    if counted.open:
        with counted:
            _counted(user, of)
    if written.open:
        with written:
            statement_form()


def _counted(user: User, of: Layer) -> None:
    if of.parts.is_empty():
        st.info("滞納者が10人に満たないか、前の月からの変化が10人に満たないため、示せる表がありません。", icon=":material/info:")
        return
    view, form = analysis_choice.chosen_view(of)
    try:
        _, found = answer(user, view)
    except ViewInvalid as invalid:
        st.warning(str(invalid), icon=":material/tune:")
        return
    with st.container(horizontal=True):
        analysis_choice.kept_views(user, view)
        export_part(user, "analysis", as_plain(view))
    _shown(view, found, form)
    with st.expander("定義と読み方", icon=":material/menu_book:"):
        st.markdown(f"- **{TOGETHER}・ほかの地区**　そのままでは10人に満たない人を合わせた行。ほかの行には数えていないので、行の値は市全体のその区分の値より小さいことがある。"
                    "\n- **合計**　どの組で見ても同じ。延滞金・今年度の納付額は、ある人だけの合計。\n- **共有**　この画面のアドレスに条件が入っている。開く人の権限で、同じ表を集計する。")
        tables.whole(passports(view), PASSPORT, empty="", alt="値と切り口の定義の表")


def _shown(view: View, found: pl.DataFrame, form: str) -> None:
    measure = measures()[view.measure]
    unit = "円" if measure.unit == "yen" else "人" if view.measure == "people" else "期"
    labels = ["district_name" if name == DISTRICT else name for name in view.dimensions]
    title = f"{'・'.join(dimensions()[name].title for name in view.dimensions)}ごとの{measure.title}"
    st.subheader(title, anchor=False)
    if found.is_empty():
        st.info("この条件の行はありません。絞り込みを変えてください。", icon=":material/info:")
        return
    total = f"合計 **{found[view.measure].sum():,}{unit}**"
    told = f"{title}。" + "、".join(f"{'・'.join(row[name] for name in labels)} {row[view.measure]:,}{unit}" for row in found.head(8).iter_rows(named=True)) + "。全ての値は右の表にある。"
    picture, rows = st.columns([3, 2] if len(labels) == 1 else [1, 1])
    with picture:
        if form == analysis_choice.LINE:
            _lines(view, found, labels, unit, told)
        else:
            shown = found.head(MOST_BARS)
            charts.counts(["　".join(row) for row in shown.select(labels).iter_rows()], shown[view.measure].to_list(), unit=unit, alt=told, key="analysis_bars",
                          muted=[at for at, row in enumerate(shown.select(labels).iter_rows()) if {*row} & PUT_TOGETHER])
    with rows:
        tables.show(found, found.columns, empty="", alt=f"{title}の表", key=f"analysis_{view.theme}_{'_'.join(view.dimensions)}_{view.measure}")
        st.caption(total)


def _lines(view: View, found: pl.DataFrame, labels: list[str], unit: str, told: str) -> None:
    """Along the first dimension in its order; one line per value of the second, the three largest. まとめ has no place on it."""
    placed = found.filter(~pl.any_horizontal(pl.col(name).is_in(PUT_TOGETHER) for name in labels))
    order = [value for value in dimensions()[view.dimensions[0]].values if value in set(placed[labels[0]])]
    if not order:
        st.info("順に並ぶ値がありません。図を棒にしてください。", icon=":material/info:")
        return
    named = placed.with_columns(line=pl.col(labels[1]) if len(labels) > 1 else pl.lit(measures()[view.measure].title))
    largest = named.group_by("line").agg(pl.col(view.measure).sum()).sort(view.measure, "line", descending=[True, False])["line"].head(3)
    series = {line: (own[labels[0]].to_list(), own[view.measure].to_list()) for line in largest for own in [named.filter(line=line)]}
    charts.lines(series, unit=unit, alt=told, key="analysis_lines", order=order)
    st.caption("まとめは順に並べられないので、線には入らない。表にある。" + ("線は大きい順に3本まで。" if len(labels) > 1 else ""))

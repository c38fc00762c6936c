"""アドホック分析: a measure by one or more dimensions, as a chart with its table: of the released parts, or for those who may see
each person of everybody; for analysts a SELECT over the parts."""

import polars as pl
import streamlit as st

from auth.access import User, decide
from data_access.analysis import (
    UNIT,
    Layer,
    View,
    ViewInvalid,
    answer,
    as_plain,
    layer,
    partial,
    passports,
    rest_named,
)
from data_access.analysis_metric import DISTRICT, TOGETHER, dimensions, groups, measures, themes
from pages.parts import analysis_choice, charts, filters, tables, wording
from pages.parts.analysis_statement import statement_form
from pages.parts.export_part import export_part
from pages.parts.heading import heading
from pages.parts.passport_part import passport_part
from pages.parts.saved_parts import kept_views

MOST_BARS = 40
PUT_TOGETHER = {TOGETHER, "ほかの地区"}
PASSPORT = ["metric_title", "definition", "includes", "excludes", "reference"]


def render(user: User) -> None:
    """One question of choices, its picture and its rows; and what they mean."""
    stands = heading("アドホック分析", user, "公開の表は、下の「集計の日」のもの" if decide(user, "analysis.read").allowed else "")
    if decide(user, "analysis.exact").allowed:
        with st.columns(3)[0]:
            source = filters.choice("もとの表", [analysis_choice.RELEASED, analysis_choice.EXACT], key="analysis_source")
        if source == analysis_choice.EXACT:
            _exact(user)
            return
    of = layer(user)
    is_first = of.as_of >= stands.as_of.replace(day=1)
    st.caption(f"集計の日 **{wording.wareki_with_weekday(of.as_of)}**　10人以上にまとめた公開の表。"
               + ("使い始めの月なので、最初のデータで作ったもの。次の月からは、月に一度、前の月の終わりのデータで作る。" if is_first else "月に一度、前の月の終わりのデータで作る。")
               + (f"金額は{UNIT:,}円単位。" if of.is_rounded else ""))
    if not decide(user, "analysis.sql").allowed:
        _released(user, of)
        return
    counted, written = st.tabs(["集計", "SELECT文"], key="analysis_tab", on_change="rerun")
    if counted.open:
        with counted:
            _released(user, of)
    if written.open:
        with written:
            statement_form(user)


def _exact(user: User) -> None:
    st.caption("基準日の滞納者の全員を、1人から数える。課の外に渡さない。書き出しと保存は「公開の表」だけ。")
    named, measure, form, found = analysis_choice.exact_choice(user)
    passport_part(user, "analysis_exact", found.asked, found.answer, key="analysis_exact")
    _shown(named, measure, found.rows, form)
    _meaning(measure, named)


def _released(user: User, of: Layer) -> None:
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
        kept_views(user, view)
        export_part(user, "analysis", as_plain(view))
        passport_part(user, "analysis", as_plain(view), found, key="analysis")
    name = partial(view, found)
    if name:
        _told_partial(view, name, found)
    _shown(list(view.dimensions), view.measure, found, form, is_partial=bool(name))
    _meaning(view.measure, view.dimensions)


def _told_partial(view: View, name: str, found: pl.DataFrame) -> None:
    """Before anybody reads a row as the whole of its value."""
    column = "district_name" if name == DISTRICT else name
    value, rest = (next((each for each in rest_named(found)[column] if (each in found[column]) == is_own), "") for is_own in (True, False))
    above = "・".join(dimensions()[each].title for each in themes()[view.theme].dimensions[:themes()[view.theme].dimensions.index(name)])
    st.info(f"{dimensions()[name].title}ごとの合計ではありません。{above}ごとに分けても十分な人数になる人だけを{dimensions()[name].title}に数え、残りは「{rest}」です。"
               f"{f'「{value}」などの' if value else ''}行どうしの大小を比べないでください。", icon=":material/data_alert:")


def _meaning(measure: str, named: list[str]) -> None:
    with st.expander("定義と読み方", icon=":material/menu_book:"):
        st.markdown(f"- **{TOGETHER}・ほかの地区**　公開の表で、そのままでは少なすぎる人を合わせた行。ほかの行には数えていないので、行の値は市全体のその区分の値より小さいことがある。"
                    "\n- **合計**　公開の表は、丸めなければどの組で見ても同じ。個人を見ない役割の金額は、行の元の区分ごとに千円に丸めて足すので、組によって数千円ちがう。延滞金・今年度の納付額は、ある人だけの合計。\n- **共有**　この画面のアドレスに条件が入っている。開く人の権限で集計する。"
                    "\n- **集計の日**　左の「基準日」では変わらない。使い始めの月は最初のデータ。")
        tables.whole(passports(measure, named), PASSPORT, empty="", alt="値と切り口の定義の表")


def _shown(named: list[str], value: str, found: pl.DataFrame, form: str, *, is_partial: bool = False) -> None:
    measure = measures()[value]
    unit = "円" if measure.unit == "yen" else "人" if value == "people" else "期"
    labels = ["district_name" if name == DISTRICT else name for name in named]
    title = f"{'・'.join(dimensions()[name].title for name in named)}ごとの{measure.title}"
    st.subheader(title, anchor=False)
    if found.is_empty():
        st.info("この条件の行はありません。絞り込みを変えてください。", icon=":material/info:")
        return
    eye = rest_named(found)
    told = f"{title}。" + "、".join(f"{'・'.join(row[name] for name in labels)} {row[value]:,}{unit}" for row in eye.head(8).iter_rows(named=True)) + "。全ての値は右の表にある。"
    picture, rows = st.columns([3, 2] if len(labels) == 1 else [1, 1])
    with picture:
        if form == analysis_choice.LINE:
            _lines(named[0], value, found, labels, unit, told, is_partial=is_partial)
        else:
            _bars(value, found, labels, unit, told)
    with rows:
        beside = [name for name in groups()[measure.group] if name != value]
        tables.show(eye, [*labels, value, *beside], empty="", alt=f"{title}の表",
                    key=f"analysis_{'_'.join(named)}_{value}")
        st.caption(f"合計 **{found[value].sum():,}{unit}**")


def _bars(value: str, found: pl.DataFrame, labels: list[str], unit: str, told: str) -> None:
    shown = found.head(MOST_BARS)
    names = list(shown.select(labels).iter_rows())
    charts.counts(["　".join(name) for name in rest_named(shown).select(labels).iter_rows()], shown[value].to_list(), unit=unit, alt=told, key="analysis_bars",
                  muted=[at for at, name in enumerate(names) if {*name} & PUT_TOGETHER])
    if found.height > MOST_BARS:
        st.caption(f"図は初めの{MOST_BARS}行。全ての{found.height:,}行は表にある。")


def _lines(first: str, value: str, found: pl.DataFrame, labels: list[str], unit: str, told: str, *, is_partial: bool) -> None:
    """Along the first dimension in its order; one line per value of the second, the three largest (of values that are not whole the first three: their sizes
    say nothing). まとめ has no place on it."""
    placed = found.filter(~pl.any_horizontal(pl.col(name).is_in(PUT_TOGETHER) for name in labels))
    order = [each for each in dimensions()[first].values if each in set(placed[labels[0]])]
    if not order:
        st.info("順に並ぶ値がありません。図を棒にしてください。", icon=":material/info:")
        return
    lines = placed.with_columns(line=pl.col(labels[1]) if len(labels) > 1 else pl.lit(measures()[value].title))
    largest = lines.group_by("line").agg(pl.col(value).sum()).sort(value, "line", descending=[True, False])["line"].head(3)
    if is_partial:
        largest = lines["line"].unique(maintain_order=True).head(3)
    series = {line: (own[labels[0]].to_list(), own[value].to_list()) for line in largest for own in [lines.filter(line=line)]}
    charts.lines(series, unit=unit, alt=told, key="analysis_lines", order=order)
    said = ["まとめは順に並べられないので、線には入らない。表にある。"] * (placed.height < found.height) + ["線は初めの3本まで。" if is_partial else "線は大きい順に3本まで。"] * (len(labels) > 1)
    if said:
        st.caption("".join(said))

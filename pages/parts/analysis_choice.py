"""What an ad-hoc analysis asks, as controls: every value is one of a list and lives in the URL, so that the address is the view."""

from collections.abc import Callable

import streamlit as st

from audit.log import AuditUnavailable
from auth.access import NotAllowed, User, decide
from auth.current import current_user
from data_access import saved_analysis
from data_access.analysis import Layer, View, values_of
from data_access.analysis_exact import Exact, exact
from data_access.analysis_metric import Theme, dimensions, measures, themes
from pages.parts import draft, filters

FORM = "saved_analysis"
NONE, ALL = "なし", "すべて"
RELEASED, EXACT = "公開の表（10人以上）", "いまの全員（課内だけ）"
BARS, LINE = "棒", "線"


def chosen_view(of: Layer) -> tuple[View, str]:
    """The controls; the view they ask, and BARS or LINE."""
    first, second, third, fourth, fifth = st.columns(5)
    with first:
        theme = themes()[filters.choice("切り口の組", list(themes()), key="analysis_theme", format_func=lambda name: themes()[name].title)]
    with second:
        rows = filters.choice("切り口", list(theme.dimensions), key=f"analysis_rows_{theme.id}", format_func=_title)
    others = [name for name in theme.dimensions if name != rows]
    with third:
        inner = filters.choice("重ねる切り口", [NONE, *others], key=f"analysis_inner_{theme.id}", format_func=_title)
    with fourth:
        measure = filters.choice("値", list(measures()), key="analysis_measure", format_func=lambda name: measures()[name].title)
    with fifth:
        form = filters.choice("図", [BARS, LINE] if dimensions()[rows].is_ordered else [BARS], key="analysis_form")
    return View(theme.id, (rows, *([inner] if inner != NONE else [])), measure, _chosen(of, theme)), form


def _chosen(of: Layer, theme: Theme) -> dict[str, tuple[str, ...]]:
    """Of which values: all, or one of each dimension of the theme."""
    found = {}
    for column, name in zip(st.columns(5), theme.dimensions, strict=False):
        values = values_of(of, theme.id, name)
        with column:
            value = filters.choice(f"{_title(name)}で絞る", [ALL, *values], key=f"analysis_only_{name}", format_func=lambda value, values=values: values.get(value, value))
        if value != ALL:
            found[name] = (value,)
    return found


def exact_choice(user: User) -> tuple[list[str], str, str, Exact]:
    """The controls over everybody: up to three dimensions, the measure, BARS or LINE, and the rows."""
    every, named = list(dimensions()), []
    for label, column, place in zip(("切り口", "重ねる切り口", "さらに重ねる切り口"), st.columns(5)[:3], ("first", "second", "third"), strict=True):
        with column:
            left = [name for name in ["case_stage", *every] if name not in named]
            chosen = filters.choice(label, list(dict.fromkeys(left)) if not named else [NONE, *dict.fromkeys(left)], key=f"analysis_exact_{place}", format_func=_title)
        if chosen == NONE:
            break
        named.append(chosen)
    first, second, third, fourth = st.columns([1, 1, 1, 2])
    with first:
        measure = filters.choice("値", list(measures()), key="analysis_measure", format_func=lambda name: measures()[name].title)
    with second:
        form = filters.choice("図", [BARS, LINE] if dimensions()[named[0]].is_ordered and len(named) < 3 else [BARS], key="analysis_form")
    with third:
        only = filters.choice("絞る切り口", [NONE, *(name for name in every if dimensions()[name].values)], key="analysis_exact_only", format_func=_title)
    value = None
    if only != NONE:
        with fourth:
            value = filters.choice(f"{_title(only)}の値", list(dimensions()[only].values), key=f"analysis_exact_value_{only}")
    return named, measure, form, exact(user, named, None if only == NONE else only, value)


def _title(name: str) -> str:
    return dimensions()[name].title if name in dimensions() else name


def kept_views(user: User, view: View) -> None:
    """The section's kept views to open, and the field to keep this one."""
    outcome, text = draft.said(FORM)
    kept = saved_analysis.kept(user)
    with st.popover("保存した分析", icon=":material/bookmark:"):
        for each in kept:
            left, right = st.columns([5, 1], vertical_alignment="center")
            left.button(_plain(each.title), key=f"open_{each.id}", type="tertiary", icon=":material/open_in_new:", on_click=_open, args=(each.view,))
            if decide(user, "analysis.save").allowed:
                right.button("消す", key=f"remove_{each.id}", type="tertiary", on_click=_remove, args=(each.id,))
        if not kept:
            st.caption("保存した分析はまだありません。")
        if decide(user, "analysis.save").allowed:
            with st.form("save_analysis", border=False, enter_to_submit=False):
                st.text_input("いまの条件に名前を付けて保存する", max_chars=saved_analysis.LONGEST, key="analysis_title", autocomplete="off",
                              placeholder="人の氏名は書かない")
                st.form_submit_button("保存する", icon=":material/save:", on_click=_save, args=(view,))
            st.caption("課のみんなが開けます。保存されるのは条件だけで、開くたびにそのときの表で集計します。")
    if outcome:
        getattr(st, outcome)(text)


def _open(view: View) -> None:
    state = st.session_state
    for key in [key for key in state if str(key).startswith("analysis_only_")]:
        state[key] = ALL
    state["analysis_theme"], state["analysis_measure"] = view.theme, view.measure
    state[f"analysis_rows_{view.theme}"] = view.dimensions[0]
    state[f"analysis_inner_{view.theme}"] = view.dimensions[1] if len(view.dimensions) > 1 else NONE
    state.update({f"analysis_only_{name}": values[0] for name, values in view.chosen.items() if values})


def _save(view: View) -> None:
    _attempt(lambda user: saved_analysis.save(user, st.session_state["analysis_title"], view), "保存しました。")


def _remove(saved_id: str) -> None:
    _attempt(lambda user: saved_analysis.remove(user, saved_id), "保存した分析を消しました。")


def _attempt(command: Callable[[User], object], told: str) -> None:
    user = current_user()  # as of this click
    if user is None:
        return
    try:
        command(user)
    except (saved_analysis.SaveRefused, NotAllowed, AuditUnavailable) as refused:
        draft.say(FORM, "error", str(refused))
    else:
        draft.say(FORM, "success", told)


def _plain(title: str) -> str:
    """As written: no sign of Markdown in it is obeyed."""
    return "".join(f"\\{letter}" if letter in r"\`*_[]{}#<>|~$:!" else letter for letter in title)

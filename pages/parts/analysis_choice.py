"""What an ad-hoc analysis asks, as controls: every value is one of a list and lives in the URL, so that the address is the view."""

import streamlit as st

from auth.access import User
from data_access.analysis import Layer, View, values_of
from data_access.analysis_exact import Exact, exact
from data_access.analysis_metric import Theme, dimensions, measures, themes
from pages.parts import filters

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


def show_view(view: View) -> None:
    """Set the controls to `view`, before they are drawn."""
    state = st.session_state
    for key in [key for key in state if str(key).startswith("analysis_only_")]:
        state[key] = ALL
    state["analysis_theme"], state["analysis_measure"] = view.theme, view.measure
    state[f"analysis_rows_{view.theme}"] = view.dimensions[0]
    state[f"analysis_inner_{view.theme}"] = view.dimensions[1] if len(view.dimensions) > 1 else NONE
    state.update({f"analysis_only_{name}": values[0] for name, values in view.chosen.items() if values})

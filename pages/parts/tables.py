"""Tables: labels and units come from the contract, so a column is called and written the same everywhere."""

from collections.abc import Callable

import polars as pl
import streamlit as st

from data_access.contract import labels
from pages.parts import wording

ROW_HEIGHT = 36
MOST_HEIGHT = 640
WIDTHS = {"reason": 380, "body": 380, "sentence": 520, "why": 520}
AS_TEXT = {"date": wording.short, "month": wording.short_month, "point": wording.point, "percent": wording.percent,
           "year": wording.fiscal, "time": wording.clock, "area": wording.square_metres}


def _ready(frame: pl.DataFrame) -> pl.DataFrame:
    """Dates, rates and years as the office writes them; yen stay numbers, so that they align and sort."""
    known = labels()
    made = [
        pl.Series(name, [None if value is None else AS_TEXT[known[name].unit](value) for value in frame[name]], dtype=pl.String)
        for name in frame.columns if name in known and known[name].unit in AS_TEXT
    ]
    return frame.with_columns(made)


def _columns(frame: pl.DataFrame) -> dict:
    found = {}
    for name in frame.columns:
        label = labels()[name]
        if label.unit == "yen":
            found[name] = st.column_config.NumberColumn(f"{label.text}（円）", format="localized")
        elif label.unit == "count":
            found[name] = st.column_config.NumberColumn(label.text, format="localized")
        else:
            right = label.unit in ("percent", "point", "area")
            found[name] = st.column_config.TextColumn(label.text, alignment="right" if right else None, width=WIDTHS.get(name))
    return found


def show(frame: pl.DataFrame, columns: list[str], *, empty: str, alt: str, key: str | None = None,
         on_choose: Callable[[int], None] | None = None) -> None:
    """Show `columns` of `frame`, or the sentence `empty`. `on_choose` gets the number of the row that was clicked."""
    if frame.is_empty():
        st.info(empty, icon=":material/info:")
        return
    shown = frame.select(columns)
    height = min(MOST_HEIGHT, ROW_HEIGHT * (shown.height + 1) + 3)
    options = dict(hide_index=True, column_config=_columns(shown), height=height, row_height=ROW_HEIGHT, alt=alt, key=key, placeholder="—")
    if on_choose is None:
        st.dataframe(_ready(shown), **options)
        return

    def chosen() -> None:
        cells = st.session_state[key].selection.cells
        if cells:
            on_choose(cells[0][0])

    st.dataframe(_ready(shown), **options, on_select=chosen, selection_mode="single-cell")

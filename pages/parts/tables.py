"""Tables: labels and units come from the contract, so a column is called and written the same everywhere."""

from collections.abc import Callable

import polars as pl
import streamlit as st

from data_access.contract import labels
from pages.parts import wording

ROW_HEIGHT = 36
MOST_HEIGHT = 640
LINE_HEIGHT, MOST_LINES = 21, 4  # of a table whose long texts wrap
WRAPS_FROM = 66  # a lower row does not wrap in Streamlit's grid; three lines fit
LETTER, NARROW, PADDING = 14, 8, 18  # a Japanese letter, a Latin one, and the space beside a cell's text, in pixels
FEW_ROWS = 10
MARKDOWN_SIGN = r"[\\`*_\[\]#|<>~$]"
WIDTHS = {"name": 120, "plan_state": 74, "reason": 370, "body": 380, "sentence": 520}
AS_TEXT = {"date": wording.short, "month": wording.short_month, "point": wording.point, "percent": wording.percent,
           "year": wording.fiscal, "time": wording.clock, "area": wording.square_metres, "installment": wording.installment}


def _ready(frame: pl.DataFrame) -> pl.DataFrame:
    """Dates, rates and years as the office writes them; yen stay numbers, so that they align and sort."""
    known = labels()
    made = [
        pl.Series(name, [None if value is None else AS_TEXT[known[name].unit](value) for value in frame[name]], dtype=pl.String)
        for name in frame.columns if name in known and known[name].unit in AS_TEXT
    ]
    return frame.with_columns(made)


def short_places(frame: pl.DataFrame) -> pl.DataFrame:
    """第5地区（津ノ井・若葉台） → 第5地区, where a dense table has no room; the choice of 地区 above it has both."""
    return frame.with_columns(pl.col("district_name").str.replace("（.*$", ""))


def _row_height(frame: pl.DataFrame, widths: dict[str, int]) -> int:
    """High enough for the longest text among the columns of `widths`, every row alike; at most MOST_LINES lines."""
    lines = [-(-_pixels(text) // (width - PADDING)) for name, width in widths.items() if name in frame.columns and frame[name].dtype == pl.String
             for text in frame[name] if text]
    needed = min(MOST_LINES, max(lines, default=1))
    return ROW_HEIGHT if needed == 1 else max(WRAPS_FROM, LINE_HEIGHT * needed)


def _pixels(text: str) -> int:
    return sum(NARROW if letter.isascii() else LETTER for letter in text)


def _columns(frame: pl.DataFrame, widths: dict[str, int], *, is_unit_said: bool) -> dict:
    found = {}
    for name in frame.columns:
        label = labels()[name]
        if label.unit == "yen":
            found[name] = st.column_config.NumberColumn(label.text if is_unit_said else f"{label.text}（円）", format="localized", width=widths.get(name), help=label.help)
        elif label.unit == "count":
            found[name] = st.column_config.NumberColumn(label.text, format="localized", width=widths.get(name))
        else:
            right = label.unit in ("percent", "point", "area")
            found[name] = st.column_config.TextColumn(label.text, alignment="right" if right else None, width=widths.get(name), help=label.help)
    return found


def whole(frame: pl.DataFrame, columns: list[str], *, empty: str, alt: str) -> None:
    """The same for long texts that are read, not chosen: every row as high as it needs, nothing cut. No person's text (Markdown)."""
    if frame.is_empty():
        st.info(empty, icon=":material/info:")
        return
    ready = _ready(frame.select(columns)).with_columns(pl.col(pl.String).str.replace_all(MARKDOWN_SIGN, r"\${0}").fill_null("—"))
    st.table(ready.rename({name: labels()[name].text for name in columns}), height=MOST_HEIGHT if ready.height > FEW_ROWS else "content",
             hide_index=True, border="horizontal", alt=alt)


def show(frame: pl.DataFrame, columns: list[str], *, empty: str, alt: str, key: str | None = None,
         on_choose: Callable[[int], None] | None = None, widths: dict[str, int] | None = None, most_height: int = MOST_HEIGHT, is_unit_said: bool = False) -> None:
    """Show `columns` of `frame`, or the sentence `empty`. `on_choose` gets the number of the row that was clicked.

    With `widths` (pixels by column) long texts wrap instead of being cut; they fit beside each other at 1,280 pixels (820; 787 in a frame), but for
    the last. `is_unit_said`: the page itself says that amounts are in yen, so no head of a column does."""
    if frame.is_empty():
        st.info(empty, icon=":material/info:")
        return
    shown = frame.select(columns)
    row_height = _row_height(shown, widths or {})
    height = min(most_height, row_height * shown.height + ROW_HEIGHT + 3)
    options = dict(hide_index=True, column_config=_columns(shown, widths or WIDTHS, is_unit_said=is_unit_said), height=height, row_height=row_height, alt=alt, key=key, placeholder="—")
    if on_choose is None:
        st.dataframe(_ready(shown), **options)
        return

    def chosen() -> None:
        cells = st.session_state[key].selection.cells
        if cells:
            on_choose(cells[0][0])

    st.dataframe(_ready(shown), **options, on_select=chosen, selection_mode="single-cell")

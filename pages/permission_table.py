"""権限表: who may do what, as permissions.toml says and the code enforces. For the review, on screen and on paper."""

import polars as pl
import streamlit as st

from auth.access import User, permissions
from auth.permission_table import rows
from pages.parts.heading import heading
from pages.parts.wording import wareki

TOLD = {
    "範囲": "だれの情報を見られるか",
    "操作": "できる操作（○＝できる、—＝できない）",
    "項目": "項目の見え方（表示・伏字・なし）",
    "一時解除": "一時解除で見られる項目（理由を記録して見るか、ほかの人の承認を受けて見る）",
}


def render(user: User) -> None:
    """The table in four parts, with the day of its last review."""
    heading("権限表", user, f"最後の見直し {wareki(permissions().reviewed_on)}。ここにない操作は、だれにも許されません")
    for kind, told in TOLD.items():
        st.subheader(told, anchor=False)
        part = pl.DataFrame([row for row in rows() if row["区分"] == kind]).drop("区分", "識別子")
        st.dataframe(part, hide_index=True, height="content", column_config=_widths(part.columns))


def _widths(columns: list[str]) -> dict:
    """Every role's title readable without scrolling on a screen of 1280 pixels."""
    return {name: st.column_config.TextColumn(width=226 if name == "内容" else max(56, 14 * len(name) + 18)) for name in columns}

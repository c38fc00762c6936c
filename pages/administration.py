"""復元と論理消去: what changes everybody's data is proposed by one person, approved by another, and carried out by a command."""

import streamlit as st

from auth.access import User
from data_access import erasure_preview
from pages.parts.heading import heading
from pages.parts.levy_erasure_part import levy_erasure_part
from pages.parts.rollback_part import rollback_part


def render(user: User) -> None:
    """復元 first: it is wanted in a hurry; 論理消去 once a year."""
    stands = heading("復元と論理消去", user, "提案と承認は別の人")
    if not stands.is_newest:
        st.caption("前の基準日を表示している間は、提案も承認もできません。")
        return
    rollback_part(user, stands)
    st.divider()
    levy_erasure_part(user, erasure_preview.preview(user), erasure_preview.erased(user))

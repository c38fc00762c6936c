"""本人の再確認: the way to the page that asks for password and second factor again; neither passes through Streamlit."""

import streamlit as st

from auth.current import is_code_asked, is_confirmed
from auth.step_up import PAGE


def confirm_first(key: str) -> bool:
    """True within five minutes of a confirmation; else draw the way to it. `key`: of the button, once a page."""
    if is_confirmed():
        return True
    st.link_button("本人の再確認", PAGE, icon=":material/verified_user:")
    st.button("確かめました", key=key, icon=":material/refresh:")
    st.caption(f"開いたタブで{'パスワードと認証コード' if is_code_asked() else 'パスワード'}を確かめ、ここに戻って「確かめました」を押します。5分間有効です。")
    return False

"""The script Streamlit runs: who is this, which pages may they see, run one."""

import streamlit as st

from auth.current import current_user
from pages.parts.door import forget, shown_pages
from pages.parts.heading import account

st.set_page_config(page_title="国民健康保険料 滞納管理", page_icon=":material/account_balance:", layout="wide")

user = current_user()
if user is None:
    forget()
    st.info("サインインの有効時間が過ぎました。再読み込みして、もう一度サインインしてください。")
else:
    chosen = st.navigation(shown_pages(user), expanded=True)
    account(user)
    chosen.run()

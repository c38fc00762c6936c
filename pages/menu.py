"""The script Streamlit runs: who is this, which pages may they see, run one."""

import streamlit as st

from auth.access import UNTRAINED
from auth.current import current_user
from pages.parts import as_of
from pages.parts.door import forget, shown_pages, typed_page
from pages.parts.heading import account

# An icon of our own, inside the page: a Material icon here would have the browser ask fonts.gstatic.com for it.
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16'"
    " rx='3' fill='%230017C1'/%3E%3Cpath d='M4 5h8M4 8h8M4 11h5' stroke='white' stroke-width='1.5'/%3E%3C/svg%3E"
)
SIDEBAR = 240  # as wide as its longest name: at 1,280 pixels the tables of figures fit beside it, nothing cut
st.set_page_config(page_title="国民健康保険料 滞納管理", page_icon=ICON, layout="wide", initial_sidebar_state=SIDEBAR)

user = current_user()
if user is None:
    forget()
    st.info("サインインの有効時間が過ぎました。再読み込みして、もう一度サインインしてください。")
else:
    chosen = st.navigation(shown_pages(user) | typed_page(user), expanded=True)
    as_of.selector(user)
    account(user)
    if not user.is_trained:
        st.warning(UNTRAINED, icon=":material/school:")
    chosen.run()

"""Says who is here, and draws one of each thing the Content-Security-Policy could break."""

import secrets

import altair
import pandas
import plotly.graph_objects
import streamlit as st

from auth.current import current_user, sign_out


@st.cache_data
def kept() -> str:
    return secrets.token_hex(8)


user = current_user()
if user is None:
    st.stop()
st.text(f"利用者 {user.display_name} {user.role} {','.join(user.districts)}")
st.text(f"クッキー {sorted(st.context.cookies)}")
st.text(f"参照 {st.user.sid}")
st.text(f"保持 {kept()}")
st.button("サインアウト", on_click=sign_out)
if st.query_params.get("fail"):
    raise RuntimeError("宛名番号 1234567 の人")
if st.query_params.get("draw"):
    frame = pandas.DataFrame({"期": [1, 2, 3], "円": [10, 20, 30]})
    st.dataframe(frame)
    st.plotly_chart(plotly.graph_objects.Figure(plotly.graph_objects.Bar(x=[1, 2], y=[3, 4])))
    st.altair_chart(altair.Chart(frame).mark_bar().encode(x="期:O", y="円:Q"))
    st.text("描画おわり")

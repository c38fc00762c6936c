"""A page with one line: what a click costs before any work is done."""

import streamlit as st

st.text("空")

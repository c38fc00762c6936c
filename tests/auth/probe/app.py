"""The real Gate before a main script of the tests' own."""

import streamlit as st
from starlette.middleware import Middleware

import store
from auth.gate import ROUTES, Gate

store.create_tables()
app = st.App("script.py", routes=ROUTES, middleware=[Middleware(Gate)])

"""The real Gate, routes, error handler and housekeeping before a main script of the tests' own."""

import streamlit as st
from starlette.middleware import Middleware

import app as console
from auth.gate import ROUTES, Gate

app = st.App(
    "script.py",
    routes=ROUTES,
    middleware=[Middleware(Gate)],
    on_script_error=console._on_script_error,
    lifespan=console._tidy,
)

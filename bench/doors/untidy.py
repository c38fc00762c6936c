"""The console without its own housekeeping: nothing frozen, garbage collected as Streamlit does by default."""

import streamlit as st
from starlette.middleware import Middleware

import app as console
from auth.gate import ROUTES, Gate
from settings import ROOT

app = st.App(str(ROOT / "pages/menu.py"), routes=ROUTES, middleware=[Middleware(Gate)], on_script_error=console._on_script_error)

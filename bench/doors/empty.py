"""The real Gate and housekeeping before a page that shows nothing."""

import streamlit as st
from starlette.middleware import Middleware

import app as console
from auth.gate import ROUTES, Gate

app = st.App("empty_page.py", routes=ROUTES, middleware=[Middleware(Gate)], lifespan=console._tidy)

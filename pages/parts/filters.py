"""Filters shared by pages. Their values live in the URL; none of them can name a person."""

import streamlit as st

from auth.access import User, decide
from data_access.query import ask


def district(user: User, everywhere: str = "すべての地区") -> str | None:
    """The chosen 地区コード among the reader's own; None = `everywhere`."""
    if not decide(user, "worklist.read").allowed:
        return None
    found = ask(user, "districts")
    names = dict(zip(found["district_code"], found["district_name"], strict=True))
    chosen = st.selectbox("地区", [everywhere, *names], format_func=lambda code: names.get(code, code), key="district", bind="query-params")
    return chosen if chosen in names else None


def page_number(key: str, total: int, size: int) -> int:
    """The chosen page of a list of `total` rows, from 0; the control shows itself only when it is needed."""
    pages = max(1, -(-total // size))
    if pages == 1:
        return 0
    return st.pagination(pages, key=key, default=1) - 1

"""Filters shared by pages. Their values live in the URL; none of them can name a person."""

from collections.abc import Callable

import streamlit as st

from auth.access import User, decide, scope
from data_access.query import ask
from pages.parts import as_of


def district(user: User, everywhere: str = "", *, label: str = "地区", key: str = "district") -> str | None:
    """The chosen 地区コード among the reader's own; None = `everywhere`, all that are the reader's unless said otherwise. A page that asks twice
    gives the second a `key` of its own."""
    if not decide(user, "worklist.read").allowed:
        return None
    found = ask(user, "districts")
    names = dict(zip(found["district_code"], found["district_name"], strict=True))
    everywhere = everywhere or ("自分の地区すべて" if scope(user) == "own" else "すべての地区")
    chosen = choice(label, [everywhere, *names], key=key, format_func=lambda code: names.get(code, code))
    return chosen if chosen in names else None


def whose(user: User, chosen: str | None) -> str:
    """Of whom a figure or a list of persons is, beside 市計: in brackets after its title."""
    if chosen:
        return "選んだ地区"
    return "自分の地区" if scope(user) == "own" else "市全域"


def choice(label: str, options: list[str], *, key: str, format_func: Callable[[str], str] = str) -> str:
    """A select box whose value lives in the URL; the first option is the usual one and stays out of it.

    Not Streamlit's bind="query-params": a bound value is lost on the way to a case and back."""
    in_url = st.query_params.get(key)
    if st.session_state.get(key, options[0]) not in options:
        del st.session_state[key]
    chosen = st.selectbox(label, options, index=options.index(in_url) if in_url in options else 0, key=key, format_func=format_func)
    if chosen == options[0]:
        st.query_params.pop(key, None)
    elif chosen != in_url:
        st.query_params[key] = chosen
    return chosen


def page_number(key: str, total: int, size: int) -> int:
    """The chosen page of a list of `total` rows, from 0; the control shows itself only when it is needed."""
    pages = max(1, -(-total // size))
    if pages == 1:
        return 0
    if st.session_state.get(key, 1) > pages:  # a narrower filter has made the list shorter
        st.session_state[key] = pages
    return st.pagination(pages, key=key) - 1


def bring_back(*keys: str) -> None:
    """Before a list's filters are drawn: whoever returns to it finds it as it was left, unless the URL says otherwise.

    The first key is a control that Streamlit forgets while another page is open."""
    left = st.session_state.get(f"left_{keys[0]}")
    if left and keys[0] not in st.session_state and not set(st.query_params) - {as_of.IN_URL}:
        st.session_state.update(left)


def leave(*keys: str) -> None:
    """After the list is drawn: remember its filters for bring_back."""
    st.session_state[f"left_{keys[0]}"] = {key: st.session_state[key] for key in keys if key in st.session_state}

"""A list a page at a time: asked for, turned, and with the passport of its figures, the same way everywhere."""

from dataclasses import dataclass

import polars as pl
import streamlit as st

from auth.access import User
from data_access.query import ask
from pages.parts import filters
from pages.parts.passport_part import passport_part


@dataclass(frozen=True)
class Page:
    """The `rows` of one page of the list that `question` answers; `asked` with what, `key` holds the number of the page."""

    question: str
    asked: dict[str, object]
    rows: pl.DataFrame
    key: str

    @property
    def number(self) -> int:
        """Of this page, from 0."""
        return self.asked["skipped"] // self.asked["page_size"]

    @property
    def total(self) -> int:
        """The rows of the whole list."""
        return self.rows["total_count"][0] if self.rows.height else 0


def paged(user: User, question: str, key: str, size: int, **choices: object) -> Page:
    """The chosen page of the list; the first when that one is empty, since other filters make another list. Raises as `ask`."""
    number = st.session_state.get(key, 1) - 1
    for place in {number: None, 0: None}:
        asked = {**choices, "page_size": size, "skipped": place * size}
        rows = ask(user, question, **asked)
        if rows.height:
            break
    return Page(question, asked, rows, key)


def foot(user: User, page: Page) -> None:
    """Below its table: the control that turns it, when it has more than one page, and what its figures are."""
    filters.page_number(page.key, page.total, page.asked["page_size"])
    if page.rows.height:
        passport_part(user, page.question, page.asked, page.rows, key=page.key)

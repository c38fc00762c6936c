"""A page whose data or store fails shows a number and nothing of the error: no row, SQL, path or kind. The log says where.

B10 of the attack cases, on every page behind the handler that app.py gives to Streamlit."""

import logging
import re
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import local_script_runner

import store
from data_access import question
from data_access.query import reference_of
from pages import REGISTER
from sample_city.stories import FIRST
from tests import staff
from tests.pages.screen import Screen

ROW, SQL, PATH = "青島　和江 090-9753-1864", "select phone from source.contact", "/srv/console/restricted/contact.parquet"
ROOT = str(Path(__file__).parents[2])
TOLD = re.compile("表示できませんでした。もう一度試し、続くときは番号 ([0-9a-f]{8}) をシステム管理者に伝えてください。")
# What a page asks beside the questions of queries/, by page.
SOURCES = {
    "feeds": "data_access.feed_status.board", "administration": "data_access.erasure_preview.preview", "disclosures": "auth.reveal.recent",
    "adhoc_analysis": "data_access.analysis.newest", "audit": "audit.review.findings", "care_inquiry": "data_access.care_inquiry.inquiries", "grounds": "pages.grounds.parameters_on", "permission_table": "pages.permission_table.rows", "trials": "casework.trial.every",
}  # fmt: skip


@pytest.fixture
def as_served(city, monkeypatch):
    """AppTest with the handler of app.py."""
    import app  # here, because it needs the city's keys

    start = local_script_runner.LocalScriptRunner.__init__

    def started(self, *arguments, **named):
        start(self, *arguments, **named)
        self._on_script_error = app._on_script_error

    monkeypatch.setattr(local_script_runner.LocalScriptRunner, "__init__", started)


def broken(*_, **__):
    raise duckdb.BinderException(f"Binder Error: {ROW} in {SQL} of {PATH}")


def all_but_the_districts(name: str):
    """The filter is drawn; what the page is about fails."""
    return question.question(name) if name == "districts" else broken()


def lost():
    raise sa.exc.OperationalError(SQL, {"name": ROW}, OSError(PATH))


def shown(module: str, city: Path) -> Screen:
    screen = Screen(staff.MANAGER, module, case_ref=reference_of(str(FIRST + 40))).run()
    of_the_error = (ROW, "9753", SQL, "source.contact", PATH, ROOT, str(city), ".py", "Binder", "Operational", "sqlalche", "Traceback")
    assert not [text for text in of_the_error if text in screen.words()]
    return screen


@pytest.mark.parametrize("module", [entry.module for entry in REGISTER])
def test_an_error_reveals_nothing(as_served, city, monkeypatch, caplog, module):
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR, "console"):
        patch.setattr(SOURCES.get(module, "data_access.query.question"), broken if module in SOURCES else all_but_the_districts)
        screen = shown(module, city)
    (error,) = [error.value for error in screen.at.error]
    assert f"番号={TOLD.fullmatch(error)[1]} 種類=BinderException 場所=" in caplog.text
    assert ROW not in caplog.text
    assert SQL not in caplog.text
    with monkeypatch.context() as patch:
        patch.setattr(store, "engine", lost)
        shown(module, city)

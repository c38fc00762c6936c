"""Importing a page does nothing: no element drawn, no question asked, no day or store looked at."""

import subprocess
import sys

import pytest

from tests.house.tree import ROOT, product

SCRIPT = "pages.menu"  # the one file that Streamlit runs from top to bottom
MODULES = [source.module for source in product() if source.package == "pages" and source.module != SCRIPT]
# Streamlit is imported once; every page is then imported in a process of its own, where whatever could act tells of itself.
WATCHER = """
import inspect, os, sys
from importlib import import_module
import streamlit as st
import settings, store
from audit import log
from auth import current
from casework import negotiation_note
from data_access import query
from streamlit.delta_generator import DeltaGenerator

def told(name):
    def tell(*_positional, **_named):
        print(module, "calls", name, flush=True)
    return tell

for owner in (st, DeltaGenerator, settings, query, current, log, negotiation_note, store):
    for name, member in list(vars(owner).items()):
        if inspect.isfunction(member) or inspect.ismethod(member):
            if not name.startswith("__"):
                setattr(owner, name, told(f"{owner.__name__}.{name}"))
for module in sys.argv[1:]:
    child = os.fork()
    if not child:
        import_module(module)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print(module, "cannot be imported", flush=True)
"""


def awake(modules: list[str], folder=ROOT) -> list[str]:
    """What the modules did while they were imported."""
    done = subprocess.run(
        [sys.executable, "-c", WATCHER, *modules], cwd=folder, env={"PYTHONPATH": f"{folder}:{ROOT}", "PATH": ""},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()


def test_importing_any_page_draws_asks_and_reads_nothing():
    assert len(MODULES) >= 14, MODULES
    assert awake(MODULES) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("st.title('x')", "streamlit.title"),
        ("st.columns(2)", "streamlit.columns"),
        ("st.sidebar.text('x')", "DeltaGenerator._enqueue"),
        ("query.ask(None, 'districts')", "data_access.query.ask"),
        ("settings.today()", "settings.today"),
    ],
)
def test_the_watcher_sees_a_page_that_is_awake(tmp_path, line, said):
    (tmp_path / "early.py").write_text(f"import streamlit as st\nimport settings\nfrom data_access import query\n{line}\n", "utf-8")
    assert f"early calls {said}" in awake(["early"], tmp_path)

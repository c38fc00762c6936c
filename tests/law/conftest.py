"""A copy of the law to break or to amend, for one test."""

import shutil

import pytest

from law import files, references


@pytest.fixture
def law_folder(monkeypatch, tmp_path):
    """The folder the law is read from while the test runs."""
    for path in files.FOLDER.glob("*.toml"):
        shutil.copy(path, tmp_path)
    for module in (files, references):
        monkeypatch.setattr(module, "FOLDER", tmp_path)
    forget()
    yield tmp_path
    monkeypatch.undo()
    forget()


def forget():
    files.settings_in.cache_clear()
    references.labels.cache_clear()

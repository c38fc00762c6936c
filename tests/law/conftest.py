"""A copy of the law to break or to amend, for one test."""

import shutil
import sys

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


@pytest.fixture
def changed(law_folder):
    """The law with one change in one file."""

    def change(file_name, old, new):
        text = (law_folder / file_name).read_text(encoding="utf-8")
        assert old in text
        (law_folder / file_name).write_text(text.replace(old, new, 1), encoding="utf-8")
        forget()

    return change


def forget():
    """Every answer that the law's modules keep."""
    for name, module in list(sys.modules.items()):
        if name.startswith("law."):
            for cached in vars(module).values():
                if hasattr(cached, "cache_clear"):
                    cached.cache_clear()

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
def amend(law_folder):
    """Replace texts, (old, new) each, once in one file of that folder."""

    def change(file_name, *changes):
        path = law_folder / file_name
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        forget()

    return change


def forget():
    """Every answer that the law's modules keep."""
    for name, module in list(sys.modules.items()):
        if name.startswith("law."):
            for cached in vars(module).values():
                if hasattr(cached, "cache_clear"):
                    cached.cache_clear()

"""What the papers tell people to run exists, every command is told of, and the ready crontab runs them in the order that works."""

import importlib.util
import re
from pathlib import Path

from tests.house.tree import ROOT, texts

COMMAND = re.compile(r"python -m ([a-z_]+(?:\.[a-z_]+)*)")
PAPERS = ("README.md", "docs/operation.md")
PRODUCT = ("audit/", "auth/", "data_access/")
IS_RUN = '__name__ == "__main__"'
NIGHT = ["data_access.intake", "data_access.outbound", "auth.staff_feed", "auth.account_review", "data_access.month_end", "audit.checkpoint", "audit.checkpoint", "audit.verify"]


def told() -> set[str]:
    return {name for paper in PAPERS for name in COMMAND.findall((ROOT / paper).read_text("utf-8"))}


def can_be_run(name: str) -> bool:
    found = importlib.util.find_spec(name)
    return found is not None and IS_RUN in Path(found.origin).with_name("__main__.py" if found.submodule_search_locations else Path(found.origin).name).read_text("utf-8")


def test_every_command_in_the_papers_exists_and_every_command_is_in_them():
    assert not [name for name in told() if not can_be_run(name)]
    commands = {path.removesuffix(".py").replace("/", ".") for folder in PRODUCT for path, text in texts(".py", under=folder) if f"if {IS_RUN}" in text}
    assert commands - told() == set(), "docs/operation.md に書いてください。"


def test_the_crontab_runs_everything_in_order():
    crontab = re.search(r"```\n(SHELL=.+?)```", (ROOT / "docs/operation.md").read_text("utf-8"), re.DOTALL)[1]
    assert COMMAND.findall(crontab) == NIGHT
    lines = [line for line in crontab.splitlines() if " -m " in line]
    assert all("%" not in line and line.split()[6:9] == ["cd", "/opt/console", "&&"] for line in lines), "cron takes % for a line break"
    users = [line.split()[5] for line in lines]
    assert users == ["console"] * 5 + ["console-audit"] * 3
    first = [(int(line.split()[1]), int(line.split()[0])) for line in lines[:5]]
    assert first == sorted(first)

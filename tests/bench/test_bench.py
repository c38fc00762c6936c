"""The measurements are measured: turns are taken, verdicts follow the goals, and compared answers are equal."""

import json
import subprocess
import sys

import pytest

from bench import timing
from tests.house.tree import ROOT


def test_sides_take_turns_and_the_first_round_is_dropped():
    heard = []
    taken = timing.side_by_side({"a": lambda: heard.append("a"), "b": lambda: heard.append("b")}, repeats=3)
    assert "".join(heard) == "ab" + "ba" + "ab" + "ba"
    assert {name: len(runs) for name, runs in taken.items()} == {"a": 3, "b": 3}


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        (timing.at_most("x", [2, 2, 90], [1, 1, 1], 2), "達成"),
        (timing.at_most("x", [3], [1], 2), "未達"),
        (timing.faster("x", [1], [10], 10), "達成"),
        (timing.faster("x", [1], [9], 10), "未達"),
        (timing.faster("x", [1], [9], None), "—"),
        (timing.skipped("x", "PostgreSQL がない"), "—"),
    ],
)
def test_the_verdict_follows_the_medians(made, verdict):
    assert made.verdict == verdict
    assert verdict in timing.table([made])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where one city of 300 stands for all of them."""
    return tmp_path_factory.mktemp("bench")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["law", "screening", "rates", "questions", "dashboards", "chain"])
def test_both_sides_of_a_comparison_answer_the_same(name, folder):
    command = [sys.executable, "-m", f"bench.{name}", "--persons", "300", "--folder", str(folder), "--json", "--once"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(figure["name"] for figure in json.loads(done.stdout))

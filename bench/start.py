"""From the command to a console that answers, and to the first worklist on screen."""

import time
from pathlib import Path

from bench import city, timing
from bench.rerun import PAGE, click
from bench.timing import Figure
from tests.auth.visitor import Server, Visitor

RUNS = 3


def measure(folder: Path, persons: int) -> list[Figure]:
    """起動から応答まで、最初のワークリストまで。起動は重いので3回の中央値。"""
    home = city.published(folder, persons)
    healthy, first = zip(*(_start(home, run) for run in range(RUNS)), strict=True)
    return [timing.under(f"起動から応答まで（{persons:,}人）", list(healthy), 10), timing.under("起動から最初のワークリストまで", list(first), 10)]


def _start(home: Path, run: int) -> tuple[float, float]:
    begun = time.perf_counter()
    with Server("app.py", home) as server:
        healthy = time.perf_counter() - begun
        name = f"kido{run}x{server.port}"
        server.add(name, role="chief", districts="")
        visitor = Visitor(server)
        visitor.sign_in(name)
        opened = time.perf_counter()
        with visitor.line() as line:
            click(line, "")
            click(line, PAGE)
        return healthy, healthy + time.perf_counter() - opened


if __name__ == "__main__":
    timing.command(measure)

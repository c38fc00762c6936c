"""How a comparison is made and told: sides take turns in one process, medians, and a goal that is met or not."""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

REPEATS = 12
PATIENCE = 20  # seconds after which a slow side has said enough
ONCE = "BENCH_ONCE"  # set by --once: one round of each side, for whoever asks only whether the answers agree


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was compared, both sides as text, their ratio or amount, the goal and whether it is met."""

    name: str
    ours: str
    other: str
    amount: str
    goal: str
    is_met: bool | None = None

    @property
    def verdict(self) -> str:
        return {True: "達成", False: "未達", None: "—"}[self.is_met]


def side_by_side(sides: dict[str, Callable[[], object]], repeats: int = REPEATS) -> dict[str, list[float]]:
    """Seconds of each run of each side. They take turns, each round starts with another; one round to warm up is dropped (there is no other with --once).

    A side that has used PATIENCE seconds is asked no more.
    """
    taken: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for round_no in range(1 if os.environ.get(ONCE) else repeats + 1):
        for name in names[round_no % len(names):] + names[: round_no % len(names)]:
            if sum(taken[name]) < PATIENCE:
                start = time.perf_counter()
                sides[name]()
                taken[name].append(time.perf_counter() - start)
    return {name: runs[1:] or runs for name, runs in taken.items()}


def median(runs: list[float]) -> float:
    return statistics.median(runs)


def seconds(runs: list[float]) -> str:
    """12.3 ms (×12): the median and how often it was measured."""
    middle = median(runs)
    shown = f"{middle:.2f} s" if middle >= 1 else f"{middle * 1000:.1f} ms"
    return f"{shown} (×{len(runs)})"


def at_most(name: str, ours: list[float], other: list[float], goal: float | None, said: str = "") -> Figure:
    """Ours may take `goal` times as long as the other; without a goal it is only told."""
    ratio = median(ours) / median(other)
    return Figure(name, seconds(ours), f"{seconds(other)} {said}".strip(), f"{ratio:.2f} 倍", f"≤ {goal:g} 倍" if goal else "—",
                  ratio <= goal if goal else None)


def faster(name: str, ours: list[float], other: list[float], goal: float | None, said: str = "") -> Figure:
    """Ours must be `goal` times as fast as the other; without a goal it is only told."""
    ratio = median(other) / median(ours)
    return Figure(name, seconds(ours), f"{seconds(other)} {said}".strip(), f"{ratio:,.1f} 倍速い", f"≥ {goal:g} 倍" if goal else "—",
                  ratio >= goal if goal else None)


def under(name: str, runs: list[float], limit: float, said: str = "—") -> Figure:
    """Ours must take less than `limit` seconds; `said` stands beside it."""
    middle = median(runs)
    return Figure(name, seconds(runs), said, f"{middle:.2f} s", f"< {limit:g} s", middle < limit)


def skipped(name: str, reason: str) -> Figure:
    """A comparison that could not be made here, and why."""
    return Figure(name, "—", reason, "—", "—")


def table(figures: list[Figure]) -> str:
    """The figures as Markdown."""
    rows = [("比較", "こちら", "相手", "比・量", "目標", "判定")]
    rows += [(figure.name, figure.ours, figure.other, figure.amount, figure.goal, figure.verdict) for figure in figures]
    rows.insert(1, ("---",) * 6)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


@contextmanager
def workshop(folder: Path | None) -> Iterator[Path]:
    """The folder in which cities are built: the one given, which stays, or a new one, which is removed."""
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as new:
        yield Path(new)


def command(measure: Callable[..., list[Figure]], persons: int = 180_000, **more: tuple[int, str]) -> None:
    """The command line of one measurement: --persons, --folder, --json, --once, and a number of each name in `more` (its usual value, what it means)."""
    parser = argparse.ArgumentParser(description=measure.__doc__)
    parser.add_argument("--persons", type=int, default=persons, help="市の人口")
    parser.add_argument("--folder", type=Path, help="市を作る場所（あれば使い回す）")
    parser.add_argument("--json", action="store_true", help="表ではなく JSON で")
    parser.add_argument("--once", action="store_true", help="1回ずつだけ（秒は目安。答えが同じことだけを確かめるとき）")
    for name, (usual, meaning) in more.items():
        parser.add_argument(f"--{name}", type=int, default=usual, help=meaning)
    chosen = parser.parse_args()
    if chosen.once:
        os.environ[ONCE] = "1"
    with workshop(chosen.folder) as folder:
        figures = measure(folder, chosen.persons, **{name: getattr(chosen, name) for name in more})
    print(json.dumps([asdict(figure) for figure in figures]) if chosen.json else table(figures))

"""`make bench`: every measurement, each in a process of its own on the same city, and one table at the end."""

import json
import subprocess
import sys
import time
from pathlib import Path

from bench import timing
from bench.timing import Figure

NAMES = ("publish", "rerun", "questions", "law", "screening", "million", "rates", "dashboards", "chain", "start")


def measure(folder: Path, persons: int) -> list[Figure]:
    """すべての測定を順に行い、一つの表にまとめる。"""
    figures = []
    for name in NAMES:
        started = time.perf_counter()
        command = [sys.executable, "-m", f"bench.{name}", "--persons", str(persons), "--folder", str(folder), "--json"]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            figures.append(timing.skipped(name, f"測れなかった（終了コード {done.returncode}）"))
        else:
            figures += [Figure(**figure) for figure in json.loads(done.stdout)]
        print(f"{name}: {time.perf_counter() - started:.0f} 秒", file=sys.stderr)
    return figures


if __name__ == "__main__":
    timing.command(measure)

"""A city to measure on, made by a process of its own: its feeds, their intake, one published snapshot."""

import json
import os
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import settings
import store
from audit import log, refusal, watch  # noqa: F401 - declare their tables
from auth import accounts, export_order, reveal, sessions  # noqa: F401 - declare their tables
from casework import ledger  # noqa: F401 - declares its table
from data_access.intake import take_in
from sample_city.city import build
from sample_city.clock import Clock

DAY = date(2026, 10, 30)
SEED = 1


def published(folder: Path, persons: int, name: str = "city", days: int = 1) -> Path:
    """The home of a city of `persons` over `days` business days in `folder`, made if it is not there; this process then stands in it."""
    home = folder / f"{name}-{persons}"
    if not (home / "making.json").exists():
        subprocess.run([sys.executable, "-m", "bench.city", home, str(persons), str(days)], check=True, stdout=sys.stderr)
    os.environ |= {"CONSOLE_HOME": str(home), "CONSOLE_TODAY": DAY.isoformat(), "CONSOLE_SECOND_FACTOR": "none"}
    os.environ.pop("CONSOLE_STORE_URL", None)
    return home


def making(home: Path) -> dict:
    """How it went: rows, seconds to write the feeds, seconds to publish all days of them, peak memory in bytes."""
    return json.loads((home / "making.json").read_text("utf-8"))


def _make(home: Path, persons: int, days: int) -> dict:
    os.environ |= {"CONSOLE_HOME": str(home), "CONSOLE_TODAY": DAY.isoformat(), "CONSOLE_SECOND_FACTOR": "none"}
    for key in ("pepper", "csrf", "pseudonym", "cookie"):
        settings.make_secret(key)
    store.create_tables()
    start = time.perf_counter()
    clock = Clock(DAY, days)
    counts = build(settings.inbox(), persons, SEED, clock)
    written = time.perf_counter()
    for day in clock.feed_dates:
        report = take_in(day)
        if not report.is_published:
            raise SystemExit("\n".join(problem.sentence() for problem in report.problems))
    done = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"rows": sum(counts.values()), "city_seconds": written - start, "publish_seconds": done - written, "peak_bytes": peak}


if __name__ == "__main__":
    target = Path(sys.argv[1])
    made = _make(target, int(sys.argv[2]), int(sys.argv[3]))
    (target / "making.json").write_text(json.dumps(made), "utf-8")

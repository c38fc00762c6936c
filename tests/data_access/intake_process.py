"""A process that takes in the named business date for every number it reads, and kills that after so many seconds.

Infinity kills nothing. `whole` kills from the first line on. `publish DATE FOLDER` builds the day once, and kills what publishes a copy of it.
"""

import math
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import store
from data_access import snapshot
from data_access.intake import take_in


def each_killed(before: Callable[[], object] = lambda: None) -> None:
    """Return in a child of its own for every moment read, and kill it there; tell whether it was still at work."""
    for line in sys.stdin:
        before()
        child = os.fork()
        if child == 0:
            store.engine().dispose(close=False)
            return
        if (moment := float(line)) < math.inf:
            time.sleep(moment)
            os.kill(child, signal.SIGKILL)
        print(os.WIFSIGNALED(os.waitpid(child, 0)[1]), flush=True)
    os._exit(0)


def copies(real: Callable, kept: Path) -> Callable:
    """snapshot.publish, of a copy for every moment."""
    def publish(folder: Path, *rest: object) -> snapshot.Snapshot:
        shutil.move(folder, kept)
        each_killed(lambda: shutil.copytree(kept, folder))
        return real(folder, *rest)
    return publish


if __name__ == "__main__":
    how, day, *folder = sys.argv[1:]
    if how == "publish":
        snapshot.publish = copies(snapshot.publish, Path(*folder))
    else:
        each_killed()
    take_in(date.fromisoformat(day))
    os._exit(0)

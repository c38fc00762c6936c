"""One process at a time in a folder that is published from."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(folder: Path, *leftovers: str, busy: Exception) -> Iterator[Path]:
    """`folder`, made when missing, for this process only; what a crash left there (glob patterns) goes first.

    Raises `busy` when another process is in it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise busy from None
        for left in (path for pattern in leftovers for path in folder.glob(pattern)):
            shutil.rmtree(left)
        yield folder

"""A PostgreSQL server of one's own for one measurement: new data folder, Unix socket only, stopped at the end."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotHere(Exception):
    """PostgreSQL cannot be started here; the text says why."""


@contextmanager
def server() -> Iterator[str]:
    """The connection string of a running server. Raises NotHere."""
    found = shutil.which("initdb") or next(map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None)
    if found is None:
        raise NotHere("PostgreSQL がない")
    programs = Path(found).resolve().parent
    owner = {"user": "postgres"} if os.geteuid() == 0 else {}  # the server refuses to run as root
    with tempfile.TemporaryDirectory(prefix="bench-pg-") as folder:
        if owner:
            shutil.chown(folder, **owner)
        data = f"{folder}/data"
        _run([programs / "initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--no-locale"], folder, owner)
        _run([programs / "pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", f"-k {folder} -c listen_addresses=''", "start"], folder, owner)
        try:
            yield f"host={folder} user=bench dbname=postgres"
        finally:
            _run([programs / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop"], folder, owner)


def _run(command: list[object], folder: str, owner: dict[str, str]) -> None:
    try:
        done = subprocess.run([str(part) for part in command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              text=True, check=False, timeout=120, **owner)
    except (OSError, LookupError, subprocess.TimeoutExpired) as error:
        raise NotHere(f"PostgreSQL を動かせない（{error}）") from None
    if done.returncode:
        raise NotHere(f"PostgreSQL を動かせない（{done.stderr.strip().splitlines()[-1:]}）")

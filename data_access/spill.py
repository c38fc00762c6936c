"""A DuckDB in memory, and where it puts what memory does not hold: CONSOLE_HOME/tmp, which nobody else may read.

DuckDB's own default is a folder .tmp wherever the process was started, also with external access off.
"""

import os
import re
import shutil
from pathlib import Path
from uuid import uuid4

import duckdb

import settings

# Of the machine's memory, for one DuckDB: the serving engine, an older one beside it and the intake together stay within it.
SHARE = 3
OWN = re.compile(r"([0-9]+)-[0-9a-f]{32}")


def connect(**config: object) -> duckdb.DuckDBPyConnection:
    """An empty database in memory; `config` is DuckDB's, beside the temp_directory and the memory_limit."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // SHARE
    return duckdb.connect(config={"memory_limit": f"{memory}B", "temp_directory": str(_folder()), **config})


def _folder() -> Path:
    """A new folder of this process's, which DuckDB makes and removes; those of processes that are gone go first."""
    settings.temporary().mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in settings.temporary().iterdir():
        owner = OWN.fullmatch(left.name)  # whatever else lies there is not ours to remove
        if owner and not _is_alive(int(owner[1])):
            shutil.rmtree(left, ignore_errors=True)  # another process may be emptying it, too
    return settings.temporary() / f"{os.getpid()}-{uuid4().hex}"


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, but alive
        return True
    return True

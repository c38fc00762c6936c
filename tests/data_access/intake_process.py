"""A process that begins an intake of the named business date for every number it reads, and kills it after so many seconds."""

import os
import signal
import sys
import time
from datetime import date

from data_access.intake import take_in


def begin(business_date: date) -> int:
    """Take in, in a process of its own; its id."""
    child = os.fork()
    if child == 0:
        os._exit(0 if take_in(business_date).is_published else 1)
    return child


if __name__ == "__main__":
    for line in sys.stdin:
        child = begin(date.fromisoformat(sys.argv[1]))
        time.sleep(float(line))
        os.kill(child, signal.SIGKILL)
        print(os.WIFSIGNALED(os.waitpid(child, 0)[1]), flush=True)

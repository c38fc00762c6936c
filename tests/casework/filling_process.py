"""A process whose disk is full at ever later writes: no file may grow beyond a limit that rises page by page.

Prints one JSON line: the seqs acknowledged, how many appends were refused, and whether a refused append ever
left something behind.
"""

import json
import resource
import signal
import uuid
from datetime import date

from casework import ledger

PAGE = 4096
SUBJECT = "0001"


def append(version: int) -> ledger.Event:
    return ledger.append(
        event_id=str(uuid.uuid4()), kind="negotiation_note", subject=SUBJECT, expected_version=version,
        payload={"body": f"{version % 10}" * 6_000}, actor="sato", occurred_on=date(2026, 4, 1),
    )  # fmt: skip


def limit_files(size: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))


def main() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    acknowledged, refused, residue = [append(0).seq], 0, []
    for pages in range(0, 240, 6):
        limit_files(pages * PAGE)
        try:
            acknowledged.append(append(len(acknowledged)).seq)
        except ledger.LedgerUnavailable:
            refused += 1
        limit_files(resource.RLIM_INFINITY)
        if ledger.last_seq() != len(acknowledged):
            residue.append(pages)
    acknowledged.append(append(len(acknowledged)).seq)
    print(json.dumps({"acknowledged": acknowledged, "refused": refused, "residue": residue}))


if __name__ == "__main__":
    main()

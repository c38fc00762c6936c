"""A process that records one event after another and says so on its output, until it is killed or has written enough.

Each line is `<event_id> <seq>` of the ledger, then `log <seq>` of the access log, printed after the call came back.
"""

import itertools
import sys
import uuid
from datetime import date

from audit import log
from casework import ledger


def main(subject: str, events: int | None = None) -> None:
    first = ledger.version_of(subject)
    for version in itertools.islice(itertools.count(first), events):
        written = ledger.append(
            event_id=str(uuid.uuid4()), kind="negotiation_note", subject=subject, expected_version=version,
            payload={"body": f"{version}" * 400}, actor="sato", occurred_on=date(2026, 4, 1),
        )  # fmt: skip
        print(written.event_id, written.seq)
        print("log", log.append(actor="sato", action="case.read", atena_refs=[subject]))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))

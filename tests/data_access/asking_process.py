"""A process that asks for a case's notes and last contact for every line it reads: what another worker of the console sees."""

import sys

from data_access.query import ask
from tests.staff import CHIEF

if __name__ == "__main__":
    for line in sys.stdin:
        atena_ref = line.strip()
        notes = ask(CHIEF, "case_events", atena_ref=atena_ref, kind="記事")
        head = ask(CHIEF, "case_head", atena_ref=atena_ref)
        print(notes.height, head["last_contact_on"][0], flush=True)

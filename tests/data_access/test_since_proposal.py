"""What came to file since a 起案: the copy that it took, masked, beside the records as each reader sees them."""

import uuid

import polars as pl

from auth.access import User
from casework.case_decision import decline
from data_access.paper_basis import suspension_basis
from data_access.query import ask, reference_of, standing, subject
from data_access.since_proposal import arrived_since
from data_access.suspension_case import speaking_against
from tests.data_access.feeds import DAY_TWO
from tests.pages.test_suspension_read import wait_for
from tests.pages.test_suspension_way import NUMBER
from tests.staff import CHIEF, NEIGHBOUR, OFFICER

WHOLE = {"district": None, "queue": None, "sort": "急ぐ順", "page_size": 10_000, "skipped": 0}


def landed() -> tuple[User, str]:
    """Somebody who owes and has a house or land, and whose district it is."""
    every = ((officer, ref) for officer in (OFFICER, NEIGHBOUR) for ref in ask(officer, "district_worklist", **WHOLE)["atena_ref"])
    return next((officer, ref) for officer, ref in every if speaking_against(officer, ref, "1号", standing().as_of).filter(sign="土地・家屋").height)


def taken_back(officer: User, waiting: dict) -> None:
    ref = waiting["atena_ref"]
    decline(officer, subject(officer, ref), "suspension_decision", proposal_id=waiting["proposal_id"], event_id=str(uuid.uuid4()),
            expected_version=ask(CHIEF, "case_head", atena_ref=ref)["note_version"][0], reason="見直す。", today=DAY_TWO)


def test_the_copy_is_masked_and_each_reader_is_told_the_same(own_city):
    """An officer reads the number of the lot, the copy and the 係長 do not: nothing is new to either. What the copy lacks is new to both."""
    officer, ref = landed()
    own = speaking_against(officer, ref, "1号", standing().as_of)
    masked = speaking_against(officer, ref, "1号", standing().as_of, is_masked=True)
    assert own["evidence_id"].to_list() != masked["evidence_id"].to_list()
    keys = ask(officer, "suspension_installments", atena_ref=ref)["installment_key"].to_list()
    basis = suspension_basis(officer, ref, "1号", keys)
    for told, expected in ((basis, 0), (basis | {"against": [each for each in basis["against"] if each["sign"] != "土地・家屋"]}, own.filter(sign="土地・家屋").height)):
        waiting = wait_for(ref, officer, basis=told)
        for reader in (officer, CHIEF):
            evidence, against = ask(reader, "suspension_evidence", atena_ref=ref, ground="1号"), speaking_against(reader, ref, "1号", standing().as_of)
            found = arrived_since(reader, waiting, evidence, against)
            assert (found.is_known, found.count) == (True, expected)
            assert set(against.filter(pl.Series(found.against, dtype=pl.Boolean))["sign"]) == ({"土地・家屋"} if expected else set())
        taken_back(officer, waiting)


def test_another_answer_to_the_same_question_is_new(own_city):
    """A criterion whose copy has another number, and nothing of those whose records are the same."""
    officer, ref = NEIGHBOUR, reference_of(NUMBER)
    keys = ask(officer, "suspension_installments", atena_ref=ref)["installment_key"].to_list()
    basis = suspension_basis(officer, ref, "1号", keys)
    place = next(place for place, each in enumerate(basis["evidence"]) if each["evidence_id"])
    basis["evidence"][place] = basis["evidence"][place] | {"evidence_id": "7000000000"}
    evidence, against = ask(CHIEF, "suspension_evidence", atena_ref=ref, ground="1号"), speaking_against(CHIEF, ref, "1号", standing().as_of)
    found = arrived_since(CHIEF, wait_for(ref, officer, basis=basis), evidence, against)
    assert [at for at, is_new in enumerate(found.evidence) if is_new] == [place]
    assert not any(found.against)

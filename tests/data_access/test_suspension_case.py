"""執行停止候補 of one person: what the page explains is what the snapshot says, for every candidate and for nobody else."""

from datetime import date

import polars as pl
import pytest

from auth.access import NotAllowed
from data_access.query import ask, standing
from data_access.suspension_case import release_due, suspension_case
from law import suspension
from tests.staff import ANALYST, CHIEF, NEIGHBOUR, OFFICER

WHOLE = {"district": None, "verdict": None, "ground": None, "page_size": 10_000, "skipped": 0}


def test_every_candidate_has_its_evidence_its_ends_and_its_household(city):
    as_of = standing().as_of
    candidates = ask(CHIEF, "suspension_candidates", **WHOLE).to_dicts()
    assert len(candidates) > 4
    for row in candidates:
        found = suspension_case(CHIEF, row["atena_ref"], row["ground"], as_of)
        own = found.evidence.filter(found.evidence["clause"] == row["clause"]).to_dicts()
        assert len(own) == row["criterion_count"]
        assert any(each["evidence_id"] for each in own)
        assert all((each["finding"] in ("満たす", "反証")) == (each["how"] is None) for each in own)
        assert found.installments["unpaid_yen"].sum() == row["active_yen"]
        for each in found.installments.to_dicts():
            assert each["three_years_on"] == suspension.three_years_end(as_of, each["levy_kind"])
            assert each["ends_on"] == min(each["three_years_on"], each["prescription_on"] or each["three_years_on"])
        assert found.agrees
        assert found.hardship.steps


def test_who_may_not_see_the_person_sees_nothing_of_the_case(city):
    as_of = standing().as_of
    row = ask(OFFICER, "suspension_candidates", **WHOLE).row(0, named=True)
    others = suspension_case(NEIGHBOUR, row["atena_ref"], row["ground"], as_of)
    assert (others.evidence.is_empty(), others.installments.is_empty(), others.hardship) == (True, True, None)
    with pytest.raises(NotAllowed):
        suspension_case(ANALYST, row["atena_ref"], row["ground"], as_of)


def test_an_attachment_under_the_ground_that_the_law_names_is_to_be_released():
    def owed(ground, disposition):
        return pl.DataFrame([{"suspension_ground": ground, "suspended_on": date(2026, 4, 1) if ground else None, "disposition_kind": disposition}],
                            schema={"suspension_ground": pl.String, "suspended_on": pl.Date, "disposition_kind": pl.String})

    (duty,) = release_due(owed("2号", "差押"))
    assert (duty.text, duty.article) == ("差し押さえている財産があれば、差押えを解除する", "地方税法15条の7第3項")
    assert [release_due(owed(*case)) for case in (("1号", "差押"), ("2号", None), (None, "差押"))] == [(), (), ()]

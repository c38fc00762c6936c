"""What has come to file since a 起案 of a 停止 was written: its own copy of the records beside the records of now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from auth.access import User
from data_access.query import ask, standing
from data_access.suspension_case import speaking_against

RECORD = ("result", "dated_on", "evidence_id", "contradiction", "contradicted_on", "contradiction_id")
Key = tuple[object, ...]


@dataclass(frozen=True)
class Arrived:
    """`evidence` and `against`: of each row that was given, whether its record was not there. `is_known`: the 起案 has a copy to compare with."""

    evidence: list[bool]
    against: list[bool]
    is_known: bool = True

    @property
    def count(self) -> int:
        return sum(self.evidence) + sum(self.against)


def arrived_since(user: User, waiting: Mapping[str, object], evidence: pl.DataFrame, against: pl.DataFrame) -> Arrived:
    """Of every row of `evidence` (suspension_evidence) and `against` (speaking_against), as they stand on the screen now, whether the 起案
    `waiting` (a row of waiting_decisions) was without it. Raises NotAllowed as `ask` does.

    The copy was taken with everything masked that identifies a person, so that what is compared is masked alike."""
    found = ask(user, "suspension_basis", atena_ref=waiting["atena_ref"], proposal_id=waiting["proposal_id"]).drop_nulls(["evidence", "against"])
    if found.is_empty():
        return Arrived([False] * evidence.height, [False] * against.height, is_known=False)
    (noted_on, stood_on, spoke), as_of = found.select("noted_on", "evidence", "against").row(0), standing().as_of
    met = {(row["clause"], row["target"], *_record(row, noted_on)) for row in stood_on}
    known = {_sign(row) for row in spoke}
    masked = ask(user, "suspension_evidence", atena_ref=waiting["atena_ref"], ground=waiting["ground"], is_masked=True)
    new_targets = {row[:2] for row in ((each["clause"], each["target"], *_record(each, as_of)) for each in masked.iter_rows(named=True))
                   if row not in met and any(row[2:])}
    now = {_sign(row) for row in speaking_against(user, waiting["atena_ref"], waiting["ground"], as_of, is_masked=True).iter_rows(named=True)}
    return Arrived([pair in new_targets for pair in evidence.select("clause", "target").iter_rows()],
                   [_is_new(_sign(row), now - known, now) for row in against.iter_rows(named=True)])


def _is_new(sign: Key, new: set[Key], now: set[Key]) -> bool:
    """By its number, or where that is masked differently on the screen: any new one of the same kind, day and yen makes all of them new."""
    return sign in new if sign in now else any(each[:-1] == sign[:-1] for each in new)


def _sign(row: Mapping[str, object]) -> Key:
    """Of an answer to a 財産調査 its number says enough; one without a day is dated by the day it is looked at."""
    return row["sign"], None if row["sign"] == "財産調査" else row["happened_on"], row["yen"], row["evidence_id"]


def _record(row: Mapping[str, object], as_of: date) -> Key:
    """A record without the day on which it is looked at: some are true of that very day (世帯がない)."""
    return tuple(None if row[name] == as_of else row[name] for name in RECORD)

"""What a 起案 stood on, written into it: once a step is decided and booked, the screening and the candidates know no more of it."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from auth.access import User
from data_access.query import ask, standing
from data_access.suspension_case import speaking_against

EVIDENCE = ("clause", "target", "meaning", "finding", "result", "dated_on", "age_days", "evidence_id", "contradiction", "contradicted_on", "contradiction_id")
Basis = dict[str, object]


def suspension_basis(user: User, atena_ref: str, ground: str, keys: Sequence[str]) -> Basis:
    """Of a 停止: 延滞金 and 時効 of each 期別 in `keys`, every criterion of `ground`, met or not, and
    what the records say against it (反する資料). Raises NotAllowed as `ask` does.

    A reveal (一時解除) of the asker adds nothing to it: who reads the paper has none."""
    owed = ask(user, "suspension_installments", atena_ref=atena_ref, is_masked=True)
    found = ask(user, "suspension_evidence", atena_ref=atena_ref, ground=ground, is_masked=True)
    evidence = [{name: _plain(value) for name, value in row.items()} for row in found.select(EVIDENCE).iter_rows(named=True)]
    against = speaking_against(user, atena_ref, ground, standing().as_of, is_masked=True)
    return _basis(owed, keys) | {"evidence": evidence, "against": [{name: _plain(value) for name, value in row.items()} for row in against.iter_rows(named=True)]}


def cancellation_basis(user: User, atena_ref: str, keys: Sequence[str]) -> Basis:
    """Of a 取消: 延滞金 and 時効 of each 期別 in `keys`."""
    return _basis(ask(user, "case_installments", atena_ref=atena_ref, only_overdue=False, is_masked=True), keys)


def write_off_basis(own: pl.DataFrame) -> Basis:
    """Of a 不納欠損: 延滞金 and the day on which each 期別 of `own` (of write_off_installments) was extinguished."""
    return _basis(own, own["installment_key"].to_list())


def _basis(owed: pl.DataFrame, keys: Sequence[str]) -> Basis:
    named = [name for name in ("charge_yen", "prescription_on", "extinct_on") if name in owed.columns]
    rows = owed.filter(pl.col("installment_key").is_in(list(keys))).iter_rows(named=True)
    return {"as_of": standing().as_of.isoformat(), "installments": {row["installment_key"]: {name: _plain(row[name]) for name in named} for row in rows}}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value

"""アドホック分析 of everybody, from one person on, as of the day looked at: for those who may see each person anyway.

Nothing of it is exported or kept; what leaves the section are sums of the released parts (analysis.py)."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from auth.access import User
from data_access import analysis_metric
from data_access.analysis import ViewInvalid
from data_access.analysis_metric import DISTRICT
from data_access.query import ask

PARTS = ("first_part", "second_part", "third_part")


@dataclass(frozen=True)
class Exact:
    """`rows`: one per combination of the dimensions, in the dictionary's order, with every measure, the columns called by the dimensions (the
    district: district_name); made of the `answer` that analysis_exact gave, `asked` with what."""

    rows: pl.DataFrame
    answer: pl.DataFrame
    asked: dict[str, object]


def exact(user: User, dimensions: Sequence[str], only: str | None = None, value: str | None = None) -> Exact:
    """Of everybody by one to three dimensions; of those only whose `only` is `value`, when given.

    Raises NotAllowed, ViewInvalid, AuditUnavailable, SnapshotRefused."""
    asked = [*dimensions, *([only] if only else [])]
    if not 1 <= len(dimensions) <= len(PARTS) or len(set(dimensions)) != len(dimensions) or not {*asked} <= analysis_metric.dimensions().keys():
        raise ViewInvalid("切り口を選び直してください。")
    first, second, third = [*dimensions, None, None][:len(PARTS)]
    choices = dict(first=first, second=second, third=third, only=only, value=value)
    found = ask(user, "analysis_exact", **choices)
    columns = ["district_name" if name == DISTRICT else name for name in dimensions]
    named = found.rename(dict(zip(PARTS, columns, strict=False)))
    return Exact(named.sort(*(_place(name) for name in dimensions)).select(*columns, *analysis_metric.measures()), found, choices)


def _place(name: str) -> pl.Expr:
    if name == DISTRICT:
        return pl.col("district_code")
    values = analysis_metric.dimensions()[name].values
    return pl.col(name).replace_strict(values, list(range(len(values))), default=len(values), return_dtype=pl.Int64)

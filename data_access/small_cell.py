"""Figures for readers without persons: parts of fewer than LEAST persons are told together with others, never alone.

A part (a district, a 期, a month …) is merged with others until every 会計年度 × 現年/滞繰 in it is nobody's or at least LEAST
persons'. What is shown are sums of whole groups, so totals give no smaller group back. Persons are counted from below:
the most installments of one levy year and number, or the receipts of a month.
"""

from collections import Counter
from collections.abc import Iterable

import duckdb
import polars as pl

LEAST = 10
PROTECTED = "S00"
PARTS = """
select 'district' as dimension, district_code as part, fiscal_year, year_class, (levy_year, installment_no)::varchar as cell, installment_count as persons
from derived.rate_cube
union all
select 'levy_year', levy_year::varchar, fiscal_year, year_class, (levy_year, installment_no)::varchar, installment_count from derived.rate_cube
union all
select 'installment_no', installment_no, fiscal_year, year_class, (levy_year, installment_no)::varchar, installment_count from derived.rate_cube
union all
select 'payment_method', payment_method, fiscal_year, year_class, (levy_year, installment_no)::varchar, installment_count from derived.rate_cube
union all
select dimension, part, fiscal_year, year_class, if(dimension in ('officer', 'age_band'), '', part), person_count
from derived.rate_part where dimension in ('officer', 'age_band', 'income_class', 'component')
union all
select 'booked_month', booked_month::varchar, fiscal_year, year_class, '', receipt_count from derived.rate_month
"""


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make serving.told_with: dimension × part × fiscal year (of a month; null elsewhere) → the group it is told with.

    A group is named by its one part, or by null when it has several; a group of months by its last."""
    found = connection.execute(f"select * from ({PARTS}) where fiscal_year >= (select fiscal_year from serving.standing) - 1").fetchall()
    rows = []
    for dimension, year in sorted({(row[0], row[2] if row[0] == "booked_month" else 0) for row in found}):
        counts: dict[str, Counter] = {}
        for _, part, fiscal_year, year_class, cell, persons in (row for row in found if row[0] == dimension and year in (0, row[2])):
            counts.setdefault(part, Counter())[fiscal_year, year_class, cell] += persons
        is_time = dimension == "booked_month"
        order = sorted(counts) if is_time else sorted(counts, key=lambda part: (part != PROTECTED, least(counts[part]), part))
        for group in groups(order, counts):
            told = group[-1] if is_time or len(group) == 1 else None
            rows += [(dimension, part, year or None, told) for part in group]
    frame = pl.DataFrame(rows, schema={"dimension": pl.String, "part": pl.String, "fiscal_year": pl.Int32, "told": pl.String}, orient="row")
    connection.register("told", frame.to_arrow())
    connection.execute("create table serving.told_with as select * from told")
    connection.unregister("told")


def groups(order: Iterable[str], counts: dict[str, Counter]) -> list[list[str]]:
    """The parts in this order, cut as finely as each group stays safe; what is left at the end joins the groups before."""
    found: list[list[str]] = []
    last: list[str] = []
    for part in order:
        last = [*last, part]
        if _is_safe(last, counts):
            found.append(last)
            last = []
    while found and last and not _is_safe(last, counts):
        last = [*found.pop(), *last]
    return [*found, last] if last else found


def _is_safe(group: list[str], counts: dict[str, Counter]) -> bool:
    return group != [PROTECTED] and least(sum((counts[part] for part in group), Counter())) >= LEAST


def least(counts: Counter) -> int:
    """The persons (from below) of the smallest year and class that has any."""
    most: dict[tuple, int] = {}
    for (fiscal_year, year_class, _), persons in counts.items():
        most[fiscal_year, year_class] = max(most.get((fiscal_year, year_class), 0), persons)
    return min(most.values(), default=LEAST)

"""Five questions: how the console is asked, what they are in PostgreSQL, and what they are in pandas. Every answer is a sorted list of tuples of the same figures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl

from auth.access import User
from data_access import change, query
from data_access.change import WITHIN

Frames = dict[str, pd.DataFrame]
Rows = list[tuple]
RATE_YEAR = (Path(__file__).parent / "rate_year.sql").read_text("utf-8")
YEARS = 8  # as many as rate_by_year shows
KINDS = {"収納": "paid_yen", "充当": "applied_yen", "収納の取消": "cancelled_yen", "還付": "refunded_yen"}
SUMS = (*KINDS.values(), "assessed_yen", "refund_due_yen", "written_off_yen", "unpaid_yen")
INCOMES = {"0": 0, "1": 1_000_000, "2": 2_000_000, "3": 3_000_000, "4": 5_000_000}  # the upper end of each 所得階級 but the last
BANDS = {"10万円未満": 100_000, "10万円から30万円未満": 300_000, "30万円から50万円未満": 500_000, "50万円から100万円未満": 1_000_000}


@dataclass(frozen=True)
class Question:
    """`ours` asks the console; `told` takes from its answer what the others can be asked too. `sql` reads PostgreSQL's tables, `pandas` the frames."""

    name: str
    ours: Callable[[], object]
    told: Callable[[object], Rows]
    sql: str
    pandas: Callable[[Frames], Rows]
    is_of_receipts: bool = False


def questions(user: User, older_id: str) -> list[Question]:
    """Those five, as of the day that is served, and between it and the kept day `older_id`."""
    stands = query.standing()
    year, as_of, whole = stands.fiscal_year, stands.as_of, {"district": None}
    asked = dict(dimension="所得", fiscal_year=year, year_class="合計", **whole)
    return [
        Question("収納率 年度×区分", lambda: query.ask(user, "rate_by_year", **whole), _years, f"{RATE_YEAR} {BY_YEAR}", lambda frames: _pandas_years(frames, year), is_of_receipts=True),
        Question("収納率 所得別", lambda: query.ask(user, "rate_by_dimension", **asked), _incomes, f"{RATE_YEAR} {BY_INCOME}", lambda frames: _pandas_incomes(frames, year), is_of_receipts=True),
        Question("期限 種類×月", lambda: query.ask(user, "deadline_months", months=12, **whole), _deadlines, BY_MONTH, lambda frames: _pandas_deadlines(frames, as_of)),
        Question("停止候補 滞納額別", lambda: query.ask(user, "suspension_breakdown", dimension="滞納額", verdict="該当の疑い", **whole), _funnel, FUNNEL, _pandas_funnel),
        Question("増減 2つの基準日（2度目から）", lambda: change.bridge(user, older_id, "収入未済額", None), _changes, CHANGES, _pandas_changes),
    ]


BY_YEAR = """
select fiscal_year, year_class, sum(opening_yen)::bigint, sum(received_yen - greatest(received_yen + written_off_yen - opening_yen, 0))::bigint,
       sum(greatest(received_yen + written_off_yen - opening_yen, 0))::bigint, sum(written_off_yen)::bigint
from rate_year
where fiscal_year > %(fiscal_year)s - 8
group by fiscal_year, year_class
"""
BY_INCOME = """
select case when income_yen is null then '9' when income_yen <= 0 then '0' when income_yen <= 1000000 then '1' when income_yen <= 2000000 then '2'
            when income_yen <= 3000000 then '3' when income_yen <= 5000000 then '4' else '5' end as part,
       sum(opening_yen)::bigint, sum(received_yen)::bigint, sum(greatest(opening_yen - received_yen - written_off_yen, 0))::bigint
from rate_year
left join nhi_levy on nhi_levy.head_atena_number = rate_year.atena_number and nhi_levy.levy_year = rate_year.levy_year
where fiscal_year = %(fiscal_year)s
group by 1
"""
BY_MONTH = """
select deadline_kind,
       (case when day < %(as_of)s then date_trunc('month', %(as_of)s::date) - interval '1 month' else date_trunc('month', day) end)::date as month,
       count(*), count(distinct atena_number), sum(unpaid_yen)::bigint
from deadline
where day < date_trunc('month', %(as_of)s::date) + interval '12 months'
group by 1, 2
"""
FUNNEL = """
select case when active_yen < 100000 then '10万円未満' when active_yen < 300000 then '10万円から30万円未満' when active_yen < 500000 then '30万円から50万円未満'
            when active_yen < 1000000 then '50万円から100万円未満' else '100万円以上' end as part, ground, count(*), sum(active_yen)::bigint
from (select screening.ground, delinquent.unpaid_yen - delinquent.suspended_yen as active_yen
      from screening join delinquent using (atena_number) where screening.verdict = '該当の疑い') as likely
group by 1, 2
"""
CHANGES = f"""
with pair as (
    select {', '.join(f'b.{name} as b_{name}, a.{name} as a_{name}' for name in SUMS)}
    from state_before as b
    full join state_after as a using (notice_number, installment_no)
    where ({', '.join(f'b.{name}' for name in SUMS)}) is distinct from ({', '.join(f'a.{name}' for name in SUMS)})
)
select term, yen::bigint from (
    select '期首' as term, sum(unpaid_yen) as yen from state_before
    union all select '期末', sum(unpaid_yen) from state_after
    union all select '新規調定', sum(a_assessed_yen) from pair where b_unpaid_yen is null
    union all select '調定の抹消', -sum(b_unpaid_yen) from pair where a_unpaid_yen is null
    union all select '更正増', sum(a_assessed_yen - b_assessed_yen) from pair where a_assessed_yen > b_assessed_yen
    union all select '更正減', sum(a_assessed_yen - b_assessed_yen) from pair where a_assessed_yen < b_assessed_yen
    union all select '還付未済', sum(a_refund_due_yen - coalesce(b_refund_due_yen, 0)) from pair where a_unpaid_yen is not null
    union all select '不納欠損', sum(coalesce(b_written_off_yen, 0) - a_written_off_yen) from pair where a_unpaid_yen is not null
    {''.join(f"union all select '{term}', sum(coalesce(b_{name}, 0) - a_{name}) from pair where a_unpaid_yen is not null{chr(10)}" for term, name in KINDS.items())}
) as told where yen <> 0
"""


def _years(found: pl.DataFrame) -> Rows:
    return sorted(found.filter(pl.col("year_class") != "合計").select("fiscal_year", "year_class", "assessed_yen", "received_yen", "refund_due_yen", "written_off_yen").rows())


def _incomes(found: pl.DataFrame) -> Rows:
    told = found.filter((pl.col("assessed_yen") != 0) | (pl.col("received_same_day_yen") != 0), pl.col("part_key").ne_missing("合計"))
    return sorted(told.select("part_key", "assessed_yen", "received_same_day_yen", "outstanding_yen").rows())


def _deadlines(found: pl.DataFrame) -> Rows:
    return sorted(found.select("deadline_kind", "month", "case_count", "person_count", "yen").rows())


def _funnel(found: pl.DataFrame) -> Rows:
    return sorted(found.select("part", "ground", "person_count", "active_yen").rows())


def _changes(found: change.Bridge) -> Rows:
    return sorted((term, yen) for term, yen in found.rows.select("term", "yen").iter_rows() if yen and term not in WITHIN)


def _pandas_rates(frames: Frames, last_year: int) -> Iterator[tuple[int, str, np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """Year by year: the class, which installments are in it, and the opening balance, receipts and write-offs of all."""
    owed = frames["installment"]
    own_year, opening = owed["assessment_fiscal_year"].to_numpy(), owed["assessed_yen"].to_numpy().copy()
    received = frames["receipt"].groupby(["fiscal_year", "id"])["principal_yen"].sum()
    written = frames["write_off"].groupby(["fiscal_year", "id"])["written_off_yen"].sum()
    is_carried = np.zeros(len(owed), dtype=bool)
    for year in range(int(own_year.min()), last_year + 1):
        came, gone = (_of_year(moves, year, len(owed)) for moves in (received, written))
        is_own = own_year == year
        yield year, "現年", is_own, opening, came, gone
        yield year, "滞繰", is_carried & (opening > 0), opening, came, gone
        left = opening - came - gone
        opening = np.where(is_own | is_carried, left, opening)
        is_carried |= is_own & (left > 0)  # what its own year settled is not carried over, whatever is refunded later


def _of_year(moves: pd.Series, year: int, size: int) -> np.ndarray:
    found = np.zeros(size, dtype=np.int64)
    if year in moves.index.levels[0]:
        own = moves.loc[year]
        found[own.index.to_numpy()] = own.to_numpy()
    return found


def _pandas_years(frames: Frames, last_year: int) -> Rows:
    found = []
    for year, name, part, opening, came, gone in _pandas_rates(frames, last_year):
        if year > last_year - YEARS and part.any():
            refund = np.maximum(came + gone - opening, 0)[part].sum()
            found.append((year, name, int(opening[part].sum()), int(came[part].sum() - refund), int(refund), int(gone[part].sum())))
    return sorted(found)


def _pandas_incomes(frames: Frames, last_year: int) -> Rows:
    parts = []
    for year, _, part, opening, came, gone in _pandas_rates(frames, last_year):
        if year == last_year:
            own = frames["installment"].loc[part, ["atena_number", "levy_year"]]
            parts.append(own.assign(opening=opening[part], came=came[part], left=np.maximum(opening - came - gone, 0)[part]))
    levied = pd.concat(parts).merge(frames["nhi_levy"], how="left", left_on=["atena_number", "levy_year"], right_on=["head_atena_number", "levy_year"])
    income = levied["income_yen"]
    levied["part"] = np.select([income.isna(), *(income <= most for most in INCOMES.values())], ["9", *INCOMES], "5")
    summed = levied.groupby("part")[["opening", "came", "left"]].sum()
    return sorted((part, *(int(yen) for yen in row)) for part, *row in summed.itertuples())


def _pandas_deadlines(frames: Frames, as_of: date) -> Rows:
    this_month = pd.Timestamp(as_of.replace(day=1))
    near = frames["deadline"][frames["deadline"]["day"] < this_month + pd.DateOffset(months=12)]
    month = near["day"].dt.to_period("M").dt.to_timestamp().mask(near["day"] < pd.Timestamp(as_of), this_month - pd.DateOffset(months=1))
    summed = near.groupby(["deadline_kind", month]).agg(case_count=("unpaid_yen", "size"), person_count=("atena_number", "nunique"), yen=("unpaid_yen", "sum"))
    return sorted((kind, each.date(), *(int(figure) for figure in row)) for (kind, each), *row in summed.itertuples())


def _pandas_funnel(frames: Frames) -> Rows:
    screening = frames["screening"]
    likely = screening[screening["verdict"] == "該当の疑い"].merge(frames["delinquent"], on="atena_number")
    active = likely["unpaid_yen"] - likely["suspended_yen"]
    part = pd.Series(np.select([active < most for most in BANDS.values()], [*BANDS], "100万円以上"), index=likely.index, name="part")
    summed = active.groupby([part, likely["ground"]]).agg(["size", "sum"])
    return sorted((*key, *(int(figure) for figure in row)) for key, *row in summed.itertuples())


def _pandas_changes(frames: Frames) -> Rows:
    before, after = frames["state_before"], frames["state_after"]
    pair = before.merge(after, how="outer", on="id", suffixes=("_b", "_a"), indicator=True)
    came, went, both = (pair[pair["_merge"] == side] for side in ("right_only", "left_only", "both"))
    is_in = pd.concat([came, both])
    corrected = both["assessed_yen_a"] - both["assessed_yen_b"]
    told = {
        "期首": before["unpaid_yen"].sum(), "期末": after["unpaid_yen"].sum(), "新規調定": came["assessed_yen_a"].sum(), "調定の抹消": -went["unpaid_yen_b"].sum(),
        "更正増": corrected[corrected > 0].sum(), "更正減": corrected[corrected < 0].sum(),
        "還付未済": (is_in["refund_due_yen_a"] - is_in["refund_due_yen_b"].fillna(0)).sum(),
        "不納欠損": (is_in["written_off_yen_b"].fillna(0) - is_in["written_off_yen_a"]).sum(),
        **{term: (is_in[f"{name}_b"].fillna(0) - is_in[f"{name}_a"]).sum() for term, name in KINDS.items()},
    }
    return sorted((term, int(yen)) for term, yen in told.items() if yen)

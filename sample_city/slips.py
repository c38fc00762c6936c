"""納付書: the slips of the last two levy years, first issued with the notice and again to those who did not pay; their runs and MPN."""

import numpy as np
import polars as pl

from sample_city.assessment import Bills
from sample_city.clock import NEVER
from sample_city.people import Draw
from sample_city.pursuit import Demands
from sample_city.receipts import Receipts
from sample_city.transfers import first_paid_on, next_weekday, recent
from sample_city.words import pick

KINDS = ["当初", "再発行"]
BY_SLIP, FEE = 0, 100
RESULTS = ["正常", "一部エラー"]
RUN = ["batch_number", "kind", "issued_on"]


def slip_table(draw: Draw, bills: Bills, paid: Receipts, demands: Demands, numbers: np.ndarray) -> pl.DataFrame:
    """納付書発行履歴, with the kind of its run beside."""
    mine, home = recent(bills), bills.method[bills.notice] == BY_SLIP
    first = np.flatnonzero(mine & home & (bills.before.sum(axis=1) > 0))
    late = np.flatnonzero(mine & (demands.issued_on < NEVER) & (bills.owed > 0) & (bills.corrected_on == NEVER) & draw.chance(0.3, mine.size))
    again_on = next_weekday(demands.issued_on[late] + draw.days(15, 120, late.size))
    unpaid = (again_on <= draw.clock.last) & (first_paid_on(bills, paid)[late] > again_on)
    again, again_on = late[unpaid], again_on[unpaid]
    at = np.concatenate([first, again])
    kind = np.repeat([0, 1], [first.size, again.size])
    issued = np.concatenate([bills.notified_on[bills.notice[first]], again_on])
    deadline = np.where(kind == 0, bills.due[at], issued + 14)
    table = pl.DataFrame({
        "notice_number": numbers[bills.notice[at]], "installment_no": bills.no[at] + 1, "issue_count": 1 + kind * home[at],
        "batch_number": batch_number(issued, kind), "issued_on": issued, "principal_yen": bills.before.sum(axis=1)[at],
        "charge_yen": np.zeros_like(at), "fee_yen": FEE * kind, "designated_deadline": deadline,
        "barcode_valid_until": deadline, "kind": kind, "from_day": issued})
    return table.filter(pl.col("issued_on") <= draw.clock.last)


def batch_number(issued: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """発行番号: the day of the run as YYYYMMDD and one digit for its kind."""
    day = np.asarray(issued).astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    months, days = month.astype(np.int64), (day - month).astype(np.int64) + 1
    return ((1970 + months // 12) * 10_000 + (months % 12 + 1) * 100 + days) * 10 + kind


def runs(slips: pl.DataFrame) -> pl.DataFrame:
    """Slips and yen by run."""
    yen = pl.sum_horizontal("principal_yen", "charge_yen", "fee_yen").sum()
    return slips.group_by(RUN).agg(slip_count=pl.len().cast(pl.Int64), slip_yen=yen)


def run_tables(found: list[pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """納付書発行履歴管理 and MPN送信結果 of the whole city, from the runs of its parts."""
    every = pl.concat(found).group_by(RUN).agg(pl.col("slip_count", "slip_yen").sum()).sort("batch_number")
    kind, issued = every["kind"].to_numpy(), every["issued_on"].to_numpy()
    rejected = np.where(every["slip_count"].to_numpy() % 97 == 96, 1, 0)
    return {
        "payment_slip_batch": every.with_columns(slip_kind=pick(KINDS, kind), from_day="issued_on"),
        "mpn_transmission": every.select("batch_number", transmitted_on=pl.Series(issued), sent_count="slip_count",
                                         rejected_count=pl.Series(rejected), transmission_result=pick(RESULTS, rejected),
                                         from_day=pl.Series(issued))}

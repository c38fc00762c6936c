"""年次繰越, 月次繰越 and 期別マスタ: what belongs to the city as a whole, gathered from its blocks and stories."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sample_city import slips
from sample_city.assessment import amounts_on
from sample_city.clock import NOMINAL_DUE, Clock, booking_year, fiscal_year, number

if TYPE_CHECKING:
    from sample_city.city import Money

GRAIN = ["assessment_fiscal_year", "fiscal_year"]
BY_MONTH = ["assessment_fiscal_year", "carried_on"]


@dataclass
class Totals:
    """What the city's parts add up to: 繰越 by (調定年度, 会計年度) and by (調定年度, month end), slips by run."""

    clock: Clock
    carried: list[pl.DataFrame] = field(default_factory=list)
    monthly: list[pl.DataFrame] = field(default_factory=list)
    runs: list[pl.DataFrame] = field(default_factory=list)

    def closed_years(self) -> list[int]:
        """The fiscal years into which arrears were carried: the year before is closed on 5/31 (地方自治法235条の5)."""
        return [year for year in self.clock.levy_years[1:] if number(date(year, 6, 1)) <= self.clock.last]

    def month_ends(self) -> list[int]:
        """The last days of the months of the running fiscal year that are over."""
        return [int(start) - 1 for start in self.clock.month_start if number(date(self.clock.levy_years[-1], 5, 1)) <= start <= self.clock.last]

    def add(self, tables: dict[str, pl.DataFrame], carried: pl.DataFrame, monthly: pl.DataFrame) -> None:
        """Take in one part of the city."""
        self.carried.append(carried)
        self.monthly.append(monthly)
        self.runs.append(slips.runs(tables["payment_slip"]))

    def tables(self) -> dict[str, pl.DataFrame]:
        """The city's own tables, to be delivered after its parts."""
        return {"installment_master": self._master(), "carry_over": self._carry_over(), "monthly_carry_over": self._monthly(), **slips.run_tables(self.runs)}

    def _master(self) -> pl.DataFrame:
        year, no = (index.ravel() for index in np.indices(self.clock.due.shape))
        nominal = np.array([[number(date(one + (month < 4), month, day)) for month, day in NOMINAL_DUE]
                            for one in self.clock.levy_years]).ravel()
        return pl.DataFrame({"assessment_fiscal_year": self.clock.levy_years[0] + year, "installment_no": no + 1,
                             "nominal_due_on": nominal, "due_date": self.clock.due.ravel()}).with_columns(levy_kind=pl.lit("料"))

    def _carry_over(self) -> pl.DataFrame:
        grid = pl.DataFrame([(own, into, number(date(into, 6, 1))) for into in self.closed_years() for own in self.clock.levy_years
                             if own < into], schema=[*GRAIN, "carried_on"], orient="row")
        summed = pl.concat(self.carried).group_by(GRAIN).agg(pl.col("carried_yen").sum())
        return grid.join(summed, on=GRAIN, how="left").with_columns(
            pl.col("carried_yen").fill_null(0), levy_kind=pl.lit("料"), from_day="carried_on")

    def _monthly(self) -> pl.DataFrame:
        grid = pl.DataFrame([(own, end) for end in self.month_ends() for own in self.clock.levy_years], schema=dict.fromkeys(BY_MONTH, pl.Int64), orient="row")
        summed = pl.concat(self.monthly).group_by(BY_MONTH).agg(pl.col("carried_yen").sum())
        return grid.join(summed, on=BY_MONTH, how="left").with_columns(
            pl.col("carried_yen").fill_null(0), levy_kind=pl.lit("料"), from_day=pl.col("carried_on") + 1)


def month_end_arrears(money: "Money", totals: Totals) -> pl.DataFrame:
    """Unpaid yen of one block at the close of each month end, by 調定年度: what was booked, written off or corrected later left out."""
    bills, years = money.bills, money.draw.clock.levy_years
    rows = [pl.DataFrame(schema={name: pl.Int64 for name in (*BY_MONTH, "carried_yen")})]
    for end in totals.month_ends():
        left = amounts_on(bills, end).sum(axis=1) - money.receipts.sum_on(end, bills.notice.size)
        seen = money.gone.day <= end
        np.subtract.at(left, money.gone.at[seen], money.gone.yen[seen])
        carried = np.where(bills.notified_on[bills.notice] <= end, np.maximum(left, 0), 0)
        by_year = np.bincount(bills.year[bills.notice], carried, minlength=len(years)).astype(np.int64)
        rows.append(pl.DataFrame({"assessment_fiscal_year": np.array(years), "carried_on": np.full(len(years), end), "carried_yen": by_year}))
    return pl.concat(rows)


def year_end_arrears(money: "Money", totals: Totals) -> pl.DataFrame:
    """Unpaid yen of one block at the end of each fiscal year, by 調定年度: 更正 after 3/31 and receipts of the next year left out."""
    bills, first = money.bills, money.draw.clock.levy_years[0]
    own = first + bills.year[bills.notice]
    received_in = booking_year(money.receipts.booked, own[money.receipts.at])
    gone_in = fiscal_year(money.gone.day)
    left_over, rows = np.zeros(own.size, dtype=np.int64), []
    for into in totals.closed_years():
        for at, when, yen in ((money.receipts.at, received_in, money.receipts.principal), (money.gone.at, gone_in, money.gone.yen)):
            this = when == into - 1
            np.subtract.at(left_over, at[this], yen[this])
        closes = number(date(into, 4, 1))
        billed = np.where(bills.notified_on[bills.notice] < closes, amounts_on(bills, closes - 1).sum(axis=1), 0)
        carried = np.where(own < into, np.maximum(billed + left_over, 0), 0)
        by_year = np.bincount(bills.year[bills.notice], carried, minlength=into - first)[:into - first].astype(np.int64)
        rows.append(pl.DataFrame({"assessment_fiscal_year": first + np.arange(into - first), "fiscal_year": np.full(by_year.size, into), "carried_yen": by_year}))
    return pl.concat(rows)


def carried_of(rows: dict[str, pl.DataFrame], totals: Totals) -> pl.DataFrame:
    """The same of the stories' rows, whose bills are corrected only within their own year."""
    paid = rows["receipt"].select("notice_number", "installment_no", "fiscal_year", yen="principal_yen")
    bills = rows["installment"].join(rows["annual_assessment"].select("notice_number", "assessment_fiscal_year"), on="notice_number")
    found = []
    for into in totals.closed_years():
        before = paid.filter(pl.col("fiscal_year") < into).group_by("notice_number", "installment_no").agg(pl.col("yen").sum())
        left = bills.filter(pl.col("assessment_fiscal_year") < into).join(before, on=["notice_number", "installment_no"], how="left")
        yen = (pl.col("assessed_yen") - pl.col("yen").fill_null(0)).clip(0)
        found.append(left.group_by("assessment_fiscal_year").agg(carried_yen=yen.sum()).with_columns(fiscal_year=pl.lit(into, pl.Int64)))
    return pl.concat(found).select("assessment_fiscal_year", "fiscal_year", "carried_yen")


def monthly_of(rows: dict[str, pl.DataFrame], totals: Totals) -> pl.DataFrame:
    """The same of the stories' rows at each month end."""
    key = ["notice_number", "installment_no"]
    bills = rows["installment"].join(rows["annual_assessment"].select("notice_number", "assessment_fiscal_year", "notified_on"), on="notice_number")
    found = [pl.DataFrame(schema={name: pl.Int64 for name in (*BY_MONTH, "carried_yen")})]
    for end in totals.month_ends():
        paid = rows["receipt"].filter(pl.col("booked_on") <= end).group_by(key).agg(paid=pl.col("principal_yen").sum())
        before = rows["assessment_history"].filter(pl.col("corrected_on") > end).select(*key, "before_yen")
        left = bills.filter(pl.col("notified_on") <= end).join(paid, on=key, how="left").join(before, on=key, how="left")
        yen = (pl.coalesce("before_yen", "assessed_yen") - pl.col("paid").fill_null(0)).clip(0)
        found.append(left.group_by("assessment_fiscal_year").agg(carried_yen=yen.sum()).with_columns(carried_on=pl.lit(end, pl.Int64)).select(*BY_MONTH, "carried_yen"))
    return pl.concat(found, how="vertical_relaxed")

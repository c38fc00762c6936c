"""Does 収納システム's feed make sense as a whole? Sums, due dates and 繰越 that the source itself must agree with.

Asked once a day over the complete tables, after every reference resolved and the rows that break a rule were set aside.
What disagrees holds the day for a person; a notice with rows set aside today is not asked, and neither are erased years.
"""

from pathlib import Path

import duckdb

from data_access.contract import tables
from data_access.feed_rules import literal
from data_access.feed_schedule import HELD, Problem
from law.calendar import NoHolidays, may_fall_due

SYSTEM = "収納システム"
HERE = Path(__file__).parent / "sense"
ASKED = (
    # file of sense/ · table it speaks of · item · what is wrong · what to do
    ("first_installment", "first_installment", "installment_no", "開始期別か期数が期別調定と一致しません",
     "期別調定の最初の期と期の数を確かめて送り直してください。"),
    ("due_date", "installment", "due_date", "納期限が期別マスタと一致しません",
     "期別マスタにない期でないか、納期限の登録を確かめて送り直してください。"),
    ("carry_over", "carry_over", "carried_yen", "繰越額が、前年度末に残っていた期別調定額の合計と一致しません",
     "年次繰越の集計と、更正・収納・欠損の会計年度を確かめて送り直してください。"),
    ("monthly_carry_over", "monthly_carry_over", "carried_yen", "繰越額が、月末に残っていた期別調定額の合計と一致しません",
     "月次繰越の集計と、更正・収納・欠損の日を確かめて送り直してください。"),
)


BY_NOTICE = ("first_installment", "due_date")


def senseless(connection: duckdb.DuckDBPyConnection, restricted: Path) -> list[Problem]:
    """What disagrees within the feed of one day: at most one Problem per rule, with the number of rows that break it."""
    connection.execute("create temp table if not exists touched (notice_number varchar, installment_no varchar)")
    found = [_problem(table, column, says, remedy, _count(connection, question, restricted))
             for question, table, column, says, remedy in ASKED]
    found.append(_problem("installment_master", "due_date", "納期限が、納期の末日（閉庁日なら次の開庁日）と一致しません",
                          "祝日の登録と納期限を確かめて送り直してください。", _misdated(connection, restricted)))
    return [problem for problem in found if problem.count]


def _problem(table: str, column: str, says: str, remedy: str, count: int) -> Problem:
    own = tables()[table]
    return Problem(SYSTEM, own.label, says, remedy, column=own.column(column).label, count=count, severity=HELD)


def _count(connection: duckdb.DuckDBPyConnection, question: str, restricted: Path) -> int:
    """How many rows break one rule; `{table}` in its SQL stands for that table's Parquet."""
    scans = {table.name: f"read_parquet({literal(str(restricted / f'{table.name}.parquet'))})" for table in tables().values()}
    text = (HERE / f"{question}.sql").read_text("utf-8").format(**scans, erased_year=_erased_year(connection, restricted))
    unless = "anti join touched using (notice_number)" if question in BY_NOTICE else ""  # touched: made by settlement.differences
    return connection.execute(f"select count(*) from ({text}) as broken {unless}").fetchone()[0]


def _erased_year(connection: duckdb.DuckDBPyConnection, restricted: Path) -> int:
    """The last levy year of which rows were erased; 0 when there are none."""
    path = restricted / "erased_levy.parquet"
    return connection.execute(f"select coalesce(max(levy_year), 0) from read_parquet({literal(str(path))})").fetchone()[0] if path.exists() else 0


def _misdated(connection: duckdb.DuckDBPyConnection, restricted: Path) -> int:
    """Rows of 期別マスタ whose due date does not follow from the last day of its 納期 (国民健康保険条例, 民法142条)."""
    path = literal(str(restricted / "installment_master.parquet"))
    rows = connection.execute(f"select due_date, nominal_due_on, levy_kind from read_parquet({path})").fetchall()
    return sum(not _may_fall_due(*row) for row in rows)


def _may_fall_due(due_date, nominal, levy_kind: str) -> bool:
    """Also True for a year whose holidays are not on file: what cannot be judged is not refused."""
    try:
        return may_fall_due(due_date, nominal, levy_kind)
    except NoHolidays:
        return True

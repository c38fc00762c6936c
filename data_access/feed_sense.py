"""Does 収納システム's feed make sense as a whole? Sums, due dates and 繰越 that the source itself must agree with.

Asked once a day over the complete tables, after every reference resolved and the rows that break a rule were set aside.
What disagrees holds the day for a person; a notice with rows set aside today is not asked, and neither are erased years.
A 繰越 is a sum over notices: where it agrees once the rows set aside are laid back, they are the cause, and it is only told.
"""

from collections.abc import Collection
from pathlib import Path

import duckdb

from data_access.contract import Table, tables
from data_access.feed_rules import literal, typed
from data_access.feed_schedule import HELD, TOLD, Problem
from data_access.settlement import EXPLAINED
from law.calendar import NoHolidays, may_fall_due

SYSTEM = "収納システム"
HERE = Path(__file__).parent / "sense"
BY_NOTICE = (
    # file of sense/ · table it speaks of · item · what is wrong · what to do
    ("first_installment", "first_installment", "installment_no", "開始期別か期数が期別調定と一致しません",
     "期別調定の最初の期と期の数を確かめて送り直してください。"),
    ("due_date", "installment", "due_date", "納期限が期別マスタと一致しません",
     "期別マスタにない期でないか、納期限の登録を確かめて送り直してください。"),
)
CARRIED = (
    ("carry_over", "carry_over", "carried_yen", "繰越額が、前年度末に残っていた期別調定額の合計と一致しません",
     "年次繰越の集計と、更正・収納・欠損の会計年度を確かめて送り直してください。"),
    ("monthly_carry_over", "monthly_carry_over", "carried_yen", "繰越額が、月末に残っていた期別調定額の合計と一致しません",
     "月次繰越の集計と、更正・収納・欠損の日を確かめて送り直してください。"),
)


def senseless(connection: duckdb.DuckDBPyConnection, restricted: Path, came: Collection[str] = ()) -> list[Problem]:
    """What disagrees within the feed of one day: at most one Problem per rule, with the number of rows that break it.

    `came` are the tables with rows in schema `aside`; temp table `touched` is settlement.differences'."""
    connection.execute("create temp table if not exists touched (notice_number varchar, installment_no varchar)")
    found = [_problem(table, column, says, remedy, _count(connection, _text(connection, question, restricted)))
             for question, table, column, says, remedy in BY_NOTICE]
    found += [_carried(connection, restricted, came, *asked) for asked in CARRIED]
    found.append(_problem("installment_master", "due_date", "納期限が、納期の末日（閉庁日なら次の開庁日）と一致しません",
                          "祝日の登録と納期限を確かめて送り直してください。", _misdated(connection, restricted)))
    return [problem for problem in found if problem.count]


def _problem(table: str, column: str, says: str, remedy: str, count: int, severity: str = HELD) -> Problem:
    own = tables()[table]
    return Problem(SYSTEM, own.label, says, remedy, column=own.column(column).label, count=count, severity=severity)


def _count(connection, text: str) -> int:
    """How many rows break a rule, but those of notices with rows set aside today."""
    return connection.execute(f"select count(*) from ({text}) as broken anti join touched using (notice_number)").fetchone()[0]


def _carried(connection, restricted: Path, came: Collection[str], question: str, table: str, column: str, says: str, remedy: str) -> Problem:
    """Sums that are off: by exactly what was set aside today, or else for a reason that a person must find."""
    count, yen = _off(connection, _text(connection, question, restricted))
    aside = [name for name in came if count and connection.execute(f"select exists (from aside.{name})").fetchone()[0]]
    if aside and _off(connection, _text(connection, question, restricted, laid_back=aside)) == (0, 0):
        return _problem(table, column, f"{says}（差 {yen:,} 円は、隔離した行の分です）", EXPLAINED, count, TOLD)
    return _problem(table, column, says, remedy, count)


def _off(connection, text: str) -> tuple[int, int]:
    """How many sums are off, and by how many yen together."""
    return connection.execute(f"select count(*), coalesce(sum(difference_yen), 0)::bigint from ({text})").fetchone()


def _text(connection, question: str, restricted: Path, laid_back: Collection[str] = ()) -> str:
    """The SQL of one rule: the rows that break it. `{table}` in it stands for that table's Parquet, or for what it would be
    with the rows laid back that were set aside today."""
    scans = {table.name: f"read_parquet({literal(str(restricted / f'{table.name}.parquet'))})" for table in tables().values()}
    scans |= {name: _laid_back(connection, tables()[name], scans[name]) for name in laid_back}
    return (HERE / f"{question}.sql").read_text("utf-8").format(**scans, erased_year=_erased_year(connection, restricted))


def _laid_back(connection, table: Table, scan: str) -> str:
    """The table with its rows of today, as if they had not been set aside; of one that came twice alike, one."""
    cells = ", ".join(f"{typed(column)} as {column.name}" for column in table.columns)
    own = {name for name, *_ in connection.execute(f"describe aside.{table.name}").fetchall()}
    stays = "is_deleted is distinct from '1'" if "is_deleted" in own and not table.has_history else "true"
    return (f"(select * from {scan} anti join (select {cells} from aside.{table.name}) using ({', '.join(table.key)}) "
            f"union all by name select distinct {cells} from aside.{table.name} where {stays})")


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

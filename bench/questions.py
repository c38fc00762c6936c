"""The worklist question, masked and scoped, beside the same answer from indexed marts: PostgreSQL, SQLite, a Polars frame.

The marts hold the finished rows, clear, with indexes made for this one question; they mask and page like the console.
The console also computes the reasons, checks the right and writes the access log; its plain SQL is shown apart.
"""

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import polars as pl
import psycopg

from auth.access import User
from bench import city, postgres, timing
from bench.timing import Figure
from data_access import connection, query

CHIEF = User("keisoku", "係長", "chief", "収納推進課")
POSTGRES = "P-3 問い ワークリスト（SQL）／PostgreSQL の索引付きマート"
DISTRICT, PAGE_SIZE, SKIPPED = "D02", 100, 100
CHOICE = {"queue": None, "district": DISTRICT, "sort": "急ぐ順", "page_size": PAGE_SIZE, "skipped": SKIPPED}
CLEAR = ("atena_ref", "name", "age", "district_name", "town", "unpaid_yen", "charge_yen", "open_count", "oldest_due_date",
         "prescription_on", "last_contact_on", "last_outcome", "last_payment_on", "plan_state")
MART = """
    select listed.* exclude (reasons), clear.name as clear_name, if(listed.urgency = 1, listed.prescription_on::varchar, '') as next_on,
           array_to_string(list_transform(listed.reasons, lambda reason: concat_ws(
               '|', reason.queue, coalesce(reason.day::varchar, ''), coalesce(reason.yen::varchar, ''))), '/') as reasons
    from disclosed.worklist as listed join derived.delinquent as clear using (atena_ref)
"""
PAGE = """
    select atena_ref, {first} || '＊＊', age, district_name, town, unpaid_yen, charge_yen, open_count, oldest_due_date,
           prescription_on, last_contact_on, last_outcome, last_payment_on, plan_state, reasons,
           count(*) over (), sum(unpaid_yen) over ()
    from mart where district_code = {mark}
    order by urgency, next_on, active_yen desc, atena_ref limit {mark} offset {mark}
"""
Side = Callable[[], list[tuple]]


def measure(folder: Path, persons: int) -> list[Figure]:
    """地区ワークリスト1ページ分の問い。どの相手とも同じ答えであることを確かめてから測る。"""
    city.published(folder, persons)
    served = connection.engine()
    asked = query.question("district_worklist")
    mart = connection.reader(served, CHIEF).sql(MART).pl()
    mart = mart.select("district_code", "urgency", "reasons", "active_yen", "next_on", *[pl.col("clear_name").alias("name") if name == "name" else name for name in CLEAR])
    mart = mart.with_columns(pl.col(pl.Date).cast(pl.String))
    sides = {"ask": lambda: query.ask(CHIEF, asked.name, **CHOICE),
             "sql": lambda: connection.reader(served, CHIEF).sql(asked.sql, params=CHOICE).pl()}
    with contextlib.ExitStack() as stack:
        sides["polars"] = _polars(mart)
        sides["sqlite"] = _rows(stack.enter_context(contextlib.closing(sqlite3.connect(":memory:"))), mart, "substr(name, 1, 1)", "?")
        try:
            database = stack.enter_context(psycopg.connect(stack.enter_context(postgres.server())))
            sides["postgresql"] = _rows(database, mart, "left(name, 1)", "%s")
        except postgres.NotHere as reason:
            found = [timing.skipped(POSTGRES, str(reason))]
        expected = _ours(sides["sql"]())
        for name in sides.keys() - {"ask", "sql"}:
            if sides[name]() != expected:
                raise SystemExit(f"{name} の答えがコンソールと違います。")
        taken = timing.side_by_side(sides, repeats=50)
    if "postgresql" in taken:
        found = [timing.at_most(POSTGRES, taken["sql"], taken["postgresql"], 1.5)]
    found += [timing.at_most(f"問い ワークリスト（SQL）／{name} のマート", taken["sql"], taken[side], None)
              for side, name in (("sqlite", "SQLite（メモリ、索引付き）"), ("polars", "Polars（メモリ）"))]
    return [*found, timing.at_most("問い 権限とアクセスログ込み ask()／SQL だけ", taken["ask"], taken["sql"], None)]


def _ours(page: pl.DataFrame) -> list[tuple]:
    """The console's page in the marts' shape: dates as text, reasons as one text."""
    reasons = ["/".join("|".join("" if each[part] is None else str(each[part]) for part in ("queue", "day", "yen")) for each in row)
               for row in page["reasons"].to_list()]
    plain = page.with_columns(pl.Series("reasons", reasons), pl.col(pl.Date).cast(pl.String))
    return plain.select(*CLEAR, "reasons", "total_count", "total_yen").rows()


def _rows(database: sqlite3.Connection | psycopg.Connection, mart: pl.DataFrame, first: str, mark: str) -> Side:
    cursor = database.cursor()
    columns = ", ".join(f"{name} {'text' if dtype == pl.String else 'bigint'}" for name, dtype in mart.schema.items())
    cursor.execute(f"create table mart ({columns})")
    cursor.executemany(f"insert into mart values ({', '.join([mark] * mart.width)})", mart.rows())
    cursor.execute("create index paged on mart (district_code, urgency, next_on, active_yen desc, atena_ref)")
    cursor.execute("analyze mart")
    page = PAGE.format(first=first, mark=mark)

    def answer() -> list[tuple]:
        return [(*row[:-1], int(row[-1])) for row in cursor.execute(page, (DISTRICT, PAGE_SIZE, SKIPPED)).fetchall()]

    return answer


def _polars(mart: pl.DataFrame) -> Side:
    def answer() -> list[tuple]:
        listed = mart.filter(pl.col("district_code") == DISTRICT)
        page = listed.sort("urgency", "next_on", -pl.col("active_yen"), "atena_ref").slice(SKIPPED, PAGE_SIZE)
        masked = page.with_columns(name=pl.col("name").str.slice(0, 1) + "＊＊", total_count=listed.height, total_yen=listed["unpaid_yen"].sum())
        return masked.select(*CLEAR, "reasons", "total_count", "total_yen").rows()

    return answer


if __name__ == "__main__":
    timing.command(measure)

"""収納率 by fiscal year and class: from the cube, beside DuckDB and Polars computing the same from every receipt."""

from pathlib import Path

import duckdb
import polars as pl

from auth.access import User
from bench import city, timing
from bench.timing import Figure
from data_access import connection, derive, query, snapshot
from law.fiscal_year import fiscal_year

CHIEF = User("keisoku", "係長", "chief", "収納推進課")
CHOICE = {"district": None}
YEN = ("assessed_yen", "received_yen", "refund_due_yen", "written_off_yen")
KEY = ["notice_number", "installment_no"]


def measure(folder: Path, persons: int) -> list[Figure]:
    """収納状況の年度別の表。集計表からと、全ての収納からと。1円まで同じであることを確かめてから測る。"""
    city.published(folder, persons)
    served, used = connection.engine(), snapshot.current()
    files = {name: str(path) for name, path in used.parquet("restricted").items()}
    raw = duckdb.connect()
    derive.prepare(raw, used.parquet("restricted"), used.business_date)
    raw.execute((derive.HERE / "place.sql").read_text("utf-8"))
    asked = query.question("rate_by_year")
    sides = {
        "cube": lambda: connection.reader(served, CHIEF).sql(asked.sql, params=CHOICE).pl(),
        "duckdb": lambda: _duckdb(raw),
        "polars": lambda: _polars(files, fiscal_year(used.business_date)),
    }
    answers = {name: side() for name, side in sides.items()}
    expected = [row for row in answers["cube"].select("fiscal_year", "year_class", *YEN).rows()
                if row[1] != "合計"]
    for name in ("duckdb", "polars"):
        found = [row for row in answers[name] if row[0] >= expected[0][0]]
        if found != expected:
            raise SystemExit(f"{name} の収納率がコンソールと違います: {found} / {expected}")
    taken = timing.side_by_side(sides)
    fastest = min(("duckdb", "polars"), key=lambda name: timing.median(taken[name]))
    size = f"{raw.execute('select count(*) from source.receipt').fetchone()[0]:,}収納"
    return [timing.faster(f"{'P-5 ' if name == fastest else ''}収納率 集計表／{label}で全収納から（{size}）", taken["cube"], taken[name],
                          100 if name == fastest else None)
            for name, label in (("duckdb", "DuckDB"), ("polars", "Polars"))]


def _duckdb(raw: duckdb.DuckDBPyConnection) -> list[tuple]:
    for step in ("balance", "rate_year", "rate_cube"):
        raw.execute((derive.HERE / f"{step}.sql").read_text("utf-8"))
    return raw.sql("select fiscal_year, year_class, sum(assessed_yen)::bigint, sum(received_yen - refund_due_yen)::bigint, "
                   "sum(refund_due_yen)::bigint, sum(written_off_yen)::bigint from derived.rate_cube group by all order by 1, 2 desc").fetchall()


def _polars(files: dict[str, str], last_year: int) -> list[tuple]:
    """The same from the raw Parquet: each year's opening balance, what came in, what was written off."""
    received = pl.scan_parquet(files["receipt"]).group_by(*KEY, "fiscal_year").agg(received_yen=pl.col("principal_yen").sum())
    written = pl.scan_parquet(files["write_off"]).group_by(*KEY, "fiscal_year").agg(pl.col("written_off_yen").sum())
    owed = pl.scan_parquet(files["installment"]).select(*KEY, "assessed_yen").join(
        pl.scan_parquet(files["annual_assessment"]).select("notice_number", "assessment_fiscal_year"), on="notice_number")
    moved = pl.concat([received, written], how="diagonal").group_by(
        *KEY, "fiscal_year").agg(pl.col("received_yen", "written_off_yen").sum())
    owed, moved = pl.collect_all([owed, moved])
    found = []
    for year in range(owed["assessment_fiscal_year"].min(), last_year + 1):
        now = owed.join(moved.filter(pl.col("fiscal_year") == year).drop("fiscal_year"), on=KEY, how="left").with_columns(
            pl.col("received_yen", "written_off_yen").fill_null(0))
        is_own, is_past = pl.col("assessment_fiscal_year") == year, pl.col("assessment_fiscal_year") < year
        left = pl.col("assessed_yen") - pl.col("received_yen") - pl.col("written_off_yen")
        for name, part in (("現年", now.filter(is_own)), ("滞繰", now.filter(is_past, pl.col("assessed_yen") > 0))):
            if part.height:
                found.append((year, name, *part.select(
                    pl.col("assessed_yen").sum(), pl.col("received_yen").sum() - (-left).clip(0).sum(),
                    (-left).clip(0).sum().alias("refund_due_yen"), pl.col("written_off_yen").sum()).row(0)))
        # what is left is the next year's opening; what its own year settled is not carried over, whatever is refunded later
        opening = pl.when(is_own | is_past).then(left).otherwise("assessed_yen")
        owed = now.with_columns(assessed_yen=opening).filter(~is_own | (pl.col("assessed_yen") > 0)).select(owed.columns)
    return found


if __name__ == "__main__":
    timing.command(measure)

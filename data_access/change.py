"""増減の内訳: what moved 滞納額 and 収入未済額 between two kept days, term by term, exact to the yen.

The two days' installments are compared once per pair (change.sql), block by block, so that what did not change is not looked at;
what moved stays beside the snapshot that is looked at, and the screen asks of it as of anything else (queries/change_*.sql). Nothing is left over: every yen of every installment is in
one term, and `Bridge.is_exact` says so of what is shown.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from audit import refusal
from auth.access import User
from data_access import protected
from data_access.connection import Engine, engine_of
from data_access.lineage import Kept
from data_access.query import ask, engine_looked_at, kept
from data_access.question import question
from law.fiscal_year import fiscal_year, opens_on

HERE = Path(__file__).parent
BLOCK, STATE, OWED, MOVED, TOTAL = ((HERE / f"{name}.sql").read_text("utf-8") for name in ("change_block", "change_state", "change_owed", "change", "change_total"))
MEASURES = ("滞納額", "収入未済額")
OPENING, CLOSING = "期首", "期末"
# In the order in which they are read: what comes to it, what is put right, what is paid, what is given up, what only moves.
TERMS = ("納期到来", "過去の納期の調定", "新規調定", "更正増", "更正減", "調定の抹消", "納期の変更", "収納", "充当", "収納の取消", "還付", "還付未済",
         "不納欠損", "滞繰へ", "滞繰入", "地区を出た", "地区に入った", "名寄せ・承継（出）", "名寄せ・承継（入）")
WITHIN = {"滞繰へ", "滞繰入", "地区を出た", "地区に入った", "名寄せ・承継（出）", "名寄せ・承継（入）"}
MOST_PAIRS = 3
PATIENCE = 1.0  # seconds that a click waits for a pair of days that nobody has compared yet
_at_work = ThreadPoolExecutor(1, "comparing")
CLASSES = {"現年": "current_yen", "滞繰": "carried_yen"}


@dataclass(frozen=True)
class Bridge:
    """`rows`: 期首, each term that moved anything, 期末, in the order to read them: term, case_count, person_count, current_yen
    (現年), carried_yen (滞繰), yen. Where 期首 + all terms = 期末 in both classes, `is_exact`; it always must be. `answer`: what the question
    change_terms said, before anything was put in order."""

    rows: pl.DataFrame
    is_exact: bool
    answer: pl.DataFrame

    def of(self, term: str) -> int:
        """The yen of 期首, 期末 or a term; 0 when it moved nothing."""
        return self.rows.filter(term=term)["yen"].sum()


def bridge(user: User, older_id: str, measure: str, district: str | None) -> Bridge:
    """From the kept snapshot `older_id` to the day looked at. `measure` is one of MEASURES.

    Raises NotAllowed as `ask` does, and SnapshotRefused when that snapshot is not kept."""
    refusal.check_allowed(user, question("change_terms").action, "change_terms")
    compare(engine_looked_at(), older_id)
    found = ask(user, "change_terms", older_id=older_id, measure=measure, district=district)
    order = pl.Enum([OPENING, *TERMS, CLOSING])
    rows = found.filter((pl.col("yen") != 0) | pl.any_horizontal(pl.col(list(CLASSES.values())) != 0) | pl.col("term").is_in([OPENING, CLOSING]))
    rows = rows.sort(pl.col("term").cast(order))
    exact = all(found.filter(pl.col("term") != CLOSING)[column].sum() == found.filter(term=CLOSING)[column].sum() for column in [*CLASSES.values(), "yen"])
    return Bridge(rows, exact, found)


def earlier(as_of: date) -> list[Kept]:
    """The kept days before `as_of`, one snapshot each: the end of last month first, because that is what is asked most; then the newest first."""
    days: dict[date, Kept] = {}
    for each in kept():
        if each.business_date < as_of:
            days.setdefault(each.business_date, each)
    end = next((each for day, each in days.items() if day < as_of.replace(day=1)), None)
    return [*([end] if end else []), *(each for each in days.values() if each is not end)]


def is_compared(newer_id: str, older_id: str, patience: float | None = None) -> bool:
    """Whether two kept days are compared, `patience` (PATIENCE) seconds from now at the latest: what takes longer goes on by itself.

    Raises SnapshotRefused when one of them is not kept."""
    try:
        _at_work.submit(compare, engine_of(newer_id), older_id).result(PATIENCE if patience is None else patience)
    except TimeoutError:
        return False
    return True


def compare(served: Engine, older_id: str) -> None:
    """Have `served` hold what moved since `older_id`: made when it is asked first, and again when somebody has been marked (支援措置).

    Raises SnapshotRefused when that snapshot is not kept."""
    if served.compared.get(older_id) == served.marks and older_id in {each.id for each in kept()}:
        return  # without opening the older day again
    older = engine_of(older_id)
    with served.comparing:
        if served.compared.get(older_id) == served.marks:
            return
        cursor, other = served.connection.cursor(), older.connection.cursor()
        days = {"older_on": older.snapshot.business_date, "newer_on": served.snapshot.business_date}
        years = {"older_year": fiscal_year(days["older_on"]), "newer_year": fiscal_year(days["newer_on"])}
        cursor.register("block_before", other.sql("from derived.installment_block").to_arrow_table())
        hidden = sorted(protected.hidden(served.connection) | protected.hidden(older.connection))
        looked_at = {"change_block": cursor.sql(BLOCK).to_arrow_table(), "change_hidden": pl.DataFrame({"atena_number": hidden}, schema={"atena_number": pl.String}).to_arrow()}
        for name, rows in looked_at.items():
            cursor.register(name, rows)
            other.register(name, rows)
        for name, sql, params in (("change", STATE, {**days, **years}), ("change_owed", OWED, {})):
            cursor.register(f"{name}_before", other.sql(sql, params=params).to_arrow_table())  # every column in the order of _after: rows are compared whole
            cursor.execute(f"create or replace temp table {name}_after as {sql}", params)
        forgotten = [older_id, *list(served.compared)[: max(0, len(served.compared) - MOST_PAIRS + 1)]]
        cursor.execute("begin")
        for table, sql, more in (("change_moved", MOVED, {"newer_year_opens": opens_on(years["newer_year"])}), ("change_total", TOTAL, {})):
            cursor.execute(f"delete from serving.{table} where older_id in (select unnest(?::varchar[]))", [forgotten])
            cursor.execute(f"insert into serving.{table} by name select $older_id as older_id, * from ({sql})", {"older_id": older_id, **days, **years, **more})
        cursor.execute("commit")
        served.compared = {kept: marks for kept, marks in served.compared.items() if kept not in forgotten} | {older_id: served.marks}

"""増減の内訳: every yen between two days is in one term, whatever the two days are; and the screen says what plain Python says."""

import threading
from collections import Counter
from datetime import date, timedelta
from random import Random
from types import SimpleNamespace

import duckdb
import polars as pl
import pytest

from auth.access import NotAllowed
from data_access import change, connection, derive, protected, snapshot
from data_access.connection import engine
from data_access.query import kept
from law.fiscal_year import fiscal_year, opens_on
from tests import staff

PERSONS = ("A", "A", "A", "B", "C", "D", "E")
KINDS = ("paid", "applied", "refunded", "cancelled")
SCHEMA = {"notice_number": pl.String, "installment_no": pl.String, "atena_number": pl.String, "assessment_fiscal_year": pl.Int64,
          "due_date": pl.Date, **{f"{name}_yen": pl.Int64 for name in ("assessed", "refund_due", "written_off", "unpaid", *KINDS, *(f"late_{kind}" for kind in KINDS))}}


def day_of(random: Random, installments: list[dict], as_of: date) -> list[dict]:
    """Some of these installments as they may stand on some day: nothing is held to what another day said."""
    rows = []
    for known in installments:
        if random.random() < 0.15:
            continue
        row = known | {"atena_number": random.choice(PERSONS)}
        if random.random() < 0.1:
            row["due_date"] += timedelta(days=random.choice((30, 300)))
        row |= {f"{name}_yen": random.choice((0, 0, 100, 2_500)) for name in ("refund_due", "written_off", *KINDS)}
        row["refunded_yen"], row["cancelled_yen"] = -row["refunded_yen"], -row["cancelled_yen"]
        row |= {f"late_{kind}_yen": row[f"{kind}_yen"] * random.choice((0, 1)) for kind in KINDS}
        row["assessed_yen"] = random.choice((0, 3_000, 40_000))
        row["unpaid_yen"] = row["assessed_yen"] - sum(row[f"{kind}_yen"] for kind in KINDS) + row["refund_due_yen"] - row["written_off_yen"]
        rows.append(row)
    return rows


def quiet_day_after(random: Random, rows: list[dict], as_of: date) -> list[dict]:
    """A day on which little happened: most of it is what it was."""
    return [kept for row in rows for kept in ([row] if random.random() < 0.9 else day_of(random, [row], as_of))]


def plain(before: dict | None, after: dict | None, measure: str, older_on: date, newer_on: date) -> Counter:
    """One installment in plain Python: (term, 区分, district) → yen."""
    def counts(row: dict | None, day: date) -> bool:
        return row is not None and (measure == "収入未済額" or row["due_date"] < day)

    def of_class(row: dict, day: date) -> str:
        return "滞繰" if row["assessment_fiscal_year"] < fiscal_year(day) else "現年"

    def late(row: dict, kind: str) -> int:
        return row[f"{'late_' if measure == '滞納額' else ''}{kind}_yen"]

    was_in, is_in, found = counts(before, older_on), counts(after, newer_on), Counter()
    where = "S00" if before and after and after["district_code"] == "S00" else before and before["district_code"]
    if was_in and not is_in:
        found["調定の抹消" if after is None else "納期の変更", of_class(before, older_on), where] -= before["unpaid_yen"]
    if not is_in:
        return found
    here, now = after["district_code"], of_class(after, newer_on)
    if was_in:
        start, then = before["unpaid_yen"], of_class(before, older_on)
        since = {kind: after[f"{kind}_yen"] - before[f"{kind}_yen"] for kind in KINDS}
        found["更正増" if after["assessed_yen"] > before["assessed_yen"] else "更正減", now, here] += after["assessed_yen"] - before["assessed_yen"]
        found["還付未済", now, here] += after["refund_due_yen"] - before["refund_due_yen"]
        found["不納欠損", now, here] -= after["written_off_yen"] - before["written_off_yen"]
    else:
        where, since = here, {kind: late(after, kind) for kind in KINDS}
        is_carried = now == "滞繰" and (after["assessment_fiscal_year"] < fiscal_year(older_on)
                                     or measure == "滞納額" and after["due_date"] >= opens_on(fiscal_year(newer_on)))
        then = "滞繰" if is_carried else "現年"
        found["不納欠損", now, here] -= after["written_off_yen"]
        if measure == "収入未済額":
            start, term = after["assessed_yen"], "新規調定"
            found["還付未済", now, here] += after["refund_due_yen"]
        else:
            start = after["unpaid_yen"] + after["written_off_yen"] + sum(since.values())
            term = "納期到来" if before or after["due_date"] >= older_on else "過去の納期の調定"
        found[term, then, where] += start
    for kind, term in zip(KINDS, ("収納", "充当", "還付", "収納の取消"), strict=True):
        found[term, now, here] -= since[kind]
    out, into = ("名寄せ・承継（出）", "名寄せ・承継（入）") if before and before["atena_number"] != after["atena_number"] else ("地区を出た", "地区に入った")
    if where != here:
        found[out, then, where] -= start
        found[into, then, here] += start
    if then != now:
        found["滞繰へ", then, here] -= start
        found["滞繰入", now, here] += start
    return found


def bare(base: duckdb.DuckDBPyConnection, as_of: date, rows: list[dict], places: dict[str, str], hidden: set[str]) -> SimpleNamespace:
    """An engine that holds nothing but these installments, who lives where by its snapshot, and who is hidden by a mark."""
    base.execute("drop schema if exists serving cascade; drop schema if exists derived cascade; create schema derived; create schema serving")
    base.register("rows", pl.DataFrame(rows, schema=SCHEMA).to_arrow())
    base.register("places", pl.DataFrame({"atena_number": [*places], "district_code": [*places.values()]}).to_arrow())
    base.register("hidden", pl.DataFrame({"atena_number": [*hidden]}, schema={"atena_number": pl.String}).to_arrow())
    base.execute("create table derived.installment_state as select *, (assessment_fiscal_year * 65536 + hash(notice_number) % 4)::bigint as block from rows")
    base.execute("create table derived.place as from places; create table serving.protected as from hidden union select atena_number from places where district_code = 'S00'")
    base.execute("create view serving.place as select atena_number, if(atena_number in (from serving.protected), 'S00', district_code) as district_code from derived.place")
    base.execute((derive.HERE / "installment_block.sql").read_text("utf-8"))
    base.execute(connection.CHANGE)
    return SimpleNamespace(connection=base, snapshot=SimpleNamespace(business_date=as_of), comparing=threading.Lock(), compared={}, marks=frozenset())


def prints(engine: SimpleNamespace) -> set[tuple]:
    return set(engine.connection.execute("from derived.installment_block").fetchall())


def placed(rows: list[dict], engine: SimpleNamespace) -> list[dict]:
    """These installments with the district that today's marks leave to each."""
    codes = dict(engine.connection.execute("select atena_number, district_code from serving.place").fetchall())
    return [row | {"district_code": codes[row["atena_number"]]} for row in rows]


@pytest.mark.slow
def test_200_random_pairs_of_days_are_exact_and_agree_with_plain_python(monkeypatch):
    random, left_out, (one, other) = Random(20_261_127), 0, (duckdb.connect(), duckdb.connect())
    for _ in range(200):
        older_on = date(2025, 1, 1) + timedelta(days=random.randrange(600))
        newer_on = older_on + timedelta(days=random.randrange(1, 500))
        installments = [{"notice_number": f"{number:010}", "installment_no": f"{random.randrange(1, 11):02}", "assessment_fiscal_year": (year := random.randrange(2023, 2027)),
                         "due_date": date(year, 6, 30) + timedelta(days=random.randrange(400))} for number in range(40)]
        before = day_of(random, installments, older_on)
        after = quiet_day_after(random, before, newer_on) if random.random() < 0.5 else day_of(random, installments, newer_on)
        places = {number: random.choice(("D01", "D01", "D02", "S00")) for number in PERSONS}
        moved_to = {number: random.choice(("D01", "D02", "S00")) for number in PERSONS if random.random() < 0.2}
        marked = {number for number in PERSONS if random.random() < 0.1}
        older, newer = bare(one, older_on, before, places, marked | {random.choice(PERSONS)}), bare(other, newer_on, after, places | moved_to, marked)
        left_out += len(prints(older) & prints(newer))
        monkeypatch.setattr(change, "engine_of", lambda _, older=older: older)
        change.compare(newer, "older")
        moved, total = (newer.connection.sql(f"from serving.{name}").pl() for name in ("change_moved", "change_total"))
        before, after = placed(before, older), placed(after, newer)
        expected = Counter()
        for number in {row["notice_number"] for row in (*before, *after)}:
            own = [next((row for row in rows if row["notice_number"] == number), None) for rows in (before, after)]
            for measure in change.MEASURES:
                for (term, year_class, district), yen in plain(*own, measure, older_on, newer_on).items():
                    expected[measure, number, term, year_class, district] += yen
        names = ["measure", "notice_number", "term", "year_class", "district_code"]
        assert {tuple(row[name] for name in names): row["yen"] for row in moved.iter_rows(named=True)} == {key: yen for key, yen in expected.items() if yen}
        assert set(moved["term"]) <= set(change.TERMS)
        stood = Counter()
        for row in total.iter_rows(named=True):
            for name, column in change.CLASSES.items():
                stood[row["measure"], name, row["district_code"]] += row[column] * (1 if row["term"] == change.CLOSING else -1)
        for row in moved.iter_rows(named=True):
            stood[row["measure"], row["year_class"], row["district_code"]] -= row["yen"]
        assert not any(stood.values()), "期首 + every term = 期末, per measure, class and district"
    assert left_out > 200, "blocks that nobody looked at"


# The eve as if every third notice had not paid yet, every fifth had been assessed higher and every seventh had not been known.
EARLIER = """
create or replace table derived.installment_bent as
select * exclude (nth) replace (
    if(nth % 3 = 0, 0, paid_yen) as paid_yen,
    if(nth % 5 = 0, assessed_yen + 1000, assessed_yen) as assessed_yen,
    unpaid_yen + if(nth % 3 = 0, paid_yen, 0) + if(nth % 5 = 0, 1000, 0) as unpaid_yen)
from (select *, notice_number::bigint as nth from derived.installment_state)
where nth % 7 <> 0;
create or replace view derived.installment_state as from derived.installment_bent;
drop view derived.installment_block;
"""


@pytest.fixture
def earlier(own_city):
    """The id of the older day, its rows bent; and what the bent rows owe."""
    older = kept()[1]
    bent = connection.engine_of(older.id).connection.cursor()
    bent.execute(EARLIER)
    bent.execute((derive.HERE / "installment_block.sql").read_text("utf-8"))
    yield SimpleNamespace(id=older.id, owed=owed(bent.sql("from derived.installment_state").pl(), older.business_date))
    connection._older.clear()


def owed(state: pl.DataFrame, as_of: date) -> dict[str, int]:
    return {"滞納額": state.filter(pl.col("due_date") < as_of)["unpaid_yen"].sum(), "収入未済額": state["unpaid_yen"].sum()}


def test_two_days_of_the_city_are_bridged_to_the_yen_and_every_term_has_its_rows(earlier):
    now = kept()[0]
    for measure in change.MEASURES:
        found = change.bridge(staff.CHIEF, earlier.id, measure, None)
        assert found.is_exact
        assert found.of(change.OPENING) == earlier.owed[measure]
        assert found.of(change.CLOSING) == owed(pl.read_parquet(snapshot.find(now.id).folder / "derived" / "balance.parquet"), now.business_date)[measure]
        assert found.of("収納") < 0
        assert found.of("更正減") < 0
        assert found.of("過去の納期の調定" if measure == "滞納額" else "新規調定") > 0
        for row in found.rows.filter(~pl.col("term").is_in([change.OPENING, change.CLOSING])).iter_rows(named=True):
            rows = change.ask(staff.CHIEF, "change_rows", older_id=earlier.id, measure=measure, term=row["term"], district=None, page_size=10_000, skipped=0)
            assert (rows.height, rows["yen"].sum()) == (row["case_count"], row["yen"])
            assert rows["name"].null_count() == 0
            assert all(name.endswith("＊＊") if has_case else name == "（滞納なし）" for name, has_case in rows.select("name", "has_case").iter_rows()), "or why there is none"
    own = change.bridge(staff.OFFICER, earlier.id, "滞納額", None)
    assert own.is_exact
    assert 0 < own.of(change.CLOSING) < change.bridge(staff.CHIEF, earlier.id, "滞納額", None).of(change.CLOSING)
    with pytest.raises(NotAllowed):
        change.bridge(staff.ANALYST, earlier.id, "滞納額", None)


def test_who_is_marked_afterwards_is_in_no_district_of_either_day(earlier, monkeypatch):
    before = change.bridge(staff.OFFICER, earlier.id, "滞納額", None)
    number = engine().connection.cursor().execute(
        "select atena_number from serving.change_moved join derived.delinquent using (atena_number) where measure = '滞納額' and change_moved.district_code = 'D01' limit 1").fetchone()[0]
    monkeypatch.setattr(protected, "marked", lambda: frozenset({number}))
    after = change.bridge(staff.OFFICER, earlier.id, "滞納額", None)
    assert after.is_exact
    assert after.of(change.OPENING) < before.of(change.OPENING)
    left = engine().connection.cursor().execute("select distinct district_code from serving.change_moved where atena_number = ?", [number]).fetchall()
    assert left == [("S00",)]


def test_only_the_newest_pairs_stay(own_city, monkeypatch):
    older = kept()[1]
    served = engine()
    change.compare(served, older.id)
    monkeypatch.setattr(change, "engine_of", lambda _: connection.engine_of(older.id))  # whatever it is called
    for other in ("one", "two", "three"):
        change.compare(served, other)
    assert list(served.compared) == ["one", "two", "three"]
    assert {name for (name,) in served.connection.cursor().execute("select distinct older_id from serving.change_total").fetchall()} == {"one", "two", "three"}

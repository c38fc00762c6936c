"""差異: nothing on a sound city but what was planted, and every corruption of a stored value found, with its reason."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from data_access import derive, snapshot
from data_access.difference import RECENT_DAYS, add_fixed_charges
from data_access.feed_rules import literal
from data_access.prescription_reason import name_reasons
from law.delinquency_charge import explain
from law.exemption import Exemption
from sample_city.stories import planted
from tests.conftest import CLOCK

STEPS = derive.STEPS[:derive.STEPS.index("difference") + 1]
PLANTED = {("時効", each.notice_number, each.installment_no, each.reason) for each in planted(CLOCK)}
PAID = "stored_received_yen > 0 and stored_unpaid_yen > 0"


def differences(folder: Path) -> set[tuple]:
    """What differs in the restricted tables of `folder`: (item, notice, installment, reason)."""
    restricted = {path.stem: path for path in folder.glob("*.parquet")}
    with duckdb.connect() as connection:
        derive.prepare(connection, restricted, CLOCK.feed_dates[-1])
        for step in STEPS:
            connection.execute((derive.HERE / f"{step}.sql").read_text("utf-8"))
            if step == "prescription_difference":
                name_reasons(connection, CLOCK.feed_dates[-1])
        add_fixed_charges(connection, CLOCK.feed_dates[-1])
        return set(connection.execute("select item, notice_number, installment_no, reason from derived.difference").fetchall())


@pytest.fixture
def restricted(city, tmp_path) -> Path:
    """The city's restricted tables, free to be spoilt: links, replaced when one is written."""
    for path in (snapshot.current().folder / "restricted").glob("*.parquet"):
        (tmp_path / path.name).symlink_to(path)
    return tmp_path


# stored column · the table it stands in · how it is spoilt · the rows that have a counterpart · the item that must be told
STORED = [
    ("年調定額", "annual_assessment", "assessed_yen", "assessed_yen + 100", "true"),
    ("収納額", "installment", "stored_received_yen", "stored_received_yen + 300", "true"),
    ("収入未済額", "installment", "stored_unpaid_yen", "stored_unpaid_yen + 700", "true"),
    *(("時効", "installment", "stored_prescription_2y_on", "stored_prescription_2y_on - 3",
       f"stored_unpaid_yen > 0 and stored_prescription_2y_on is not null and due_date {than} date '2026-10-30'") for than in ("<", ">=")),
    ("確定延滞金額", "installment", "fixed_charge_yen", "fixed_charge_yen + 900", "fixed_charge_yen is not null"),
    ("調定額", "assessment_history", "after_yen", "after_yen + 500", "true"),
]
EACH = 12


def test_every_spoilt_value_is_found(restricted):
    """EACH random rows of every stored column at once; of the dates, the installments not yet due as well."""
    expected = set()
    with duckdb.connect() as connection:
        connection.execute("set threads = 1; select setseed(0.4)")
        for item, table, column, change, where in STORED:
            path = restricted / f"{table}.parquet"
            connection.execute(f"create or replace table whole as from read_parquet({literal(str(path.resolve()))})")
            number = "installment_no" if table != "annual_assessment" else "null"
            connection.execute(f"create or replace temp table chosen as select rowid as place from whole where {where} order by random() limit {EACH}")
            rows = connection.execute(f"select notice_number, {number} from whole where rowid in (from chosen)").fetchall()
            assert len(rows) == EACH, item
            expected |= {(item, *row) for row in rows}
            connection.execute(f"update whole set {column} = {change} where rowid in (from chosen)")
            path.unlink()
            connection.execute(f"copy whole to {literal(str(path))} (format parquet)")
    missed = expected - {found[:3] for found in differences(restricted)}
    assert not missed


def spoil(folder: Path, table: str, change: str, where: str) -> tuple[str, str]:
    """Rewrite one row of a table with `change` (SQL of select * replace); returns its notice and installment number."""
    path = folder / f"{table}.parquet"
    scan = f"read_parquet({literal(str(path.resolve()))})"
    with duckdb.connect() as connection:
        names = [row[0] for row in connection.execute(f"describe select * from {scan}").fetchall()]
        key = "notice_number, installment_no" if "installment_no" in names else "notice_number, null"
        chosen = connection.execute(f"select {key}, file_row_number from {scan[:-1]}, file_row_number = true) "
                                    f"where {where} order by all limit 1").fetchone()
        fresh = folder / f"{table}.new"
        kept = "" if change == "gone" else (
            f" union all by name select * exclude (file_row_number) replace ({change}) from numbered where file_row_number = {chosen[2]}")
        connection.execute(
            f"copy (with numbered as (from {scan[:-1]}, file_row_number = true)) "
            f"select * exclude (file_row_number) from numbered where file_row_number <> {chosen[2]}{kept}) "
            f"to {literal(str(fresh))} (format parquet)")
    path.unlink()
    fresh.rename(path)
    return chosen[0], chosen[1]


# table · what is changed in one row · which row · the differences it must cause: (item, reason)
SPOILT = [
    ("annual_assessment", "assessed_yen + 100 as assessed_yen", "true", {("年調定額", "期別調定の合計と違う")}),
    ("installment", "stored_received_yen + 500 as stored_received_yen", PAID, {("収納額", "収納履歴にない入金がある")}),
    ("installment", "0::bigint as stored_received_yen", "stored_received_yen > 0 and stored_unpaid_yen > 0",
     {("収納額", "反映されていない収納がある")}),
    ("installment", "stored_received_yen - 500 as stored_received_yen, stored_unpaid_yen + 500 as stored_unpaid_yen", PAID,
     {("収納額", "説明がつかない"), ("収入未済額", "収納額の違いによる")}),
    ("installment", "stored_unpaid_yen + 77 as stored_unpaid_yen", PAID, {("収入未済額", "説明がつかない")}),
    ("installment", "0::bigint as stored_unpaid_yen", PAID, {("収入未済額", "説明がつかない"), ("完納", "未納が残るのに完納とされている")}),
    ("installment", "assessed_yen as stored_unpaid_yen", "stored_unpaid_yen = 0 and stored_received_yen = assessed_yen and assessed_yen > 0",
     {("収入未済額", "説明がつかない"), ("完納", "完納なのに未納とされている")}),
    ("installment", "fixed_charge_yen + 100 as fixed_charge_yen", "fixed_charge_yen is not null", {("確定延滞金額", "確定額が計算と違う")}),
    ("installment", "stored_prescription_2y_on + 1 as stored_prescription_2y_on",
     "stored_unpaid_yen > 0 and due_date < date '2026-09-01' and stored_prescription_2y_on is not null and notice_number < '99'",
     {("時効", "初日の数え方が1日違う")}),
    ("installment", "null::date as stored_prescription_2y_on",
     "stored_unpaid_yen > 0 and due_date < date '2026-09-01' and stored_prescription_2y_on is not null and notice_number < '99'",
     {("時効", "登録がない")}),
]


def test_the_city_shows_what_was_planted_and_nothing_else(restricted):
    assert differences(restricted) == PLANTED


@pytest.mark.parametrize(("table", "change", "where", "caused"), SPOILT, ids=[f"{row[0]}-{number}" for number, row in enumerate(SPOILT)])
def test_a_spoilt_value_is_found_with_its_reason(restricted, table, change, where, caused):
    notice, number = spoil(restricted, table, change, where)
    assert differences(restricted) - PLANTED == {(item, notice, number, reason) for item, reason in caused}


def test_a_receipt_that_never_came_is_found(restricted):
    notice, number = spoil(restricted, "receipt", "gone", "principal_yen > 0 and receipt_kind = '収納' and charge_yen = 0")
    found = {item: reason for item, at, part, reason in differences(restricted) - PLANTED if (at, part) == (notice, number)}
    assert found["収納額"] in ("収納履歴にない入金がある", "説明がつかない")
    assert "収入未済額" in found


def test_a_correction_that_was_not_applied_is_found(restricted):
    notice, number = spoil(restricted, "assessment_history", "after_yen + 1000 as after_yen", "true")
    assert differences(restricted) - PLANTED == {("調定額", notice, number, "最後の更正が反映されていない")}


DUE, PAID_ON, SUSPENDED_ON = date(2023, 6, 30), date(2026, 9, 15), date(2025, 1, 10)
CHARGE_TABLES = """
create schema source; create schema derived;
create table source.installment as select '1' as notice_number, '01' as installment_no, $stored as fixed_charge_yen;
create table derived.balance as select '9' as atena_number, '1' as notice_number, '01' as installment_no, 90000 as assessed_yen,
    $due as due_date, '料' as levy_kind, $paid as last_received_on, 0 as unpaid_yen;
create table source.receipt as select '1' as notice_number, '01' as installment_no, $paid as received_on, 90000 as principal_yen;
create table source.write_off (notice_number varchar, installment_no varchar, written_off_on date, written_off_yen bigint);
create table source.demand (notice_number varchar, installment_no varchar, designated_deadline date, withdrawn_on date);
create table derived.suspension_installment as select '1' as notice_number, '01' as installment_no, $suspended as decided_on, null::date as cancelled_on;
create table source.grace as select '7' as grace_number, '徴収猶予' as grace_kind, '病気・負傷' as ground, date '2024-01-01' as granted_on,
    date '2024-01-01' as from_date, date '2024-06-30' as to_date, null::date as cancelled_on, null::date as cancelling_fact_on;
create table source.grace_installment as select '7' as grace_number, '1' as notice_number, '01' as installment_no;
create table derived.difference (item varchar, atena_number varchar, notice_number varchar, installment_no varchar,
    stored_yen bigint, computed_yen bigint, reason varchar);
"""
EXEMPT = Exemption(date(2024, 1, 1), date(2024, 6, 30), "full"), Exemption(SUSPENDED_ON, None, "full")


@pytest.mark.parametrize(("exemptions", "as_of", "is_told"), [
    (EXEMPT, PAID_ON, False), (EXEMPT, PAID_ON + timedelta(days=RECENT_DAYS), False), (EXEMPT[:1], PAID_ON, True), (EXEMPT[1:], PAID_ON, True),
    ((), PAID_ON, True), ((), PAID_ON + timedelta(days=RECENT_DAYS + 1), False)])
def test_a_fixed_charge_is_asked_with_its_exempt_days(exemptions, as_of, is_told):
    """猶予 and 執行停止 exempt their days; what was paid longer ago than RECENT_DAYS is not asked again."""
    stored = explain(90_000, DUE, [(PAID_ON, 90_000)], PAID_ON, exemptions=exemptions).computed_yen
    with duckdb.connect() as connection:
        for made in filter(str.strip, CHARGE_TABLES.split(";")):
            given = {"stored": stored, "due": DUE, "paid": PAID_ON, "suspended": SUSPENDED_ON}
            connection.execute(made, {name: value for name, value in given.items() if f"${name}" in made})
        assert add_fixed_charges(connection, as_of) == is_told

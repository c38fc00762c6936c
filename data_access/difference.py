"""差異 of 確定延滞金額: what the source fixed when a debt was wholly paid, against the law's own sum for those days.

Only Python explains a charge that has ended (about 70 µs for one), so what was fixed long ago is not asked every day again:
RECENT_DAYS before the snapshot reach over a whole fiscal year and its 出納整理期間 since the debt was paid.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import polars as pl

from law.delinquency_charge import explain
from law.exemption import Exemption, exempt
from law.grace_ground import effect, span

RECENT_DAYS = 430
KEY = "notice_number, installment_no"
FIXED = f"""
select balance.atena_number, {KEY}, balance.assessed_yen, balance.due_date, balance.levy_kind, balance.last_received_on, fixed_charge_yen
from derived.balance as balance
join source.installment as installment using ({KEY})
where fixed_charge_yen is not null and balance.unpaid_yen = 0 and balance.last_received_on >= ?
"""
PAID = f"""
select {KEY}, receipt.received_on, receipt.principal_yen from source.receipt as receipt
semi join source.installment as installment on installment.notice_number = receipt.notice_number
    and installment.installment_no = receipt.installment_no and fixed_charge_yen is not null
union all
select {KEY}, write_off.written_off_on, write_off.written_off_yen from source.write_off as write_off
semi join source.installment as installment on installment.notice_number = write_off.notice_number
    and installment.installment_no = write_off.installment_no and fixed_charge_yen is not null
"""
SUSPENDED = f"""
select {KEY}, decided_on, cancelled_on - 1 from derived.suspension_installment
where decided_on < coalesce(cancelled_on, 'infinity')
"""
GRACED = f"""
select {KEY}, grace_kind, ground, from_date, to_date, cancelled_on, cancelling_fact_on
from source.grace join source.grace_installment using (grace_number) where granted_on <= ?
"""
DEADLINES = f"select {KEY}, min(designated_deadline) from source.demand where withdrawn_on is null group by all"
ROWS = {"atena_number": pl.String, "notice_number": pl.String, "installment_no": pl.String, "stored_yen": pl.Int64, "computed_yen": pl.Int64}


def add_fixed_charges(connection: duckdb.DuckDBPyConnection, as_of: date) -> int:
    """Append the 確定延滞金額 that differ to derived.difference; returns how many."""
    fixed = connection.execute(FIXED, [as_of - timedelta(days=RECENT_DAYS)]).fetchall()
    if not fixed:
        return 0
    paid: dict[tuple[str, str], list[tuple[date, int]]] = {}
    for notice, number, on, yen in connection.execute(PAID).fetchall():
        paid.setdefault((notice, number), []).append((on, yen))
    deadlines = {(notice, number): deadline for notice, number, deadline in connection.execute(DEADLINES).fetchall()}
    exempted = _exempted(connection, {fixing[1:3]: fixing[5] for fixing in fixed}, as_of)
    differing = []
    for atena, notice, number, assessed, due, kind, settled_on, stored in fixed:
        key = notice, number
        computed = explain(assessed, due, paid.get(key, ()), settled_on, kind, designated_deadline=deadlines.get(key),
                           exemptions=exempted.get(key, ())).computed_yen
        if computed != stored:
            differing.append((atena, notice, number, stored, computed))
    connection.register("differing", pl.DataFrame(differing, schema=ROWS, orient="row").to_arrow())
    connection.execute("insert into derived.difference by name select '確定延滞金額' as item, '確定額が計算と違う' as reason, * from differing")
    connection.unregister("differing")
    return len(differing)


def _exempted(connection: duckdb.DuckDBPyConnection, kinds: dict[tuple[str, str], str], as_of: date) -> dict[tuple[str, str], list[Exemption]]:
    """The exempt days of each installment of `kinds` (→ 科目), which derived.charge_exemption keeps of open ones only."""
    found: dict[tuple[str, str], list[Exemption]] = {}
    for key, exemption in _stood(connection, kinds, as_of):
        if exemption:
            found.setdefault(key, []).append(exemption)
    return found


def _stood(connection: duckdb.DuckDBPyConnection, kinds: dict[tuple[str, str], str], as_of: date) -> Iterator[tuple[tuple[str, str], Exemption | None]]:
    for *key, decided_on, until in connection.execute(SUSPENDED).fetchall():
        if kind := kinds.get(tuple(key)):
            yield tuple(key), exempt("執行停止", decided_on, until, kind)
    for *key, grace_kind, ground, from_date, to_date, cancelled_on, fact_on in connection.execute(GRACED, [as_of]).fetchall():
        if kind := kinds.get(tuple(key)):
            _, exempt_to = span(from_date, to_date, cancelled_on, fact_on)
            if exempt_to:
                yield tuple(key), exempt(effect(grace_kind, ground, from_date, kind).exemption_ground, from_date, exempt_to, kind)

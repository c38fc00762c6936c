"""決算の恒等式: 調定 = 収納 − 還付未済 + 不納欠損 + 収入未済, and 年調定 = Σ期別. Differences that rows set aside today explain
are told; any other holds the day for a person."""

import duckdb

from data_access.contract import tables
from data_access.feed_schedule import HELD, TOLD, Problem

REMEDY = "収納・過誤納・欠損と同じ時点の抽出か確かめて送り直してください。"
EXPLAINED = "隔離した行が直れば合います。"
MOST = 20


def differences(connection: duckdb.DuckDBPyConnection, came: set[str]) -> list[Problem]:
    """What does not add up in the snapshot being built; `came` are the tables with rows in schema `aside`."""
    connection.execute(f"create or replace temp table touched as {_touched(came)}")
    return _installments(connection) + _annual(connection)


def _touched(came: set[str]) -> str:
    """通知書番号 × 期別 of the rows set aside; a row of a whole notice has no 期別."""
    parts = ["select null::varchar as notice_number, null::varchar as installment_no where false"]
    for name in sorted(came):
        own = {column.name for column in tables()[name].columns}
        if "notice_number" in own:
            parts.append(f"select notice_number, {'installment_no' if 'installment_no' in own else 'null'} from aside.{name}")
    return " union ".join(parts)


def _installments(connection) -> list[Problem]:
    rows = connection.execute(f"""
        with broken as (
            select *, exists (select 1 from touched where touched.notice_number = balance.notice_number
                and coalesce(touched.installment_no, balance.installment_no) = balance.installment_no) as is_explained
            from derived.balance as balance
            where unpaid_yen <> stored_unpaid_yen or received_yen <> stored_received_yen or unpaid_yen < 0)
        select assessment_fiscal_year, installment_no, is_explained, sum(unpaid_yen - stored_unpaid_yen)::bigint,
            count(*) filter (where received_yen <> stored_received_yen),
            count(*) filter (where unpaid_yen <> stored_unpaid_yen or unpaid_yen < 0)
        from broken group by all order by all limit {MOST}""").fetchall()
    problems = []
    for year, number, is_explained, difference, received, unpaid in rows:
        where = f"{year}年度 第{int(number)}期"
        if received:
            problems.append(_problem("期別調定", f"{where}の収納額が収納履歴の合計と一致しません", "収納額", received, is_explained))
        if unpaid:
            problems.append(_problem("期別調定", f"{where}で 調定＝収納−還付未済＋欠損＋未済 が成り立ちません（差 {difference:,} 円）", "収入未済額", unpaid, is_explained))
    return problems


def _annual(connection) -> list[Problem]:
    rows = connection.execute(f"""
        with part as (select notice_number, sum(assessed_yen)::bigint as assessed_yen from source.installment group by all)
        select assessment_fiscal_year, exists (select 1 from touched where touched.notice_number = whole.notice_number),
            sum(whole.assessed_yen - coalesce(part.assessed_yen, 0))::bigint, count(*)
        from source.annual_assessment as whole left join part using (notice_number)
        where whole.assessed_yen <> coalesce(part.assessed_yen, 0) group by all order by all limit {MOST}""").fetchall()
    return [_problem("年調定", f"{year}年度の年調定額が期別調定額の合計と一致しません（差 {difference:,} 円）", "年調定額", count, is_explained)
            for year, is_explained, difference, count in rows]


def _problem(file: str, rule: str, column: str, count: int, is_explained: bool) -> Problem:
    return Problem("収納システム", file, rule, EXPLAINED if is_explained else REMEDY, column=column, count=count,
                   severity=TOLD if is_explained else HELD)

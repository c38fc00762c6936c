"""One announced file against the contract: structure, every cell, key, control totals.

A file passes whole or not at all. `checked(...)` leaves a typed Parquet file behind when it passes;
otherwise it returns the problems, each with row, column and rule, and keeps the offending rows.
"""

from pathlib import Path

import duckdb

from data_access.feed_rules import cell, literal, quoted, rules, typed
from data_access.feed_schedule import Feed, Problem
from data_access.feed_text import Unreadable, as_utf8, header
from law.my_number import looks_like_my_number

SHOWN = 20
# Wider than law.my_number, which decides: any digits, up to eight other characters between two of them.
TWELVE_DIGITS = r"(\p{N}[^\p{N}]{0,8}){11}\p{N}"


def checked(connection: duckdb.DuckDBPyConnection, feed: Feed, path: Path, target: Path, work: Path,
            quarantine: Path) -> list[Problem]:
    """Verify `path`; on success write `target` (typed Parquet, columns of the contract, sorted by key)."""
    text = work / f"{feed.table.name}.csv"
    try:
        as_utf8(feed, path, text)
        scan = _scan(text, header(feed, text))
    except Unreadable as error:
        return [error.problem]
    problems = _structure(connection, feed, scan)
    if not problems:
        cells = f"(select {', '.join(cell(column) for column in feed.table.columns)} from {scan})"
        numbered = f"(select row_number() over () + 1 as row, * from {cells})"
        problems = _cells(connection, feed, cells, numbered, quarantine) + _my_numbers(connection, feed, numbered)
    if not problems:
        _write(connection, feed, cells, target)
        problems = _key(connection, feed, target) + _totals(connection, feed, target)
    text.unlink()
    return problems


def _scan(text: Path, labels: list[str]) -> str:
    columns = ", ".join(f"{literal(label)}: 'varchar'" for label in labels)
    return (f"read_csv({literal(str(text))}, auto_detect = false, header = true, delim = ',', quote = '\"', "
            f"escape = '\"', columns = {{{columns}}}, strict_mode = true)")


def _structure(connection, feed: Feed, scan: str) -> list[Problem]:
    """Rows with too many or too few items, broken quotes, and the announced number of rows."""
    lenient = f"{scan[:-1]}, store_rejects = true, rejects_limit = {SHOWN})"
    connection.execute("drop table if exists reject_errors; drop table if exists reject_scans;")
    try:
        count = connection.execute(f"select count(*) from {lenient}").fetchall()[0][0]
        rejects = connection.execute(f"select distinct line from reject_errors order by line limit {SHOWN}").fetchall()
    except duckdb.InvalidInputException:
        return [feed.problem("CSV として読めません", "改行（CRLF）と引用符を揃えて送り直してください。")]
    if rejects:
        return [feed.problem("項目の数か引用符が正しくない行です", "カンマと引用符を確かめて送り直してください。", row=line)
                for (line,) in rejects]
    if count != feed.announced.row_count:
        return [feed.problem(f"件数が {count:,} 件です（連携予定は {feed.announced.row_count:,} 件）",
                             "欠けた行がないか確かめて送り直してください。")]
    return []


def _cells(connection, feed: Feed, cells: str, numbered: str, quarantine: Path) -> list[Problem]:
    """Every rule counted in one pass; only where one is broken, its first row is looked up and the rows are kept."""
    every = rules(feed.table)
    counted = ", ".join(f"count(*) filter (where {rule.broken})" for rule in every)
    counts = connection.execute(f"select {counted} from {cells}").fetchone()
    broken = [(rule, count) for rule, count in zip(every, counts, strict=True) if count]
    if not broken:
        return []
    quarantine.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = literal(str(quarantine / f"{feed.table.name}.parquet"))
    offends = " or ".join(f"({rule.broken})" for rule, _ in broken)
    connection.execute(f"copy (select * from {numbered} where {offends}) to {kept} (format parquet)")
    firsts = connection.execute(
        f"select {', '.join(f'min(row) filter (where {rule.broken})' for rule, _ in broken)} from {numbered}").fetchone()
    return [feed.problem(rule.says, rule.remedy, row=row, column=rule.label, count=count)
            for (rule, count), row in zip(broken, firsts, strict=True)]


def _my_numbers(connection, feed: Feed, numbered: str) -> list[Problem]:
    """個人番号 hidden in free text: refused, its place told, its value never."""
    columns = [column for column in feed.table.columns if column.kind == "text"]
    if not columns:
        return []
    suspect = " or ".join(f"regexp_matches({column.name}, '{TWELVE_DIGITS}')" for column in columns)
    names = ", ".join(column.name for column in columns)
    candidates = connection.execute(f"select row, {names} from {numbered} where {suspect} order by row").fetchall()
    problems = []
    for place, column in enumerate(columns, start=1):
        rows = [candidate[0] for candidate in candidates if looks_like_my_number(candidate[place] or "")]
        if rows:
            problems.append(feed.problem("個人番号とみられる12桁の数字があります",
                                         "個人番号はこのシステムに入れられません。該当の文字を除いて送り直してください。",
                                         row=rows[0], column=column.label, count=len(rows)))
    return problems


def _write(connection, feed: Feed, cells: str, target: Path) -> None:
    columns = ", ".join(f"{typed(column)} as {column.name}" for column in feed.table.columns)
    order = ", ".join(feed.table.key)
    connection.execute(f"copy (select {columns} from {cells} order by {order}) to {literal(str(target))} (format parquet, compression zstd)")


def _key(connection, feed: Feed, target: Path) -> list[Problem]:
    key = ", ".join(quoted(name) for name in feed.table.key)
    doubles = connection.execute(
        f"select count(*) from (select 1 from read_parquet({literal(str(target))}) group by {key} having count(*) > 1)").fetchone()[0]
    labels = "・".join(feed.table.column(name).label for name in feed.table.key)
    says = f"同じ {labels} の行が2つ以上あります"
    return [feed.problem(says, "重複を除いて送り直してください。", count=doubles)] if doubles else []


def _totals(connection, feed: Feed, target: Path) -> list[Problem]:
    """The announced control totals, and totals of a row against its parts."""
    parquet, problems = f"read_parquet({literal(str(target))})", []
    for name in feed.table.control:
        label = feed.table.column(name).label
        total = connection.execute(f"select coalesce(sum({name}), 0)::bigint from {parquet}").fetchone()[0]
        stated = feed.announced.totals.get(label)
        if stated != total:
            told = "書かれていません" if stated is None else f"{stated:,} 円です"
            problems.append(feed.problem(f"{label}の合計が {total:,} 円ですが、連携予定では{told}",
                                         "欠けた行や二重の行がないか確かめて送り直してください。", column=label))
    for rule in feed.table.sums:
        label, parts = feed.table.column(rule["total"]).label, " + ".join(rule["parts"])
        wrong = connection.execute(f"select count(*) from {parquet} where {rule['total']} <> {parts}").fetchone()[0]
        if wrong:
            problems.append(feed.problem(f"{label}が内訳の合計と一致しません", "内訳を確かめて送り直してください。", column=label, count=wrong))
    return problems

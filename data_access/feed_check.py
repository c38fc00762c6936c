"""One announced file against the contract: its bytes and structure, every row, the key, the control totals.

What is wrong with the file refuses it whole; what is wrong with a row sets that row aside and loads the rest.
`checked(...)` leaves the good rows behind as typed Parquet, and the others in schema `aside`.
"""

from dataclasses import replace
from pathlib import Path

import duckdb

from data_access import quarantine, standard_shape
from data_access.external_character import ANY, ANY_SQL, SHOWN_AS, code
from data_access.feed_rules import cell, literal, quoted, rules
from data_access.feed_schedule import REFUSED, ROWS_TOLD, SET_ASIDE, TOLD, Feed, Problem
from data_access.feed_text import (
    Header,
    Unreadable,
    as_utf8,
    header,
    is_only_header,
    line_end_changes,
    unknown_columns,
)
from data_access.feed_width import too_wide
from data_access.quarantine import Sheet
from law.my_number import looks_like_my_number

SHOWN, AT_ONCE, CODES_TOLD = 20, 10_000, 8
# Wider than law.my_number, which decides: any digits, up to eight other characters between two of them. "Any character"
# finds the same rows as "no digit" would, forty times faster (nine copies of "no digit" are too large for RE2's automaton).
APART = "|" * 9
TWELVE_DIGITS = r"(?s)(\p{N}.{0,8}){11}\p{N}"


def checked(connection: duckdb.DuckDBPyConnection, feed: Feed, path: Path, work: Path) -> tuple[Sheet | None, list[Problem]]:
    """Verify `path`. The sheet of its good rows (work/<table>.parquet, sorted by key) and every problem; no sheet when
    the file is refused or not there."""
    text = work / f"{feed.table.name}.csv"
    try:
        has_external = as_utf8(feed, path, text)
        feed = standard_shape.part(feed, text)
        head = header(feed, text)
    except Unreadable as error:
        return None, [error.problem]
    feed = replace(feed, table=head.table)
    scan, is_bare = _scan(text, head.labels), not feed.announced.row_count and is_only_header(text)
    problems = [] if is_bare else _structure(connection, feed, scan, text, len(head.labels))
    if problems:
        return None, problems
    sheet = _sheet(feed, head, scan, work, has_external=has_external)
    quarantine.begin(connection, sheet)
    problems = unknown_columns(feed, head.extra)
    if not is_bare:  # most differences of a day are: no row, no rule to break
        problems += _rows(connection, sheet)
        if hidden := _my_numbers(connection, sheet, head):
            quarantine.forget(connection, sheet)
            return None, problems + hidden
    quarantine.write_fresh(connection, sheet)
    wrong = _totals(connection, sheet)
    problems += wrong
    if not is_bare:
        problems += _key(connection, sheet) + (_external(connection, sheet, head, scan) if has_external else [])
    return (None if any(problem.severity == REFUSED for problem in wrong) else sheet), problems


def _scan(text: Path, labels: list[str]) -> str:
    columns = ", ".join(f"{literal(label)}: 'varchar'" for label in labels)
    return (f"read_csv({literal(str(text))}, auto_detect = false, header = true, delim = ',', quote = '\"', "
            f"escape = '\"', columns = {{{columns}}}, strict_mode = true)")


def _sheet(feed: Feed, head: Header, scan: str, work: Path, *, has_external: bool) -> Sheet:
    cells = [cell(column, head.label_of[column.name], has_external=has_external) for column in feed.table.columns]
    cells += [f"{quoted(label)} as extra_{place}" for place, label in enumerate(head.extra)]
    relation = f"(select {', '.join(cells)} from {scan})"
    return Sheet(feed, relation, work / f"{feed.table.name}.parquet", row=standard_shape.row(feed, head.extra))


def _structure(connection, feed: Feed, scan: str, text: Path, width: int) -> list[Problem]:
    """Rows with too many or too few items, broken quotes, and the announced number of rows."""
    lenient = f"{scan[:-1]}, store_rejects = true, rejects_limit = {SHOWN})"
    connection.execute("drop table if exists reject_errors; drop table if exists reject_scans;")
    try:
        count = connection.execute(f"select count(*) from {lenient}").fetchall()[0][0]
        rejects = connection.execute(f"select distinct line from reject_errors order by line limit {SHOWN}").fetchall()
    except duckdb.InvalidInputException:
        row, says = line_end_changes(text)
        return [feed.problem(f"CSV として読めません{says}", "改行（CRLF）と引用符を揃えて送り直してください。", rows=row)]
    wrong = [line for (line,) in rejects] or too_wide(connection, text, width)
    if wrong:
        return [feed.problem("項目の数か引用符が正しくない行です", "カンマと引用符を確かめて送り直してください。", rows=(line,))
                for line in wrong]
    if count != feed.announced.row_count:
        return [feed.problem(f"件数が {count:,} 件です（連携予定は {feed.announced.row_count:,} 件）",
                             "欠けた行がないか確かめて送り直してください。")]
    return []


def _rows(connection, sheet: Sheet) -> list[Problem]:
    """Every rule counted in one pass; only where one is broken, its first rows are looked up and the rows are set aside."""
    every = rules(sheet.table)
    counted = ", ".join(f"count(*) filter (where {rule.broken})" for rule in every)
    counts = connection.execute(f"select {counted} from {sheet.cells}").fetchone()
    broken = [(rule, count) for rule, count in zip(every, counts, strict=True) if count]
    if not broken:
        return []
    quarantine.set_broken_aside(connection, sheet, [rule for rule, _ in broken])
    firsts = connection.execute(f"select {', '.join(f'min(row, {ROWS_TOLD}) filter (where {rule.broken})' for rule, _ in broken)} "
                                f"from aside.{sheet.table.name}").fetchone()
    return [sheet.feed.problem(rule.says, rule.remedy, rows=rows, column=rule.label, count=count, severity=SET_ASIDE)
            for (rule, count), rows in zip(broken, firsts, strict=True)]


def _my_numbers(connection, sheet: Sheet, head: Header) -> list[Problem]:
    """個人番号 in any text, in a column nobody knows, or in a cell that is to be set aside: its place told, its value never.

    A well-formed code of twelve digits cannot be told from one and is let through."""
    table = sheet.table
    free = {column.name: column.label for column in table.columns if column.kind == "text"}
    free |= {f"extra_{place}": label for place, label in enumerate(head.extra)}
    bound = {column.name: column.label for column in table.columns if column.kind != "text"}
    codes = {column.name for column in table.columns if column.kind == "code" and column.length == 12}
    found = _suspects(connection, sheet.numbered, free, set())
    if sheet.broken != quarantine.NOTHING:
        found += _suspects(connection, f"aside.{table.name}", bound, codes)
    return [sheet.feed.problem("個人番号とみられる12桁の数字があります", "個人番号はこのシステムに入れられません。該当の文字を除いて送り直してください。",
                               rows=rows, column=label[:40], count=len(rows)) for label, rows in found]


def _suspects(connection, relation: str, labels: dict[str, str], codes: set[str]) -> list[tuple[str, list[int]]]:
    """(label, rows) of the columns of `relation` that hold a 個人番号."""
    if not labels:
        return []
    cells = [f"case when not regexp_full_match({name}, '[0-9]{{12}}') then {name} end" if name in codes else name for name in labels]
    # One search a row: the cells stand further apart than TWELVE_DIGITS reaches.
    found = connection.execute(f"select row, {', '.join(cells)} from {relation} "
                               f"where regexp_matches(concat_ws('{APART}', {', '.join(cells)}), '{TWELVE_DIGITS}') order by row")
    rows: dict[str, list[int]] = {label: [] for label in labels.values()}
    while candidates := found.fetchmany(AT_ONCE):
        for row, *texts in candidates:
            for label, text in zip(labels.values(), texts, strict=True):
                if looks_like_my_number(text or ""):
                    rows[label].append(row)
    return [(label, places) for label, places in rows.items() if places]


def _key(connection, sheet: Sheet) -> list[Problem]:
    """Rows with the same key: which of them is true cannot be told, so all of them are set aside."""
    key = ", ".join(sheet.table.key)
    doubles = f"select {key} from {sheet.parquet} group by all having count(*) > 1"
    says = f"同じ {'・'.join(sheet.table.column(name).label for name in sheet.table.key)} の行が2つ以上あります"
    rows, count = quarantine.set_keys_aside(connection, sheet, says, doubles)
    return [sheet.feed.problem(says, "重複を除いて送り直してください。", rows=rows, count=count, severity=SET_ASIDE)] if count else []


def _totals(connection, sheet: Sheet) -> list[Problem]:
    """The announced control totals: loaded + set aside, to the yen. Amounts that cannot be read are named instead."""
    account, problems = quarantine.account(connection, sheet), []
    for label in (sheet.table.column(name).label for name in sheet.table.control):
        stated, total = sheet.feed.announced.totals.get(label), account.totals[label] + account.totals_aside[label]
        unread = account.unreadable.get(label, 0)
        if stated is None or (stated != total and not unread):
            told = "書かれていません" if stated is None else f"{stated:,} 円です"
            problems.append(sheet.feed.problem(f"{label}の合計が {total:,} 円ですが、連携予定では{told}",
                                               "欠けた行や二重の行がないか確かめて送り直してください。", column=label))
        elif unread:
            problems.append(sheet.feed.problem(
                f"{label}に読めない金額が {unread:,} 件あり、合計を連携予定の {stated:,} 円と比べられません（読めた分は {total:,} 円）",
                "金額を直して送り直してください。", column=label, severity=TOLD))
    return problems


def _external(connection, sheet: Sheet, head: Header, scan: str) -> list[Problem]:
    """外字, column by column: the first row, how many rows, and the codes."""
    texts = [column for column in sheet.table.columns if column.kind == "text"]
    numbered = f"(select row_number() over () + 1 as row, * from {scan})"
    problems = []
    for column in texts:
        label = quoted(head.label_of[column.name])
        found = connection.execute(f"select row, {label} from {numbered} where regexp_matches({label}, '{ANY_SQL}') order by row").fetchall()
        if not found:
            continue
        letters = dict.fromkeys(letter for _, text in found for letter in ANY.findall(text))
        codes = "、".join(code(letter, sheet.feed.announced.encoding) for letter in list(letters)[:CODES_TOLD])
        more = "ほか" if len(letters) > CODES_TOLD else ""
        sheet.external_count += len(found)
        problems.append(sheet.feed.problem(f"外字 {codes}{more} があります（画面では {SHOWN_AS} と表示します）", "取り決めた文字に置き換えられるか確かめてください。",
                                           rows=[row for row, _ in found], column=column.label, count=len(found), severity=TOLD))
    return problems



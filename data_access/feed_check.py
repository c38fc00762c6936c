"""One announced file against the contract: bytes, encoding, header, every cell, key, control totals.

A file passes whole or not at all. `checked(...)` leaves a typed Parquet file behind when it passes;
otherwise it returns the problems, each with row, column and rule, and keeps the offending rows.
"""

import codecs
import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_access.contract import Column, System, Table
from data_access.feed_schedule import Announced, Problem
from law.my_number import looks_like_my_number

CHUNK = 8 << 20
EMPTY_DATES = ("00000000", "0000-00-00")
EARLIEST, LATEST = "1868-01-01", "2100-12-31"
# Control characters but tab and line ends, and what breaks or turns a line unseen (U+2028/9, bidi overrides).
INVISIBLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\x{2028}-\x{202e}\x{2066}-\x{2069}]"
# Wider than law.my_number, which decides: any digits, up to three other characters between two of them.
TWELVE_DIGITS = r"(\p{Nd}[^\p{Nd}]{0,3}){11}\p{Nd}"


@dataclass(frozen=True)
class Rule:
    """A condition on one column that must never hold: `broken` is SQL that is true for an offending row."""

    column: str
    label: str
    broken: str
    says: str
    remedy: str


class Unreadable(Exception):
    """The file's bytes are not what was announced; carries one Problem."""

    def __init__(self, problem: Problem):
        super().__init__(problem.sentence())
        self.problem = problem


def checked(connection: duckdb.DuckDBPyConnection, system: System, table: Table, announced: Announced,
            path: Path, target: Path, work: Path, quarantine: Path) -> list[Problem]:
    """Verify `path`; on success write `target` (typed Parquet, columns of the contract, sorted by key)."""
    try:
        text = _as_utf8(system, announced, path, work)
        labels = _header(system, table, announced, text)
    except Unreadable as error:
        return [error.problem]
    scan = _scan(text, labels)
    problems = _structure(connection, system, announced, scan)
    if problems:
        return problems
    cells = _cells(table, scan)
    problems = _rules(connection, system, table, announced, cells, quarantine)
    problems += _numbers_of_persons(connection, system, table, announced, cells)
    if not problems:
        connection.execute(_copy(table, cells, target))
        problems = _whole(connection, system, table, announced, target)
    text.unlink()
    return problems


def _as_utf8(system: System, announced: Announced, path: Path, work: Path) -> Path:
    if not path.is_file() or path.is_symlink():
        raise Unreadable(_of(system, announced, "予定されたファイルがありません", "送信元に送付を依頼してください。"))
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("cp932" if announced.encoding == "cp932" else "utf-8-sig")()
    target = work / f"{announced.table}.csv"
    lines = 1
    with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as copy:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                row = lines + chunk[: error.start].count(b"\n")
                raise Unreadable(_of(system, announced, f"{announced.encoding} として読めない文字があります",
                                     "文字コードを確かめ、外字は取り決めた文字に置き換えてください。", row=row)) from None
            if "\x00" in text:
                raise Unreadable(_of(system, announced, "NUL 文字があります", "ファイルが壊れています。送り直してください。"))
            lines += text.count("\n")
            copy.write(text)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Unreadable(_of(system, announced, "最後の文字が途中で切れています", "送り直してください。", row=lines)) from None
    if digest.hexdigest() != announced.sha256:
        raise Unreadable(_of(system, announced, "SHA-256 が連携予定と一致しません",
                             "途中で切れたか、作り直された可能性があります。同じファイルを送り直してください。"))
    return target


def _header(system: System, table: Table, announced: Announced, text: Path) -> list[str]:
    with text.open(encoding="utf-8", newline="") as file:
        labels = next(csv.reader([file.readline()]), [])
    expected = [column.label for column in table.columns]
    if any("個人番号" in label for label in labels):
        raise Unreadable(_of(system, announced, "個人番号の列があります", "個人番号はこのシステムに入れられません。列を除いて送り直してください。", row=1))
    missing = [label for label in expected if label not in labels]
    extra = [label for label in labels if label not in expected]
    if missing or extra or len(set(labels)) != len(labels):
        says = "、".join(part for part in (
            f"列 {'・'.join(missing)} がありません" if missing else "",
            # where a column is missing, the line may be no header at all but a person's row: it is not quoted
            f"取り決めにない列が {len(extra)} あります" if extra and missing else "",
            f"列 {'・'.join(extra)[:80]} は取り決めにありません" if extra and not missing else "",
            "同じ見出しが2つあります" if len(set(labels)) != len(labels) else "") if part)
        raise Unreadable(_of(system, announced, says, "見出しを取り決めどおりにして送り直してください。", row=1))
    return labels


def _scan(text: Path, labels: list[str]) -> str:
    columns = ", ".join(f"{_literal(label)}: 'varchar'" for label in labels)
    return (f"read_csv({_literal(str(text))}, auto_detect = false, header = true, delim = ',', quote = '\"', "
            f"escape = '\"', columns = {{{columns}}}, strict_mode = true)")


def _structure(connection, system: System, announced: Announced, scan: str) -> list[Problem]:
    """Rows with too many or too few items, broken quotes, and the announced number of rows."""
    lenient = scan[:-1] + ", store_rejects = true, rejects_limit = 20)"
    connection.execute("drop table if exists reject_errors; drop table if exists reject_scans;")
    try:
        count = connection.execute(f"select count(*) from {lenient}").fetchall()[0][0]
        rejects = connection.execute("select distinct line from reject_errors order by line limit 20").fetchall()
    except duckdb.InvalidInputException:
        return [_of(system, announced, "CSV として読めません", "改行（CRLF）と引用符を揃えて送り直してください。")]
    problems = [
        _of(system, announced, "項目の数か引用符が正しくない行です", "カンマと引用符を確かめて送り直してください。", row=line)
        for (line,) in rejects
    ]
    if not problems and count != announced.row_count:
        problems.append(_of(system, announced, f"件数が {count:,} 件です（連携予定は {announced.row_count:,} 件）",
                            "欠けた行がないか確かめて送り直してください。"))
    return problems


def _cells(table: Table, scan: str) -> str:
    """Every cell trimmed, empty text and empty dates as null, under the contract's identifiers."""
    cells = []
    for column in table.columns:
        cell = f"nullif(trim({_quoted(column.label)}), '')"
        if column.kind == "date":
            for empty in EMPTY_DATES:
                cell = f"nullif({cell}, '{empty}')"
        cells.append(f"{cell} as {column.name}")
    return f"(select {', '.join(cells)} from {scan})"


def typed(column: Column) -> str:
    """SQL that casts the checked text of `column` to its type in Parquet; null where it cannot be."""
    name = column.name
    if column.kind == "date":
        compact = f"{name}[1:4] || '-' || {name}[5:6] || '-' || {name}[7:8]"
        return (f"try_cast(case when regexp_full_match({name}, '[0-9]{{8}}') then {compact} "
                f"when regexp_full_match({name}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') then {name} end as date)")
    if column.kind in ("yen", "integer"):
        return f"try_cast({name} as {'bigint' if column.kind == 'yen' else 'integer'})"
    return f"({name} = '1')" if column.kind == "flag" else name


def rules(table: Table) -> list[Rule]:
    """Every rule of the contract on single cells of `table`."""
    return [rule for column in table.columns for rule in _column_rules(column)]


def _column_rules(column: Column) -> list[Rule]:
    name, found = column.name, []

    def add(broken: str, says: str, remedy: str) -> None:
        found.append(Rule(name, column.label, broken, says, remedy))

    if column.is_required:
        add(f"{name} is null", "必須の項目が空です", "値を入れて送り直してください。")
    if column.kind == "code":
        add(f"not regexp_full_match({name}, '[0-9]{{{column.length}}}')", f"数字 {column.length} 桁ではありません", "先頭の 0 が落ちていないか確かめてください。")
    elif column.kind == "text":
        add(f"length({name}) > {column.length}", f"{column.length} 文字を超えています", "長さを確かめてください。")
        add(f"regexp_matches({name}, '{INVISIBLE}')", "制御文字があります", "文字化けがないか確かめてください。")
    elif column.kind == "choice":
        values = ", ".join(_literal(value) for value in column.values)
        add(f"{name} not in ({values})", f"{'・'.join(column.values)} のどれでもありません", "コードの対応を確かめてください。")
    elif column.kind == "flag":
        add(f"{name} not in ('0', '1')", "0 か 1 ではありません", "フラグの値を確かめてください。")
    elif column.kind == "date":
        add(f"{name} is not null and {typed(column)} is null", "正しい日付ではありません", "YYYY-MM-DD か YYYYMMDD で、実在する日を書いてください。")
        low, high = column.minimum or EARLIEST, column.maximum or LATEST
        add(f"{typed(column)} not between date '{low}' and date '{high}'", f"{low} から {high} の間の日ではありません", "年の桁を確かめてください。")
    elif column.kind in ("yen", "integer"):
        add(f"{name} is not null and (not regexp_full_match({name}, '-?[0-9]{{1,12}}') or {typed(column)} is null)",
            "整数ではありません", "カンマや小数を除き、桁を確かめてください。")
        if column.minimum is not None:
            add(f"{typed(column)} < {column.minimum}", f"{column.minimum:,} より小さい値です", "金額・番号を確かめてください。")
        if column.maximum is not None:
            add(f"{typed(column)} > {column.maximum}", f"{column.maximum:,} より大きい値です", "金額・番号を確かめてください。")
    return found


def _rules(connection, system: System, table: Table, announced: Announced, cells: str, quarantine: Path) -> list[Problem]:
    every = rules(table)
    counts = connection.execute(
        f"select {', '.join(f'count(*) filter (where {rule.broken})' for rule in every)} from {cells}").fetchone()
    broken = [(rule, count) for rule, count in zip(every, counts, strict=True) if count]
    problems = []
    for rule, count in broken:
        rows = connection.execute(
            f"select row from (select row_number() over () + 1 as row, * from {cells}) where {rule.broken} limit 1").fetchone()
        problems.append(_of(system, announced, rule.says, rule.remedy, row=rows[0], column=rule.label, count=count))
    if broken:
        quarantine.mkdir(parents=True, exist_ok=True, mode=0o700)
        any_broken = " or ".join(f"({rule.broken})" for rule, _ in broken)
        kept = _literal(str(quarantine / f"{announced.table}.parquet"))
        connection.execute(
            f"copy (select * from (select row_number() over () + 1 as row, * from {cells}) where {any_broken}) "
            f"to {kept} (format parquet)")
    return problems


def _numbers_of_persons(connection, system: System, table: Table, announced: Announced, cells: str) -> list[Problem]:
    """個人番号 hidden in free text: refused, its place told, its value never."""
    problems = []
    for column in (column for column in table.columns if column.kind == "text"):
        candidates = connection.execute(
            f"select row, {column.name} from (select row_number() over () + 1 as row, {column.name} from {cells}) "
            f"where regexp_matches({column.name}, '{TWELVE_DIGITS}')").fetchall()
        rows = [row for row, text in candidates if looks_like_my_number(text)]
        if rows:
            problems.append(_of(system, announced, "個人番号とみられる12桁の数字があります",
                                "個人番号はこのシステムに入れられません。該当の文字を除いて送り直してください。",
                                row=rows[0], column=column.label, count=len(rows)))
    return problems


def _copy(table: Table, cells: str, target: Path) -> str:
    columns = ", ".join(f"{typed(column)} as {column.name}" for column in table.columns)
    return (f"copy (select {columns} from {cells} order by {', '.join(table.key)}) "
            f"to {_literal(str(target))} (format parquet, compression zstd)")


def _whole(connection, system: System, table: Table, announced: Announced, target: Path) -> list[Problem]:
    """Rules on the file as a whole: unique key, control totals, parts that add up."""
    parquet = f"read_parquet({_literal(str(target))})"
    problems = []
    doubles = connection.execute(
        f"select count(*) from (select 1 from {parquet} group by {', '.join(table.key)} having count(*) > 1)").fetchone()[0]
    if doubles:
        labels = "・".join(table.column(name).label for name in table.key)
        problems.append(_of(system, announced, f"同じ {labels} の行が2つ以上あります", "重複を除いて送り直してください。", count=doubles))
    for name in table.control:
        label = table.column(name).label
        total = connection.execute(f"select coalesce(sum({name}), 0)::bigint from {parquet}").fetchone()[0]
        stated = announced.totals.get(label)
        if stated != total:
            told = "書かれていません" if stated is None else f"{stated:,} 円です"
            problems.append(_of(system, announced, f"{label}の合計が {total:,} 円ですが、連携予定では{told}",
                                "欠けた行や二重の行がないか確かめて送り直してください。", column=label))
    for rule in table.sums:
        wrong = connection.execute(
            f"select count(*) from {parquet} where {rule['total']} <> {' + '.join(rule['parts'])}").fetchone()[0]
        if wrong:
            label = table.column(rule["total"]).label
            problems.append(_of(system, announced, f"{label}が内訳の合計と一致しません", "内訳を確かめて送り直してください。", column=label, count=wrong))
    return problems


def _of(system: System, announced: Announced, says: str, remedy: str, row: int | None = None,
        column: str | None = None, count: int = 1) -> Problem:
    return Problem(system.name, announced.file, says, remedy, row, column, count)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

"""The contract's rules on single rows, as SQL over text: what must never hold, and what to say when it does."""

from dataclasses import dataclass

from data_access.contract import Column, Table
from data_access.external_character import ANY_SQL, SHOWN_AS

EARLIEST, LATEST = "1868-01-01", "2100-12-31"
EMPTY_DATES = ("00000000", "0000-00-00")
# Control characters but tab and line ends, and what breaks or turns a line unseen (U+2028/9, bidi overrides).
INVISIBLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\x{2028}-\x{202e}\x{2066}-\x{2069}]"


@dataclass(frozen=True)
class Rule:
    """A condition on one column that must never hold: `broken` is SQL that is true for an offending row."""

    column: str
    label: str
    broken: str
    says: str
    remedy: str


def rules(table: Table) -> list[Rule]:
    """Every rule of the contract on single rows of `table`: its cells, then totals against their parts, then days in their order."""
    of_cells = [Rule(column.name, column.label, *rule) for column in table.columns for rule in _rules_of(column)]
    return of_cells + [_sum(table, rule["total"], rule["parts"]) for rule in table.sums] + [_order(table, *pair) for pair in table.order]


def _sum(table: Table, total: str, parts: list[str]) -> Rule:
    added = " + ".join(typed(table.column(part)) for part in parts)
    return Rule(total, table.column(total).label, f"{typed(table.column(total))} <> {added}", "内訳の合計と一致しません",
                "内訳を確かめて送り直してください。")


def _order(table: Table, first: str, second: str) -> Rule:
    earlier, later = table.column(first), table.column(second)
    return Rule(second, later.label, f"{typed(earlier)} > {typed(later)}", f"{earlier.label}より前の日です", "どちらの日が正しいか確かめて送り直してください。")


def _rules_of(column: Column) -> list[tuple[str, str, str]]:
    required = [(f"{column.name} is null", "必須の項目が空です", "値を入れて送り直してください。")]
    return (required if column.is_required else []) + KINDS[column.kind](column)


def _code(column: Column) -> list[tuple[str, str, str]]:
    broken = f"not regexp_full_match({column.name}, '[0-9]{{{column.length}}}')"
    return [(broken, f"数字 {column.length} 桁ではありません", "先頭の 0 が落ちていないか確かめてください。")]


def _text(column: Column) -> list[tuple[str, str, str]]:
    return [
        (f"length({column.name}) > {column.length}", f"{column.length} 文字を超えています", "長さを確かめてください。"),
        (f"regexp_matches({column.name}, '{INVISIBLE}')", "制御文字があります", "文字化けがないか確かめてください。"),
    ]


def _choice(column: Column) -> list[tuple[str, str, str]]:
    values = ", ".join(literal(value) for value in column.values)
    return [(f"{column.name} not in ({values})", f"{'・'.join(column.values)} のどれでもありません", "コードの対応を確かめてください。")]


def _flag(column: Column) -> list[tuple[str, str, str]]:
    return [(f"{column.name} not in ('0', '1')", "0 か 1 ではありません", "フラグの値を確かめてください。")]


def _date(column: Column) -> list[tuple[str, str, str]]:
    low, high = column.minimum or EARLIEST, column.maximum or LATEST
    return [
        (f"{column.name} is not null and {typed(column)} is null", "正しい日付ではありません",
         "YYYY-MM-DD か YYYYMMDD で、実在する日を書いてください。"),
        (f"{typed(column)} not between date '{low}' and date '{high}'", f"{low} から {high} の間の日ではありません",
         "年の桁を確かめてください。"),
    ]


def _number(column: Column) -> list[tuple[str, str, str]]:
    is_number = f"regexp_full_match({column.name}, '-?[0-9]{{1,11}}')"
    found = [(f"{column.name} is not null and (not {is_number} or {typed(column)} is null)", "整数ではありません",
              "カンマや小数を除き、桁を確かめてください。")]
    for limit, sign, says in ((column.minimum, "<", "より小さい"), (column.maximum, ">", "より大きい")):
        if limit is not None:
            found.append((f"{typed(column)} {sign} {limit}", f"{limit:,} {says}値です", "金額・番号を確かめてください。"))
    return found


KINDS = {"code": _code, "text": _text, "choice": _choice, "flag": _flag, "date": _date, "yen": _number, "integer": _number}


def cell(column: Column, label: str, *, has_external: bool = False) -> str:
    """SQL for the cell under `label` as text, under the contract's identifier: trimmed, empty text and empty dates as
    null, a coded value as its word, 外字 (where the file has any) as 〓."""
    value = f"nullif(trim({quoted(label)}), '')"
    for empty in EMPTY_DATES if column.kind == "date" else ():
        value = f"nullif({value}, '{empty}')"
    if column.codes:
        words = " ".join(f"when {literal(code)} then {literal(word)}" for code, word in column.codes.items())
        value = f"case {value} {words} else {value} end"
    if has_external and column.kind == "text":
        value = f"regexp_replace({value}, '{ANY_SQL}', '{SHOWN_AS}', 'g')"
    return f"{value} as {column.name}"


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


def literal(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'

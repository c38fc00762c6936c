"""A feed file read the slow and obvious way, cell by cell in Python: the twin of data_access.feed_check."""

import csv
import io
import re
import unicodedata
from datetime import date

from data_access.contract import Column, System, Table
from law.my_number import looks_like_my_number

EXTERNAL = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
Value = str | int | bool | date | None
SPACES = "".join(chr(code) for code in range(0x10000) if unicodedata.category(chr(code)) == "Zs")  # what trim() of SQL removes


class Broken(Exception):
    """The file breaks a rule of the contract."""


def read(system: System, table: Table, content: bytes) -> list[tuple[Value, ...]]:
    """The rows sorted by key, typed, in contract order, 削除フラグ last where it came. Raises Broken."""
    rows, set_aside = sift(system, table, content)
    if set_aside:
        raise Broken(f"{set_aside} rows")
    return rows


def sift(system: System, table: Table, content: bytes) -> tuple[list[tuple[Value, ...]], int]:
    """The good rows, and how many are to be set aside. Raises Broken where the file is refused whole."""
    try:
        rows = [row for row in csv.reader(io.StringIO(decoded(system, content), newline=""), strict=True) if row]  # an empty line says nothing
    except (UnicodeDecodeError, csv.Error) as error:
        raise Broken(str(error)) from None
    table = table.as_headed(rows[0]) if rows else table
    labels = [column.label for column in table.columns]
    if not rows or sorted(rows[0]) != sorted(labels) or any(len(row) != len(labels) for row in rows[1:]):
        raise Broken("header or number of items")
    order = [rows[0].index(label) for label in labels]
    typed = [found for row in rows[1:] if (found := _typed(table, [row[place] for place in order])) is not None]
    key = [[column.name for column in table.columns].index(name) for name in table.key]
    keys = [tuple(row[place] for place in key) for row in typed]
    good = [(own, row) for own, row in zip(keys, typed, strict=True) if keys.count(own) == 1]
    return [row for _, row in sorted(good)], len(rows) - 1 - len(good)


def decoded(system: System, content: bytes) -> str:
    """The text, 外字 as 〓. Raises Broken for bytes that are no character, and for 外字 in the header."""
    text = content.decode("utf-8-sig") if system.encoding == "utf-8" else "".join(_cp932(content))
    if EXTERNAL.search(text.partition("\n")[0]) or "\x00" in text:
        raise Broken("header")
    return EXTERNAL.sub("〓", text)


def _cp932(content: bytes):
    place = 0
    while place < len(content):
        first = content[place]
        is_pair = 0x81 <= first <= 0x9F or 0xE0 <= first <= 0xFC
        if first in (0xA0, 0xFD, 0xFE, 0xFF) or (is_pair and not re.match(rb"[\x40-\x7e\x80-\xfc]", content[place + 1:place + 2])):
            raise Broken(f"byte {place}")
        letter = content[place:place + 1 + is_pair]
        try:
            yield letter.decode("cp932")
        except UnicodeDecodeError:
            yield "\U00100000"  # a double byte that no character is assigned to
        place += len(letter)


def _typed(table: Table, cells: list[str]) -> tuple[Value, ...] | None:
    """One row; None when it is to be set aside. Raises Broken when a 個人番号 is in it."""
    pairs = [(column, cell.strip(SPACES)) for column, cell in zip(table.columns, cells, strict=True)]
    if any(column.kind == "text" and looks_like_my_number(cell) for column, cell in pairs):
        raise Broken("my number")
    try:
        found = tuple(value(column, cell) for column, cell in pairs)
    except Broken:
        found = None
    names = [column.name for column in table.columns]
    if found is not None and any(found[names.index(rule["total"])] != sum(found[names.index(part)] for part in rule["parts"]) for rule in table.sums):
        found = None
    if found is not None and any(found[names.index(first)] > found[names.index(second)] for first, second in table.order):
        found = None
    if found is None and any(looks_like_my_number(cell) for column, cell in pairs
                             if not (column.kind == "code" and column.length == 12 and re.fullmatch("[0-9]{12}", cell))):
        raise Broken("my number")
    return found


def totals(table: Table, rows: list[tuple[Value, ...]]) -> dict[str, int]:
    """The control totals of typed rows, by label."""
    names = [column.name for column in table.columns]
    return {table.column(name).label: sum(row[names.index(name)] for row in rows) for name in table.control}


def value(column: Column, cell: str) -> Value:
    """One cell under its column's rules. Raises Broken."""
    text = cell.strip(SPACES)
    if column.kind == "date" and text in ("00000000", "0000-00-00"):
        text = ""
    if not text:
        if column.is_required:
            raise Broken(column.label)
        return None
    found = READERS[column.kind](column, text)
    if column.kind in ("yen", "integer", "date"):
        low, high = (date.fromisoformat(bound) if isinstance(bound, str) else bound for bound in (column.minimum, column.maximum))
        if (low is not None and found < low) or (high is not None and found > high):
            raise Broken(column.label)
    return found


def _code(column: Column, text: str) -> str:
    return _only(column, re.fullmatch(r"[0-9]+", text) is not None and len(text) == column.length, text)


def _text(column: Column, text: str) -> str:
    bad = any(ord(letter) < 32 and letter not in "\t\r\n" or 127 <= ord(letter) < 160 for letter in text)
    return _only(column, not bad and len(text) <= column.length and not looks_like_my_number(text), text)


def _date(column: Column, text: str) -> date:
    match = re.fullmatch(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})", text)
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        day = None
    return _only(column, day is not None and date(1868, 1, 1) <= day <= date(2100, 12, 31), day)


def _choice(column: Column, text: str) -> str:
    word = column.codes.get(text, text)
    return _only(column, word in column.values, word)


def _number(column: Column, text: str) -> int:
    limit = 10**12 if column.kind == "yen" else 2**31
    whole = re.fullmatch(r"-?[0-9]{1,11}", text) is not None
    return _only(column, whole and abs(int(text)) < limit, int(text) if whole else 0)


def _only(column: Column, is_right: bool, found: Value) -> Value:
    if not is_right:
        raise Broken(column.label)
    return found


READERS = {
    "code": _code,
    "text": _text,
    "date": _date,
    "yen": _number,
    "integer": _number,
    "flag": lambda column, text: _only(column, text in ("0", "1"), text == "1"),
    "choice": _choice,
}

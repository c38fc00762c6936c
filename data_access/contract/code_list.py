"""Code tables: the lists of words that several items share, and the published codes beside them, from codes.toml.

An item of the contract takes one by name (`codes`), a part of it (`codes` with `values`), or its codes as values (`code_of`).
"""

import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("codes.toml")


class CodesInvalid(ValueError):
    """コード表か、それを指す項目に誤りがある。The text says where and what to do."""


@dataclass(frozen=True)
class CodeList:
    """One list; `codes` are those of its words that have a published code (code → word)."""

    label: str
    source: str
    from_date: date
    words: tuple[str, ...]
    codes: dict[str, str]


@cache
def code_lists() -> dict[str, CodeList]:
    """Every list by its name. Raises CodesInvalid."""
    return {name: read(name, raw) for name, raw in tomllib.loads(FILE.read_text("utf-8")).items()}


def read(name: str, raw: dict) -> CodeList:
    """One list as TOML has it. Raises CodesInvalid."""
    for item in ("label", "source", "from", "entries"):
        if not raw.get(item):
            raise _invalid(name, f"{item} がありません", "どこで決まった値か（source）と受け始めた日（from）を含めて書いてください")
    entries = raw["entries"]
    for item in ("word", "code"):
        twice = [value for value, count in Counter(entry[item] for entry in entries if item in entry).items() if count > 1]
        if twice:
            raise _invalid(name, f"{item} {'・'.join(twice)} が2つあります", "どちらかを除いてください")
    for entry in entries:
        if "word" not in entry:
            raise _invalid(name, f"コード {entry.get('code')} に word がありません", "そのコードの語を書いてください")
    words, codes = tuple(entry["word"] for entry in entries), {entry["code"]: entry["word"] for entry in entries if "code" in entry}
    if both := codes.keys() & set(words):
        raise _invalid(name, f"{'・'.join(sorted(both))} が語でもコードでもあります", "別の語にしてください")
    return CodeList(raw["label"], raw["source"], raw["from"], words, codes)


def allowed(column: dict) -> tuple[tuple[str, ...], dict[str, str]]:
    """The values an item may hold, and its codes (code → word), as its TOML says. Raises CodesInvalid."""
    name = column.get("codes", column.get("code_of"))
    if name is None:
        return tuple(column.get("values", ())), {}
    if name not in code_lists():
        raise CodesInvalid(f"取り決めの項目 {column['name']}（{column['label']}）が指すコード表 {name} がありません。{FILE.name} に加えるか、名前を直してください。")
    found = code_lists()[name]
    if "code_of" in column:
        return tuple(found.codes), {}
    words = tuple(column.get("values", found.words))
    if strange := [word for word in words if word not in found.words]:
        raise CodesInvalid(f"取り決めの項目 {column['name']}（{column['label']}）の {'・'.join(strange)} がコード表 {name} にありません。{FILE.name} に加えるか、語を直してください。")
    return words, {code: word for code, word in found.codes.items() if word in words}


def _invalid(name: str, says: str, remedy: str) -> CodesInvalid:
    return CodesInvalid(f"{FILE.name} の {name}: {says}。{remedy}。")

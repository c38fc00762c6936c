"""Read one file of dated legal parameters and refuse it, in words, when an entry cannot be trusted.

A file is a set of settings; a setting is a list of entries; an entry holds `from`, `value`, `reference` and
`last_checked` (the day the source was read; `from_memory = true` where nobody has yet), and where they apply `to` (last
day) and `levy_kind` (料, 税 or both). Every other key is refused.
"""

import tomllib
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from law.bounds import complaint
from law.shapes import SHAPES, misfit
from law.together import apart
from law.words import strange

FOLDER = Path(__file__).resolve().parent
LAST_DAY = date(9999, 12, 31)
LEVY_KINDS = ("料", "税")
REQUIRED = {"from": date, "value": object, "reference": str}
OPTIONAL = {"last_checked": date, "from_memory": bool, "to": date, "levy_kind": (str, list), "note": str}

Entry = dict[str, object]


class LawFileInvalid(Exception):
    """法令値のファイルが使えない。The text names the file, the entry and the remedy."""


@lru_cache
def settings_in(file_name: str) -> dict[str, list[Entry]]:
    """Every setting of one law file, each of its shape, checked and sorted by `from`. Raises LawFileInvalid."""
    settings = read(FOLDER / file_name)
    if told := misfit(file_name, settings) or strange(file_name, settings) or apart(file_name, settings):
        raise LawFileInvalid(f"{file_name} の {told}")
    return settings


def values_in(file_name: str, setting: str) -> list[dict]:
    """Entries whose value is a small table: its keys, and beside them reference, from_date, to_date.

    The first key of the setting's shape names the row, which holds until its own `to` or the day before the next of that name.
    """
    found, name = [], next(iter(SHAPES[file_name][setting]))
    for number, entry in enumerate(entries_in(file_name, setting), start=1):
        if "levy_kind" in entry:
            where = f"{file_name} の {setting} {number} 番目"
            raise LawFileInvalid(f"{where}: levy_kind は使いません（料・税に共通）。levy_kind を消してください。")
        span = {"from_date": entry["from"], "to_date": entry.get("to", LAST_DAY)}
        found.append({**entry["value"], "reference": str(entry["reference"]), **span})
    return [row | {"to_date": _ends_on(f"{file_name} の {setting}", row, name, found)} for row in found]


def values_on(file_name: str, setting: str, day: date) -> list[dict]:
    """Those of `values_in` in force on `day`."""
    return [row for row in values_in(file_name, setting) if row["from_date"] <= day <= row["to_date"]]


def _ends_on(where: str, row: dict, name: str, rows: list[dict]) -> date:
    begun = [other["from_date"] for other in rows if other[name] == row[name]]
    if begun.count(row["from_date"]) > 1:
        raise LawFileInvalid(f"{where}: {row[name]} に同じ from の項目があります。1件にしてください。")
    return min([row["to_date"], *(start - timedelta(days=1) for start in begun if start > row["from_date"])])


def entries_in(file_name: str, setting: str) -> list[Entry]:
    """The entries of one setting, oldest first. Raises LawFileInvalid where the file has none."""
    entries = settings_in(file_name).get(setting)
    if not entries:
        raise LawFileInvalid(
            f"{file_name} の {setting}: 項目がありません。根拠を確かめて書き足してください。"
        )
    return entries


def read(path: Path) -> dict[str, list[Entry]]:
    """The same for any path (tests read broken files with it)."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LawFileInvalid(f"{path.name}: ファイルがありません。配布物から戻してください。") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LawFileInvalid(
            f"{path.name}: TOML として読めません（{error}）。直前の変更を見直してください。"
        ) from error
    return {name: _checked(path.name, name, entries) for name, entries in content.items()}


def _checked(file_name: str, setting: str, entries: object) -> list[Entry]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise LawFileInvalid(f"{file_name} の {setting}: [[{setting}]] の形で項目を並べてください。")
    for number, entry in enumerate(entries, start=1):
        where = f"{file_name} の {setting} {number} 番目"
        _check_entry(where, entry)
        if told := complaint(setting, entry):
            raise LawFileInvalid(f"{where}（from {entry['from']}）: {told}")
    return sorted(entries, key=lambda entry: entry["from"])


def _check_entry(where: str, entry: Entry) -> None:
    for key, kind in REQUIRED.items():
        if key not in entry:
            raise LawFileInvalid(f"{where}: {key} がありません。根拠を確かめて書き足してください。")
        _check_kind(where, key, entry[key], kind)
    for key in entry.keys() - REQUIRED.keys():
        if key not in OPTIONAL:
            raise LawFileInvalid(f"{where}: {key} は使えない項目名です。綴りを直すか note に書いてください。")
        _check_kind(where, key, entry[key], OPTIONAL[key])
    if not str(entry["reference"]).strip():
        raise LawFileInvalid(f"{where}: reference が空です。条文を書いてください。")
    if entry.get("to", LAST_DAY) < entry["from"]:
        raise LawFileInvalid(
            f"{where}: to（{entry['to']}）が from（{entry['from']}）より前です。日付を直してください。"
        )
    if unknown := set(kinds_of(entry)) - set(LEVY_KINDS):
        raise LawFileInvalid(f"{where}: levy_kind {sorted(unknown)} は 料 か 税 に直してください。")


def _check_kind(where: str, key: str, value: object, kind: type | tuple[type, ...]) -> None:
    is_time = kind is date and type(value) is not date  # TOML の日時は date でもあるので型そのものを比べる
    if is_time or not isinstance(value, kind):
        raise LawFileInvalid(f"{where}: {key} の値 {value!r} の型が違います。例に倣って直してください。")


def kinds_of(entry: Entry) -> tuple[str, ...]:
    """The levy kinds an entry speaks about; both when it does not say."""
    kinds = entry.get("levy_kind", LEVY_KINDS)
    return (kinds,) if isinstance(kinds, str) else tuple(kinds)

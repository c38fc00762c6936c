"""Every dated value of the law in force on a day, with its Japanese name and its source: for the 根拠 page."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from law.files import FOLDER, LAST_DAY, LEVY_KINDS, Entry, LawFileInvalid, kinds_of, settings_in
from law.version import LABEL_FILE

SECTIONS = ("file", "label", "key", "word", "example")
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
MISSING = "（この日の値はない）"
REMEDY = "この日の値がない。告示・条例を確かめて1件足すまで、この値を使う計算は止まる。"


def every_parameter(as_of: date) -> list[dict]:
    """One row per value in force: file, setting, section, name, levy_kind, value (text), from, reference, last_checked
    (None: nobody has read the source yet), note.

    Settings without a value on that day have a row that says so. Raises LawFileInvalid for a broken file.
    """
    return [
        row
        for file_name in dated_files()
        for setting, entries in settings_in(file_name).items()
        for row in _rows(file_name, setting, entries, as_of)
    ]


def dated_files() -> list[str]:
    """The law files that hold dated values."""
    return sorted(path.name for path in FOLDER.glob("*.toml") if path.name != LABEL_FILE)


def unlabelled() -> list[str]:
    """`file: setting` of every setting that has no Japanese name yet; the page shows its identifier."""
    known = labels()["label"]
    return [
        f"{name}: {setting}"
        for name in dated_files()
        for setting in settings_in(name)
        if setting not in known
    ]


@lru_cache
def labels() -> dict[str, dict[str, str]]:
    """labels.toml: `file`, `label` (settings), `key` and `word` (names and words inside a value), `example` → Japanese.

    Raises LawFileInvalid.
    """
    try:
        content = tomllib.loads((FOLDER / LABEL_FILE).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise LawFileInvalid(f"{LABEL_FILE}: 読めません（{error}）。配布物から戻してください。") from error
    for section in SECTIONS:
        found = content.get(section)
        if not isinstance(found, dict) or not all(isinstance(text, str) and text for text in found.values()):
            raise LawFileInvalid(f'{LABEL_FILE} の {section}: 「名前 = "日本語"」の形で並べてください。')
    return {section: content[section] for section in SECTIONS}


def _rows(file_name: str, setting: str, entries: list[Entry], as_of: date) -> Iterator[dict]:
    shown = {
        "file": file_name,
        "setting": setting,
        "section": labels()["file"].get(file_name, file_name.removesuffix(".toml")),
        "name": labels()["label"].get(setting, setting),
    }
    valid = _in_force(entries, as_of)
    if not valid:
        last = entries[-1]
        yield shown | {
            "levy_kind": "・".join(kinds_of(last)), "value": MISSING, "from": None, "reference": str(last["reference"]),
            "last_checked": last.get("last_checked"), "note": REMEDY,
        }  # fmt: skip
    for entry in valid:
        yield shown | {
            "levy_kind": "・".join(kinds_of(entry)),
            "value": _text(entry["value"], setting),
            "from": entry["from"],
            "reference": str(entry["reference"]),
            "last_checked": entry.get("last_checked"),
            "note": str(entry.get("note", "")),
        }


def _in_force(entries: list[Entry], as_of: date) -> list[Entry]:
    """A setting whose entries share a day of beginning is a list: all are valid, of one name the newest. Otherwise the newest is."""
    past = [entry for entry in entries if entry["from"] <= as_of <= entry.get("to", LAST_DAY)]
    newest = {
        kind: max(entry["from"] for entry in past if kind in kinds_of(entry))
        for kind in LEVY_KINDS
        if any(kind in kinds_of(entry) for entry in past)
    }
    if _is_list(entries):
        later = {_name(entry): entry["from"] for entry in past}  # in the order of `from`: the newest of each name stays
        return [entry for entry in past if not _is_named(entries) or later[_name(entry)] == entry["from"]]
    return [entry for entry in past if any(newest[kind] == entry["from"] for kind in kinds_of(entry))]


def _is_list(entries: list[Entry]) -> bool:
    begun = [(kind, entry["from"]) for entry in entries for kind in kinds_of(entry)]
    return len(set(begun)) < len(begun)


def _is_named(entries: list[Entry]) -> bool:
    """Does the first key of every value name its row, so that a later row of that name takes its place?"""
    begun = [(kind, entry["from"], _name(entry)) for entry in entries for kind in kinds_of(entry)]
    return len(set(begun)) == len(begun)


def _name(entry: Entry) -> str:
    return str(next(iter(entry["value"].items()))) if isinstance(entry["value"], dict) else str(entry["value"])


def _text(value: object, setting: str, key: str = "") -> str:
    """`key`: the name the value has inside its entry. labels.toml may say `setting.key` and, of a number, `setting.key.number`."""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, int):
        return labels()["word"].get(f"{setting}.{key}.{value}", f"{value:,}")
    if isinstance(value, list):
        return "、".join(_text(item, setting, key) for item in value)
    if isinstance(value, dict):
        names = labels()["key"]
        return "／".join(
            f"{names.get(f'{setting}.{name}', names.get(name, name))} {_text(item, setting, name)}"
            for name, item in value.items()
            if not _is_code(item)
        )
    return labels()["word"].get(str(value), str(value))


def _is_code(item: object) -> bool:
    """An identifier for programs, without a Japanese word: it says nothing to the reader."""
    return isinstance(item, str) and bool(IDENTIFIER.fullmatch(item)) and item not in labels()["word"]

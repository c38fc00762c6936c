"""What one setting of a law file says on one day: a single value, or the list of entries valid together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from law.dated import NoValue
from law.files import LAST_DAY, Entry, LawFileInvalid, kinds_of, settings_in

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Value:
    """One value with where it stands in the law; `note` is empty when the file has none."""

    value: object
    reference: str
    from_date: date
    note: str


def value(file_name: str, setting: str, on: date, kind: type, levy_kind: str = "料") -> Value:
    """The newest entry of `setting` on the day `on`. Raises NoValue (no entry) or LawFileInvalid (wrong type)."""
    past = [e for e in _entries(file_name, setting) if levy_kind in kinds_of(e) and e["from"] <= on]
    if not past or past[-1].get("to", LAST_DAY) < on:
        raise NoValue(
            f"{file_name} の {setting}: {levy_kind} の {on} の値がありません。その日から有効な項目を根拠とともに足してください。"
        )
    newest = [entry for entry in past if entry["from"] == past[-1]["from"]]
    if len(newest) > 1:
        raise LawFileInvalid(
            f"{file_name} の {setting} {on}: {levy_kind} に同じ from の項目があります。1件にしてください。"
        )
    return _typed(file_name, setting, newest[0], kind)


def values(
    file_name: str, setting: str, on: date, keys: Mapping[str, type], levy_kind: str = "料"
) -> tuple[Value, ...]:
    """Every entry valid on the day, in the order of the file; each value is a table with at least `keys`."""
    found = tuple(
        _with_keys(file_name, setting, entry, keys)
        for entry in _entries(file_name, setting)
        if levy_kind in kinds_of(entry) and entry["from"] <= on <= entry.get("to", LAST_DAY)
    )
    if not found:
        raise NoValue(
            f"{file_name} の {setting}: {levy_kind} の {on} の項目がありません。1件以上足してください。"
        )
    return found


def spans(file_name: str, kinds: Mapping[str, type], levy_kind: str = "料") -> Iterator[dict]:
    """Rows for an SQL twin: the settings named in `kinds` with from_date and to_date, one row per unchanged span."""
    starts = sorted(
        {e["from"] for name in kinds for e in _entries(file_name, name) if levy_kind in kinds_of(e)}
    )
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        yield {name: value(file_name, name, start, kind, levy_kind).value for name, kind in kinds.items()} | {
            "from_date": start,
            "to_date": following - DAY if following else LAST_DAY,
        }


def _entries(file_name: str, setting: str) -> list[Entry]:
    settings = settings_in(file_name)
    if setting not in settings:
        raise LawFileInvalid(
            f"{file_name}: {setting} がありません。[[{setting}]] の項目を根拠とともに足してください。"
        )
    return settings[setting]


def _typed(file_name: str, setting: str, entry: Entry, kind: type) -> Value:
    found = entry["value"]
    if type(found) is not kind or (kind is int and found < 0):
        names = {
            int: "0以上の整数",
            str: "文字列",
            bool: "true か false",
            list: "[ ] の並び",
            dict: "{ } の表",
        }
        raise LawFileInvalid(
            f"{file_name} の {setting} {entry['from']}: 値 {found!r} は{names[kind]}で書いてください。"
        )
    return Value(found, str(entry["reference"]), entry["from"], str(entry.get("note", "")))


def _with_keys(file_name: str, setting: str, entry: Entry, keys: Mapping[str, type]) -> Value:
    checked = _typed(file_name, setting, entry, dict)
    for key, kind in keys.items():
        if type(checked.value.get(key)) is not kind:
            raise LawFileInvalid(
                f"{file_name} の {setting} {entry['value']!r}: {key} を {kind.__name__} で書いてください。"
            )
    return checked

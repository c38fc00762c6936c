"""Turn a law file's settings into typed values, one per levy kind and span of days in which none of them changes.

A value is valid from its `from` until the day before the next `from` of the same setting and levy kind.
"""

from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import date, timedelta
from functools import lru_cache

from law.files import LAST_DAY, LEVY_KINDS, Entry, LawFileInvalid, kinds_of, settings_in

ALLOWED = {"charge_start_basis": ("due_date", "demand_due"), "first_months": (0, 1, 3)}
OWN_FIELDS = 4  # the last four fields of every kind: levy_kind, from_date, to_date, references
DAY = timedelta(days=1)


class NoValue(LawFileInvalid):
    """その日・その賦課区分の値がない。"""


@lru_cache
def spans(kind: type, file_name: str) -> tuple:
    """Every `kind` (a frozen dataclass whose fields are settings) that the file yields. Raises LawFileInvalid."""
    settings = settings_in(file_name)
    return tuple(
        kind(**span) for levy_kind in LEVY_KINDS for span in _spans(kind, file_name, settings, levy_kind)
    )


@lru_cache(maxsize=4096)
def valid_on(kind: type, file_name: str, levy_kind: str, day: date):
    """The one for `levy_kind` on `day`. Raises NoValue."""
    for span in spans(kind, file_name):
        if span.levy_kind == levy_kind and span.from_date <= day <= span.to_date:
            return span
    raise NoValue(
        f"{file_name}: {levy_kind} の {day} の値がありません。その日から有効な項目を根拠とともに足してください。"
    )


def rows(kind: type, file_name: str) -> list[dict]:
    """The same as plain rows for SQL, without the references."""
    return [
        {key: value for key, value in asdict(span).items() if key != "references"}
        for span in spans(kind, file_name)
    ]


def _spans(kind: type, file_name: str, settings: dict, levy_kind: str) -> Iterator[dict]:
    names = [field.name for field in fields(kind)][:-OWN_FIELDS]
    entries = {name: [e for e in settings.get(name, []) if levy_kind in kinds_of(e)] for name in names}
    starts = sorted({entry["from"] for own in entries.values() for entry in own})
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        valid = {name: _entry_on(file_name, name, levy_kind, own, start) for name, own in entries.items()}
        yield {name: _value(file_name, name, entry) for name, entry in valid.items()} | {
            "levy_kind": levy_kind,
            "from_date": start,
            "to_date": following - DAY if following else LAST_DAY,
            "references": {name: str(entry["reference"]) for name, entry in valid.items()},
        }


def _entry_on(file_name: str, name: str, levy_kind: str, entries: list[Entry], day: date) -> Entry:
    past = [entry for entry in entries if entry["from"] <= day]
    if not past:
        raise LawFileInvalid(
            f"{file_name} の {name}: {levy_kind} の {day} の値がありません。項目を足してください。"
        )
    if any("to" in entry for entry in entries):
        raise LawFileInvalid(
            f"{file_name} の {name}: to は使いません（次の from の前日まで有効）。to を消してください。"
        )
    if len({entry["from"] for entry in entries}) < len(entries):
        raise LawFileInvalid(
            f"{file_name} の {name}: {levy_kind} に同じ from の項目があります。1件にしてください。"
        )
    return past[-1]


def _value(file_name: str, name: str, entry: Entry):
    value = entry["value"]
    if name in ALLOWED and value not in ALLOWED[name]:
        raise LawFileInvalid(
            f"{file_name} の {name} {entry['from']}: 使える値は {ALLOWED[name]} です（今は {value!r}）。"
        )
    return value

"""What the entries of one file must be together, beyond what each of them may be by itself."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from law.words import ALLOCATED

DAY, SUNDAY = timedelta(days=1), 6
SUBSTITUTE = "振替休日"
GS1_DIGITS = 43  # and one check digit
HALF_POINT_SINCE = date(2021, 1, 1)  # 猶予特例基準割合 = 平均貸付割合 + 0.5, 延滞金特例基準割合 = 平均貸付割合 + 1

Settings = dict[str, list[dict]]


def apart(file_name: str, settings: Settings) -> str | None:
    """The first thing that does not go together, and the remedy, in one sentence; None where all is well."""
    return next(RULES[file_name](settings), None) if file_name in RULES else None


def _deferral(settings: Settings) -> Iterator[str]:
    """Each 猶予特例基準割合 follows from the base rate of its days (附則3条の2第3項)."""
    for number, entry in enumerate(settings["deferral_rate"], start=1):
        for base in settings["rate"]:
            if base["from"] == entry["from"] or entry["from"] < base["from"] <= entry.get("to", date.max):
                expected = Decimal(base["value"]["special_base"]) - (Decimal("0.5") if base["from"] >= HALF_POINT_SINCE else 0)
                if Decimal(entry["value"]) != expected:
                    yield (f"deferral_rate {number} 番目（from {entry['from']}）: {entry['value']} は {base['from']} の special_base から出る {expected} と違います。"
                           "告示の割合を確かめて直してください。")


def _items(settings: Settings) -> Iterator[str]:
    for number, entry in enumerate(settings["order"], start=1):
        if sorted(entry["value"]["items"]) != sorted(ALLOCATED):
            yield f"order {number} 番目（from {entry['from']}）: items には {'・'.join(ALLOCATED)} を1度ずつ並べてください。"


def _ranks(settings: Settings) -> Iterator[str]:
    seen: dict[int, str] = {}
    for number, entry in enumerate(settings["claim_class"], start=1):
        name, rank = entry["value"]["name"], entry["value"]["rank"]
        if seen.setdefault(rank, name) != name:
            yield f"claim_class {number} 番目（from {entry['from']}）: 順位 {rank} は {seen[rank]} と重なっています。順位を分けて書いてください。"


def _digits(settings: Settings) -> Iterator[str]:
    total = sum(entry["value"]["digits"] for entry in settings["gs1_field"])
    if total != GS1_DIGITS:
        yield f"gs1_field: 桁数の和が {total} です。検査数字の前は {GS1_DIGITS} 桁になるように直してください。"


def _substitutes(settings: Settings) -> Iterator[str]:
    """A holiday on a Sunday is made up for on the next day that is none (国民の祝日に関する法律3条2項)."""
    try:
        names = {date.fromisoformat(text): name for entry in settings["year"] for text, name in entry["value"].items()}
    except ValueError:
        return  # law/calendar.py names the day
    for day, name in sorted(names.items()):
        if day.weekday() == SUNDAY and name != SUBSTITUTE:
            made_up = day + DAY
            while names.get(made_up, SUBSTITUTE) != SUBSTITUTE:
                made_up += DAY
            if made_up not in names:
                yield f"year（from {day.year}-01-01）: {day} の{name}は日曜日です。{made_up} に「{SUBSTITUTE}」を書き足してください。"
        if name == SUBSTITUTE:
            before = day - DAY
            while before in names and before.weekday() != SUNDAY:
                before -= DAY
            if before not in names:
                yield f"year（from {day.year}-01-01）: {day} の前に日曜日の祝日がありません。{SUBSTITUTE}の日を官報で確かめて直してください。"


RULES: dict[str, Callable[[Settings], Iterator[str]]] = {
    "allocation.toml": _items, "delinquency_charge.toml": _deferral, "distribution.toml": _ranks, "holidays.toml": _substitutes,
    "payment_slip.toml": _digits,
}  # fmt: skip

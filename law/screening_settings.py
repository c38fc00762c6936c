"""The city's settings of the 一次審査 (screening.toml), read and checked: what a record may say, what meets a 場合, what other cities publish.

law/screening.py says with them what the records of one person say, law/screening_contradiction.py which other records stand against them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Protocol

from law.dated import NoValue
from law.files import LAST_DAY, Entry, LawFileInvalid, entries_in
from law.parameters import SUSPENSION_FILE

FILE = "screening.toml"
SHAPES = {
    "screening_record": {"target": str, "results": list, "longest_age_days": int, "how": str, "sensitivity": str},
    "screening_criterion": {"ground": str, "clause": str, "target": str, "met_by": list, "meaning": str},
    "screening_contradiction": {"target": str, "record": str, "results": list, "known_on": str, "how": str},
    "municipal_criterion": {"place": str, "criterion": str, "ground": str, "clause": str, "target": str, "text": str},
}
MAY_LACK = {  # a record of how things stand now has no age; a city's rules do not say everything
    "screening_record": {"longest_age_days"}, "screening_criterion": set(), "screening_contradiction": {"known_on"},
    "municipal_criterion": {"ground", "clause", "target"},
}
KINDS = {  # how the office calls a kind of value, and what is one
    str: ("空でない文字列", lambda item: type(item) is str and item),
    int: ("整数", lambda item: type(item) is int),
    list: ("空でない文字列の並び", lambda item: type(item) is list and item and all(map(KINDS[str][1], item))),
}
AGES, CLASSES = range(1, 3_651), tuple(f"C{number}" for number in range(1, 10))


@dataclass(frozen=True)
class RecordRule:
    """What a kind of record may say, how many days it stands (None = as long as it is kept) and how to get one."""

    target: str
    results: tuple[str, ...]
    longest_age_days: int | None
    how: str
    sensitivity: str  # column class of the contract
    article: str
    from_date: date
    to_date: date


@dataclass(frozen=True)
class Criterion:
    """One thing that has to be shown for one 場合 of a 号. `rank`: its place in the file."""

    rank: int
    ground: str
    clause: str
    target: str
    met_by: tuple[str, ...]
    meaning: str
    article: str
    from_date: date
    to_date: date


@dataclass(frozen=True)
class Municipal:
    """What the published rules of one place say of one criterion. `ground`: their 号, where they say; `clause`: our 場合 that says the same;
    `target`: the record with which a city may adopt it; `ours`: the 号 that has this 場合 here on the day."""

    place: str
    criterion: str
    text: str
    ground: str | None
    clause: str | None
    target: str | None
    article: str
    from_date: date
    to_date: date
    ours: str | None = None

    @property
    def differs(self) -> bool:
        """Another 号 than here for the same."""
        return None not in (self.ours, self.ground) and self.ours != self.ground


def criteria(on: date) -> tuple[Criterion, ...]:
    """The criteria in force, in the order of the file. Raises NoValue or LawFileInvalid."""
    return _in_force("screening_criterion", _criteria(), on)


def record_rules(on: date) -> dict[str, RecordRule]:
    """Target → what is in force for its records. Raises NoValue or LawFileInvalid."""
    return {rule.target: rule for rule in _in_force("screening_record", _record_rules(), on)}


def municipal(on: date) -> tuple[Municipal, ...]:
    """The published rules of other cities in force on the day, criterion by criterion, each beside the city's own setting. Raises as `criteria`."""
    own = {row.clause: row.ground for row in criteria(on)}
    return tuple(replace(row, ours=own.get(row.clause)) for row in _in_force("municipal_criterion", _municipal(), on))


def results_of(target: str) -> frozenset[str] | None:
    """All that a record of this kind may say, on whatever day; None where there is no such record. Raises LawFileInvalid."""
    own = [set(rule.results) for rule in _record_rules() if rule.target == target]
    return frozenset().union(*own) if own else None


def law_tables() -> dict[str, list[dict]]:
    """Rows for schema `law` (as law.parameters.as_tables): screening_criterion and screening_record, with their days."""
    return {
        "screening_criterion": [vars(row) | {"met_by": list(row.met_by)} for row in _criteria()],
        "screening_record": [vars(row) | {"results": list(row.results)} for row in _record_rules()],
    }


def _in_force(setting: str, rows: tuple, on: date) -> tuple:
    found = tuple(row for row in rows if row.from_date <= on <= row.to_date)
    if not found:
        raise NoValue(f"{FILE} の {setting}: {on} の項目がありません。その日から有効な項目を根拠とともに足してください。")
    return found


@lru_cache
def _record_rules() -> tuple[RecordRule, ...]:
    rules: list[RecordRule] = []
    for where, entry in checked("screening_record"):
        value = entry["value"]
        if value.get("longest_age_days", AGES[0]) not in AGES:
            raise LawFileInvalid(f"{where}: longest_age_days は {AGES[0]} から {AGES[-1]} の日数で書いてください。")
        if value["sensitivity"] not in CLASSES:
            raise LawFileInvalid(f"{where}: sensitivity {value['sensitivity']} は {CLASSES[0]} から {CLASSES[-1]} で書いてください。")
        rule = RecordRule(
            value["target"], tuple(value["results"]), value.get("longest_age_days"), value["how"], value["sensitivity"], *days(entry)
        )
        if any(other.target == rule.target and overlap(other, rule) for other in rules):
            raise LawFileInvalid(f"{where}: 資料「{rule.target}」の項目が同じ日に2件あります。前の項目に to を書いてください。")
        rules.append(rule)
    return tuple(rules)


@lru_cache
def _criteria() -> tuple[Criterion, ...]:
    rules, known = _record_rules(), {f"{entry['value']['item']}号" for entry in entries_in(SUSPENSION_FILE, "ground")}
    rows: list[Criterion] = []
    for rank, (where, entry) in enumerate(checked("screening_criterion"), start=1):
        value = entry["value"]
        row = Criterion(
            rank, value["ground"], value["clause"], value["target"], tuple(value["met_by"]), value["meaning"], *days(entry)
        )
        if row.ground not in known:
            raise LawFileInvalid(f"{where}: ground {row.ground} は {'・'.join(sorted(known))} から選んでください。")
        if any((other.ground, other.clause, other.target) == (row.ground, row.clause, row.target) and overlap(other, row) for other in rows):
            raise LawFileInvalid(f"{where}: {row.ground}（{row.clause}）の「{row.target}」が同じ日に2件あります。前の項目に to を書いてください。")
        _check_record(where, row, [rule for rule in rules if rule.target == row.target])
        rows.append(row)
    return tuple(rows)


@lru_cache
def _municipal() -> tuple[Municipal, ...]:
    rows: list[Municipal] = []
    clauses = {row.clause for row in _criteria()}
    for where, entry in checked("municipal_criterion"):
        value = entry["value"]
        row = Municipal(value["place"], value["criterion"], value["text"], value.get("ground"), value.get("clause"), value.get("target"), *days(entry))
        if row.clause not in {None, *clauses}:
            raise LawFileInvalid(f"{where}: clause {row.clause} は screening_criterion にありません。綴りを直してください。")
        if row.target not in {None, *(rule.target for rule in _record_rules())}:
            raise LawFileInvalid(f"{where}: target {row.target} は screening_record にありません。綴りを直してください。")
        if any((other.place, other.criterion) == (row.place, row.criterion) and overlap(other, row) for other in rows):
            raise LawFileInvalid(f"{where}: {row.place}の「{row.criterion}」が同じ日に2件あります。前の項目に to を書いてください。")
        rows.append(row)
    order = list(dict.fromkeys(row.criterion for row in rows))
    return tuple(sorted(rows, key=lambda row: order.index(row.criterion)))


def _check_record(where: str, row: Criterion, rules: list[RecordRule]) -> None:
    """Every day of the criterion its record is described, and can say what would meet it."""
    covering = [rule for rule in rules if overlap(rule, row)]
    days = sum((min(rule.to_date, row.to_date) - max(rule.from_date, row.from_date)).days + 1 for rule in covering)
    if days != (row.to_date - row.from_date).days + 1:
        raise LawFileInvalid(f"{where}: 資料「{row.target}」が screening_record にない日があります。綴りと日付を確かめてください。")
    for rule in covering:
        if unknown := set(row.met_by) - set(rule.results):
            raise LawFileInvalid(
                f"{where}: met_by の {'・'.join(sorted(unknown))} は、資料「{row.target}」が示すもの（{'・'.join(rule.results)}）にありません。綴りを直してください。"
            )


class Dated(Protocol):
    """What a setting says from a day on to another."""

    from_date: date
    to_date: date


def overlap(one: Dated, other: Dated) -> bool:
    """Is there a day on which both stand?"""
    return one.from_date <= other.to_date and other.from_date <= one.to_date


def days(entry: Entry) -> tuple[str, date, date]:
    """article, from_date, to_date of one entry."""
    return str(entry["reference"]), entry["from"], entry.get("to", LAST_DAY)


def checked(setting: str) -> Iterator[tuple[str, Entry]]:
    """Each entry with the words that say where it stands; its value has the names and kinds of its shape and no others. Raises LawFileInvalid."""
    shape = SHAPES[setting]
    for number, entry in enumerate(entries_in(FILE, setting), start=1):
        where, value = f"{FILE} の {setting} {number} 番目（from {entry['from']}）", entry["value"]
        if not isinstance(value, dict) or not shape.keys() - MAY_LACK[setting] <= value.keys() <= shape.keys():
            raise LawFileInvalid(f"{where}: value は {{ {'、'.join(shape)} }} をこの名前どおり書いてください。")
        for key, item in value.items():
            if not KINDS[shape[key]][1](item):
                raise LawFileInvalid(f"{where}: value の {key} {item!r} は{KINDS[shape[key]][0]}で書いてください。")
        yield where, entry

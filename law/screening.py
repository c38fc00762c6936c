"""執行停止の一次審査 (地方税法15条の7第1項): what the records say of one person, 号 by 号. A person decides.

A 号 is met by any one of its 場合 (clause), a 場合 by all of its criteria together. Only a confirmed record that is not
too old meets a criterion or refutes it; no record at all makes nobody a candidate. SQL reads the same rows as
law.screening_criterion and law.screening_record.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from law.dated import NoValue
from law.files import LAST_DAY, Entry, LawFileInvalid, entries_in
from law.parameters import SUSPENSION_FILE

FILE = "screening.toml"
RECORD = {"target": str, "results": list, "longest_age_days": int, "how": str, "sensitivity": str}
CRITERION = {"ground": str, "clause": str, "target": str, "met_by": list, "meaning": str}
MUNICIPAL = {"place": str, "criterion": str, "ground": str, "clause": str, "target": str, "text": str}
MAY_LACK = {  # a record of how things stand now has no age; a city's rules do not say everything
    "screening_record": {"longest_age_days"}, "screening_criterion": set(), "municipal_criterion": {"ground", "clause", "target"},
}
KINDS = {  # how the office calls a kind of value, and what is one
    str: ("空でない文字列", lambda item: type(item) is str and item),
    int: ("整数", lambda item: type(item) is int),
    list: ("空でない文字列の並び", lambda item: type(item) is list and item and all(map(KINDS[str][1], item))),
}
AGES, CLASSES = range(1, 3_651), tuple(f"C{number}" for number in range(1, 10))


class Finding(StrEnum):
    """What the record says of one criterion."""

    NONE = "資料なし"
    UNANSWERED = "未回答"
    UNCONFIRMED = "未確認"
    STALE = "期限切れ"
    MET = "満たす"
    REFUTED = "反証"


class Verdict(StrEnum):
    """The most favourable first: of the 場合 of a 号, the first of these counts."""

    LIKELY = "該当の疑い"
    LACKING = "資料不足"
    NO = "非該当"


@dataclass(frozen=True)
class Record:
    """One record of a person. `result` None = asked, not yet answered; `ended_on`: the last day on which it was true."""

    target: str
    result: str | None
    dated_on: date | None
    is_confirmed: bool
    evidence_id: str
    asked_on: date | None = None
    ended_on: date | None = None


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


@dataclass(frozen=True)
class Evidence:
    """One criterion beside the record that counts. `remedy`: what is missing and how to get it, with its article."""

    criterion: Criterion
    record: Record | None
    age_days: int | None
    finding: Finding
    remedy: str | None

    @property
    def speaks_for(self) -> bool:
        """The record would meet the criterion, were it confirmed and new enough."""
        return self.record is not None and self.record.result in self.criterion.met_by


@dataclass(frozen=True)
class Clause:
    """One 場合 of a 号 with its evidence; no verdict but 非該当 stands without an `evidence_id`."""

    name: str
    verdict: Verdict
    evidence: tuple[Evidence, ...]

    @property
    def met_count(self) -> int:
        return sum(each.finding is Finding.MET for each in self.evidence)

    @property
    def evidence_ids(self) -> tuple[str, ...]:
        return tuple(each.record.evidence_id for each in self.evidence if each.record)

    @property
    def missing(self) -> tuple[Evidence, ...]:
        return tuple(each for each in self.evidence if each.remedy)


@dataclass(frozen=True)
class Screening:
    """One 号: `clause` is the 場合 that comes nearest, `others` the rest of them."""

    ground: str
    clause: Clause
    others: tuple[Clause, ...]
    sentence: str

    @property
    def verdict(self) -> Verdict:
        return self.clause.verdict


def explain(records: Iterable[Record], on: date) -> tuple[Screening, ...]:
    """Every 号 that has criteria on the day `on`, judged by the records of one person. Raises LawFileInvalid."""
    known, rules = newest(records, on), record_rules(on)
    clauses: dict[str, dict[str, list[Evidence]]] = {}
    for criterion in criteria(on):
        found = _evidence(criterion, rules[criterion.target], known.get(criterion.target), on)
        clauses.setdefault(criterion.ground, {}).setdefault(criterion.clause, []).append(found)
    return tuple(_screening(ground, own) for ground, own in sorted(clauses.items()))


def newest(records: Iterable[Record], on: date) -> dict[str, Record]:
    """Target → the record that counts: the newest answer true on the day, an unanswered question only where there is none."""
    own = [each for each in records if (each.dated_on or on) <= on <= (each.ended_on or on)]
    return {each.target: each for each in sorted(own, key=_order)}


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


def remedy(rule: RecordRule, finding: str, evidence_id: str | None, age_days: int | None) -> str | None:
    """What is missing and how to get it, with the article; None where the record counts."""
    ask = f"{rule.how}（{rule.article}）"
    age = f"{age_days}日前の資料" if age_days is not None else "日付のない資料"
    return {
        Finding.NONE: ask,
        Finding.UNANSWERED: f"照会 {evidence_id} の回答を求める（{rule.article}）",
        Finding.UNCONFIRMED: f"資料 {evidence_id} の内容を担当者が確かめる",
        Finding.STALE: f"{age}は、有効な{rule.longest_age_days}日を過ぎた。{ask}",
    }.get(Finding(finding))


def law_tables() -> dict[str, list[dict]]:
    """Rows for schema `law` (as law.parameters.as_tables): screening_criterion and screening_record, with their days."""
    return {
        "screening_criterion": [vars(row) | {"met_by": list(row.met_by)} for row in _criteria()],
        "screening_record": [vars(row) | {"results": list(row.results)} for row in _record_rules()],
    }


def _order(record: Record) -> tuple:
    return record.dated_on or date.min, record.asked_on or date.min, record.evidence_id


def _evidence(criterion: Criterion, rule: RecordRule, record: Record | None, on: date) -> Evidence:
    age = (on - record.dated_on).days if record and record.dated_on else None
    finding = _finding(criterion, rule, record, age)
    return Evidence(criterion, record, age, finding, remedy(rule, finding, record and record.evidence_id, age))


def _finding(criterion: Criterion, rule: RecordRule, record: Record | None, age: int | None) -> Finding:
    if record is None:
        return Finding.NONE
    if record.result is None:
        return Finding.UNANSWERED
    if not record.is_confirmed:
        return Finding.UNCONFIRMED
    if rule.longest_age_days is not None and (age is None or age > rule.longest_age_days):
        return Finding.STALE
    return Finding.MET if record.result in criterion.met_by else Finding.REFUTED


def _screening(ground: str, clauses: dict[str, list[Evidence]]) -> Screening:
    judged = [Clause(name, _verdict(own), tuple(own)) for name, own in clauses.items()]
    ranks = list(Verdict)
    first, *others = sorted(judged, key=lambda clause: (ranks.index(clause.verdict), -clause.met_count))
    told = "、".join(f"{each.criterion.meaning}: {each.finding}" for each in first.evidence)
    return Screening(ground, first, tuple(others), f"{ground}（{first.name}） {first.verdict}。{told}")


def _verdict(evidence: list[Evidence]) -> Verdict:
    findings = {each.finding for each in evidence}
    if Finding.REFUTED in findings or not any(each.speaks_for for each in evidence):
        return Verdict.NO
    return Verdict.LIKELY if findings == {Finding.MET} else Verdict.LACKING


def _in_force(setting: str, rows: tuple, on: date) -> tuple:
    found = tuple(row for row in rows if row.from_date <= on <= row.to_date)
    if not found:
        raise NoValue(f"{FILE} の {setting}: {on} の項目がありません。その日から有効な項目を根拠とともに足してください。")
    return found


@lru_cache
def _record_rules() -> tuple[RecordRule, ...]:
    rules: list[RecordRule] = []
    for where, entry in _checked("screening_record", RECORD):
        value = entry["value"]
        if value.get("longest_age_days", AGES[0]) not in AGES:
            raise LawFileInvalid(f"{where}: longest_age_days は {AGES[0]} から {AGES[-1]} の日数で書いてください。")
        if value["sensitivity"] not in CLASSES:
            raise LawFileInvalid(f"{where}: sensitivity {value['sensitivity']} は {CLASSES[0]} から {CLASSES[-1]} で書いてください。")
        rule = RecordRule(
            value["target"], tuple(value["results"]), value.get("longest_age_days"), value["how"], value["sensitivity"], *_days(entry)
        )
        if any(other.target == rule.target and _overlap(other, rule) for other in rules):
            raise LawFileInvalid(f"{where}: 資料「{rule.target}」の項目が同じ日に2件あります。前の項目に to を書いてください。")
        rules.append(rule)
    return tuple(rules)


@lru_cache
def _criteria() -> tuple[Criterion, ...]:
    rules, known = _record_rules(), {f"{entry['value']['item']}号" for entry in entries_in(SUSPENSION_FILE, "ground")}
    rows: list[Criterion] = []
    for rank, (where, entry) in enumerate(_checked("screening_criterion", CRITERION), start=1):
        value = entry["value"]
        row = Criterion(
            rank, value["ground"], value["clause"], value["target"], tuple(value["met_by"]), value["meaning"], *_days(entry)
        )
        if row.ground not in known:
            raise LawFileInvalid(f"{where}: ground {row.ground} は {'・'.join(sorted(known))} から選んでください。")
        if any((other.ground, other.clause, other.target) == (row.ground, row.clause, row.target) and _overlap(other, row) for other in rows):
            raise LawFileInvalid(f"{where}: {row.ground}（{row.clause}）の「{row.target}」が同じ日に2件あります。前の項目に to を書いてください。")
        _check_record(where, row, [rule for rule in rules if rule.target == row.target])
        rows.append(row)
    return tuple(rows)


@lru_cache
def _municipal() -> tuple[Municipal, ...]:
    rows: list[Municipal] = []
    clauses = {row.clause for row in _criteria()}
    for where, entry in _checked("municipal_criterion", MUNICIPAL):
        value = entry["value"]
        row = Municipal(value["place"], value["criterion"], value["text"], value.get("ground"), value.get("clause"), value.get("target"), *_days(entry))
        if row.clause not in {None, *clauses}:
            raise LawFileInvalid(f"{where}: clause {row.clause} は screening_criterion にありません。綴りを直してください。")
        if row.target not in {None, *(rule.target for rule in _record_rules())}:
            raise LawFileInvalid(f"{where}: target {row.target} は screening_record にありません。綴りを直してください。")
        if any((other.place, other.criterion) == (row.place, row.criterion) and _overlap(other, row) for other in rows):
            raise LawFileInvalid(f"{where}: {row.place}の「{row.criterion}」が同じ日に2件あります。前の項目に to を書いてください。")
        rows.append(row)
    order = list(dict.fromkeys(row.criterion for row in rows))
    return tuple(sorted(rows, key=lambda row: order.index(row.criterion)))


def _check_record(where: str, row: Criterion, rules: list[RecordRule]) -> None:
    """Every day of the criterion its record is described, and can say what would meet it."""
    covering = [rule for rule in rules if _overlap(rule, row)]
    days = sum((min(rule.to_date, row.to_date) - max(rule.from_date, row.from_date)).days + 1 for rule in covering)
    if days != (row.to_date - row.from_date).days + 1:
        raise LawFileInvalid(f"{where}: 資料「{row.target}」が screening_record にない日があります。綴りと日付を確かめてください。")
    for rule in covering:
        if unknown := set(row.met_by) - set(rule.results):
            raise LawFileInvalid(
                f"{where}: met_by の {'・'.join(sorted(unknown))} は、資料「{row.target}」が示すもの（{'・'.join(rule.results)}）にありません。綴りを直してください。"
            )


def _overlap(one: RecordRule | Criterion | Municipal, other: RecordRule | Criterion | Municipal) -> bool:
    return one.from_date <= other.to_date and other.from_date <= one.to_date


def _days(entry: Entry) -> tuple[str, date, date]:
    """article, from_date, to_date."""
    return str(entry["reference"]), entry["from"], entry.get("to", LAST_DAY)


def _checked(setting: str, shape: dict[str, type]) -> Iterator[tuple[str, Entry]]:
    """Each entry with the words that say where it stands; its value has the names and kinds of `shape` and no others."""
    for number, entry in enumerate(entries_in(FILE, setting), start=1):
        where, value = f"{FILE} の {setting} {number} 番目（from {entry['from']}）", entry["value"]
        if not isinstance(value, dict) or not shape.keys() - MAY_LACK[setting] <= value.keys() <= shape.keys():
            raise LawFileInvalid(f"{where}: value は {{ {'、'.join(shape)} }} をこの名前どおり書いてください。")
        for key, item in value.items():
            if not KINDS[shape[key]][1](item):
                raise LawFileInvalid(f"{where}: value の {key} {item!r} は{KINDS[shape[key]][0]}で書いてください。")
        yield where, entry

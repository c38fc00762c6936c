"""食い違い: other records of the city that are no older than an answer and say otherwise. Such an answer meets nothing until it is asked again.

It refutes nothing either: last year's pay does not tell of today's. What stands against which answer is in screening.toml
(screening_contradiction); SQL reads the same rows as law.screening_contradiction. A day has no order in itself, so that a record of
the same day counts as newer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from law.files import LawFileInvalid
from law.screening_settings import checked, days, overlap, results_of

SETTING = "screening_contradiction"
# What SQL (derived/screening_contradiction.sql) knows of → is it a record of a tax year, dated by known_on?
RECORDS = {"口座振替": False, "年金特徴": False, "財産管理": False, "車両": False, "勤務先": True, "差押可能な給与": True, "土地・家屋": True,
           "年金収入": True, "就職": True}


@dataclass(frozen=True)
class Rule:
    """`record` stands against an answer of `results` about `target`. `known_on`: month and day as of which a record of a tax year is
    read (None: it has a day of its own); `how`: what has to be asked again."""

    rank: int
    target: str
    record: str
    results: tuple[str, ...]
    known_on: tuple[int, int] | None
    how: str
    article: str
    from_date: date
    to_date: date


@dataclass(frozen=True)
class Fact:
    """One record of the city about one person. `dated_on` None: dated by its `tax_year` alone; `target` of 財産管理 alone."""

    record: str
    evidence_id: str
    dated_on: date | None = None
    tax_year: int | None = None
    target: str | None = None


@dataclass(frozen=True)
class Contradiction:
    """The newest record that stands against an answer, and what has to be asked again."""

    record: str
    dated_on: date
    evidence_id: str
    how: str
    article: str


def rules(on: date) -> tuple[Rule, ...]:
    """What stands against an answer on the day, in the order of the file; a city may have none. Raises LawFileInvalid."""
    return tuple(row for row in _rules() if row.from_date <= on <= row.to_date)


def against(facts: Iterable[Fact], target: str, result: str, answered_on: date, on: date) -> Contradiction | None:
    """What stands on the day `on` against the answer `result` of `answered_on`; the newest of it. Raises LawFileInvalid."""
    own = [rule for rule in rules(on) if rule.target == target and result in rule.results]
    found = []
    for fact in facts:
        for rule in own:
            dated_on = _dated(fact, rule, on)
            if rule.record == fact.record and fact.target in (None, target) and dated_on and dated_on >= answered_on:
                found.append((dated_on, -rule.rank, fact.evidence_id, rule))
    if not found:
        return None
    dated_on, _, evidence_id, rule = max(found, key=lambda each: each[:3])
    return Contradiction(rule.record, dated_on, evidence_id, rule.how, rule.article)


def sentence(contradiction: Contradiction) -> str:
    """What a person reads of it: which record, of which day, and what has to be asked again."""
    stands = contradiction
    return f"{stands.dated_on} の{stands.record}（{stands.evidence_id}）と食い違う。{stands.how}（{stands.article}）"


def named(target: str, record: str, dated_on: date, evidence_id: str, on: date) -> Contradiction | None:
    """One that SQL has found, with what the settings say of it; None where they know of it no more on the day `on`. Raises LawFileInvalid."""
    own = [rule for rule in rules(on) if (rule.target, rule.record) == (target, record)]
    return Contradiction(record, dated_on, evidence_id, own[0].how, own[0].article) if own else None


def law_tables() -> dict[str, list[dict]]:
    """Rows for schema `law` (as law.parameters.as_tables): screening_contradiction, with its days. Raises LawFileInvalid."""
    return {SETTING: [_row(rule) for rule in _rules()]}


def _dated(fact: Fact, rule: Rule, on: date) -> date | None:
    """The day of which the record speaks, at the latest the day `on`; None of what has not happened yet."""
    if fact.dated_on and fact.dated_on > on:
        return None
    known_on = date(fact.tax_year, *rule.known_on) if fact.tax_year and rule.known_on else None
    return min(max((day for day in (fact.dated_on, known_on) if day), default=on), on)


@lru_cache
def _rules() -> tuple[Rule, ...]:
    rows: list[Rule] = []
    for rank, (where, entry) in enumerate(checked(SETTING), start=1):
        value = entry["value"]
        row = Rule(rank, value["target"], value["record"], tuple(value["results"]), _month_day(where, value.get("known_on")), value["how"], *days(entry))
        if row.record not in RECORDS:
            raise LawFileInvalid(f"{where}: record {row.record} は {'・'.join(RECORDS)} から選んでください。")
        if (row.known_on is not None) != RECORDS[row.record]:
            by_year = "・".join(name for name, is_by_year in RECORDS.items() if is_by_year)
            raise LawFileInvalid(f"{where}: known_on は、課税年度で届く記録（{by_year}）にだけ、月日（06-01 など）で書いてください。")
        if (known := results_of(row.target)) is None:
            raise LawFileInvalid(f"{where}: target {row.target} は screening_record にありません。綴りを直してください。")
        if unknown := set(row.results) - known:
            raise LawFileInvalid(f"{where}: results の {'・'.join(sorted(unknown))} は、資料「{row.target}」が示すものにありません。綴りを直してください。")
        if any((other.target, other.record) == (row.target, row.record) and overlap(other, row) for other in rows):
            raise LawFileInvalid(f"{where}: 「{row.target}」と「{row.record}」の項目が同じ日に2件あります。前の項目に to を書いてください。")
        rows.append(row)
    return tuple(rows)


def _month_day(where: str, text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(f"2001-{text}")  # no leap year: a day that every year has
    except ValueError as error:
        raise LawFileInvalid(f"{where}: known_on {text} は月日（06-01 など）で書いてください。") from error
    return day.month, day.day


def _row(rule: Rule) -> dict:
    month, day = rule.known_on or (None, None)
    return {name: value for name, value in vars(rule).items() if name != "known_on"} | {"results": list(rule.results), "known_month": month, "known_day": day}

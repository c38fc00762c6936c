"""執行停止の一次審査 (地方税法15条の7第1項): what the records say of one person, 号 by 号. A person decides.

A 号 is met by any one of its 場合 (clause), a 場合 by all of its criteria together. Only a confirmed record that is not
too old meets a criterion or refutes it, and none meets it beside which a newer record of the city says otherwise
(law/screening_contradiction.py); no record at all makes nobody a candidate. SQL reads the same rows as
law.screening_criterion, law.screening_record and law.screening_contradiction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from law.screening_contradiction import Contradiction, Fact, against, sentence
from law.screening_settings import Criterion, RecordRule, criteria, record_rules

HOUSEHOLD = "家計"  # the one record that is counted (law/hardship.py), not answered: what it lacks are the incomes of others


class Finding(StrEnum):
    """What the record says of one criterion."""

    NONE = "資料なし"
    UNANSWERED = "未回答"
    UNCONFIRMED = "未確認"
    STALE = "期限切れ"
    CONTRADICTED = "食い違い"
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
class Evidence:
    """One criterion beside the record that counts. `remedy`: what is missing and how to get it, with its article.
    `contradiction`: what stands against a record that would meet it, however old that is."""

    criterion: Criterion
    record: Record | None
    age_days: int | None
    finding: Finding
    remedy: str | None
    contradiction: Contradiction | None = None

    @property
    def speaks_for(self) -> bool:
        """The record would meet the criterion, were it confirmed, new enough and contradicted by nothing."""
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


def explain(records: Iterable[Record], on: date, facts: Iterable[Fact] = ()) -> tuple[Screening, ...]:
    """Every 号 that has criteria on the day `on`, judged by the records of one person. `facts`: what else the city's systems hold of
    the person, for 就職 of the whole household. Raises LawFileInvalid."""
    known, rules, facts = newest(records, on), record_rules(on), tuple(facts)
    clauses: dict[str, dict[str, list[Evidence]]] = {}
    for criterion in criteria(on):
        found = _evidence(criterion, rules[criterion.target], known.get(criterion.target), facts, on)
        clauses.setdefault(criterion.ground, {}).setdefault(criterion.clause, []).append(found)
    return tuple(_screening(ground, own) for ground, own in sorted(clauses.items()))


def newest(records: Iterable[Record], on: date) -> dict[str, Record]:
    """Target → the record that counts: the newest answer true on the day, an unanswered question only where there is none."""
    own = [each for each in records if (each.dated_on or on) <= on <= (each.ended_on or on)]
    return {each.target: each for each in sorted(own, key=_order)}


def remedy(rule: RecordRule, finding: str, evidence_id: str | None, age_days: int | None, contradiction: Contradiction | None = None) -> str | None:
    """What is missing and how to get it, with the article; None where the record counts."""
    ask = f"{rule.how}（{rule.article}）"
    age = f"{age_days}日前の資料" if age_days is not None else "日付のない資料"
    return {
        Finding.NONE: ask,
        Finding.UNANSWERED: f"照会 {evidence_id} の回答を求める（{rule.article}）",
        Finding.UNCONFIRMED: ask if rule.target == HOUSEHOLD else f"資料 {evidence_id} の内容を担当者が確かめる",
        Finding.STALE: f"{age}は、有効な{rule.longest_age_days}日を過ぎた。{ask}",
        Finding.CONTRADICTED: sentence(contradiction) if contradiction else ask,
    }.get(Finding(finding))


def _order(record: Record) -> tuple:
    return record.dated_on or date.min, record.asked_on or date.min, record.evidence_id


def _evidence(criterion: Criterion, rule: RecordRule, record: Record | None, facts: tuple[Fact, ...], on: date) -> Evidence:
    age = (on - record.dated_on).days if record and record.dated_on else None
    contradiction = None
    if record and record.dated_on and record.result in criterion.met_by:
        contradiction = against(facts, criterion.target, record.result, record.dated_on, on)
    finding = _finding(criterion, rule, record, age, is_contradicted=contradiction is not None)
    told = remedy(rule, finding, record and record.evidence_id, age, contradiction)
    return Evidence(criterion, record, age, finding, told, contradiction)


def _finding(criterion: Criterion, rule: RecordRule, record: Record | None, age: int | None, *, is_contradicted: bool) -> Finding:
    if record is None:
        return Finding.NONE
    if record.result is None:
        return Finding.UNANSWERED
    if not record.is_confirmed:
        return Finding.UNCONFIRMED
    if rule.longest_age_days is not None and (age is None or age > rule.longest_age_days):
        return Finding.STALE
    if record.result not in criterion.met_by:
        return Finding.REFUTED
    return Finding.CONTRADICTED if is_contradicted else Finding.MET


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

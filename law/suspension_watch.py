"""停止の監視: signs that somebody under 執行停止 has means again (地方税法15条の8第1項), dated after the decision. A person decides.

What counts as a sign, for which 号 and from how much, is in suspension_watch.toml. SQL reads the same rows as law.recovery_sign.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from law.files import LawFileInvalid, values_in, values_on
from law.hardship import Household, Line
from law.hardship import explain as explain_hardship

FILE, SETTING = "suspension_watch.toml", "recovery_sign"
SIGNS = ("所得", "勤務先", "土地・家屋", "車両", "財産調査", "納付", "居所判明", "転入")
DATED_BY_YEAR = {"所得", "土地・家屋"}  # their records are of a tax year
OWN = "本人所有"


@dataclass(frozen=True)
class Stop:
    """What stands of one person's 執行停止: the newest decision, and every 号 of it."""

    decided_on: date
    grounds: frozenset[str]


@dataclass(frozen=True)
class Income:
    """One tax year of 住民税, yen before tax."""

    tax_year: int
    revenue_yen: int
    dependant_count: int
    corrected_on: date | None = None


@dataclass(frozen=True)
class Job:
    """One pay report of a tax year."""

    tax_year: int
    designated_number: str
    hired_on: date | None
    left_on: date | None
    gross_yen: int


@dataclass(frozen=True)
class Holding:
    """One land or building (`kind`) in the register of a tax year, taxed to the person."""

    kind: str
    property_number: str
    tax_year: int
    valuation_yen: int


@dataclass(frozen=True)
class Vehicle:
    vehicle_number: str
    kind: str
    ownership: str
    owned_from: date
    scrapped_on: date | None = None


@dataclass(frozen=True)
class Answer:
    """One 財産調査; `result` and `answered_on` None = not yet answered."""

    investigation_number: str
    target: str
    result: str | None
    answered_on: date | None
    is_confirmed: bool


@dataclass(frozen=True)
class Receipt:
    receipt_number: str
    channel: str
    received_on: date
    yen: int


@dataclass(frozen=True)
class Records:
    """What the city's systems hold of one person; `resident_state` is true since `state_changed_on`."""

    incomes: tuple[Income, ...] = ()
    jobs: tuple[Job, ...] = ()
    holdings: tuple[Holding, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    answers: tuple[Answer, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    resident_state: str | None = None
    state_changed_on: date | None = None


@dataclass(frozen=True)
class Sign:
    """One sign with the record that shows it. `yen` None where the record has no amount."""

    sign: str
    happened_on: date
    yen: int | None
    evidence_id: str
    meaning: str
    article: str


@dataclass(frozen=True)
class _Found:
    sign: str
    happened_on: date | None
    word: str | None
    yen: int | None
    evidence_id: str


def explain(stop: Stop, records: Records, register_years: dict[str, tuple[int, int]], on: date) -> tuple[Sign, ...]:
    """The signs of one person on the day `on`, the newest first. Raises LawFileInvalid, and NoValue where the law has no value.

    `register_years`: 土地 and 家屋 → the oldest and the newest tax year that the whole register holds."""
    rules = {rule["sign"]: rule for rule in values_on(FILE, SETTING, on)}
    found = []
    for each in _found(records, register_years, rules, on):
        rule = rules.get(each.sign)
        if rule and each.happened_on and stop.decided_on < each.happened_on <= on and _counts(rule, stop, each):
            found.append(Sign(each.sign, each.happened_on, each.yen, each.evidence_id, rule["meaning"], rule["reference"]))
    return tuple(sorted(found, key=lambda sign: (-sign.happened_on.toordinal(), sign.sign, sign.evidence_id)))


@dataclass(frozen=True)
class Held:
    """One record of a person who is not stopped. `dated_on` None: dated by its `tax_year`; `dependant_count` of an income alone."""

    sign: str
    dated_on: date | None
    tax_year: int | None
    word: str | None
    yen: int | None
    evidence_id: str
    dependant_count: int | None = None


def against(records: Iterable[Held], ground: str, on: date) -> tuple[Sign, ...]:
    """反する資料: what would be a sign of means after a 停止 of this 号 and is known before it is decided, the newest first.

    `meaning` says it in the words of today. Raises LawFileInvalid, and NoValue where the law has no value."""
    rules = {rule["sign"]: rule for rule in values_on(FILE, SETTING, on) if "against" in rule}
    stop, found = Stop(on, frozenset({ground})), []
    for each in records:
        rule = rules.get(each.sign)
        if rule is None or (each.sign == "所得" and not _is_above(each, on)):
            continue
        dated_on = max((day for day in (each.dated_on, _known_on(rule, each.tax_year)) if day), default=on)
        is_recent = "recent_days" not in rule or (on - dated_on).days <= rule["recent_days"]
        if is_recent and dated_on <= on and _counts(rule, stop, _Found(each.sign, dated_on, each.word, each.yen, each.evidence_id)):
            found.append(Sign(each.sign, dated_on, each.yen, each.evidence_id, rule["against"], rule["reference"]))
    return tuple(sorted(found, key=lambda sign: (-sign.happened_on.toordinal(), sign.sign, sign.evidence_id)))


def _is_above(income: Held, on: date) -> bool:
    """Is it above what living takes, the person and those they support together?"""
    count = income.dependant_count or 0
    return explain_hardship(Household(1 + count, 1, income.yen or 0, count), on).line is Line.ABOVE


def _known_on(rule: dict, tax_year: int | None) -> date | None:
    return date.fromisoformat(f"{tax_year}-{rule['known_on']}") if tax_year and "known_on" in rule else None


def law_tables() -> dict[str, list[dict]]:
    """Rows for schema `law` (as law.parameters.as_tables): recovery_sign, with its days. Raises LawFileInvalid."""
    rows = values_in(FILE, SETTING)
    for row in rows:
        if row["sign"] not in SIGNS:
            raise LawFileInvalid(f"{FILE} の {SETTING}: sign {row['sign']} は {'・'.join(SIGNS)} から選んでください。")
        if ("known_on" in row) != (row["sign"] in DATED_BY_YEAR):
            raise LawFileInvalid(f"{FILE} の {SETTING} {row['sign']}: known_on は {'・'.join(sorted(DATED_BY_YEAR))} にだけ、月日（06-01 など）で書いてください。")
    return {SETTING: [_row(row) for row in rows]}


def _row(row: dict) -> dict:
    month, day = (int(part) for part in row.get("known_on", "01-01").split("-"))
    names = ("sign", "grounds", "least_yen", "meaning", "from_date", "to_date")
    return {name: row[name] for name in names} | {
        "counts": row.get("counts"), "article": row["reference"], "known_month": month, "known_day": day}


def _counts(rule: dict, stop: Stop, each: _Found) -> bool:
    return (
        bool(stop.grounds & set(rule["grounds"]))
        and ("counts" not in rule or each.word in rule["counts"])
        and (rule["least_yen"] == 0 or (each.yen is not None and each.yen >= rule["least_yen"]))
    )


def _found(records: Records, register_years: dict[str, tuple[int, int]], rules: dict[str, dict], on: date) -> Iterator[_Found]:
    yield from _incomes(records.incomes, rules, on)
    for job in _newest_reports(records.jobs):
        if job.left_on is None or job.left_on > on:
            yield _Found("勤務先", job.hired_on, None, job.gross_yen, f"給報 {job.tax_year}-{job.designated_number}")
    yield from _holdings(records.holdings, register_years, rules)
    for vehicle in records.vehicles:
        if vehicle.ownership == OWN and (vehicle.scrapped_on is None or vehicle.scrapped_on > on):
            yield _Found("車両", vehicle.owned_from, vehicle.kind, None, f"軽自 {vehicle.vehicle_number}")
    for answer in records.answers:
        if answer.is_confirmed and answer.result:
            sign = "居所判明" if answer.target == "居所" else "財産調査"
            yield _Found(sign, answer.answered_on, answer.result, None, answer.investigation_number)
    for receipt in records.receipts:
        yield _Found("納付", receipt.received_on, receipt.channel, receipt.yen, receipt.receipt_number)
    yield _Found("転入", records.state_changed_on, records.resident_state, None, "宛名")


def _incomes(incomes: Iterable[Income], rules: dict[str, dict], on: date) -> Iterator[_Found]:
    newest = max(incomes, key=lambda income: income.tax_year, default=None)
    if newest and "所得" in rules:
        count = newest.dependant_count
        household = Household(1 + count, 1, newest.revenue_yen, count)
        if explain_hardship(household, on).line is Line.ABOVE:
            known_on = _known_on(rules["所得"], newest.tax_year)
            yield _Found("所得", max(known_on, newest.corrected_on or known_on), None, newest.revenue_yen, f"住民税 {newest.tax_year}")


def _newest_reports(jobs: Iterable[Job]) -> Iterable[Job]:
    return {job.designated_number: job for job in sorted(jobs, key=lambda job: job.tax_year)}.values()


def _holdings(holdings: Iterable[Holding], register_years: dict[str, tuple[int, int]], rules: dict[str, dict]) -> Iterator[_Found]:
    """Of what is theirs in the newest register: the year they first had it, unless that is the oldest year there is."""
    own: dict[tuple[str, str], list[Holding]] = {}
    for each in holdings:
        own.setdefault((each.kind, each.property_number), []).append(each)
    for (kind, number), years in own.items():
        oldest, newest = register_years[kind]
        first, last = min(years, key=lambda each: each.tax_year), max(years, key=lambda each: each.tax_year)
        if "土地・家屋" in rules and last.tax_year == newest and first.tax_year > oldest:
            known_on = _known_on(rules["土地・家屋"], first.tax_year)
            yield _Found("土地・家屋", known_on, kind, last.valuation_yen, f"{kind} {number}")

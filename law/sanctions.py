"""特別療養費 (国民健康保険法54条の3), 給付の一時差止 (63条の2), and the two items told to 介護保険 (介護保険法68条).

What the law requires and when; that a measure is taken is decided by a person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from law.calendar import last_day
from law.in_force import value, values

FILE = "sanctions.toml"
DAY = timedelta(days=1)
STATES = {True: "満たす", False: "満たさない", None: "未確認"}


@dataclass(frozen=True)
class Condition:
    code: str
    text: str
    state: str  # 満たす | 満たさない | 未確認
    article: str


@dataclass(frozen=True)
class Measure:
    """`outcome`: 支給する・差し止める（義務） | できる（裁量） | できない | 確認が要る; `must_from`: first day of the duty."""

    outcome: str
    must_from: date
    conditions: tuple[Condition, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class LongTermCareExtract:
    """Exactly what 介護保険法68条5項 lets out here: 滞納額 and 滞納期間 on 基準日; the period is None without arrears."""

    as_of: date
    arrears_yen: int
    arrears_period: tuple[date, date] | None


def special_medical_payment(
    oldest_due_date: date,
    as_of: date,
    facts: Mapping[str, bool],
    birth_date: date | None,
    is_excluded: bool | None = None,
) -> Measure:
    """May a person's care be turned to 特別療養費 for the arrears since `oldest_due_date`?

    `facts`: efforts, special_circumstances, notified (missing = 未確認). `is_excluded`: 原爆一般疾病医療費 and the like.
    After the year it is a duty, before it a choice (54条の3第1項・第2項).
    """
    months = value(FILE, "special_medical_payment_months", as_of, int)
    must_from = last_day(oldest_due_date + DAY, months.value) + DAY
    conditions = _asked("special_medical_payment_condition", facts, as_of)
    conditions += _persons(birth_date, is_excluded, as_of)
    notes = [
        c.note for c in values(FILE, "special_medical_payment_condition", as_of, {"code": str}) if c.note
    ]
    return _measure("特別療養費を支給する", must_from, as_of, conditions, notes)


def benefit_hold(
    oldest_due_date: date,
    as_of: date,
    facts: Mapping[str, bool],
    held_yen: int | None,
    arrears_yen: int,
    has_special_medical_payment: bool,
) -> Measure:
    """一時差止 of a benefit of `held_yen` (63条の2): a duty after one year and six months, a choice before.

    `facts`: special_circumstances; not_excessive (a person's judgement, 施行規則32条の4), asked for only when the
    benefit is larger than the arrears, or `held_yen` is None: not known here.
    """
    months = value(FILE, "benefit_hold_months", as_of, int)
    limit = value(FILE, "benefit_hold_limit", as_of, str)
    must_from = last_day(oldest_due_date + DAY, months.value) + DAY
    is_moderate = True if held_yen is not None and held_yen <= arrears_yen else facts.get("not_excessive")
    conditions = [
        *_asked("benefit_hold_condition", facts, as_of),
        Condition(
            "not_excessive",
            f"{limit.value}（給付 {'未確認' if held_yen is None else f'{held_yen:,}円'}、滞納 {arrears_yen:,}円）",
            STATES[is_moderate],
            limit.reference,
        ),
    ]
    deduction = value(FILE, "deduction", as_of, str)
    word = "控除できる" if has_special_medical_payment else "この世帯は特別療養費でないため控除できない"
    return _measure(
        "給付を差し止める",
        must_from,
        as_of,
        conditions,
        [f"{deduction.value}（{deduction.reference}）: {word}"],
    )


def child_until(birth_date: date, on: date) -> date:
    """The first 31 March on or after the day one reaches 18, the eve of the birthday (年齢計算ニ関スル法律)."""
    years = value(FILE, "child_years", on, int).value
    reaches = last_day(birth_date, 12 * years)
    end = date(reaches.year, 3, 31)
    return end if reaches <= end else date(reaches.year + 1, 3, 31)


def special_circumstances(on: date) -> tuple[Condition, ...]:
    """The list of 施行令28条の6, each still 未確認."""
    found = values(FILE, "special_circumstance", on, {"code": str, "text": str})
    return tuple(Condition(c.value["code"], c.value["text"], STATES[None], c.reference) for c in found)


def long_term_care_extract(unpaid: Iterable[tuple[date, int]], as_of: date) -> LongTermCareExtract:
    """`unpaid`: (due date, unpaid yen) of one person's installments; only what is overdue on `as_of` counts.

    滞納期間: from the day after the oldest due date to 基準日.
    """
    overdue = [(due, yen) for due, yen in unpaid if due < as_of and yen > 0]
    if not overdue:
        return LongTermCareExtract(as_of, 0, None)
    return LongTermCareExtract(as_of, sum(yen for _, yen in overdue), (min(overdue)[0] + DAY, as_of))


def second_insured_ages(on: date) -> range:
    """The ages of a 第2号被保険者 of 介護保険 (9条2号); an age is reached on the eve of the birthday."""
    first, end = (value(FILE, f"second_insured_{bound}_years", on, int).value for bound in ("from", "before"))
    return range(first, end)


def _asked(setting: str, facts: Mapping[str, bool], as_of: date) -> list[Condition]:
    found = values(FILE, setting, as_of, {"code": str, "needed": bool, "text": str})
    return [
        Condition(
            c.value["code"],
            c.value["text"],
            STATES[_met(facts.get(c.value["code"]), c.value["needed"])],
            c.reference,
        )
        for c in found
    ]


def _met(answer: bool | None, needed: bool) -> bool | None:
    return None if answer is None else answer is needed


def _persons(birth_date: date | None, is_excluded: bool | None, as_of: date) -> list[Condition]:
    persons = {p.value["code"]: p for p in values(FILE, "excluded_person", as_of, {"code": str, "text": str})}
    is_adult = None if birth_date is None else as_of > child_until(birth_date, as_of)
    answers = {"child": is_adult, "public_medical_care": _met(is_excluded, False)}
    return [
        Condition(code, f"{p.value['text']}ではない", STATES[answers.get(code)], p.reference)
        for code, p in persons.items()
    ]


def _measure(
    name: str, must_from: date, as_of: date, conditions: list[Condition], notes: list[str]
) -> Measure:
    earlier = value(FILE, "earlier", as_of, str)
    states = {c.state for c in conditions}
    if "満たさない" in states:
        outcome = "できない"
    elif "未確認" in states:
        outcome = "確認が要る"
    else:
        outcome = f"{name}（義務）" if as_of >= must_from else "できる（裁量）"
    return Measure(outcome, must_from, tuple(conditions), (*notes, f"{earlier.value}（{earlier.reference}）"))

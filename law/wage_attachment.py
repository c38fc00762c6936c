"""給料等の差押可能額 (国税徴収法76条): each item of the paragraph as a step, in whole yen.

The 20 % that many pages call "what is seized" is protected: what remains after it is what may be attached.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from law.in_force import Value, spans, value

FILE = "wage_attachment.toml"
NUMBERS = {
    name: int
    for name in (
        "basic_yen", "relative_yen", "share_percent", "share_limit_times", "rounding_unit_yen", "short_rounding_unit_yen",
        "days_per_month", "withheld_months", "retirement_times", "retirement_years", "retirement_percent", "bonus_months",
    )
}  # fmt: skip

PAY_ITEMS = (("1号 所得税", "1項1号"), ("2号 住民税", "1項2号"), ("3号 社会保険料", "1項3号"))
RETIREMENT_ITEMS = (("1号 所得税", "4項1号"), ("2号 住民税", "4項2号"), ("2号 社会保険料", "4項2号"))


class WageUnclear(ValueError):
    """給料の記録から差押可能額を計算できない。"""


@dataclass(frozen=True)
class Wage:
    """What one employer pays for one period (yen). The three deductions are what is withheld from it.

    `pay_period_days`: of a period shorter than a month, whose `pay_period_months` does not count.
    """

    payer: str
    gross_yen: int
    income_tax_yen: int
    resident_tax_yen: int
    social_insurance_yen: int
    pay_period_months: int = 1
    pay_period_days: int | None = None


@dataclass(frozen=True)
class Consent:
    """承諾 (76条5項): the paper that proves it."""

    document: str
    given_on: date


@dataclass(frozen=True)
class Step:
    """One item: what it is, yen, how it comes about, and the article."""

    item: str
    yen: int
    sentence: str
    article: str


@dataclass(frozen=True)
class Attachable:
    """`protected_yen` + `attachable_yen` = the pay as counted. `living_yen`: items 4 and 5, for 76条2項."""

    attachable_yen: int
    protected_yen: int
    living_yen: int
    steps: tuple[Step, ...]
    cautions: tuple[str, ...] = ()


def explain(
    wages: Iterable[Wage], dependants: int, on: date, consent: Consent | None = None, is_pension: bool = False
) -> Attachable:
    """Attachable part of the pay of one period. Two or more payers are tested on their total (76条1項後段).

    A period under a month counts by its days, and is rounded to a finer unit. Raises WageUnclear when there is no pay, a
    number is negative or the periods differ.
    """
    paid, law = _checked(wages, dependants), _law(on)
    months = _months(paid[0], law)
    if paid[0].pay_period_days:
        law |= {"rounding_unit_yen": law["short_rounding_unit_yen"]}
    steps = _deducted(paid, law, PAY_ITEMS)
    rest = steps[0].yen - sum(step.yen for step in steps[1:])
    caution = (f"年金は給料等とみなして計算した（{law['pension'].reference}）。",) if is_pension else ()
    if consent:
        return _with_consent(steps, rest, consent, law, caution)
    basic = _basic(law, months, dependants)
    share = _share(law, rest - basic.yen, basic.yen)
    attachable = max(0, rest - basic.yen - share.yen)
    result = Step(
        "差押可能額",
        attachable,
        f"{steps[0].yen:,}円 から 1号〜5号を引いた額（0円を下回らない）",
        "国税徴収法76条1項",
    )
    return Attachable(
        attachable, steps[0].yen - attachable, basic.yen + share.yen, (*steps, basic, share, result), caution
    )


def explain_bonus(wage: Wage, dependants: int, on: date, consent: Consent | None = None) -> Attachable:
    """賞与: pay of the day on which it is due, items 4 and 5 counted for one month (76条3項)."""
    months = _law(on)["bonus_months"].value
    parts = (wage.gross_yen, wage.income_tax_yen, wage.resident_tax_yen, wage.social_insurance_yen)
    return explain([Wage(wage.payer, *parts, months)], dependants, on, consent)


def explain_retirement(
    wage: Wage, years: int, dependants: int, on: date, consent: Consent | None = None
) -> Attachable:
    """退職手当等 (76条4項). `years`: full years of service."""
    paid, law = _checked([wage], dependants), _law(on)
    steps = _deducted(paid, law, RETIREMENT_ITEMS)
    rest = steps[0].yen - sum(step.yen for step in steps[1:])
    if consent:
        return _with_consent(steps, rest, consent, law, ())
    times, percent, years_free = law["retirement_times"], law["retirement_percent"], law["retirement_years"]
    living = _basic(law, Fraction(1), dependants).yen * times.value
    beyond = max(0, years - years_free.value)
    service = _up(Fraction(living * percent.value * beyond, 100), law["rounding_unit_yen"].value)
    sentence = f"{living:,}円 × {percent.value}% × {beyond}年（{years_free.value}年を超える年数）"
    own = (
        Step("3号 生活費の倍数", living, f"1月分の生活費（1項4号）× {times.value}", times.reference),
        Step("4号 勤続", service, sentence, percent.reference),
    )
    attachable = max(0, rest - living - service)
    sentence = f"{steps[0].yen:,}円 から 1号〜4号を引いた額（0円を下回らない）"
    result = Step("差押可能額", attachable, sentence, "国税徴収法76条4項")
    return Attachable(attachable, steps[0].yen - attachable, living + service, (*steps, *own, result))


def protected_cash(living_yen: int, attached_on: date, next_pay_on: date, period_days: int, on: date) -> Step:
    """The part of cash received as pay that may not be attached (76条2項), rounded up to whole yen.

    Both days count and the share never exceeds the whole: the reading that protects more. For a bank account
    fed by pay the same figure is only a caution (要検討): a person decides.
    """
    if period_days < 1 or next_pay_on < attached_on:
        raise WageUnclear("期間の日数と次の支払日を確かめてください（次の支払日は差押えの日以後です）。")
    days = min(period_days, (next_pay_on - attached_on).days + 1)
    yen = _up(Fraction(living_yen * days, period_days), 1)
    sentence = f"{living_yen:,}円 × {days}日 ÷ {period_days}日。預金は要検討（担当者が判断する）"
    return Step("受け取った金銭", yen, sentence, _law(on)["cash"].reference)


def law_tables() -> dict[str, list[dict]]:
    """Rows for schema `law` (as law.parameters.as_tables): wage_rule; the share also as an exact fraction."""
    return {"wage_rule": [_with_fraction(row) for row in spans(FILE, NUMBERS)]}


def _with_fraction(row: dict) -> dict:
    share = Fraction(row["share_percent"], 100)
    return row | {"share_numerator": share.numerator, "share_denominator": share.denominator}


def _law(on: date) -> dict[str, Value]:
    words = {name: str for name in ("consent", "pension", "cash")}
    return {name: value(FILE, name, on, kind) for name, kind in (NUMBERS | words).items()}


def _checked(wages: Iterable[Wage], dependants: int) -> list[Wage]:
    paid = list(wages)
    numbers = [(w.gross_yen, w.income_tax_yen, w.resident_tax_yen, w.social_insurance_yen) for w in paid]
    if not paid or dependants < 0 or any(yen < 0 for own in numbers for yen in own):
        raise WageUnclear("給料が1件もないか、負の数があります。給与照会の回答を確かめてください。")
    if len({(w.pay_period_months, w.pay_period_days) for w in paid}) > 1 or paid[0].pay_period_months < 1:
        raise WageUnclear("計算の期間が揃っていないか、月数が1に満たない給料です。期間を揃え、1月に満たなければ日数を入れてください。")
    return paid


def _months(wage: Wage, law: dict[str, Value]) -> Fraction:
    if wage.pay_period_days is None:
        return Fraction(wage.pay_period_months)
    if not 1 <= wage.pay_period_days < law["days_per_month"].value:
        raise WageUnclear(f"1月に満たない期間の日数は 1 から {law['days_per_month'].value - 1} です。1月以上なら月数を入れてください。")
    return Fraction(wage.pay_period_days, law["days_per_month"].value)


def _deducted(
    paid: list[Wage], law: dict[str, Value], items: tuple[tuple[str, str], ...]
) -> tuple[Step, ...]:
    """The pay (cut down to the unit) and what is withheld (rounded up), each on the total of all payers."""
    unit = law["rounding_unit_yen"].value
    gross = sum(w.gross_yen for w in paid)
    payers = f"{len(paid)}社の合計 " if len(paid) > 1 else ""
    first = Step(
        "支給額",
        gross // unit * unit,
        f"{payers}{gross:,}円（{unit:,}円未満切捨て）",
        law["rounding_unit_yen"].reference,
    )
    withheld = (
        sum(w.income_tax_yen for w in paid),
        sum(w.resident_tax_yen for w in paid),
        sum(w.social_insurance_yen for w in paid),
    )
    return first, *(
        Step(name, _up(Fraction(yen), unit), f"{yen:,}円（{unit:,}円未満切上げ）", f"国税徴収法76条{article}")
        for (name, article), yen in zip(items, withheld, strict=True)
    )


def _basic(law: dict[str, Value], months: Fraction, dependants: int) -> Step:
    own, each = law["basic_yen"], law["relative_yen"]
    yen, unit = (own.value + each.value * dependants) * months, law["rounding_unit_yen"].value
    sentence = f"（{own.value:,}円 + {each.value:,}円 × {dependants}人）× {months}月"
    if months.denominator == 1:
        return Step("4号 生活費", int(yen), sentence, own.reference)
    return Step("4号 生活費", _up(yen, unit), f"{sentence}（{unit:,}円未満切上げ）", own.reference)


def _share(law: dict[str, Value], rest: int, basic: int) -> Step:
    percent, limit = law["share_percent"], basic * law["share_limit_times"].value
    exact = Fraction(max(0, rest) * percent.value, 100)
    yen = min(_up(exact, law["rounding_unit_yen"].value), limit)
    sentence = f"残り {max(0, rest):,}円 × {percent.value}%（上限 4号の{law['share_limit_times'].value}倍 {limit:,}円）"
    return Step("5号 体面維持", yen, sentence, percent.reference)


def _with_consent(
    steps: tuple[Step, ...], rest: int, consent: Consent, law: dict[str, Value], cautions: tuple[str, ...]
) -> Attachable:
    if not consent.document.strip():
        raise WageUnclear("承諾書の番号がありません。承諾は書面で記録してください（国税徴収法76条5項）。")
    attachable = max(0, rest)
    sentence = f"承諾（{consent.document}、{consent.given_on}）があり限度はない。天引きされた後の手取りまで"
    result = Step("差押可能額", attachable, sentence, law["consent"].reference)
    return Attachable(
        attachable, steps[0].yen - attachable, 0, (*steps, result), (*cautions, law["consent"].note)
    )


def _up(yen: Fraction, unit: int) -> int:
    return -(-yen // unit) * unit

"""What the values of a law file may be at all: a slip of the hand is refused before anything is computed with it.

Each complaint says what may stand there; law/files.py adds the file and the entry. A value of the wrong type is left to
the module that reads it.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

MOST_RATE, MOST_FIRST = Decimal("14.6"), Decimal("7.3")
RELATED_SINCE = date(2014, 1, 1)  # 平成25年改正後の附則3条の2: both periods follow from the base rate
FIRST_CHECK, LAST_CHECK = date(2024, 1, 1), date(2100, 12, 31)
SHORTEST_REFERENCE = 4
UNREAD = re.compile("記憶による|未確認|見つかっていない|確認すること|確かめること|確認が要る")
SOURCE = re.compile(r"条|号|附則|要綱|市の|旧民法|ガイドライン|評価指標|厚生労働省|取扱上限|説明")
PERIOD_YEARS = {"料": 2, "税": 5}  # 国民健康保険法110条1項、地方税法18条1項
DAYS, MONTHS, YEN, PERCENT = range(1, 61), range(0, 13), range(1, 1_000_001), range(1, 101)
NUMBERS = {  # setting → what its whole number may be
    "days_per_year": (365,),
    "prescription_years": (2, 5),
    "base_unit_yen": range(1, 10_001),
    "base_minimum_yen": range(0, 100_001),
    "result_unit_yen": range(1, 10_001),
    "result_minimum_yen": range(0, 100_001),
    "demand_fee_yen": range(0, 1_001),
    "demand_deadline_days": DAYS,
    "designated_deadline_days": DAYS,
    "seizure_wait_days": DAYS,
    "demand_wait_days": range(0, 61),
    "disaster_hold_days": range(0, 61),
    "reminder_hold_months": MONTHS,
    "failed_attachment_hold_months": MONTHS,
    "agreement_hold_months": MONTHS,
    "agreement_refused_months": MONTHS,
    "disaster_hold_months": MONTHS,
    "objection_months": MONTHS,
    "application_months": MONTHS,
    "security_free_months": MONTHS,
    "longest_months": range(1, 25),
    "total_months": range(1, 37),
    "special_medical_payment_months": range(1, 37),
    "benefit_hold_months": range(1, 37),
    "child_years": range(1, 31),
    "second_insured_from_years": range(20, 65),
    "second_insured_before_years": range(41, 91),
    "extinction_years": range(1, 11),
    "immediate_extinction_item": range(1, 4),
    "public_notice_item": range(1, 4),
    "public_notice_days": DAYS,
    "review_months": MONTHS,
    "ruling_wait_months": MONTHS,
    "suit_months": MONTHS,
    "suit_years": range(1, 11),
    "hardship_monthly_yen": YEN,
    "hardship_per_relative_yen": YEN,
    "income_known_month": range(1, 13),
    "basic_yen": YEN,
    "relative_yen": YEN,
    "security_free_yen": range(0, 10_000_001),
    "limit_yen": YEN,
    "share_percent": PERCENT,
    "retirement_percent": PERCENT,
    "share_limit_times": range(1, 11),
    "retirement_times": range(1, 11),
    "retirement_years": range(0, 51),
    "bonus_months": range(1, 13),
    "rounding_unit_yen": range(1, 10_001),
    "short_rounding_unit_yen": range(1, 10_001),
    "days_per_month": range(28, 32),
    "withheld_months": range(1, 13),
    "raise_years": range(1, 11),
    "lower_years": range(1, 11),
    "decimals": range(0, 5),
}


def complaint(setting: str, entry: dict) -> str | None:
    """What is wrong with one entry and what to write instead, in one sentence; None when nothing is."""
    checks = [_reference, _last_checked]
    if setting in NUMBERS:
        checks.append(lambda entry: _number(setting, entry))
    checks += [RATES[setting]] if setting in RATES else []
    return next((told for check in checks if (told := check(entry))), None)


def _reference(entry: dict) -> str | None:
    text = entry["reference"].strip()
    if len(text) < SHORTEST_REFERENCE or not SOURCE.search(text):
        return f"reference「{text}」から根拠をたどれません。条文（何法何条）、条例・要綱の名、または資料の名を書いてください。"
    return None


def _last_checked(entry: dict) -> str | None:
    """A day on which somebody read the source, or the plain word that nobody has; never both."""
    day, is_from_memory = entry.get("last_checked"), entry.get("from_memory", False)
    if is_from_memory and day:
        return "last_checked と from_memory が両方あります。根拠を読んだのなら from_memory を、まだなら last_checked を消してください。"
    if is_from_memory:
        return None
    if day is None:
        return "last_checked がありません。根拠を読んだ日を書くか、まだ読んでいなければ from_memory = true と書いてください。"
    if told := UNREAD.search(f"{entry['value']}{entry['reference']}{entry.get('note', '')}"):
        return f"「{told[0]}」とあります。根拠を読んで文を直すか、last_checked を from_memory = true に代えてください。"
    if not FIRST_CHECK <= day <= LAST_CHECK:
        return f"last_checked {day} は {FIRST_CHECK} から {LAST_CHECK} の間ではありません。根拠を読んだ日を書いてください。"
    return None


def _number(setting: str, entry: dict) -> str | None:
    value, allowed = entry["value"], NUMBERS[setting]
    if type(value) is not int:
        return None
    if value not in allowed:
        within = f"{allowed[0]}から{allowed[-1]}" if isinstance(allowed, range) else "か".join(map(str, allowed))
        return f"value {value} は使えません。{within}の数を、根拠を確かめて書いてください。"
    if setting == "prescription_years":
        kinds = entry.get("levy_kind", list(PERIOD_YEARS))
        wrong = [kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if PERIOD_YEARS.get(kind) != value]
        if wrong:
            return f"value {value} は{wrong[0]}の年数ではありません。料は2、税は5とし、別々の項目に分けてください。"
    return None


def _rate(entry: dict) -> str | None:
    """Each rate by itself; then first and after as they follow from the base rate (附則3条の2第1項)."""
    if not isinstance(entry["value"], dict):
        return None
    found = {name: _percent(entry["value"].get(name)) for name in ("first", "after", "special_base")}
    for name, rate in found.items():
        if rate is not None and (told := _too_far(name, rate)):
            return told
    if None in found.values():
        return None
    base, is_new = found["special_base"], entry["from"] >= RELATED_SINCE
    first = min(base + 1, MOST_FIRST) if is_new else min(base, MOST_FIRST)
    after = min(base + MOST_FIRST, MOST_RATE) if is_new else MOST_RATE
    for name, expected in (("first", first), ("after", after)):
        if found[name] != expected:
            return f"{name} {found[name]} は special_base {base} から出る {expected} と違います。告示の割合を確かめて直してください。"
    return None


def _single_rate(entry: dict) -> str | None:
    rate = _percent(entry["value"])
    return None if rate is None else _too_far("value", rate)


def _too_far(name: str, rate: Decimal) -> str | None:
    if 0 < rate <= MOST_RATE:
        return None
    return f"{name} {rate} は年の割合（%）として使えません。0より大きく {MOST_RATE} 以下の数を、告示を確かめて書いてください。"


def _percent(text: object) -> Decimal | None:
    try:
        return Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        return None


RATES: dict[str, Callable[[dict], str | None]] = {"rate": _rate, "deferral_rate": _single_rate, "minimum_rate": _single_rate}

"""What every setting of the law is made of: a file that lacks one, has one too many or misspells a key is refused when it is read.

A kind is what the value may be; a dict of kinds is a value with exactly these keys (a key that ends in ? may be left out),
and the first of them names the row. law/bounds.py says how large a number may be, law/screening.py reads screening.toml.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation


class MonthDay(str):
    """A day of any year, such as 04-01."""


Shape = type | dict[str, type]
SHAPES: dict[str, dict[str, Shape]] = {
    "allocation.toml": {
        "order": {"source": str, "items": list},
        "items_before_installments": bool,
        "installment_order": str,
    },
    "assessment_limit.toml": {"raise_years": int, "lower_years": int, "late_adjustment_lowers": bool},
    "attachment_limits.toml": {
        "protected_asset": {"kind": str, "asset": str},
        "excess": str,
        "partial_claim": str,
        "futility": str,
        "objection_months": int,
    },
    "collection_rate.toml": {
        "definition": {
            "name": str, "text": str, "subtracts_refund_due": bool, "subtracts_whereabouts_unknown": bool,
            "is_current_year_only": bool, "basis": str,
        },
        "decimals": int,
        "size_band": {"column": str, "size": str, "top_30": str, "top_50": str, "points_30": int, "points_50": int},
    },
    "delinquency_charge.toml": {
        "rate": {"first": Decimal, "after": Decimal, "special_base": Decimal},
        "deferral_rate": Decimal,
        "minimum_rate": Decimal,
        "exemption_ground": {"ground": str, "kind": str, "is_discretionary": bool},
    },
    "demand.toml": {
        "demand_stop": {"fact": str, "is_stopping": bool},
        "seizure_bar": {"reason": str, "meaning": str},
        "seizure_caution": {"fact": str, "meaning": str},
        "service": {"way": str, "text": str},
    },
    "distribution.toml": {
        "claim_class": {"name": str, "rank": int, "group": str},
        "competition": str,
        "remainder": str,
    },
    "fiscal_year.toml": {"first_day": MonthDay, "accounts_close": MonthDay, "fixed_time_revenue": str, "other_revenue": str},
    "grace.toml": {
        "grace": {"name": str, "event": str, "starts": str, "basis": str},
        "condition": {"name": str, "word?": str, "code": str, "group": str, "text": str, "is_full": bool},
        "application_months": int,
        "longest_months": int,
        "total_months": int,
        "security_free_yen": int,
        "security_free_months": int,
        "effect": {"name": str, "text": str},
        "prescription_effect": str,
        "charge_effect": {"name": str, "kind": str, "ground": str, "text": str},
        "cancellation": {"item": int, "text": str},
        "cancellation_procedure": {"name": str, "has_hearing": bool, "items": list},
    },
    "holidays.toml": {"year_end": {"first": MonthDay, "last": MonthDay}, "year": dict},
    "levy_policy.toml": {
        "charge_start_basis": str,
        "first_months": int,
        "first_period_ends_with_month": bool,
        "base_unit_yen": int,
        "base_minimum_yen": int,
        "min_base_on_balance": bool,
        "cut_each_segment": bool,
        "result_unit_yen": int,
        "result_minimum_yen": int,
        "days_per_year": int,
        "charge_exemption_applies": bool,
        "prescription_years": int,
        "prescription_rolls_forward": bool,
        "demand_deadline_days": int,
        "designated_deadline_days": int,
        "demand_fee_yen": int,
        "seizure_wait_days": int,
        "seizure_waits_for_designated_deadline": bool,
        "designated_deadline_rolls_forward": bool,
    },
    "notice.toml": {
        "basis": str,
        "remedy": {"paper": str, "is_printed": bool},
        "review_body": str,
        "review_months": int,
        "needs_ruling": bool,
        "ruling_wait_months": int,
        "suit_months": int,
        "suit_years": int,
        "public_notice_item": int,
        "public_notice_days": int,
    },
    "payment_slip.toml": {
        "gs1_field": {"name": str, "label": str, "digits": int},
        "application_identifier": str,
        "check_weight": int,
        "no_expiry": str,
        "limit_yen": int,
        "reissued_slip_keeps_charge": bool,
        "mpn_key": {"name": str, "label": str, "digits": list},
    },
    "prescription.toml": {
        "demand_wait_days": int,
        "demand_has_later_reading": bool,
        "reminder_hold_months": int,
        "agreement_hold_months": int,
        "agreement_refused_months": int,
        "disaster_hold_months": int,
        "disaster_hold_days": int,
        "failed_attachment_hold_months": int,
        "attachment_end": {"end_reason": str, "is_renewal": bool, "needs_person": bool},
        "distribution_claim_holds": bool,
        "distribution_claim_renews": bool,
        "deferral_pauses": bool,
        "event_kind": str,
        "renewal_word": str,
        "hold_word": str,
        "start": str,
        "payment_notice": str,
        "acknowledgement": str,
        "attachment": str,
        "suspension": str,
        "unserved_demand": str,
        "not_acknowledgement": {"receipt": str, "text": str},
        "charge_clock_is_own": bool,
        "refund": str,
    },
    "sanctions.toml": {
        "special_medical_payment_months": int,
        "special_medical_payment_condition": {"code": str, "needed": bool, "text": str},
        "special_circumstance": {"code": str, "text": str},
        "excluded_person": {"code": str, "text": str},
        "child_years": int,
        "benefit_hold_months": int,
        "benefit_hold_condition": {"code": str, "needed": bool, "text": str},
        "benefit_hold_limit": str,
        "deduction": str,
        "earlier": str,
        "second_insured_from_years": int,
        "second_insured_before_years": int,
    },
    "suspension.toml": {
        "ground": {"item": int, "name": str},
        "extinction_years": int,
        "hardship_monthly_yen": int,
        "hardship_per_relative_yen": int,
        "income_known_month": int,
        "allows_partial": bool,
        "duty": {"item": int, "text": str},
        "immediate_extinction_item": int,
        "immediate_ground": {"name": str, "text": str},
    },
    "suspension_watch.toml": {
        "recovery_sign": {"sign": str, "grounds": list, "counts?": list, "least_yen": int, "known_on?": str, "meaning": str, "against?": str, "recent_days?": int},
    },
    "wage_attachment.toml": {
        "basic_yen": int,
        "relative_yen": int,
        "share_percent": int,
        "share_limit_times": int,
        "rounding_unit_yen": int,
        "short_rounding_unit_yen": int,
        "days_per_month": int,
        "withheld_months": int,
        "retirement_times": int,
        "retirement_years": int,
        "retirement_percent": int,
        "bonus_months": int,
        "consent": str,
        "pension": str,
        "cash": str,
    },
    "write_off.toml": {"reason": {"code": str, "name": str, "booked_as": str}, "not_a_reason": {"name": str, "text": str}},
}  # fmt: skip


def _is_decimal(value: object) -> bool:
    try:
        return isinstance(value, str) and Decimal(value) >= 0
    except InvalidOperation:
        return False


def _is_month_day(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(f"2001-{value}").strftime("%m-%d") == value  # 02-29 is not in every year
    except ValueError:
        return False


KINDS: dict[type, tuple[str, Callable[[object], bool]]] = {
    str: ("文字列", lambda value: type(value) is str),
    int: ("0以上の整数", lambda value: type(value) is int and value >= 0),
    bool: (" true か false ", lambda value: type(value) is bool),
    list: ("[ ] の並び", lambda value: type(value) is list),
    dict: ("{ } の表", lambda value: type(value) is dict),
    MonthDay: (' "04-01" のような月日', _is_month_day),
    Decimal: (' "2.8" のような文字列の数', _is_decimal),
}


def misfit(file_name: str, settings: dict[str, list[dict]]) -> str | None:
    """The first entry that is not what SHAPES says, and the remedy, in one sentence; None where all is well."""
    shapes = SHAPES.get(file_name)
    if shapes is None:
        return None
    for setting in shapes.keys() - {name for name, entries in settings.items() if entries}:
        return f"{setting}: 項目がありません。根拠を確かめて書き足してください。"
    for setting in settings.keys() - shapes.keys():
        return f"{setting}: 知らない項目です。綴りを直すか消してください。"
    return next((told for setting, shape in shapes.items() for told in _misfits(setting, shape, settings[setting])), None)


def _misfits(setting: str, shape: Shape, entries: list[dict]):
    for number, entry in enumerate(entries, start=1):
        where, value = f"{setting} {number} 番目（from {entry['from']}）", entry["value"]
        if not isinstance(shape, dict):
            if not _fits(shape, value):
                yield f"{where}: 値 {value!r} は{KINDS[shape][0]}で書いてください。"
            continue
        kinds = {key.rstrip("?"): kind for key, kind in shape.items()}
        needed = {key for key in shape if not key.endswith("?")}
        if not isinstance(value, dict) or not needed <= value.keys() <= kinds.keys():
            yield f"{where}: value は {{ {'、'.join(kinds)} }} をこの名前どおり書いてください。"
            continue
        for key, found in value.items():
            if not _fits(kinds[key], found):
                yield f"{where}: value の {key}（今は {found!r}）は{KINDS[kinds[key]][0]}で書いてください。"


def _fits(kind: type, value: object) -> bool:
    return KINDS[kind][1](value)

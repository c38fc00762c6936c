"""Every dated number of the law, typed: for the Python that explains one case, and as rows for the SQL twins.

A value is valid from its `from` until the day before the next `from` of the same setting and levy kind.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

from law.files import LAST_DAY, LEVY_KINDS, Entry, LawFileInvalid, kinds_of, settings_in

RATE_FILE, POLICY_FILE = "delinquency_charge.toml", "levy_policy.toml"
PRESCRIPTION_FILE, HOLIDAY_FILE, SUSPENSION_FILE = "prescription.toml", "holidays.toml", "suspension.toml"
ALLOWED = {"charge_start_basis": ("due_date",), "first_months": (0, 1, 3)}
DAY = timedelta(days=1)


class NoValue(LawFileInvalid):
    """その日・その賦課区分の値がない。"""


class NoRate(NoValue):
    """その日の延滞金の割合がない（推定しない）。"""


@dataclass(frozen=True)
class RateRun:
    """One rate (% a year) over consecutive days; adjacent years with an equal rate are one run."""

    period: str  # first | after
    from_date: date
    to_date: date
    rate: Decimal
    reference: str


@dataclass(frozen=True)
class LevyPolicy:
    """The city's settings for one levy kind, for due dates from `from_date` to `to_date` (levy_policy.toml)."""

    charge_start_basis: str
    first_months: int
    base_unit_yen: int
    base_minimum_yen: int
    min_base_on_balance: bool
    result_unit_yen: int
    result_minimum_yen: int
    days_per_year: int
    prescription_years: int
    prescription_rolls_forward: bool
    demand_deadline_days: int
    designated_deadline_days: int
    seizure_wait_days: int
    seizure_waits_for_designated_deadline: bool
    levy_kind: str
    from_date: date
    to_date: date
    references: dict[str, str]


@dataclass(frozen=True)
class PrescriptionRule:
    """Effects on prescription of events that happen from `from_date` to `to_date` (prescription.toml)."""

    demand_wait_days: int
    reminder_hold_months: int
    failed_attachment_hold_months: int
    start: str
    acknowledgement: str
    attachment: str
    suspension: str
    levy_kind: str
    from_date: date
    to_date: date
    references: dict[str, str]


@dataclass(frozen=True)
class SuspensionPolicy:
    """Numbers of 執行停止 valid from `from_date` to `to_date` (suspension.toml)."""

    extinction_years: int
    hardship_monthly_yen: int
    hardship_per_relative_yen: int
    public_assistance_item: int
    levy_kind: str
    from_date: date
    to_date: date
    references: dict[str, str]


@lru_cache
def rate_runs(period: str) -> tuple[RateRun, ...]:
    """Runs of equal rate for `first` or `after`, oldest first. Raises LawFileInvalid on gap or overlap."""
    runs: list[RateRun] = []
    for entry in settings_in(RATE_FILE)["rate"]:
        start, end = entry["from"], _last_day_of_rate(entry)
        rate, reference = _percent(entry, period), str(entry["reference"])
        if runs and runs[-1].to_date + DAY != start:
            raise LawFileInvalid(
                f"{RATE_FILE} の rate {start}: 前の項目の終わり {runs[-1].to_date} と続いていません。日付を直してください。"
            )
        if runs and runs[-1].rate == rate:
            last = runs.pop()
            start, reference = last.from_date, _joined(last.reference, reference)
        runs.append(RateRun(period, start, end, rate, reference))
    return tuple(runs)


def _last_day_of_rate(entry: Entry) -> date:
    if "to" not in entry:
        raise LawFileInvalid(
            f"{RATE_FILE} の rate {entry['from']}: to がありません。告示された最後の日を書いてください。"
        )
    return entry["to"]


def _percent(entry: Entry, period: str) -> Decimal:
    try:
        text = entry["value"][period]
        if not isinstance(text, str) or Decimal(text) < 0:
            raise ValueError(text)
        return Decimal(text)
    except (KeyError, TypeError, ValueError, InvalidOperation):
        raise LawFileInvalid(
            f'{RATE_FILE} の rate {entry["from"]}: {period} を "2.8" のような文字列の数で書いてください。'
        ) from None


def _joined(one: str, other: str) -> str:
    return one if one == other else f"{one}、{other}"


def levy_policy(levy_kind: str, due_date: date) -> LevyPolicy:
    """The city's settings for an installment due on `due_date`. Raises NoValue."""
    return _valid_on(_policies(LevyPolicy, POLICY_FILE), POLICY_FILE, levy_kind, due_date)


def prescription_rule(levy_kind: str, happened_on: date) -> PrescriptionRule:
    """The effects of an event that happened on `happened_on`. Raises NoValue."""
    return _valid_on(
        _policies(PrescriptionRule, PRESCRIPTION_FILE), PRESCRIPTION_FILE, levy_kind, happened_on
    )


def suspension_policy(levy_kind: str, decided_on: date) -> SuspensionPolicy:
    """The numbers for a suspension decided on `decided_on`. Raises NoValue."""
    return _valid_on(_policies(SuspensionPolicy, SUSPENSION_FILE), SUSPENSION_FILE, levy_kind, decided_on)


@lru_cache
def attachment_ends() -> dict[str, tuple[bool, str]]:
    """End reason of a 差押 → (does prescription start anew, article)."""
    return {
        entry["value"]["end_reason"]: (entry["value"]["is_renewal"], str(entry["reference"]))
        for entry in settings_in(PRESCRIPTION_FILE)["attachment_end"]
    }


@lru_cache
def holidays() -> dict[date, str]:
    """Every 国民の祝日・休日 on file, with its name."""
    return {
        date.fromisoformat(day): name
        for entry in settings_in(HOLIDAY_FILE)["year"]
        for day, name in entry["value"].items()
    }


@lru_cache
def year_end() -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last (month, day) of the closed days around New Year, the latest entry."""
    value = settings_in(HOLIDAY_FILE)["year_end"][-1]["value"]
    first, last = (tuple(int(part) for part in value[key].split("-")) for key in ("first", "last"))
    return first, last


def as_tables() -> dict[str, list[dict]]:
    """Rows for schema `law`: table → rows with equal keys; date, Decimal (% a year), int yen, bool, str.

    A rate also comes as an exact fraction (rate_numerator / rate_denominator), so that SQL stays in integers.
    """
    return {
        "delinquency_rate": [_rate_row(run) for period in ("first", "after") for run in rate_runs(period)],
        "levy_policy": [_plain(policy) for policy in _policies(LevyPolicy, POLICY_FILE)],
        "prescription_rule": [_plain(rule) for rule in _policies(PrescriptionRule, PRESCRIPTION_FILE)],
        "attachment_end": [
            {"end_reason": why, "is_renewal": renews} for why, (renews, _) in attachment_ends().items()
        ],
        "holiday": [{"closed_on": day, "name": name} for day, name in sorted(holidays().items())],
        "suspension_policy": [_plain(policy) for policy in _policies(SuspensionPolicy, SUSPENSION_FILE)],
        "suspension_ground": [
            {**entry["value"], "article": entry["reference"], "from_date": entry["from"]}
            for entry in settings_in(SUSPENSION_FILE)["ground"]
        ],
    }


def _rate_row(run: RateRun) -> dict:
    fraction = Fraction(run.rate) / 100
    return asdict(run) | {"rate_numerator": fraction.numerator, "rate_denominator": fraction.denominator}


def _plain(policy) -> dict:
    return {key: value for key, value in asdict(policy).items() if key != "references"}


def _valid_on(policies: tuple, file_name: str, levy_kind: str, day: date):
    for policy in policies:
        if policy.levy_kind == levy_kind and policy.from_date <= day <= policy.to_date:
            return policy
    raise NoValue(
        f"{file_name}: {levy_kind} の {day} の値がありません。その日から有効な項目を根拠とともに足してください。"
    )


@lru_cache
def _policies(kind: type, file_name: str) -> tuple:
    """One `kind` per levy kind and span of days in which no setting changes."""
    settings = settings_in(file_name)
    return tuple(
        kind(**span) for levy_kind in LEVY_KINDS for span in _spans(kind, file_name, settings, levy_kind)
    )


def _spans(kind: type, file_name: str, settings: dict, levy_kind: str) -> Iterator[dict]:
    names = [field.name for field in fields(kind)][:-4]  # the last four say for whom and when
    entries = {name: [e for e in settings.get(name, []) if levy_kind in kinds_of(e)] for name in names}
    starts = sorted({entry["from"] for own in entries.values() for entry in own})
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        valid = {name: _entry_on(file_name, name, levy_kind, own, start) for name, own in entries.items()}
        yield {name: _value(kind, file_name, name, entry) for name, entry in valid.items()} | {
            "levy_kind": levy_kind,
            "from_date": start,
            "to_date": following - DAY if following else LAST_DAY,
            "references": {name: str(entry["reference"]) for name, entry in valid.items()},
        }


def _entry_on(file_name: str, name: str, levy_kind: str, entries: list[Entry], day: date) -> Entry:
    past = [entry for entry in entries if entry["from"] <= day]
    if not past:
        raise LawFileInvalid(
            f"{file_name} の {name}: {levy_kind} の {day} の値がありません。項目を足してください。"
        )
    if any("to" in entry for entry in entries):
        raise LawFileInvalid(
            f"{file_name} の {name}: to は使いません（次の from の前日まで有効）。to を消してください。"
        )
    if len({entry["from"] for entry in entries}) < len(entries):
        raise LawFileInvalid(
            f"{file_name} の {name}: {levy_kind} に同じ from の項目があります。1件にしてください。"
        )
    return past[-1]


def _value(kind: type, file_name: str, name: str, entry: Entry):
    value, expected = entry["value"], kind.__annotations__[name]
    if type(value) is not expected or (expected is int and value < 0):
        raise LawFileInvalid(
            f"{file_name} の {name} {entry['from']}: 値 {value!r} は {expected.__name__} で書いてください。"
        )
    if name in ALLOWED and value not in ALLOWED[name]:
        raise LawFileInvalid(
            f"{file_name} の {name} {entry['from']}: 使える値は {ALLOWED[name]} です（今は {value!r}）。"
        )
    return value

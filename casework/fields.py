"""What each type of field takes, and the form in which it is kept in the ledger's JSON.

A check returns the value to keep, or raises Wrong with what to do. Nothing a person typed is quoted in a refusal.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casework.kinds import Field
from casework.ledger import Event
from casework.subject import Subject
from law.typed_text import text_errors

MOST_PARTS = 600
LARGEST_YEN = 1_000_000_000
EVIDENCE = re.compile(r"\S{1,40}")
INSTALLMENT = re.compile(r"([0-9]{10})-([0-9]{2})")


class Wrong(ValueError):
    """項目の値が受け付けられない。"""


@dataclass(frozen=True)
class About:
    """What a check may know: whose entry, the day, who writes (氏名 and account), and the person's entries that stand."""

    subject: Subject
    today: date
    writer: str
    account: str
    standing: tuple[Event, ...] = ()


def checked(field: Field, value: object, about: About) -> object:
    """`value` as the ledger keeps it: JSON, dates as ISO text. Raises Wrong."""
    if value is None or (isinstance(value, str) and not value.strip()):
        if field.required:
            raise Wrong(f"{field.label}を入力してください。")
        return None
    return TYPES[field.type](field, value, about)


def years_before(day: date, years: int) -> date:
    """The same day some years ago; of 29 February the 28th."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if is_leap_day else day.day)


def is_day(value: object) -> bool:
    """A date and not an instant."""
    return isinstance(value, date) and not isinstance(value, datetime)


def _day(field: Field, value: object, about: About) -> str:
    if not is_day(value):
        raise Wrong(f"{field.label}を入力してください。")
    if value > about.today:
        raise Wrong(f"{field.label}が今日より後です。済んだことの日を入力してください。")
    if value < years_before(about.today, field.years):
        raise Wrong(f"{field.label}が{field.years}年より前です。年を確かめてください。古い記録の追加は係長に相談してください。")
    return value.isoformat()


def _deadline(field: Field, value: object, about: About) -> str:
    if not is_day(value):
        raise Wrong(f"{field.label}を入力してください。")
    if not about.today <= value <= years_before(about.today, -field.years):
        raise Wrong(f"{field.label}は、今日から{field.years}年後までの日にしてください。")
    return value.isoformat()


def _choice(field: Field, value: object, about: About) -> str:
    if value not in field.values:
        raise Wrong(f"{field.label}は、{'・'.join(field.values)} から選んでください。")
    return value


def _flag(field: Field, value: object, about: About) -> bool:
    if not isinstance(value, bool):
        raise Wrong(f"{field.label}かどうかを選んでください。")
    return value


def _text(field: Field, value: object, about: About) -> str:
    errors = list(text_errors(field.label, value, field.longest)) if isinstance(value, str) else [f"{field.label}を入力してください。"]
    if errors:
        raise Wrong(" ".join(errors))
    return value


def _number(field: Field, value: object, about: About) -> str:
    if not isinstance(value, str) or not re.fullmatch(f"[0-9]{{{field.digits}}}", value):
        raise Wrong(f"{field.label}は数字{field.digits}桁で入力してください。")
    return value


def _integer(field: Field, value: object, about: About) -> int:
    if not _is_whole(value) or not 1 <= value <= field.most:
        raise Wrong(f"{field.label}は1から{field.most:,}までの整数で入力してください。")
    return value


def _installments(field: Field, value: object, about: About) -> list[dict]:
    """`value`: 期別の番号, each as the screen has it (通知書番号-期別)."""
    if isinstance(value, str) or not isinstance(value, Sequence) or not value or not all(isinstance(key, str) for key in value):
        raise Wrong(f"{field.label}を1つ以上選んでください。")
    if len(set(value)) != len(value) or not set(value) <= about.subject.installments:
        raise Wrong(f"{field.label}に、この人の期別でないものか重なりがあります。画面を開き直して選んでください。")
    found = (INSTALLMENT.fullmatch(key) for key in sorted(value))
    return [{"notice_number": match[1], "installment_no": match[2]} for match in found]


def _yen_by_installment(field: Field, value: object, about: About) -> list[dict]:
    """`value`: 期別の番号 → 円."""
    if not isinstance(value, Mapping):
        raise Wrong(f"{field.label}を選んでください。")
    kept = _installments(field, list(value), about)
    if not all(_is_yen(yen) for yen in value.values()):
        raise Wrong(f"{field.label}の額は1円以上の整数で入力してください。")
    return [{**row, "yen": value[f"{row['notice_number']}-{row['installment_no']}"]} for row in kept]


def _parts(field: Field, value: object, about: About) -> list[dict]:
    """`value`: (day, yen) of each payment, in order."""
    if isinstance(value, str) or not isinstance(value, Sequence) or not 1 <= len(value) <= MOST_PARTS:
        raise Wrong(f"{field.label}は1回から{MOST_PARTS}回までです。条件を入れ直してください。")
    if not all(isinstance(part, Sequence) and len(part) == 2 and is_day(part[0]) and _is_yen(part[1]) for part in value):
        raise Wrong(f"{field.label}の日付か額が正しくありません。条件を入れ直してください。")
    days = [day for day, _ in value]
    if days != sorted(set(days)):
        raise Wrong(f"{field.label}の日が順に並んでいません。条件を入れ直してください。")
    return [{"promised_on": day.isoformat(), "promised_yen": yen} for day, yen in value]


def _event(field: Field, value: object, about: About) -> str:
    if not any(event.event_id == value and event.kind in field.of for event in about.standing):
        raise Wrong(f"{field.label}が見つかりません。画面を開き直して選んでください。")
    return value


def _suspect(field: Field, value: object, about: About) -> list[dict]:
    """`value`: the evidence that names the pair, as the screen has it (suspect_key)."""
    other = dict(about.subject.suspects).get(value) if isinstance(value, str) else None
    if other is None:
        raise Wrong(f"{field.label}が見つかりません。すでに判断されたか、根拠が変わりました。画面を開き直して選んでください。")
    return [{"other_number": other, "evidence": value}]


def _evidence(field: Field, value: object, about: About) -> list[str]:
    """`value`: 審査の根拠 (evidence_id) of the criteria that were met."""
    if isinstance(value, str) or not isinstance(value, Sequence) or not value or not all(isinstance(one, str) and EVIDENCE.fullmatch(one) for one in value):
        raise Wrong(f"{field.label}がありません。審査の根拠が1つもないものは起案できません。")
    return sorted(set(value))


def _lacking(field: Field, value: object, about: About) -> list[str]:
    """`value`: 資料：当てはめ, of each criterion that the screening could not take as met."""
    if isinstance(value, str) or not isinstance(value, Sequence) or not value or not all(isinstance(one, str) and EVIDENCE.fullmatch(one) for one in value):
        raise Wrong(f"{field.label}が正しくありません。画面を開き直してください。")
    return sorted(set(value))


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_yen(value: object) -> bool:
    return _is_whole(value) and 1 <= value <= LARGEST_YEN


TYPES = {
    "day": _day, "deadline": _deadline, "choice": _choice, "flag": _flag, "paid_flag": _flag, "text": _text, "number": _number, "integer": _integer,
    "installments": _installments, "yen_by_installment": _yen_by_installment, "parts": _parts, "event": _event,
    "suspect": _suspect, "evidence": _evidence, "lacking": _lacking,
}  # fmt: skip

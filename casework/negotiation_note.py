"""記事 (negotiation_note): what was said with the delinquent, when, how and with what outcome.

Who may write is decided by auth.access, whose case it is by the Subject. The text is kept exactly as it was
received; nothing of it is ever logged.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime

from auth.access import NotAllowed, User, decide, scope
from casework import ledger
from casework.ledger import Event
from casework.subject import Subject
from law.my_number import looks_like_my_number

KIND = "negotiation_note"
METHODS = ("電話", "訪問", "来庁", "文書", "その他")
DIRECTIONS = ("発信", "受信")
COUNTERPARTS = ("本人", "配偶者", "同居家族", "代理人", "その他", "不在")
OUTCOMES = ("納付約束", "相談継続", "納付拒否", "不在", "折返し待ち", "連絡のみ", "その他")
LONGEST_BODY = 2_000

# Right-to-left overrides reorder what a reader sees; U+2028/9 break lines where no editor shows it.
_INVISIBLE = frozenset("\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class NoteRefused(Exception):
    """記事の入力に誤りがある。`errors` is a list of (field, Japanese sentence), in the order of the form."""

    def __init__(self, errors: list[tuple[str, str]]):
        self.errors = errors
        super().__init__(" ".join(sentence for _, sentence in errors))


@dataclass(frozen=True)
class _Note:
    contacted_on: date
    method: str
    direction: str
    counterpart: str
    outcome: str
    body: str


def record_note(
    user: User,
    subject: Subject,
    *,
    event_id: str,
    expected_version: int,
    contacted_on: date,
    method: str,
    direction: str,
    counterpart: str,
    outcome: str,
    body: str,
    today: date,
) -> Event:
    """Add one note. Raises NotAllowed, NoteRefused, and the ledger's Conflict, EventRefused, LedgerUnavailable."""
    note = _Note(contacted_on, method, direction, counterpart, outcome, body)
    return _record(user, subject, note, today, event_id, expected_version, corrects=None)


def correct_note(
    user: User,
    subject: Subject,
    *,
    corrects: str,
    event_id: str,
    expected_version: int,
    contacted_on: date,
    method: str,
    direction: str,
    counterpart: str,
    outcome: str,
    body: str,
    today: date,
) -> Event:
    """Put a whole new note in the place of event `corrects`, which stays in the ledger. Raises as record_note."""
    note = _Note(contacted_on, method, direction, counterpart, outcome, body)
    return _record(user, subject, note, today, event_id, expected_version, corrects=corrects)


def _record(
    user: User,
    subject: Subject,
    note: _Note,
    today: date,
    event_id: str,
    expected_version: int,
    corrects: str | None,
) -> Event:
    _check_allowed(user, subject)
    errors = list(_errors(note, today))
    if errors:
        raise NoteRefused(errors)
    return ledger.append(
        event_id=event_id,
        kind=KIND,
        subject=subject.atena_number,
        expected_version=expected_version,
        payload={
            **asdict(note),
            "contacted_on": note.contacted_on.isoformat(),
            "officer_name": user.display_name,  # as it was then; the account is in `actor`
        },
        actor=user.name,
        occurred_on=note.contacted_on,
        corrects=corrects,
    )


def _check_allowed(user: User, subject: Subject) -> None:
    decision = decide(user, "note.write")
    if not decision.allowed:
        raise NotAllowed(decision.reason)
    reach = scope(user)
    if reach == "all" or (reach == "own" and subject.district_code in user.districts):
        return
    raise NotAllowed("担当地区の外の記事は記録できません。担当替えが必要なときは係長に相談してください。")


def _errors(note: _Note, today: date) -> Iterator[tuple[str, str]]:
    yield from _date_errors(note.contacted_on, today)
    choices = (
        ("method", "方法", METHODS),
        ("direction", "発信・受信", DIRECTIONS),
        ("counterpart", "相手", COUNTERPARTS),
        ("outcome", "結果", OUTCOMES),
    )
    for field, label, allowed in choices:
        if getattr(note, field) not in allowed:
            yield field, f"{label}は、{'・'.join(allowed)} から選んでください。"
    yield from _body_errors(note.body)


def _date_errors(contacted_on: date, today: date) -> Iterator[tuple[str, str]]:
    if not isinstance(contacted_on, date) or isinstance(contacted_on, datetime):
        yield "contacted_on", "交渉日を入力してください。"
    elif contacted_on > today:
        yield "contacted_on", "交渉日が今日より後です。交渉した日を入力してください。予定は記事に書けません。"
    elif contacted_on < _a_year_before(today):
        yield "contacted_on", "交渉日が1年より前です。年を確かめてください。古い記録の追加は係長に相談してください。"


def _body_errors(body: str) -> Iterator[tuple[str, str]]:
    if not isinstance(body, str) or not body.strip():
        yield "body", "内容を入力してください。"
        return
    if len(body) > LONGEST_BODY:
        yield "body", f"内容が {len(body):,} 文字あります。{LONGEST_BODY:,} 文字までにしてください。"
    if any(_is_unprintable(character) for character in body):
        yield "body", "内容に見えない制御文字（タブなど）が含まれています。貼り付けた部分を打ち直してください。"
    if looks_like_my_number(body):
        yield "body", "内容に個人番号とみられる12桁の数字があります。個人番号は記録できません。消して、宛名番号を使ってください。"


def _is_unprintable(character: str) -> bool:
    return character != "\n" and (unicodedata.category(character) in ("Cc", "Cs") or character in _INVISIBLE)


def _a_year_before(today: date) -> date:
    is_leap_day = (today.month, today.day) == (2, 29)
    return today.replace(year=today.year - 1, day=28 if is_leap_day else today.day)

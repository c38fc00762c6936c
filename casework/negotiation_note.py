"""記事 (negotiation_note): what was said with the delinquent, when, how and with what outcome.

Who may write is decided by auth.access, whose case it is by the Subject. The text is kept exactly as it was
received; nothing of it is ever logged.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

from auth.access import User
from casework import ledger
from casework.allowed import note_write
from casework.fields import is_day, years_before
from casework.late import late_days
from casework.ledger import Event
from casework.record import check_reach
from casework.subject import Subject
from law.typed_text import text_errors

KIND = "negotiation_note"
METHODS = ("電話", "訪問", "来庁", "文書", "その他")
DIRECTIONS = ("発信", "受信")
COUNTERPARTS = ("本人", "配偶者", "同居家族", "代理人", "その他", "不在")
OUTCOMES = ("納付約束", "相談継続", "納付拒否", "不在", "折返し待ち", "連絡のみ", "その他")
LONGEST_BODY = 2_000


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
    check_reach(user, subject, "note.write")
    errors = list(_errors(note, today))
    if errors:
        raise NoteRefused(errors)
    note_write(user, "note.write", subject.atena_ref, event_id, late_days(note.contacted_on, today))
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
    if not is_day(contacted_on):
        yield "contacted_on", "交渉日を入力してください。"
    elif contacted_on > today:
        yield "contacted_on", "交渉日が今日より後です。交渉した日を入力してください。予定は記事に書けません。"
    elif contacted_on < years_before(today, 1):
        yield "contacted_on", "交渉日が1年より前です。年を確かめてください。古い記録の追加は係長に相談してください。"


def _body_errors(body: str) -> Iterator[tuple[str, str]]:
    if not isinstance(body, str) or not body.strip():
        yield "body", "内容を入力してください。"
        return
    yield from (("body", sentence) for sentence in text_errors("内容", body, LONGEST_BODY))

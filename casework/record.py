"""Record one entry of any kind of kinds.toml, or correct it. The same guarantees as a 記事: allowed, checked whole,
never overwritten, once however often it is sent, and refused when the case has moved on."""

from collections.abc import Mapping
from datetime import date

from auth.access import User, scope
from casework import ledger, rules
from casework.allowed import check_allowed, note_write, refuse
from casework.fields import About, Wrong, checked
from casework.kinds import Kind, kinds
from casework.late import late_days
from casework.ledger import Event, EventRefused
from casework.subject import Subject


class EntryRefused(Exception):
    """記録の入力に誤りがある。`errors` is a list of (field, Japanese sentence), in the order of the form."""

    def __init__(self, errors: list[tuple[str, str]]):
        self.errors = errors
        super().__init__(" ".join(sentence for _, sentence in errors))


def record(
    user: User, subject: Subject, kind: str, *, event_id: str, expected_version: int, fields: Mapping[str, object], today: date
) -> Event:
    """Add one entry; `fields` by the names of kinds.toml, a missing one counts as empty.

    Raises NotAllowed, EntryRefused, and the ledger's Conflict, EventRefused, LedgerUnavailable.
    """
    return _append(user, subject, kinds()[kind], fields, today, event_id, expected_version, None)


def correct(
    user: User, subject: Subject, kind: str, *, corrects: str, event_id: str, expected_version: int, fields: Mapping[str, object],
    today: date,
) -> Event:  # fmt: skip
    """Put a whole new entry in the place of event `corrects`, which stays in the ledger. Raises as `record`."""
    return _append(user, subject, kinds()[kind], fields, today, event_id, expected_version, corrects)


def standing(events: list[Event]) -> tuple[Event, ...]:
    """Those that no later one has corrected."""
    corrected = {event.corrects for event in events}
    return tuple(event for event in events if event.event_id not in corrected)


def check_reach(user: User, subject: Subject, action: str) -> None:
    """Raises NotAllowed unless `user` may do `action` for this person."""
    check_allowed(user, action, subject.atena_ref)
    reach = scope(user)
    if reach != "all" and not (reach == "own" and subject.district_code in user.districts):
        refuse(user, action, "担当地区の外の記事は記録できません。担当替えが必要なときは係長に相談してください。", subject.atena_ref)


def check_fresh(user: User, subject: Subject, kind: Kind, action: str) -> None:
    """Raises NotAllowed when the kind rests on what is unpaid and the feeds are missing for too long."""
    if kind.needs_fresh and subject.missed_days >= rules.STALE_DAYS:
        refuse(user, action, f"連携が{subject.missed_days}業務日届いていません。その間に納付があったかもしれないため、{kind.label}は記録できません。"
                             "連携状況を確かめ、届いてから記録してください。", subject.atena_ref)


def _append(
    user: User, subject: Subject, kind: Kind, fields: Mapping[str, object], today: date, event_id: str, expected_version: int,
    corrects: str | None,
) -> Event:  # fmt: skip
    check_reach(user, subject, kind.action)
    if kind.is_decided:
        refuse(user, kind.action, f"{kind.label}は、起案・審査・決裁の順にだけ記録できます。執行停止候補・不納欠損の画面から起案してください。", subject.atena_ref)
    check_fresh(user, subject, kind, kind.action)
    # Without this very entry: sent a second time, it must not stand in its own way.
    others = [event for event in ledger.events_of(subject.atena_number) if event.event_id != event_id]
    left = tuple(event for event in standing(others) if event.event_id != corrects)
    if corrects and any(corrects in event.payload.values() for event in left):
        raise EventRefused("この記録を確かめたか取り消した記録があるため、訂正できません。新しく記録してください。")
    payload = checked_fields(kind, fields, About(subject, today, user.display_name, user.name, left))
    occurred_on = date.fromisoformat(payload[kind.dated])
    late = late_days(occurred_on, today) if kind.is_own_act else 0
    note_write(user, kind.action, subject.atena_ref, event_id, late)
    return ledger.append(
        event_id=event_id,
        kind=kind.name,
        subject=subject.atena_number,
        expected_version=expected_version,
        payload={**payload, "officer_name": user.display_name},  # as it was then; the account is in `actor`
        actor=user.name,
        occurred_on=occurred_on,
        corrects=corrects,
    )


def checked_fields(kind: Kind, fields: Mapping[str, object], about: About) -> dict[str, object]:
    """Every field of the kind, checked. Raises EntryRefused with everything that is wrong."""
    unknown = fields.keys() - {field.name for field in kind.fields}
    errors = [(name, "この種類の記録にない項目です。画面を開き直してください。") for name in sorted(unknown)]
    payload = {}
    for field in kind.fields:
        try:
            payload[field.name] = checked(field, fields.get(field.name), about)
        except Wrong as wrong:
            errors.append((field.name, str(wrong)))
    errors = errors or rules.errors(kind.name, payload, about)
    if errors:
        raise EntryRefused(errors)
    return payload

"""Open days of the office, and those whose feeds should be in by now and are not."""

from datetime import date, datetime, timedelta

from data_access import hold
from law.calendar import SATURDAY, is_closed
from law.files import LawFileInvalid


def is_open(day: date) -> bool:
    """Whether the office is open; of a year whose holidays are not on file yet, every weekday is."""
    try:
        return not is_closed(day)
    except LawFileInvalid:
        return day.weekday() < SATURDAY


def missed(published: date, today: date, now: datetime) -> list[date]:
    """Open days after `published` and before `today` whose feeds were due by `now` (aware): nothing of them is published."""
    between = (published + timedelta(days=count) for count in range(1, (today - published).days))
    return [day for day in between if is_open(day) and hold.limits(day).is_late(day, now)]

"""後日記載: an entry written after the first open day on which it could have been."""

from datetime import date

from law.calendar import opens_on


def late_days(happened_on: date, written_on: date) -> int:
    """Days from what happened to its being written; 0 when it was written by the end of that day, or of the next open one
    where the office was closed."""
    could_be_written_on = opens_on(happened_on) or happened_on
    return (written_on - happened_on).days if written_on > could_be_written_on else 0

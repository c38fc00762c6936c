"""後日記載: late is what could have been written down on an earlier open day."""

from datetime import UTC, date, datetime

import pytest

import settings
from casework.kinds import kinds
from casework.late import late_days
from pages.parts import wording


@pytest.mark.parametrize(("happened_on", "written_on", "days"), [
    ("2026-10-30", "2026-10-30", 0), ("2026-10-29", "2026-10-30", 1), ("2026-10-23", "2026-10-26", 3),
    ("2026-10-25", "2026-10-26", 0),  # a visit on Sunday, written on Monday
    ("2026-10-24", "2026-10-27", 3), ("2026-11-03", "2026-11-04", 0), ("2026-12-29", "2027-01-04", 0),
    ("2036-10-04", "2036-10-06", 2),  # no holidays on file for that year
])
def test_days_are_counted_from_what_happened(happened_on, written_on, days):
    assert late_days(date.fromisoformat(happened_on), date.fromisoformat(written_on)) == days


def test_the_line_of_time_says_so(monkeypatch):
    monkeypatch.setattr(settings, "now", lambda: datetime(2026, 11, 5, 1, tzinfo=UTC))
    monkeypatch.delenv("CONSOLE_TODAY", raising=False)
    row = {"kind": "記事", "happened_on": date(2026, 10, 30), "recorded_at": "2026-11-01T15:00:00.000Z", "written_by": "佐藤"}  # 2日 0:00 in Japan
    monkeypatch.setattr(settings, "today", lambda: date(2026, 11, 5))
    assert wording.written(row) == "佐藤　後日記載（3日後）"
    assert wording.written(row | {"kind": "承継"}) == "佐藤"
    assert wording.written(row | {"recorded_at": None}) == "佐藤", "the old system does not tell when"
    monkeypatch.setattr(settings, "today", lambda: date(2026, 11, 2))  # a demo whose day is pinned three days back
    assert wording.written(row) == "佐藤"


def test_what_is_learned_of_later_is_not_late():
    assert [kind.label for kind in kinds().values() if not kind.is_own_act] == list(wording.FACTS_LEARNED)

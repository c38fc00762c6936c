"""Whoever sees no person is shown each month's last data only: two days of one month differ by a household, two month ends by thousands."""

from datetime import UTC, date, datetime

import pytest

from auth.access import NotAllowed, permissions, sees_month_ends
from data_access import analysis_release, export, lineage, query
from data_access.lineage import Kept
from data_access.passport import passport
from data_access.question import question
from tests.conftest import CLOCK
from tests.queries.every_question import NAMES, parameters
from tests.staff import ADMIN, ANALYST, STAFF

FIRST, SECOND = (day.isoformat() for day in CLOCK.feed_dates)


def kept(*days: str) -> list[Kept]:
    return [Kept(f"{day}-{place}", date.fromisoformat(day), datetime(2026, 1, 1, tzinfo=UTC)) for place, day in enumerate(days)]


@pytest.mark.parametrize(("offered", "shown"), [
    ((), []),
    (("2026-10-29",), [0]),
    (("2026-10-30", "2026-10-29"), [1]),
    (("2026-11-02", "2026-10-30", "2026-10-29"), [1]),
    (("2026-12-01", "2026-11-30", "2026-11-30", "2026-11-02", "2026-10-30", "2026-10-29"), [1, 4]),
    (("2027-01-04", "2026-10-30"), [1]),
])
def test_which_days_are_month_ends(offered, shown):
    found = kept(*offered)
    assert lineage.month_ends(found) == [found[place] for place in shown]


def test_only_the_analyst_is_held_to_them_and_the_release_is_of_the_same_day(city):
    assert [user.role for user in STAFF if sees_month_ends(user)] == ["analyst"]
    assert not sees_month_ends(None)
    assert [each.business_date.isoformat() for each in query.offered_to(ANALYST)] == [FIRST]
    assert [each.business_date.isoformat() for each in query.offered_to(ADMIN)] == [SECOND, FIRST]
    assert analysis_release.newest().snapshot_id == query.offered_to(ANALYST)[0].id


@pytest.mark.parametrize("name", sorted(name for name in NAMES if question(name).action in permissions().roles["analyst"].actions))
def test_no_question_tells_of_another_day(city, monkeypatch, name):
    newest, end = query.kept()[0].id, query.offered_to(ANALYST)[0].id
    asked = parameters(name)
    shown = query.ask(ANALYST, name, **asked)
    assert shown.equals(query.ask(ANALYST, name, snapshot_id=end, **asked))
    with pytest.raises(NotAllowed, match="月ごとの最後の基準日だけ"):
        query.ask(ANALYST, name, snapshot_id=newest, **asked)
    with query.looking_at(newest), pytest.raises(NotAllowed, match="月ごとの最後の基準日だけ"):
        query.ask(ANALYST, name, **asked)
    with query.looking_at("20261030T213000Z-00000000"), pytest.raises(NotAllowed, match="月ごとの最後の基準日だけ"):
        query.ask(ANALYST, name, **asked)
    monkeypatch.setattr(query, "sees_month_ends", lambda user: False)
    assert shown.equals(query.ask(ANALYST, name, snapshot_id=end, **asked)), "the same answer as anybody's who looks at that day"


def test_a_passport_and_a_written_out_list_are_of_that_day_too(city):
    end = query.offered_to(ANALYST)[0].id
    with query.looking_at(end):
        assert query.standing().snapshot_id == end
        assert passport("monthly_report", {}, query.ask(ANALYST, "monthly_report")).snapshot_id == end
    assert all(kind.question in (export.ANALYSIS, export.STATEMENT) for kind in export.kinds().values() if kind.action in permissions().roles["analyst"].actions)


def test_before_the_first_snapshot_nothing_is_published(empty_city):
    from data_access.connection import NothingPublished

    with pytest.raises(NothingPublished):
        query.ask(ANALYST, "monthly_report")

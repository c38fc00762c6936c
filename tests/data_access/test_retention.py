"""35 days of daily snapshots and three years of month-ends are kept; nothing else, and never what is shown or read."""

import json
import random
import sqlite3
import subprocess
import sys
from datetime import date, timedelta

import pytest

import settings
import store
from audit import log
from audit.log import AuditUnavailable
from data_access import connection, day_folder, lineage, outbound, query, retention, snapshot
from data_access.intake import take_in
from data_access.retention import Policy, judge, purge, verdicts
from law.files import LawFileInvalid
from tests.data_access.feeds import DAY_ONE, DAY_TWO
from tests.data_access.shells import forget_served, on_disk, plant, serve
from tests.staff import CHIEF

SEED = 35_036
NEWEST = date(2026, 10, 30)
NAME = "20260930T120000Z-00000000"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home with an empty store and no snapshot."""
    monkeypatch.setenv("CONSOLE_HOME", str(tmp_path))
    monkeypatch.delenv("CONSOLE_STORE_URL", raising=False)
    store.create_tables()
    yield tmp_path
    store.engine().dispose()


def going() -> dict[str, str]:
    return {verdict.id: verdict.reason for verdict in verdicts() if verdict.goes}


def purged() -> list[str]:
    with sqlite3.connect(settings.home() / "store.sqlite") as opened:
        return [name for (name,) in opened.execute("select snapshot_id from access_log where action = 'snapshot.purge' order by seq")]


def test_the_settings_are_the_city_s_and_dated():
    assert retention.policy(NEWEST) == Policy(35, 3)
    with pytest.raises(LawFileInvalid, match="2020-01-01 の値がありません"):
        retention.policy(date(2020, 1, 1))


@pytest.mark.parametrize(("day", "is_month_end", "is_current", "goes"), [
    (date(2026, 9, 25), False, False, False),  # the 35th day
    (date(2026, 9, 24), False, False, True),
    (date(2026, 8, 31), True, False, False),
    (date(2023, 10, 30), True, False, False),  # three years to the day
    (date(2023, 9, 29), True, False, True),
    (date(2019, 1, 1), False, True, False),
])  # fmt: skip
def test_how_long_one_snapshot_is_kept(day, is_month_end, is_current, goes):
    name = f"{day:%Y%m%d}T120000Z-00000000"
    verdict = judge(name, NEWEST, Policy(35, 3), is_current=is_current, is_month_end=is_month_end)
    assert (verdict.id, verdict.goes) == (name, goes)


def test_four_years_of_days_leave_the_last_weeks_and_the_month_ends(home):
    """A made-up calendar with holes, against the rule counted once more by hand."""
    rng, day, days = random.Random(SEED), date(2022, 11, 1), []
    while day <= NEWEST:
        if rng.random() < 0.7 or day == NEWEST:
            days.append(day)
        day += timedelta(days=1)
    names = {day: serve(day) for day in days}
    month_ends = {max(other for other in days if (other.year, other.month) == (day.year, day.month)) for day in days}
    expected = {day for day in days if (NEWEST - day).days <= 35 or (day in month_ends and day >= date(2023, 10, 30))}
    with snapshot.alone():
        done = purge(verdicts())
    assert {day for day in days if names[day] in on_disk()} == expected, f"seed {SEED}"
    assert sorted(purged()) == sorted(verdict.id for verdict in done if verdict.goes)
    assert len(purged()) == len(days) - len(expected)
    assert going() == {}, "a second run has nothing to do"
    assert [kept.business_date for kept in lineage.offered()] == sorted(expected, reverse=True)


def test_what_was_rolled_back_from_is_no_month_end(home):
    good, wrong = serve(date(2026, 8, 28)), serve(date(2026, 8, 31))
    snapshot.make_current(good)
    newest = serve(NEWEST)
    assert lineage.standing_on() == [good, newest]
    assert set(going()) == {wrong}
    assert wrong not in {kept.id for kept in lineage.offered()}


def test_going_forward_again_takes_it_back_into_the_line(home):
    one, two = serve(DAY_ONE), serve(DAY_TWO)
    for name in (one, two):
        snapshot.make_current(name)
    assert lineage.standing_on() == [one, two]


def test_what_a_crash_left_between_the_renames_goes_and_the_rest_stays(home):
    served, orphan = serve(DAY_ONE), plant(DAY_TWO)
    assert lineage.never_served() == {orphan}
    assert [kept.id for kept in lineage.offered()] == [served]
    assert list(going()) == [orphan]
    assert "一度も表示されていない" in going()[orphan]


def test_snapshots_from_before_the_list_was_written_count_as_served(home):
    names = [serve(DAY_ONE - timedelta(days=back)) for back in (2, 1, 0)]
    forget_served(home)
    assert going() == {}
    assert lineage.standing_on() == names
    newest = serve(DAY_TWO)
    assert lineage.standing_on() == [*names, newest]


def test_without_current_nothing_goes(home):
    serve(date(2020, 1, 31))
    serve(DAY_ONE)
    (home / "snapshots" / "CURRENT").unlink()
    assert going() == {}
    assert all("CURRENT" in verdict.reason for verdict in verdicts())


def test_without_the_access_log_nothing_goes(home):
    old = serve(date(2026, 1, 15))
    serve(date(2026, 1, 30))
    serve(NEWEST)
    with sqlite3.connect(home / "store.sqlite") as opened:
        opened.execute("create trigger full before insert on access_log begin select raise(abort, 'disk full'); end")
    with snapshot.alone(), pytest.raises(AuditUnavailable):
        purge(verdicts())
    assert old in on_disk()
    retention.after_publish()  # says so in the log, and lets the publish be
    assert old in on_disk()


def test_a_half_removed_snapshot_is_nobody_s_and_goes_with_the_next_run(home, monkeypatch):
    old = serve(date(2026, 1, 15))
    serve(date(2026, 1, 30))
    serve(NEWEST)
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: (_ for _ in ()).throw(OSError(5, "I/O error")))
    with pytest.raises(OSError, match="I/O error"), snapshot.alone():
        purge(verdicts())
    assert old not in on_disk()
    assert list((home / "snapshots").glob(".purging-*"))
    monkeypatch.undo()
    monkeypatch.setenv("CONSOLE_HOME", str(home))
    with snapshot.alone():
        assert not list((home / "snapshots").glob(".purging-*"))


def test_the_command_tells_first_and_removes_when_told(home):
    old, newest = serve(date(2026, 1, 15)), serve(date(2026, 1, 30))
    newest = serve(NEWEST)
    command = [sys.executable, "-m", "data_access.retention"]
    told = subprocess.run(command, cwd=settings.ROOT, capture_output=True, text=True, check=True).stdout
    assert f"消す  {old}  日ごとの保存期間35日を過ぎた" in told
    assert f"残す  {newest}  公開中" in told
    assert "--do-it" in told
    assert old in on_disk()
    done = subprocess.run([*command, "--do-it"], cwd=settings.ROOT, capture_output=True, text=True, check=True).stdout
    assert f"消した  {old}" in done
    assert old not in on_disk()
    with snapshot.alone():
        busy = subprocess.run(command, cwd=settings.ROOT, capture_output=True, text=True, check=False)
    assert busy.returncode == 1
    assert "ほかの取込" in busy.stdout


def lay(*places: str) -> None:
    """Days' folders with one file in each, as "inbox/2026-09-01"."""
    for place in places:
        file = settings.home() / place / "atena" / "person.csv"
        file.parent.mkdir(parents=True)
        file.write_text("氏名", "utf-8")


def left() -> set[str]:
    return {path.relative_to(settings.home()).as_posix() for root in day_folder.ROOTS for path in (settings.home() / root).glob("[!.]*")}


def test_names_stay_beside_the_snapshots_for_as_many_days_and_never_wait_in_vain(home):
    """Each of the three roots by its own setting; what is no day's folder is somebody's own."""
    serve(NEWEST)
    for root in day_folder.ROOTS:
        lay(f"{root}/2026-09-20", f"{root}/2026-09-24", f"{root}/2026-09-25", f"{root}/2026-11-02", f"{root}/メモ")
    with snapshot.alone():
        retention.after_publish()
    assert left() == {f"{root}/{name}" for root in day_folder.ROOTS for name in ("2026-09-25", "2026-11-02", "メモ")} | {"inbox/2026-09-20"}, \
        "what came for a Sunday waits for a person"
    with sqlite3.connect(home / "store.sqlite") as opened:
        told = opened.execute("select actor, source, detail from access_log where action = 'day_folder.purge' order by seq").fetchall()
    assert [(actor, source) for actor, source, _ in told] == [("data_access.retention", f"{root}/{day}") for root in day_folder.ROOTS for day in ("2026-09-20", "2026-09-24")
                                                          if (root, day) != ("inbox", "2026-09-20")]
    assert all("保存期間35日を過ぎた" in detail for *_, detail in told)
    assert retention.rule("inbox_days", NEWEST) >= retention.rule("outbox_days", NEWEST), "files are made again from the inquiries"


def test_the_outbox_keeps_the_day_that_the_next_one_goes_on_from(home):
    serve(NEWEST)
    lay("outbox/2026-01-05", "outbox/2026-01-06")
    assert [(verdict.id, verdict.goes) for verdict in retention.folder_verdicts()] == [("outbox/2026-01-05", True), ("outbox/2026-01-06", False)]


def test_nothing_published_or_no_log_removes_no_folder_and_one_in_use_stays(home):
    lay("inbox/2026-01-05", "outbox/2026-01-05", "outbox/2026-10-30")
    assert retention.folder_verdicts() == []
    serve(NEWEST)
    with outbound._alone(), snapshot.alone():
        assert [(verdict.id, verdict.goes) for verdict in day_folder.purge(retention.folder_verdicts())] == [("inbox/2026-01-05", True), ("outbox/2026-01-05", False)]
    with sqlite3.connect(home / "store.sqlite") as opened:
        opened.execute("create trigger full before insert on access_log begin select raise(abort, 'disk full'); end")
    with snapshot.alone(), pytest.raises(AuditUnavailable):
        day_folder.purge(retention.folder_verdicts())
    assert left() == {"outbox/2026-01-05", "outbox/2026-10-30"}


def make_it_old(monkeypatch) -> None:
    """The rule of a city that keeps no yesterday."""
    monkeypatch.setattr(retention, "policy", lambda on: Policy(0, 0))


def test_what_is_being_read_stays_until_nobody_reads_it(own_city, monkeypatch):
    eve = lineage.offered()[1].id
    asked = query.ask(CHIEF, "worklist_queues", snapshot_id=eve, district=None)
    make_it_old(monkeypatch)
    with snapshot.alone():
        assert [verdict for verdict in purge(verdicts()) if verdict.goes] == []
    assert query.ask(CHIEF, "worklist_queues", snapshot_id=eve, district=None).equals(asked)
    connection._older.clear()
    with snapshot.alone():
        assert [verdict.id for verdict in purge(verdicts()) if verdict.goes] == [eve]
    with pytest.raises(snapshot.SnapshotRefused, match="基準日を選び直して"):
        query.ask(CHIEF, "worklist_queues", snapshot_id=eve, district=None)
    assert query.standing().as_of == DAY_TWO


def test_every_publish_purges(eve, monkeypatch):
    make_it_old(monkeypatch)
    before = snapshot.current().id
    assert take_in(DAY_TWO).outcome == "公開"
    assert on_disk() == {snapshot.current().id}
    assert purged() == [before]
    assert log.verify() is None


def test_a_damaged_manifest_is_not_offered_and_stops_nobody(own_city):
    eve = lineage.offered()[1].id
    path = settings.snapshots() / eve / "manifest.json"
    path.write_text(json.dumps({"business_date": "2026-10-29"}), "utf-8")
    lineage._kept.cache_clear()
    assert [kept.id for kept in query.kept()] == [snapshot.current().id]
    assert query.standing().as_of == DAY_TWO

"""A month of feeds, taken in unattended: each day published without a word, and differences come to what a full feed brings."""

import os
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

import settings
import store
from data_access import hold, report, retention, snapshot
from data_access.contract import systems
from data_access.intake import main
from sample_city.city import build
from sample_city.clock import Clock
from sample_city.stories import planted
from tests.conftest import SECRETS
from tests.data_access.feeds import schedule, write_schedule

SEED, PERSONS = 20_261_124, 300
DAYS = Clock(date(2026, 10, 30), 22).feed_dates  # 9月30日 is a month's end
FULL, LAST = DAYS[12], DAYS[-1]
CLOCK = Clock(LAST, len(DAYS), (FULL,))
LATER_FULL = Clock(LAST, len(DAYS), (LAST,))  # the same city; its last day comes whole
A_WEEK = retention.Policy(daily_days=7, month_end_years=3)


def home_with(folder: Path, clock: Clock, patch: pytest.MonkeyPatch) -> Path:
    patch.setenv("CONSOLE_HOME", str(folder))
    patch.setenv("CONSOLE_TODAY", LAST.isoformat())
    patch.delenv("CONSOLE_STORE_URL", raising=False)
    for key in SECRETS:
        settings.make_secret(key)
    store.create_tables()
    build(settings.inbox(), PERSONS, SEED, clock)
    return folder


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    """The home of the month, everything taken in by one command without dates."""
    with pytest.MonkeyPatch.context() as patch:
        home = home_with(tmp_path_factory.mktemp("month"), CLOCK, patch)
        assert main([]) == 0, f"seed {SEED}: {report.last(max(day for day in DAYS if report.last(day))).problems}"
        yield home
        store.engine().dispose()


def rows(path: Path) -> str:
    return f"read_parquet('{path}')"


@pytest.mark.slow
def test_every_day_of_a_month_is_published_without_a_word(month):
    reports = [report.last(day) for day in DAYS]
    assert [each.outcome for each in reports] == ["公開"] * len(DAYS)
    assert [each.problems for each in reports] == [[]] * len(DAYS), f"seed {SEED}"
    assert {file["quarantined_count"] for each in reports for file in each.files} == {0}
    assert not settings.quarantine().exists() or not list(settings.quarantine().rglob("*.parquet"))
    modes = {day: {file["mode"] for file in each.files} for day, each in zip(DAYS, reports, strict=True)}
    assert modes == {day: {"全件"} if day in (DAYS[0], FULL) else {"差分"} for day in DAYS}
    assert {file["system"] for file in reports[0].files} == set(systems())
    assert {file["system"] for file in reports[-1].files} == {code for code, system in systems().items() if system.due == "daily"}


@pytest.mark.slow
def test_what_differs_is_what_was_planted_on_every_day(month):
    wanted = sorted(("時効", each.notice_number, each.installment_no, each.reason) for each in planted(CLOCK))
    for kept in snapshot.kept():
        found = duckdb.execute(f"select item, notice_number, installment_no, reason from {rows(kept.folder / 'derived' / 'difference.parquet')} "
                               "order by all").fetchall()
        assert found == wanted, f"seed {SEED}, {kept.business_date}"


@pytest.mark.slow
def test_a_month_of_differences_is_what_one_full_feed_brings(month, tmp_path, monkeypatch):
    """A twin of the city that sends its first day and then its last one whole: the same rows in every table."""
    daily = snapshot.current()
    home_with(tmp_path, LATER_FULL, monkeypatch)
    for day in DAYS[1:-1]:
        shutil.rmtree(settings.inbox() / day.isoformat())
    for folder in (settings.inbox() / LAST.isoformat()).iterdir():
        write_schedule(folder, [line | {"連番": "2"} for line in schedule(folder)])
    far = hold.Decimal(1_000_000)  # a month in one step moves further than a day may: that is not what is asked here
    wide = replace(hold.limits(LAST), swing_rows_percent=far, swing_total_percent=far)
    monkeypatch.setattr(hold, "limits", lambda day: wide)
    assert main([]) == 0, [problem.sentence() for problem in report.last(LAST).problems]
    whole = snapshot.current()
    store.engine().dispose()
    assert whole.business_date == daily.business_date == LAST
    assert daily.parquet("restricted").keys() == whole.parquet("restricted").keys()
    for layer in ("restricted", "derived"):
        for name, path in whole.parquet(layer).items():
            assert_same(rows(path), rows(daily.parquet(layer)[name]), f"seed {SEED}: {layer}/{name}")


def assert_same(one: str, other: str, what: str) -> None:
    """The same rows; references differ, each home has its own pepper."""
    names = [name for name, *_ in duckdb.execute(f"describe select * from {one}").fetchall() if not name.endswith("_ref")]
    own, theirs = (f"select {', '.join(names)} from {each}" for each in (one, other))
    different = duckdb.execute(f"select count(*) from ((({own}) except all ({theirs})) union all (({theirs}) except all ({own})))").fetchone()
    assert different == (0,), what


@pytest.mark.slow
def test_retention_leaves_the_week_and_the_month_s_end(month, tmp_path, monkeypatch):
    """With a week instead of 35 days, what goes can go: what stays is whole, shares files with what went, and is served."""
    home = Path(shutil.copytree(month, tmp_path / "home", copy_function=os.link, ignore=shutil.ignore_patterns("store.sqlite*", "inbox")))
    monkeypatch.setenv("CONSOLE_HOME", str(home))
    store.create_tables()
    assert [verdict.goes for verdict in retention.verdicts()] == [False] * len(DAYS), "35 days are not over"
    monkeypatch.setattr(retention, "policy", lambda on: A_WEEK)
    with snapshot.alone():
        gone = [verdict for verdict in retention.purge(retention.verdicts()) if verdict.goes]
    store.engine().dispose()
    left = [kept.business_date for kept in snapshot.kept()]
    assert left == [day for day in reversed(DAYS) if (LAST - day).days <= 7 or day == DAYS[0]]
    assert len(gone) == len(DAYS) - len(left)
    for kept in snapshot.kept():
        snapshot.verify(kept)

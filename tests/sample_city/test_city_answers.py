"""Taken in and asked through the console's own questions, the stories give their stated answers."""

import polars as pl
import pytest
from city_files import CLOCK, SEED

import settings
import store
from auth import accounts  # noqa: F401  (declares its tables)
from auth.access import User
from casework import ledger  # noqa: F401  (declares its tables)
from data_access import snapshot
from data_access.intake import take_in
from data_access.query import ask
from sample_city.city import build
from sample_city.demo import SECRETS
from sample_city.stories import answers

OFFICER = User("tanto", "担当", "officer", "収納推進課", tuple(f"D{number:02d}" for number in range(1, 13)))


@pytest.fixture(scope="module")
def delinquent(tmp_path_factory) -> pl.DataFrame:
    """derived.delinquent of a city of 300, after three business days of intake."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSOLE_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("CONSOLE_TODAY", "2026-10-30")
        patch.delenv("CONSOLE_STORE_URL", raising=False)
        for key in SECRETS:
            settings.make_secret(key)
        store.create_tables()
        build(settings.inbox(), 300, SEED, CLOCK)
        for day in CLOCK.feed_dates:
            report = take_in(day)
            assert report.is_published, f"seed {SEED} {day}: {[problem.sentence() for problem in report.problems]}"
        yield pl.read_parquet(snapshot.current().parquet("derived")["delinquent"])
        store.engine().dispose()


@pytest.mark.slow
def test_every_story_is_on_its_worklists_and_no_other(delinquent):
    for answer in answers():
        row = delinquent.filter(pl.col("atena_number") == answer.atena_number)
        assert row.height == (answer.unpaid_yen > 0), answer.line
        if row.height:
            assert row.select("unpaid_yen", "open_count", "oldest_due_date", "is_protected", "flash_yen").row(0) == (
                answer.unpaid_yen, answer.open_installments, answer.oldest_due_date, answer.is_protected, answer.flash_yen), answer.line
            reasons = ask(OFFICER, "case_reasons", atena_ref=row["atena_ref"][0])
            assert set(reasons["queue"]) == set(answer.queues), answer.line


@pytest.mark.slow
def test_every_story_has_its_verdicts(delinquent):
    screening = pl.read_parquet(snapshot.current().parquet("derived")["screening"]).filter(pl.col("verdict") != "非該当")
    for answer in answers():
        mine = screening.filter(pl.col("atena_number") == answer.atena_number)
        assert dict(mine.select("ground", "verdict").rows()) == answer.grounds, answer.line

"""Any question as of any kept snapshot: what it held when it was published, and nothing that came later."""

import json
import shutil
import sqlite3
from datetime import date, timedelta

import pytest

import settings
from auth.access import NotAllowed, decide
from data_access import connection, lineage, query, snapshot
from data_access.intake import take_in
from data_access.question import question
from data_access.snapshot import SnapshotRefused
from tests.data_access.feeds import DAY_ONE, DAY_TWO
from tests.data_access.test_ledger_tail import NUMBER, head, notes, write
from tests.queries.every_question import NAMES, parameters
from tests.staff import CHIEF, OFFICER

REF_FREE = [name for name in NAMES if not name.startswith("intake_")]


def eve_id() -> str:
    return lineage.offered()[1].id


def again_as(day: date) -> str:
    """The eve's snapshot once more under an older business date, served before all others."""
    one = snapshot.find(eve_id())
    text = json.dumps({**one.manifest, "business_date": day.isoformat()}, ensure_ascii=False, sort_keys=True)
    name = f"{day:%Y%m%d}T000000Z-{snapshot._short_hash(text)}"
    folder = shutil.copytree(one.folder, settings.snapshots() / name)
    (folder / "manifest.json").write_text(text, "utf-8")
    served = settings.snapshots() / "SERVED"
    served.write_text(f"{name}\n{served.read_text('ascii')}", "ascii")
    return name


@pytest.mark.parametrize("user", [CHIEF, OFFICER], ids=lambda user: user.name)
def test_every_answer_is_the_one_of_that_day(founded, own_city, user, monkeypatch):
    """The eve as it was served on the eve, against the eve looked at a day later."""
    person = query.reference_of(NUMBER)
    then = {name: query.ask(user, name, snapshot_id=eve_id(), **parameters(name, person)) for name in REF_FREE if decide(user, question(name).action).allowed}
    stood_on = query.ask(user, "case_head", atena_ref=person)
    monkeypatch.setenv("CONSOLE_HOME", str(founded["eve"]))
    for name, found in then.items():
        here = query.ask(user, name, **parameters(name, person))
        assert sorted(map(str, found.rows())) == sorted(map(str, here.rows())), name
    assert stood_on.height == then["case_head"].height


def test_a_note_of_today_is_not_in_yesterday(own_city):
    ref = query.reference_of(NUMBER)
    with query.looking_at(eve_id()):
        before = notes(ref), head(ref)
    write(ref, DAY_TWO, body="今日の記事。")
    assert (DAY_TWO, "今日の記事。") in notes(ref)
    with query.looking_at(eve_id()):
        assert (notes(ref), head(ref)) == before
        assert query.standing().as_of == DAY_ONE
        assert not query.standing().is_newest
    assert query.standing().is_newest
    assert (DAY_TWO, "今日の記事。") in notes(ref)


def test_the_served_engine_of_yesterday_does_not_become_the_older_day_s(eve):
    """It held that day's live notes; the older day must be opened anew, without them."""
    ref, first = query.reference_of(NUMBER), snapshot.current().id
    before = notes(ref)
    write(ref, DAY_ONE, body="前日のうちの記事。")
    assert len(notes(ref)) == len(before) + 1
    assert take_in(DAY_TWO).outcome == "公開"
    with query.looking_at(first):
        assert notes(ref) == before, "the snapshot was published before the note was written"
    assert len(notes(ref)) == len(before) + 1


def test_the_intakes_after_it_are_not_in_an_older_day(own_city):
    assert set(query.ask(CHIEF, "intake_history")["business_date"]) == {DAY_ONE.isoformat(), DAY_TWO.isoformat()}
    assert set(query.ask(CHIEF, "intake_history", snapshot_id=eve_id())["business_date"]) == {DAY_ONE.isoformat()}


def test_the_disclosure_names_the_snapshot(own_city):
    with query.looking_at(eve_id()):
        query.ask(CHIEF, "districts")
    query.ask(CHIEF, "districts")
    with sqlite3.connect(own_city / "store.sqlite") as opened:
        last = [name for (name,) in opened.execute("select snapshot_id from access_log order by seq desc limit 2")]
    assert last == [snapshot.current().id, eve_id()]


def test_while_an_older_day_is_looked_at_no_command_gets_its_person(own_city):
    ref = query.reference_of(NUMBER)
    assert query.subject(CHIEF, ref).atena_number == NUMBER
    with query.looking_at(snapshot.current().id):
        assert query.subject(CHIEF, ref).atena_number == NUMBER
    with query.looking_at(eve_id()), pytest.raises(NotAllowed, match="最新の表示に戻る"):
        query.subject(CHIEF, ref)


@pytest.mark.parametrize("forged", ["../served", "CURRENT", "20261029T000000Z-00000000", "20261029T000000Z-00000000\n", "x' or 1=1"])
def test_a_forged_snapshot_is_refused(own_city, forged):
    with pytest.raises(SnapshotRefused, match="基準日を選び直して"):
        query.ask(CHIEF, "districts", snapshot_id=forged)


def test_a_damaged_older_day_is_refused_and_today_is_served(own_city):
    path = settings.snapshots() / eve_id() / "derived" / "delinquent.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(SnapshotRefused, match="壊れています"):
        query.ask(CHIEF, "districts", snapshot_id=eve_id())
    assert query.ask(CHIEF, "districts").height
    assert not connection._older


def test_two_older_days_stay_open_and_idle_ones_go(own_city, monkeypatch):
    names = [eve_id(), again_as(date(2026, 10, 27)), again_as(date(2026, 10, 26))]
    assert [kept.business_date for kept in query.kept()] == [DAY_TWO, DAY_ONE, date(2026, 10, 27), date(2026, 10, 26)]
    answers = [query.ask(CHIEF, "districts", snapshot_id=name) for name in names]
    assert all(found.equals(answers[0]) for found in answers)
    assert [key.rsplit("/", 1)[1] for key in connection._older] == names[1:]
    query.ask(CHIEF, "districts", snapshot_id=names[1])
    query.ask(CHIEF, "districts", snapshot_id=names[0])
    assert [key.rsplit("/", 1)[1] for key in connection._older] == [names[1], names[0]], "the one asked longest ago has gone"
    monkeypatch.setattr(connection, "IDLE_SECONDS", -1)
    query.ask(CHIEF, "districts", snapshot_id=names[0])
    assert len(connection._older) == 1


def test_a_list_of_three_years_costs_a_click_little(own_city):
    """Manifests are read once: the second look reads names only."""
    for back in range(3, 40):
        again_as(DAY_ONE - timedelta(days=back))
    query.kept()
    before = lineage._kept.cache_info().misses
    assert len(query.kept()) == 39
    assert lineage._kept.cache_info().misses == before

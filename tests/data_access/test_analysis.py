"""アドホック分析 over the city: which release, for whom how exact; the dictionary; saved views; exports."""

import random
import shutil
import uuid
from datetime import date

import polars as pl
import pytest

import settings
from audit import log
from auth.access import NotAllowed
from auth.export_route import FileRefused
from casework.negotiation_note import record_note
from data_access import (
    analysis,
    analysis_metric,
    analysis_release,
    connection,
    export,
    query,
    saved_analysis,
    snapshot,
)
from data_access.analysis import (
    UNIT,
    View,
    ViewInvalid,
    answer,
    as_plain,
    from_plain,
    layer,
    partial,
    rest_named,
)
from data_access.analysis_exact import exact
from data_access.lineage import Kept
from data_access.query import ask
from tests.data_access.analysis_city import months
from tests.data_access.test_plan_figures import reminders, step_of
from tests.queries.every_question import entries_after
from tests.staff import ADMIN, ANALYST, AUDITOR, CHIEF, MANAGER, OFFICER

STAGES = View("procedure", ("case_stage",), "people", {})
MY_NUMBER = "123456789018"


@pytest.fixture(scope="module")
def persons(founded):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSOLE_HOME", str(founded["served"]))
        return pl.read_parquet(snapshot.current().parquet("derived")["analysis_person"])


def test_every_value_is_one_of_the_dictionary(persons):
    """So that no value falls out of the order of the screen, and none is told that nobody defined."""
    for name, dimension in analysis_metric.dimensions().items():
        if name != analysis_metric.DISTRICT:
            assert set(persons[name]) <= set(dimension.values), name


def test_a_delinquent_is_told_once_with_the_amounts_of_the_case(city, persons):
    cursor = connection.engine().connection.cursor()
    case = {number: row for number, *row in cursor.execute("select atena_number, unpaid_yen, charge_yen, open_count from derived.delinquent").fetchall()}
    assert {row["atena_number"]: [row["unpaid_yen"], row["charge_yen"], row["installment_count"]] for row in persons.to_dicts()} == case


def test_the_bands_are_those_of_a_plain_reading(city, persons):
    """Person by person from the source, in Python: age, arrears, amount, income, payment."""
    cursor, as_of = connection.engine().connection.cursor(), connection.engine().snapshot.business_date
    found = cursor.execute("""
        select delinquent.atena_number, birth_date, oldest_due_date, unpaid_yen, last_payment_on,
            (select total_income_yen from source.resident_tax where atena_number = delinquent.atena_number and tax_year >= 2025 order by tax_year desc limit 1)
        from derived.delinquent as delinquent""").fetchall()
    rows = {row["atena_number"]: row for row in persons.to_dicts()}
    for number, born, oldest, unpaid, paid_on, income in found:
        row, months = rows[number], (as_of.year - oldest.year) * 12 + as_of.month - oldest.month
        years = None if born is None else as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))
        assert row["arrears_band"] == next(band for least, band in ((60, "5年以上"), (36, "3年から5年"), (24, "2年から3年"), (12, "1年から2年"), (6, "6か月から1年"), (-99, "6か月未満")) if months >= least)
        assert row["age_band"] == ("法人・不明" if years is None else next(
            band for least, band in ((75, "75歳以上"), (65, "65から74歳"), (60, "60から64歳"), (50, "50代"), (40, "40代"), (0, "39歳以下")) if years >= least))
        assert row["amount_band"] == next(band for least, band in (
            (1_000_000, "100万円以上"), (500_000, "50万円から100万円"), (300_000, "30万円から50万円"), (100_000, "10万円から30万円"), (50_000, "5万円から10万円"), (0, "5万円未満")) if unpaid >= least)
        assert row["income_class"] == ("申告なし" if income is None else "所得なし" if income <= 0 else next(
            band for least, band in ((4_000_000, "400万円以上"), (2_000_000, "200万円から400万円"), (1_000_000, "100万円から200万円"), (1, "100万円未満")) if income >= least))
        assert row["last_payment_band"] == ("納付なし" if paid_on is None else "3か月以内" if paid_on >= date(2026, 7, 30) else "3か月から1年" if paid_on >= date(2025, 10, 30) else "1年以上前")


def test_the_step_is_that_of_a_plain_reading_as_in_the_plan(city, rows, persons):
    """One rule (case_stage.sql): in the snapshot that is released, and beside 徴収計画 for those who see everybody."""
    reminded = reminders(rows)
    expected = {row["atena_number"]: step_of(row, reminded.get(row["atena_number"]), rows.as_of) for row in rows.derived("delinquent")}
    assert dict(persons.select("atena_number", "case_stage").iter_rows()) == expected
    assert len(set(expected.values())) >= 6
    plan = ask(MANAGER, "plan_stages", dimension="地区", district=None).group_by("case_stage").agg(pl.col("case_count").sum(), pl.col("unpaid_yen").sum())
    assert {step: (people, yen) for step, people, yen in exact(MANAGER, ["case_stage"]).rows.select("case_stage", "people", "unpaid_yen").iter_rows()} == {
        step: (people, yen) for step, people, yen in plan.iter_rows()}


def test_whoever_was_spoken_to_since_the_snapshot_is_talked_with_on_both_pages(own_city):
    person = ask(MANAGER, "plan_omissions", dimension="地区", district=None, no_contact_days=60, part=None, page_size=500, skipped=0).filter(
        pl.col("case_stage").is_in(["督促まで", "催告済"])).row(0, named=True)
    subject, said = query.subject(CHIEF, person["atena_ref"]), dict(method="電話", direction="発信", counterpart="本人", outcome="納付約束", body="月末に納める")
    before, released = dict(exact(MANAGER, ["case_stage"]).rows.select("case_stage", "people").iter_rows()), answer(MANAGER, STAGES)[1]
    record_note(CHIEF, subject, event_id=str(uuid.uuid4()), expected_version=ask(CHIEF, "case_head", atena_ref=person["atena_ref"])["note_version"][0],
                contacted_on=date(2026, 10, 30), today=date(2026, 10, 30), **said)
    after = dict(exact(MANAGER, ["case_stage"]).rows.select("case_stage", "people").iter_rows())
    assert after["折衝中"] == before["折衝中"] + 1
    assert after.get(person["case_stage"], 0) == before[person["case_stage"]] - 1
    plan = ask(MANAGER, "plan_stages", dimension="地区", district=None).group_by("case_stage").agg(pl.col("case_count").sum())
    assert after == dict(plan.iter_rows())
    assert answer(MANAGER, STAGES)[1].equals(released), "what is released is of its own day"


def test_a_release_with_words_of_before_is_still_read(city, monkeypatch):
    """A release is never made anew; the dictionary's words may have changed since."""
    released = analysis_release.newest()
    old = analysis_release.Release(released.snapshot_id, released.as_of, released.parts.with_columns(pl.col("case_stage").replace({"差押など": "滞納処分"})))
    monkeypatch.setattr(analysis, "newest", lambda: old)
    found = answer(CHIEF, STAGES)[1]
    assert found["people"].sum() == old.parts.filter(theme="procedure", measure_group="arrears")["people"].sum()


def test_what_is_shown_adds_up_to_every_delinquent(city, persons):
    for theme in analysis_metric.themes().values():
        for dimension in theme.dimensions:
            of, found = answer(CHIEF, View(theme.id, (dimension,), "people", {}))
            assert not of.is_rounded
            assert found["people"].sum() == persons.height
            assert found["unpaid_yen"].sum() == persons["unpaid_yen"].sum()
            assert min(found["people"]) >= 10


def test_a_reader_without_persons_gets_each_part_rounded(city):
    exact, rounded = layer(MANAGER), layer(ANALYST)
    assert rounded.is_rounded
    for name, measure in analysis_metric.measures().items():
        one, other = exact.parts[name].drop_nulls(), rounded.parts[name].drop_nulls()
        assert other.to_list() == ([(value + UNIT // 2) // UNIT * UNIT for value in one] if measure.unit == "yen" else one.to_list())
    assert answer(ANALYST, STAGES)[1]["unpaid_yen"].sum() == rounded.parts.filter(theme="procedure", measure_group="arrears")["unpaid_yen"].sum()


def test_no_part_names_a_person_or_a_day(city):
    parts = layer(MANAGER).parts
    assert set(parts.columns) == {"measure_group", "theme", "district_name", *analysis_metric.dimensions(), *analysis_metric.measures()}
    assert all(kind in (pl.String, pl.Int64) for kind in parts.schema.values())


def test_a_filter_takes_whole_parts(city):
    of, found = answer(CHIEF, View("procedure", ("case_stage",), "people", {}))
    for row in found.to_dicts():
        _, own = answer(CHIEF, View("procedure", ("district",), "people", {"case_stage": (row["case_stage"],)}))
        assert own["people"].sum() == row["people"]
    assert of.as_of == date(2026, 10, 29), "the first day of the installation, until a month is over"


def test_a_named_value_is_whole_or_the_view_says_that_it_is_not(city, monkeypatch):
    """Against the people themselves: 第2地区 is the district only where nobody of it is in the rest."""
    said = set()
    for seed in range(4):
        people = months(random.Random(seed), 1)[0]
        monkeypatch.setattr(analysis, "newest", lambda people=people: analysis_release.Release("20261029T000000Z-0123abcd", date(2026, 10, 29), analysis_release.make(people, [])))
        of = people.with_columns(pl.when(pl.col("district_code") == "S00").then(None).otherwise("district_name").alias("district_name"))
        for theme in analysis_metric.themes().values():
            first, second = theme.dimensions
            for names, chosen in (((first,), {}), ((second,), {}), ((first, second), {}), ((second,), {first: tuple(analysis.values_of(layer(CHIEF), theme.id, first))[:1]})):
                view = View(theme.id, names, "people", chosen)
                found = answer(CHIEF, view)[1]
                columns = ["district_name" if name == analysis_metric.DISTRICT else name for name in names]
                some = of.filter(pl.col(first) == chosen[first][0]) if chosen else of
                truth = {tuple(key): part.height for key, part in some.group_by(columns)}
                named = {row[:-1]: row[-1] for row in found.select(*columns, "people").iter_rows() if not {"まとめ", "ほかの地区"} & {*row[:-1]}}
                is_whole = chosen.get(first) == ("まとめ",) or all(truth[key] == count for key, count in named.items())
                assert is_whole or partial(view, found) == second, (seed, view)
                said.add((is_whole, partial(view, found)))
    assert {(False, "district"), (True, None)} <= said


@pytest.mark.parametrize("view", [
    View("x", ("case_stage",), "people", {}), View("procedure", (), "people", {}), View("procedure", ("age_band",), "people", {}),
    View("procedure", ("case_stage",), "name", {}), View("procedure", ("case_stage", "case_stage"), "people", {}),
    View("procedure", ("case_stage",), "people", {"age_band": ("40代",)}), View("procedure", ("case_stage",), "people", {"case_stage": ("'; drop",)}),
], ids=str)
def test_what_the_dictionary_does_not_know_is_not_asked(city, view):
    before = log.count()
    with pytest.raises(ViewInvalid):
        answer(CHIEF, view)
    assert log.count() == before


def kept(*days: str) -> list[Kept]:
    return [Kept(f"{day.replace('-', '')}T000000Z-0123abcd", date.fromisoformat(day), None) for day in reversed(days)]


@pytest.mark.parametrize(("days", "wanted"), [
    (["2026-10-29", "2026-10-30"], "2026-10-29"), (["2026-09-29", "2026-09-30", "2026-10-01", "2026-10-30"], "2026-09-30"),
    (["2026-08-31", "2026-09-30", "2026-10-30"], "2026-09-30"), (["2026-09-30"], "2026-09-30"), (["2026-10-30", "2026-10-29"], "2026-10-30"),
])
def test_the_release_is_of_the_last_day_of_the_month_before(monkeypatch, days, wanted):
    monkeypatch.setattr(analysis_release, "_is_kept", lambda _id: True)
    assert analysis_release._wanted(kept(*days)).business_date.isoformat() == wanted


def test_a_release_is_written_once_and_never_changes(own_city):
    first = analysis_release.newest()
    written = [path for path in settings.analysis().glob("*.parquet")]
    assert [path.stat().st_mode & 0o077 for path in written] == [0]
    assert analysis_release.newest().parts.equals(first.parts)
    assert [path for path in settings.analysis().glob("*.parquet")] == written
    written[0].write_bytes(written[0].read_bytes() + b"x")
    with pytest.raises(snapshot.SnapshotRefused, match="公開したときのものと違います"):
        analysis_release.newest()


def test_the_next_release_is_held_against_the_one_before(own_city, monkeypatch):
    first = analysis_release.newest()
    newest = snapshot.current()
    monkeypatch.setattr(analysis_release, "_wanted", lambda _offered: Kept(newest.id, newest.business_date, None))
    second = analysis_release.newest()
    then, now = (pl.read_parquet(snapshot.find(name).parquet("derived")["analysis_person"]).sort("atena_number") for name in (first.snapshot_id, newest.id))
    assert second.parts.equals(analysis_release.make(now, [(then, first.parts)]))
    assert len(list(settings.analysis().glob("*.parquet"))) == 2


def test_a_damaged_ground_is_refused(own_city):
    shutil.rmtree(settings.analysis(), ignore_errors=True)
    for path in settings.snapshots().glob("*/derived/analysis_person.parquet"):
        path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(snapshot.SnapshotRefused, match="壊れています"):
        analysis_release.newest()


@pytest.mark.parametrize("user", [OFFICER, ADMIN, AUDITOR], ids=lambda user: user.role)
def test_others_are_refused(city, user):
    with pytest.raises(NotAllowed):
        answer(user, STAGES)


def test_an_answer_is_on_record_with_what_was_asked(own_city):
    before = log.count()
    answer(ANALYST, STAGES)
    assert [(entry["actor"], entry["action"], entry["question"]) for entry in entries_after(before)] == [(ANALYST.name, "analysis.read", "analysis")]


def test_a_saved_view_is_the_section_s_and_comes_back_as_it_was(own_city):
    view = View("size", ("arrears_band", "amount_band"), "unpaid_yen", {"arrears_band": ("まとめ",)})
    saved_id = saved_analysis.save(ANALYST, "  月末の　年数別 ", view)
    assert [(each.title, each.view) for each in saved_analysis.kept(CHIEF)] == [("月末の 年数別", view)]
    assert from_plain(as_plain(view)) == view
    for title in ("月末の 年数別", "", "あ" * 41, f"番号 {MY_NUMBER}"):
        with pytest.raises(saved_analysis.SaveRefused):
            saved_analysis.save(MANAGER, title, view)
    assert MY_NUMBER not in (own_city / "store.sqlite").read_bytes().decode("latin-1"), "個人番号 is kept nowhere"
    saved_analysis.remove(MANAGER, saved_id)
    assert saved_analysis.kept(ANALYST) == []


def test_of_two_who_save_one_name_at_once_the_later_is_told(own_city, monkeypatch):
    save, append = saved_analysis.save, log.append

    def overtaken(**what: object) -> None:
        monkeypatch.setattr(saved_analysis.log, "append", append)
        save(CHIEF, "月末", STAGES)
        append(**what)

    monkeypatch.setattr(saved_analysis.log, "append", overtaken)
    with pytest.raises(saved_analysis.SaveRefused, match="同じ名前"):
        save(ANALYST, "月末", STAGES)
    assert [each.title for each in saved_analysis.kept(CHIEF)] == ["月末"]


def test_an_export_holds_the_released_sums_and_no_other_month_s(own_city, monkeypatch):
    order = export.order(ANALYST, "analysis", as_plain(STAGES), is_masked=True, purpose="分析", reason="月の会議の資料にするため")
    assert not order.needs_approval
    file = export.make(ANALYST, order)
    lines = file.content.decode("utf-8-sig").split("\r\n")
    of, found = answer(ANALYST, STAGES)
    assert lines[0] == "段階,人数,期別数,滞納額"
    assert [line.split(",") for line in lines[1:found.height + 1]] == [[str(value) for value in row] for row in rest_named(found).iter_rows()]
    assert of.snapshot_id in file.content.decode("utf-8-sig")
    assert file.atena_refs == ()
    assert export.make(ANALYST, order, is_workbook=True).content.startswith(b"PK")
    newer = analysis_release.Release("20261130T000000Z-0123abcd", date(2026, 11, 30), analysis_release.newest().parts)
    monkeypatch.setattr(analysis, "newest", lambda: newer)
    with pytest.raises(FileRefused, match="月が替わりました"):
        export.make(ANALYST, order)

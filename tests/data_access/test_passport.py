"""数字の根拠: the dictionary agrees with the questions and the labels; a passport tells of the very answer; the same once more is the same."""

import dataclasses
import hashlib
import json
from pathlib import Path

import pytest

import pages
from audit import log
from data_access import analysis, metric, passport, snapshot, statement
from data_access.analysis import View
from data_access.analysis_metric import groups, measures
from data_access.contract import labels
from data_access.metric import MetricInvalid, metrics, metrics_of
from data_access.query import ask, looking_at, offered_to
from data_access.question import QUERIES
from pages.parts import rate_parts
from tests.queries.every_question import entries_after, parameters
from tests.staff import ANALYST, CHIEF, OFFICER

QUESTIONS = sorted({question for each in metrics().values() for question, _ in each.places})
PERSONS = {"name", "atena_number_shown", "installment_key", "year_class", "due_date", "district_name", "part"}


# What the small city has none of: two days that differ, and anybody under 執行停止. Their pages are walked in tests/pages/test_passports.py.
NOTHING_HERE = {"change_terms", "change_rows", "suspension_watch", "suspension_watch_signs", "suspension_extinctions"}


def real(question: str) -> dict[str, object]:
    """Its parameters, with people whom the city has where it asks about people."""
    refs = ask(CHIEF, "district_worklist", **parameters("district_worklist"))["atena_ref"].to_list()
    asked = parameters(question, refs[0])
    return asked | ({"refs": refs, "ways": ["甲", "乙"] * (len(refs) // 2) + ["甲"] * (len(refs) % 2)} if "ways" in asked else {})


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_figure_stands_in_its_question_with_its_unit(city, question):
    answer = ask(CHIEF, question, **real(question))
    assert bool(answer.height) is (question not in NOTHING_HERE), question
    for column, each in metrics_of(question).items():
        assert column in answer.columns, (question, column)
        assert labels()[column].unit == each.unit, (each.id, column)
        assert answer[column].dtype.is_numeric(), (question, column)
    assert metric.sources_of(question)
    assert {f"restricted/{source}" for source in metric.sources_of(question)} <= snapshot.current().manifest["tables"].keys()


def test_the_dictionary_speaks_of_no_question_that_is_gone():
    assert {path.stem for path in QUERIES.glob("*.sql")} >= set(QUESTIONS) == set(metric._file()["question"])
    places = [place for each in metrics().values() for place in each.places]
    assert len(places) == len(set(places)), "one column of a question is one figure"


@pytest.mark.parametrize(("question", "columns"), [
    ("rate_by_dimension", [name for name in (*rate_parts.RATES, *rate_parts.COLUMNS) if name != "target_rate"]), ("rate_rows", ["overdue_yen"]),
    ("rate_by_month", ["received_yen", "received_so_far_yen"]), ("rate_cohort", ["assessed_yen", "collected_rate"]),
    ("rate_by_year", ["assessed_yen", "received_yen", "refund_due_yen", "written_off_yen", "outstanding_yen", "rate", "assessed_same_day_yen", "same_day_rate", "received_same_day_yen"]),
], ids=str)
def test_every_figure_of_the_rates_has_its_passport(question, columns):
    figures = {name for name in columns if labels()[name].unit in metric.UNITS} - PERSONS
    assert figures <= metrics_of(question).keys()


def test_a_passport_tells_of_this_answer_and_this_snapshot(city):
    params = parameters("rate_by_dimension") | {"dimension": "年齢"}
    answer = ask(CHIEF, "rate_by_dimension", **params)
    found, used = passport.passport("rate_by_dimension", params, answer), snapshot.current()
    assert (found.row_count, found.snapshot_id, found.params) == (answer.height, used.id, params)
    assert found.sql == (QUERIES / "rate_by_dimension.sql").read_text("utf-8")
    assert found.snapshot_sha256 == hashlib.sha256((used.folder / "manifest.json").read_bytes()).hexdigest()
    assert found.snapshot_sha256[:8] == used.id.rpartition("-")[2]
    manifest = json.loads((used.folder / "manifest.json").read_text("utf-8"))
    assert found.sources["収納履歴"] == manifest["tables"]["restricted/receipt"]["rows"]
    assert found.metrics["same_day_rate"].id == "same_day_rate"
    assert found.metrics["rate_before"].id == "rate_before"


@pytest.mark.parametrize("user", [CHIEF, OFFICER, ANALYST], ids=lambda user: user.role)
def test_the_same_once_more_is_the_same_and_on_record(city, user):
    params = parameters("rate_by_year")
    with looking_at(offered_to(user)[0].id):
        found = passport.passport("rate_by_year", params, ask(user, "rate_by_year", **params))
        before = log.count()
        result = passport.again(user, found)
    assert result == passport.Again(True, found.row_count, found.digest)
    assert [(row["actor"], row["question"]) for row in entries_after(before)] == [(user.name, "rate_by_year")]


def test_an_answer_that_was_changed_is_noticed(city):
    params = parameters("rate_by_year")
    answer = ask(CHIEF, "rate_by_year", **params)
    for changed in (answer.with_columns(assessed_yen=answer["assessed_yen"] + 1), answer.head(-1), answer.reverse(), answer.rename({"rate": "same"})):
        assert not passport.again(CHIEF, passport.passport("rate_by_year", params, changed)).is_same
    found = passport.passport("rate_by_year", params, answer)
    assert passport.again(CHIEF, dataclasses.replace(found, params={"district": "D01"})).is_same is False


GOOD = 'id = "a"\ntitle = "x"\ndefinition = "x"\narticle = "x"\nincludes = ["x"]\nexcludes = ["x"]\nquestion = "rate_by_year"\ncolumn = "rate"\nunit = "percent"\n'


@pytest.mark.parametrize("text", [GOOD.replace('"percent"', '"rate"'), GOOD.replace('definition = "x"', 'definition = ""'), GOOD.replace('includes = ["x"]', "includes = []"),
                                  GOOD + "note = 1\n", GOOD.replace('article = "x"\n', ""), GOOD + "[[metric]]\n" + GOOD], ids=["unit", "no words", "nothing", "unknown", "no article", "twice"])
def test_a_wrong_dictionary_is_refused(tmp_path, monkeypatch, text):
    (tmp_path / "metric.toml").write_text("[[metric]]\n" + text, "utf-8")
    monkeypatch.setattr(metric, "FILE", tmp_path / "metric.toml")
    monkeypatch.setattr(metric, "_file", metric._file.__wrapped__)
    with pytest.raises(MetricInvalid):
        metric.metrics.__wrapped__()


def test_every_question_of_the_dictionary_has_its_button_on_a_page():
    calls = "\n".join(path.read_text("utf-8") for path in Path(pages.__file__).parent.rglob("*.py"))
    assert [question for question in QUESTIONS if f'passport_part(user, "{question}"' not in calls and f'paged(user, "{question}"' not in calls] == []


VIEWS = [View("procedure", ("case_stage",), "people", {}), View("procedure", ("district", "case_stage"), "unpaid_yen", {}), View("payer", ("age_band",), "charge_yen", {}),
         View("size", ("arrears_band", "amount_band"), "installment_count", {})]


@pytest.mark.parametrize("user", [CHIEF, ANALYST], ids=lambda user: user.role)
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.theme + view.measure)
def test_of_a_release_it_tells_its_parts_and_a_select_that_says_the_same(own_city, user, view):
    of, answer = analysis.answer(user, view)
    found = passport.passport("analysis", analysis.as_plain(view), answer)
    assert (found.snapshot_id, found.snapshot_sha256) == (of.snapshot_id, snapshot.find(of.snapshot_id).digest)
    assert found.sources == {"公開した区分": of.parts.height}
    assert {metric.title for metric in found.metrics.values()} == {measures()[name].title for name in groups()[measures()[view.measure].group]}
    before = log.count()
    assert passport.again(user, found).is_same
    assert [(row["actor"], row["action"]) for row in entries_after(before)] == [(user.name, "analysis.read")]
    assert not passport.again(user, dataclasses.replace(found, digest="0" * 64)).is_same
    if user is ANALYST and answer.height:
        told = statement.run(ANALYST, found.sql).rows
        assert sorted(told.select(answer.columns).rows()) == sorted(answer.rows()), "an analyst may run it as it stands"


def test_of_a_release_with_a_filter_the_select_has_it_too(own_city):
    stage = analysis.answer(ANALYST, VIEWS[0])[1]["case_stage"][0]
    view = View("procedure", ("district",), "people", {"case_stage": (stage,)})
    answer = analysis.answer(ANALYST, view)[1]
    found = passport.passport("analysis", analysis.as_plain(view), answer)
    assert sorted(statement.run(ANALYST, found.sql).rows.rows()) == sorted(answer.rows())

"""執行停止候補 of one person: what the page explains is what the snapshot says, for every candidate and for nobody else."""

import re
from datetime import date, timedelta

import polars as pl
import pytest

from auth.access import NotAllowed
from data_access import connection
from data_access.criterion_trial import longest_age, trial
from data_access.query import ask, reference_of, standing
from data_access.suspension_case import release_due, suspension_case
from law import suspension
from sample_city.stories import FIRST
from tests.casework.entries import AT_ONCE
from tests.data_access.test_entries import NUMBER, PROTECTED, decide
from tests.staff import ANALYST, CHIEF, NEIGHBOUR, OFFICER

WHOLE = {"district": None, "verdict": None, "ground": None, "page_size": 10_000, "skipped": 0}


def test_every_candidate_has_its_evidence_its_ends_and_its_household(city):
    as_of = standing().as_of
    candidates = ask(CHIEF, "suspension_candidates", **WHOLE).to_dicts()
    assert len(candidates) > 4
    against, gone = [], []
    for row in candidates:
        found = suspension_case(CHIEF, row["atena_ref"], row["ground"], as_of)
        own = found.evidence.filter(found.evidence["clause"] == row["clause"]).to_dicts()
        assert len(own) == row["criterion_count"]
        assert any(each["evidence_id"] for each in own)
        assert all((each["finding"] in ("満たす", "反証")) == (each["how"] is None) for each in own)
        assert found.installments["unpaid_yen"].sum() == row["active_yen"]
        for each in found.installments.to_dicts():
            assert each["three_years_on"] == suspension.three_years_end(as_of, each["levy_kind"])
            assert each["ends_on"] == min(each["three_years_on"], each["prescription_on"] or each["three_years_on"])
        assert found.agrees
        assert bool(found.hardship and found.hardship.steps) == (found.gone is None), "of everybody who lives"
        gone += [found.gone] * (found.gone is not None)
        assert "、".join(found.lacking) == row["missing"], "what is asked to be known is what the list says is missing"
        assert bool(found.at_once) == (row["ground"] == "1号")
        against.append(found.against.with_columns(pl.lit(row["atena_ref"]).alias("atena_ref")))
    assert "死亡" in gone, "story 55"
    _against(pl.concat(against).unique())


def _against(told: pl.DataFrame) -> None:
    """Beside the カルテ's own answers, person by person: who is in work, owns a car, or has paid by themselves within the year."""
    as_of, counted = standing().as_of, 0
    for ref in told["atena_ref"].unique():
        own = told.filter(atena_ref=ref)
        cars = ask(CHIEF, "case_vehicles", atena_ref=ref).filter(pl.col("scrapped_on").is_null(), pl.col("vehicle_kind").str.contains("軽自動車|二輪の"), ownership="本人所有")
        paid = ask(CHIEF, "case_events", atena_ref=ref, kind="収納").filter(pl.col("happened_on") >= as_of - timedelta(days=365), pl.col("summary").str.contains("窓口|コンビニ|口座振替|ペイジー"))
        assert own.filter(sign="勤務先").height == ask(CHIEF, "case_employments", atena_ref=ref)["is_paying"].sum()
        assert own.filter(sign="土地・家屋").height == ask(CHIEF, "case_properties", atena_ref=ref).height
        assert sorted(own.filter(sign="車両")["happened_on"]) == sorted(cars["owned_from"])
        assert own.filter(sign="納付")["happened_on"].max() == paid["happened_on"].max()
        counted += own.height
    assert counted, "the city has candidates with something against them"


EMPLOYED = str(FIRST + 500)  # story 50: an employer whom nobody asked stands in a pay report that is newer than the answers


def test_a_newer_record_that_says_otherwise_is_named_with_its_day_and_its_number(city):
    """Everything else is met. It is 資料不足 in the list, in the counts and in the what-if, and never met by the old answer."""
    ref, as_of = reference_of(EMPLOYED), standing().as_of
    found = suspension_case(CHIEF, ref, "1号", as_of)
    rows = {row["target"]: row for row in found.evidence.to_dicts()}
    assert {target: row["finding"] for target, row in rows.items()} == {"預金": "満たす", "給与": "食い違い", "不動産": "満たす", "年金": "満たす"}
    wage, reported = rows["給与"], date(as_of.year, 1, 1)
    assert wage["dated_on"] < reported == wage["contradicted_on"]
    assert re.fullmatch(rf"給報 {as_of.year}-\d{{8}}", wage["contradiction_id"])
    assert wage["how"].startswith(f"{reported} の勤務先（{wage['contradiction_id']}）と食い違う。その勤務先に、今の給与を照会する")
    assert (rows["預金"]["contradiction"], rows["預金"]["how"]) == (None, None)
    assert found.against.filter(sign="勤務先")["happened_on"].to_list() == [reported], "one record, one day, wherever it is shown"
    assert found.lacking == ["給与：食い違い"]
    (listed,) = [row for row in ask(CHIEF, "suspension_candidates", **WHOLE).to_dicts() if row["atena_ref"] == ref]
    assert (listed["verdict"], listed["met_count"], listed["missing"]) == ("資料不足", 3, "給与：食い違い")
    lacking = ask(CHIEF, "suspension_lacking", district=None).filter(ground="1号", target="給与", finding="食い違い")
    assert lacking["person_count"].sum() >= 1
    likely = [row["count_change"] for settings in ((3_650, []), (longest_age(as_of), ["1号 無財産 給与"]))
              for row in trial(CHIEF, None, *settings).to_dicts() if (row["ground"], row["verdict"]) == ("1号", "該当の疑い")]
    assert likely[1] >= 1, "were 給与 not asked, they would be"
    rows = connection.reader(connection.engine(), CHIEF).execute("select finding from disclosed.screening_trial where atena_ref = ? and is_contradicted", [ref]).fetchall()
    assert rows == [("食い違い",)]


def test_no_answer_meets_a_criterion_beside_a_newer_record(city):
    """The whole city: wherever a search for assets is met, none of the 反する資料 of today is as new as its answer."""
    as_of, counted = standing().as_of, 0
    met = {"給与": {"勤務先"}, "不動産": {"土地・家屋"}}
    for row in ask(CHIEF, "suspension_candidates", **WHOLE).to_dicts():
        found = suspension_case(CHIEF, row["atena_ref"], row["ground"], as_of)
        for each in found.evidence.filter(pl.col("target").is_in(list(met)), finding="満たす", result="該当なし").to_dicts():
            newer = found.against.filter(pl.col("sign").is_in(list(met[each["target"]])), pl.col("happened_on") >= each["dated_on"])
            assert newer.is_empty(), (row["name"], each["target"])
            counted += 1
    assert counted, "somebody meets them"


def test_who_may_not_see_the_person_sees_nothing_of_the_case(city):
    as_of = standing().as_of
    row = ask(OFFICER, "suspension_candidates", **WHOLE).row(0, named=True)
    others = suspension_case(NEIGHBOUR, row["atena_ref"], row["ground"], as_of)
    assert (others.evidence.is_empty(), others.installments.is_empty(), others.hardship, others.against.is_empty()) == (True, True, None, True)
    with pytest.raises(NotAllowed):
        suspension_case(ANALYST, row["atena_ref"], row["ground"], as_of)


def test_an_attachment_under_the_ground_that_the_law_names_is_to_be_released():
    def owed(ground, disposition):
        return pl.DataFrame([{"suspension_ground": ground, "suspended_on": date(2026, 4, 1) if ground else None, "disposition_kind": disposition}],
                            schema={"suspension_ground": pl.String, "suspended_on": pl.Date, "disposition_kind": pl.String})

    (duty,) = release_due(owed("2号", "差押"))
    assert (duty.text, duty.article) == ("差し押さえている財産があれば、差押えを解除する", "地方税法15条の7第3項")
    assert [release_due(owed(*case)) for case in (("1号", "差押"), ("2号", None), (None, "差押"))] == [(), (), ()]


@pytest.mark.slow
def test_a_reason_of_即時消滅_that_names_a_protected_person_is_kept_back_whole(own_city):
    """It stands in the 起案, in the decision and in what the paper says; where it may be read, it is read with its ground."""
    ref, name = reference_of(NUMBER), connection.engine().connection.cursor().execute("select name from source.person where atena_number = ?", [PROTECTED]).fetchone()[0]
    keys = ask(CHIEF, "case_installments", atena_ref=ref, only_overdue=True)["installment_key"].to_list()
    given = dict(ground="1号", is_partial=True, evidence_ids=["I01"])
    plain = decide(ref, "suspension_decision", installments=keys[:1], **given, **AT_ONCE)
    papers = {user: connection.reader(connection.engine(), user).execute(
        "select body, extinction_ground from disclosed.suspension_paper where decision = ?", [plain.event_id]).fetchall() for user in (CHIEF, NEIGHBOUR)}
    assert papers[CHIEF] == [("（伏せた写しには載せない）", AT_ONCE["extinction_ground"])], "who sees names masked has a masked copy"
    assert [(AT_ONCE["extinction_reason"] in body, ground) for body, ground in papers[NEIGHBOUR]] == [(True, AT_ONCE["extinction_ground"])]
    decide(ref, "suspension_cancellation", suspended_on=plain.occurred_on, installments=keys[:1], cancel_ground="停止の誤り")
    decide(ref, "suspension_decision", installments=keys[:1], **given, **{**AT_ONCE, "extinction_reason": f"{name}が相続した。"})
    events = ask(CHIEF, "case_events", atena_ref=ref, kind="執行停止")
    assert name not in str(events.to_dicts())
    assert events.filter(body="（非表示）").height == 2, "the 起案 and the 決裁"
    assert events.filter(pl.col("summary").str.contains("即時消滅・限定承認をした相続")).height == 4

"""執行停止 on the screens from the screening to its end: 起案, 審査, 決裁, stopped in the next snapshot, 取消, and open again."""

import re

import polars as pl
import pytest

from auth import second_factor, step_up
from casework import ledger
from data_access.intake import take_in
from data_access.query import ask, reference_of, standing
from data_access.suspension_case import against_counts, speaking_against, suspension_case
from law.files import values_on
from law.suspension_watch import FILE, SETTING
from pages.case import KINDS
from pages.parts.suspension_form import proposable
from pages.suspension_candidates import INVESTIGATED, PAGE_SIZE, RECORDS
from sample_city.stories import FIRST
from tests.data_access.feeds import DAY_ONE, DAY_TWO, Feed
from tests.data_access.test_entries import officer_of, take_in_again
from tests.pages.screen import Screen, show
from tests.staff import CHIEF, MANAGER, NEIGHBOUR

NUMBER = str(FIRST + 130)  # story 13: 1号, every criterion met
NAME = "倉見　健"


def keyed(elements, start: str):
    return next(each for each in elements if each.key.startswith(start))


def press(screen: Screen, start: str, reason: str | None = None) -> Screen:
    """Tick every confirmation beside the button whose key begins so, say why, and press it."""
    button = keyed(screen.at.button, start)
    event_id = button.key.rpartition("_")[2]
    keyed(screen.at.checkbox, f"confirmed_{event_id}").set_value(True)
    if reason:
        keyed(screen.at.text_area, f"reason_{event_id}").set_value(reason)
    screen.run()
    screen.run(keyed(screen.at.button, start).click())
    assert not screen.at.error, [error.value for error in screen.at.error]
    return screen


def candidate(user=NEIGHBOUR) -> Screen:
    return show(user, "suspension_candidates", screened=(reference_of(NUMBER), NAME, "1号"), ground="1号")


def step(user) -> Screen:
    """The one proposal that waits, opened and taken one step further by `user`."""
    (waiting,) = ask(user, "waiting_decisions", kind="執行停止", district=None).to_dicts()
    return press(show(user, "suspension_candidates", waiting_decision=waiting["proposal_id"]), "step_")


def listed_state(screen: Screen) -> str | None:
    """状態 of the candidate in the list."""
    (frame,) = [frame.value for frame in screen.at.dataframe if "matter_state" in frame.value.columns]
    return frame.set_index("name")["matter_state"][NAME]


def offered(screen: Screen) -> list[str]:
    return [button.key for button in screen.at.button if button.key.startswith("propose_")]


def kinds() -> list[str]:
    return [event.kind for event in ledger.events_of(NUMBER)]


def suspended() -> set[bool]:
    owed = ask(CHIEF, "case_installments", atena_ref=reference_of(NUMBER), only_overdue=True)
    return set(owed["suspension_ground"].is_not_null())


@pytest.mark.slow
def test_from_the_screening_to_the_cancellation(own_city, confirmed):
    said = press(candidate(), "propose_", "財産調査の全件で財産がない。")
    assert "起案しました。" in said.at.success[0].value
    assert offered(said) == [], "one proposal at a time"
    assert listed_state(candidate()) == "審査待ち"
    assert not [button for button in show(MANAGER, "suspension_candidates").at.button if button.key.startswith("step_")]
    step(CHIEF)
    assert "本人に通知" in step(MANAGER).at.success[0].value
    assert kinds() == ["suspension_decision_proposal", "suspension_decision_review", "suspension_decision"]
    assert (suspended(), ledger.events_of(NUMBER)[-1].payload["is_partial"]) == ({False}, False)
    decided = candidate()
    assert (listed_state(decided), offered(decided)) == ("決裁済", []), "the ledger would refuse a second one"
    assert not [one for each in decided.at.multiselect if each.key.startswith("people_") for one in each.options if reference_of(NUMBER) in one]
    assert take_in_again(own_city).is_published
    assert suspended() == {True}
    assert reference_of(NUMBER) not in set(ask(CHIEF, "suspension_candidates", ground=None, verdict=None, district=None, page_size=10_000, skipped=0)["atena_ref"])
    case = show(NEIGHBOUR, "case", case_ref=reference_of(NUMBER))
    keyed(case.at.selectbox, "ground_").set_value("資力の回復")
    waits = press(case, "propose_", "就職したと本人から連絡があった。")
    assert "この人の停止の取消は、起案されています" in waits.words()
    step(CHIEF)
    step(MANAGER)
    assert kinds()[3:] == ["suspension_cancellation_proposal", "suspension_cancellation_review", "suspension_cancellation"]
    stood_on = [event.payload["basis"] for event in ledger.events_of(NUMBER) if event.kind.endswith("proposal")]
    assert [len(basis["installments"]) for basis in stood_on] == [len(event.payload["installments"]) for event in ledger.events_of(NUMBER)[::3]]
    assert {each["finding"] for each in stood_on[0]["evidence"]} == {"満たす"}
    again = show(NEIGHBOUR, "case", case_ref=reference_of(NUMBER))
    assert not [box.key for box in again.at.selectbox if box.key.startswith("ground_")], "it is taken back already: the ledger would refuse a second one"
    assert "取り消せません" in again.words()
    listed = show(NEIGHBOUR, "suspension_watch", watch_view="決定と文書")
    assert [told.partition("令和")[0] for told in listed.cells("summary")] == ["執行停止の取消（資力の回復）", "執行停止（1号）"]
    assert take_in_again(own_city).is_published
    assert suspended() == {False}


def test_who_sees_which_button(own_city, monkeypatch):
    """The proposer takes back, the next in line steps or sends back, the others read."""
    press(candidate(), "propose_", "財産がない。")
    (waiting,) = ask(CHIEF, "waiting_decisions", kind="執行停止", district=None).to_dicts()
    shown = {user.name: {button.key.partition("_")[0] for button in show(user, "suspension_candidates", waiting_decision=waiting["proposal_id"]).at.button}
             & {"step", "decline"} for user in (NEIGHBOUR, CHIEF, MANAGER)}
    assert shown == {NEIGHBOUR.name: {"decline"}, CHIEF.name: {"step", "decline"}, MANAGER.name: set()}
    assert "財産がない。" in show(CHIEF, "suspension_candidates", waiting_decision=waiting["proposal_id"]).words()
    left = show(CHIEF, "suspension_candidates", waiting_decision=waiting["proposal_id"])
    assert keyed(left.at.button, "step_").disabled, "not before 本人の再確認"
    assert "認証コード" not in next(told.value for told in left.at.caption if "開いたタブで" in told.value), "the account has none"
    monkeypatch.setattr(second_factor, "is_asked_of", lambda _name: True)
    assert "パスワードと認証コードを" in left.run().words()
    monkeypatch.setattr(step_up, "is_fresh", lambda _sid: True)
    button = keyed(left.run().at.button, "step_")
    keyed(left.at.checkbox, f"confirmed_{button.key.partition('_')[2]}").set_value(True)
    monkeypatch.setattr(step_up, "is_fresh", lambda _sid: False)
    left.run(button.click())
    assert "本人の再確認" in left.at.error[0].value, "a screen left open past the five minutes"
    assert kinds() == ["suspension_decision_proposal"]
    back = press(show(CHIEF, "suspension_candidates", waiting_decision=waiting["proposal_id"]), "decline_", "勤務先を確かめる。")
    assert "起案は進みません" in back.at.success[0].value
    assert kinds() == ["suspension_decision_proposal", "suspension_decision_declining"]


@pytest.mark.slow
def test_what_a_partial_stop_leaves_can_still_be_proposed(own_city, confirmed):
    form = candidate()
    scope = keyed(form.at.multiselect, "scope_")
    first, rest = scope.value[:1], scope.value[1:]
    assert rest
    scope.set_value(first)
    press(form, "propose_", "一部だけを停止する。")
    step(CHIEF)
    assert listed_state(candidate()) == "決裁待ち"
    step(MANAGER)
    left = candidate()
    assert listed_state(left) == "一部決裁済"
    assert keyed(left.at.multiselect, "scope_").value == rest
    press(left, "propose_", "残りも停止する。")
    assert ledger.events_of(NUMBER)[-1].payload["is_partial"] is False, "of what may still be stopped it is all"


def test_several_of_one_号_are_proposed_at_once(own_city):
    screen = show(CHIEF, "suspension_candidates", ground="1号", verdict="該当の疑い")
    people = keyed(screen.at.multiselect, "people_")
    chosen = people.options[:2]
    refs = [option.split("　")[-2] for option in chosen]
    people.set_value(refs)
    press(screen, f"batch_{people.key.removeprefix('people_')}", "財産調査の全件で財産がない。")
    waiting = ask(CHIEF, "waiting_decisions", kind="執行停止", district=None)
    assert set(waiting["atena_ref"]) == set(refs)
    assert ledger.last_seq() == len(refs) >= 1


def test_whoever_has_records_against_is_not_proposed_in_a_batch(own_city, monkeypatch):
    """Not offered; and refused at the click when a record has come in between."""
    as_of = standing().as_of
    every = ask(CHIEF, "suspension_candidates", ground=None, verdict="該当の疑い", district=None, page_size=10_000, skipped=0)
    counts = against_counts(CHIEF, every, as_of)
    found = [speaking_against(CHIEF, row["atena_ref"], row["ground"], as_of)["sign"] for row in every.iter_rows(named=True)]
    assert counts == [(signs.len(), signs.is_in(["勤務先", "土地・家屋", "車両", "財産調査"]).sum()) for signs in found]
    assert max(total for total, _ in counts) > 0
    with_some = {row["atena_ref"] for row, (_, means) in zip(every.iter_rows(named=True), counts, strict=True) if means}
    for ground in ("1号", "2号"):
        screen = show(CHIEF, "suspension_candidates", ground=ground, verdict="該当の疑い")
        offered_to = {option.split("　")[-2] for box in screen.at.multiselect if box.key.startswith("people_") for option in box.options}
        assert not offered_to & with_some
    screen = show(CHIEF, "suspension_candidates", ground="1号", verdict="該当の疑い")
    people = keyed(screen.at.multiselect, "people_")
    people.set_value([people.options[0].split("　")[-2]])
    event_id = people.key.removeprefix("people_")
    keyed(screen.at.checkbox, f"confirmed_{event_id}").set_value(True)
    keyed(screen.at.text_area, f"reason_{event_id}").set_value("財産がない。")
    monkeypatch.setattr("pages.parts.suspension_form.speaking_against", lambda *_: pl.DataFrame({"sign": ["勤務先", "納付"]}))
    screen.run(keyed(screen.at.button, f"batch_{event_id}").click())
    assert "差し押さえられるものの記録）が1件あります" in screen.at.error[0].value
    assert ledger.last_seq() == 0


def test_everything_that_is_neither_stopped_nor_ended_can_be_proposed(city):
    """Also what was due yesterday and has had no 督促 yet: otherwise a 決議書 would say 全部 and leave it out."""
    every = ask(CHIEF, "suspension_candidates", ground=None, verdict=None, district=None, page_size=10_000, skipped=0)
    fresh = 0
    for ref in sorted(set(every["atena_ref"])):
        owed = ask(CHIEF, "suspension_installments", atena_ref=ref)
        assert owed["is_extinct"].null_count() == 0
        assert set(proposable(owed)["installment_key"]) == {row["installment_key"] for row in owed.iter_rows(named=True) if not row["is_extinct"]}
        fresh += owed["claim_state"].null_count()
    assert fresh > 0, "the city has some before their 督促"


@pytest.mark.slow
def test_what_is_lacking_and_what_speaks_against_is_known_to_all_three(own_city):
    """資料不足 is proposed only by who says so; the reviewer reads both; a record leads to where the カルテ has it."""
    lacking = ask(CHIEF, "suspension_candidates", ground=None, verdict="資料不足", district=None, page_size=10_000, skipped=0).filter(pl.col("met_count") > 0)
    row, against = next((row, own) for row in lacking.iter_rows(named=True) if (own := suspension_case(CHIEF, row["atena_ref"], row["ground"], standing().as_of).against).height)
    state = dict(screened=(row["atena_ref"], row["name"], row["ground"]), ground=row["ground"], verdict="資料不足")
    form = show(CHIEF, "suspension_candidates", **state)
    assert any(row["missing"] in warning.value for warning in form.at.warning)
    assert "審査できる人" in form.words() or "ほかに審査できる係長がいません" in form.words(), "nobody reviews their own"
    assert [frame.value["target"].to_list() for frame in form.at.dataframe if "against" in frame.value.columns] == [against["sign"].to_list()], "beside the checklist"
    button = keyed(form.at.button, "propose_")
    event_id = button.key.rpartition("_")[2]
    keyed(form.at.checkbox, f"confirmed_{event_id}").set_value(True)
    keyed(form.at.text_area, f"reason_{event_id}").set_value("残りの照会は同じ結果とみる。")
    form.run(button.click())
    assert "足りない資料があります" in form.at.error[0].value
    keyed(form.at.checkbox, f"lacking_{event_id}").set_value(True)
    form.run(keyed(form.at.button, "propose_").click())
    assert not form.at.error
    (waiting,) = ask(CHIEF, "waiting_decisions", kind="執行停止", district=None).to_dicts()
    assert "、".join(waiting["lacking"]) == "、".join(sorted(row["missing"].split("、")))
    assert "資料不足のまま" in waiting["summary"]
    reviewer = show(MANAGER, "suspension_candidates", waiting_decision=waiting["proposal_id"])
    assert any("資料不足のままの起案です" in warning.value for warning in reviewer.at.warning)
    (told,) = [warning.value for warning in reviewer.at.warning if "停止に反する資料が" in warning.value]
    assert told.endswith("なければ差し戻してください。"), "who decides has no reason to write"
    own = show(CHIEF, "suspension_candidates", waiting_decision=waiting["proposal_id"])
    assert not [button for button in own.at.button if button.key.startswith("step_")]
    assert "自分では審査でき" in own.words()


def test_the_page_names_the_newer_record_and_what_to_ask(city):
    """Story 50: no 該当の疑い, and beside what is lacking the employer's report with its day, as the office writes it."""
    everybody = ask(CHIEF, "suspension_candidates", ground="1号", verdict="資料不足", district=None, page_size=10_000, skipped=0)
    place = everybody["atena_ref"].to_list().index(reference_of(str(FIRST + 500)))
    ref, name = everybody.select("atena_ref", "name").row(place)
    screen = show(CHIEF, "suspension_candidates", screened=(ref, name, "1号"), ground="1号", verdict="資料不足", suspension_page=place // PAGE_SIZE + 1)
    (told,) = [text for frame in screen.at.dataframe if "how" in frame.value.columns for text in frame.value["how"] if "食い違う" in text]
    assert re.fullmatch(r"R08\.01\.01 の勤務先（給報 2026-\d{8}）と食い違う。その勤務先に、今の給与を照会する（国税徴収法141条・146条の2）", told)
    assert any("給与：食い違い" in warning.value for warning in screen.at.warning), "who proposes it all the same has to say so"
    (listed,) = [frame.value for frame in screen.at.dataframe if "matter_state" in frame.value.columns]
    assert listed.iloc[place % PAGE_SIZE][["verdict", "missing"]].to_list() == ["資料不足", "食い違い 給与"]


def test_every_record_leads_to_a_place_that_the_カルテ_has(city):
    case = show(CHIEF, "case", case_ref=reference_of(NUMBER))
    places = [*RECORDS.values(), INVESTIGATED]
    assert {tab for tab, _ in places} <= {tab.label for tab in case.at.tabs}
    assert {kind for _, kind in places} - {None} <= set(KINDS)
    assert {each["sign"] for each in values_on(FILE, SETTING, standing().as_of) if "against" in each} <= {*RECORDS, "財産調査"}


@pytest.mark.slow
def test_who_decides_is_told_that_it_is_no_candidate_any_more(eve):
    """Story 56, 2号: an income reported after the 起案 refutes the 家計. What is lacking is no other than before, and says nothing of it."""
    ref = reference_of(str(FIRST + 560))
    press(show(officer_of(ref), "suspension_candidates", screened=(ref, "国府　千鶴", "2号"), ground="2号"), "propose_", "収入は月7万5千円。")
    (waiting,) = ask(CHIEF, "waiting_decisions", kind="執行停止", district=None).to_dicts()
    assert not show(CHIEF, "suspension_candidates", waiting_decision=waiting["proposal_id"]).at.error
    feed = Feed("resident_tax")
    number, salary = feed.at("atena_number"), feed.at("salary_revenue_yen")
    own = [row for row in Feed("resident_tax", DAY_ONE).rows() if row[number] == str(FIRST + 560)]
    assert own
    feed.write([*feed.rows(), *([*row[:salary], "6000000", *row[salary + 1:]] for row in own)])
    assert take_in(DAY_TWO).is_published
    reviewer = show(CHIEF, "suspension_candidates", waiting_decision=waiting["proposal_id"])
    assert [told.value for told in reviewer.at.error if "いまは2号の候補ではありません" in told.value]
    assert "反証" in {finding for frame in reviewer.at.dataframe if "finding" in frame.value.columns for finding in frame.value["finding"]}

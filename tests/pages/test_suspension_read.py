"""What who proposes, reviews and decides a 執行停止 reads beside it: death and heirs, what came after the 起案, a 速報, and who was faster."""

import re
import uuid

import polars as pl
import pytest

from casework import ledger
from casework.case_decision import propose
from data_access import snapshot
from data_access.intake import take_in
from data_access.query import ask, reference_of, standing, subject
from data_access.suspension_case import suspension_case
from pages import suspension_candidates as candidates
from pages import suspension_watch as watch
from pages import write_off
from pages.parts import decision_part, write_off_evidence, write_off_form
from pages.suspension_candidates import ARRIVED
from sample_city.stories import FIRST
from tests.data_access.feeds import DAY_TWO, Feed
from tests.data_access.test_entries import decide, officer_of, write
from tests.pages.screen import Screen, show
from tests.pages.test_suspension_way import NAME, NUMBER, candidate, keyed, press
from tests.staff import CHIEF, MANAGER, NEIGHBOUR

DEAD = str(FIRST + 550)  # story 55: dead, and the one heir has renounced
PAGE, FRAME = 820, 787  # pixels of a table at 1,280: on the page, and in the frame of a 起案
UNTOLD = ("missing", "last_payment_on")  # one of the two stands in the table of candidates
TABLES = {
    "審査・決裁を待つもの": (decision_part.COLUMNS, PAGE), "証拠": (candidates.EVIDENCE, FRAME), "足りない資料": (candidates.LACKING, FRAME), "反する資料": (candidates.AGAINST, FRAME),
    "兆しの資料": (candidates.SIGNS, FRAME), "家計": (candidates.STEPS, FRAME), "即時消滅": (watch.AT_ONCE, PAGE), "到来": (watch.ARRIVING_WIDTHS, PAGE),
    "欠損の証拠": ({name: width for name, width in write_off_evidence.COLUMNS.items() if name != "marks"}, FRAME),
    **{f"候補（{each}なし）": ({name: width for name, width in candidates.CANDIDATES.items() if name != each}, PAGE) for each in UNTOLD},
}  # fmt: skip
CUT = {  # wholly seen but for the last column, which is one to do without
    "監視": ({name: watch.WIDTHS[name] for name in watch.SIGNED}, "district_name"), "欠損の候補": (write_off.CANDIDATES, "charge_yen"), "決裁した欠損": (write_off_form.DECIDED, "written_by"),
}  # fmt: skip
AT_ONCE = {"extinction_ground": "徴収できないことが明らか", "extinction_reason": "相続人がいない。"}


def wait_for(ref: str, officer=None, basis: dict | None = None, **more: object) -> dict:
    """A 停止 of everything that the person owes, proposed by their officer: the row that waits."""
    officer = officer or officer_of(ref)
    fields = {"ground": "1号", "installments": ask(officer, "suspension_installments", atena_ref=ref)["installment_key"].to_list(), "is_partial": False,
              "is_immediate": False, "evidence_ids": ["I01"], **more}
    propose(officer, subject(officer, ref), "suspension_decision", event_id=str(uuid.uuid4()), expected_version=version(ref), reason="財産がない。", today=DAY_TWO, fields=fields, basis=basis)
    return ask(CHIEF, "waiting_decisions", kind="執行停止", district=None).row(-1, named=True)


def version(ref: str) -> int:
    return ask(CHIEF, "case_head", atena_ref=ref)["note_version"][0]


def opened(user, waiting: dict) -> Screen:
    return show(user, "suspension_candidates", waiting_decision=waiting["proposal_id"])


def told(elements, word: str) -> list[str]:
    return [each.value for each in elements if word in each.value]


def test_who_decides_on_an_即時消滅_reads_the_death_and_the_heirs(own_city):
    """The 係長 and the 課長 read no 住民票 in the カルテ; here they read the day and how many heirs are on file, and no name of one."""
    ref = reference_of(DEAD)
    waiting = wait_for(ref, is_immediate=True, **AT_ONCE)
    died_on = next(row["state_changed_on"] for row in ask(officer_of(ref), "case_head", atena_ref=ref).to_dicts())
    for reader in (CHIEF, MANAGER):
        assert ask(reader, "case_head", atena_ref=ref)["state_changed_on"].null_count() == 1
        assert ask(reader, "suspension_heirs", atena_ref=ref).to_dicts() == [
            {"resident_state": "死亡", "state_changed_on": died_on, "heir_count": 1, "renounced_count": 1, "unborne_yen": waiting["proposed_yen"], "noted_count": 0}]
        screen = opened(reader, waiting)
        (line,) = told(screen.at.info, "死亡（")
        assert f"令和{died_on.year - 2018}年{died_on.month}月{died_on.day}日" in line
        assert "記録にある相続人 1人の全員が放棄。次の順位の相続人がいないかは、この記録では未確認です。" in line
        assert not told(screen.at.warning, "放棄の記録がない相続人がいます")
    write(ref, "succession", opened_on=died_on, death_ground="戸籍", heir_atena_number=NUMBER, share_numerator=1, share_denominator=1)
    screen = opened(CHIEF, waiting)
    assert told(screen.at.info, "ほかに、基準日の後に記録した承継が1件。")
    assert told(screen.at.warning, "相続人がいないことを即時消滅の事由にはできません"), "an heir who bears the debt"


def test_the_living_are_said_to_live_when_their_debt_is_to_end_at_once(own_city):
    screen = opened(CHIEF, wait_for(reference_of(NUMBER), is_immediate=True, **AT_ONCE))
    assert told(screen.at.text, "死亡の記録はありません（住民票は現住）")
    ended = opened(CHIEF, wait_for(reference_of(str(FIRST + 560)), ground="2号"))
    assert not told(ended.at.info, "死亡") + told(ended.at.text, "死亡"), "of an ordinary 停止 only whoever is dead"


def test_the_heirs_on_file_are_those_of_the_カルテ(city):
    """Everybody who is dead: as many as the カルテ lists, and nobody looked for is said so, never 「いない」."""
    dead = [row["atena_ref"] for row in ask(NEIGHBOUR, "district_worklist", queue=None, district=None, sort="急ぐ順", page_size=10_000, skipped=0).to_dicts()]
    dead += [reference_of(str(FIRST + story * 10)) for story in (53, 54, 55)]
    seen = set()
    for ref in dead:
        for row in ask(CHIEF, "suspension_heirs", atena_ref=ref).iter_rows(named=True):
            heirs = ask(CHIEF, "case_heirs", atena_ref=ref)
            assert row["heir_count"] == heirs.filter(pl.col("basis") != "残り").height
            assert (row["unborne_yen"] or 0) == heirs.filter(basis="残り")["share_yen"].sum()
            seen.add((row["resident_state"] == "死亡", row["heir_count"] > 0))
    assert {(True, True), (False, False)} <= seen


def test_a_dead_person_has_no_household_to_reckon(city):
    found = suspension_case(CHIEF, reference_of(DEAD), "1号", standing().as_of)
    assert (found.gone, found.hardship, found.steps.height) == ("死亡", None, 0)
    listed = ask(CHIEF, "suspension_candidates", ground="1号", verdict="該当の疑い", district=None, page_size=10_000, skipped=0).filter(atena_ref=reference_of(DEAD))
    screen = show(CHIEF, "suspension_candidates", screened=(reference_of(DEAD), listed["name"][0], "1号"), ground="1号", verdict="該当の疑い")
    assert told(screen.at.caption, "計算していません。この人は死亡で、窮迫する生活がここにないためです")
    assert told(screen.at.info, "死亡（"), "the proposer reads it too"
    assert "世帯の収入は月" not in screen.words()
    keyed(screen.at.checkbox, "immediate_").set_value(True)
    screen.run()
    assert not told(screen.at.warning, "放棄の記録がない相続人がいます")


@pytest.mark.slow
def test_what_came_after_the_起案_is_marked_for_who_decides(eve):
    """A car of the second day: in one line first, and beside the record. What the 起案 had is not marked."""
    ref = reference_of(NUMBER)
    press(show(officer_of(ref), "suspension_candidates", screened=(ref, NAME, "1号"), ground="1号"), "propose_", "財産がない。")
    (waiting,) = ask(CHIEF, "waiting_decisions", kind="執行停止", district=None).to_dicts()
    before = opened(CHIEF, waiting)
    assert not told(before.at.warning, "起案の後に届いた資料")
    known = suspension_case(CHIEF, ref, "1号", standing().as_of)
    feed = Feed("light_vehicle")
    feed.write([*feed.rows(), feed.row(vehicle_number="99000009", atena_number=NUMBER, plate="いなば 580 あ 0009", vehicle_kind="軽自動車（乗用）", owned_from=DAY_TWO.isoformat(),
                                       ownership="本人所有", yearly_tax_yen="10800")])
    assert take_in(DAY_TWO).is_published
    screen = opened(CHIEF, waiting)
    (line,) = told(screen.at.warning, "起案の後に届いた資料があります")
    assert "**車両**" in line
    words = [each.value for each in screen.at.warning]
    assert words.index(line) == 0, "before everything else"
    (against,) = [frame.value for frame in screen.at.dataframe if "against" in frame.value.columns]
    assert dict(zip(against["target"], against["arrived"], strict=True))["車両"] == ARRIVED
    assert (against["arrived"] == ARRIVED).sum() == 1
    assert len(against) == known.against.height + 1
    assert not [frame for frame in screen.at.dataframe if {"meaning", "arrived"} <= set(frame.value.columns)], "no criterion has another record"


def test_a_起案_without_a_copy_says_that_it_cannot_be_compared(own_city):
    assert told(opened(CHIEF, wait_for(reference_of(NUMBER))).at.caption, "資料の写しがない")


@pytest.mark.slow
def test_a_速報_is_said_where_a_停止_is_proposed_and_decided(eve):
    """A payment of today that is not booked: named with 期別 and yen to the proposer, the 係長 and the 課長; not proposed with others at once."""
    ref = reference_of(NUMBER)
    key, yen = ask(CHIEF, "suspension_installments", atena_ref=ref).select("installment_key", "unpaid_yen").row(0)
    feed, (notice, number) = Feed("flash_receipt"), key.split("-")
    feed.write([*feed.rows(), feed.row(flash_number="999999999999", notice_number=notice, installment_no=number, paid_on=DAY_TWO.isoformat(), paid_yen=str(yen), channel="コンビニ", is_deleted="0")])
    assert take_in(DAY_TWO).is_published
    paid = f"第{int(number)}期 {yen:,}円"
    screen = candidate(officer_of(ref))
    (line,) = told(screen.at.warning, "納付の速報があります")
    assert paid in line
    assert line.endswith("起案してください。")
    people = keyed(screen.at.multiselect, "people_")
    people.set_value([ref])
    event_id = people.key.removeprefix("people_")
    keyed(screen.at.checkbox, f"confirmed_{event_id}").set_value(True)
    keyed(screen.at.text_area, f"reason_{event_id}").set_value("財産がない。")
    screen.run(keyed(screen.at.button, f"batch_{event_id}").click())
    assert told(screen.at.error, "納付の速報があります（消込み前）。一人ずつ起案してください。")
    assert ledger.last_seq() == 0
    waiting = wait_for(ref)
    for reader in (CHIEF, MANAGER):
        (line,) = told(opened(reader, waiting).at.warning, "納付の速報があります")
        assert paid in line
        assert line.endswith("決裁してください。")


def test_who_had_it_open_is_told_once_by_whom_it_was_decided(own_city, confirmed):
    """Also of a second tab of the same person; not of what this very screen did, and not of another list."""
    waiting = wait_for(reference_of(NUMBER))
    mine, other = opened(CHIEF, waiting), opened(CHIEF, waiting)
    press(other, "decline_", "勤務先を確かめる。")
    assert "起案は進みません" in other.at.success[0].value
    assert not told(other.at.text, "開いていた"), "this screen did it, and has said so"
    had = {"opened_decision": (waiting["proposal_id"], waiting["atena_ref"])}
    assert not told(show(CHIEF, "write_off", **had).at.text, "開いていた"), "the other list says nothing of it"
    assert told(show(CHIEF, "suspension_candidates", **had).at.text, "開いていた")
    (line,) = told(mine.run().at.text, "開いていた")
    assert re.fullmatch(rf"開いていた執行停止の起案（参照番号 {waiting['atena_ref']}）は、{CHIEF.display_name}が差し戻しました（R\d\d\.\d\d\.\d\d \d\d:\d\d）。", line)
    assert not told(mine.run().at.text, "開いていた"), "once"


@pytest.mark.slow
def test_nobody_is_urged_to_seize_for_what_was_stopped_today(own_city):
    """Until the next snapshot says 停止中: off the lists and the home, the カルテ says that it is decided, and no 期別 says 差押可能. Taken back, they are there again."""
    seizable = pl.read_parquet(snapshot.current().folder / "derived" / "case_installment.parquet").filter("is_overdue", claim_state="差押可能")
    ref = next(ref for number in seizable["atena_number"].unique().sort() if queues(ref := reference_of(number)) and ask(CHIEF, "case_head", atena_ref=ref).height)
    owed = ask(CHIEF, "case_installments", atena_ref=ref, only_overdue=True).filter(pl.col("claim_state").ne_missing("消滅"))
    keys, before = owed["installment_key"].to_list(), queues(ref)
    counted = ask(CHIEF, "worklist_queues", district=None)
    decide(ref, "suspension_decision", ground="1号", installments=keys[:1], is_partial=True, is_immediate=False, evidence_ids=["I01"])
    (part,) = ask(CHIEF, "case_stopped", atena_ref=ref).to_dicts()
    assert (part["stopped_on"], part["stopped_count"], part["extinguished_count"], part["stopped_yen"], part["is_whole"]) == (DAY_TWO, 1, 0, owed["unpaid_yen"][0], len(keys) == 1)
    assert "差押可能" in set(owed["claim_state"])
    assert states(ref)[keys[0]] != "差押可能"
    if keys[1:]:
        assert queues(ref) <= before
        decide(ref, "suspension_decision", ground="1号", installments=keys[1:], is_partial=False, is_immediate=False, evidence_ids=["I01"])
    assert "差押可能" not in states(ref).values()
    assert queues(ref) <= {"時効経過"}
    after = ask(CHIEF, "worklist_queues", district=None)
    assert counted["case_count"].sum() - after["case_count"].sum() == len(before - {"時効経過"})
    assert ref not in set(ask(CHIEF, "home_deadlines", days=10_000)["atena_ref"])
    screen = show(CHIEF, "case", case_ref=ref)
    (line,) = told(screen.at.info, "執行停止の決裁済")
    assert f"{len(keys)}期 {owed['unpaid_yen'].sum():,}円" in line
    assert "差押などの滞納処分はしない" in line
    assert "即時消滅" not in line
    assert not [state for state in screen.cells("state") if "差押可能" in state]
    decide(ref, "suspension_cancellation", suspended_on=DAY_TWO, installments=keys, cancel_ground="停止の誤り")
    assert queues(ref) == before
    assert ask(CHIEF, "case_stopped", atena_ref=ref).is_empty()


def queues(ref: str) -> set[str]:
    return set(ask(CHIEF, "case_reasons", atena_ref=ref)["queue"])


def states(ref: str) -> dict[str, str | None]:
    return dict(ask(CHIEF, "case_installments", atena_ref=ref, only_overdue=True).select("installment_key", "claim_state").iter_rows())


def test_what_was_extinguished_today_is_said_to_be_gone(own_city):
    """即時消滅 of everything that the dead of story 55 owed: the カルテ says so before the next snapshot does."""
    ref = reference_of(DEAD)
    keys = ask(CHIEF, "suspension_installments", atena_ref=ref)["installment_key"].to_list()
    decide(ref, "suspension_decision", ground="1号", installments=keys, is_partial=False, is_immediate=True, evidence_ids=["I01"], **AT_ONCE)
    (line,) = told(show(CHIEF, "case", case_ref=ref).at.info, "執行停止の決裁済")
    assert f"うち{len(keys)}期は即時消滅（納付義務が消えている）" in line


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_seen_at_1280_pixels(name):
    widths, room = TABLES[name]
    assert sum(widths.values()) <= room
    with_arrived = candidates._told_widths(widths, pl.DataFrame({"arrived": [ARRIVED]}))
    assert sum(with_arrived.values()) == sum(widths.values()), "what came later is said at the expense of the widest"


@pytest.mark.parametrize("name", CUT)
def test_only_the_last_column_may_be_cut(name):
    widths, last = CUT[name]
    assert list(widths)[-1] == last
    assert sum(widths.values()) - widths[last] <= PAGE


def test_a_column_that_says_nothing_of_anybody_is_left_out(city):
    """Nothing was reversed and nobody has paid meanwhile: no 欠損の記録. And what is not stopped is called so."""
    assert not [frame for frame in show(CHIEF, "write_off").at.dataframe if "marks" in frame.value.columns]
    words = show(CHIEF, "suspension_candidates").words()
    assert "停止前の滞納額" not in words
    assert "未停止の額は、納期限を過ぎた未納のうち、執行停止していない期別の本料。" in words

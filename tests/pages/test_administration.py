"""復元と論理消去 on screen: proposed by one, approved by another, said what carries it out, and what is refused."""

import uuid

import pytest

from auth import step_up
from casework import approval, ledger, levy_erasure, snapshot_rollback
from casework.levy_erasure import ERASURE
from casework.snapshot_rollback import ROLLBACK
from data_access import erased, erasure_preview, lineage, query, rollback
from tests import staff
from tests.conftest import CLOCK
from tests.pages.screen import Screen, show

REASON = "昨日の連携に誤りがあった。"
PAGE = "administration"
FIGURES = {"snapshot_id": "20261030T000000Z-00000000", "notice_count": 3, "assessed_yen": 30_000, "digest": "ab" * 32}


def press(screen: Screen, label: str) -> Screen:
    return screen.run(next(button for button in screen.at.button if button.label == label).click())


def propose(screen: Screen, label: str, reason: str = REASON, *, confirm: bool = True) -> Screen:
    """Fill in the only form of the matter that `label` belongs to."""
    place = 0 if label == "復元を提案する" else -1
    screen.at.text_area[place].set_value(reason)
    if confirm:
        screen.at.checkbox[place].check()
    return press(screen, label)


def approve(user) -> Screen:
    screen = show(user, PAGE)
    screen.at.checkbox[0].check()
    return press(screen, "承認する")


def proposed(user=staff.CHIEF, matter=ROLLBACK, **content) -> ledger.Event:
    """A proposal written past the screen."""
    fields = {"event_id": str(uuid.uuid4()), "expected_version": ledger.version_of(matter.name), "reason": REASON, "today": CLOCK.business_date}
    if matter is ERASURE:
        return levy_erasure.propose(user, **FIGURES | content, **fields)
    newest, older = query.kept()
    return snapshot_rollback.propose(user, target=older.id, leaving=newest.id, **fields)


@pytest.mark.parametrize("user", [staff.CHIEF, staff.ADMIN], ids=lambda user: user.name)
def test_a_rollback_from_the_proposal_to_the_older_day(own_city, confirmed, user):
    newest, older = query.kept()
    screen = propose(show(user, PAGE), "復元を提案する")
    waits = approval.waiting(ROLLBACK)
    assert (waits.payload["target"], waits.payload["leaving"], waits.payload["reason"], waits.actor) == (older.id, newest.id, REASON, user.name)
    assert screen.at.success[0].value == "提案しました。課長が承認するまで、何も変わりません。"
    assert "提案した人とは別の、課長が承認します。" in screen.words()
    assert not [button for button in screen.at.button if button.label == "承認する"]
    with pytest.raises(rollback.RollbackRefused):
        rollback.roll_back()
    after = approve(staff.MANAGER)
    assert "python -m data_access.rollback" in after.at.success[0].value
    assert "まだ実行されていません" in after.at.info[0].value
    assert query.kept()[0].id == newest.id, "the page carries nothing out"
    rollback.roll_back()
    assert "は、実行されています。" in show(staff.MANAGER, PAGE).words()
    feeds = show(staff.AUDITOR, "feeds")
    assert "取下げ" in feeds.cells("全体")
    assert "復元" in feeds.cells("outcome", 1)
    assert older.id in feeds.cells("snapshot_id", 1)


@pytest.mark.parametrize(("user", "label"), [(staff.MANAGER, "差し戻す"), (staff.CHIEF, "取り下げる")], ids=["承認する人", "提案した人"])
def test_a_proposal_is_declined_or_taken_back(own_city, user, label):
    proposed(staff.CHIEF)
    screen = show(user, PAGE)
    screen.at.text_area[0].set_value("戻す先が違います。")
    screen.at.checkbox[-1 if user is staff.MANAGER else 0].check()
    press(screen, label)
    assert screen.at.success[0].value.endswith("何も変わっていません。"), screen.words()
    assert approval.waiting(ROLLBACK) is None
    assert "提案はありません。" in screen.words()
    assert "戻す先が違います。" in screen.cells("said_reason"), "and who did it and why stays to be read"


@pytest.mark.parametrize(("reason", "confirm", "says"), [
    ("", True, "理由を500文字までで"), ("あ" * 501, True, "理由を500文字までで"), ("123456789018", True, "個人番号とみられる"), (REASON, False, "確認の欄に印"),
])
def test_a_refused_proposal_keeps_what_was_typed(own_city, reason, confirm, says):
    screen = propose(show(staff.CHIEF, PAGE), "復元を提案する", reason, confirm=confirm)
    assert says in screen.at.error[0].value
    assert screen.at.text_area[0].value == reason
    assert approval.waiting(ROLLBACK) is None


def test_somebody_else_proposed_first(own_city):
    screen = show(staff.CHIEF, PAGE)
    proposed(staff.ADMIN)
    propose(screen, "復元を提案する")
    assert "システム管理者が" in screen.at.warning[0].value
    assert len(ledger.events_of(ROLLBACK.name)) == 1
    propose(screen, "復元を提案する")
    assert len(ledger.events_of(ROLLBACK.name)) == 2, "it takes the older's place"
    assert approval.waiting(ROLLBACK).actor == staff.CHIEF.name


def test_an_approval_of_what_is_no_longer_the_newest(own_city, confirmed):
    proposed(staff.ADMIN)
    screen = show(staff.MANAGER, PAGE)
    proposed(staff.CHIEF)
    screen.at.checkbox[0].check()
    press(screen, "承認する")
    assert "もう最新ではありません" in screen.at.error[0].value
    assert approval.waiting(ROLLBACK) is not None


def test_an_approval_without_the_confirmation_or_without_the_right(own_city, confirmed):
    proposed()
    screen = press(show(staff.MANAGER, PAGE), "承認する")
    assert "確認の欄に印" in screen.at.error[0].value
    screen.at.checkbox[0].check()
    screen.user = staff.CHIEF
    press(screen, "承認する")
    assert "復元を承認する" in screen.at.error[0].value
    assert approval.waiting(ROLLBACK) is not None


def test_an_approval_at_a_left_terminal_does_nothing(own_city, monkeypatch):
    """Without 本人の再確認 the buttons are dead; on a screen left open past the five minutes they are refused."""
    for matter in (ROLLBACK, ERASURE):
        proposed(matter=matter)
    assert [button.disabled for button in show(staff.MANAGER, PAGE).at.button if button.label == "承認する"] == [True, True]
    confirmed = [True]
    monkeypatch.setattr(step_up, "is_fresh", lambda _sid: confirmed[0])
    for place in (0, 1):
        screen = show(staff.MANAGER, PAGE)
        button = [button for button in screen.at.button if button.label == "承認する"][place]
        next(box for box in screen.at.checkbox if box.key == button.key.replace("approve", "confirmed")).check()
        confirmed[0] = False
        screen.run(button.click())
        assert "本人の再確認" in screen.at.error[0].value
        confirmed[0] = True
    assert approval.waiting(ROLLBACK) is not None
    assert approval.waiting(ERASURE) is not None


def test_an_approval_that_came_too_late_says_so(own_city):
    made = proposed()
    snapshot_rollback.approve(staff.MANAGER, proposal_id=made.event_id, event_id=str(uuid.uuid4()), today=CLOCK.business_date)
    rollback.roll_back()
    assert lineage.standing_on() == [made.payload["target"]]
    assert "は、実行されています。" in show(staff.CHIEF, PAGE).words()


def test_an_erasure_is_proposed_on_the_figures_shown(own_city, confirmed):
    candidates = erasure_preview.preview(staff.CHIEF)
    assert candidates.notice_count == candidates.by_year["notice_count"].sum() > 0
    screen = show(staff.CHIEF, PAGE)
    assert screen.cells("notice_count") == candidates.by_year["notice_count"].to_list()
    assert screen.cells("assessed_yen") == candidates.by_year["assessed_yen"].to_list()
    screen = propose(screen, "論理消去を提案する", "保管期間を過ぎた。")
    waits = approval.waiting(ERASURE)
    assert (waits.payload["digest"], waits.payload["notice_count"], waits.payload["assessed_yen"]) == (
        candidates.digest, candidates.notice_count, candidates.assessed_yen)
    after = approve(staff.MANAGER)
    assert "次の取込" in after.at.success[0].value
    assert "まだ反映されていません" in after.at.info[0].value


def test_a_proposal_on_another_list_says_that_the_list_has_changed(own_city):
    proposed(matter=ERASURE)
    said = show(staff.MANAGER, PAGE).words()
    assert "3通（調定 30,000円）を消去する" in said
    assert "候補の一覧が変わっています" in said


def test_what_stands_erased_can_be_withdrawn_while_its_rows_are_kept(own_city, monkeypatch):
    """`erased` of the served snapshot as the intake would have left it: one approval, its rows still kept."""
    made = proposed(matter=ERASURE)
    levy_erasure.approve(staff.MANAGER, proposal_id=made.event_id, event_id=str(uuid.uuid4()), today=CLOCK.business_date)
    newest, older = query.kept()
    stones = [{"notice_number": str(n), "atena_number": "1", "levy_year": 2017, "proposal_id": made.event_id, "approval_id": "a",
               "erased_on": newest.business_date, "last_snapshot_id": older.id} for n in range(3)]
    erasure_preview.pl.DataFrame(stones, schema=erased.TOMBSTONE).write_parquet(own_city / "snapshots" / newest.id / "restricted" / "erased_levy.parquet")
    found = type(erasure_preview.snapshot.current()).parquet
    monkeypatch.setattr(erasure_preview.Snapshot, "parquet", lambda self, layer: found(self, layer) | (
        {"erased_levy": self.folder / "restricted" / "erased_levy.parquet"} if layer == "restricted" and self.id == newest.id else {}))
    screen = show(staff.CHIEF, PAGE)
    assert "消去したもの" in screen.words()
    assert 3 in next(frame.value for frame in screen.at.dataframe if "last_snapshot_id" in frame.value)["notice_count"].to_list()
    kinds = next(radio for radio in screen.at.radio if radio.label == "提案")
    screen.run(kinds.set_value("消去の取消の提案"))
    propose(screen, "取消を提案する", "開示の請求があった。")
    assert approval.waiting(ERASURE).payload["withdraws"] == made.event_id
    assert "提案した消去を取り消す" in screen.words()


def test_the_auditor_reads_and_nobody_s_figures_are_a_person_s(own_city):
    proposed()
    screen = show(staff.AUDITOR, PAGE)
    assert REASON in screen.words()
    assert not screen.at.checkbox
    assert not screen.at.text_area
    assert not [name for frame in screen.at.dataframe for name in frame.value.columns if name in ("atena_number", "notice_number")]


def test_no_proposal_while_an_older_day_is_looked_at(own_city):
    screen = show(staff.CHIEF, PAGE, as_of_chosen=CLOCK.feed_dates[0].isoformat())
    assert not screen.at.text_area
    assert "提案も承認もできません" in screen.words()


def test_a_form_open_while_the_day_was_changed_writes_nothing(own_city):
    screen = show(staff.CHIEF, PAGE)
    screen.at.text_area[0].set_value(REASON)
    screen.at.checkbox[0].check()
    screen.at.query_params["as_of"] = CLOCK.feed_dates[0].isoformat()
    press(screen, "復元を提案する")
    assert approval.waiting(ROLLBACK) is None

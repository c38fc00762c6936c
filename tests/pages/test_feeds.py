"""連携状況 on screen: the board's words, every state of a day, the account of an intake, and every way a decision goes."""

import json
import shutil
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest

import settings
import store
from auth import step_up
from auth.access import NotAllowed
from casework import ledger
from casework.intake_decision import decide_intake, subject
from data_access import connection, feed_status, hold, outbound, query, report
from data_access.contract import systems
from data_access.intake import main, take_in
from tests import staff
from tests.conftest import _move_to
from tests.data_access.feeds import DAY_ONE, DAY_TWO, Feed, enrich, schedule, write_schedule
from tests.pages.screen import Screen, show

REASON = "収納システムの担当に電話で確かめた。1件は明日直る。"
SUNDAY = date(2026, 11, 1)
KOTEI = systems()["kotei"].tables[0].name
VIEWS = ("不備", "件数と合計", "ファイル", "連携検査結果")


@pytest.fixture(scope="module")
def held_home(founded, tmp_path_factory) -> Path:
    """The city of the eve whose second day is held for one receipt and one 速報 that were set aside."""
    home = Path(shutil.copytree(founded["eve"], tmp_path_factory.mktemp("held") / "home"))
    with pytest.MonkeyPatch.context() as patch:
        _move_to(home, patch)
        enrich()
        Feed("receipt").change("channel", "銀行")
        Feed("flash_receipt").change("notice_number", "9999999999", len(Feed("flash_receipt").rows()))
        assert take_in(DAY_TWO).outcome == "保留"
        store.engine().dispose()
    return home


@pytest.fixture
def held(held_home, confirmed, tmp_path, monkeypatch):
    """A copy of that city, with whoever looks just confirmed; the row of query.held_intakes."""
    _move_to(Path(shutil.copytree(held_home, tmp_path / "home")), monkeypatch)
    yield query.held_intakes(staff.MANAGER).row(0, named=True)
    store.engine().dispose()
    connection._engines.clear()


def test_what_went_back_is_listed_by_day_and_system(own_city):
    assert "まだ書き出していません。" in show(staff.OFFICER, "feeds").words()
    made = outbound.send_out(DAY_TWO)
    sent = feed_status.sent(staff.OFFICER)
    assert sent["business_date"].unique().to_list() == [DAY_TWO]
    assert {name: count for name, count in sent.select("system_name", "row_count").iter_rows()} == {
        target.name: sum(len(each.rows) for each in made if each.target is target) for target in {each.target for each in made}}
    assert sent["file_count"].sum() == len(made)
    assert "MPN サーバー" in show(staff.OFFICER, "feeds").at.dataframe[-1].value["system_name"].to_list()
    with pytest.raises(NotAllowed):
        feed_status.sent(staff.LTC_READER)


def words_of(day, user=staff.CHIEF) -> dict:
    return next(row for row in feed_status.board(user).to_dicts() if row["business_date"] == day)


def fill(screen: Screen, decision: str | None, reason: str = REASON, *, confirm: bool = True) -> Screen:
    at = screen.at
    if decision:
        at.radio[0].set_value(decision)
    at.text_area[0].set_value(reason)
    if confirm:
        at.checkbox[0].check()
    return screen.run(next(button for button in at.button if button.label == "決定を記録する").click())


def decided() -> list:
    return ledger.events_of(subject(DAY_TWO))


@pytest.mark.parametrize("user", [staff.MANAGER, staff.ADMIN], ids=lambda user: user.name)
@pytest.mark.parametrize(("decision", "code", "outcome"), [("公開", 0, "公開"), ("差戻し", 1, "拒否")])
def test_a_decision_is_recorded_told_and_acted_on_by_the_next_run(held, user, decision, code, outcome):
    screen = fill(show(user, "feeds"), decision)
    (event,) = decided()
    assert (event.payload["decision"], event.payload["digest"], event.payload["reason"], event.actor) == (decision, held["digest"], REASON, user.name)
    assert f"連携の{decision}を決定しました。まだ公開は変わっていません。" in screen.at.success[0].value
    assert "make intake" in screen.at.success[0].value
    assert any(decision in info.value and user.display_name in info.value for info in screen.at.info)
    assert query.standing().as_of == DAY_ONE, "the page publishes nothing"
    assert main([]) == code
    assert report.last(DAY_TWO).outcome == outcome
    after = show(user, "feeds")
    assert not after.at.radio
    assert words_of(DAY_TWO)["outcome"] == outcome
    assert bool(after.at.error) is (outcome == "拒否")


@pytest.mark.parametrize(("decision", "reason", "confirm", "says"), [
    (None, REASON, True, "決定は、公開・差戻し から選んで"), ("公開", " ", True, "理由を入力してください"), ("公開", "あ" * 501, True, "501 文字"),
    ("公開", "123456789018 の行", True, "個人番号とみられる"), ("差戻し", REASON, False, "確認の欄に印"),
])
def test_a_refusal_says_why_and_keeps_what_was_typed(held, decision, reason, confirm, says):
    screen = fill(show(staff.MANAGER, "feeds"), decision, reason, confirm=confirm)
    assert decided() == []
    assert says in screen.at.error[0].value
    assert screen.at.text_area[0].value == reason
    fill(screen, "公開")
    assert [event.payload["reason"] for event in decided()] == [REASON]


def test_somebody_else_was_faster(held):
    screen = show(staff.MANAGER, "feeds")
    decide_intake(staff.ADMIN, event_id=str(uuid.uuid4()), expected_version=0, business_date=DAY_TWO, report_id=held["id"], digest=held["digest"],
                  decision="差戻し", reason="直してもらう。", today=DAY_TWO)
    fill(screen, "公開")
    assert len(decided()) == 1
    assert "システム管理者が" in screen.at.warning[0].value
    assert "入力した内容は残っています" in screen.at.warning[0].value
    assert "直してもらう。" in screen.words(), "what the other decided is on the screen by now"
    assert screen.at.text_area[0].value == REASON
    fill(screen, "公開")
    assert [event.payload["decision"] for event in decided()] == ["差戻し", "公開"]


def test_a_decision_is_void_on_screen_when_the_feeds_change(held):
    fill(show(staff.MANAGER, "feeds"), "公開")
    Feed("receipt").change("channel", "銀行", 2)
    assert take_in(DAY_TWO).outcome == "保留"
    screen = show(staff.MANAGER, "feeds")
    assert "変わったため効きません" in screen.words()
    assert screen.at.radio[0].value is None


def test_the_right_to_decide_taken_away_while_the_form_was_open(held):
    screen = show(staff.MANAGER, "feeds")
    screen.user = staff.CHIEF
    fill(screen, "公開")
    assert decided() == []
    assert "保留した取込の公開・差戻しを決める" in screen.at.error[0].value
    assert not screen.at.radio


def test_a_decision_at_a_left_terminal_does_nothing(held, monkeypatch):
    """Without 本人の再確認 the button is dead; on a screen left open past the five minutes it is refused, and what was typed stays."""
    screen = show(staff.MANAGER, "feeds")
    monkeypatch.setattr(step_up, "is_fresh", lambda _sid: False)
    fill(screen, "公開")
    assert decided() == []
    assert "本人の再確認" in screen.at.error[0].value
    assert screen.at.text_area[0].value == REASON
    assert [button.disabled for button in show(staff.MANAGER, "feeds").at.button if button.label == "決定を記録する"] == [True]


def test_an_older_day_is_looked_at_without_what_came_later(own_city):
    screen = show(staff.MANAGER, "feeds", as_of_chosen=DAY_ONE.isoformat())
    assert not screen.at.radio
    assert screen.cells("対象日") == ["R08.10.29（木）"]
    assert len(show(staff.MANAGER, "feeds").cells("対象日")) == 2


@pytest.mark.parametrize("user", staff.STAFF, ids=lambda user: user.name)
def test_who_sees_what_of_a_held_day(held, user):
    screen = show(user, "feeds")
    said = screen.words()
    may = {"form": user.role in ("manager", "admin"), "detail": user.role in ("manager", "chief", "admin", "auditor"), "page": user.role != "ltc_reader"}
    assert bool(screen.at.radio) is may["form"]
    assert ("保留の理由（2件）" in said) is may["detail"]
    assert ("receipt_20261030_D.csv" in said) is may["detail"]
    assert bool(screen.at.dataframe) is may["page"]
    assert any("保留中です" in warning.value for warning in screen.at.warning) is (may["page"] and not may["detail"])
    assert "銀行" not in said, "no value of a row"


def test_the_board_says_every_state_in_words(eve, monkeypatch):
    fixed = {"business_date": DAY_ONE, "outcome": "公開", "flash_aside_count": 0}
    assert words_of(DAY_ONE) == fixed | dict.fromkeys(words_of(DAY_ONE).keys() - fixed.keys(), "公開")
    stray = settings.inbox() / SUNDAY.isoformat()
    stray.mkdir()
    assert {words_of(SUNDAY)[name] for name in ("outcome", "shuno", "tainou")} == {"閉庁日", "—"}
    assert "開庁日でないので、フォルダ inbox/2026-11-01 を" in show(staff.OFFICER, "feeds").at.warning[0].value
    stray.rmdir()
    waiting = words_of(DAY_TWO)
    assert (waiting["outcome"], waiting["shuno"], waiting["tainou"]) == ("取込前", "到着", "—")
    plan = Feed(KOTEI).folder / "連携予定.csv"
    plan.rename(settings.home() / "kept.csv")
    late = words_of(DAY_TWO)
    assert (late["outcome"], late["kotei"], late["shuno"]) == ("未着", "未着", "到着")
    take_in(DAY_TWO)
    assert words_of(DAY_TWO) == late
    assert "期限を過ぎても届いていません（固定資産税システム）" in show(staff.OFFICER, "feeds").at.error[0].value
    monkeypatch.setattr(hold.Limits, "is_late", lambda *_: False)
    assert words_of(DAY_TWO)["kotei"] == "予定"
    (settings.home() / "kept.csv").rename(plan)
    place = Feed("person").folder
    whole = schedule(place)
    write_schedule(place, whole[1:])
    take_in(DAY_TWO)
    refused = words_of(DAY_TWO)
    assert (refused["outcome"], refused["atena"], refused["shuno"]) == ("拒否", "拒否", "到着")
    write_schedule(place, whole)
    assert take_in(DAY_TWO).outcome == "公開"
    assert words_of(DAY_TWO)["atena"] == "公開"


def test_a_published_day_names_the_rows_it_left_out(held):
    assert (words_of(DAY_TWO)["shuno"], words_of(DAY_TWO)["atena"]) == ("保留", "到着")
    fill(show(staff.MANAGER, "feeds"), "公開")
    main([])
    assert words_of(DAY_TWO)["shuno"] == "公開・隔離2"
    assert words_of(DAY_TWO)["flash_aside_count"] == 1
    assert "速報のうち 1件を除けています" in show(staff.OFFICER, "feeds").at.warning[0].value, "who looks after a case may be about to press for what was paid"
    newest = feed_status.history(staff.CHIEF).row(0, named=True)
    assert newest["row_count"] == newest["loaded"] + newest["quarantined_count"]
    assert (newest["quarantined_count"], newest["decided"]) == (2, "決定あり")


@pytest.mark.parametrize("view", VIEWS)
def test_the_chosen_intake_is_told_in_full(held, view):
    screen = show(staff.AUDITOR, "feeds", intake_view=view)
    frames = {tuple(frame.value.columns): frame.value for frame in screen.at.dataframe}
    told = next(frame for columns, frame in frames.items() if columns[0] == "system_name" and "came" in columns)
    counted = told.dropna(subset=["loaded"])
    assert (counted["row_count"] == counted["loaded"] + counted["quarantined_count"]).all()
    last = screen.at.dataframe[-1].value
    if view == "不備":
        assert last["severity"].to_list() == sorted(last["severity"], key=["拒否", "保留", "隔離", "未着", "報告"].index)
        assert screen.at.text[-1].value.startswith("保留"), "the worst of them is read out"
        assert any("隔離した行なしで公開してよいか決めるか" in sentence for sentence in last["sentence"])
    if view == "件数と合計":
        totals = screen.at.dataframe[-2].value
        assert (totals["announced_yen"] == totals["loaded_yen"] + totals["aside_yen"]).all()
        assert last["count"].to_list() == [1, 1]
    if view == "連携検査結果":
        assert "CONSOLE_HOME/reports/連携検査結果_2026-10-30_" in screen.words()
        assert str(settings.home()) not in screen.words()


def test_before_the_first_publish_the_page_works(empty_city, confirmed):
    people = Feed("person", DAY_ONE)
    rows = people.rows()
    rows[0][people.at("name_kana")] = ""
    people.write(rows)
    assert take_in(DAY_ONE).outcome == "保留"
    screen = fill(show(staff.ADMIN, "feeds"), "公開")
    assert screen.at.success
    assert screen.at.dataframe
    assert take_in(DAY_ONE).outcome == "公開"
    assert show(staff.ADMIN, "feeds").at.title[0].value == "連携状況"


def test_long_reasons_and_ten_thousand_problems(held):
    path = next(path for path in report.folder().glob("2026-10-30_*.json"))
    raw = json.loads(path.read_text("utf-8"))
    one = next(problem for problem in raw["problems"] if problem["severity"] == "保留")
    raw["problems"] = [one | {"rule": "長い理由" * 100, "row": row} for row in range(1, 10_001)]
    path.write_text(json.dumps(raw, ensure_ascii=False), "utf-8")
    screen = show(staff.MANAGER, "feeds")
    assert "保留の理由（10,000件）" in screen.words()
    assert "ほか 9,980件" in screen.words()
    assert len(screen.at.dataframe[-1].value) == 10_000


def test_a_system_s_days_are_the_open_ones(city, monkeypatch):
    monkeypatch.setenv("CONSOLE_TODAY", "2026-11-16")
    board = feed_status.board(staff.CHIEF)
    days = board["business_date"].to_list()
    assert len(days) == 10
    assert days == sorted(days, reverse=True)
    assert not [day for day in days if day.weekday() > 4 or day == DAY_ONE + timedelta(days=5)], "no week-end, no 文化の日"
    screen = show(staff.OFFICER, "feeds")
    assert screen.at.error[0].value.startswith("データが9業務日分、届いていません。")


def test_nobody_without_the_right_is_told(city):
    for told in (feed_status.board, feed_status.history):
        with pytest.raises(NotAllowed):
            told(staff.LTC_READER)
    with pytest.raises(NotAllowed):
        feed_status.told_of(staff.OFFICER, "x")

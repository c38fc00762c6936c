"""Role × page: who is shown which page, what a refused page says, and that it asks nothing."""

import sqlite3

import pytest

from audit import log
from auth.access import User, decide
from data_access.query import reference_of
from pages import REGISTER
from tests import staff
from tests.pages.screen import first_sight, menu_of, show
from tests.queries.every_question import entries_after

ALL = ["ホーム", "地区ワークリスト", "滞納者カルテ", "名寄せの候補", "執行停止候補", "停止の監視", "不納欠損", "収納状況", "徴収計画", "効果の測定", "増減の内訳", "期限の見通し", "月次報告", "年報・決算", "アドホック分析", "連携状況", "復元と論理消去", "突合", "監査", "根拠"]
APPROVING = [*ALL[:15], "解除と書出し", "長寿社会課照会", *ALL[15:]]
WITHOUT_PERSONS = ["ホーム", "執行停止候補", "不納欠損", "収納状況", "月次報告", "年報・決算", "連携状況", "突合", "根拠"]
CITY_ONLY = [title for title in ALL if title not in ("アドホック分析", "復元と論理消去", "監査")]
MENU = {
    staff.MANAGER: [*APPROVING, "権限表"],
    staff.CHIEF: [*APPROVING, "権限表"],
    staff.OFFICER: CITY_ONLY,
    staff.NEIGHBOUR: CITY_ONLY,
    staff.ANALYST: [*WITHOUT_PERSONS[:6], "アドホック分析", *WITHOUT_PERSONS[6:]],
    staff.ADMIN: ["ホーム", "連携状況", "復元と論理消去", "突合", "根拠", "権限表"],
    staff.AUDITOR: ["ホーム", "執行停止候補", "不納欠損", "収納状況", "月次報告", "年報・決算", "長寿社会課照会", "連携状況", "復元と論理消去", "突合", "監査", "根拠", "権限表"],
    staff.LTC_READER: ["ホーム", "長寿社会課照会"],
    None: [],
    User("new", "新しい役割", "newcomer", "収納推進課"): [],
}
CELLS = [pytest.param(user, entry, id=f"{user.role if user else 'nobody'}-{entry.module}") for user in MENU for entry in REGISTER]


@pytest.mark.parametrize("user", [user for user in MENU if user], ids=lambda user: user.role)
def test_the_menu_lists_exactly_the_permitted_pages(user):
    assert menu_of(user) == MENU[user]


@pytest.mark.parametrize(("user", "entry"), CELLS)
def test_a_page_shows_itself_or_refuses_and_asks_nothing(city, user, entry):
    if entry.title in MENU[user]:
        screen = first_sight(user, entry.module, city)
        assert [title.value for title in screen.at.title] == [entry.title]
        assert not screen.at.error, [error.value for error in screen.at.error]
        assert not screen.at.warning, [warning.value for warning in screen.at.warning]
    else:
        before = log.count()
        screen = show(user, entry.module)
        assert [warning.value for warning in screen.at.warning] == [decide(user, entry.action).reason]
        assert len(screen.at.main) == 1, screen.words()
        assert all(row["question"] == f"page:{entry.module}" for row in entries_after(before)), "a refused page must not ask anything"


def test_a_right_taken_away_between_two_clicks_is_gone_at_the_next(city):
    screen = show(staff.OFFICER, "district_worklist")
    assert screen.at.dataframe
    before, screen.user = log.count(), staff.ANALYST
    screen.run()
    assert not screen.at.dataframe
    assert "地区ワークリストを見る" in screen.at.warning[0].value
    assert [row["action"] for row in entries_after(before)] == ["refused"]


@pytest.mark.parametrize("entry", REGISTER, ids=lambda entry: entry.module)
def test_before_the_first_intake_a_page_says_so(empty_city, entry):
    screen = show(staff.MANAGER, entry.module)
    assert [info.value for info in screen.at.info] == ["公開されたデータがまだありません。連携を取り込んでから開いてください（make demo）。"]
    assert not screen.at.error


@pytest.mark.parametrize("module", ["home", "district_worklist", "case"])
def test_without_an_access_log_nobody_is_shown(own_city, module):
    """The disclosure cannot be recorded, so there is none (gate.md §0, decision 9); the city's rates are nobody's (E5, test_log_full.py)."""
    with sqlite3.connect(own_city / "store.sqlite") as store:
        store.execute("create trigger full before insert on access_log begin select raise(abort, 'disk full'); end")
    screen = show(staff.MANAGER, module, case_ref=reference_of("9900000020"))
    assert not screen.at.dataframe
    assert [metric.label for metric in screen.at.metric] == (["現年", "滞繰", "合計"] if module == "home" else [])
    assert [error.value for error in screen.at.error] == [
        "アクセスログに記録できないため、個人の情報を表示できません。収納状況・月次報告など、個人を含まない集計は見られます。システム管理者に連絡してください。"
    ]

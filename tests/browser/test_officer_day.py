"""An officer's way through the day at a real browser, from signing in to an empty screen. Pictures of every step."""

import pytest
from playwright.sync_api import TimeoutError, expect

pytestmark = [pytest.mark.slow, pytest.mark.browser]

OWN = ("D04", "D05", "D06")
SAID = "月曜の午前に窓口で納めるとのこと。"
NAME = "雨滝　剛"  # story 6, D04: broken plan, last spoken to on R08.09.20


def choose(page, box: str, option: str) -> None:
    """Pick from a select box, as often as the list closes again while the form is still unfolding."""
    chooser = page.get_by_test_id("stSelectbox").filter(has_text=box).locator("input")
    for _ in range(5):
        chooser.click()
        listed = page.locator("[role=option]").filter(has_text=option).first
        try:
            listed.click(timeout=3_000)
        except TimeoutError:
            page.keyboard.press("Escape")
        if chooser.input_value() == option:
            return
    raise AssertionError(f"{box} に {option} を選べません。")



def test_from_the_list_to_the_case_and_back(desk, people):
    officer = desk("tanto2")
    page = officer.page
    officer.shot("01-ホーム")
    expect(page.get_by_text("担当地区 D04・D05・D06")).to_be_visible()

    officer.open("地区ワークリスト")
    officer.shot("02-地区ワークリスト")
    listed, own = {row["氏名"] for row in officer.table()}, {person["name"] for person in people if person["district_code"] in OWN}
    assert listed
    assert listed <= own, "only the officer's own districts"
    page.get_by_role("radio", name="分納不履行").click()
    page.get_by_text("すること: 連絡して").wait_for()
    officer.settled()
    officer.shot("03-名簿を選ぶ")
    listed = officer.table()
    assert [row["氏名"] for row in listed] == [NAME]
    assert "分納不履行" in listed[0]["ここにある理由"]
    before = listed[0]["最終接触"]
    at_list = page.url
    assert "queue=" in at_list

    officer.click_row(0)
    officer.settled("滞納者カルテ")
    officer.shot("04-カルテ")
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    expect(officer.metric("最終接触")).to_have_text(before)

    page.get_by_text("記事を書く・分納や催告などを記録する").click()
    for box, option in (("相手", "本人"), ("結果", "納付約束")):
        choose(page, box, option)
    page.get_by_label("内容", exact=True).fill(SAID)
    officer.shot("05-記事を書く")
    page.get_by_role("button", name="記録する").dblclick()
    page.get_by_text("の記事を記録しました").wait_for()
    officer.settled()
    expect(officer.metric("最終接触")).to_have_text("R08.10.30")
    page.get_by_role("tab", name="経過").click()
    officer.settled()
    officer.shot("06-経過")
    newest, second = officer.table()[:2]
    assert (newest["日付"], newest["種別"], newest["記事"], newest["記録者"]) == ("R08.10.30", "記事", SAID, "地区担当2（デモ）")
    assert second["記事"] != SAID, "a double click writes one note"

    page.go_back()
    officer.settled("地区ワークリスト")
    officer.shot("07-名簿に戻る")
    assert page.url == at_list
    assert [(row["氏名"], row["最終接触"]) for row in officer.table()] == [(NAME, "R08.10.30")]

    assert not officer.problems, officer.problems

    page.get_by_role("button", name="サインアウト").click()
    page.wait_for_url("**/auth/sign-in", timeout=5_000)
    expect(page.get_by_role("status")).to_have_text("サインアウトしました。")
    officer.shot("08-サインアウト")
    page.go_back()
    page.wait_for_url("**/auth/sign-in", timeout=5_000)
    officer.shot("09-戻るボタン")
    assert NAME not in page.content()


def test_the_menu_brings_the_officer_back_to_the_same_list(desk):
    officer = desk("tanto2")
    officer.open("地区ワークリスト")
    officer.page.get_by_role("radio", name="高額").click()
    officer.page.get_by_text("すること: 財産調査").wait_for()
    officer.settled()
    officer.click_row(0)
    officer.settled("滞納者カルテ")
    officer.open("地区ワークリスト")
    assert [row["氏名"] for row in officer.table()] == ["久松　隆一郎"], "the chosen queue is kept"


def test_the_grounds_of_a_candidate_lead_to_the_case(desk):
    officer = desk("tanto2")
    officer.open("執行停止候補")
    officer.page.get_by_role("radio", name="該当の疑い").click()
    expect(officer.page.locator("table[role=grid] th", has_text="足りない資料")).to_have_count(0, timeout=20_000)  # nothing is: another table
    officer.settled()
    officer.click_row(officer.row_of("氏名", "倉見　健"))
    officer.page.get_by_role("heading", name="証拠（1号）").wait_for()
    officer.settled()
    officer.shot("10-執行停止の証拠")
    officer.page.get_by_role("button", name="カルテを開く").click()
    officer.settled("滞納者カルテ")
    expect(officer.page.get_by_role("heading", name="倉見　健")).to_be_visible()

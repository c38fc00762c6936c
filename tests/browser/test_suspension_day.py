"""Three people at three desks: an 執行停止 from the screening to its 取消, and a 不納欠損 from its 起案 until 収納 has booked it."""

import re
import shutil

import pytest
from playwright.sync_api import Locator, TimeoutError, expect

from casework import ledger
from data_access.query import ask
from tests.browser.conftest import PASSWORDS, server_at
from tests.browser.test_officer_day import choose
from tests.conftest import CLOCK
from tests.data_access.feeds import DAY_ONE, Feed, book
from tests.queries.every_question import parameters
from tests.staff import CHIEF

pytestmark = [pytest.mark.slow, pytest.mark.browser]

NAME = "倉見　健"  # story 13, D06: 1号, every criterion met


@pytest.fixture
def server(founded, staffed, tmp_path, monkeypatch):
    """A server on the first day, which is today there; the second day's feeds wait in the inbox. This process stands in the same home."""
    home = shutil.copytree(founded["eve"], tmp_path / "home")
    shutil.copy(staffed / "store.sqlite", home / "store.sqlite")
    shutil.rmtree(home / "secrets")
    shutil.copytree(staffed / "secrets", home / "secrets")
    monkeypatch.setenv("CONSOLE_HOME", str(home))
    with server_at(home, DAY_ONE) as server:
        yield server


def choose_row(desk, row: int, seen: Locator) -> None:
    """Click a row, once more where the grid was still being drawn, until what it opens is there."""
    for _ in range(4):
        desk.click_row(row)
        try:
            seen.wait_for(timeout=10_000)
        except TimeoutError:
            continue
        desk.settled()
        return
    raise AssertionError(f"{row} 行目を選べません。")


def said(page, label: str, text: str) -> None:
    """Why, confirmed, and sent."""
    page.get_by_role("textbox", name="理由", exact=True).fill(text)
    told = page.get_by_test_id("InputInstructions").locator("span").first
    assert told.evaluate("each => [getComputedStyle(each).fontSize, getComputedStyle(each, '::after').content]") == ["0px", '"欄の外を押すと確定します"'], "not in English"
    confirmed(page, label)


def confirmed(page, label: str) -> None:
    page.get_by_test_id("stCheckbox").filter(has_text="確かめた", visible=True).first.locator("label").click()
    page.get_by_role("button", name=label, exact=True).click()


def step(desk, title: str, label: str, told: str) -> None:
    """The one 起案 that waits on a page, opened and taken one step further."""
    desk.confirm_again()
    desk.open(title)
    choose_row(desk, 0, desk.page.get_by_role("button", name=label, exact=True))
    confirmed(desk.page, label)
    expect(desk.page.get_by_text(told).first).to_be_visible(timeout=20_000)


def approve(chief, manager, *titles: str) -> None:
    """審査 and 決裁 by two other people."""
    for title in titles:
        step(chief, title, "審査を済ませる", "課長の決裁を待ちます")
    for title in titles:
        step(manager, title, "決裁する", "決裁しました。")


def test_from_the_screening_to_the_cancellation_and_from_the_write_off_to_the_books(desk, server):
    officer = desk("tanto2", server)
    page = officer.page
    officer.open("執行停止候補")
    page.get_by_role("radio", name="該当の疑い").click()
    officer.settled()
    choose_row(officer, officer.row_of("氏名", NAME), page.get_by_role("heading", name="起案", exact=True))
    said(page, "起案する", "財産調査の全件で財産がない。")
    expect(page.get_by_text("起案しました。係長の審査")).to_be_visible(timeout=20_000)
    officer.shot("20-執行停止の起案")

    officer.open("不納欠損")
    choose_row(officer, 0, page.get_by_role("heading", name=re.compile("^起案（")))
    said(page, "起案する", "時効が完成し、更新の事実がない。")
    expect(page.get_by_text("起案しました。係長の審査")).to_be_visible(timeout=20_000)
    officer.shot("21-不納欠損の起案")

    chief, manager = desk("kakari", server), desk("kacho", server)
    approve(chief, manager, "執行停止候補", "不納欠損")
    manager.settled()
    manager.shot("22-不納欠損の決裁")
    decided = {event.kind: event for event in ledger.events_after(0)}
    stopped, written_off = decided["suspension_decision"], decided["write_off_decision"]
    assert len({event.actor for event in decided.values() if event.kind.startswith("suspension")}) == 3

    bought(stopped.subject)
    book({f"{row['notice_number']}-{row['installment_no']}": row["yen"] for row in written_off.payload["written_off"]}, written_off.payload["reason"])
    server.environment["CONSOLE_TODAY"] = CLOCK.business_date.isoformat()
    assert "公開" in server.python("-m", "data_access.intake", CLOCK.business_date.isoformat())
    assert ask(CHIEF, "write_off_decided", **parameters("write_off_decided"))["state"].to_list() == ["収納で計上済"]
    officer.open("不納欠損")
    page.get_by_role("heading", name="決裁した不納欠損").scroll_into_view_if_needed()
    expect(page.get_by_text("決裁済・収納の計上待ち 0件")).to_be_visible(timeout=20_000)
    officer.settled()
    officer.shot("23-収納の計上")

    officer.open("停止の監視")
    choose_row(officer, officer.row_of("氏名", NAME), page.get_by_role("heading", name="兆しの資料"))
    page.get_by_text("執行停止の取消を起案する").click()
    officer.settled()
    expect(page.get_by_role("textbox", name="理由", exact=True)).to_have_value(re.compile("車両 R08.10.30"))
    officer.shot("24-停止の監視")
    confirmed(page, "取消を起案する")
    expect(page.get_by_text("執行停止の取消を起案しました。")).to_be_visible(timeout=20_000)
    approve(chief, manager, "執行停止候補")
    officer.open("停止の監視")
    choose_row(officer, officer.row_of("氏名", NAME), page.get_by_role("button", name="カルテを開く"))
    page.get_by_role("button", name="カルテを開く").click()
    officer.settled("滞納者カルテ")
    officer.shot("25-取消の決裁の後")
    expect(page.get_by_role("button", name="滞納処分停止取消通知書（PDF）")).to_be_visible()
    received(officer, "滞納処分停止決議書（PDF）")
    for one in (officer, chief, manager):
        assert not one.problems, one.problems


def bought(number: str) -> None:
    """A car of their own, from the second day on."""
    feed = Feed("light_vehicle")
    flag = {"is_deleted": "0"} if "is_deleted" in {column.name for column in feed.table.columns} else {}
    feed.write([*feed.rows(), feed.row(vehicle_number="99000001", atena_number=number, plate="いなば 580 あ 0001", vehicle_kind="軽自動車（乗用）",
                                       owned_from=CLOCK.business_date.isoformat(), ownership="本人所有", yearly_tax_yen="10800", **flag)])


def received(officer, label: str) -> None:
    """The PDF of one decision, ordered with a purpose and a reason, fetched once."""
    page = officer.page
    page.get_by_role("button", name=label).click()
    with officer.context.expect_page() as opened:
        page.get_by_role("link", name="本人の再確認").click()
    opened.value.get_by_label("パスワード").fill(PASSWORDS["tanto2"])
    opened.value.get_by_role("button", name="確かめる").click()
    expect(opened.value.get_by_text("確かめました（5分間）")).to_be_visible(timeout=20_000)
    opened.value.close()
    form = page.get_by_test_id("stPopoverBody")
    form.get_by_role("button", name="確かめました").click()
    choose(page, "使用目的", "滞納処分")
    form.get_by_role("textbox", name="理由").fill("決裁の綴りに入れるため")
    form.get_by_role("button", name="書き出す", exact=True).click()
    link = page.get_by_role("link", name="PDFを保存する").last
    expect(link).to_be_visible(timeout=20_000)
    officer.settled()
    officer.shot("26-決議書")
    assert officer.context.request.get(f"{officer.origin}{link.get_attribute('href')}").body().startswith(b"%PDF")

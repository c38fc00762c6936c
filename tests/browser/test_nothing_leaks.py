"""Every page of every role, searched byte by byte: nobody gets what is not theirs, and nothing leaves the building."""

import re
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from pages import REGISTER
from sample_city.demo import ACCOUNTS
from tests.browser.desk import Desk

pytestmark = [pytest.mark.slow, pytest.mark.browser]

OWN = {name: set(districts) for name, *_, districts in ACCOUNTS}
MENU = {
    "kacho": ["ホーム", "地区ワークリスト", "滞納者カルテ", "名寄せの候補", "執行停止候補", "収納状況", "解除と書出し", "連携状況", "復元と論理消去",
              "突合", "監査", "根拠", "権限表"],
    "tanto2": ["ホーム", "地区ワークリスト", "滞納者カルテ", "名寄せの候補", "執行停止候補", "収納状況", "連携状況", "突合", "根拠"],
    "bunseki": ["ホーム", "執行停止候補", "収納状況", "連携状況", "突合", "根拠"],
    "kansa": ["ホーム", "執行停止候補", "収納状況", "連携状況", "復元と論理消去", "突合", "監査", "根拠", "権限表"],
    "kanri": ["ホーム", "連携状況", "復元と論理消去", "突合", "根拠", "権限表"],
    "choju": ["ホーム"],
}


def walk(desk: Desk, name: str) -> None:
    """Open every page of the menu, every tab, and a case where there are cases."""
    page = desk.page
    links = [link.inner_text().split("\n")[-1] for link in page.get_by_test_id("stSidebarNav").get_by_role("link").all()]
    assert links == MENU[name] or (not links and len(MENU[name]) == 1), links
    for title in MENU[name]:
        if links:
            desk.open(title)
        if title == "地区ワークリスト":
            desk.click_row(0)
            desk.settled("滞納者カルテ")
        for tab in page.get_by_role("tab").all():
            tab.click()
            desk.settled()
        assert page.get_by_test_id("stAlertContentError").count() == 0, (title, desk.text())
        desk.shot(f"{name}-{title}")
    for entry in REGISTER:
        if entry.title not in MENU[name]:  # by the address bar: refused in words, and nothing else is drawn
            page.goto(f"{desk.origin}/{entry.module}")
            expect(page.get_by_text("権限がありません").first).to_be_visible(timeout=20_000)
            desk.settled()


@pytest.mark.parametrize("name", MENU)
def test_what_a_role_receives(desk, people, name):
    seat = desk(name)
    walk(seat, name)
    heard = seat.received()
    assert len(heard) > 20_000, "the ear works"

    numbers = [person["atena_number"] for person in people if person["atena_number"] in heard]
    assert not numbers, f"{name} received 宛名番号 {numbers}"
    own = {person["name"] for person in people if person["district_code"] in OWN[name]}
    names = [person["name"] for person in people if person["name"] in heard and person["name"] not in own]
    assert not names, f"{name} received {names}"
    if own:
        assert any(person in heard for person in own), "an officer's own people do arrive"

    elsewhere = [url for url in seat.urls if not url.startswith((seat.origin, seat.origin.replace("http", "ws"), "data:", "blob:"))]
    assert not elsewhere, elsewhere
    assert not seat.problems, seat.problems
    addresses = unquote(" ".join(seat.urls))
    assert not [person["atena_ref"] for person in people if person["atena_ref"] in addresses or person["name"] in addresses]
    stored = seat.page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert not [person["atena_ref"] for person in people if person["atena_ref"] in stored or person["name"] in stored], stored


def test_the_manager_reads_rates_masks_and_files(desk):
    manager = desk("kacho")
    manager.open("収納状況")
    for label in ("現年", "滞繰", "合計"):
        expect(manager.metric(label)).to_have_text(re.compile(r"^\d+\.\d\d%$"))
    manager.open("地区ワークリスト")
    assert {row["氏名"][1:] for row in manager.table()} == {"＊＊"}
    manager.open("連携状況")
    assert [row["対象日"] for row in manager.table()] == ["R08.10.30（金）", "R08.10.29（木）"]
    assert {row["結果"] for row in manager.table(1)} == {"公開"}


def test_those_without_persons_are_told_so_on_every_page(desk):
    analyst = desk("bunseki")
    for title in MENU["bunseki"]:
        analyst.open(title)
        expect(analyst.page.get_by_text("個人の情報を含まない集計")).to_be_visible()
        assert not [row for row in (analyst.table() if title == "執行停止候補" and analyst.page.get_by_test_id("stDataFrame").count() else [])]


def test_the_keyboard_alone_signs_in_and_reaches_the_menu(desk):
    stranger = desk()
    page = stranger.page
    page.goto(stranger.origin)
    assert page.locator("html").get_attribute("lang") == "ja"
    page.keyboard.type("tanto2")
    page.keyboard.press("Tab")
    page.keyboard.type("demo-inaba-tanto2-2026")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    stranger.settled("ホーム")
    assert page.locator("html").get_attribute("lang") == "ja"
    reached = []
    for _ in range(14):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText").split("\n")[-1])
        if reached[-1] == "地区ワークリスト":
            break
    assert reached[-1] == "地区ワークリスト", reached
    page.keyboard.press("Enter")
    stranger.settled("地区ワークリスト")


@pytest.mark.parametrize("viewport", [{"width": 1440, "height": 1000}, {"width": 1100, "height": 800}], ids=["wide", "narrow"])
def test_text_is_large_enough_and_figures_are_whole(desk, viewport):
    officer = desk("tanto2", viewport=viewport)
    for title in MENU["tanto2"]:
        officer.open(title)
        if title == "地区ワークリスト":
            officer.click_row(0)
            officer.settled("滞納者カルテ")
        officer.shot(f"{viewport['width']}-{title}")
        small = officer.page.evaluate(SMALL_TEXT)
        assert not small, (title, small)
        cut = officer.page.evaluate(CUT_OFF)
        assert not cut, (title, cut)


SMALL_TEXT = """() => [...document.querySelectorAll('[data-testid=stMain] *, [data-testid=stSidebar] *')]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
  .filter(e => e.checkVisibility() && !e.closest('canvas') && !e.matches('style, script, [data-testid=stIconMaterial]'))
  .filter(e => parseFloat(getComputedStyle(e).fontSize) < 14).map(e => e.innerText + ' ' + getComputedStyle(e).fontSize)"""
CUT_OFF = """() => [...document.querySelectorAll('[data-testid=stMetric] *')]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow !== 'visible').map(e => e.innerText)"""

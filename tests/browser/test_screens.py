"""Screens at a real browser: what the manager reads, what those without persons are told, the keyboard, the size of the text.

What each account is sent, byte by byte, is tests/canary."""

import re

import pytest
from playwright.sync_api import expect

from auth.access import permissions
from pages import REGISTER
from sample_city.demo import ACCOUNTS

pytestmark = [pytest.mark.slow, pytest.mark.browser]

MENU = {name: [entry.title for entry in REGISTER if entry.action in permissions().roles[role].actions] for name, _, role, *_ in ACCOUNTS}


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
        for place in range(analyst.page.get_by_test_id("stDataFrame").count() if title == "執行停止候補" else 0):
            assert not [row for row in analyst.table(place) if {"氏名", "参照番号", "時効完成予定日"} & row.keys()], "counts, and nobody's row"


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

"""長寿社会課's reader at a real browser: one person at a time, four facts, and 対象外 for whoever must not be told of."""

import pytest

from data_access import connection

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def ask_about(desk, number: str, document: str) -> str:
    page = desk.page
    page.get_by_label("照会番号（照会の文書の番号）").fill(document)
    page.get_by_role("combobox", name="照会の目的").click()
    page.locator("[role=option]").filter(has_text="一時差止の確認").first.click()
    page.get_by_label("宛名番号（10桁）").fill(number)
    page.get_by_role("button", name="照会する").click()
    page.get_by_text(f"照会番号 {document} への回答").wait_for(timeout=20_000)
    desk.settled()
    return desk.text()


def numbers(home, monkeypatch) -> tuple[str, str]:
    """Somebody who is told of, in arrears, and somebody protected."""
    monkeypatch.setenv("CONSOLE_HOME", str(home))
    cursor = connection.engine().connection.cursor()
    cursor.execute("set variable scope = 'none'")
    for (number,) in cursor.execute("select distinct atena_number from derived.balance where unpaid_yen > 0 order by 1").fetchall():
        cursor.execute("set variable inquiry = ?::map(varchar, varchar)", [{"atena_number": number, "name": None, "birth_date": None, "first_age": "40", "last_age": "64"}])
        if cursor.execute("select is_answered and arrears_yen > 0 from disclosed.care_inquiry").fetchone()[0]:
            return number, cursor.execute("select min(atena_number) from derived.place where is_protected").fetchone()[0]
    raise AssertionError("the city has none")


def test_the_reader_s_page(desk, console, monkeypatch):
    told, protected = numbers(console.home, monkeypatch)
    reader = desk("choju")
    reader.open("長寿社会課照会")
    said = ask_about(reader, told, "R8-015")
    assert "滞納額" in said
    assert "滞納期間" in said
    reader.page.screenshot(path=reader.shots / "care_inquiry_told.png", full_page=True)
    said = ask_about(reader, protected, "R8-016")
    assert "対象外" in said
    assert "支援措置" not in said
    reader.page.screenshot(path=reader.shots / "care_inquiry_outside.png", full_page=True)
    assert not reader.problems, reader.problems
    chief = desk("kakari")
    chief.open("長寿社会課照会")
    assert "係長が答える" in chief.page.content()
    chief.page.screenshot(path=chief.shots / "care_inquiry_chief.png", full_page=True)
    analyst = desk("bunseki")
    assert "千円単位に丸め" in analyst.text()
    analyst.page.screenshot(path=analyst.shots / "analyst_home.png", full_page=True)

"""The day a feed is bad: it is refused with its reason, the day before stays on screen, and the mended feed follows."""

import hashlib
import shutil
import subprocess

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import server_at
from tests.conftest import CLOCK

pytestmark = [pytest.mark.slow, pytest.mark.browser]

LAST = CLOCK.business_date.isoformat()
NAME = f"receipt_{CLOCK.business_date:%Y%m%d}_D.csv"


@pytest.fixture
def server(founded, staffed, tmp_path):
    """A server on the eve of the last day; that day's feeds wait in the inbox. Accounts as everywhere."""
    home = shutil.copytree(founded["eve"], tmp_path / "home")
    shutil.copy(staffed / "store.sqlite", home / "store.sqlite")
    shutil.rmtree(home / "secrets")
    shutil.copytree(staffed / "secrets", home / "secrets")
    with server_at(home) as server:
        yield server


def take_in(server) -> str:
    """`python -m data_access.intake` as the night job runs it; what it said."""
    try:
        return server.python("-m", "data_access.intake", LAST)
    except subprocess.CalledProcessError as refused:
        return refused.stdout


def test_a_refused_feed_and_its_correction(desk, server):
    manager = desk("kacho", server)
    page = manager.page
    expect(page.get_by_text("令和8年10月29日（木）")).to_be_visible()

    feed = server.home / "inbox" / LAST / "shuno" / NAME
    whole = feed.read_bytes()
    break_third_row(feed)
    assert "拒否" in take_in(server)

    manager.open("連携状況")
    manager.shot("11-連携の拒否")
    expect(page.get_by_text("R08.10.30 の連携は受け入れられませんでした。前に公開したデータをそのまま表示しています。")).to_be_visible()
    expect(page.get_by_text("令和8年10月29日（木）")).to_be_visible()
    problem = manager.table(3)[0]
    assert (problem["システム"], problem["ファイル"], problem["行"]) == ("収納システム", NAME, "3")
    assert "項目の数か引用符が正しくない行です" in problem["内容と直し方"], problem
    manager.open("地区ワークリスト")
    assert manager.table(), "the day before is still served"

    feed.write_bytes(whole)
    announce(feed, whole)
    assert "公開" in take_in(server)
    manager.open("ホーム")
    expect(page.get_by_text("令和8年10月30日（金）", exact=False).first).to_be_visible()
    expect(page.get_by_text("直近の連携 R08.10.30: 公開")).to_be_visible()
    manager.open("連携状況")
    manager.shot("12-連携の公開")
    assert [row["結果"] for row in manager.table(1)][:2] == ["公開", "拒否"]
    assert page.get_by_text("受け入れられませんでした").count() == 0
    assert not manager.problems, manager.problems


def test_a_held_day_is_decided_and_published(desk, server):
    """A receipt whose channel is no word of the contract: the day waits, 課長 decides, the next run publishes the rest."""
    feed = server.home / "inbox" / LAST / "shuno" / NAME
    break_channel(feed)
    assert "保留" in take_in(server)

    manager = desk("kacho", server)
    page = manager.page
    manager.confirm_again()
    manager.open("連携状況")
    expect(page.get_by_text("令和8年10月30日（金）の連携は、決定を待っています")).to_be_visible()
    manager.shot("13-連携の保留")
    page.get_by_role("radiogroup", name="決定").get_by_text("公開", exact=True).click()
    page.get_by_role("textbox", name="理由").fill("収納システムに確かめた。1件は明日直る。")
    page.get_by_role("button", name="決定を記録する").click()
    manager.settled()
    expect(page.get_by_text("確認の欄に印を付けてから")).to_be_visible(timeout=20_000)
    manager.settled()
    page.get_by_text("保留の理由をすべて読み、送信元に確かめた").click()
    page.get_by_role("button", name="決定を記録する").click()
    manager.settled()
    expect(page.get_by_text("の公開を決定しました。まだ公開は変わっていません。")).to_be_visible(timeout=20_000)
    manager.shot("14-連携の決定")

    assert "公開" in take_in(server)
    manager.open("ホーム")
    manager.open("連携状況")
    expect(page.get_by_text("決定を待っています")).to_have_count(0)
    assert manager.table(0)[0]["収納"] == "公開・隔離1"
    manager.shot("15-連携の決定後")
    assert not manager.problems, manager.problems


def break_third_row(feed) -> None:
    """One item too many in the file's third row; announced as it is, so that only the rule can find it."""
    lines = feed.read_bytes().split(b"\r\n")
    lines[2] += b",1"
    text = b"\r\n".join(lines)
    feed.write_bytes(text)
    announce(feed, text)


def announce(feed, text: bytes) -> None:
    """Write the file's SHA-256 into its 連携予定."""
    plan = feed.parent / "連携予定.csv"
    rows = [row.split(",") for row in plan.read_text("utf-8").splitlines()]
    for row in rows:
        if row[1] == feed.name:
            row[7] = hashlib.sha256(text).hexdigest()
    plan.write_text("".join(",".join(row) + "\r\n" for row in rows), "utf-8", newline="")


def break_channel(feed) -> None:
    """A channel that is no word of the contract in the file's first row; announced as it is."""
    lines = feed.read_bytes().split(b"\r\n")
    heads, cells = (line.decode("cp932").split(",") for line in lines[:2])
    cells[heads.index("納付チャネル")] = "銀行"
    lines[1] = ",".join(cells).encode("cp932")
    text = b"\r\n".join(lines)
    feed.write_bytes(text)
    announce(feed, text)

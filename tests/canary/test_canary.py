"""The canary: a marker in every sensitive cell; every page × account × action in a real browser; every byte searched.

Websocket frames (and the tables in them), HTTP, exports, the server's log, what it leaves in its home and in /tmp: a marker
that the account may not hold is a leak, named with the account, the page and the column it stands in.
"""

import io
import re
from urllib.parse import unquote

import polars as pl
import pytest
from playwright.sync_api import TimeoutError, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from auth.access import User, decide
from data_access import connection
from pages import REGISTER
from sample_city.demo import ACCOUNTS
from tests.browser.conftest import PASSWORDS, WIDE
from tests.browser.desk import Desk
from tests.canary.conftest import Canary
from tests.canary.expected import allowed, class_of
from tests.canary.search import found_in, opened

pytestmark = [pytest.mark.slow, pytest.mark.browser]

STAFF = {name: User(name, display_name, role, section, districts) for name, _, role, section, display_name, districts in ACCOUNTS}
REASON, TYPED = "本人確認のため電話番号を確かめる", "QZTYPEDX"
ENTRIES = ("分納", "分納取消", "催告", "居所調査", "延滞金減免", "承継", "名寄せの判断", "支援措置あり", "支援措置の解除")


class Walk:
    """One account's way through everything it may open. What is heard is kept page by page."""

    def __init__(self, canary: Canary, context, shots, name: str) -> None:
        self.canary, self.name, self.user = canary, name, STAFF[name]
        self.desk = Desk(context, canary.server, shots)
        self.page, self.at = self.desk.page, 0
        self.heard = canary.heard.setdefault(name, {})
        self.desk.sign_in(name, PASSWORDS[name])
        self.keep("ホーム")

    def may(self, action: str) -> bool:
        return decide(self.user, action).allowed

    def keep(self, title: str) -> None:
        """What has come since belongs to this page."""
        self.heard.setdefault(title, []).extend(self.desk.heard[self.at :])
        self.heard[title].append(self.page.content().encode())
        self.at = len(self.desk.heard)

    def everything(self) -> None:
        links = self.page.get_by_test_id("stSidebarNav").get_by_role("link")
        menu = [entry.title for entry in REGISTER if self.may(entry.action)]
        assert [link.inner_text().split("\n")[-1] for link in links.all()] == (menu if len(menu) > 1 else []), "the menu is the permission table's"
        for entry in REGISTER:
            if not self.may(entry.action):
                continue
            if links.count():
                self.desk.open(entry.title)
            self.tabs()
            if entry.module == "district_worklist":
                self.export()
            if entry.module == "case":
                self.case()
            if entry.module == "suspension_candidates":
                self.evidence()
            if entry.module == "adhoc_analysis":
                self.analysis()
            if entry.module == "care_inquiry" and self.may("care_inquiry.ask"):
                self.inquire()
            assert self.page.get_by_test_id("stAlertContentError").count() == 0, (entry.title, self.desk.text())
            self.keep(entry.title)
        stored = self.page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
        self.heard["ブラウザの保存"] = [stored.encode(), unquote(" ".join(self.desk.urls)).encode()]
        for entry in REGISTER:
            if not self.may(entry.action):  # by the address bar
                self.page.goto(f"{self.desk.origin}/{entry.module}")
                expect(self.page.get_by_text("権限がありません").first).to_be_visible(timeout=30_000)
                self.keep(entry.title)
        own = {url for url in self.desk.urls if url.startswith(f"{self.desk.origin}/") and "/static/" not in url and "/export/" not in url}
        self.heard["HTTP"] = [url.encode() + self.desk.context.request.get(url, max_redirects=0).body() for url in sorted(own)]
        inside = (self.desk.origin, self.desk.origin.replace("http", "ws"), "data:", "blob:")
        assert not [url for url in self.desk.urls if not url.startswith(inside)], "nothing leaves the building"
        assert not [problem for problem in self.desk.problems if "403" not in problem], self.desk.problems

    def tabs(self) -> None:
        for tab in self.page.get_by_role("tab").all():
            if tab.get_attribute("aria-selected") != "true":
                before = len(self.desk.heard)
                tab.click()
                self.answered(before)
            self.desk.settled()

    def evidence(self) -> None:
        """What the first candidate's evidence says; there may be none in an officer's districts."""
        tab = self.page.get_by_role("tab", name="候補", exact=True)
        if tab.count() == 0:
            return
        before = len(self.desk.heard)
        tab.click()
        self.answered(before)
        self.desk.settled()
        if self.page.get_by_test_id("stDataFrame").count():
            self.desk.click_row(0)
            self.desk.settled()

    def analysis(self) -> None:
        """A SELECT that is refused and one over whole parts; or everybody, for those who may see each person."""
        if self.may("analysis.sql"):  # its tab is open
            for sql in ("select * from read_text('/etc/hosts')", "select * from procedure_arrears"):
                before = len(self.desk.heard)
                self.page.get_by_role("textbox", name="SELECT文").fill(sql)
                self.page.get_by_role("button", name="実行する").click()
                self.answered(before)
                self.desk.settled()
        if self.may("analysis.exact"):
            self.choose("もとの表", "いまの全員（課内だけ）")
            self.desk.settled()

    def answered(self, before: int) -> None:
        """Wait for the end of the run that a click began: the next click would call it off."""
        for _ in range(1200):
            self.page.wait_for_timeout(50)
            if any(ForwardMsg.FromString(frame).WhichOneof("type") == "script_finished" for frame in self.desk.heard[before:]):
                return
        raise AssertionError("画面が答えません。")

    def case(self) -> None:
        """Search, open, each tab, a basis, each kind of entry, a note, a reveal."""
        self.desk.open("地区ワークリスト")
        self.desk.click_row(0)
        self.desk.settled("滞納者カルテ")
        self.page.get_by_role("tab", name="期別").click()
        self.desk.settled()
        self.desk.click_row(0)
        self.desk.settled()
        self.tabs()
        self.search()
        self.entries()
        self.reveal()

    def search(self) -> None:
        self.page.get_by_text("滞納者を探す（本人確認）").click()
        self.page.get_by_label("宛名番号（10桁）").fill(self.someone_protected())
        self.page.get_by_role("button", name="探す").click()
        self.desk.settled()
        self.page.get_by_label("宛名番号（10桁）").fill("")  # what somebody typed is theirs; what comes back for it is not
        self.page.get_by_text("滞納者を探す（本人確認）").click()

    def inquire(self) -> None:
        """Of the other office: somebody protected is 対象外, and a debtor is an amount and no name."""
        for number in (self.someone_protected(), self.someone_in_debt()):
            self.page.get_by_label("照会番号（照会の文書の番号）").fill("R8-015")
            self.choose("照会の目的", "保険給付の一時差止の確認")
            self.canary.typed.setdefault(self.name, set()).add(number)
            self.page.get_by_label("宛名番号（10桁）").fill(number)
            self.page.get_by_role("button", name="照会する").click()
            self.page.get_by_text("への回答").wait_for(timeout=20_000)
            self.desk.settled()
            assert number not in self.desk.text(), "what is answered names nobody"

    def someone_in_debt(self) -> str:
        found = connection.engine().connection.cursor().execute("select min(atena_number) from derived.balance where unpaid_yen > 0").fetchone()
        return found[0]

    def someone_protected(self) -> str:
        found = connection.engine().connection.cursor().execute("select atena_number from derived.delinquent where is_protected order by 1").fetchone()
        return found[0]

    def entries(self) -> None:
        if not (self.may("note.write") or self.may("protection.mark")):
            return
        self.page.get_by_text("記事を書く・分納や催告などを記録する").click()
        for label in ENTRIES:
            kind = self.page.get_by_test_id("stExpander").get_by_role("radio", name=label, exact=True)
            if kind.count():
                kind.click()
                self.desk.settled()
        if self.may("note.write"):
            self.page.get_by_role("radio", name="記事", exact=True).first.click()
            self.desk.settled()
            self.choose("相手", "本人")
            self.choose("結果", "納付約束")
            self.page.get_by_label("内容", exact=True).fill(f"{TYPED} と話した。")
            self.page.get_by_role("button", name="記録する").click()
            self.page.get_by_text("の記事を記録しました").wait_for(timeout=20_000)
            self.desk.settled()

    def choose(self, box: str, option: str) -> None:
        chooser = self.page.get_by_test_id("stSelectbox").filter(has_text=box).locator("input").last
        for _ in range(5):
            chooser.click()
            try:
                self.page.locator("[role=option]").filter(has_text=option).first.click(timeout=4_000)
            except TimeoutError:
                self.page.keyboard.press("Escape")
            if chooser.input_value() == option:
                return
        raise AssertionError(f"{box} に {option} を選べません。")

    def confirmed(self) -> None:
        self.heard.setdefault("HTTP", []).append(self.desk.confirm_again().encode())

    def unfold(self, button: str) -> None:
        """Open a popover until its form is there; it may first ask whether the confirmation has been given."""
        for _ in range(5):
            self.page.get_by_role("button", name=button).first.click()
            self.page.wait_for_timeout(700)
            if (again := self.page.get_by_role("button", name="確かめました")).count():
                again.click()
                self.desk.settled()
            if self.page.get_by_role("textbox", name="理由").count():
                return
        raise AssertionError(f"{button} が開きません。")

    def reveal(self) -> None:
        """連絡先 of the person on the screen, alone; only that person's, and only for this account."""
        if not self.may("reveal.use"):
            return
        self.confirmed()
        ref = re.search(r"参照番号 ([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})", self.desk.text())[1]
        self.unfold("一時解除")
        self.page.get_by_test_id("stMultiSelect").filter(has_text="見る項目").locator("input").click()
        self.page.locator("[role=option]").filter(has_text="連絡先").first.click()
        self.page.keyboard.press("Escape")
        self.choose("使用目的", "本人確認")
        self.page.get_by_role("textbox", name="理由").fill(REASON)
        self.page.get_by_role("button", name="見る", exact=True).click()
        self.page.get_by_text("一時解除中").wait_for(timeout=20_000)
        self.page.get_by_role("tab", name="連絡先・口座").click()
        self.desk.settled()
        number = connection.engine().connection.cursor().execute("select atena_number from derived.delinquent where atena_ref = ?", [ref]).fetchone()[0]
        self.canary.revealed.setdefault(self.name, {})[number] = ("C3",)

    def export(self) -> None:
        """The list as CSV and as Excel: a ticket is for one of them, so it is ordered twice."""
        if not self.may("worklist.export"):
            return
        self.confirmed()
        before = ""
        for form in ("CSV", "Excel"):
            self.unfold("書き出す")
            self.choose("使用目的", "納付催告")
            self.page.get_by_role("textbox", name="理由").fill(REASON)
            self.page.get_by_role("button", name="書き出す").last.click()
            link = self.page.get_by_role("link", name=re.compile(f"{form}を保存する"))
            expect(link).not_to_have_attribute("href", re.compile(re.escape(before) or "^$"), timeout=20_000)
            fetched = self.desk.context.request.get(self.desk.origin + link.get_attribute("href"))
            assert fetched.status == 200
            before = link.get_attribute("href").removesuffix(".xlsx")
            self.heard.setdefault("書出し", []).append(fetched.body())


@pytest.fixture(scope="module")
def walked(canary, browser, shots):
    """Everybody has walked."""
    for name in STAFF:
        context = browser.new_context(viewport=WIDE, locale="ja-JP")
        Walk(canary, context, shots, name).everything()
        context.close()
    return canary


def told(canary: Canary, markers: set[str]) -> list[str]:
    """Each marker with the columns it stands in."""
    return sorted(f"{marker} {place[0]}.{place[1]}（{class_of(place)}）" for marker in markers for place in sorted(canary.marks.places[marker]))


@pytest.mark.parametrize("name", STAFF)
def test_no_account_hears_a_marker_that_is_not_its_own(walked, name):
    may = allowed(walked.marks, STAFF[name], walked.revealed.get(name, {})) | walked.typed.get(name, set())
    leaks = {page: told(walked, found - may) for page, heard in walked.heard[name].items()
             if (found := found_in(walked.marks, *(opened(one) for one in heard))) - may}
    assert not leaks, f"{name}: {leaks}"


@pytest.mark.parametrize("name", STAFF)
def test_no_browser_keeps_a_person(walked, name):
    """Addresses, storage and cookies hold neither a marker nor a 参照番号."""
    kept = walked.heard[name]["ブラウザの保存"]
    assert not found_in(walked.marks, *kept)
    assert not re.search(rb"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", b" ".join(kept))


def test_the_officers_own_markers_do_arrive(walked):
    """The ear works: names, notes and, under a reveal, the telephone of exactly one person."""
    places = {place for name in ("tanto1", "tanto2") for every in walked.heard[name].values() for one in every
              for marker in found_in(walked.marks, opened(one)) for place in walked.marks.places[marker]}
    assert {("person", "name"), ("person", "town"), ("negotiation_note", "body"), ("contact", "phone")} <= places, places
    assert all(found_in(walked.marks, opened(file)) for file in walked.heard["tanto1"]["書出し"]), "the town is in both files"
    for name in ("bunseki", "kanri", "kansa", "choju"):
        assert found_in(walked.marks, *(opened(one) for every in walked.heard[name].values() for one in every)) <= walked.typed.get(name, set()), name


def test_nothing_is_left_in_logs_files_or_the_access_log(walked):
    """The server's log, its reports, its store's access log, and whatever else it wrote outside feeds and snapshots."""
    home = walked.server.home
    walked.server.log.flush()
    kept = {"inbox", "snapshots", "quarantine"}
    files = [path for path in home.rglob("*") if path.is_file() and path.relative_to(home).parts[0] not in kept and not path.name.startswith("store.sqlite")]
    assert home / "server.log" in files
    for path in files:
        assert not found_in(walked.marks, path.read_bytes()), (path, told(walked, found_in(walked.marks, path.read_bytes())))
    for name, rows in walked.logged():
        assert not found_in(walked.marks, rows), (name, told(walked, found_in(walked.marks, rows)))


LEAKS = ("frame", "HTTP", "書出し", "server.log", "tmp")


@pytest.mark.parametrize("channel", LEAKS)
def test_a_deliberate_leak_is_caught_on_every_channel(canary, tmp_path, channel):
    """The instrument: one marker put where it must not be, by the shape of that channel, is found by the same search."""
    leaked = next(marker for marker, places in canary.marks.places.items() if ("bank_account", "account_number") in places)
    short = next(marker for marker, places in canary.marks.places.items() if ("person", "name") in places)
    content = {"frame": lambda: opened(frame_of([leaked, leaked[::-1], short])), "HTTP": lambda: f"<p>{leaked}・{short}</p>".encode(),
               "書出し": lambda: f"番号,氏名\r\n{leaked},{short}\r\n".encode("utf-8-sig")}.get(channel, lambda: written(tmp_path / channel, f"場所={leaked} {short}"))()
    assert found_in(canary.marks, content) == {leaked, short}


def frame_of(cells: list[str]) -> bytes:
    """A frame with a table, as Streamlit sends one."""
    message, data = ForwardMsg(), io.BytesIO()
    pl.DataFrame({"cell": cells}).write_ipc_stream(data)
    message.delta.new_element.dataframe.arrow_data.data = data.getvalue()
    return message.SerializeToString()


def written(path, text: str) -> bytes:
    path.write_text(text, "utf-8")
    return path.read_bytes()

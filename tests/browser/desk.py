"""A member of staff at a real browser. Everything that crosses the wire is kept, to be searched afterwards."""

import re
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Locator, Page, WebSocket, expect

from pages.parts.tables import ROW_HEIGHT
from tests.auth.visitor import Server

CELLS = "table => [...table.rows].map(row => [...row.cells].map(cell => cell.innerText))"
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'


class Desk:
    """One browser tab on `server`. `problems` are console errors, `urls` every request, `heard` every byte received."""

    def __init__(self, context: BrowserContext, server: Server, shots: Path) -> None:
        self.context, self.server, self.shots = context, server, shots
        self.origin = f"http://{server.host}"
        self.urls: list[str] = []
        self.problems: list[str] = []
        self.heard: list[bytes] = []
        self.page: Page = context.new_page()
        self.page.on("request", lambda request: self.urls.append(request.url))
        self.page.on("console", lambda said: self._complain(said.text) if said.type == "error" else None)
        self.page.on("response", lambda answer: self._turned_away(answer.status, answer.url) if answer.status >= 400 else None)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        self.urls.append(socket.url)
        socket.on("framereceived", lambda frame: self.heard.append(frame if isinstance(frame, bytes) else frame.encode()))

    def _complain(self, text: str) -> None:
        if not text.startswith(("Failed to load resource", "The page that you have requested does not seem to exist")):
            self.problems.append(text)

    def _turned_away(self, status: int, url: str) -> None:
        # Opened at /case, Streamlit first looks for its server below /case/; the Gate says 404 and it looks at / next.
        if not re.search(r"/[a-z_]+/_stcore/(health|host-config)$", url):
            self.problems.append(f"{status} {url}")

    def sign_in(self, name: str, password: str) -> None:
        self.password = password
        self.page.goto(self.origin)
        self.page.get_by_label("利用者ID").fill(name)
        self.page.get_by_label("パスワード").fill(password)
        self.page.get_by_role("button", name="サインイン").click()
        self.settled("ホーム")

    def confirm_again(self) -> str:
        """本人の再確認, in a tab of its own; what that tab said."""
        tab = self.context.new_page()
        tab.goto(f"{self.origin}/auth/confirm")
        tab.get_by_label("パスワード").fill(self.password)
        tab.get_by_role("button").last.click()
        tab.wait_for_load_state()
        told = tab.content()
        tab.close()
        return told

    def open(self, title: str) -> None:
        """Choose a page in the menu and wait until it is drawn."""
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=title).click()
        self.settled(title)

    def settled(self, title: str = "") -> None:
        """Wait until the script has run and nothing is being drawn."""
        if title:
            expect(self.page.get_by_role("heading", level=1, name=title)).to_be_visible(timeout=20_000)
        self.page.locator(IDLE).wait_for(timeout=20_000)
        expect(self.page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=10_000)
        self.page.wait_for_timeout(150)  # the grid and the charts paint one frame later

    def text(self) -> str:
        """What the main part of the screen says outside the grids, which are drawn on a canvas."""
        return self.page.get_by_test_id("stMain").inner_text()

    def table(self, place: int = 0) -> list[dict[str, str]]:
        """The visible rows of a table as a screen reader gets them: label → text."""
        grid = self.page.get_by_test_id("stDataFrame").nth(place).locator("table[role=grid]")
        self.page.wait_for_timeout(300)  # the grid tells a screen reader a moment after it has painted
        grid.locator("tbody tr").first.wait_for(state="attached", timeout=5_000)
        heads, *rows = grid.evaluate(CELLS)  # in one step: the grid may be redrawn between two
        return [dict(zip(heads, row, strict=True)) for row in rows]

    def row_of(self, column: str, value: str, place: int = 0) -> int:
        """Which row (from 0) of a table holds `value`, as soon as one does: after a page is opened the last page's grid stands a moment longer."""
        for _ in range(60):
            found = [row.get(column) for row in self.table(place)]
            if value in found:
                return found.index(value)
        raise AssertionError((column, value, found))

    def click_row(self, row: int, place: int = 0) -> None:
        """Move to the first cell of a row (from 0) as a hand does, and click; the grid ignores a pointer out of nowhere."""
        grid = self.page.get_by_test_id("stDataFrame").nth(place).locator(".dvn-scroller")
        box = self._stands(grid)
        high = (grid.evaluate("each => each.scrollHeight") - ROW_HEIGHT) / len(self.table(place))  # rows of a table whose texts wrap are higher
        x, y = box["x"] + 40, box["y"] + ROW_HEIGHT + high * (row + 0.5)
        self.page.mouse.move(x - 10, y)
        self.page.wait_for_timeout(200)
        self.page.mouse.move(x, y, steps=4)
        self.page.wait_for_timeout(100)
        self.page.mouse.click(x, y, delay=40)

    def _stands(self, grid: Locator) -> dict[str, float]:
        """Where a grid is on the screen, once the page puts no other in its place."""
        for _ in range(50):
            with suppress(Error):
                grid.scroll_into_view_if_needed(timeout=2_000)
                if box := grid.bounding_box():
                    return box
            self.page.wait_for_timeout(200)
        raise AssertionError("表が描き終わりません。")

    def metric(self, label: str) -> Locator:
        return self.page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")

    def shot(self, name: str) -> None:
        """Keep a picture of the whole screen."""
        self.page.screenshot(path=self.shots / f"{name}.png")

    def received(self) -> str:
        """Everything this browser was sent: every frame, and every page and small file once more (Streamlit's own
        static files apart), because a browser forgets what it has navigated away from."""
        own = {url for url in self.urls if url.startswith(f"{self.origin}/") and "/static/" not in url}
        files = [self.context.request.get(url, max_redirects=0).body() for url in sorted(own)]
        return b"\n".join([*files, *self.heard]).decode("utf-8", "replace")

"""A real browser: the sign-in page, charts under the Content-Security-Policy, and the screen of somebody who left."""

import pytest

from tests.auth.visitor import PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def page(probe, browser):
    probe.add("hayashi")
    page = browser.new_page(base_url=f"http://{probe.host}")
    page.seen = []
    page.on("request", lambda request: page.seen.append(request.url))
    page.problems = []
    page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    yield page
    page.close()


def sign_in(page) -> None:
    page.goto("/worklist")
    page.get_by_label("利用者ID").fill("hayashi")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()
    page.get_by_text("利用者 hayashiさん").wait_for()


def test_screens_draw_under_the_policy_and_nothing_leaves_the_building(page, probe):
    sign_in(page)
    page.goto("/?draw=1")
    page.get_by_text("描画おわり").wait_for()
    page.locator("[data-testid=stPlotlyChart] .barlayer path").first.wait_for()
    page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg").first.wait_for()
    page.locator("[data-testid=stDataFrame] canvas").first.wait_for()
    assert not page.problems, page.problems
    elsewhere = [url for url in page.seen if not url.startswith((f"http://{probe.host}/", "data:", "blob:"))]
    assert not elsewhere, elsewhere
    assert "console" not in page.evaluate("document.cookie")


def test_signing_out_leaves_at_once_and_back_shows_nothing(page):
    page.get_by_role("button", name="サインアウト").click()
    page.wait_for_url("**/auth/sign-in", timeout=3000)
    assert "サインアウトしました。" in page.get_by_role("status").inner_text()
    page.go_back()
    page.wait_for_url("**/auth/sign-in", timeout=3000)
    assert page.get_by_text("利用者 hayashiさん").count() == 0


def test_a_disabled_persons_screen_goes_away_by_itself(page, probe):
    sign_in(page)
    probe.python("-m", "auth.accounts", "disable", "hayashi")
    page.wait_for_url("**/auth/sign-in", timeout=3000)
    assert "利用者の登録が変わった" in page.get_by_role("status").inner_text()

"""Our own pages over the real wire, with TOTP as a city runs it: first steps, own account, accounts by two people."""

import base64
import re
import subprocess
import sys
import time
from urllib.parse import urlencode

import pytest
from websockets.exceptions import InvalidStatus

from auth import second_factor
from tests.auth.visitor import PASSWORD, ROOT, Server, Visitor

pytestmark = pytest.mark.slow
OWN = "にわのさくらがきれいにさきました"
PEOPLE = {"hosaka": "admin", "kudo": "manager", "ueno": "officer", "fujii": "auditor"}


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """The console asking for TOTP, with an admin and a manager, an officer and an auditor who all have registered."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSOLE_SECOND_FACTOR", "totp")
        server = Server("app.py", tmp_path_factory.mktemp("totp"))
    with server:
        for name in ("ueno", "fujii", "kudo", "hosaka"):
            server.add(name, PEOPLE[name])
        yield server


def token(page: str) -> str:
    return re.search(r'name="form_token" value="([^"]+)"', page)[1]


def send(visitor: Visitor, path: str, page: str = "/auth/account", **fields: str):
    """Fill in a form of `page` and send it to `path`."""
    return visitor.post(path, {"form_token": token(visitor.get(page).text), **fields})


def sign_in(visitor: Visitor, name: str, password: str, code: str = ""):
    page = visitor.get("/auth/sign-in").text
    return visitor.post("/auth/sign-in", {"name": name, "password": password, "code": code, "form_token": token(page)})


class Authenticator:
    """Somebody's device: a key, and a code that was not used before."""

    def __init__(self, page: str) -> None:
        text = re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
        self.key, self.used = base64.b32decode(text), 0

    def code(self) -> str:
        step = max(int(time.time()) // 30 - 1, self.used + 1)
        while step > int(time.time()) // 30 + 1:
            time.sleep(1)
        self.used = step
        return second_factor.code_at(self.key, step)


def registered(visitor: Visitor, password: str) -> Authenticator:
    device = Authenticator(send(visitor, "/auth/account/code-offer", password=password).text)
    assert send(visitor, "/auth/account/code", code=device.code()).header("location") == "/auth/account?done=code"
    return device


@pytest.fixture(scope="module")
def staff(city) -> dict[str, tuple[Visitor, Authenticator]]:
    people = {}
    for name in PEOPLE:
        visitor = Visitor(city)
        assert sign_in(visitor, name, PASSWORD).status == 303
        people[name] = visitor, registered(visitor, PASSWORD)
    return people


def may_open_a_socket(visitor: Visitor) -> bool:
    try:
        with visitor.line() as line:
            line.run()
            return True
    except InvalidStatus:
        return False


def test_from_the_first_secret_to_the_first_screen(city, staff):
    admin, (manager, device) = staff["hosaka"][0], staff["kudo"]
    wanted = {"kind": "create", "name": "mizuno", "display_name": "水野 空", "role": "officer", "section": "収納推進課",
              "holder": "staff", "employee_number": "E7", "districts": "D01, D02", "reason": "異動のため"}  # fmt: skip
    assert send(admin, "/auth/accounts/propose", "/auth/accounts", **wanted).header("location").endswith("done=proposed")
    page = manager.get("/auth/accounts").text
    proposal = re.search(r'name="proposal" value="([0-9a-f]{32})"', page)[1]
    decided = {"proposal": proposal, "decision": "approve"}
    assert "本人の再確認が要ります" in send(manager, "/auth/accounts/decide", "/auth/accounts", **decided).text
    assert send(manager, "/auth/confirm", "/auth/confirm", password=PASSWORD, code=device.code()).status == 303
    assert send(admin, "/auth/accounts/decide", "/auth/accounts", **decided).status == 403
    shown = send(manager, "/auth/accounts/decide", "/auth/accounts", **decided)
    secret = re.search(r'class="secret">([a-z2-9-]+)<', shown.text)[1]
    assert shown.header("cache-control") == "no-store"
    assert secret not in manager.get("/auth/accounts").text + (city.home / "server.log").read_text()

    mizuno = Visitor(city)
    assert sign_in(mizuno, "mizuno", secret).status == 303
    for path in ("/", "/case", "/worklist"):
        assert mizuno.get(path).header("location") == "/auth/account"
    assert [mizuno.get(path).status for path in ("/auth/accounts", "/auth/confirm", "/_stcore/health")] == [403] * 3
    assert not may_open_a_socket(mizuno)
    assert "水野" not in send(mizuno, "/auth/account/password", new="short", again="short").text
    assert "よく使われる" in send(mizuno, "/auth/account/password", new="passwordpassword", again="passwordpassword").text
    assert "市や課の名前" in send(mizuno, "/auth/account/password", new="mizuno no aikotoba", again="mizuno no aikotoba").text
    old = dict(mizuno.cookies)
    assert send(mizuno, "/auth/account/password", new=OWN, again=OWN).status == 303
    thief = Visitor(city)
    thief.cookies = old
    assert thief.get("/auth/account").status == 401, "the session of the first secret is over"
    assert not may_open_a_socket(mizuno), "the second factor is still missing"
    device = registered(mizuno, OWN)
    assert may_open_a_socket(mizuno)
    again = Visitor(city)
    assert sign_in(again, "mizuno", secret).status == 403
    assert sign_in(again, "mizuno", OWN).status == 403
    assert sign_in(again, "mizuno", OWN, device.code()).status == 303
    history = again.get("/auth/account").text
    assert "認証コードの誤り" in history
    assert history.count("<td>サインイン</td>") >= 2


def test_who_may_open_the_desk_and_what_is_on_it(city, staff):
    assert staff["ueno"][0].get("/auth/accounts").status == 403
    auditor = staff["fujii"][0].get("/auth/accounts").text
    assert "利用者の点検" in auditor
    assert "/auth/accounts/propose" not in auditor + staff["kudo"][0].get("/auth/accounts").text
    for name, path in [("ueno", "propose"), ("kudo", "propose"), ("fujii", "disable"), ("hosaka", "review"), ("ueno", "decide")]:
        visitor = staff[name][0]
        form = {"form_token": token(visitor.get("/auth/account").text), "name": "ueno", "kind": "reset", "reason": "x"}
        assert visitor.post(f"/auth/accounts/{path}", form).status == 403, (name, path)


def test_a_form_of_another_session_or_site_does_nothing(city, staff):
    admin, officer = staff["hosaka"][0], staff["ueno"][0]
    theirs = token(officer.get("/auth/account").text)
    form = {"name": "fujii", "form_token": theirs}
    assert admin.post("/auth/accounts/disable", form).status == 403
    own = token(admin.get("/auth/accounts").text)
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}):
        assert admin.post("/auth/accounts/disable", {"name": "fujii", "form_token": own}, **headers).status == 403
    assert admin.request("GET", "/auth/accounts/disable?" + urlencode({"name": "fujii", "form_token": own})).status == 404
    assert staff["fujii"][0].get("/auth/account").status == 200


@pytest.mark.parametrize("path", ["/auth/account", "/auth/accounts", "/auth/confirm"])
def test_strangers_see_none_of_it(city, path):
    assert Visitor(city).get(path).status == 401
    assert Visitor(city).post(path, {}).status == 401
    assert "default-src 'self'" in Visitor(city).get(path).header("content-security-policy")


def test_the_manager_signs_the_list_that_was_read(city, staff):
    manager, device = staff["kudo"]
    page = manager.get("/auth/accounts").text
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)[1]
    send(manager, "/auth/confirm", "/auth/confirm", password=PASSWORD, code=device.code())
    assert send(manager, "/auth/accounts/review", "/auth/accounts", digest="0" * 64).status == 400
    assert send(manager, "/auth/accounts/review", "/auth/accounts", digest=digest, comment="<b>よし</b>").status == 303
    after = manager.get("/auth/accounts").text
    assert digest[:16] in after
    assert "&lt;b&gt;よし" in after


def test_a_disabled_colleague_is_out_at_once(city, staff):
    (admin, device), officer = staff["hosaka"], staff["ueno"][0]
    assert "本人の再確認が要ります" in send(admin, "/auth/accounts/disable", "/auth/accounts", name="ueno").text
    assert officer.get("/auth/account").status == 200
    assert send(admin, "/auth/confirm", "/auth/confirm", password=PASSWORD, code=device.code()).status == 303
    assert send(admin, "/auth/accounts/disable", "/auth/accounts", name="ueno").status == 303
    time.sleep(0.6)
    assert officer.get("/auth/account").status == 401


def test_the_demo_says_aloud_that_it_runs_without(console):
    page = Visitor(console).get("/auth/sign-in").text
    assert "デモ環境" in page
    assert "第二の認証（認証コード）なし" in page
    assert 'name="code"' not in page


def test_a_real_city_does_not_start_without_a_second_factor(console):
    environment = console.environment | {"CONSOLE_TODAY": "", "CONSOLE_SECOND_FACTOR": "none"}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "0"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "起動できません。CONSOLE_SECOND_FACTOR=none" in done.stderr

"""The Gate in one process: what passes, what does not, and when the socket closes, with a moved clock."""

import asyncio
import json
import re
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from starlette.datastructures import Headers
from streamlit.proto.BackMsg_pb2 import BackMsg

import store
from audit import log
from auth import accounts, gate, origin, sessions, shell, step_up
from auth.frames import Frame, judge
from auth.gate import ENDED, FORBIDDEN, Gate

HOST = (b"host", b"localhost:8501")
ORIGIN = (b"origin", b"http://localhost:8501")


def frame(kind: str, **values) -> bytes:
    message = BackMsg()
    part = getattr(message, kind)
    if hasattr(part, "SetInParent"):
        part.SetInParent()
        for name, value in values.items():
            setattr(part, name, value)
    else:
        setattr(message, kind, True if isinstance(part, bool) else "x")
    return message.SerializeToString()


class Wire:
    """One websocket through the Gate to an application that answers every frame it is given."""

    def __init__(self, token: str, *headers: tuple[bytes, bytes], path: str = gate.STREAM) -> None:
        self.scope = {
            "type": "websocket", "path": path,
            "headers": [*headers, (b"cookie", f"a=1; console={token}; b=2".encode())],
        }  # fmt: skip
        self.inbox: asyncio.Queue = asyncio.Queue()
        self.sent: list[dict] = []
        self.seen: list[bytes] = []
        self.app_scope: dict = {}

    async def application(self, scope, receive, send) -> None:
        self.app_scope = scope
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            self.seen.append(message["bytes"])
            await send({"type": "websocket.send", "bytes": b"answer"})
        self.seen.append(b"disconnected")

    async def send(self, message: dict) -> None:
        self.sent.append(message)
        if message["type"] == "websocket.close":
            self.inbox.put_nowait({"type": "websocket.disconnect", "code": message["code"]})

    async def talk(self, script) -> None:
        """Run the Gate and `script(self)`, which speaks for the browser and then hangs up."""
        running = asyncio.create_task(Gate(self.application)(self.scope, self.inbox.get, self.send))
        await script(self)
        self.inbox.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(running, 5)

    async def say(self, data: bytes) -> None:
        self.inbox.put_nowait({"type": "websocket.receive", "bytes": data})
        await asyncio.sleep(0.05)

    def closed_with(self) -> int | None:
        return next((m["code"] for m in self.sent if m["type"] == "websocket.close"), None)


def talk(wire: Wire, script=None) -> Wire:
    async def silence(_wire):
        await asyncio.sleep(0.05)

    asyncio.run(wire.talk(script or silence))
    return wire


def test_a_live_session_talks(token):
    async def script(wire):
        await wire.say(frame("rerun_script"))

    wire = talk(Wire(token, HOST, ORIGIN), script)
    assert wire.seen == [frame("rerun_script"), b"disconnected"]
    assert [message["type"] for message in wire.sent] == ["websocket.accept", "websocket.send"]


def test_streamlit_is_told_our_sid_and_never_the_token(token):
    forged = [(b"x-console-sid", b"forged"), (b"X-Console-Sid", b"forged"), (b"x_console_sid", b"forged")]
    wire = talk(Wire(token, HOST, ORIGIN, *forged))
    headers = wire.app_scope["headers"]
    assert [value for name, value in headers if b"sid" in name.lower()] == [sessions.find(token).sid.encode()]
    assert token.encode() not in b"".join(value for _, value in headers)
    assert (b"cookie", b"a=1; b=2") in headers


@pytest.mark.parametrize(
    "headers",
    [
        [HOST],
        [HOST, (b"origin", b"null")],
        [HOST, (b"origin", b"http://localhost:8502")],
        [HOST, (b"origin", b"http://localhost:8501.evil.example")],
        [HOST, (b"origin", b"ftp://localhost:8501")],
        [(b"host", b"evil.example"), (b"origin", b"http://evil.example")],
        [(b"host", b"localhost@evil.example"), (b"origin", b"http://localhost@evil.example")],
        [HOST, ORIGIN, (b"sec-fetch-site", b"cross-site")],
        [HOST, ORIGIN, (b"sec-fetch-site", b"same-site")],
        [ORIGIN],
    ],
)
def test_another_sites_socket_is_refused(token, headers):
    wire = talk(Wire(token, *headers))
    assert wire.closed_with() == FORBIDDEN
    assert not wire.app_scope


@pytest.mark.parametrize("path", ["/", "/_stcore/streams", "/x/_stcore/stream", "/_stcore/stream/"])
def test_there_is_one_socket_only(token, path):
    assert talk(Wire(token, HOST, ORIGIN, path=path)).closed_with() == FORBIDDEN


@pytest.mark.parametrize("forged", ["", "x", "a" * 43])
def test_a_stranger_never_reaches_streamlit(token, forged):
    wire = talk(Wire(forged, HOST, ORIGIN))
    assert wire.closed_with() == ENDED
    assert not wire.app_scope


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["sign-out", "disabled", "elsewhere"])
def test_the_socket_closes_within_a_second_without_a_frame(token, ending):
    async def script(wire):
        await wire.say(frame("rerun_script"))
        {
            "sign-out": lambda: sessions.end(sessions.find(token).sid, "signed_out"),
            "disabled": lambda: accounts.disable("tanaka"),
            "elsewhere": lambda: sessions.start("tanaka", "10.0.0.2"),
        }[ending]()
        await asyncio.sleep(1.2)
        assert wire.closed_with() == ENDED

    talk(Wire(token, HOST, ORIGIN), script)


@pytest.mark.slow
def test_after_the_end_nothing_passes_in_either_direction(token):
    wire = Wire(token, HOST, ORIGIN)
    late = []

    async def application(scope, receive, send):
        await send({"type": "websocket.accept"})
        sessions.end(sessions.find(token).sid, "signed_out")
        await asyncio.sleep(0.6)
        await send({"type": "websocket.send", "bytes": b"secret"})
        late.append(await receive())

    wire.application = application

    async def script(wire):
        await asyncio.sleep(0.1)
        await wire.say(frame("rerun_script"))
        await asyncio.sleep(0.8)

    talk(wire, script)
    assert b"secret" not in [message.get("bytes") for message in wire.sent]
    assert late[0]["type"] == "websocket.disconnect"


def test_only_a_hand_restarts_the_idle_clock(token, clock, monkeypatch):
    touched = []
    monkeypatch.setattr(sessions, "touch", lambda found: touched.append(found) or found)

    async def script(wire):
        await wire.say(frame("rerun_script"))  # the page's own first run
        await wire.say(frame("app_heartbeat"))
        await wire.say(frame("rerun_script", is_auto_rerun=True))
        assert not touched
        await wire.say(frame("rerun_script", query_string="q=1"))
        assert len(touched) == 1

    assert len(talk(Wire(token, HOST, ORIGIN), script).seen) == 5


@pytest.mark.slow
def test_idle_time_closes_the_socket(token, clock):
    async def script(wire):
        await wire.say(frame("rerun_script"))
        clock.forward(minutes=10)
        await asyncio.sleep(1.2)
        assert wire.closed_with() == ENDED

    talk(Wire(token, HOST, ORIGIN), script)
    assert sessions.end_reason(token) == "idle"


def test_every_message_of_the_installed_streamlit_is_decided():
    verdicts = {field.name: judge(frame(field.name)) for field in BackMsg.DESCRIPTOR.fields}
    allowed = {"rerun_script": Frame.HUMAN, "stop_script": Frame.HUMAN, "app_heartbeat": Frame.AUTOMATIC}
    assert {name: verdict for name, verdict in verdicts.items() if verdict is not Frame.REFUSED} == allowed
    assert {"clear_cache", "load_git_info", "set_run_on_save", "file_urls_request"} <= set(verdicts)


def test_of_the_backend_operations_only_table_rows_pass():
    verdicts = {}
    for name in BackMsg().backend_operation_request.DESCRIPTOR.oneofs_by_name["payload"].fields:
        message = BackMsg()
        getattr(message.backend_operation_request, name.name).SetInParent()
        verdicts[name.name] = judge(message.SerializeToString())
    assert {name for name, verdict in verdicts.items() if verdict is not Frame.REFUSED} == {"dataframe_chunk"}


@pytest.mark.parametrize("data", [None, b"", b"\xff\xff", b"hello"])
def test_what_is_no_message_is_refused(data):
    assert judge(data) is Frame.REFUSED


class _Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []

    def handle_starttag(self, tag, attributes):
        if tag == "script":
            self.sources.append(dict(attributes).get("src", "inline"))


def test_the_page_is_ours_and_its_inline_script_is_allowed_by_hash():
    scripts = _Scripts()
    scripts.feed(shell.INDEX)
    assert scripts.sources[0] == "/auth/watch.js"
    assert scripts.sources.count("inline") == len(re.findall(r"'sha256-", shell.CONTENT_SECURITY_POLICY)) == 1
    assert shell.TITLE in shell.INDEX
    assert "欄の外を押すと確定します" in shell.INDEX
    assert "当てはまるものはありません" in shell.INDEX
    assert "agent" not in shell.INDEX
    assert "'unsafe-inline'" not in re.search(r"script-src[^;]*", shell.CONTENT_SECURITY_POLICY)[0]


def test_behind_tls_the_cookie_is_host_bound_and_the_origin_https(monkeypatch):


    monkeypatch.setenv("CONSOLE_HTTPS", "1")
    monkeypatch.setenv("CONSOLE_HOST", "Console.City.Example")
    assert origin.cookie_name() == "__Host-console"
    ours = {"host": "console.city.example", "origin": "https://console.city.example"}
    assert origin.is_our_host(Headers(ours))
    assert origin.is_our_origin(Headers(ours))
    assert not origin.is_our_origin(Headers(ours | {"origin": "http://console.city.example"}))


FORWARDED = b"x-forwarded-for"
FORGED = [[], [(FORWARDED, b"")], [(FORWARDED, b"10.0.0.1, 10.0.0.2")], [(FORWARDED, b"10.0.0.1"), (FORWARDED, b"10.0.0.2")], [(FORWARDED, b"me")]]


@pytest.fixture
def behind_tls(monkeypatch):
    monkeypatch.setenv("CONSOLE_HTTPS", "1")
    return (b"origin", b"https://localhost:8501")


@pytest.mark.parametrize("headers", FORGED)
def test_behind_tls_nothing_is_answered_without_one_address_of_the_proxy_s(home, behind_tls, headers):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/auth/sign-in", "headers": [HOST, *headers], "client": ("127.0.0.1", 1)}
    asyncio.run(Gate(None)(scope, None, send))
    assert (sent[0]["status"], "X-Forwarded-For" in sent[1]["body"].decode()) == (400, True)
    assert talk(Wire("x" * 43, HOST, behind_tls, *headers)).closed_with() == FORBIDDEN


def test_behind_tls_the_address_is_the_proxy_s_word(behind_tls):
    assert origin.source({"headers": [(FORWARDED, b" 10.4.0.7 ")], "client": ("127.0.0.1", 1)}) == "10.4.0.7"
    assert origin.source({"headers": [(FORWARDED, b"2001:DB8::1")]}) == "2001:db8::1"


def test_a_session_carried_to_a_foreign_network_reaches_nothing(token, monkeypatch):
    monkeypatch.setattr(gate, "is_inside", lambda role, source, _day: (role, source) == ("officer", "10.0.0.1"))

    def answered(source: str) -> int:
        sent = []

        async def send(message):
            sent.append(message)

        cookie = (b"cookie", f"console={token}".encode())
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [HOST, cookie], "client": (source, 1)}
        asyncio.run(Gate(None)(scope, None, send))
        return sent[0]["status"]

    assert (answered("10.0.0.1"), answered("10.0.1.1")) == (200, 403)
    wire = Wire(token, HOST, ORIGIN)
    wire.scope["client"] = ("10.0.1.1", 1)
    assert talk(wire).closed_with() == FORBIDDEN


def test_a_session_used_from_another_address_is_told_once_and_asked_again_who_it_is(token, clock):
    """By a page, by the socket and by both again: one entry an address; what was confirmed before does not count at it."""
    sid = sessions.find(token).sid
    with store.engine().begin() as connection:
        connection.execute(step_up.step_up.insert().values(sid=sid, confirmed_at=clock.instant.isoformat()))
    clock.forward(seconds=1)

    async def send(_message):
        await asyncio.sleep(0)

    for source in ("10.0.0.1", "10.9.9.9"):
        assert step_up.is_fresh(sid)
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [HOST, (b"cookie", f"console={token}".encode())], "client": (source, 1)}
        asyncio.run(Gate(None)(scope, None, send))
    assert not step_up.is_fresh(sid)
    for source in ("10.9.9.9", "10.0.0.1", "10.8.8.8"):
        wire = Wire(token, HOST, ORIGIN)
        wire.scope["client"] = (source, 1)
        assert talk(wire).closed_with() is None, "it lives on"
    read = sa.select(log.ACCESS_LOG).where(log.ACCESS_LOG.c.action == "session.moved").order_by(log.ACCESS_LOG.c.seq)
    with store.engine().connect() as connection:
        assert [(row.actor, row.source, json.loads(row.detail)["began_at"]) for row in connection.execute(read)] == [
            ("tanaka", "10.9.9.9", "10.0.0.1"), ("tanaka", "10.8.8.8", "10.0.0.1")]


def test_an_error_behind_the_gate_leaves_as_a_number_with_the_headers():
    sent = []

    async def broken(scope, receive, send):
        raise RuntimeError("宛名番号 1234567")

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/healthz", "headers": [HOST]}
    asyncio.run(Gate(broken)(scope, None, send))
    assert sent[0]["status"] == 500
    assert b"content-security-policy" in dict(sent[0]["headers"])
    assert "1234567" not in sent[1]["body"].decode()

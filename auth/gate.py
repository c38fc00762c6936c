"""The Gate: pure ASGI in front of Streamlit. Nobody reaches Streamlit without a live session, by any route.

Deny by default: PUBLIC is for everybody, PAGE and SIGNED_IN for the signed-in, nothing else exists. On a websocket the
session is asked about again for every frame in both directions, and every second in between. Streamlit learns who it
is from X-Console-Sid alone, which only the Gate can set (server.trustedUserHeaders in .streamlit/config.toml).
"""

import asyncio
import contextlib
import logging
import re
import secrets
import socket
import traceback

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import settings
from auth import origin, shell
from auth.frames import Frame, judge
from auth.limits import is_inside
from auth.pulse import FRESH, Pulse
from auth.second_factor import TERMINAL_HEADER
from auth.sessions import Session
from auth.sign_in import ROUTES as ROUTES
from auth.tally import Tally

STREAM, HEALTH = "/_stcore/stream", "/healthz"  # whoever watches over the server asks for its health, from beside it
NO_SOURCE = "接続元が分かりません。市のプロキシで X-Forwarded-For に端末のアドレスを1つだけ入れてください（運用の手引き）。"
PUBLIC = {
    ("GET", "/auth/sign-in"),
    ("POST", "/auth/sign-in"),
    ("GET", "/auth/style.css"),
    ("POST", "/auth/sign-out"),
    ("GET", HEALTH),
}
SIGNED_IN = re.compile(
    r"/static/(js|css|media)/[\w.@~-]+|/favicon\.png|/manifest\.json|/_stcore/(health|host-config)|/auth/(alive|watch\.js)"
    r"|/export/[\w-]{43}(\.xlsx)?"
)
# Our own pages for the signed-in, and which of them serve somebody whose first secret or second factor is not settled.
FORMS = re.compile(r"/auth/(account|account/(password|code-offer|code)|accounts|accounts/(propose|decide|disable|review)|confirm)")
FIRST_STEPS = re.compile(r"/auth/(account|account/(password|code-offer|code)|alive|watch\.js)")
ELSEWHERE = "この端末のネットワークからは使えません。決められた端末を使ってください。"
FIRST_STEPS_FIRST = "先に自分のパスワードと認証コードを登録してください。"
FORM_PAGES = ("/auth/account", "/auth/accounts", "/auth/confirm")
PAGE = re.compile(r"/|/[^/._][^/.]*/?")
# Opened at /case, Streamlit's own client first looks for its server below /case/: answered 404, and nobody's misdeed.
PROBE = re.compile(r"/[a-z_]+/_stcore/(health|host-config)")
ENDED, FORBIDDEN = 4401, 4403

_log = logging.getLogger(__name__)


class Gate:
    """ASGI middleware: st.App(…, routes=ROUTES, middleware=[Middleware(Gate)])."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._pulse = Pulse()
        self._refusals = Tally()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, shell.sealed(send, scope["path"]))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(scope)
            if answer:
                if answer.status_code >= 400 and not PROBE.fullmatch(scope["path"]):
                    self._refusals.note(path=scope["path"], reason=f"HTTP {answer.status_code}", source=origin.source(scope))
                await answer(scope, receive, send)
            else:
                await self._app(_known_as(scope, None), receive, send)
        except Exception as error:
            # The last resort: nothing of the error leaves, and the answer still carries the headers.
            number, place = secrets.token_hex(4), traceback.extract_tb(error.__traceback__)[-1]
            kind = type(error).__name__
            _log.error("要求を処理できませんでした 番号=%s 種類=%s 場所=%s:%s", number, kind, place.filename, place.lineno)
            await PlainTextResponse(f"処理できませんでした（番号 {number}）。", 500)(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response | None:
        """The Gate's own answer, or None when the request may go on."""
        headers, path, method = Headers(scope=scope), scope["path"], scope["method"]
        is_page = method in ("GET", "HEAD") and PAGE.fullmatch(path) is not None
        is_entrance = (method, path) == ("GET", "/auth/sign-in")
        if not origin.is_our_host(headers):
            return PlainTextResponse("宛先のホスト名が正しくありません。", 400)
        if path != HEALTH and not origin.is_from_the_proxy(scope):
            return PlainTextResponse(NO_SOURCE, 400)
        if origin.is_foreign(headers, is_page=is_page or is_entrance):
            return PlainTextResponse("他のサイトからの要求は受け付けません。", 403)
        if method not in ("GET", "HEAD") and not origin.is_our_origin(headers):
            return PlainTextResponse("送信元が正しくありません。", 403)
        if (method, path) in PUBLIC:
            return None
        found = await self._pulse.find(origin.cookie(headers))
        if found is None:
            return RedirectResponse("/auth/sign-in", 303) if is_page else PlainTextResponse("サインインしてください。", 401)
        if not is_inside(found.role, origin.source(scope), settings.today()):
            return PlainTextResponse(ELSEWHERE, 403)
        await self._pulse.seen_from(found, origin.source(scope))
        if not found.is_ready and not FIRST_STEPS.fullmatch(path):
            return RedirectResponse("/auth/account", 303) if is_page else PlainTextResponse(FIRST_STEPS_FIRST, 403)
        if is_page:
            await self._pulse.touch(found)
            return HTMLResponse(shell.INDEX)
        if FORMS.fullmatch(path) and method == ("GET" if method == "GET" and path in FORM_PAGES else "POST"):
            await self._pulse.touch(found)
            return None
        if method in ("GET", "HEAD") and SIGNED_IN.fullmatch(path):
            return None
        return PlainTextResponse("ありません。", 404)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        is_ours = origin.is_our_host(headers) and origin.is_our_origin(headers) and origin.is_from_the_proxy(scope)
        if scope["path"] != STREAM or not is_ours or origin.is_foreign(headers, is_page=False):
            self._refusals.note(path=scope["path"], reason="WebSocket: 送信元", source=origin.source(scope))
            await send({"type": "websocket.close", "code": FORBIDDEN})
            return
        token = origin.cookie(headers)
        found = await self._pulse.find(token)
        if found is None or not found.is_ready:
            self._refusals.note(path=STREAM, reason="WebSocket: サインインなし", source=origin.source(scope))
            await send({"type": "websocket.close", "code": ENDED})
            return
        if not is_inside(found.role, origin.source(scope), settings.today()):
            self._refusals.note(path=STREAM, reason=f"WebSocket: {ELSEWHERE}", source=origin.source(scope), actor=found.account)
            await send({"type": "websocket.close", "code": FORBIDDEN})
            return
        await self._pulse.seen_from(found, origin.source(scope))
        _send_at_once(receive)
        line = _Line(self._pulse, self._refusals, token, receive, send)
        watch = asyncio.create_task(line.watch())
        try:
            await self._app(_known_as(scope, found), line.receive, line.send)
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch


class _Line:
    """One websocket. Nothing passes in either direction once its session has ended."""

    def __init__(self, pulse: Pulse, refusals: Tally, token: str, receive: Receive, send: Send) -> None:
        self._pulse, self._refusals, self._token = pulse, refusals, token
        self._receive, self._send = receive, send
        self._is_closed = False
        # The first rerun comes from the page itself, on loading or reconnecting, not from a hand.
        self._is_first_run = True

    async def receive(self) -> Message:
        """The next frame Streamlit may see."""
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            found = await self._pulse.find(self._token)
            if found is None:
                await self._close()
                return {"type": "websocket.disconnect", "code": ENDED}
            if await self._may_pass(message, found):
                return message

    async def _may_pass(self, message: Message, found: Session) -> bool:
        frame = judge(message.get("bytes"))
        if frame is Frame.REFUSED:
            _log.warning("許可していない通信を捨てました sid=%s", found.sid)
            self._refusals.note(path=STREAM, reason="許可していない通信", source=found.source, actor=found.account)
        if frame is Frame.HUMAN:
            if not self._is_first_run:
                await self._pulse.touch(found)
            self._is_first_run = False
        return frame is not Frame.REFUSED

    async def send(self, message: Message) -> None:
        """Streamlit's frame to the browser, if the session still lives."""
        if self._is_closed:
            return
        if message["type"] == "websocket.send" and await self._pulse.find(self._token) is None:
            await self._close()
            return
        self._is_closed = message["type"] == "websocket.close"
        await self._send(message)

    async def watch(self) -> None:
        """Close an idle socket too: its session may end while nothing is said."""
        while await self._pulse.find(self._token):
            await asyncio.sleep(FRESH)
        await self._close()

    async def _close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            await self._send({"type": "websocket.close", "code": ENDED})


def _send_at_once(receive: Receive) -> None:
    """Switch Nagle's algorithm off. Streamlit binds its socket in a way that asyncio does not do so by itself, and then
    every click waits for the terminal's delayed ACK: 40 ms on Linux, up to 200 ms on Windows."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport:
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _known_as(scope: Scope, found: Session | None) -> Scope:
    """The request as Streamlit may see it: our sid instead of any the client claims; scripts never see the token."""
    forged = (b"x-console-sid", b"x_console_sid")
    headers = [(name, value) for name, value in scope["headers"] if name.lower() not in forged]
    if found:
        headers = [(name, value) for name, value in headers if name.lower() != TERMINAL_HEADER.encode()]
        name = re.escape(origin.cookie_name().encode())
        ours = re.compile(rb"(?:^|;\s*)" + name + rb"=[^;]*")
        headers = [(key, ours.sub(b"", value) if key == b"cookie" else value) for key, value in headers]
        headers.append((b"x-console-sid", found.sid.encode()))
    return {**scope, "headers": headers}

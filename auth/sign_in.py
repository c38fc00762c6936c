"""Coming in and going out: the sign-in page, sign-out, and the few small routes beside them. Plain HTML, no Streamlit."""

import asyncio
import hashlib
import hmac
import html
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from string import Template
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

import settings
from audit import log, refusal
from auth import accounts, origin, sessions
from auth.accounts import Refused
from auth.shell import TITLE

FRONT = Path(__file__).with_name("front")
LARGEST_FORM = 4096
FORM_LIVES = 3600
# bcrypt takes a third of a second of a core: two at a time, off the event loop; a queue beyond a minute is turned away.
HASHING = ThreadPoolExecutor(2, thread_name_prefix="password")
QUEUE = asyncio.Semaphore(200)

WHY_ENDED = {
    "signed_out": "サインアウトしました。",
    "idle": "10分間操作がなかったため、サインアウトしました。",
    "absolute": "サインインから9時間が過ぎたため、サインアウトしました。",
    "elsewhere": "別の端末で同じ利用者IDのサインインがあったため、この画面をサインアウトしました。"
    "心当たりがないときは、すぐにシステム管理者に連絡してください。",
    "revoked": "利用者の登録が変わったため、サインアウトしました。",
}
MISMATCH = "利用者IDかパスワードが違います。"
STALE_FORM = "画面を開いてから時間がたっています。もう一度入力してください。"
BUSY = "混み合っています。1分ほど待ってから、もう一度サインインしてください。"


async def show(request: Request) -> Response:
    """The form; when the browser still carries a dead session, also why it ended, and everything it kept is cleared."""
    token = origin.cookie(request.headers)
    if token and await asyncio.to_thread(sessions.find, token):
        return RedirectResponse("/", 303)
    reason = await asyncio.to_thread(sessions.end_reason, token) if token else None
    response = _page(notice=WHY_ENDED.get(reason, ""))
    if token:
        response.headers["Clear-Site-Data"] = '"storage"'
        response.delete_cookie(origin.cookie_name(), secure=origin.is_https(), httponly=True, samesite="strict")
    return response


async def enter(request: Request) -> Response:
    """Check the form, then the password; a right one gets a new session and goes to the first page."""
    form = await _form(request)
    if form is None or not _is_our_form(form, origin.cookie(request.headers, "console-form")):
        return _page(error=STALE_FORM, status=403)
    if QUEUE.locked():
        return _page(error=BUSY, status=503)
    name, source = form.get("name", ""), request.client.host if request.client else ""
    try:
        async with QUEUE:
            outcome = await asyncio.get_running_loop().run_in_executor(
                HASHING, _sign_in, name, form.get("password", ""), source
            )
    except log.AuditUnavailable as unavailable:
        return _page(error=str(unavailable), status=503)
    if isinstance(outcome, Refused):
        return _refused(outcome, name)
    response = RedirectResponse("/", 303)
    _set_cookie(response, "console", outcome)
    response.delete_cookie(origin.cookie_name("console-form"), secure=origin.is_https(), httponly=True)
    return response


async def leave(request: Request) -> Response:
    """End the session now, whatever page or tab asks; the sign-in page then says so."""
    found = await asyncio.to_thread(sessions.find, origin.cookie(request.headers))
    if found:
        await asyncio.to_thread(sessions.end, found.sid, "signed_out")
    return RedirectResponse("/auth/sign-in", 303)


def _sign_in(name: str, password: str, source: str) -> str | Refused:
    outcome = accounts.verify(name, password, source)
    if isinstance(outcome, Refused):
        # A name that is not an account may be a password typed one field too early: it is not written down.
        actor = name.strip().lower() if outcome.is_known else "unknown"
        refusal.record(actor=actor, action="session.refused", source=source, reason=outcome.reason)
        return outcome
    return sessions.start(outcome.user.name, source)


def _refused(outcome: Refused, name: str) -> Response:
    if not outcome.retry_after:
        return _page(error=MISMATCH, name=name, status=403)
    minutes, seconds = divmod(outcome.retry_after, 60)
    wait = f"{minutes + bool(seconds)}分" if minutes else f"{seconds}秒"
    error = f"続けて失敗したため、しばらくサインインできません。あと約{wait}待ってから、やり直してください。"
    response = _page(error=error, name=name, status=429)
    response.headers["Retry-After"] = str(outcome.retry_after)
    return response


def _page(*, notice: str = "", error: str = "", name: str = "", status: int = 200) -> Response:
    nonce = secrets.token_urlsafe(24)
    response = HTMLResponse(
        Template((FRONT / "sign_in.html").read_text(encoding="utf-8")).substitute(
            title=TITLE,
            notice=f'<p class="notice" role="status">{html.escape(notice)}</p>' if notice else "",
            error=f'<p class="error" role="alert" id="error">{html.escape(error)}</p>' if error else "",
            invalid='aria-invalid="true" aria-describedby="error"' if error else "",
            name=html.escape(name[:64]),
            focus_name="" if name else "autofocus",
            focus_password="autofocus" if name else "",
            form_token=_form_token(nonce, int(settings.now().timestamp())),
            demo='<p class="demo">デモ環境: 架空の市のデータです。</p>' if settings.is_demo_clock() else "",
        ),
        status,
    )
    _set_cookie(response, "console-form", nonce, max_age=FORM_LIVES)
    return response


def _set_cookie(response: Response, purpose: str, value: str, max_age: int | None = None) -> None:
    response.set_cookie(
        origin.cookie_name(purpose), value, max_age=max_age, path="/",
        secure=origin.is_https(), httponly=True, samesite="strict",
    )  # fmt: skip


def _form_token(nonce: str, issued: int) -> str:
    seal = hmac.digest(settings.secret("csrf"), f"{nonce}.{issued}".encode(), hashlib.sha256).hex()
    return f"{issued}.{seal}"


def _is_our_form(form: dict[str, str], nonce: str) -> bool:
    issued = form.get("form_token", "").partition(".")[0]
    if not nonce or not issued.isascii() or not issued.isdigit() or len(issued) > 12:
        return False
    is_fresh = 0 <= settings.now().timestamp() - int(issued) <= FORM_LIVES
    return is_fresh and hmac.compare_digest(_form_token(nonce, int(issued)).encode(), form["form_token"].encode())


async def _form(request: Request) -> dict[str, str] | None:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            return None
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=8)
    except ValueError:
        return None
    return {name: values[0] for name, values in fields.items()}


async def _style(_request: Request) -> Response:
    return FileResponse(FRONT / "style.css")


async def _watch(_request: Request) -> Response:
    return FileResponse(FRONT / "watch.js")


async def _alive(_request: Request) -> Response:
    """Reached only with a live session, and not a human act: watch.js asks this."""
    return Response(status_code=204)


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok")


ROUTES = [
    Route("/auth/sign-in", show, methods=["GET"]),
    Route("/auth/sign-in", enter, methods=["POST"]),
    Route("/auth/sign-out", leave, methods=["POST"]),
    Route("/auth/style.css", _style),
    Route("/auth/watch.js", _watch),
    Route("/auth/alive", _alive),
    Route("/healthz", _health),
]

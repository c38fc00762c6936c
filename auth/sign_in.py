"""Coming in and going out: the sign-in page, sign-out, and the few small routes beside them. Plain HTML, no Streamlit."""

import asyncio
import html
import secrets
from string import Template

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

import settings
from audit import log
from auth import account_desk, forms, origin, own_account, proof, sessions
from auth.accounts import Refused
from auth.proof import Claim
from auth.shell import TITLE

WHY_ENDED = {
    "signed_out": "サインアウトしました。",
    "idle": "10分間操作がなかったため、サインアウトしました。",
    "absolute": "サインインから9時間が過ぎたため、サインアウトしました。",
    "elsewhere": "別の端末で同じ利用者IDのサインインがあったため、この画面をサインアウトしました。"
    "心当たりがないときは、すぐにシステム管理者に連絡してください。",
    "revoked": "利用者の登録が変わったため、サインアウトしました。",
}
MISMATCH = "利用者IDかパスワードが違います。"
MISMATCH_OR_CODE = "利用者ID・パスワード・認証コードのどれかが違います。"
CODE_FIELD = own_account.code_field("認証コード（6桁。登録がまだの方は空のまま）")


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
    form = await forms.read(request)
    if form is None or not forms.is_ours(form, origin.cookie(request.headers, "console-form")):
        return _page(error=forms.STALE_FORM, status=403)
    if forms.QUEUE.locked():
        return _page(error=forms.BUSY, status=503)
    made = proof.claim(form, request.headers, origin.source(request.scope))
    try:
        async with forms.QUEUE:
            outcome = await asyncio.get_running_loop().run_in_executor(forms.HASHING, _sign_in, made)
    except log.AuditUnavailable as unavailable:
        return _page(error=str(unavailable), status=503)
    if isinstance(outcome, Refused):
        return _refused(outcome, made.name)
    response = RedirectResponse("/", 303)
    forms.set_cookie(response, "console", outcome)
    response.delete_cookie(origin.cookie_name("console-form"), secure=origin.is_https(), httponly=True)
    return response


async def leave(request: Request) -> Response:
    """End the session now, whatever page or tab asks; the sign-in page then says so."""
    found = await asyncio.to_thread(sessions.find, origin.cookie(request.headers))
    if found:
        await asyncio.to_thread(sessions.end, found.sid, "signed_out")
    return RedirectResponse("/auth/sign-in", 303)


def _sign_in(made: Claim) -> str | Refused:
    outcome = proof.prove(made)
    return outcome if isinstance(outcome, Refused) else sessions.start(outcome.user.name, made.source)


def _refused(outcome: Refused, name: str) -> Response:
    if not outcome.retry_after:
        return _page(error=MISMATCH_OR_CODE if settings.second_factor() == "totp" else MISMATCH, name=name, status=403)
    error = forms.wait_words(outcome)
    response = _page(error=error, name=name, status=429)
    response.headers["Retry-After"] = str(outcome.retry_after)
    return response


def _page(*, notice: str = "", error: str = "", name: str = "", status: int = 200) -> Response:
    nonce = secrets.token_urlsafe(24)
    response = HTMLResponse(
        Template((forms.FRONT / "sign_in.html").read_text(encoding="utf-8")).substitute(
            title=TITLE,
            notice=forms.told("notice", notice),
            error=forms.told("error", error),
            invalid='aria-invalid="true" aria-describedby="error"' if error else "",
            name=html.escape(name[:64]),
            focus_name="" if name else "autofocus",
            focus_password="autofocus" if name else "",
            code=CODE_FIELD if settings.second_factor() == "totp" else "",
            form_token=forms.seal(nonce),
            demo=forms.told("demo", forms.demo_words()),
        ),
        status,
    )
    forms.set_cookie(response, "console-form", nonce, max_age=forms.FORM_LIVES)
    return response


async def _style(_request: Request) -> Response:
    return FileResponse(forms.FRONT / "style.css")


async def _watch(_request: Request) -> Response:
    return FileResponse(forms.FRONT / "watch.js")


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
    *own_account.ROUTES,
    *account_desk.ROUTES,
]

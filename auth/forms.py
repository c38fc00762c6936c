"""Plain HTML pages and forms beside Streamlit: how they are written, sealed against forgery, and read."""

import asyncio
import hashlib
import hmac
import html
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from string import Template
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

import settings
from audit import refusal
from audit.log import AuditUnavailable
from auth import origin, sessions
from auth.access import NotAllowed, User, decide
from auth.account_checks import AccountRefused
from auth.accounts import Refused
from auth.passwords import PasswordRefused
from auth.sessions import Session
from auth.shell import TITLE

FRONT = Path(__file__).with_name("front")
LARGEST_FORM, MOST_FIELDS = 16_384, 16
FORM_LIVES = 3600
# bcrypt takes a third of a second of a core: two at a time, off the event loop; a queue beyond a minute is turned away.
HASHING = ThreadPoolExecutor(2, thread_name_prefix="password")
QUEUE = asyncio.Semaphore(200)

STALE_FORM = "画面を開いてから時間がたっています。もう一度入力してください。"
FIRST_STEPS = "先に自分のパスワードと認証コードを登録してください。"
BUSY = "混み合っています。1分ほど待ってから、もう一度やり直してください。"


@dataclass(frozen=True)
class Visit:
    """One request of somebody signed in. `user` is None until their own password and second factor are set."""

    session: Session
    user: User | None
    headers: Headers
    source: str
    form: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)

    def may(self, action: str) -> bool:
        return decide(self.user, action).allowed


def page(visit: Visit, title: str, body: str, *, notice: str = "", error: str = "", status: int = 200) -> HTMLResponse:
    """A page of our own for somebody signed in; `body` is HTML whose texts are escaped already."""
    links = [("/", "コンソールへ戻る"), ("/auth/account", "自分のアカウント")] if visit.user else []
    links += [("/auth/accounts", "アカウント管理")] if visit.may("account.read") else []
    text = Template((FRONT / "page.html").read_text(encoding="utf-8")).substitute(
        title=html.escape(title), product=TITLE, body=body, notice=told("notice", notice) + told("error", error),
        links="".join(f'<a href="{href}">{label}</a>' for href, label in links),
        who=html.escape(visit.user.display_name if visit.user else visit.session.account),
        demo=told("demo", demo_words()),
    )  # fmt: skip
    return HTMLResponse(text, status)


def told(kind: str, text: str) -> str:
    """A notice, an error or the demo's note as HTML; "" for no text."""
    role = {"notice": ' role="status"', "error": ' role="alert" id="error"'}.get(kind, "")
    return f'<p class="{kind}"{role}>{html.escape(text)}</p>' if text else ""


def wait_words(refused: Refused) -> str:
    """How long somebody must wait after too many failures."""
    minutes, seconds = divmod(refused.retry_after, 60)
    wait = f"{minutes + bool(seconds)}分" if minutes else f"{seconds}秒"
    return f"続けて失敗したため、しばらくサインインできません。あと約{wait}待ってから、やり直してください。"


def demo_words() -> str:
    """What every page says aloud in the demo."""
    if not settings.is_demo_clock():
        return ""
    without = "第二の認証（認証コード）なしで動いています。実運用では必ず使います。" if settings.second_factor() == "none" else ""
    return "デモ環境: 架空の市のデータです。" + without


def table(heads: list[str], rows: list[list[str]]) -> str:
    """An HTML table; the cells are HTML already."""
    head = "".join(f'<th scope="col">{label}</th>' for label in heads)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'


def hidden(visit: Visit, **values: str) -> str:
    """The hidden fields of a form of this session, its seal among them."""
    values = {"form_token": seal(visit.session.sid), **values}
    return "".join(f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in values.items())


def seal(nonce: str, issued: int | None = None) -> str:
    """The token of a form for whoever holds `nonce` (their form cookie, or their session)."""
    issued = int(settings.now().timestamp()) if issued is None else issued
    return f"{issued}.{hmac.digest(settings.secret('csrf'), f'{nonce}.{issued}'.encode(), hashlib.sha256).hex()}"


def is_ours(form: dict[str, str], nonce: str) -> bool:
    """Whether the form was given out to `nonce` within the hour."""
    issued = form.get("form_token", "").partition(".")[0]
    if not nonce or not issued.isascii() or not issued.isdigit() or len(issued) > 12:
        return False
    is_fresh = 0 <= settings.now().timestamp() - int(issued) <= FORM_LIVES
    return is_fresh and hmac.compare_digest(seal(nonce, int(issued)).encode(), form["form_token"].encode())


async def read(request: Request) -> dict[str, str] | None:
    """The fields of a form; None when it is too large or no form."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            return None
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    return {name: values[0] for name, values in fields.items()}


def set_cookie(response: Response, purpose: str, value: str, max_age: int | None = None) -> None:
    """Give the browser a cookie that no script reads and no other site sends."""
    response.set_cookie(
        origin.cookie_name(purpose), value, max_age=max_age, path="/",
        secure=origin.is_https(), httponly=True, samesite="strict",
    )  # fmt: skip


def shown(action: str, show: Callable[..., Response]) -> Callable:
    """A route that shows `show(visit)` to whoever may do `action`."""

    async def route(request: Request) -> Response:
        visit = await _visit(request, {})
        if visit is None:
            return PlainTextResponse("サインインしてください。", 401)
        denied = await asyncio.to_thread(_denied, visit, action)
        return await asyncio.to_thread(denied or show, visit)

    route.action = action
    return route


def answered(action: str, act: Callable[..., Response], again: Callable[..., Response]) -> Callable:
    """A route that does `act(visit)` for a form of ours; every refusal is shown by `again(visit, error=…, status=…)`."""

    async def route(request: Request) -> Response:
        form = await read(request)
        visit = await _visit(request, form or {})
        if visit is None:
            return PlainTextResponse("サインインしてください。", 401)
        denied = await asyncio.to_thread(_denied, visit, action)
        if denied:
            return await asyncio.to_thread(denied, visit)
        if not is_ours(visit.form, visit.session.sid):
            return await asyncio.to_thread(again, visit, error=STALE_FORM, status=403)
        if QUEUE.locked():
            return await asyncio.to_thread(again, visit, error=BUSY, status=503)
        async with QUEUE:
            return await asyncio.get_running_loop().run_in_executor(HASHING, _acted, act, again, visit)

    route.action = action
    return route


def _denied(visit: Visit, action: str) -> Callable[[Visit], Response] | None:
    """The page that says no, recorded. Somebody on their first steps has no role yet: nothing but their own account is theirs."""
    is_allowed = visit.may(action) if visit.user else action == "account.own"
    if is_allowed:
        return None
    reason = decide(visit.user, action).reason if visit.user else FIRST_STEPS
    with suppress(AuditUnavailable):  # nothing is shown either way
        refusal.record(actor=visit.session.account, question=action, source=visit.source, reason=reason)
    return partial(page, title="権限がありません", body="", error=reason, status=403)


def _acted(act: Callable[..., Response], again: Callable[..., Response], visit: Visit) -> Response:
    try:
        return act(visit)
    except (AccountRefused, PasswordRefused) as refused:
        return again(visit, error=str(refused), status=400)
    except NotAllowed as refused:
        return again(visit, error=str(refused), status=403)
    except AuditUnavailable as refused:
        return again(visit, error=str(refused), status=503)


async def _visit(request: Request, form: dict[str, str]) -> Visit | None:
    found = await asyncio.to_thread(sessions.find, origin.cookie(request.headers))
    if found is None:
        return None
    user = await asyncio.to_thread(sessions.user_of, found.sid)
    return Visit(found, user, request.headers, origin.source(request.scope), form, dict(request.query_params))

"""GET /export/<ticket>: the one way a file leaves. The Gate has let in only the signed-in; this asks whose ticket it is."""

import asyncio
import hashlib
import html
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath
from string import Template
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from audit import log, refusal
from auth import export_order, origin, sessions
from auth.access import NotAllowed
from auth.export_order import Order

NOT_VALID = "この書出しは使えません。一度使われたか、5分が過ぎたか、別のサインインのものです。画面からもう一度書き出してください。"
NEXT = "このタブは閉じてかまいません。元の画面の「書き出す」をもう一度押すと、新しいリンクが出ます。ExcelとCSVは、1つのリンクでどちらか1つを1回だけ保存できます。"
SIGN_IN = "サインインしてください。サインインした後に、画面からもう一度書き出してください。"
REFUSED = Template((Path(__file__).parent / "front" / "refused.html").read_text("utf-8"))


@dataclass(frozen=True)
class File:
    """What leaves: its name, its bytes, the rows in it and the 参照番号 of the persons in it."""

    name: str
    content: bytes
    row_count: int
    atena_refs: tuple[str, ...]
    media_type: str = "text/csv; charset=utf-8"


class FileRefused(Exception):
    """The order can no longer be filled. The text says why and what to do."""


def route(make: Callable[..., File]) -> Route:
    """The route, with the maker of bytes that data_access brings (auth knows no data): make(user, order, is_workbook=…, password=…).

    /export/<ticket> is the file of the order, /export/<ticket>.xlsx a list as an Excel workbook; one ticket is for one of them."""

    async def fetch(request: Request) -> Response:
        if request.method != "GET":  # a HEAD would use the ticket up
            return PlainTextResponse("ありません。", 405)
        return await asyncio.to_thread(_answer, make, request)

    return Route("/export/{ticket}", fetch, methods=["GET"])


def _answer(make: Callable[..., File], request: Request) -> Response:
    found = sessions.find(origin.cookie(request.headers))
    user = sessions.user_of(found.sid) if found else None
    if user is None:
        return _refused(SIGN_IN, 401)
    ticket, _, form = request.path_params["ticket"].partition(".")
    try:
        order = export_order.redeem(ticket, found.sid)
        if order is None or order.actor != user.name:
            refusal.record(actor=user.name, question="export", source=found.source, reason="ticket")
            return _refused(NOT_VALID, 404)
        file = make(user, order, is_workbook=form == "xlsx", password=export_order.password(ticket))
        _record(order, file, found.source)
    except log.AuditUnavailable as unavailable:
        return _refused(str(unavailable), 503)
    except (NotAllowed, FileRefused) as refused:
        return _refused(str(refused), 403)
    return Response(file.content, media_type=file.media_type, headers={
        "Content-Disposition": f"attachment; filename=\"export{PurePath(file.name).suffix}\"; filename*=UTF-8''{quote(file.name)}"})


def _refused(reason: str, status: int) -> HTMLResponse:
    """A small page of our own: the link opens a tab, and whoever sees it has to know what to do."""
    return HTMLResponse(REFUSED.substitute(reason=html.escape(reason), next=NEXT), status)


def _record(order: Order, file: File, source: str) -> None:
    """In the chain before the first byte leaves: what exactly it was."""
    log.append(
        actor=order.actor, action="export", question=order.kind, snapshot_id=order.snapshot_id, row_count=file.row_count,
        atena_refs=file.atena_refs, source=source,
        detail={"id": order.id, "sha256": hashlib.sha256(file.content).hexdigest(), "bytes": len(file.content), "form": PurePath(file.name).suffix,
                "is_masked": order.is_masked, "purpose": order.purpose, "approved_by": order.approved_by or ""},
    )  # fmt: skip

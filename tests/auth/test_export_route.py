"""書出し: whose ticket, once, for five minutes; nothing leaves before the chain holds its SHA-256."""

import asyncio
import hashlib
import json
import re
import sqlite3
from datetime import date

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.middleware import Middleware

import settings
import store
from audit import log
from auth import accounts, export_order, limits, sessions
from auth.access import NotAllowed, User
from auth.export_order import OrderRefused
from auth.export_route import File, FileRefused, route
from auth.gate import ROUTES, Gate
from tests.auth.visitor import PASSWORD

CONTENT = "氏名,額\r\n".encode()


@pytest.fixture
def desk(home, clock):
    """Open a session for a role: (User, token, sid)."""
    def enter(name: str, role: str = "officer"):
        user = accounts.create(name, password=PASSWORD, display_name="職員", role=role, section="収納推進課", districts=("D01",), training_on=date(2026, 10, 1))
        token = sessions.start(name, "10.0.0.1")
        return user, token, sessions.find(token).sid
    return enter


def order(user: User, **more):
    return export_order.place(user, **{"kind": "worklist", "parameters": {}, "is_masked": True, "purpose": "納付催告", "reason": "訪問の準備のため", "snapshot_id": "s",
                                       "row_count": 3, "needs_approval": False} | more)  # fmt: skip


def make(user, wanted, *, is_workbook, password):
    if wanted.kind == "gone":
        raise FileRefused("行が増えています。")
    return File("地区ワークリスト.xlsx" if is_workbook else "地区ワークリスト.csv", CONTENT, 3, ("AAAA-BBBB-CCCC",))


def fetch(ticket: str, cookie: str | None, method: str = "GET", made=make, **headers: str) -> tuple[int, dict, bytes]:
    """The answer of Gate and route to one request."""
    app, sent = Starlette(routes=[*ROUTES, route(made)], middleware=[Middleware(Gate)]), []
    raw = [(b"host", b"localhost"), *((name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items())]
    raw += [(b"cookie", f"console={cookie}".encode())] if cookie else []
    scope = {"type": "http", "method": method, "path": f"/export/{ticket}", "raw_path": b"", "query_string": b"", "headers": raw, "scheme": "http",
             "server": ("localhost", 80), "client": ("10.0.0.1", 1), "http_version": "1.1", "root_path": ""}  # fmt: skip

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}, b"".join(part.get("body", b"") for part in sent[1:])


def entries(*actions: str) -> list[dict]:
    with store.engine().connect() as connection:
        found = connection.execute(select(log.ACCESS_LOG).where(log.ACCESS_LOG.c.action.in_(actions)).order_by("seq")).mappings()
        return [{**row, "detail": json.loads(row["detail"])} for row in found]


def test_a_ticket_brings_the_file_once_with_its_hash_in_the_chain(desk):
    user, cookie, sid = desk("tanaka")
    ticket = export_order.ticket(user, sid, order(user).id)
    status, headers, body = fetch(ticket, cookie)
    assert (status, body) == (200, CONTENT)
    assert headers["cache-control"] == "no-store"
    assert headers["content-disposition"].startswith("attachment;")
    assert "filename*=UTF-8''" in headers["content-disposition"]
    (entry,) = entries("export")
    assert entry["detail"]["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert (entry["actor"], entry["row_count"], json.loads(entry["atena_refs"])) == ("tanaka", 3, ["AAAA-BBBB-CCCC"])
    assert log.verify() is None
    assert (fetch(ticket, cookie)[0], fetch(f"{ticket}.xlsx", cookie)[0]) == (404, 404), "used up"
    assert len(entries("export")) == 1
    ticket = export_order.ticket(user, sid, order(user).id)
    status, headers, _ = fetch(f"{ticket}.xlsx", cookie)
    assert (status, "export.xlsx" in headers["content-disposition"]) == (200, True)
    assert [entry["detail"]["form"] for entry in entries("export")] == [".csv", ".xlsx"]
    assert fetch(ticket, cookie)[0] == 404, "one ticket is one file"


def test_a_ticket_s_password_is_its_own_and_is_kept_nowhere(desk, home):
    user, cookie, sid = desk("tanaka")
    tickets = [export_order.ticket(user, sid, order(user).id) for _ in range(2)]
    passwords = [export_order.password(ticket) for ticket in tickets]
    assert len({*passwords}) == 2
    assert all(re.fullmatch("[A-Z2-7]{4}(-[A-Z2-7]{4}){4}", one) for one in passwords)
    assert export_order.password(tickets[0]) == passwords[0]
    given = []
    assert fetch(tickets[0], cookie, made=lambda *_, password, **__: given.append(password) or File("x.zip", CONTENT, 3, ()))[0] == 200
    assert given == passwords[:1], "what the screen showed is what the file is closed with"
    kept = b"".join(path.read_bytes() for path in home.glob("store.sqlite*"))
    assert not [one for one in (*passwords, *tickets) if one.encode() in kept]


def test_nobody_without_a_session_reaches_the_route(desk):
    user, _, sid = desk("tanaka")
    ticket = export_order.ticket(user, sid, order(user).id)
    for cookie in (None, "x" * 43):
        status, _, body = fetch(ticket, cookie)
        assert (status, CONTENT in body) == (401, False)
    assert not entries("export")


@pytest.mark.parametrize("attack", ["another person", "own next session", "expired", "unknown", "HEAD", "cross-site"])
def test_an_attack_gets_nothing(desk, clock, attack):
    user, cookie, sid = desk("tanaka")
    ticket = export_order.ticket(user, sid, order(user).id)
    method, headers = "GET", {}
    match attack:
        case "another person":
            cookie = desk("suzuki", "chief")[1]
        case "own next session":
            cookie = sessions.start("tanaka", "10.0.0.2")
        case "expired":
            clock.forward(minutes=5, seconds=1)
        case "unknown":
            ticket = "x" * 43
        case "HEAD":
            method = "HEAD"
        case "cross-site":
            headers = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    status, _, body = fetch(ticket, cookie, method, **headers)
    assert status in (401, 403, 404, 405), attack
    assert CONTENT not in body
    assert not entries("export")


@pytest.mark.parametrize("path", ["x", "x" * 42, "x" * 44, "../auth/alive", "x" * 42 + "/", "x" * 42 + "%",
                                  "x" * 43 + ".xlsm", "x" * 43 + ".xlsx.csv"])
def test_what_is_no_ticket_is_no_route(desk, path):
    _, cookie, _ = desk("tanaka")
    status, _, body = fetch(path, cookie)
    assert (status, CONTENT in body) == (404, False)


def test_a_newer_ticket_takes_the_older_s_place(desk):
    user, cookie, sid = desk("tanaka")
    wanted = order(user)
    first, second = (export_order.ticket(user, sid, wanted.id) for _ in range(2))
    assert fetch(first, cookie)[0] == 404
    assert fetch(second, cookie)[0] == 200
    with pytest.raises(OrderRefused):
        export_order.ticket(user, sid, wanted.id)


def test_what_needs_an_approval_has_no_ticket_before_it(desk):
    user, cookie, sid = desk("tanaka")
    chief, _, chief_sid = desk("suzuki", "chief")
    wanted = order(user, needs_approval=True)
    for whom, whose in ((user, sid), (chief, chief_sid)):
        with pytest.raises(OrderRefused):
            export_order.ticket(whom, whose, wanted.id)
    for role in ("officer", "analyst", "admin", "auditor", "ltc_reader"):
        with pytest.raises(NotAllowed):
            export_order.approve(User("x", "", role, "", ("D01",)), wanted.id)
    export_order.approve(chief, wanted.id)
    with pytest.raises(OrderRefused):
        export_order.ticket(chief, chief_sid, wanted.id)
    with pytest.raises(NotAllowed):
        export_order.ticket(user, chief_sid, wanted.id)
    assert fetch(export_order.ticket(user, sid, wanted.id), cookie)[0] == 200
    assert [entry["actor"] for entry in entries("export.ask", "export.approve", "export")] == ["tanaka", "suzuki", "tanaka"]
    assert entries("export.ask")[0]["detail"]["reason_sha256"] == hashlib.sha256(wanted.reason.encode()).hexdigest(), "why cannot be changed afterwards"


def test_more_rows_than_a_chief_approves_are_the_manager_s(desk):
    user, *_ = desk("tanaka")
    (chief, *_), (manager, *_) = desk("suzuki", "chief"), desk("sato", "manager")
    most = limits.limits(settings.today()).most_rows_a_chief_approves
    export_order.approve(chief, order(user, needs_approval=True, row_count=most).id)
    large = order(user, needs_approval=True, row_count=most + 1)
    with pytest.raises(NotAllowed, match="多数の行"):
        export_order.approve(chief, large.id)
    export_order.approve(manager, large.id)
    assert [entry["actor"] for entry in entries("export.approve")] == ["suzuki", "sato"]


def test_nobody_approves_an_own_export(desk):
    chief, *_ = desk("suzuki", "chief")
    with pytest.raises(NotAllowed, match="自分の"):
        export_order.approve(chief, order(chief, needs_approval=True).id)


def test_without_the_log_no_byte_leaves(desk, home):
    user, cookie, sid = desk("tanaka")
    ticket = export_order.ticket(user, sid, order(user).id)
    with sqlite3.connect(home / "store.sqlite") as raw:
        raw.execute("create trigger full before insert on access_log begin select raise(abort, 'disk full'); end")
    status, _, body = fetch(ticket, cookie)
    assert (status, CONTENT in body) == (503, False)


def test_what_can_no_longer_be_made_says_why(desk):
    user, cookie, sid = desk("tanaka")
    status, _, body = fetch(export_order.ticket(user, sid, order(user, kind="gone").id), cookie)
    assert (status, "行が増えています。" in body.decode()) == (403, True)
    assert not entries("export")


def test_the_store_keeps_no_ticket(desk, home):
    user, _, sid = desk("tanaka")
    ticket = export_order.ticket(user, sid, order(user).id)
    assert ticket.encode() not in b"".join(path.read_bytes() for path in home.glob("store.sqlite*"))


def test_a_refused_link_opens_a_page_that_says_what_to_do(desk):
    """A used ticket (the other of Excel and CSV), and a text that is not HTML: readable, no script, nothing from elsewhere."""
    user, cookie, sid = desk("tanto")
    ticket = export_order.ticket(user, sid, order(user).id)
    assert fetch(ticket, cookie)[0] == 200

    def wordy(*_args, **_more):
        raise FileRefused("<script>行が増えています。")

    for status, headers, body in (fetch(f"{ticket}.xlsx", cookie), fetch(export_order.ticket(user, sid, order(user).id), cookie, made=wordy)):
        text = body.decode()
        assert (status in (403, 404), headers["content-type"]) == (True, "text/html; charset=utf-8")
        assert "もう一度押すと、新しいリンクが出ます" in text
        assert "どちらか1つを1回だけ" in text
        assert "<script" not in text
        assert set(re.findall(r'(?:href|src)="([^"]*)"', text)) == {"data:,", "/auth/style.css", "/"}

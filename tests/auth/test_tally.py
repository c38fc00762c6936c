"""What the Gate turns away is in the access log: routes, websockets, frames; a flood is counted."""

import asyncio
import json

import pytest
from sqlalchemy import select

import store
from audit import log
from auth import accounts, sessions, tally
from auth.gate import Gate
from auth.tally import Tally
from tests.auth.test_gate import HOST, ORIGIN, Wire, frame


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(tally, "PAUSE", 0.01)


def refused() -> list[tuple]:
    with store.engine().connect() as connection:
        rows = connection.execute(select(log.ACCESS_LOG).where(log.ACCESS_LOG.c.action == "gate.refused").order_by("seq")).mappings()
        return [(row["actor"], row["question"], json.loads(row["detail"])["reason"]) for row in rows]


async def asked(*paths: str) -> None:
    gate = Gate(None)
    for path in paths:
        scope = {"type": "http", "method": "GET", "path": path, "headers": [HOST], "query_string": b"", "client": ("10.0.0.9", 1)}

        async def send(_message):
            return None

        await gate(scope, None, send)
    await asyncio.sleep(0.2)


def test_a_route_without_a_session_is_recorded_by_its_beginning_only(home):
    asyncio.run(asked("/media/9900000020.xlsx", "/_stcore/metrics", "/.git/config"))
    assert refused() == [
        ("unknown", "route:/media", "HTTP 401"), ("unknown", "route:/_stcore", "HTTP 401"), ("unknown", "route:other", "HTTP 401")]


def test_a_websocket_without_a_session_or_from_elsewhere_is_recorded(home):
    async def nothing(_wire):
        await asyncio.sleep(0.2)

    asyncio.run(Wire("x" * 43, HOST, ORIGIN).talk(nothing))
    asyncio.run(Wire("x" * 43, HOST, (b"origin", b"http://evil.example")).talk(nothing))
    assert [reason for _, _, reason in refused()] == ["WebSocket: サインインなし", "WebSocket: 送信元"]


def test_a_frame_that_is_not_permitted_is_recorded_with_the_account(home):
    accounts.create("sato", display_name="佐藤", role="admin", section="情報政策課", password="correct horse battery staple")
    token = sessions.start("sato", "10.0.0.5")

    async def wipe(wire):
        wire.inbox.put_nowait({"type": "websocket.receive", "bytes": frame("clear_cache")})
        await asyncio.sleep(0.2)

    asyncio.run(Wire(token, HOST, ORIGIN).talk(wipe))
    assert refused() == [("sato", "route:/_stcore", "許可していない通信")]


def test_a_flood_is_a_few_entries(home):
    async def flood():
        counted = Tally()
        for number in range(10_000):
            counted.note(path="/x", reason="HTTP 401", source=f"10.0.{number % 100}.{number % 250}")
        await asyncio.sleep(2)

    asyncio.run(flood())
    assert 0 < len(refused()) <= tally.MOST_WAITING + 1

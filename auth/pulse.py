"""Is this session still alive? Asked for every frame, answered from memory, true to within half a second."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from auth import sessions
from auth.sessions import Session

FRESH = 0.5


class Pulse:
    """All live sessions, re-read from the store at most every FRESH seconds however many sockets ask."""

    def __init__(self) -> None:
        self._live: dict[str, Session] = {}
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()
        # Its own threads: passwords being hashed must not hold up the question whether somebody is still in.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="session")

    async def find(self, token: str) -> Session | None:
        """The live session behind `token`; None when there is none, and when the store cannot be asked."""
        if not token:
            return None
        if monotonic() - self._read_at >= FRESH:
            await self._read()
        key = sessions.digest(token)
        found = self._live.get(key)
        if found is None or not found.is_ready:
            # Not in the picture, or not ready in it: a stranger, or somebody who signed in or got ready a moment ago.
            found = await self._ask(sessions.find, token)
            if found:
                self._live[key] = found
        return found

    async def touch(self, found: Session) -> None:
        """Restart the idle clock."""
        if await self._ask(sessions.touch, found) is not found:
            self._read_at = float("-inf")

    async def seen_from(self, found: Session, source: str) -> None:
        """Record an address that the session did not begin at. Raises audit.log.AuditUnavailable."""
        if source not in ("", found.source):
            await self._ask(sessions.moved, found, source)

    async def _read(self) -> None:
        async with self._reading:
            if monotonic() - self._read_at >= FRESH:
                began = monotonic()
                self._live = await self._ask(sessions.live) or {}
                self._read_at = began

    async def _ask(self, question: Callable, *arguments: object) -> object:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, question, *arguments)
        except SQLAlchemyError as error:
            logging.getLogger(__name__).error("セッションを確認できません: %s", type(error).__name__)
            return None

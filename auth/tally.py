"""What the Gate turned away, written to the access log once a second and off the event loop: a flood from outside costs
the console next to nothing, and a few entries."""

import asyncio
import logging
from collections import Counter

from audit import refusal
from audit.log import AuditUnavailable

PAUSE = 1.0
MOST_WAITING = 200
KNOWN = ("/_stcore", "/media", "/static", "/auth", "/component", "/vendor", "/healthz", "/metrics")
_log = logging.getLogger(__name__)


class Tally:
    """Refusals since the last write, by kind."""

    def __init__(self) -> None:
        self._waiting: Counter[tuple[str, str, str, str]] = Counter()
        self._writing: asyncio.Task | None = None

    def note(self, *, path: str, reason: str, source: str, actor: str = "unknown") -> None:
        """Count one. Of the path only its known beginning is kept: the rest is whatever somebody typed."""
        beginning = next((known for known in KNOWN if path.startswith(known)), "other")
        kind = (actor, f"route:{beginning}", reason, source)
        if actor == "unknown" and kind not in self._waiting and len(self._waiting) >= MOST_WAITING:
            kind = ("unknown", "route:other", "そのほか多数の拒否", "")
        self._waiting[kind] += 1
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        while self._waiting:
            await asyncio.sleep(PAUSE)
            counted, self._waiting = self._waiting, Counter()
            await asyncio.to_thread(_record, counted)


def _record(counted: Counter) -> None:
    for (actor, route, reason, source), count in counted.items():
        try:
            refusal.record(actor=actor, action="gate.refused", question=route, source=source, reason=reason, count=count)
        except AuditUnavailable:
            _log.error("拒否を記録できませんでした: %s %s %d件", route, reason, count)

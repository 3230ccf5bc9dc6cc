"""The journal's way to the disk: many runs to a transaction (group commit)."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

from factotum.core.ports import Threads
from factotum.runs.ports import Entry, RunStore

BATCH = 200  # entries; keeps one transaction short enough for other writers
FULL = 10_000  # entries that wait for the disk; beyond it runs wait too
LINGER = 0.02  # seconds that an entry nobody waits for may wait for others to share its commit

Waiting = tuple[Entry, asyncio.Future[None]]

_log = logging.getLogger(__name__)


class JournalWriter:
    """Whatever is waiting when a commit ends goes into the next one.

    Belongs to one event loop at a time: the one that wrote last.
    """

    def __init__(self, runs: RunStore, threads: Threads) -> None:
        self._runs = runs
        self._threads = threads
        self._waiting: deque[Waiting] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._commit: asyncio.Task[None] | None = None

    def write(self, entry: Entry, *, soon: bool = False) -> asyncio.Future[None]:
        """Queue an entry; the future is done when it is on disk, or holds why it is not.

        ``soon`` is for what nobody waits for. What cannot be written is logged in any case.
        """
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # nothing of a loop that was closed will ever happen
            self._loop, self._timer, self._commit = loop, None, None
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((entry, done))
        if not soon or len(self._waiting) >= BATCH:
            self.hurry()
        elif self._commit is None and self._timer is None:
            self._timer = loop.call_later(LINGER, self.hurry)
        return done

    def hurry(self) -> None:
        """Commit what waits now, or as soon as the commit under way has ended."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._commit is None and self._waiting:
            self._commit = asyncio.get_running_loop().create_task(self._commit_all())

    async def room(self) -> None:
        """Wait while too much is waiting: runs must not be faster than the disk for long."""
        while len(self._waiting) >= FULL:
            self.hurry()
            await asyncio.wait([self._waiting[0][1]])

    async def drain(self) -> None:
        """Wait until everything queued so far is on disk."""
        while self._waiting or self._commit is not None:
            self.hurry()
            if self._commit is not None:
                await asyncio.wait([self._commit])

    async def _commit_all(self) -> None:
        try:
            while self._waiting:
                size = min(BATCH, len(self._waiting))
                await self._write([self._waiting.popleft() for _ in range(size)])
        finally:
            self._commit = None

    async def _write(self, batch: Sequence[Waiting]) -> None:
        try:
            await self._threads.run(self._runs.write, [entry for entry, _ in batch])
        except Exception as error:  # noqa: BLE001  one bad entry must not cost the others theirs
            if len(batch) == 1:
                _tell(batch[0], error)
            else:
                for each in batch:
                    await self._write([each])
        else:
            for _, done in batch:
                if not done.done():
                    done.set_result(None)


def _tell(waiting: Waiting, error: Exception) -> None:
    """Log it, because nobody may be waiting; and tell whoever does."""
    entry, done = waiting
    reason = str(error).partition("\n")[0]  # PostgreSQL shows the row in the lines that follow
    kind = type(error).__name__
    _log.error("The journal of run %s could not be written: %s: %s", entry.run.id, kind, reason)
    if not done.done():
        done.set_exception(error)
        done.exception()  # has been told: asyncio need not warn that nobody asked

"""Writes that nobody waits for, gathered: one at a time, some time after the first is due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


class Batches:
    """Calls ``write`` once for all that became due within ``linger`` seconds.

    Belongs to one event loop at a time: the one that was used last.
    """

    def __init__(self, write: Callable[[], Awaitable[None]], linger: float, what: str) -> None:
        self._write = write
        self._linger = linger
        self._what = what
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_due = False

    def due(self, linger: float | None = None) -> None:
        """Something is to be written soon, or within ``linger`` seconds."""
        self._is_due = True
        linger = self._linger if linger is None else linger
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # nothing of a loop that was closed will ever happen
            self._loop, self._timer, self._task = loop, None, None
        if self._task is not None:
            return
        if self._timer is not None:
            if self._timer.when() <= loop.time() + linger:
                return
            self._timer.cancel()
        self._timer = loop.call_later(linger, self._begin)

    async def drain(self) -> None:
        """Wait until everything that is due is written."""
        while self._is_due or self._task is not None:
            self.due()
            self._begin()
            if self._task is not None:
                await asyncio.wait([self._task])
            if self._is_due and self._timer is not None:
                return  # it could not be written, which was logged; it stays due

    def _begin(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is None and self._is_due:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        self._is_due = False
        failed = False
        try:
            await self._write()
        except Exception:
            failed = True
            log.exception("%s could not be written; trying again.", self._what)
        finally:
            self._task = None
        if failed or self._is_due:
            self.due()

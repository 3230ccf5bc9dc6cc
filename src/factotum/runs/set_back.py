"""Notices that the clock shows less than it has shown before, also to processes that have ended.

What waits until a time that a later clock has reckoned would wait for hours too long. Kept is only about
what the clock showed, each minute and when it leaps: what goes back by less delays nothing by more.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from factotum.core.ports import Clock, Threads

KEPT_EVERY = 60.0  # seconds

log = logging.getLogger(__name__)


class LatestTimes(Protocol):
    """What the clock showed when it was looked at last, in seconds since 1970, by who looked."""

    def latest(self, name: str) -> float | None:
        """What was kept, or None."""

    def keep(self, name: str, at: float) -> None:
        """It shows this now."""


class SetBack:
    """The eye of one look-out; ``by`` seconds less are no more than a correction."""

    def __init__(
        self, name: str, times: LatestTimes, threads: Threads, clock: Clock, by: float
    ) -> None:
        self._name = name
        self._times = times
        self._threads = threads
        self._clock = clock
        self._by = by
        self._latest: float | None = None
        self._kept: float | None = None

    async def look(self, anew: Callable[[float], Awaitable[None]]) -> None:
        """Have what waits looked at ``anew``, with the time, where the clock was set back."""
        if self._latest is None:
            self._latest = self._kept = await self._threads.run(self._times.latest, self._name)
        now = self._clock().at.timestamp()
        if self._latest is not None and now < self._latest - self._by:
            log.warning(
                "The clock was set back by %.0f s; %s are looked at anew.",
                self._latest - now,
                self._name,
            )
            await anew(now)
        if self._kept is None or abs(now - self._kept) >= KEPT_EVERY:
            await self._threads.run(self._times.keep, self._name, now)
            self._kept = now
        self._latest = now

"""Writes down that a request has left, where its answer takes a moment.

Of a request that was only intended when its process died nobody knows whether it had left: mostly not, for that
is a matter of milliseconds. One of which the ledger knows that it had left, and that it was not answered at
once, is with a service that may be slow.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import TracebackType
from typing import Self

from factotum.core.ports import Clock
from factotum.runs.context import RunContext
from factotum.runs.run import EffectRow

AT_ONCE = 0.5  # seconds; who answers sooner is written down as answered


class Departure:
    """Around one sending; ``leaves`` is called when its first byte is about to leave."""

    def __init__(self, row: EffectRow, context: RunContext, clock: Clock) -> None:
        self._row = row
        self._context = context
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None

    def leaves(self) -> None:
        """It leaves now; called again for a redirect, it has left before."""
        if self._timer is None:
            at = self._clock().at.timestamp()
            self._timer = asyncio.get_running_loop().call_later(AT_ONCE, self._tell, at)

    def _tell(self, at: float) -> None:
        self._context.journal.tell(replace(self._row, state="sent", sent_at=at))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()

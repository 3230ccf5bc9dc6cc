"""What a process that looks after others waits for: their ends, what they tell, and to be stopped."""

from __future__ import annotations

import os
import select
import signal
from types import TracebackType
from typing import Self

from factotum.part import READY, SERVES


class News:
    """Waits for all of it at once. ``told_at`` is the file descriptor where processes tell something."""

    def __init__(self) -> None:
        self._tells, self.told_at = os.pipe()
        self._wakes, self._woken_at = os.pipe()
        for end in (self._wakes, self._woken_at):
            os.set_blocking(end, False)
        self.stops = 0
        """How often somebody wanted all to end."""
        self.is_ready = False
        """Whether the database is at this version."""
        self.has_served = False
        """Whether any of them has ever taken requests."""

    def __enter__(self) -> Self:
        signal.set_wakeup_fd(self._woken_at, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.set_wakeup_fd(-1)
        for end in (self._tells, self.told_at, self._wakes, self._woken_at):
            os.close(end)

    @property
    def is_stopping(self) -> bool:
        """Whether all are to end."""
        return self.stops > 0

    def wait(self, seconds: float | None) -> None:
        """Until there is something new, or for so long."""
        found, _, _ = select.select([self._tells, self._wakes], [], [], seconds)
        if self._wakes in found:
            os.read(self._wakes, 512)
        if self._tells in found:
            told = os.read(self._tells, 512)
            self.is_ready |= READY in told
            self.has_served |= SERVES in told

    def _stop(self, _number: int, _frame: object) -> None:
        self.stops += 1

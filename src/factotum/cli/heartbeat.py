"""Signs of life of the processes that serve together: each counts up in a file that all have mapped.

Nobody waits for anybody there, and no wall clock is asked, so neither a busy disk nor a clock that is
set looks like death.
"""

from __future__ import annotations

import asyncio
import mmap
from pathlib import Path
from struct import Struct

BEAT = 2.0  # seconds between two signs of life of an event loop that goes round
LOOK = 5.0  # seconds between two looks at them
LONGEST_SILENCE = 30.0
LONGEST_START = 120.0  # seconds until the first sign of life, also on a machine that has much to do

_NUMBER = Struct("=Q")


class Heartbeat:
    """One process's count; 0 until it takes requests."""

    def __init__(self, folder: Path, number: int) -> None:
        """Made by whoever looks, which comes first; OSError where there is no room."""
        path = folder / f"heartbeat_{number}"
        if not path.exists():
            path.write_bytes(bytes(_NUMBER.size))
        with path.open("r+b") as file:
            self._mapped = mmap.mmap(file.fileno(), _NUMBER.size)

    @property
    def count(self) -> int:
        """How often it has beaten."""
        return int(_NUMBER.unpack(self._mapped[:])[0])

    def start(self) -> None:
        """Beat for as long as the running event loop goes round."""
        self.beat()
        asyncio.get_running_loop().call_later(BEAT, self.start)

    def beat(self) -> None:
        """One sign of life."""
        self._mapped[:] = _NUMBER.pack(self.count + 1)

    def reset(self) -> None:
        """Somebody else's begins."""
        self._mapped[:] = bytes(_NUMBER.size)


class Silence:
    """For how long whoever looks has seen no sign of life, standing still itself not counted.

    >>> silence = Silence()
    >>> [silence.look(7, now) for now in (0.0, 5.0, 10.0)]
    [0.0, 5.0, 10.0]

    Who looks so late that it must have been stopped itself (the machine or the whole group stood
    still) begins anew, for the others stood still too.

    >>> silence.look(7, 500.0), silence.look(7, 505.0), silence.look(8, 510.0)
    (0.0, 5.0, 0.0)
    """

    def __init__(self) -> None:
        self._count = 0
        self._looked_at = 0.0
        self._seconds = 0.0

    def look(self, count: int, now: float) -> float:
        """Seconds, of a monotonic clock, since the last sign or, before the first, since the first look."""
        gap = now - self._looked_at
        is_heard = count != self._count
        self._seconds = 0.0 if is_heard or gap > 2 * LOOK else self._seconds + gap
        self._count, self._looked_at = count, now
        return self._seconds

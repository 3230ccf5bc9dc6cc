"""Since when the clock of this process has told the truth about how much time passes.

A clock that is stepped (by a person, by NTP after a start, by a machine that slept) says that much time
has passed, or none, where neither is so. What must not be believed too early asks here first.
"""

from __future__ import annotations

from time import monotonic

from factotum.core.ports import Clock

STEP = 5.0  # seconds; what is less is drift


class Steadiness:
    """Of one process; it knows nothing of the time before."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since = clock().at.timestamp()
        self._ahead = self._since - monotonic()

    def waited(self, since: float) -> float:
        """Seconds that have surely passed since then; fewer where the clock was stepped meanwhile."""
        now = self._clock().at.timestamp()
        ahead = now - monotonic()
        if abs(ahead - self._ahead) > STEP:
            self._since = now
        self._ahead = ahead
        is_sure = self._since <= since <= now
        return now - (since if is_sure else self._since)

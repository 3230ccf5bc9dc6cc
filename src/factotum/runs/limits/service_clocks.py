"""Clocks of services that go wrong by minutes: what they say of times is meant by their own clock."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import lru_cache

USUAL = 30.0
"""Seconds that a Date may be away from ours without telling of a clock: answers take their time."""
MOST = 870.0
"""What is further away tells of no clock: a zone taken for UTC, or an answer that was kept."""
STEADY = 10.0  # seconds by which it may seem to change before it counts as changed
MOST_HOSTS = 10_000


class ServiceClocks:
    """How far behind ours the clock of each service is, by the Date of its answers (RFC 9110, 6.6.1)."""

    def __init__(self) -> None:
        self._behind: dict[str, float] = {}

    def behind(self, host: str, headers: Mapping[str, str], now: float) -> float:
        """Seconds, less than 0 where it is ahead; 0 for a clock that is right, or says nothing.

        ``headers`` under their names in lower case.
        """
        date = headers.get("date")
        said = _seconds(date) if date else None
        if said is None or "age" in headers:  # a cache has kept it
            return 0.0
        known = self._behind.get(host, 0.0)
        behind = now - said
        if abs(behind - known) <= STEADY:
            return known
        told = behind if USUAL < abs(behind) < MOST else 0.0
        if told != known and (host in self._behind or len(self._behind) < MOST_HOSTS):
            self._behind[host] = told
        return told


@lru_cache(maxsize=256)
def _seconds(date: str) -> float | None:
    """A Date in seconds since 1970; many answers have the same one."""
    with suppress(TypeError, ValueError, IndexError, OverflowError):
        read = parsedate_to_datetime(date)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    return None

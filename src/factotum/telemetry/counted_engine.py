"""The durable engine, counting."""

from __future__ import annotations

from collections.abc import Mapping

from factotum.runs.engine import Engine
from factotum.telemetry.meters import Meters


class CountedEngine(Engine):
    """Counts what is taken over from dead processes."""

    meters: Meters
    _dead: frozenset[str] = frozenset()

    async def take_over(self, dead: Mapping[str, int]) -> int:
        """As the base; a process is dead once, however often it is looked after."""
        count = await super().take_over(dead)
        self.meters.takeovers.inc(len(set(dead) - self._dead))
        self.meters.taken_over.inc(count)
        self._dead |= set(dead)
        return count

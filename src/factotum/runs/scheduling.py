"""Performs ``Schedule``: a later run is kept, or forgotten; a simulation does neither."""

from __future__ import annotations

from factotum.bots.effects import Schedule
from factotum.core.ports import Threads
from factotum.runs.context import RunContext
from factotum.runs.ports import ScheduledRuns


class ScheduleEffects:
    """Runs wanted later."""

    def __init__(self, scheduled: ScheduledRuns, threads: Threads) -> None:
        self._scheduled = scheduled
        self._threads = threads

    async def schedule(self, effect: Schedule, context: RunContext) -> None:
        """Keep or forget; the ids were checked by the action."""
        if context.simulate:
            return
        behavior_id = int(effect.behavior_id)
        if effect.run_at is None:
            await self._threads.run(self._scheduled.remove, behavior_id)
            return
        await self._threads.run(
            self._scheduled.add, behavior_id, effect.run_at, effect.on_dupe, effect.values
        )

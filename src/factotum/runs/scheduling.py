"""Performs ``Schedule``: a later run is kept, or forgotten; a simulation does neither."""

from __future__ import annotations

from factotum.bots.effects import Schedule
from factotum.runs.context import RunContext
from factotum.runs.once import Once
from factotum.runs.ports import ScheduledRuns


class ScheduleEffects:
    """Runs wanted later."""

    def __init__(self, scheduled: ScheduledRuns, once: Once) -> None:
        self._scheduled = scheduled
        self._once = once

    async def schedule(self, effect: Schedule, context: RunContext) -> None:
        """Keep or forget; the ids were checked by the action."""
        if context.simulate:
            return
        await self._once.change(effect.path, context, lambda: self._keep(effect))

    def _keep(self, effect: Schedule) -> None:
        behavior_id = int(effect.behavior_id)
        if effect.run_at is None:
            self._scheduled.remove(behavior_id, effect.values)
        else:
            self._scheduled.add(behavior_id, effect.run_at, effect.on_dupe, effect.values)

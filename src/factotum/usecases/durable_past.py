"""What is on disk of a durable run: what it was ordered to do, what its effects returned, what it sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from factotum.core.ports import Threads
from factotum.runs.context import RunContext
from factotum.runs.ports import RunStore, Sealer
from factotum.runs.recording import joined, opened
from factotum.runs.run import EffectRow, Recorded, Run
from factotum.runs.tasks import DurableEngine, Task


class DurablePast:
    """Reads it; whoever walks a run again begins with that."""

    def __init__(
        self, engine: DurableEngine, runs: RunStore, sealer: Sealer, threads: Threads
    ) -> None:
        self._engine = engine
        self._runs = runs
        self._sealer = sealer
        self._threads = threads

    async def catch_up(self, context: RunContext, task: Task) -> Sequence[Recorded]:
        """Learn what is on disk of this run; what its steps have returned."""
        context.earlier = await self.effects(task.run_id)
        steps = await self._threads.run(self._runs.steps, task.run_id)
        context.journal.goes_on_after(max((step.number for step in steps), default=0))
        orders = await self._orders(task)
        for order in orders:
            # as counted when it was asked for: what was sent since is not to be sent again
            context.attempts |= Counter(order.get("attempts", {}))
            context.tells_from = order.get("tells_from", context.tells_from)
            gone_back = "keep" in order
            context.cut_short = order.get("cut_short", "" if gone_back else context.cut_short)
        earlier = await self._recorded(task.run_id, orders)
        context.began_at = float(earlier[0].value["began"]) if earlier else None
        return earlier

    async def effects(self, run_id: str) -> dict[str, EffectRow]:
        """What it has sent, or was about to, by key."""
        effects = await self._threads.run(self._runs.effects, run_id)
        return {effect.key: effect for effect in effects}

    async def told(self, run: Run) -> tuple[Any, Sequence[Recorded]]:
        """What a run was submitted with, and what its steps returned; None where that is gone."""
        order = await self._engine.order(Task(run.id))
        return order, await self.recorded_by(run) if order else []

    async def recorded_by(self, run: Run) -> list[Recorded]:
        """What its steps have returned so far."""
        return await self._recorded(run.id, await self._orders(Task(run.id, run.task)))

    async def _orders(self, task: Task) -> Sequence[Mapping[str, Any]]:
        """With what the tasks after the run's first were submitted, up to this one."""
        tasks = [Task(task.run_id, number) for number in range(2, task.number + 1)]
        if not tasks:
            return []
        return [order or {} for order in await self._engine.orders(tasks)]

    async def _recorded(self, run_id: str, orders: Sequence[Mapping[str, Any]]) -> list[Recorded]:
        """What the steps of a run returned, as far as each task kept it of those before."""
        pieces = await self._threads.run(self._runs.recorded, run_id)
        tasks = opened(pieces, self._sealer)
        recorded = joined([], tasks.get(1, {}))
        for number, order in enumerate(orders, 2):
            kept = recorded[: order.get("keep", len(recorded))]
            recorded = joined(kept, tasks.get(number, {}))
        return recorded

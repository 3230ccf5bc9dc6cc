"""What a process does all the time it works: it lives among others, walks durable runs, wakes them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import Any

from factotum.runs.budgets.spending import Spending
from factotum.runs.presence import Presence
from factotum.runs.shared_time import SharedTime
from factotum.runs.tasks import DurableEngine
from factotum.usecases.durable import WOKEN_AT_ONCE, DurableRuns

LOOK = 1.0  # seconds between two looks for runs whose time has come

log = logging.getLogger(__name__)


class Working:
    """Begins and ends it."""

    def __init__(
        self,
        presence: Presence,
        engine: DurableEngine,
        durable: DurableRuns,
        spending: Spending,
        time: SharedTime,
    ) -> None:
        self._presence = presence
        self._engine = engine
        self._durable = durable
        self._spending = spending
        self._time = time
        self._tasks: list[asyncio.Task[None]] = []
        self._waking: asyncio.Task[None] | None = None
        self._has_worked = False

    async def begin(self, *, is_worker: bool, serves: bool = False) -> None:
        """Be there; a worker takes up durable runs too.

        What whoever serves leaves behind is looked after, as what a worker does.
        """
        self._has_worked = is_worker or serves
        await self._presence.enter()
        await self._time.compare(self._presence.executor_id)
        self._start(self._time.keep(self._presence.executor_id))
        if is_worker:
            await self._engine.work(self._durable.work)
            self._waking = self._start(self._wake())
            # what died here is told before anyone asks
            await self._presence.once(self._take_over)
            self._start(self._end_lost())
        self._start(self._presence.live(self._take_over if is_worker else None))

    async def finish(self) -> None:
        """Begin nothing more; a request under way gets its answer, so nobody has to find out about it."""
        if self._waking is not None:
            self._waking.cancel()
        await self._engine.finish()

    async def end(self) -> None:
        """Stop; what is under way on the engine goes on with the next process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self._engine.close()
        await self._presence.leave(has_worked=self._has_worked)

    async def _take_over(self, dead: Mapping[str, int]) -> None:
        """Of processes that have died: their runs first, which say what may have been sent."""
        await self._durable.take_over(dead)
        await self._spending.free()

    async def _end_lost(self) -> None:
        try:
            await self._durable.end_lost()
        except Exception:
            log.exception("Whether runs were lost could not be looked up.")

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.append(task)
        return task

    async def _wake(self) -> None:
        while True:
            try:
                while await self._durable.wake_due() == WOKEN_AT_ONCE:
                    pass
            except Exception:
                log.exception("Waiting runs could not be looked for; trying again in a second.")
            await asyncio.sleep(LOOK)

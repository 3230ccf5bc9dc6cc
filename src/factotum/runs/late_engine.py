"""The durable engine, made when it is first needed: what it is made of takes half a second to load."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from factotum.runs.tasks import DurableEngine, Ordered, Task, Work


class LateEngine:
    """Fulfils ``runs.tasks.DurableEngine`` with what ``make`` returns."""

    def __init__(self, make: Callable[[], DurableEngine]) -> None:
        self._make = make
        self._made: DurableEngine | None = None

    async def submit(self, ordered: Sequence[Ordered]) -> bool:
        """As the engine."""
        return await self._engine.submit(ordered)

    async def order(self, task: Task) -> Any:
        """As the engine."""
        return await self._engine.order(task)

    async def orders(self, tasks: Sequence[Task]) -> Sequence[Any]:
        """As the engine."""
        return await self._engine.orders(tasks)

    async def ended(self, tasks: Sequence[Task]) -> Mapping[Task, bool]:
        """As the engine."""
        return await self._engine.ended(tasks)

    def check(self) -> None:
        """As the engine."""
        self._engine.check()

    async def cancel(self, task: Task) -> None:
        """As the engine."""
        await self._engine.cancel(task)

    async def forget(self, tasks: Sequence[Task]) -> None:
        """As the engine."""
        await self._engine.forget(tasks)

    async def work(self, work: Work) -> None:
        """As the engine."""
        await self._engine.work(work)

    async def holds(self, task: Task) -> bool:
        """As the engine."""
        return await self._engine.holds(task)

    async def take_over(self, dead: Mapping[str, int]) -> int:
        """As the engine."""
        return await self._engine.take_over(dead)

    async def finish(self) -> None:
        """As the engine, where it was needed."""
        if self._made is not None:
            await self._made.finish()

    async def close(self) -> None:
        """As the engine, where it was needed."""
        if self._made is not None:
            await self._made.close()

    @property
    def _engine(self) -> DurableEngine:
        if self._made is None:
            self._made = self._make()
        return self._made

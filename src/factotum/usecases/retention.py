"""How long runs are kept: by age and by count, deleted in pieces so that nobody waits for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import ParamSpec, Protocol, TypeVar

from factotum.core.ports import Clock, Threads
from factotum.runs.tasks import DurableEngine, Task

P = ParamSpec("P")
R = TypeVar("R")

RUNS = 200  # whose end is begun together
ROWS = 500  # of a run's journal that one transaction removes
TASKS = 20  # that the engine forgets at once
PAUSE = 0.005  # seconds between two pieces at least; else as long as the piece took
FRESH = 600.0  # seconds that a run stays after its end in any case: somebody may look at it


@dataclass(frozen=True, slots=True)
class OldRun:
    """A run that goes; ``tasks`` is how many the engine keeps of it."""

    id: str
    tasks: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Runs that go, and how far was looked for them; "" where there was nothing more."""

    runs: Sequence[OldRun]
    upto: str


class OldRuns(Protocol):
    """Runs and what hangs on them. Each call is short, whatever the size of a run."""

    def first_kept(self, before: float, most: int | None) -> str:
        """The id from which runs stay: those that began from then on, and of them the newest ``most``."""

    def choose(self, first_kept: str, after: str, ended_before: float, limit: int) -> Choice:
        """Mark the oldest behind ``after`` that have ended and owe no answer; nobody walks them again."""

    def forget_part(self, run_ids: Sequence[str], rows: int) -> int:
        """Remove at most so many rows of what hangs on them; how many, 0 once nothing does."""

    def forget(self, run_ids: Sequence[str]) -> None:
        """Remove the runs themselves."""


class Retention:
    """Forgets old runs. Killed in between, it goes on with the same ones the next time."""

    def __init__(
        self,
        *,
        runs: OldRuns,
        engine: DurableEngine,
        days: int,
        most: int | None,
        threads: Threads,
        clock: Clock,
    ) -> None:
        self._runs = runs
        self._engine = engine
        self._seconds = days * 86400.0
        self._most = most
        self._threads = threads
        self._clock = clock

    async def once(self, *, by_age: bool = True) -> int:
        """All that is to go now, or all that is too much; how many runs went."""
        now = self._clock().at.timestamp()
        before = now - self._seconds if by_age else 0.0
        first_kept = await self._piece(self._runs.first_kept, before, self._most)
        gone, upto = 0, ""
        while True:
            choice = await self._piece(self._runs.choose, first_kept, upto, now - FRESH, RUNS)
            upto = choice.upto
            if not upto:
                return gone
            await self._forget(choice.runs)
            gone += len(choice.runs)

    async def _forget(self, runs: Sequence[OldRun]) -> None:
        ids = [run.id for run in runs]
        if not ids:
            return
        while await self._piece(self._runs.forget_part, ids, ROWS):
            pass
        for tasks in _chunks(runs):
            began = monotonic()
            await self._engine.forget(tasks)
            await asyncio.sleep(max(monotonic() - began, PAUSE))
        await self._piece(self._runs.forget, ids)

    async def _piece(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """One piece and a pause in which others have the database to themselves."""
        began = monotonic()
        result = await self._threads.run(work, *args, **kwargs)
        await asyncio.sleep(max(monotonic() - began, PAUSE))
        return result


def _chunks(runs: Sequence[OldRun]) -> Iterator[list[Task]]:
    tasks = (Task(run.id, number) for run in runs for number in range(1, run.tasks + 1))
    chunk: list[Task] = []
    for task in tasks:
        chunk.append(task)
        if len(chunk) == TASKS:
            yield chunk
            chunk = []
    if chunk:
        yield chunk

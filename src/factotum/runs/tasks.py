"""Tasks of durable runs, and the engine that does them whatever becomes of a process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from factotum.core.queueing import NORMAL


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of a durable run between two waits; ``number`` counts from 1.

    >>> str(Task("0193", 2)), Task.named("0193.2").number
    ('0193.2', 2)
    """

    run_id: str
    number: int = 1

    def __str__(self) -> str:
        return f"{self.run_id}.{self.number}"

    @classmethod
    def named(cls, name: str) -> Self:
        """The task with that name."""
        run_id, _, number = name.rpartition(".")
        return cls(run_id, int(number))


@dataclass(frozen=True, slots=True)
class Ordered:
    """A task with what it is to do, in JSON; ``line`` and ``priority`` count where it has to queue."""

    task: Task
    order: Any
    priority: int = NORMAL
    line: str = ""


Work = Callable[[Task, Any, bool], Awaitable[None]]
"""Does a task as it was ordered; the last says whether it is surely the first who does."""


class DurableEngine(Protocol):
    """Does tasks, whatever becomes of the process that does them. JSON goes in and comes out."""

    async def submit(self, ordered: Sequence[Ordered]) -> bool:
        """Have tasks done, each once however often it is submitted; on disk when this returns.

        Tells whether they begin here and now.

        Where tasks have to queue, lines take turns, whatever the length of each.
        """

    async def order(self, task: Task) -> Any:
        """What the task was submitted with, or None where there is no such task."""

    async def orders(self, tasks: Sequence[Task]) -> Sequence[Any]:
        """The same of several."""

    async def ended(self, tasks: Sequence[Task]) -> Mapping[Task, bool]:
        """Whether each has ended or was cancelled; those that there are."""

    def check(self) -> None:
        """Inside a task: ``Lost`` where this process has stopped working."""

    async def cancel(self, task: Task) -> None:
        """Keep a task from being begun."""

    async def forget(self, tasks: Sequence[Task]) -> None:
        """Remove what is kept of tasks that have ended."""

    async def work(self, work: Work) -> None:
        """Take up tasks from now on, several at once, until ``close``."""

    async def holds(self, task: Task) -> bool:
        """Whether a task that begins here was claimed in this life of this process (``runs.presence``)."""

    async def take_over(self, dead: Mapping[str, int]) -> int:
        """Give the tasks that dead processes had under way to whoever is free; how many."""

    async def finish(self) -> None:
        """Begin nothing more; what is under way comes to the end of its step, if that is soon."""

    async def close(self) -> None:
        """Stop working; what is under way is taken up by the next process."""

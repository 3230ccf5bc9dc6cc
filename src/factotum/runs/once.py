"""Changes of our own records, made once: what was done is written in the transaction that does it.

An effect of a durable run may be performed again after a crash, if its step was not recorded. Then the
row is there, and its result is given instead of a second change.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from factotum.core.ports import Threads
from factotum.runs.context import RunContext


class DoneChanges(Protocol):
    """What durable runs have changed here. Called inside the transaction of the change."""

    def atomic(self) -> AbstractContextManager[None]:
        """All or nothing."""

    def result(self, run_id: str, path: str) -> Any:
        """``{"result": …}`` of a change that was made, or None."""

    def keep(self, run_id: str, path: str, result: Any) -> None:
        """It was made."""


class Once:
    """Makes changes of a durable run once, and those of others as they come."""

    def __init__(self, done: DoneChanges, threads: Threads) -> None:
        self._done = done
        self._threads = threads

    async def change(self, path: str, context: RunContext, work: Callable[[], Any]) -> Any:
        """What ``work`` returned, now or the first time; JSON, where the run is durable."""
        if not context.is_durable:
            return await self._threads.run(work)
        return await self._threads.run(self._once, context.journal.run.id, path, work)

    def _once(self, run_id: str, path: str, work: Callable[[], Any]) -> Any:
        with self._done.atomic():
            kept = self._done.result(run_id, path)
            if kept is not None:
                return kept["result"]
            result = work()
            self._done.keep(run_id, path, {"result": result})
            return result

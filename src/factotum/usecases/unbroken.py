"""Work that goes on to its end when whoever asked for it has gone.

A caller that hangs up cancels its request. What it began may have sent something already, so it is
not cut off in the middle: its answer is written down, its run is ended, nobody has to guess.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Unbroken:
    """Keeps what was begun until it is done."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def whole(
        self, verb: Callable[P, Coroutine[Any, Any, R]]
    ) -> Callable[P, Coroutine[Any, Any, R]]:
        """The same verb, done wholly or not begun."""

        @wraps(verb)
        async def done(*args: P.args, **kwargs: P.kwargs) -> R:
            return await asyncio.shield(self.start(verb(*args, **kwargs)))

        return done

    def start(self, work: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
        """Begin it; nobody needs to wait."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def drain(self) -> None:
        """Wait for everything begun, and for what that begins."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

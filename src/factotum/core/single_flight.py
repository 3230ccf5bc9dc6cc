"""One look-up for all who ask for the same thing at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

V = TypeVar("V")


class SingleFlight(Generic[V]):
    """Whoever asks for what is being looked up already waits for the same result or error."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, asyncio.Task[V]] = {}

    async def fly(self, key: Hashable, look_up: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """The result of ``look_up()``, or of the one under way for this key.

        A caller that is cancelled leaves it to the others.
        """
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.create_task(look_up())
            self._flights[key] = flight
            flight.add_done_callback(lambda _: self._flights.pop(key, None))
        return await asyncio.shield(flight)

"""Look-ups gathered: whoever asks while one is under way shares the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Gathered(Generic[K, V]):
    """One look-up at a time, each for all that was asked for since the one before began."""

    def __init__(self, look_up: Callable[[Collection[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._look_up = look_up
        self._wanted: set[K] = set()
        self._next: asyncio.Task[Mapping[K, V]] | None = None
        self._under_way: asyncio.Task[Mapping[K, V]] | None = None

    async def get(self, key: K) -> V | None:
        """What was found under the key, or None; a caller that is cancelled leaves it to the others."""
        self._wanted.add(key)
        if self._next is None:
            self._next = asyncio.create_task(self._after(self._under_way))
        return (await asyncio.shield(self._next)).get(key)

    async def _after(self, before: asyncio.Task[Mapping[K, V]] | None) -> Mapping[K, V]:
        if before is not None and not before.done():
            await asyncio.wait([before])
        wanted, self._wanted = self._wanted, set()
        self._under_way, self._next = self._next, None
        return await self._look_up(wanted)

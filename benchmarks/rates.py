"""How fast something is submitted and done: the same for the product and for what stands beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

SUBMITTING = 16  # at once


async def rate_of(
    runs: int, submit: Callable[[int], Awaitable[Any]], ended: Callable[[], Awaitable[int]]
) -> float:
    """Runs per second, from the first submission to the last end."""
    gate = asyncio.Semaphore(SUBMITTING)

    async def one(number: int) -> None:
        async with gate:
            await submit(number)

    began = perf_counter()
    await asyncio.gather(*(one(number) for number in range(runs)))
    while await ended() < runs:
        await asyncio.sleep(0.1)
    return runs / (perf_counter() - began)

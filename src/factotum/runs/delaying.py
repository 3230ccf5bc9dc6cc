"""Performs ``Delay``: a durable run waits for it holding nothing, any other stands still for seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from factotum.bots.effects import BeginDelay, Delay
from factotum.core.errors import BehaviorFault
from factotum.core.ports import Clock
from factotum.runs.context import RunContext
from factotum.runs.waiting import Wait

DELAY = "delay"
LONGEST_ATTENDED = 30.0  # seconds, of all delays of a run together


class DelayEffects:
    """Delays of behaviors, by this clock."""

    def __init__(
        self, clock: Clock, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep

    async def begin(self, effect: BeginDelay, _context: RunContext) -> int:
        """What a durable run records of a delay before it waits."""
        return effect.until

    async def wait(self, effect: Delay, context: RunContext) -> None:
        """Returns when it is over; ``Wait`` where a durable run has to wait for that."""
        left = effect.until - self._clock().at.timestamp()
        if left <= 0 or context.simulate or effect.path == context.cut_short:
            return
        if context.is_durable:
            raise Wait(effect.until, f"The behavior waits here: “{effect.words}”.", DELAY)
        if context.delayed + left > LONGEST_ATTENDED:
            raise _too_long(effect)
        context.delayed += left
        await self._sleep(left)


def _too_long(effect: Delay) -> BehaviorFault:
    until = datetime.fromtimestamp(effect.until, UTC)
    return BehaviorFault(
        f"It would wait until {until:%Y-%m-%d %H:%M:%S} UTC, but somebody waits for this run; its delays "
        f"may take {LONGEST_ATTENDED:.0f} seconds together then. Run it in the background "
        "(on its page, `factotum run --no-wait`, a schedule, a webhook that answers at once).",
        node=effect.path,
        code="delay-too-long",
    )

"""Performs ``SetKey`` and ``GetKey``; a simulation keeps what it sets to itself."""

from __future__ import annotations

from factotum.bots.effects import GetKey, SetKey
from factotum.core.ports import Clock, Threads
from factotum.runs.context import RunContext
from factotum.runs.ports import BotKeys


class KeyEffects:
    """A bot's small persistent store."""

    def __init__(self, keys: BotKeys, threads: Threads, clock: Clock) -> None:
        self._keys = keys
        self._threads = threads
        self._clock = clock

    async def get(self, effect: GetKey, context: RunContext) -> str:
        """The value, or ""."""
        if effect.key in context.overlay:
            return context.overlay[effect.key]
        now = self._clock().at.timestamp()
        return await self._threads.run(self._keys.get, context.bot_id or 0, effect.key, now)

    async def set(self, effect: SetKey, context: RunContext) -> None:
        """Keep it, or in a simulation only remember it for this run."""
        if context.simulate:
            context.overlay[effect.key] = effect.value
            return
        await self._threads.run(
            self._keys.set, context.bot_id or 0, effect.key, effect.value, effect.expires_at
        )

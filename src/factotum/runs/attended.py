"""The attended driver: performs a walk's effects in line, because somebody waits for the result."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from factotum.bots.effects import Ask, Effect, Note
from factotum.bots.recording import decode_result
from factotum.core.errors import BehaviorFault, FactotumError
from factotum.runs.context import Handlers, RunContext
from factotum.runs.pacing import Ended, Pace, Walk

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Parked:
    """The walk waits for a person; it goes on when it is walked again with the recorded results."""

    ask: Ask


class Driver:
    """Performs effects by their type; one instance serves every run."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers
        self._pace = Pace()

    async def drive(
        self,
        walk: Walk[R],
        context: RunContext,
        *,
        results: Sequence[Any] = (),
        record: Callable[[Effect, Any], None] | None = None,
    ) -> Ended[R] | Parked:
        """Walk to the end or to the next question.

        ``results`` are what earlier effects returned, in order, as ``bots.recording`` encodes them:
        those are not performed again, and notes before the last of them are in the journal already.
        ``record`` is told each new effect and its result (an error where it was refused).
        """
        replay = deque(results)
        effect = await self.advance(walk, None, context)
        while not isinstance(effect, Ended):
            result: Any = None
            if isinstance(effect, Note):
                if not replay:
                    context.journal.note(effect)
            elif replay:
                result = decode_result(effect, replay.popleft())
            elif isinstance(effect, Ask):
                return Parked(effect)
            else:
                result = await self.perform(effect, context)
                if record is not None:
                    record(effect, result)
            effect = await self.advance(walk, result, context)
        return effect

    async def advance(self, walk: Walk[R], result: Any, context: RunContext) -> Effect | Ended[R]:
        """Give the walk a result, or throw an error into it; its next effect, or its end."""
        return await self._pace.advance(walk, result, context.journal.run)

    async def perform(self, effect: Effect, context: RunContext) -> Any:
        """The effect's result, or the error that it was refused with."""
        handler = self._handlers.get(type(effect))
        if handler is None:
            name = type(effect).__name__
            return BehaviorFault(f"{name} cannot be done in a run of this kind.", node=effect.path)
        try:
            return await handler(effect, context)
        except FactotumError as error:
            return error

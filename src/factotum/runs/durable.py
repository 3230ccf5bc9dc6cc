"""The durable driver: walks a behavior so that it can be walked again after any crash.

Every effect is a step of the engine's, named by its path; what it returned is recorded and given to
the walk again. Nodes cost nothing: they are walked anew. The clock costs nothing either: a walk reads
the time of what was done last, which is recorded with it.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TypeVar

from factotum.bots.effects import Ask, Effect, Note, ReadClock
from factotum.bots.recording import decode_result, encode_result
from factotum.core.crash_points import passing
from factotum.core.database_trouble import StoreAway
from factotum.core.errors import BehaviorFault, Refused
from factotum.core.ports import Clock
from factotum.core.values import Moment
from factotum.runs.attended import Driver
from factotum.runs.context import RunContext
from factotum.runs.pacing import Ended, Walk
from factotum.runs.ports import OPEN, DurableEngine, Recorded, Step
from factotum.runs.waiting import until_back

R = TypeVar("R")

NOBODY = Refused(
    "The behavior asks a person something; start it from the chat instead.", code="needs-a-person"
)
TOO_LATE = "It was to be done by {at}; what was left then was not begun."


class DurableDriver:
    """Walks one task at a time for each caller; one instance serves every run."""

    def __init__(self, driver: Driver, engine: DurableEngine, clock: Clock) -> None:
        self._driver = driver
        self._engine = engine
        self._clock = clock

    async def drive(
        self,
        walk: Walk[R],
        context: RunContext,
        earlier: Sequence[Recorded] = (),
    ) -> R:
        """Walk to the end; ``earlier`` is what the steps of the tasks before this one returned.

        ``Wait`` where the run has to wait; ``Halted`` and ``Lost`` as the engine says.
        """
        replay = deque(earlier)
        now = context.began_at = context.began_at or self._clock().at.timestamp()
        effect = await self._driver.advance(walk, None, context)
        while not isinstance(effect, Ended):
            result: Any = None
            if isinstance(effect, Note):
                context.journal.note(effect)
            elif isinstance(effect, ReadClock):
                result = moment_of(context.journal.run.id, effect.path, now)
            elif isinstance(effect, Ask):
                result = NOBODY
            else:
                kept = await self._done(effect, context, replay)
                now = kept["at"]
                result = decode_result(effect, kept["result"])
            effect = await self._driver.advance(walk, result, context)
        return effect.result

    async def _done(
        self, effect: Effect, context: RunContext, replay: deque[Recorded]
    ) -> Mapping[str, Any]:
        """What the effect's step keeps, from before or now; the journal tells it as it was told."""
        name = f"{effect.path} {type(effect).__name__}"
        if replay:
            recorded = replay.popleft()
            if recorded.name != name:
                raise _other_way(recorded.name, name)
            kept = recorded.value
        else:
            self._check_deadline(context)
            if context.tells_from > context.journal.number:
                context.journal.repeat([], context.tells_from)
            kept = await self._engine.step(name, lambda: self._perform(effect, context))
            passing("step recorded")
        if kept["number"] != context.journal.number:
            context.journal.repeat([Step(**step) for step in kept["steps"]], kept["number"])
        return kept  # type: ignore[no-any-return]  # JSON that _perform made

    def _check_deadline(self, context: RunContext) -> None:
        """What was sent and not heard of is settled all the same."""
        deadline = context.journal.run.deadline
        if deadline is None or any(each.state in OPEN for each in context.earlier.values()):
            return
        if self._clock().at.timestamp() >= deadline:
            at = datetime.fromtimestamp(deadline, UTC)
            raise Refused(TOO_LATE.format(at=f"{at:%Y-%m-%d %H:%M:%S} UTC"), code="deadline")

    async def _perform(self, effect: Effect, context: RunContext) -> dict[str, Any]:
        before = context.journal.number
        try:
            result = await self._driver.perform(effect, context)
        except StoreAway as away:  # as an error it would be recorded, and never tried again
            raise until_back(away, self._clock().at.timestamp()) from None
        passing("step performed")
        steps = context.journal.steps_after(before)
        return {
            "result": encode_result(effect, result),
            "began": context.began_at,
            "at": self._clock().at.timestamp(),
            "number": context.journal.number,
            "steps": [asdict(step) | {"data": context.journal.mask(step.data)} for step in steps],
        }


def moment_of(run_id: str, path: str, at: float) -> Moment:
    """A time and a seed that are the same whenever the run is walked."""
    digest = hashlib.sha256(f"{run_id} {path}".encode()).digest()
    return Moment(datetime.fromtimestamp(at, UTC), int.from_bytes(digest[:16], "big"))


def _other_way(recorded: str, name: str) -> BehaviorFault:
    return BehaviorFault(
        f"The run cannot go on where it was: it did {recorded!r} there and would do {name!r} now.",
        code="cannot-resume",
    )

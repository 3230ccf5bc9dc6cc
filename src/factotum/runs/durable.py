"""The durable driver: walks a behavior so that it can be walked again after any crash.

Every effect is a step, named by its path; what it returned is recorded with the journal and given to the
walk again. Nodes cost nothing: they are walked anew. The clock costs nothing either: a walk reads the
time of what was done last, which is recorded with it.

What only looks is not waited for: until something is changed it may be looked at again. Before a change
all that led to it is on disk, so a run that is walked again comes to the same change. The ledger does the
same for requests, whose intent is committed behind what was recorded.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Any, TypeVar

from factotum.bots.effects import (
    Ask,
    BeginDelay,
    CallHttp,
    Delay,
    Effect,
    FindRecords,
    GetKey,
    LoadBehavior,
    LoadRecord,
    Note,
    ReadClock,
)
from factotum.bots.recording import decode_result, encode_result
from factotum.core.crash_points import passing
from factotum.core.database_trouble import StoreAway
from factotum.core.errors import BehaviorFault, Refused
from factotum.core.http import SAFE_METHODS
from factotum.core.ports import Clock, Threads
from factotum.core.values import Moment
from factotum.runs.attended import Driver
from factotum.runs.context import RunContext
from factotum.runs.pacing import Ended, Walk
from factotum.runs.ports import RunStore
from factotum.runs.run import OPEN, Recorded
from factotum.runs.tasks import DurableEngine
from factotum.runs.waiting import Halted, until_back

R = TypeVar("R")

LOOKS = (BeginDelay, Delay, FindRecords, GetKey, LoadBehavior, LoadRecord)
"""Effects that change nothing, as safe requests do."""

MOMENT = 0.25  # seconds that a run may go on looking after somebody wanted it to stop

NOBODY = Refused(
    "The behavior asks a person something; start it from the chat instead.", code="needs-a-person"
)
TOO_LATE = "It was to be done by {at}; what was left then was not begun."


class DurableDriver:
    """Walks one task at a time for each caller; one instance serves every run."""

    def __init__(
        self,
        driver: Driver,
        engine: DurableEngine,
        runs: RunStore,
        threads: Threads,
        clock: Clock,
    ) -> None:
        self._driver = driver
        self._engine = engine
        self._runs = runs
        self._threads = threads
        self._clock = clock

    async def drive(
        self,
        walk: Walk[R],
        context: RunContext,
        earlier: Sequence[Recorded] = (),
    ) -> R:
        """Walk to the end; ``earlier`` is what was recorded of this run before.

        ``Wait`` where the run has to wait, ``Halted`` where somebody wants it to stop, ``Lost`` where
        it is another process's by now.
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
            kept: Mapping[str, Any] = recorded.value
            context.journal.repeat(kept["number"])
            return kept
        await self._check(effect, context)
        if context.tells_from > context.journal.number:
            context.journal.repeat(context.tells_from)
        return await self._step(name, effect, context)

    async def _step(self, name: str, effect: Effect, context: RunContext) -> Mapping[str, Any]:
        is_change = not isinstance(effect, (*LOOKS, CallHttp))
        if is_change:
            await context.journal.on_disk()
        kept = await self._perform(effect, context)
        context.journal.record(Recorded(name, kept))
        if is_change:
            await context.journal.on_disk()
        passing("step recorded")
        return kept

    async def _check(self, effect: Effect, context: RunContext) -> None:
        """Whether this walk may do one thing more; what only looks takes the answer of a moment ago."""
        self._engine.check()
        await context.fence.fresh()
        self._check_deadline(context)
        now = monotonic()
        if only_looks(effect) and now - context.asked_at < MOMENT:
            return
        context.asked_at = now
        if await self._threads.run(self._runs.is_to_stop, context.journal.run.id):
            raise Halted

    def _check_deadline(self, context: RunContext) -> None:
        """What was sent and not heard of is settled all the same."""
        deadline = context.journal.run.deadline
        if deadline is None or any(each.state in OPEN for each in context.earlier.values()):
            return
        if self._clock().at.timestamp() >= deadline:
            at = datetime.fromtimestamp(deadline, UTC)
            raise Refused(TOO_LATE.format(at=f"{at:%Y-%m-%d %H:%M:%S} UTC"), code="deadline")

    async def _perform(self, effect: Effect, context: RunContext) -> dict[str, Any]:
        try:
            result = await self._driver.perform(effect, context)
        except StoreAway as away:  # as an error the behavior would be told of it
            raise until_back(away, self._clock().at.timestamp()) from None
        passing("step performed")
        return {
            "result": encode_result(effect, result),
            "began": context.began_at,
            "at": self._clock().at.timestamp(),
            "number": context.journal.number,
        }


def only_looks(effect: Effect) -> bool:
    """Whether an effect changes nothing, here or elsewhere."""
    is_safe = isinstance(effect, CallHttp) and effect.method.upper() in SAFE_METHODS
    return is_safe or isinstance(effect, LOOKS)


def moment_of(run_id: str, path: str, at: float) -> Moment:
    """A time and a seed that are the same whenever the run is walked."""
    digest = hashlib.sha256(f"{run_id} {path}".encode()).digest()
    return Moment(datetime.fromtimestamp(at, UTC), int.from_bytes(digest[:16], "big"))


def _other_way(recorded: str, name: str) -> BehaviorFault:
    return BehaviorFault(
        f"The run cannot go on where it was: it did {recorded!r} there and would do {name!r} now.",
        code="cannot-resume",
    )

"""Fires what is due: recurrent behaviors, and runs that behaviors wanted later.

Any number of processes do this at once. The moment that is due makes the run's id, the run is on disk
before its schedule moves on, and the schedule moves on only where nobody else moved it: whoever is
killed in between, nothing is left out and nothing runs twice. The wall clock says what is due; should
it be set back, it is planned anew, and what has fired stays fired.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

from factotum.bots.behavior import Behavior
from factotum.core.errors import BadInput, FactotumError
from factotum.core.ports import Clock, Threads
from factotum.core.queueing import deadline_in, priority_in
from factotum.core.values import Actor
from factotum.runs.schedules.catching_up import plan, rule_of
from factotum.runs.schedules.firing import run_id_for
from factotum.runs.schedules.ports import DueSchedule, DueTable, Settled, WantedRun, WantedRuns
from factotum.runs.schedules.timetable import Timetable
from factotum.runs.set_back import LatestTimes, SetBack
from factotum.usecases.behavior_book import BehaviorBook
from factotum.usecases.submission import Submission

SCHEDULE = Actor(worker_id=None, name="schedule", via="schedule")
AT_ONCE = 100
"""Rows claimed together; they are settled in one transaction."""

LOOK_SECONDS = 1.0
"""The longest between two looks: a clock that is set, and changes by other processes, count then."""

SET_BACK = 60.0
"""Seconds by which a clock has to go back before it was set; by less it was only corrected."""

MISSED = "Some firings were missed while nothing ran."

T = TypeVar("T")
log = logging.getLogger(__name__)


class Submits(Protocol):
    """What runs behaviors whatever happens: ``usecases.durable.DurableRuns``."""

    async def submit_all(self, submissions: Sequence[Submission]) -> Sequence[Exception | None]:
        """Have them run, each once however often its id is submitted; on disk when this returns.

        Of each, in order, why it could not be, or None.
        """


@dataclass(frozen=True, slots=True)
class Firing(Generic[T]):
    """What a row is due for, and what is kept of it then; ``why`` that cannot be submitted."""

    behavior_id: int
    kept: T
    submissions: Sequence[Submission] = ()
    why: FactotumError | None = None


class Schedules:
    """Looks for what is due while the product serves."""

    def __init__(
        self,
        *,
        due: DueTable,
        wanted: WantedRuns,
        book: BehaviorBook,
        runs: Submits,
        threads: Threads,
        clock: Clock,
        times: LatestTimes,
    ) -> None:
        self._due = due
        self._wanted = wanted
        self._book = book
        self._runs = runs
        self._threads = threads
        self._clock = clock
        self._changed = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._set_back = SetBack("schedules", times, threads, clock, SET_BACK)

    def wake(self) -> None:
        """Look now: something was changed. From any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop was closed: nobody looks any more
                self._loop.call_soon_threadsafe(self._changed.set)

    async def keep_time(self) -> None:
        """Look and sleep, until cancelled; a look that fails is logged and made again."""
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()  # of this loop
        try:
            while True:
                self._changed.clear()
                await self._sleep(await self._look())
        finally:
            self._loop = None

    async def _look(self) -> float:
        """One look; how long to sleep then."""
        try:
            return await self.once()
        except Exception:
            log.exception("What is due could not be looked up; trying again.")
            return LOOK_SECONDS

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), seconds)

    async def once(self) -> float:
        """Fire all that is due now; seconds until there may be more."""
        await self._set_back.look(self._plan_anew)
        waits = [
            await self._work_off(self._due.earliest, self._fire_schedules),
            await self._work_off(self._wanted.earliest, self._fire_wanted),
        ]
        return min(LOOK_SECONDS, *waits)

    async def _plan_anew(self, now: float) -> None:
        """What the clock showed before may have been wrong: then the plans are, too.

        Planning anew fires nothing again, for a moment that has fired has its run.
        """
        await self._threads.run(self._due.plan_anew, now)
        await self._threads.run(self._wanted.plan_anew, now)

    async def _work_off(
        self, earliest: Callable[[], float | None], fire: Callable[[float], Awaitable[int]]
    ) -> float:
        """Batch after batch while one is due; how long until the next is."""
        while True:
            first = await self._threads.run(earliest)
            now = self._now()
            if first is None or first > now:
                return LOOK_SECONDS if first is None else first - now
            if not await fire(now):  # others have them
                return LOOK_SECONDS

    # Recurrent behaviors

    async def _fire_schedules(self, now: float) -> int:
        claimed = await self._threads.run(self._due.claim, now, AT_ONCE)
        await self._book.read(due.behavior_id for due in claimed if due.next_at is not None)
        fired = await self._fire([self._firing(due, int(now)) for due in claimed])
        settled = [
            replace(kept, note=why.sentence, fired=None) if why else kept for kept, why in fired
        ]
        await self._threads.run(self._due.settle, settled, now)
        return len(claimed)

    async def _firing(self, due: DueSchedule, now: int) -> Firing[Settled]:
        """What the schedule is due for; how it stands then."""
        settled, moments = _planned(due, now)
        try:
            behavior = await self._behavior(due) if moments else None
        except FactotumError as why:
            return Firing(due.behavior_id, settled, why=why)
        if behavior is None:
            return Firing(due.behavior_id, settled)
        how = {
            "priority": priority_in(due.params),
            "deadline": deadline_in(due.params, self._now()),
        }
        return Firing(
            due.behavior_id,
            settled,
            [_submission(behavior, _run_id(due, moment), **how) for moment in moments],
        )

    async def _behavior(self, due: DueSchedule) -> Behavior | None:
        """The behavior as it was when it was claimed, or later."""
        name = str(due.behavior_id)
        behavior = await self._book.named(name)
        if behavior is not None and behavior.revision < due.revision:
            self._book.forget()  # another process has changed it in this second
            behavior = await self._book.named(name)
        return behavior

    # Runs that behaviors wanted

    async def _fire_wanted(self, now: float) -> int:
        claimed = await self._threads.run(self._wanted.claim, now, AT_ONCE)
        await self._book.read(wanted.behavior_id for wanted in claimed)
        fired = await self._fire([self._firing_of_wanted(wanted) for wanted in claimed])
        await self._threads.run(self._wanted.done, [kept for kept, _ in fired])
        return len(claimed)

    async def _firing_of_wanted(self, wanted: WantedRun) -> Firing[int]:
        """The run; its id is kept, for it is wanted no more."""
        try:
            behavior = await self._book.named(str(wanted.behavior_id))
        except FactotumError as why:
            return Firing(wanted.behavior_id, wanted.id, why=why)
        if behavior is None:
            return Firing(wanted.behavior_id, wanted.id)
        values = dict(wanted.values)
        payload = {"id": values.pop("on", None)}
        run_id = run_id_for(f"wanted:{wanted.id}", wanted.run_at)
        submission = _submission(behavior, run_id, payload=payload, variables=values)
        return Firing(wanted.behavior_id, wanted.id, [submission])

    # Both

    async def _fire(
        self, looking: Sequence[Coroutine[Any, Any, Firing[T]]]
    ) -> list[tuple[T, FactotumError | None]]:
        """Submit what all are due for, together; what is kept of each, and why it cannot run.

        Of one that broke nothing is kept: that is logged, and it is looked at again after its lease.
        """
        found = await asyncio.gather(*looking, return_exceptions=True)
        firings = [each for each in found if isinstance(each, Firing)]
        submissions = [each for firing in firings for each in firing.submissions]
        faults = iter(await self._runs.submit_all(submissions) if submissions else ())
        whys = [_why(firing, faults) for firing in firings]
        for each in (*found, *whys):
            if isinstance(each, BaseException) and not isinstance(each, FactotumError):
                log.error("Something due could not be fired; trying again.", exc_info=each)
        fired = []
        for firing, why in zip(firings, whys, strict=True):
            if isinstance(why, FactotumError):
                log.warning(
                    "The behavior %d could not be fired: %s", firing.behavior_id, why.sentence
                )
            if why is None or isinstance(why, FactotumError):
                fired.append((firing.kept, why))
        return fired

    def _now(self) -> float:
        return self._clock().at.timestamp()


def _planned(due: DueSchedule, now: int) -> tuple[Settled, Sequence[int]]:
    """How the schedule stands once it has fired, and the moments that it fires for."""
    if not due.is_live:
        return Settled(due), ()
    try:
        timetable = Timetable.of(due.params)
    except BadInput as why:
        return Settled(due, note=why.sentence), ()
    fingerprint = timetable.fingerprint
    if due.next_at is None or due.fingerprint != fingerprint:  # it begins now
        return Settled(due, timetable.after(now), fingerprint), ()
    planned = plan(timetable, due.next_at, now, rule_of(due.params))
    last = planned.dues[-1] if planned.dues else None
    fired = None if last is None else (last, _run_id(due, last))
    note = MISSED if planned.skipped else ""
    return Settled(due, planned.next_at, fingerprint, note, fired), planned.dues


def _submission(behavior: Behavior, run_id: str, **how: Any) -> Submission:
    return Submission(behavior, run_id, behavior.event.key, SCHEDULE, **how)


def _why(firing: Firing[Any], faults: Iterator[Exception | None]) -> Exception | None:
    """The first reason why something of it cannot be run; takes what its submissions met."""
    met = list(islice(faults, len(firing.submissions)))
    return next(filter(None, (firing.why, *met)), None)


def _run_id(due: DueSchedule, moment: int) -> str:
    return run_id_for(f"behavior:{due.behavior_id}", moment)

"""Fires what is due: recurrent behaviors, and runs that behaviors wanted later.

Any number of processes do this at once. The moment that is due makes the run's id, the run is on disk
before its schedule moves on, and the schedule moves on only where nobody else moved it: whoever is
killed in between, nothing is left out and nothing runs twice. The wall clock says what is due; should
it be set back, it is planned anew, and what has fired stays fired.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from factotum.bots.behavior import Behavior
from factotum.core.errors import BadInput, FactotumError
from factotum.core.ports import Clock, Threads
from factotum.core.queueing import NORMAL, deadline_in, priority_in
from factotum.core.values import Actor
from factotum.runs.run import Run
from factotum.runs.schedules.catching_up import Plan, plan, rule_of
from factotum.runs.schedules.firing import run_id_for
from factotum.runs.schedules.ports import DueSchedule, DueTable, Settled, WantedRun, WantedRuns
from factotum.runs.schedules.timetable import Timetable
from factotum.runs.set_back import LatestTimes, SetBack
from factotum.usecases.behavior_book import BehaviorBook

SCHEDULE = Actor(worker_id=None, name="schedule", via="schedule")
AT_ONCE = 100
"""Rows claimed together; they are settled in one transaction."""

SUBMITTED_AT_ONCE = 16
LOOK_SECONDS = 1.0
"""The longest between two looks: a clock that is set, and changes by other processes, count then."""

SET_BACK = 60.0
"""Seconds by which a clock has to go back before it was set; by less it was only corrected."""

MISSED = "Some firings were missed while nothing ran."

T = TypeVar("T")
log = logging.getLogger(__name__)


class Submits(Protocol):
    """What runs behaviors whatever happens: ``usecases.durable.DurableRuns``."""

    async def submit(
        self,
        behavior: Behavior,
        *,
        run_id: str,
        trigger: str,
        by: Actor,
        payload: Mapping[str, Any] | None = None,
        variables: Mapping[str, Any] | None = None,
        priority: int = NORMAL,
        deadline: float | None = None,
    ) -> Run:
        """Have it run, once however often this run id is submitted; on disk when this returns."""


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
        settled = await self._each(claimed, lambda due: self._fire(due, int(now)))
        await self._threads.run(self._due.settle, settled, now)
        return len(claimed)

    async def _fire(self, due: DueSchedule, now: int) -> Settled:
        """Submit what the schedule is due for; how it stands then."""
        if not due.is_live:
            return Settled(due)
        try:
            timetable = Timetable.of(due.params)
        except BadInput as why:
            return Settled(due, note=why.sentence)
        fingerprint = timetable.fingerprint
        if due.next_at is None or due.fingerprint != fingerprint:  # it begins now
            return Settled(due, timetable.after(now), fingerprint)
        planned = plan(timetable, due.next_at, now, rule_of(due.params))
        note = await self._submit(due, planned)
        last = planned.dues[-1] if planned.dues else None
        fired = (last, _run_id(due, last)) if last is not None and not note else None
        note = note or (MISSED if planned.skipped else "")
        return Settled(due, planned.next_at, fingerprint, note, fired)

    async def _submit(self, due: DueSchedule, planned: Plan) -> str:
        """Why it cannot be run, or ""."""
        try:
            behavior = await self._behavior(due) if planned.dues else None
            if behavior is None:
                return ""
            for moment in planned.dues:
                await self._runs.submit(
                    behavior,
                    run_id=_run_id(due, moment),
                    trigger=behavior.event.key,
                    by=SCHEDULE,
                    priority=priority_in(due.params),
                    deadline=deadline_in(due.params, self._now()),
                )
        except FactotumError as why:
            log.warning("The behavior %d could not be fired: %s", due.behavior_id, why.sentence)
            return why.sentence
        return ""

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
        done = await self._each(claimed, self._run_wanted)
        await self._threads.run(self._wanted.done, done)
        return len(claimed)

    async def _run_wanted(self, wanted: WantedRun) -> int:
        """Submit it; its id, for it is wanted no more."""
        values = dict(wanted.values)
        payload = {"id": values.pop("on", None)}
        try:
            behavior = await self._book.named(str(wanted.behavior_id))
            if behavior is not None:
                await self._runs.submit(
                    behavior,
                    run_id=run_id_for(f"wanted:{wanted.id}", wanted.run_at),
                    trigger=behavior.event.key,
                    by=SCHEDULE,
                    payload=payload,
                    variables=values,
                )
        except FactotumError as why:
            log.warning(
                "The scheduled behavior %d could not be run: %s", wanted.behavior_id, why.sentence
            )
        return wanted.id

    async def _each(self, rows: Iterable[T], work: Callable[[T], Awaitable[Any]]) -> Sequence[Any]:
        """What each gave; one that broke is logged, and looked at again after its lease."""
        slots = asyncio.Semaphore(SUBMITTED_AT_ONCE)

        async def one(row: T) -> Any:
            async with slots:
                return await work(row)

        given = await asyncio.gather(*(one(row) for row in rows), return_exceptions=True)
        for each in given:
            if isinstance(each, BaseException):
                log.error("Something due could not be fired; trying again.", exc_info=each)
        return [each for each in given if not isinstance(each, BaseException)]

    def _now(self) -> float:
        return self._clock().at.timestamp()


def _run_id(due: DueSchedule, moment: int) -> str:
    return run_id_for(f"behavior:{due.behavior_id}", moment)

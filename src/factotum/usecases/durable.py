"""Durable runs: begun once, walked to their end whatever becomes of the process that walks them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.core.crash_points import passing
from factotum.core.database_trouble import StoreAway
from factotum.core.errors import Refused
from factotum.core.ports import Clock, Threads
from factotum.core.queueing import NORMAL
from factotum.core.values import Actor
from factotum.runs.delaying import DELAY
from factotum.runs.durable import DurableDriver
from factotum.runs.journal import UNENDED
from factotum.runs.ports import RunStore, Sealer
from factotum.runs.run import OPEN, Recorded, Run
from factotum.runs.set_back import LatestTimes, SetBack
from factotum.runs.tasks import DurableEngine, Ordered, Task
from factotum.usecases.behavior_book import BehaviorBook
from factotum.usecases.durable_past import DurablePast
from factotum.usecases.durable_walk import DurableWalk
from factotum.usecases.runner import Runner
from factotum.usecases.submission import Submission, Submitting, line_of

WOKEN_AT_ONCE = 100
LOOKED_AT = 100  # runs in one question to the engine
SET_BACK = 5.0  # seconds by which a clock may go wrong without being looked into
MAY_HAVE_HAPPENED = (
    "What failed in this run may have happened all the same, and nobody found out. It is not sent "
    "again; look at the service, and begin a new run if it is not there."
)

log = logging.getLogger(__name__)


class DurableRuns:
    """Runs on the engine."""

    def __init__(
        self,
        *,
        engine: DurableEngine,
        driver: DurableDriver,
        runner: Runner,
        book: BehaviorBook,
        runs: RunStore,
        sealer: Sealer,
        threads: Threads,
        clock: Clock,
        times: LatestTimes,
    ) -> None:
        self._engine = engine
        self._runner = runner
        self._runs = runs
        self._threads = threads
        self._clock = clock
        self._set_back = SetBack("waiting runs", times, threads, clock, SET_BACK)
        self._submitting = Submitting(engine, runner)
        self._past = DurablePast(engine, runs, sealer, threads)
        self._walk = DurableWalk(
            engine=engine,
            driver=driver,
            runner=runner,
            book=book,
            runs=runs,
            sealer=sealer,
            threads=threads,
            clock=clock,
            past=self._past,
            go_on=self.go_on,
        )

    async def submit(
        self,
        behavior: Behavior,
        *,
        run_id: str,
        trigger: str,
        by: Actor,
        title: str = "",
        payload: Mapping[str, Any] | None = None,
        variables: Mapping[str, Any] | None = None,
        priority: int = NORMAL,
        deadline: float | None = None,
    ) -> Run:
        """The run, queued and on disk. The same ``run_id`` again changes nothing.

        ``payload`` is what the trigger's ``values`` takes, ``variables`` a person's inputs; after
        ``deadline``, in seconds since 1970, it does nothing more.
        """
        submission = Submission(
            behavior,
            run_id,
            trigger,
            by,
            title=title,
            payload=payload or {},
            variables=variables or {},
            priority=priority,
            deadline=deadline,
        )
        return await self._submitting.one(submission)

    async def submit_all(self, submissions: Sequence[Submission]) -> Sequence[Exception | None]:
        """The same of many, together; of each, in order, why it could not be."""
        return await self._submitting.all(submissions)

    async def work(self, task: Task, order: Any, is_new: bool = False) -> None:
        """Walk one task of a run: what the engine calls, again after a crash."""
        await self._walk.work(task, order, is_new)

    async def told(self, run: Run) -> tuple[Any, Sequence[Recorded]]:
        """What a run was submitted with, and what its steps returned; None where that is gone."""
        return await self._past.told(run)

    async def end_lost(self) -> None:
        """Runs end that nobody would ever walk: the engine does not know them, or has gone further.

        So it is where one of both databases is an older copy, or gone.
        """
        after = ""
        while True:
            page = await self._threads.run(
                lambda after: self._runs.page(after=after, limit=LOOKED_AT, statuses=UNENDED), after
            )
            await self._end_those_lost([run for run in page.runs if run.driver == "durable"])
            after = page.cursor
            if not after:
                return

    async def _end_those_lost(self, runs: Sequence[Run]) -> None:
        tasks = {run.id: Task(run.id, run.task + (run.status == "waiting")) for run in runs}
        ended = await self._engine.ended(list(tasks.values())) if tasks else {}
        for run in runs:
            # what a run waits for may not be submitted yet
            if not ended.get(tasks[run.id], run.status != "waiting"):
                continue
            row = await self._threads.run(self._runs.get, run.id)
            if row and (row.status, row.task, row.stop) == (run.status, run.task, ""):
                await self._walk.lose(
                    replace(row, executor=self._runner.life), self._runner.fence()
                )

    # What wakes and stops them

    async def wake_due(self, limit: int = WOKEN_AT_ONCE) -> int:
        """Runs whose time has come go on; how many."""
        await self._set_back.look(lambda now: self._threads.run(self._runs.wake_all, now))
        now = self._clock().at.timestamp()
        due = await self._threads.run(self._runs.due, now, limit)
        return await self._go_on_together(due)

    async def _go_on_together(self, runs: Sequence[Run]) -> int:
        """As ``go_on``; how many do. What cannot keeps none of the others waiting."""
        if not runs:
            return 0
        try:
            await self._engine.submit([_next_task(run, {}) for run in runs])
            passing("next task submitted")
            await self._threads.run(
                self._runs.queue_all_again, {run.id: run.task + 1 for run in runs}
            )
        except StoreAway:
            raise
        except Exception:
            if len(runs) > 1:
                return sum([await self._go_on_together([run]) for run in runs])
            log.exception("Run %s could not go on; it is tried again.", runs[0].id)
            return 0
        return len(runs)

    async def resume(self, run: Run) -> None:
        """A held or waiting run goes on now."""
        await self._threads.run(self._runs.let_go, run.id, self._clock().at.timestamp())
        now_as = await self._threads.run(self._runs.get, run.id)
        if now_as is not None and now_as.status == "waiting":  # else it goes on already
            is_delay = now_as.wait_code == DELAY
            await self.go_on(now_as, await self._cut_short(now_as) if is_delay else None)

    async def _cut_short(self, run: Run) -> dict[str, str]:
        """The order to wait no longer in the delay that the run is in: what it recorded last."""
        recorded = await self._past.recorded_by(run)
        return {"cut_short": recorded[-1].name.rpartition(" ")[0]} if recorded else {}

    async def go_on(self, run: Run, order: Mapping[str, Any] | None = None) -> None:
        """A run that waits, or has failed, is walked again as its next task.

        Submitted first: a crash in between submits the same task again, which is one task.
        """
        ordered = _next_task(run, order or {})
        await self._engine.submit([ordered])
        passing("next task submitted")
        await self._threads.run(self._runs.queue_again, run.id, ordered.task.number)

    async def retry(self, run: Run) -> None:
        """A failed run goes on from the first request that failed, else from its last step.

        What was sent after that is not sent again: the ledger has its answers.
        """
        recorded = await self._past.recorded_by(run)
        failed = next((n for n, each in enumerate(recorded) if _has_failed(each)), len(recorded))
        steps = await self._threads.run(self._runs.steps, run.id)
        order: dict[str, Any] = {
            "keep": failed,
            "tells_from": max((step.number for step in steps), default=0),
        }
        if failed < len(recorded):
            path = recorded[failed].name.rpartition(" ")[0]
            sent = await self._threads.run(self._runs.effects, run.id)
            there = [effect for effect in sent if effect.path == path]
            if any(effect.outcome == "given-up" or effect.state in OPEN for effect in there):
                raise Refused(MAY_HAVE_HAPPENED, code="given-up")
            order["attempts"] = {path: len(there)}
        await self.go_on(run, order)

    async def stop(self, run: Run, what: str) -> Run | None:
        """Cancel or hold; the run as it is then, None where it has ended."""
        now = self._clock().at.timestamp()
        stopped = await self._threads.run(self._runs.ask_to_stop, run.id, what, now)
        if stopped is not None:
            await self._engine.cancel(Task(run.id, stopped.task))
            if what == "cancel":  # somebody may have submitted it and not said so yet
                await self._engine.cancel(Task(run.id, stopped.task + 1))
        return stopped

    async def take_over(self, dead: Mapping[str, int]) -> None:
        """Processes have died: what they had under way goes on here, or is told as interrupted."""
        now = self._clock().at.timestamp()
        await self._threads.run(self._runs.interrupt, list(dead), now)
        count = await self._engine.take_over(dead)
        if count:
            log.warning("%s runs of %s go on.", count, ", ".join(dead))


def _has_failed(recorded: Recorded) -> bool:
    """Whether a step was a request that got no answer, or a refusal."""
    result = recorded.value["result"]
    if not recorded.name.endswith(" CallHttp") or not isinstance(result, dict):
        return False
    return bool("$error" in result or result.get("error") or result.get("http_code", 0) >= 400)


def _next_task(run: Run, order: Mapping[str, Any]) -> Ordered:
    task = Task(run.id, run.task + 1)
    return Ordered(task, dict(order), run.priority or NORMAL, line_of(run))

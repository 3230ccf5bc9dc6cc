"""Durable runs, walked: one task from where it stands to its next wait or its end."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from factotum.core.crash_points import passing
from factotum.core.database_trouble import AGAIN, StoreAway
from factotum.core.errors import FactotumError
from factotum.core.ports import Clock, Threads
from factotum.core.values import Actor
from factotum.runs.context import Fence, RunContext
from factotum.runs.durable import DurableDriver
from factotum.runs.ledger import STOPPED
from factotum.runs.ports import RunStore, Sealer
from factotum.runs.recording import Recording
from factotum.runs.run import FORGET, LEAVING, OPEN, Recorded, Run
from factotum.runs.tasks import DurableEngine, Task
from factotum.runs.waiting import Halted, Lost, Wait, until_back
from factotum.usecases.behavior_book import BehaviorBook
from factotum.usecases.durable_past import DurablePast
from factotum.usecases.runner import INTERNAL, Runner, actor_of, outcome, program

SETTLED_BY_PEOPLE = frozenset({"checking", "unknown"})
ORDER_LOST = FactotumError(
    "What this run was to do is not on disk any more: the engine's database is not the one that belongs "
    "to this one. What it has done stays done; begin a new run for the rest.",
    code="order-lost",
)

log = logging.getLogger(__name__)

GoOn = Callable[[Run], Awaitable[None]]
"""Has a run that waits walked again."""


class DurableWalk:
    """What the engine calls for each task."""

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
        past: DurablePast,
        go_on: GoOn,
    ) -> None:
        self._engine = engine
        self._driver = driver
        self._runner = runner
        self._book = book
        self._runs = runs
        self._sealer = sealer
        self._threads = threads
        self._clock = clock
        self._past = past
        self._go_on = go_on

    async def work(self, task: Task, order: Any, is_new: bool = False) -> None:
        """Walk one task of a run: what the engine calls, again after a crash.

        ``Lost`` where it is another process's by now.
        """
        fence, life = self._runner.fence(), self._runner.life
        is_new = is_new and task.number == 1
        while True:
            try:
                if not await self._engine.holds(task):
                    raise Lost
                return await self._work(task, order, fence, life, is_new=is_new)
            except StoreAway:  # nothing was done, or all: ending here would lose the run
                is_new = False
                await asyncio.sleep(AGAIN)
                await fence.fresh()

    async def _work(self, task: Task, order: Any, fence: Fence, life: str, *, is_new: bool) -> None:
        row = None if is_new else await self._threads.run(self._runs.get, task.run_id)
        if row is not None and _is_over(row, task):
            return
        is_held = row is not None and row.wait_code == "held"
        if is_held and await self._threads.run(self._runs.put_off, task.run_id, task.number):
            return
        first = order if task.number == 1 else await self._engine.order(Task(task.run_id))
        if first is None:
            await self._end_lost(task, fence, life)
            return
        run = replace(
            Run(**first["run"]),
            status="running",
            executor=life,
            task=task.number,
            tries=row.tries if row else {},
            cost=row.cost if row else None,
        )
        context = self._runner.context(run, Actor.app(), fence)
        context.is_durable, context.sealer = True, self._sealer
        context.tries = Counter(run.tries)
        is_again = row is not None and (row.status == "running" or task.number > 1)
        caller = first.get("caller", "")
        with self._runner.watcher.walking(context, is_again=is_again, caller=caller):
            if not is_new:  # else who submitted it tells that it is walked
                context.journal.begin()
            await self._go(task, first, context, is_again=is_again)

    async def _end_lost(self, task: Task, fence: Fence, life: str) -> None:
        """The engine does not know the run any more: it was deleted, or the engine's database was."""
        row = await self._threads.run(self._runs.get, task.run_id)
        if row is not None and row.stop != FORGET:
            await self.lose(replace(row, executor=life, task=task.number), fence)

    async def lose(self, run: Run, fence: Fence) -> None:
        """End a run that nobody can walk any more."""
        run = replace(run, wake_at=None, wait_code="", wait_reason="")
        context = self._runner.context(run, Actor.app(), fence)
        context.earlier = await self._past.effects(run.id)
        await self._fail(context, ORDER_LOST)

    async def _fail(self, context: RunContext, error: FactotumError) -> None:
        _let_go(context)
        await self._runner.fail(context, error)

    async def _go(
        self, task: Task, first: Mapping[str, Any], context: RunContext, *, is_again: bool
    ) -> None:
        """Walk it as far as it goes, and write down how it stands then."""
        try:
            earlier = await self._past.catch_up(context, task) if is_again else []
            recording = Recording(task.run_id, task.number, len(earlier), self._sealer)
            context.journal.recording = recording
            await self._walk(first, context, earlier)
        except Wait as wait:
            await self._park(context, wait)
        except Halted:
            await self._halt(context)
        except StoreAway as away:
            await self._park(context, until_back(away, self._clock().at.timestamp()))
        except FactotumError as error:
            await self._fail(context, error)
        except Exception:
            log.exception("Run %s could not be walked to its end.", context.journal.run.id)
            await self._fail(context, INTERNAL)

    async def _walk(
        self, order: Mapping[str, Any], context: RunContext, earlier: Sequence[Recorded]
    ) -> None:
        run = context.journal.run
        behavior = await self._book.revised(
            run.behavior_id or 0, run.revision or 0, run.title, order["bot"]
        )
        context.actor = actor_of(behavior)
        interpreter = self._runner.interpreter()
        walk = program(interpreter, behavior, order["payload"], order["variables"])
        values = await self._driver.drive(walk, context, earlier)
        _let_go(context)
        await context.journal.finish_with_others(**outcome(interpreter, values))
        passing("run ended")

    async def _park(self, context: RunContext, wait: Wait) -> None:
        tries = dict(context.tries)
        await context.journal.finish(
            "waiting",
            wake_at=_no_later(wait, context.journal.run.deadline),
            wait_code=wait.code,
            wait_reason=wait.reason,
            tries=tries,
        )
        if wait.code in SETTLED_BY_PEOPLE:
            await self._settled_meanwhile(context.journal.run)

    async def _settled_meanwhile(self, run: Run) -> None:
        """Somebody may have said what happened just when the run began to wait for that."""
        effects = await self._past.effects(run.id)
        if not any(effect.state in OPEN for effect in effects.values()):
            await self._go_on(run)

    async def _halt(self, context: RunContext) -> None:
        """Somebody has asked for it, and said what."""
        await context.journal.commit()
        now = self._clock().at.timestamp()
        await self._threads.run(self._runs.halt, context.journal.run.id, now)


def _is_over(row: Run, task: Task) -> bool:
    """Whether nothing of this task is to be done: it ended, or was stopped before it began."""
    if row.status == "cancelled" or row.stop == FORGET:
        return True
    return row.task >= task.number and (row.ended_at is not None or row.status == "waiting")


def _let_go(context: RunContext) -> None:
    """Its walk does not come to what it was about to send any more: nobody knows whether it had left."""
    left = [each for each in context.earlier.values() if each.state in LEAVING]
    if left:
        context.journal.tell(*(replace(each, state="unknown", note=STOPPED) for each in left))


def _no_later(wait: Wait, deadline: float | None) -> float | None:
    """When it goes on; at its deadline at the latest, which ends it. Settling has no deadline."""
    if deadline is None or wait.code in SETTLED_BY_PEOPLE:
        return wait.until
    return deadline if wait.until is None else min(deadline, wait.until)

"""Durable runs: begun once, walked to their end whatever becomes of the process that walks them."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.bots.effects import LoadBehavior
from factotum.bots.recording import encode_result
from factotum.core.crash_points import passing
from factotum.core.database_trouble import AGAIN, StoreAway
from factotum.core.errors import FactotumError, Refused
from factotum.core.ports import Clock, Threads
from factotum.core.queueing import NORMAL
from factotum.core.values import Actor
from factotum.runs.context import Fence, RunContext
from factotum.runs.delaying import DELAY
from factotum.runs.durable import DurableDriver
from factotum.runs.journal import UNENDED, RunJournal
from factotum.runs.ledger import STOPPED
from factotum.runs.ports import RunStore, Sealer
from factotum.runs.recording import Recording, joined, opened
from factotum.runs.run import FORGET, LEAVING, OPEN, EffectRow, Recorded, Run
from factotum.runs.set_back import LatestTimes, SetBack
from factotum.runs.tasks import DurableEngine, Ordered, Task
from factotum.runs.waiting import Halted, Lost, Wait, until_back
from factotum.usecases.behavior_book import BehaviorBook
from factotum.usecases.runner import INTERNAL, Runner, actor_of, outcome, program
from factotum.usecases.submission import Submission

WOKEN_AT_ONCE = 100
LOOKED_AT = 100  # runs in one question to the engine
SETTLED_BY_PEOPLE = frozenset({"checking", "unknown"})
TOGETHER = 100  # runs submitted in one transaction
SET_BACK = 5.0  # seconds by which a clock may go wrong without being looked into
MAY_HAVE_HAPPENED = (
    "What failed in this run may have happened all the same, and nobody found out. It is not sent "
    "again; look at the service, and begin a new run if it is not there."
)
ORDER_LOST = FactotumError(
    "What this run was to do is not on disk any more: the engine's database is not the one that belongs "
    "to this one. What it has done stays done; begin a new run for the rest.",
    code="order-lost",
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
        self._driver = driver
        self._runner = runner
        self._book = book
        self._runs = runs
        self._sealer = sealer
        self._threads = threads
        self._clock = clock
        self._set_back = SetBack("waiting runs", times, threads, clock, SET_BACK)

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
        journal, ordered = self._queued(submission)
        run = journal.run
        await self._submit([(journal, ordered)])
        return run

    async def submit_all(self, submissions: Sequence[Submission]) -> Sequence[Exception | None]:
        """The same of many, together; of each, in order, why it could not be."""
        faults: list[Exception | None] = []
        for start in range(0, len(submissions), TOGETHER):
            faults += await self._submit_together(submissions[start : start + TOGETHER])
        return faults

    async def _submit_together(self, submissions: Sequence[Submission]) -> list[Exception | None]:
        faults: dict[str, Exception] = {}
        queued = []
        for each in submissions:
            try:
                queued.append(self._queued(each))
            except FactotumError as why:
                faults[each.run_id] = why
        try:
            await self._submit(queued)
        except StoreAway:
            raise
        except Exception as why:  # noqa: BLE001  one bad order must not cost the others theirs
            if len(submissions) > 1:
                return [
                    fault for each in submissions for fault in await self._submit_together([each])
                ]
            return [why]
        return [faults.get(each.run_id) for each in submissions]

    def _queued(self, submission: Submission) -> tuple[RunJournal, Ordered]:
        """A run as it is submitted; Refused where nobody can act as its bot's owner."""
        behavior, by = submission.behavior, submission.by
        title = submission.title or behavior.title
        journal = self._runner.begin(title, submission.trigger, by=by, behavior=behavior).journal
        run = journal.run = replace(
            journal.run,
            id=submission.run_id,
            driver="durable",
            status="queued",
            executor="",
            task=1,
            priority=submission.priority,
            deadline=submission.deadline,
        )
        order = {
            "run": _told(run),
            "bot": encode_result(LoadBehavior(name=""), behavior)["bot"],
            "payload": dict(submission.payload),
            "variables": dict(submission.variables),
            "caller": self._runner.watcher.caller(),
        }
        return journal, Ordered(Task(run.id), order, submission.priority, _line(run))

    async def _submit(self, queued: Sequence[tuple[RunJournal, Ordered]]) -> None:
        are_begun = await self._engine.submit([ordered for _, ordered in queued])
        passing("run submitted")
        for journal, _ in queued if are_begun else ():
            journal.run = replace(journal.run, status="running", executor=self._runner.life)
        await asyncio.gather(*(journal.open() for journal, _ in queued))

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
            await self._lose(replace(row, executor=life, task=task.number), fence)

    async def _lose(self, run: Run, fence: Fence) -> None:
        run = replace(run, wake_at=None, wait_code="", wait_reason="")
        context = self._runner.context(run, Actor.app(), fence)
        context.earlier = await self._effects(run.id)
        await self._fail(context, ORDER_LOST)

    async def _fail(self, context: RunContext, error: FactotumError) -> None:
        _let_go(context)
        await self._runner.fail(context, error)

    async def _go(
        self, task: Task, first: Mapping[str, Any], context: RunContext, *, is_again: bool
    ) -> None:
        """Walk it as far as it goes, and write down how it stands then."""
        try:
            earlier = await self._catch_up(context, task) if is_again else []
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

    async def _catch_up(self, context: RunContext, task: Task) -> Sequence[Recorded]:
        """Learn what is on disk of this run; what its steps have returned."""
        context.earlier = await self._effects(task.run_id)
        steps = await self._threads.run(self._runs.steps, task.run_id)
        context.journal.goes_on_after(max((step.number for step in steps), default=0))
        orders = await self._orders(task)
        for order in orders:
            # as counted when it was asked for: what was sent since is not to be sent again
            context.attempts |= Counter(order.get("attempts", {}))
            context.tells_from = order.get("tells_from", context.tells_from)
            gone_back = "keep" in order
            context.cut_short = order.get("cut_short", "" if gone_back else context.cut_short)
        earlier = await self._recorded(task.run_id, orders)
        context.began_at = float(earlier[0].value["began"]) if earlier else None
        return earlier

    async def _effects(self, run_id: str) -> dict[str, EffectRow]:
        effects = await self._threads.run(self._runs.effects, run_id)
        return {effect.key: effect for effect in effects}

    async def told(self, run: Run) -> tuple[Any, Sequence[Recorded]]:
        """What a run was submitted with, and what its steps returned; None where that is gone."""
        order = await self._engine.order(Task(run.id))
        return order, await self._told(run) if order else []

    async def _told(self, run: Run) -> list[Recorded]:
        return await self._recorded(run.id, await self._orders(Task(run.id, run.task)))

    async def _orders(self, task: Task) -> Sequence[Mapping[str, Any]]:
        """With what the tasks after the run's first were submitted, up to this one."""
        tasks = [Task(task.run_id, number) for number in range(2, task.number + 1)]
        if not tasks:
            return []
        return [order or {} for order in await self._engine.orders(tasks)]

    async def _recorded(self, run_id: str, orders: Sequence[Mapping[str, Any]]) -> list[Recorded]:
        """What the steps of a run returned, as far as each task kept it of those before."""
        pieces = await self._threads.run(self._runs.recorded, run_id)
        tasks = opened(pieces, self._sealer)
        recorded = joined([], tasks.get(1, {}))
        for number, order in enumerate(orders, 2):
            kept = recorded[: order.get("keep", len(recorded))]
            recorded = joined(kept, tasks.get(number, {}))
        return recorded

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
        effects = await self._effects(run.id)
        if not any(effect.state in OPEN for effect in effects.values()):
            await self.go_on(run)

    async def _halt(self, context: RunContext) -> None:
        """Somebody has asked for it, and said what."""
        await context.journal.commit()
        now = self._clock().at.timestamp()
        await self._threads.run(self._runs.halt, context.journal.run.id, now)

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
                await self._lose(replace(row, executor=self._runner.life), self._runner.fence())

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
        recorded = await self._told(run)
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
        recorded = await self._told(run)
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


def _has_failed(recorded: Recorded) -> bool:
    """Whether a step was a request that got no answer, or a refusal."""
    result = recorded.value["result"]
    if not recorded.name.endswith(" CallHttp") or not isinstance(result, dict):
        return False
    return bool("$error" in result or result.get("error") or result.get("http_code", 0) >= 400)


def _next_task(run: Run, order: Mapping[str, Any]) -> Ordered:
    task = Task(run.id, run.task + 1)
    return Ordered(task, dict(order), run.priority or NORMAL, _line(run))


def _line(run: Run) -> str:
    """What queues in one line: the runs of a bot."""
    return str(run.bot_id or "")


def _told(run: Run) -> dict[str, Any]:
    """What of a run is known when it is submitted."""
    names = "id title trigger driver status started_at behavior_id revision bot_id worker_id actor priority deadline"
    return {name: getattr(run, name) for name in names.split()}

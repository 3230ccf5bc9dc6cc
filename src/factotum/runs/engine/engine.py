"""One process's part of the engine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from contextvars import Context, ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from dbos import DBOS, DBOSClient, DBOSConfig, SetWorkflowID
from dbos._error import DBOSWorkflowConflictIDError
from dbos._utils import GlobalParams

from factotum.core.database_trouble import store_away
from factotum.core.single_flight import SingleFlight
from factotum.runs.engine import patches
from factotum.runs.engine.database import SCHEMA, Sealed, engine_url, prepare
from factotum.runs.engine.queue import QUEUE, enqueue, lines, lives_under_way
from factotum.runs.ports import Sealer
from factotum.runs.presence import lived
from factotum.runs.tasks import Ordered, Task, Work
from factotum.runs.turns import Turns
from factotum.runs.waiting import Lost

NAME = "factotum"
VERSION = "1"  # what this package asks of recorded tasks; a number, not the product's version
LOOK_SECONDS = 0.2  # between two looks for tasks that nobody does yet; each costs 4 ms
LAST_STEP = 10.0  # seconds that a step may take to its end when the process is to stop
KNOWN_SECONDS = 1.0  # for which what was seen of the queue is gone by …
LOOKING_PART = 20  # … and at least that many times what the look took
THREADS = 8  # for DBOS's own statements
ATTEMPTS = 1000  # times a task may be taken up again
ASKED_AT_ONCE = 500  # tasks in one question to the database
UNDONE = frozenset({"PENDING", "ENQUEUED", "DELAYED"})

P = ParamSpec("P")
R = TypeVar("R")

Started = Callable[[str, Any], Coroutine[Any, Any, None]]

_is_new: ContextVar[bool] = ContextVar("is_new", default=False)
"""Whether a task is done where it was submitted, right then."""


def _telling(
    method: Callable[P, Coroutine[Any, Any, R]],
) -> Callable[P, Coroutine[Any, Any, R]]:
    """``StoreAway`` where DBOS's database cannot be used now."""

    @wraps(method)
    async def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await method(*args, **kwargs)
        except Exception as error:
            away = store_away(getattr(error, "orig", error))
            if away is None:
                raise
            raise away from error

    return told


class Engine:
    """One process's part of the engine. Belongs to the event loop that opened it."""

    def __init__(self, url: str, sealer: Sealer, life: Callable[[], str], at_once: int) -> None:
        self._url = url
        self._serializer = Sealed(sealer)
        self._life = life
        self._first_life = ""
        self._at_once = at_once
        self._client: DBOSClient | None = None
        self._connecting: SingleFlight[DBOSClient] = SingleFlight()
        self._task: Started | None = None
        self._under_way = 0
        self._is_finishing = False
        self._is_idle = asyncio.Event()
        self._room = asyncio.Semaphore(at_once)
        self._turns = Turns()
        self._see_again_at = 0.0
        self._seeing: SingleFlight[None] = SingleFlight()

    # For every process

    @_telling
    async def submit(self, ordered: Sequence[Ordered]) -> bool:
        """Have tasks done, each once however often it is submitted; on disk when this returns.

        They begin at once where this process has room for all of them. Else they queue, in one
        transaction, and each begins when some process looks for tasks and it is the line's turn
        (``runs.turns``). Tells whether they begin here and now.
        """
        if not ordered:
            return False
        room = 0 if self._is_finishing else self._at_once - self._under_way
        if self._task is not None and len(ordered) <= room:
            begin = self._task
            await asyncio.gather(*(self._begin(begin, str(x.task), x.order) for x in ordered))
            return True
        client = await self._there()
        if time.monotonic() >= self._see_again_at:
            await self._seeing.fly(None, lambda: self._see(client))
        ranked = [(each, self._turns.rank(each.priority, each.line)) for each in ordered]
        await asyncio.to_thread(enqueue, client, ranked)
        patches.look.set()
        return False

    async def _see(self, client: DBOSClient) -> None:
        """Learn how the queue stands; the longer it is, the more seldom."""
        began, look = time.monotonic(), self._turns.look()
        self._turns.learn(look, await asyncio.to_thread(lines, client))
        ended = time.monotonic()
        self._see_again_at = ended + max(KNOWN_SECONDS, LOOKING_PART * (ended - began))

    async def _begin(self, task: Started, name: str, order: Any) -> None:
        """Begin a task here, and be no part of the one that has submitted it."""

        async def begin() -> None:
            _is_new.set(True)
            with SetWorkflowID(name):
                await DBOS.start_workflow_async(task, name, order)

        self._under_way += 1
        try:
            await asyncio.get_running_loop().create_task(begin(), context=Context())
        finally:
            self._leave()

    def _leave(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self._is_idle.set()

    @_telling
    async def order(self, task: Task) -> Any:
        """What the task was submitted with, or None where there is no such task."""
        [order] = await self.orders([task])
        return order

    @_telling
    async def orders(self, tasks: Sequence[Task]) -> list[Any]:
        """What each was submitted with, or None where there is no such task."""
        names = [str(task) for task in tasks]
        known: dict[str, Any] = {}
        for start in range(0, len(names), ASKED_AT_ONCE):
            found = await (await self._there()).list_workflows_async(
                workflow_ids=names[start : start + ASKED_AT_ONCE], load_output=False
            )
            known |= {one.workflow_id: one.input["args"][1] for one in found if one.input}
        return [known.get(name) for name in names]

    @_telling
    async def ended(self, tasks: Sequence[Task]) -> Mapping[Task, bool]:
        """Whether each has ended or was cancelled; those that there are, of ``ASKED_AT_ONCE`` at most."""
        found = await (await self._there()).list_workflows_async(
            workflow_ids=[str(task) for task in tasks], load_input=False, load_output=False
        )
        return {Task.named(one.workflow_id): one.status not in UNDONE for one in found}

    @_telling
    async def cancel(self, task: Task) -> None:
        """Keep a task from being begun."""
        await (await self._there()).cancel_workflow_async(str(task))

    @_telling
    async def forget(self, tasks: Sequence[Task]) -> None:
        """Remove what is kept of tasks that have ended."""
        await (await self._there()).delete_workflows_async([str(task) for task in tasks])

    # For processes that work

    @_telling
    async def work(self, work: Work) -> None:
        """Take up tasks from now on, several at once, until ``close``."""
        prepare(self._url)
        self._first_life = self._life()
        registered = DBOS.workflow(name="task", max_recovery_attempts=ATTEMPTS)

        @registered
        async def task(name: str, order: Any) -> None:
            is_new = _is_new.get() and not self._room.locked()
            self._under_way += 1
            try:
                async with self._room:
                    self.check()
                    await work(Task.named(name), order, is_new)
            except Lost:
                raise DBOSWorkflowConflictIDError(name) from None
            finally:
                self._leave()
                if not _is_new.get():
                    patches.look.set()

        DBOS(config=self._config())
        DBOS.launch()
        await DBOS.register_queue_async(
            QUEUE,
            worker_concurrency=self._at_once,
            polling_interval_sec=LOOK_SECONDS,
            on_conflict="always_update",
        )
        self._task = task
        self._is_finishing = False

    def check(self) -> None:
        """Inside a task: ``Lost`` where this process has stopped working."""
        if self._task is None or self._is_finishing:  # whoever takes the task up goes on
            raise Lost

    @_telling
    async def holds(self, task: Task) -> bool:
        """Whether a task that begins here was claimed in this life of this process.

        One that was claimed before this process was taken for dead is done elsewhere.
        """
        life = self._life()
        if life == self._first_life:
            return True
        found = await (await self._there()).list_workflows_async(
            workflow_ids=[str(task)], load_input=False, load_output=False
        )
        return bool(life) and bool(found) and found[0].executor_id == life

    @_telling
    async def take_over(self, dead: Mapping[str, int]) -> int:
        """Give the tasks that dead processes had under way to whoever is free; how many."""
        if self._task is None:
            return 0
        GlobalParams.executor_id = self._life()  # it may be another than when this process began
        lives = await asyncio.to_thread(lives_under_way, await self._there())
        ended = [life for life in lives if lived(life, dead)]
        found = await asyncio.to_thread(DBOS._recover_pending_workflows, ended)  # noqa: SLF001  it has no public name
        return len(found)

    async def finish(self) -> None:
        """Begin nothing more; what is under way comes to the end of its step, if that is soon."""
        self._is_finishing = True
        if self._under_way:
            self._is_idle.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_idle.wait(), LAST_STEP)

    async def close(self) -> None:
        """Stop working; what is under way is taken up by the next process."""
        if self._client is not None:
            client, self._client = self._client, None
            await asyncio.to_thread(client.destroy)
        if self._task is not None:
            self._task = None
            await asyncio.to_thread(DBOS.destroy, destroy_registry=True)

    async def _there(self) -> DBOSClient:
        if self._client is None:
            self._client = await self._connecting.fly(
                None, lambda: asyncio.to_thread(self._connect)
            )
        return self._client

    def _connect(self) -> DBOSClient:
        prepare(self._url)
        return DBOSClient(
            system_database_url=engine_url(self._url),
            serializer=self._serializer,
            application_name=NAME,
            dbos_system_schema=SCHEMA,
            retry_connection_errors=False,  # whoever asks is told, and knows whether to ask again
        )

    def _config(self) -> DBOSConfig:
        return {
            "name": NAME,
            "system_database_url": engine_url(self._url),
            "dbos_system_schema": SCHEMA,
            "serializer": self._serializer,
            "executor_id": self._first_life,
            "application_version": VERSION,
            "max_executor_threads": THREADS,
            "log_level": "ERROR",
            "enable_otlp": False,
        }

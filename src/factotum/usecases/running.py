"""Running a behavior by hand, in the simulator or for real, and looking at runs."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.bots.variables import given
from factotum.core.errors import BadInput, NotFound, Refused
from factotum.core.ports import Threads
from factotum.core.values import Actor, Ref
from factotum.records.ownership import may_use
from factotum.runs.context import RunContext
from factotum.runs.ports import IdempotencyKeys, RunPage, RunStore
from factotum.usecases.behavior_book import BehaviorBook
from factotum.usecases.record_desk import RecordDesk
from factotum.usecases.run_view import RunView, view_of
from factotum.usecases.runner import Runner


class Running:
    """Runs of behaviors, started by people and programs."""

    def __init__(
        self,
        runner: Runner,
        book: BehaviorBook,
        records: RecordDesk,
        runs: RunStore,
        keys: IdempotencyKeys,
        threads: Threads,
    ) -> None:
        self._runner = runner
        self._book = book
        self._records = records
        self._runs = runs
        self._keys = keys
        self._threads = threads
        self._background: set[asyncio.Task[Any]] = set()

    async def run_behavior(
        self,
        actor: Actor,
        behavior_id: int,
        values: Mapping[str, Any],
        *,
        simulate: bool = False,
        wait: bool = True,
        idempotency_key: str = "",
    ) -> RunView:
        """The run, ended unless ``wait`` is False; faults inside it stand in the run.

        The same ``idempotency_key`` of the same actor gives the same run, whenever it is asked for.
        """
        behavior = await self._usable(actor, behavior_id)
        variables = given(behavior, values)
        context = self._runner.begin(
            behavior.title, behavior.event.key, by=actor, behavior=behavior, simulate=simulate
        )
        if idempotency_key:
            earlier = await self._claim(actor, idempotency_key, behavior, values, context)
            if earlier is not None:
                return earlier
        if wait:
            await self._runner.walk(behavior, {}, context, variables)
        else:
            await context.journal.commit()
            self._keep(asyncio.create_task(self._runner.walk(behavior, {}, context, variables)))
        return await self._view(context)

    async def _usable(self, actor: Actor, behavior_id: int) -> Behavior:
        behavior = await self._book.named(str(behavior_id))
        if behavior is None:
            raise NotFound(f"There is no behavior {behavior_id}.")
        bot = await self._records.get(actor, Ref("bot", behavior.bot.id))
        if not may_use(actor, bot):
            raise Refused(f"You may not run behaviors of {bot.label}.", code="not-allowed")
        return behavior

    async def _claim(
        self,
        actor: Actor,
        key: str,
        behavior: Behavior,
        values: Mapping[str, Any],
        context: RunContext,
    ) -> RunView | None:
        """The earlier run under this key, or None where the key is new and now this run's."""
        text = json.dumps(
            [behavior.id, context.simulate, dict(values)], sort_keys=True, default=str
        )
        fingerprint = hashlib.sha256(text.encode()).hexdigest()
        await context.journal.commit()
        who = f"{actor.worker_id}:{actor.name}"
        kept, run_id = await self._threads.run(
            self._keys.claim, who, key, fingerprint, context.journal.run.id
        )
        if run_id == context.journal.run.id:
            return None
        await context.journal.finish("done", error=f"The same call as run {run_id}; not run again.")
        if kept != fingerprint:
            raise BadInput(
                "This Idempotency-Key was used for another request; take a new one.",
                code="idempotency-key-reused",
            )
        return await self.run_view(actor, run_id)

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def drain(self) -> None:
        """Wait for runs that nobody waits for."""
        await asyncio.gather(*self._background, return_exceptions=True)

    async def _view(self, context: RunContext) -> RunView:
        """The run with its journal, once that is on disk."""
        await context.journal.settled()
        return await self._threads.run(view_of, self._runs, context.journal.run.id)

    async def run_view(self, actor: Actor, run_id: str) -> RunView:
        """One run with its steps and effects; NotFound where there is none this actor may see."""
        view = await self._threads.run(view_of, self._runs, run_id)
        if not _may_see(actor, view):
            raise NotFound(f"There is no run {run_id}.")
        return view

    async def runs(
        self, actor: Actor, *, after: str = "", limit: int = 50, behavior_id: int | None = None
    ) -> RunPage:
        """Runs this actor may see, newest first."""
        worker_id = None if actor.is_admin else actor.worker_id
        return await self._threads.run(
            lambda: self._runs.page(
                after=after, limit=limit, behavior_id=behavior_id, worker_id=worker_id
            )
        )


def _may_see(actor: Actor, view: RunView) -> bool:
    return actor.is_admin or view.run.worker_id in {None, actor.worker_id}

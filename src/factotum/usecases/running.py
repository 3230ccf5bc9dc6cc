"""Running a behavior by hand, in the simulator or for real, and looking at runs."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.bots.triggers.lookup import trigger_for
from factotum.bots.variables import given
from factotum.core.crash_points import passing
from factotum.core.errors import BadInput, NotFound, Refused
from factotum.core.ports import Threads
from factotum.core.queueing import LAST, LONGEST_DEADLINE, NORMAL, QUEUED_ONLY
from factotum.core.values import Actor, Ref
from factotum.records.ownership import may_use
from factotum.runs.context import RunContext
from factotum.runs.ports import IdempotencyKeys, RunStore
from factotum.runs.run import Run, RunPage
from factotum.usecases.behavior_book import BehaviorBook
from factotum.usecases.durable import DurableRuns
from factotum.usecases.record_desk import RecordDesk
from factotum.usecases.retention import FRESH
from factotum.usecases.run_view import RunView, view_of, without
from factotum.usecases.runner import Runner
from factotum.usecases.unbroken import Unbroken

SHOWN: Mapping[str, Sequence[str]] = {
    "": (),
    "under-way": ("queued", "running"),
    "waiting": ("waiting",),
    "failed": ("failed", "interrupted"),
    "unknown": (),
}
"""What a list of runs may be limited to → their statuses; unknown: something they did may have happened."""

RUN_ID = re.compile(r"[0-9a-f]{32}")
POLL = 0.1  # seconds between looks for the end of a run that another call began
POLLS = 600
POLLS_FOR_A_START = 20


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
        unbroken: Unbroken,
        durable: DurableRuns,
    ) -> None:
        self._runner = runner
        self._book = book
        self._records = records
        self._runs = runs
        self._keys = keys
        self._threads = threads
        self._unbroken = unbroken
        self._durable = durable

    async def run_behavior(
        self,
        actor: Actor,
        behavior_id: int,
        values: Mapping[str, Any],
        *,
        simulate: bool = False,
        wait: bool = True,
        idempotency_key: str = "",
        event: Mapping[str, Any] | None = None,
        priority: int = NORMAL,
        seconds: float | None = None,
    ) -> RunView:
        """The run, ended unless ``wait`` is False; faults inside it stand in the run.

        ``event`` is what its trigger asks (``method``, ``headers``, ``body`` … of a webhook). Where
        nobody waits, ``priority`` says what goes first (1 before ``LAST``), and after ``seconds`` the
        run does nothing more.

        The same ``idempotency_key`` of the same actor gives the same run, whenever it is asked for.
        """
        _check_queueing(priority, seconds, is_queued=not wait and not simulate)
        behavior = await self._usable(actor, behavior_id)
        variables = given(behavior, values)
        payload = _payload(behavior, actor, event or {})
        order = [dict(values), dict(event)] if event else [dict(values)]
        context = self._runner.begin(
            behavior.title, behavior.event.key, by=actor, behavior=behavior, simulate=simulate
        )
        if idempotency_key:
            earlier = await self._claim(actor, idempotency_key, behavior, order, context)
            passing("key claimed")
            is_queued = not wait and not simulate
            if earlier and not (is_queued and await self._never_began(earlier, context)):
                return await self._earlier(actor, earlier, wait=wait)
            if earlier:  # submitted under that id however often, it is one run
                context.journal.run = replace(context.journal.run, id=earlier)
        if wait or simulate:
            if idempotency_key or not wait:
                await context.journal.commit()
            walk = self._runner.walk(behavior, payload, context, variables)
            await (walk if wait else self._began(walk))
        else:
            run = context.journal.run
            await self._durable.submit(
                behavior,
                run_id=run.id,
                priority=priority,
                deadline=None if seconds is None else run.started_at + seconds,
                trigger=behavior.event.key,
                by=actor,
                payload=payload,
                variables=variables,
            )
        return await self._view(actor, context)

    async def _began(self, walk: Coroutine[Any, Any, Any]) -> None:
        self._unbroken.start(walk)

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
        order: Sequence[Mapping[str, Any]],
        context: RunContext,
    ) -> str:
        """The earlier run under this key, "" where the key is new and now this run's."""
        text = json.dumps([behavior.id, context.simulate, *order], sort_keys=True, default=str)
        fingerprint = hashlib.sha256(text.encode()).hexdigest()
        own = context.journal.run.id
        kept, run_id = await self._threads.run(
            self._keys.claim, f"{actor.worker_id}:{actor.name}", key, fingerprint, own
        )
        if kept != fingerprint:
            raise BadInput(
                "This Idempotency-Key was used for another request; take a new one.",
                code="idempotency-key-reused",
            )
        return "" if run_id == own else run_id

    async def _never_began(self, run_id: str, context: RunContext) -> bool:
        """Whether a call was stopped after it had claimed its key, so short ago that no run of it is gone."""
        claimed_at = int(run_id[:12], 16) / 1000
        is_fresh = context.journal.run.started_at - claimed_at < FRESH
        return is_fresh and await self._threads.run(self._runs.get, run_id) is None

    async def _earlier(self, actor: Actor, run_id: str, *, wait: bool) -> RunView:
        """The run that has the key already, wherever it runs; ended where that is waited for."""
        for attempt in range(POLLS):
            try:
                view = await self.run_view(actor, run_id)
            except NotFound:  # claimed a moment ago and not written yet
                if attempt >= POLLS_FOR_A_START:
                    raise _lost() from None
            else:
                if not wait or view.status != "running":
                    return view
            await asyncio.sleep(POLL)
        return view

    async def _view(self, actor: Actor, context: RunContext) -> RunView:
        """The run with its journal, once that is on disk."""
        await context.journal.settled()
        view = await self._threads.run(view_of, self._runs, context.journal.run.id)
        return await self._as_seen(actor, view)

    async def _as_seen(self, actor: Actor, view: RunView) -> RunView:
        """Without what its bot is configured with, for those who may not change that bot."""
        if actor.is_admin or view.run.bot_id is None:
            return view
        hidden = await self._records.hidden_from(actor, Ref("bot", view.run.bot_id))
        return view if hidden is None else without(view, hidden)

    async def run_view(self, actor: Actor, run_id: str) -> RunView:
        """One run with its steps and effects; NotFound where there is none this actor may see."""
        if not RUN_ID.fullmatch(run_id):
            raise NotFound("There is no such run.")
        view = await self._threads.run(view_of, self._runs, run_id)
        if not may_see(actor, view.run):
            raise NotFound(f"There is no run {run_id}.")
        return await self._as_seen(actor, view)

    async def runs(
        self,
        actor: Actor,
        *,
        after: str = "",
        limit: int = 50,
        behavior_id: int | None = None,
        show: str = "",
    ) -> RunPage:
        """Runs this actor may see, newest first; ``show`` is one of ``SHOWN``."""
        if after and not RUN_ID.fullmatch(after):
            raise BadInput(
                "This page's address does not fit the list any more; start at its first page.",
                code="bad-cursor",
            )
        if show not in SHOWN:
            raise BadInput(f"Runs can be shown as: {', '.join(filter(None, SHOWN))}; not {show!r}.")
        return await self._threads.run(
            lambda: self._runs.page(
                after=after,
                limit=limit,
                behavior_id=behavior_id,
                worker_id=None if actor.is_admin else actor.worker_id,
                statuses=SHOWN[show],
                is_unsettled=show == "unknown",
            )
        )


def _check_queueing(priority: int, seconds: float | None, *, is_queued: bool) -> None:
    faults = {}
    if not 1 <= priority <= LAST:
        faults["priority"] = f"A priority is a number from 1, which goes first, to {LAST}."
    elif priority != NORMAL and not is_queued:
        faults["priority"] = f"A priority is {QUEUED_ONLY}; this one is walked at once."
    if seconds is not None and not 0 < seconds <= LONGEST_DEADLINE:
        faults["deadline"] = "A deadline is a number of seconds, from more than 0 to a year."
    elif seconds is not None and not is_queued:
        faults["deadline"] = f"A deadline is {QUEUED_ONLY}; this one is walked at once."
    if faults:
        raise BadInput(" ".join(faults.values()), code="bad-queueing", fields=faults)


def _payload(behavior: Behavior, actor: Actor, event: Mapping[str, Any]) -> dict[str, Any]:
    """What the event's trigger makes of what was said; BadInput for what it does not ask."""
    trigger = trigger_for(behavior.event.key)
    if trigger is None:  # the run itself says that there is no such event
        return {}
    keys = [field.key for field in trigger.asked]
    for key in event:
        if key not in keys:
            takes = f"can say {', '.join(keys)}" if keys else "needs nothing to be said"
            raise BadInput(
                f"The event “{trigger.label}” has no {key!r}; it {takes}.",
                code="unknown-event-value",
            )
    said = {field.key: field.default for field in trigger.asked} | dict(event)
    faults = trigger.asked.faults(said)
    if faults:
        raise BadInput(" ".join(faults.values()), code="bad-event", fields=faults)
    return {"worker_id": actor.worker_id or 0, **trigger.payload(said)}


def _lost() -> Refused:
    return Refused(
        "The call that used this Idempotency-Key first was stopped before it began; nothing was "
        "done. Take a new key.",
        code="idempotency-key-lost",
    )


def may_see(actor: Actor, run: Run) -> bool:
    """Everyone sees what a bot of the app's did by itself; what a person began is theirs."""
    if actor.is_admin:
        return True
    by_itself = run.worker_id is None and run.bot_id is not None
    return by_itself or (run.worker_id is not None and run.worker_id == actor.worker_id)

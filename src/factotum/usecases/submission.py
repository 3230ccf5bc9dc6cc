"""Durable runs that are to be: what is said of them, and how they get onto the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.bots.effects import LoadBehavior
from factotum.bots.recording import encode_result
from factotum.core.crash_points import passing
from factotum.core.database_trouble import StoreAway
from factotum.core.errors import FactotumError
from factotum.core.queueing import NORMAL
from factotum.core.values import Actor
from factotum.runs.journal import RunJournal
from factotum.runs.run import Run
from factotum.runs.tasks import DurableEngine, Ordered, Task
from factotum.usecases.runner import Runner

TOGETHER = 100  # runs submitted in one transaction


@dataclass(frozen=True, slots=True)
class Submission:
    """The same ``run_id`` again is the same run.

    ``payload`` is what the trigger's ``values`` takes, ``variables`` a person's inputs; after
    ``deadline``, in seconds since 1970, it does nothing more.
    """

    behavior: Behavior
    run_id: str
    trigger: str
    by: Actor
    title: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    priority: int = NORMAL
    deadline: float | None = None


class Submitting:
    """Puts runs onto the engine and into the list of runs, in this order."""

    def __init__(self, engine: DurableEngine, runner: Runner) -> None:
        self._engine = engine
        self._runner = runner

    async def one(self, submission: Submission) -> Run:
        """The run, queued and on disk."""
        journal, ordered = self._queued(submission)
        run = journal.run
        await self._submit([(journal, ordered)])
        return run

    async def all(self, submissions: Sequence[Submission]) -> Sequence[Exception | None]:
        """Many, together; of each, in order, why it could not be."""
        faults: list[Exception | None] = []
        for start in range(0, len(submissions), TOGETHER):
            faults += await self._together(submissions[start : start + TOGETHER])
        return faults

    async def _together(self, submissions: Sequence[Submission]) -> list[Exception | None]:
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
                return [fault for each in submissions for fault in await self._together([each])]
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
        return journal, Ordered(Task(run.id), order, submission.priority, line_of(run))

    async def _submit(self, queued: Sequence[tuple[RunJournal, Ordered]]) -> None:
        are_begun = await self._engine.submit([ordered for _, ordered in queued])
        passing("run submitted")
        for journal, _ in queued if are_begun else ():
            journal.run = replace(journal.run, status="running", executor=self._runner.life)
        await asyncio.gather(*(journal.open() for journal, _ in queued))


def line_of(run: Run) -> str:
    """What queues in one line: the runs of a bot."""
    return str(run.bot_id or "")


def _told(run: Run) -> dict[str, Any]:
    """What of a run is known when it is submitted."""
    names = "id title trigger driver status started_at behavior_id revision bot_id worker_id actor priority deadline"
    return {name: getattr(run, name) for name in names.split()}

"""What bots ask people for before they go on: listed, approved, refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from factotum.core.errors import BadInput, Conflict, NotFound
from factotum.core.ports import Clock, Threads
from factotum.core.values import Actor
from factotum.runs.approvals import KIND, Approval
from factotum.runs.journal import UNENDED
from factotum.runs.ports import RunStore
from factotum.runs.run import Run
from factotum.usecases.durable import DurableRuns

SAID: Mapping[str, str] = {"approved": "Approved", "refused": "Refused"}
LONGEST_COMMENT = 2000
NOBODYS = 0  # no worker has this id


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the run that asks it."""

    approval: Approval
    run: Run


@dataclass(frozen=True, slots=True)
class AskedPage:
    """Some of them; ``cursor`` is "" at the end."""

    items: Sequence[Asked]
    cursor: str = ""


class Approvals(Protocol):
    """Questions as people answer them. ``worker_id`` is who asks, None for an admin."""

    def get(self, key: str, worker_id: int | None) -> Approval | None:
        """The question, if this worker may say."""

    def open(
        self, worker_id: int | None, *, after: str = "", limit: int = 50, run_id: str = ""
    ) -> Sequence[Approval]:
        """Questions that this worker may answer, by key."""

    def count(self, worker_id: int | None, most: int = 100) -> int:
        """How many of these there are; ``most`` for as many and more."""

    def say(self, said: Approval) -> bool:
        """Keep what a person said; False where it was said before, or is not asked now."""


class ApprovalDesk:
    """Lists and decides."""

    def __init__(
        self,
        approvals: Approvals,
        runs: RunStore,
        durable: DurableRuns,
        threads: Threads,
        clock: Clock,
    ) -> None:
        self._approvals = approvals
        self._runs = runs
        self._durable = durable
        self._threads = threads
        self._clock = clock

    async def approvals(self, actor: Actor, *, after: str = "", limit: int = 50) -> AskedPage:
        """What this actor may approve, of the oldest run first."""
        found = await self._threads.run(
            lambda: self._approvals.open(_whose(actor), after=after, limit=limit + 1)
        )
        some = found[:limit]
        runs = [await self._threads.run(self._runs.get, each.run_id) for each in some]
        items = [Asked(each, run) for each, run in zip(some, runs, strict=True) if run]
        return AskedPage(items, some[-1].key if len(found) > limit else "")

    async def count_approvals(self, actor: Actor) -> int:
        """How many there are for this actor to say, 100 for as many and more."""
        return await self._threads.run(self._approvals.count, _whose(actor))

    async def approval_of(self, actor: Actor, run_id: str) -> Approval | None:
        """What the run asks this actor now, or None."""
        found = await self._threads.run(lambda: self._approvals.open(_whose(actor), run_id=run_id))
        return found[0] if found else None

    async def decide(self, actor: Actor, key: str, outcome: str, comment: str = "") -> Asked:
        """Approve or refuse; the run goes on. Who comes second changes nothing and is told so.

        What was said, and the run as it is then.
        """
        if outcome not in SAID:
            raise BadInput(f"outcome is {outcome!r}; it must be one of: {', '.join(SAID)}.")
        if len(comment) > LONGEST_COMMENT:
            sentence = f"A comment has at most {LONGEST_COMMENT} characters."
            raise BadInput(sentence, code="long-comment", fields={"comment": sentence})
        now = self._clock().at.timestamp()
        asked, run = await self._asked(actor, key)
        _check_open(asked, run, now)
        said = replace(
            asked, outcome=outcome, said_by=actor.name, comment=comment.strip(), said_at=now
        )
        if not await self._threads.run(self._approvals.say, said):
            _check_open(*await self._asked(actor, key), now)
            raise Conflict("The run is walked at this moment; try again.", code="under-way")
        return Asked(said, await self._gone_on(run))

    async def _gone_on(self, run: Run) -> Run:
        """The run, walked on where it waits for nothing else: it may be held."""
        if (now_as := await self._run(run)).wait_code == KIND:
            await self._durable.go_on(now_as)
        return await self._run(run)

    async def _run(self, run: Run) -> Run:
        """As it is now."""
        found: Run | None = await self._threads.run(self._runs.get, run.id)
        return found or run

    async def _asked(self, actor: Actor, key: str) -> tuple[Approval, Run]:
        asked = await self._threads.run(self._approvals.get, key, _whose(actor))
        run = await self._threads.run(self._runs.get, asked.run_id) if asked else None
        if asked is None or run is None:
            raise NotFound(f"Nothing is asked under {key[:100]} that you may answer.")
        return asked, run


def _check_open(asked: Approval, run: Run, now: float) -> None:
    if asked.outcome == "expired" or (not asked.outcome and _is_late(asked, now)):
        raise Conflict("It is too late: nobody had said in time, so it is refused.", code="expired")
    if asked.outcome:
        told = f"{SAID[asked.outcome]} already by {asked.said_by}; nothing was changed."
        raise Conflict(told, code="decided")
    if run.status not in UNENDED:
        raise Conflict(f"The run has ended; it is {run.status}. Nothing was changed.", code="ended")


def _is_late(asked: Approval, now: float) -> bool:
    return asked.expires_at is not None and asked.expires_at <= now


def _whose(actor: Actor) -> int | None:
    """Whose questions an actor may answer: None for everybody's."""
    if actor.is_admin:
        return None
    return NOBODYS if actor.worker_id is None else actor.worker_id

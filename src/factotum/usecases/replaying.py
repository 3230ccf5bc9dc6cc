"""Replay of a run on another revision of its behavior: what would be decided and asked for, sending nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.bots.effects import LoadBehavior
from factotum.bots.recording import encode_result
from factotum.bots.triggers.lookup import trigger_for
from factotum.core.errors import BadInput, Conflict, FactotumError, NotFound, Refused
from factotum.core.masking import mask
from factotum.core.values import Actor, Ref
from factotum.runs.attended import Driver
from factotum.runs.journal import UNENDED
from factotum.runs.replaying import Given, ReplayDriver, Way, way_of
from factotum.runs.run import Run
from factotum.usecases.behavior_book import BehaviorBook
from factotum.usecases.comparing import DecisionPair, RequestPair, decisions, requests
from factotum.usecases.durable import DurableRuns
from factotum.usecases.record_desk import RecordDesk
from factotum.usecases.run_view import RunView
from factotum.usecases.runner import Runner, actor_of, outcome, program
from factotum.usecases.running import Running

TALKS = ("event.message.chat", "event.interaction.chat")
"""How the events of chats begin."""

FROM_JOURNAL = (
    "Nobody kept what this run was begun with: its inputs are taken from how they stood at its end, "
    "and what it read besides answers of services is read as it is now. Times and random values differ."
)


@dataclass(frozen=True, slots=True)
class Replay:
    """A run beside what another revision would have done in its place.

    ``status`` and ``error`` are how that would have ended; ``notes`` say what may not be as it was.
    """

    view: RunView
    revision: int
    latest: int
    status: str
    error: str
    decisions: Sequence[DecisionPair]
    requests: Sequence[RequestPair]
    notes: Sequence[str] = ()

    @property
    def is_same(self) -> bool:
        """Whether it decides and asks for the same."""
        return all(pair.is_same for pair in self.decisions) and all(
            pair.state == "same" for pair in self.requests
        )


@dataclass(frozen=True, slots=True)
class Beginning:
    """With what a run was begun; ``bot`` as ``bots.recording`` encodes it."""

    bot: Mapping[str, Any]
    payload: Mapping[str, Any]
    variables: Mapping[str, Any]
    given: Given
    notes: Sequence[str] = ()


class Replaying:
    """Replays."""

    def __init__(
        self,
        driver: Driver,
        runner: Runner,
        book: BehaviorBook,
        records: RecordDesk,
        running: Running,
        durable: DurableRuns,
    ) -> None:
        self._driver = ReplayDriver(driver)
        self._runner = runner
        self._book = book
        self._records = records
        self._running = running
        self._durable = durable

    async def replay(self, actor: Actor, run_id: str, revision: int = 0) -> Replay:
        """The run on a revision of its behavior, 0 for the latest; sends and changes nothing.

        BadInput where there is no such revision; Refused where the run cannot be replayed, or where
        the actor may not see what is inside the behavior.
        """
        view = await self._running.run_view(actor, run_id)
        latest = await self._latest(actor, view.run)
        revision = revision or latest
        if not 1 <= revision <= latest:
            raise BadInput(
                f"There is no revision {revision}; there are 1 to {latest}.", code="no-revision"
            )
        begun = await self._beginning(view)
        way = Way()
        status, error = await self._walk(view.run, revision, begun, way)
        then = way_of(view.steps)
        return Replay(
            view=view,
            revision=revision,
            latest=latest,
            status=status,
            error=error,
            decisions=decisions(then, way),
            requests=requests(then, way),
            notes=[*begun.notes, *_notes(way)],
        )

    async def request_of(self, actor: Actor, run_id: str, path: str) -> Mapping[str, Any] | None:
        """A request that a run asked for, as its journal shows it, or would: secrets masked.

        A run that waits for what became of it has no step of it yet: it is walked to there again.
        """
        view = await self._running.run_view(actor, run_id)
        run, way = view.run, way_of(view.steps)
        if path not in way.requests and run.driver == "durable" and run.revision:
            try:
                await self._walk(run, run.revision, await self._beginning(view), way)
            except FactotumError:
                return None
            hidden = await self._records.hidden_from(actor, Ref("bot", run.bot_id or 0))
            return mask(way.requests.get(path), hidden or ())
        return way.requests.get(path)

    async def _latest(self, actor: Actor, run: Run) -> int:
        """The latest revision of the run's behavior, where that may be shown."""
        if run.behavior_id is None or run.bot_id is None:
            raise Refused("This run is one request; no behavior was walked.", code="no-behavior")
        if run.status in UNENDED:
            raise Conflict("This run has not ended; compare it when it has.", code="not-ended")
        if run.trigger.startswith(TALKS):
            raise Refused("What was said in a chat cannot be replayed.", code="chat")
        if await self._records.hidden_from(actor, Ref("bot", run.bot_id)) is not None:
            raise Refused(
                "Comparing revisions shows what is inside the behavior, which only those may see who "
                "may change it.",
                code="not-allowed",
            )
        behavior = await self._records.get(actor, Ref("behavior", run.behavior_id))
        return int(behavior.get("revision") or 1)

    async def _walk(self, run: Run, revision: int, begun: Beginning, way: Way) -> tuple[str, str]:
        """How the walk ends: its status, and what went wrong."""
        is_simulated = run.driver == "simulated"
        try:
            behavior = await self._book.revised(
                run.behavior_id or 0, revision, run.title, begun.bot
            )
            context = self._runner.context(replace(run, driver="simulated"), actor_of(behavior))
            interpreter = self._runner.interpreter(simulate=is_simulated)
            walk = program(interpreter, behavior, begun.payload, begun.variables)
            values = await self._driver.follow(walk, context, begun.given, way)
        except FactotumError as error:
            return "failed", error.sentence
        ended = outcome(interpreter, values)
        return str(ended["status"]), str(ended.get("error") or "")

    async def _beginning(self, view: RunView) -> Beginning:
        run = view.run
        if run.driver == "durable":
            order, recorded = await self._durable.told(run)
            if order is not None:
                given = Given.recorded(recorded, run.started_at)
                return Beginning(order["bot"], order["payload"], order["variables"], given)
        behavior = await self._book.named(str(run.behavior_id))
        if behavior is None:
            raise NotFound("The behavior of this run was deleted.")
        return Beginning(
            bot=encode_result(LoadBehavior(name=""), behavior)["bot"],
            payload=_payload(behavior, run),
            variables=_variables(behavior, run),
            given=Given.journal(view.steps, run.started_at),
            notes=[FROM_JOURNAL],
        )


def _payload(behavior: Behavior, run: Run) -> dict[str, Any]:
    """What its event is likely to have been, from the placeholders at its end."""
    trigger = trigger_for(behavior.event.key)
    if trigger is None:
        return {}
    said = trigger.payload(trigger.said(run.placeholders))
    return {"worker_id": run.placeholders.get("worker_id") or 0, **said}


def _variables(behavior: Behavior, run: Run) -> dict[str, Any]:
    return {
        one.key: run.placeholders[one.key]
        for one in behavior.variables
        if not one.is_private and one.key in run.placeholders
    }


def _notes(way: Way) -> list[str]:
    notes = []
    if way.read_now:
        notes.append(f"Read as it is now, because the run had not read it: {way.read_now} times.")
    if way.cut:
        notes.append("An answer was too long to be kept whole; what follows from it may differ.")
    return notes

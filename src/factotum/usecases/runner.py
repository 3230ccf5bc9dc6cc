"""Starts a run, walks it in line and ends it: what every verb that runs something shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.bots.flow import Steps
from factotum.bots.interpreter import Interpreter, Scripts
from factotum.core.database_trouble import StoreAway
from factotum.core.errors import FactotumError, Refused
from factotum.core.ports import Clock
from factotum.core.values import Actor, Moment
from factotum.records.ownership import acting_for
from factotum.runs.attended import Driver
from factotum.runs.context import Fence, RunContext
from factotum.runs.journal import RunJournal
from factotum.runs.pacing import Ended
from factotum.runs.presence import Presence
from factotum.runs.presenting import presentable
from factotum.runs.run import Run
from factotum.runs.watching import Watcher
from factotum.runs.writing import JournalWriter


def new_run_id(moment: Moment) -> str:
    """32 hex digits that sort by time: milliseconds, then randomness (as RFC 9562's version 7)."""
    return f"{int(moment.at.timestamp() * 1000):012x}{moment.seed & ((1 << 80) - 1):020x}"


class Runner:
    """Walks behaviors with the attended driver."""

    def __init__(
        self,
        driver: Driver,
        scripts: Scripts,
        writer: JournalWriter,
        presence: Presence,
        clock: Clock,
        watcher: Watcher,
    ) -> None:
        self._driver = driver
        self._scripts = scripts
        self._writer = writer
        self._presence = presence
        self._clock = clock
        self.watcher = watcher

    @property
    def executor_id(self) -> str:
        """This process among those that walk runs."""
        return self._presence.executor_id

    def begin(
        self,
        title: str,
        trigger: str,
        *,
        by: Actor,
        behavior: Behavior | None = None,
        simulate: bool = False,
        as_actor: Actor | None = None,
    ) -> RunContext:
        """A new run with its journal; nothing is on disk yet.

        It has the rights of the behavior's bot's owner; Refused where nobody can act as that owner.
        """
        moment = self._clock()
        actor = actor_of(behavior) if behavior is not None else as_actor or by
        run = Run(
            id=new_run_id(moment),
            executor=self._presence.executor_id,
            title=title,
            trigger=trigger,
            driver="simulated" if simulate else "attended",
            status="running",
            started_at=moment.at.timestamp(),
            behavior_id=behavior.id if behavior else None,
            revision=behavior.revision if behavior else None,
            bot_id=behavior.bot.id if behavior else None,
            worker_id=actor.worker_id if by.worker_id is None else by.worker_id,
            actor=by.name,
        )
        return self.context(run, actor)

    @property
    def life(self) -> str:
        """This process in its present life; what was taken from an earlier one it does not write."""
        return self._presence.life or self._presence.executor_id

    def fence(self) -> Fence:
        """For work that begins now."""
        return self._presence.fence()

    def context(self, run: Run, actor: Actor, fence: Fence | None = None) -> RunContext:
        """What a run of this process is walked with."""
        return RunContext(
            RunJournal(run, self._writer, self._clock),
            actor,
            bot_id=run.bot_id,
            simulate=run.driver == "simulated",
            fence=fence or self.fence(),
        )

    def interpreter(
        self, *, simulate: bool = False, in_chat: bool = False, timezone: str = "UTC"
    ) -> Interpreter:
        """A fresh interpreter for one run."""
        return Interpreter(self._scripts, simulate=simulate, in_chat=in_chat, timezone=timezone)

    async def walk(
        self,
        behavior: Behavior,
        payload: Mapping[str, Any],
        context: RunContext,
        variables: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Walk a behavior to its end and end the run; its final placeholders, unmasked.

        A fault ends the run as failed and is not raised: it stands in ``context.journal.run``.
        """
        run_id = context.journal.run.id
        self._writer.begun(run_id)
        try:
            with self.watcher.walking(context):
                return await self._walk(behavior, payload, context, variables or {})
        finally:
            self._writer.ended(run_id)

    async def _walk(
        self,
        behavior: Behavior,
        payload: Mapping[str, Any],
        context: RunContext,
        variables: Mapping[str, Any],
    ) -> dict[str, Any]:
        interpreter = self.interpreter(simulate=context.simulate)
        try:
            ended = await self._driver.drive(
                program(interpreter, behavior, payload, variables), context
            )
        except FactotumError as error:
            await self.fail(context, error)
            return {}
        except Exception as error:
            await self.fail(context, fault_of(error))
            raise
        if not isinstance(ended, Ended):
            await self.fail(context, _NOBODY)
            return {}
        changes = outcome(interpreter, ended.result)
        if context.unsafe_sent:
            await context.journal.finish(**changes)
        else:
            await context.journal.finish_soon(**changes)
        return ended.result

    async def fail(self, context: RunContext, error: FactotumError) -> Run:
        """End the run as failed, with the sentence a person reads."""
        return await context.journal.finish("failed", error=error.sentence, code=error.code)


def actor_of(behavior: Behavior) -> Actor:
    """Whose rights a behavior has: its bot's owner's. Refused where nobody can act as that."""
    owner = behavior.bot.owner
    actor = acting_for(owner, behavior.bot.name)
    if actor is None:
        raise Refused(
            f"The bot {behavior.bot.name} belongs to a {owner.type}, which nobody can act "
            "as; give it to the app or to a worker.",
            code="no-actor",
        )
    return actor


def outcome(interpreter: Interpreter, values: Mapping[str, Any]) -> dict[str, Any]:
    """How a walk that came to its end is kept: status, placeholders, and what went wrong on the way."""
    failure = interpreter.answers.tell()
    changes: dict[str, Any] = {"placeholders": presentable(values)}
    if failure is None:
        return {"status": "done", **changes}
    return {"status": "failed", "error": failure.sentence, "code": "request-failed", **changes}


INTERNAL = FactotumError("Something inside went wrong; the log has the details.", code="internal")


def fault_of(error: Exception) -> FactotumError:
    """What a run is ended with that met an error which is none of ours."""
    if isinstance(error, StoreAway):
        return FactotumError(error.sentence, code=error.code)
    return INTERNAL


_NOBODY = Refused(
    "The behavior asks a person something; start it from the chat instead.", code="needs-a-person"
)


def program(
    interpreter: Interpreter,
    behavior: Behavior,
    payload: Mapping[str, Any],
    variables: Mapping[str, Any],
) -> Steps[dict[str, Any]]:
    """The walk of a behavior from its trigger's values and a person's inputs."""
    frame = interpreter.frame(behavior, payload)
    yield from interpreter.put_in(frame, variables)
    return (yield from interpreter.run(frame))

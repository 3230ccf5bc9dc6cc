"""Starts a run, walks it in line and ends it: what every verb that runs something shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.bots.flow import Steps
from factotum.bots.interpreter import Interpreter, Scripts
from factotum.core.errors import FactotumError, Refused
from factotum.core.ports import Clock
from factotum.core.values import Actor, Moment
from factotum.records.ownership import acting_for
from factotum.runs.attended import Driver, Ended
from factotum.runs.context import RunContext
from factotum.runs.journal import RunJournal
from factotum.runs.ports import Run
from factotum.runs.presenting import presentable
from factotum.runs.writing import JournalWriter


def new_run_id(moment: Moment) -> str:
    """32 hex digits that sort by time: milliseconds, then randomness (as RFC 9562's version 7)."""
    return f"{int(moment.at.timestamp() * 1000):012x}{moment.seed & ((1 << 80) - 1):020x}"


class Runner:
    """Walks behaviors with the attended driver."""

    def __init__(
        self, driver: Driver, scripts: Scripts, writer: JournalWriter, clock: Clock
    ) -> None:
        self._driver = driver
        self._scripts = scripts
        self._writer = writer
        self._clock = clock

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
        actor = as_actor or by
        if behavior is not None:
            owner = behavior.bot.owner
            bot_actor = acting_for(owner, behavior.bot.name)
            if bot_actor is None:
                raise Refused(
                    f"The bot {behavior.bot.name} belongs to a {owner.type}, which nobody can act "
                    "as; give it to the app or to a worker.",
                    code="no-actor",
                )
            actor = bot_actor
        run = Run(
            id=new_run_id(moment),
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
        journal = RunJournal(run, self._writer, self._clock)
        return RunContext(journal, actor, bot_id=run.bot_id, simulate=simulate)

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
        interpreter = self.interpreter(simulate=context.simulate)
        try:
            ended = await self._driver.drive(
                _program(interpreter, behavior, payload, variables or {}), context
            )
        except FactotumError as error:
            await self.fail(context, error)
            return {}
        except Exception:
            await self.fail(context, INTERNAL)
            raise
        if not isinstance(ended, Ended):
            await self.fail(context, _NOBODY)
            return {}
        await self._end(context, interpreter, ended.result)
        return ended.result

    async def fail(self, context: RunContext, error: FactotumError) -> Run:
        """End the run as failed, with the sentence a person reads."""
        return await context.journal.finish("failed", error=error.sentence, code=error.code)

    async def _end(
        self, context: RunContext, interpreter: Interpreter, values: dict[str, Any]
    ) -> None:
        failure = interpreter.answers.tell()
        changes: dict[str, Any] = {"placeholders": presentable(values)}
        if failure is not None:
            changes |= {"error": failure.sentence, "code": "request-failed"}
        status = "failed" if failure else "done"
        if context.unsafe_sent:
            await context.journal.finish(status, **changes)
        else:
            await context.journal.finish_soon(status, **changes)


INTERNAL = FactotumError("Something inside went wrong; the log has the details.", code="internal")
_NOBODY = Refused(
    "The behavior asks a person something; start it from the chat instead.", code="needs-a-person"
)


def _program(
    interpreter: Interpreter,
    behavior: Behavior,
    payload: Mapping[str, Any],
    variables: Mapping[str, Any],
) -> Steps[dict[str, Any]]:
    frame = interpreter.frame(behavior, payload)
    yield from interpreter.put_in(frame, variables)
    return (yield from interpreter.run(frame))

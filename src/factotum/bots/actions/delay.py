"""Waits in the middle of a behavior."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from factotum.bots.actions.action_type import ActionType, action_types
from factotum.bots.effects import BeginDelay, Delay
from factotum.bots.until import end_of, fault_of
from factotum.core.fields import Fields, Text

if TYPE_CHECKING:
    from factotum.bots.behavior import Behavior
    from factotum.bots.execution import Execution
    from factotum.bots.flow import After, Steps
    from factotum.bots.nodes import Step


@action_types.add("delay")
class Wait(ActionType):
    """A run that nobody waits for holds nothing meanwhile; any other waits for seconds only."""

    key = "delay"
    label = "Delay"
    description = "Waits, and goes on here."
    fields: ClassVar[Fields] = Fields(
        Text(
            key="until",
            label="Wait for, or until",
            required=True,
            placeholder="10 minutes",
            help="10 minutes, 2 hours, tomorrow 9am, a date, or seconds; 400 days at most.",
        )
    )

    def not_available(self, step: Step, behavior: Behavior) -> str:
        """What no time can be read from."""
        del behavior
        return fault_of(str(step.params.get("until") or ""), datetime.now(UTC), UTC)

    def run(self, execution: Execution) -> Steps[After | None]:
        """Reckon until when, once; wait for it."""
        execution.clock.forget()  # the steps before this may have taken their time
        words = yield from execution.fill("until")
        moment = yield from execution.clock.read()
        until = end_of(words, moment.at, ZoneInfo(execution.interpreter.timezone))
        if execution.simulate:
            execution.status = "skipped"
            execution.filled["sentence"] = f"A real run waits here until {_shown(until)}."
            return None
        until = yield BeginDelay(path=execution.path, until=until)
        yield Delay(path=execution.path, until=until, words=words.strip())
        execution.interpreter.waits += 1
        execution.filled["sentence"] = f"Until {_shown(until)}."
        return None


def _shown(until: int) -> str:
    return f"{datetime.fromtimestamp(until, UTC):%Y-%m-%d %H:%M:%S} UTC"

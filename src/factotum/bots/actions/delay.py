"""Waits in the middle of a behavior."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from math import ceil
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from factotum.bots.actions.action_type import ActionType, action_types
from factotum.bots.effects import BeginDelay, Delay
from factotum.core.errors import BadInput
from factotum.core.fields import Fields, Text
from factotum.scripting.dates import read_date

if TYPE_CHECKING:
    from factotum.bots.behavior import Behavior
    from factotum.bots.execution import Execution
    from factotum.bots.flow import After, Steps
    from factotum.bots.nodes import Step

LONGEST = timedelta(days=400)
DATES_FROM = 10**9  # seconds since 1970: from here on a number is a date, before it a length
WRITE_IT = "Write it like “10 minutes”, “tomorrow 9am”, “2026-05-31 08:00” or, in seconds, “90”."


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
        """What no time can be read from; of a script nothing is known before it runs."""
        del behavior
        words = str(step.params.get("until") or "")
        try:
            if "{" not in words:
                end_of(words, datetime.now(UTC), UTC)
        except BadInput as fault:
            return fault.sentence
        return ""

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


def end_of(words: str, now: datetime, zone: tzinfo) -> int:
    """When a delay ends that begins now, in seconds since 1970.

    BadInput where the words mean no time, or one that is too far away.

    >>> end_of("10 minutes", datetime.fromtimestamp(0, UTC), UTC)
    600
    >>> end_of("90", datetime.fromtimestamp(0, UTC), UTC)
    90
    """
    text = words.strip()
    if not text:
        raise BadInput(f"It does not say how long to wait. {WRITE_IT}", code="no-delay")
    is_seconds = text.isascii() and text.isdigit() and len(text) < len(str(DATES_FROM))
    found = read_date(f"+{text} seconds" if is_seconds else text, now, zone)
    if found is None:
        shown = text if len(text) <= 60 else f"{text[:60]}…"
        raise BadInput(f"“{shown}” is no time to wait for. {WRITE_IT}", code="no-delay")
    if found > now + LONGEST:
        raise BadInput(
            f"“{text}” is more than {LONGEST.days} days away, the most that a delay may wait. "
            "Choose a time before that.",
            code="too-long",
        )
    return ceil(found.timestamp())

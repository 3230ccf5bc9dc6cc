"""A schedule: cron patterns, one a line, in a time zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from cronsim import CronSim, CronSimError

from factotum.bots.behavior import Behavior
from factotum.bots.triggers.trigger import Trigger, triggers
from factotum.core.fields import Choice, Fields, LongText, Text
from factotum.core.queueing import DEADLINE, PRIORITY
from factotum.core.zones import is_zone, zone_fault

ONCE, RUN_ALL, SKIP = "once", "all", "skip"
CATCH_UP = {ONCE: "Run once", RUN_ALL: "Run for each (the last 100)", SKIP: "Skip"}
"""What is done about firings that were missed."""

_FIELDS = (
    "minute (0 to 59)",
    "hour (0 to 23)",
    "day of month (1 to 31)",
    "month (1 to 12)",
    "day of week (0 to 7)",
)
_NAMED = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_ANY = datetime(2000, 1, 1)  # noqa: DTZ001  only its syntax is asked
_LONGEST = 500


@triggers.add("event.behavior.recurrent")
class Recurrent(Trigger):
    """``repeat_patterns`` are cron patterns with ``#`` comments between them."""

    key = "event.behavior.recurrent"
    label = "Recurrent behavior"
    fields: ClassVar[Fields] = Fields(
        LongText(key="repeat_patterns", label="Patterns", help="Cron patterns, one a line."),
        Text(
            key="timezone",
            label="Time zone",
            help="Such as Europe/Berlin; empty means UTC. What it does goes by it, too.",
        ),
        Choice(
            key="catch_up",
            label="What was missed while nothing ran",
            options=CATCH_UP,
            default=ONCE,
        ),
        PRIORITY,
        DEADLINE,
    )

    def values(self, _payload: Mapping[str, Any], _behavior: Behavior, /) -> dict[str, Any]:
        """Nothing of its own."""
        return {}

    def faults(self, params: Mapping[str, Any]) -> dict[str, str]:
        """Also every pattern and the time zone."""
        found = super().faults(params)
        for pattern in patterns(params):
            fault = pattern_fault(pattern)
            if fault:
                found["repeat_patterns"] = fault
                break
        zone = str(params.get("timezone") or "")
        if zone and not is_zone(zone):
            found["timezone"] = zone_fault(zone)
        return found


def patterns(params: Mapping[str, Any]) -> list[str]:
    """The patterns of an event's params, without comments and empty lines."""
    lines = str(params.get("repeat_patterns") or params.get("patterns") or "").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


def expression_of(pattern: str) -> str:
    """The five parts of a cron pattern: ``@daily`` has them too, and ``?`` is ``*``."""
    return _NAMED.get(pattern, pattern).replace("?", "*")


def pattern_fault(pattern: str) -> str:
    """What is wrong with a cron pattern, or "".

    >>> pattern_fault("0 8 * * 1-5"), pattern_fault("0 25 * * *")
    ('', '“25” is no hour (0 to 23) in “0 25 * * *”.')
    """
    parts = expression_of(pattern).split()
    if len(parts) != len(_FIELDS) or len(pattern) > _LONGEST:
        return f"“{pattern}” needs five parts: minute, hour, day of month, month, day of week."
    for number, (part, name) in enumerate(zip(parts, _FIELDS, strict=True)):
        for item in part.split(","):
            alone = ["*"] * len(_FIELDS)
            alone[number] = item
            if not _is_readable(" ".join(alone)):
                return f"“{item}” is no {name} in “{pattern}”."
    return "" if _is_readable(" ".join(parts)) else f"The day of “{pattern}” never comes."


def _is_readable(expression: str) -> bool:
    try:
        CronSim(expression, _ANY)
    except CronSimError:
        return False
    return True

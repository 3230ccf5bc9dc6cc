"""A schedule: cron patterns, one a line, in a time zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from factotum.bots.behavior import Behavior
from factotum.bots.triggers.trigger import Trigger, triggers
from factotum.core.fields import Fields, LongText, Text

_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    (
        "month",
        1,
        12,
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    ),
    ("day of week", 0, 7, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
)
_NAMED = {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}
_PART = re.compile(r"(\*|\?|\w+)(?:-(\w+))?(?:/(\d+))?")


@triggers.add("event.behavior.recurrent")
class Recurrent(Trigger):
    """``repeat_patterns`` are cron patterns with ``#`` comments between them."""

    key = "event.behavior.recurrent"
    label = "Recurrent behavior"
    fields: ClassVar[Fields] = Fields(
        LongText(key="repeat_patterns", label="Patterns", help="Cron patterns, one a line."),
        Text(key="timezone", label="Time zone"),
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
        if zone and not _is_zone(zone):
            found["timezone"] = f"There is no time zone {zone}. Use one such as Europe/Berlin."
        return found


def patterns(params: Mapping[str, Any]) -> list[str]:
    """The patterns of an event's params, without comments and empty lines."""
    lines = str(params.get("repeat_patterns") or params.get("patterns") or "").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


def pattern_fault(pattern: str) -> str:
    """What is wrong with a cron pattern, or "".

    >>> pattern_fault("0 8 * * 1-5"), pattern_fault("0 25 * * *")
    ('', '“25” is no hour (0 to 23) in “0 25 * * *”.')
    """
    if pattern in _NAMED:
        return ""
    parts = pattern.split()
    if len(parts) != len(_FIELDS):
        return f"“{pattern}” needs five parts: minute, hour, day of month, month, day of week."
    for part, (name, least, most, names) in zip(parts, _FIELDS, strict=True):
        for item in part.split(","):
            match = _PART.fullmatch(item)
            ends = [end for end in match.groups()[:2] if end] if match else [item]
            if match is None or not all(_is_in(end, least, most, names) for end in ends):
                return f"“{item}” is no {name} ({least} to {most}) in “{pattern}”."
    return ""


def _is_in(text: str, least: int, most: int, names: tuple[str, ...]) -> bool:
    if text in {"*", "?"} or text.lower() in names:
        return True
    return text.isascii() and text.isdigit() and least <= int(text) <= most


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True

"""Which of the runs that wait for nobody goes first, and until when it may do something.

Declared once for whatever queues runs: webhooks, schedules, the API, the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factotum.core.fields import Number

NORMAL = 100
"""A run's priority where nobody says another: 1 goes first, ``LAST`` last."""
LAST = 1000
LONGEST_DEADLINE = 366 * 86_400
QUEUED_ONLY = "for runs that nobody waits for"

PRIORITY = Number(
    key="priority",
    label="Priority",
    default=NORMAL,
    least=1,
    most=LAST,
    help=f"Of the queued runs the one with the lowest number begins first: 1 before all others, "
    f"{NORMAL} as usual, {LAST} last.",
)
DEADLINE = Number(
    key="deadline",
    label="Deadline in seconds",
    default=0,
    least=0,
    most=LONGEST_DEADLINE,
    help="A run that was queued longer ago than this does nothing more; 0 is no deadline.",
)


def priority_in(values: Mapping[str, Any]) -> int:
    """The priority among values that were checked; ``NORMAL`` where none can be read."""
    return _read(PRIORITY, values)


def deadline_in(values: Mapping[str, Any], begun: float) -> float | None:
    """When a run that was queued then does nothing more, in seconds since 1970; None is never."""
    seconds = seconds_in(values)
    return begun + seconds if seconds else None


def seconds_in(values: Mapping[str, Any]) -> int:
    """The deadline among values that were checked, in seconds after a run was queued; 0 is none."""
    return _read(DEADLINE, values)


def without_usual(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same, without a priority and a deadline that say nothing."""
    usual = [declared.key for declared in (PRIORITY, DEADLINE) if is_usual(declared, values)]
    return {key: value for key, value in values.items() if key not in usual}


def is_usual(declared: Number, values: Mapping[str, Any]) -> bool:
    """Whether one of the two is as it is where nobody says another."""
    return values.get(declared.key, "") in ("", None, declared.default, str(declared.default))


def _read(declared: Number, values: Mapping[str, Any]) -> int:
    value = values.get(declared.key, "")
    is_there = value not in (None, "") and not declared.fault(value)
    return int(value if is_there else declared.default)

"""What to do about firings that nobody was there for: run once, run all, or skip them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from factotum.bots.triggers.recurrent import ONCE, RUN_ALL, SKIP
from factotum.runs.schedules.timetable import Timetable

ALL_MOST = 100
"""So many missed firings are made up for, the last ones; what is older is let go."""

ON_TIME = 60
"""Seconds after which a firing counts as missed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The moments to fire for, in order, and the next one, None where none comes.

    ``skipped`` tells that firings between were let go.
    """

    dues: tuple[int, ...]
    next_at: int | None
    skipped: bool = False


def rule_of(params: Mapping[str, Any]) -> str:
    """A recurrent event's catch-up rule."""
    rule = str(params.get("catch_up") or ONCE)
    return rule if rule in {ONCE, RUN_ALL, SKIP} else ONCE


def plan(timetable: Timetable, due: int, now: int, rule: str) -> Plan:
    """What to fire now for a schedule that was due at ``due``, the first firing not made yet.

    >>> plan(Timetable(["0 * * * *"]), 3600, 5 * 3600 + 90, "once")
    Plan(dues=(18000,), next_at=21600, skipped=True)
    >>> plan(Timetable(["0 * * * *"]), 3600, 3 * 3600 + 90, "all").dues
    (3600, 7200, 10800)
    """
    if due > now:
        return Plan((), due)
    following = timetable.after(now)
    most = ALL_MOST if rule == RUN_ALL else 1
    missed = timetable.last_until(now, most, due) or [due]
    if rule == SKIP and now - missed[-1] >= ON_TIME:
        return Plan((), following, skipped=True)
    return Plan(tuple(missed), following, skipped=missed[0] > due)

"""Ways a task stops before its end. None of them is an ``Exception``: no handler takes them for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from factotum.core.database_trouble import AGAIN, StoreAway


class Stopped(BaseException):
    """The walk goes no further in this task."""


@dataclass(eq=False)
class Wait(Stopped):
    """The run waits. ``until`` is seconds since 1970, None for as long as nobody wakes it.

    ``reason`` is a sentence for people; ``code`` says it to programs: retry, rate-limited, over-budget,
    checking, unknown, approval, delay, held, database-away, disk-full. ``tries`` counts by path what was tried already.
    """

    until: float | None
    reason: str
    code: str
    tries: Mapping[str, int] = field(default_factory=dict)


class NotYetSure(Wait):
    """Until a service is well that is asked about something: what has reached it may yet be done."""


def until_back(away: StoreAway, now: float) -> Wait:
    """The run goes on with the database."""
    return Wait(now + AGAIN, away.sentence, away.code)


class Halted(Stopped):
    """Somebody wants the run to stop here: to be cancelled, or held."""


class Lost(Stopped):
    """Another process does this task now: nothing of it may be done here any more."""

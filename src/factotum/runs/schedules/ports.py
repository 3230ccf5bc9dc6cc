"""What schedules need kept; ``store/`` fulfils these, synchronously. Times are seconds since 1970.

Both tables work alike. A row says when somebody has to look at it. Whoever claims a row puts that
time off by ``LEASE``, so that others do something else meanwhile; should they die, others look then.
Two at once do no harm, since a firing is always the same run (``firing``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from factotum.core.values import Owner

LEASE = 30.0


@dataclass(frozen=True, slots=True)
class DueSchedule:
    """A claimed recurrent behavior. ``version`` counts the changes of it, ``next_at`` was planned.

    ``is_live`` is False where it must not fire: paused, disabled or no recurrent behavior any more.
    """

    behavior_id: int
    version: int
    revision: int
    next_at: int | None
    fingerprint: str
    params: Mapping[str, Any] = field(default_factory=dict)
    is_live: bool = True


@dataclass(frozen=True, slots=True)
class Settled:
    """How it stands after a look at it. ``fired`` are the moment and the run of the last firing."""

    due: DueSchedule
    next_at: int | None = None
    fingerprint: str = ""
    note: str = ""
    fired: tuple[int, str] | None = None


class DueTable(Protocol):
    """A row for each recurrent behavior, found by when somebody has to look at it."""

    def earliest(self) -> float | None:
        """When to look at the first; 0 for one that was changed, None where there is none."""

    def claim(self, now: float, limit: int) -> Sequence[DueSchedule]:
        """Rows to look at now, kept from others for the lease."""

    def plan_anew(self, now: float) -> None:
        """Have all that was planned for later looked at: the clock was set back to now."""

    def settle(self, settled: Sequence[Settled], now: float) -> None:
        """Keep how they stand, but for those that were changed or settled by others meanwhile."""


@dataclass(frozen=True, slots=True)
class WantedRun:
    """A run that ``_schedule_behavior`` wanted. An ``id`` is never given twice.

    ``values`` are its inputs, and ``on`` the record's id that it is for.
    """

    id: int
    behavior_id: int
    run_at: int
    values: Mapping[str, Any] = field(default_factory=dict)


class WantedRuns(Protocol):
    """Runs wanted later."""

    def earliest(self) -> float | None:
        """When the first is wanted, None where none is."""

    def claim(self, now: float, limit: int) -> Sequence[WantedRun]:
        """Those wanted by now, kept from others for the lease."""

    def plan_anew(self, now: float) -> None:
        """The clock was set back to now: what a later one has claimed is free."""

    def done(self, ids: Sequence[int]) -> None:
        """Forget them: they run."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A recurrent behavior as people see it. ``is_enabled`` where it and its bot are.

    ``last_due`` is the moment that fired last, at ``fired_at``, as the run ``last_run_id``; ``note``
    tells what was wrong or missed then.
    """

    behavior_id: int
    title: str
    bot_id: int
    bot: str
    params: Mapping[str, Any]
    is_enabled: bool = True
    is_paused: bool = False
    next_at: int | None = None
    last_due: int | None = None
    last_run_id: str = ""
    fired_at: float | None = None
    note: str = ""

    @property
    def is_live(self) -> bool:
        """Whether it fires."""
        return self.is_enabled and not self.is_paused


@dataclass(frozen=True, slots=True)
class SchedulePage:
    """A page of schedules; ``after`` is where the next page begins, None at the end."""

    schedules: Sequence[Schedule]
    after: tuple[int, int] | None = None


class Schedules(Protocol):
    """Schedules by when they are due next."""

    def get(self, behavior_id: int) -> Schedule | None:
        """The schedule of that behavior, or None."""

    def page(
        self, owners: Sequence[Owner] | None, after: tuple[int, int] | None, limit: int
    ) -> SchedulePage:
        """Those of these owners' bots (None: everybody's), the next first."""

    def pause(self, behavior_id: int, *, is_paused: bool) -> None:
        """Stop it, or let it go on from now: what came between is not made up for."""

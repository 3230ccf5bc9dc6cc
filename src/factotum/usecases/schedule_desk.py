"""Schedules for people and programs: when each fires next, and how that is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from factotum.bots.triggers.recurrent import Recurrent, patterns
from factotum.core.errors import BadInput, NotFound, Refused
from factotum.core.ports import Clock, Threads
from factotum.core.queueing import NORMAL, priority_in, seconds_in, without_usual
from factotum.core.values import Actor, Record, Ref
from factotum.records.ownership import visible_owners
from factotum.runs.schedules.catching_up import rule_of
from factotum.runs.schedules.ports import Schedule, Schedules
from factotum.runs.schedules.timetable import Timetable
from factotum.usecases.record_desk import RecordDesk

SHOWN_NEXT = 5
SETTINGS = Recurrent.fields
"""The event's params that can be changed here, as fields."""


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A schedule with its next moments and its patterns in words.

    In a list there is one moment, alone there are five, and none where it does not fire. ``deadline``
    in seconds, 0 for none. ``fault`` is a sentence where its params cannot be read.
    """

    schedule: Schedule
    patterns: Sequence[str]
    timezone: str
    catch_up: str
    priority: int = NORMAL
    deadline: int = 0
    next: Sequence[int] = ()
    told: Sequence[str] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class ScheduleViews:
    """A page of them, the next first; ``cursor`` is "" at the end."""

    views: Sequence[ScheduleView]
    cursor: str = ""


class ScheduleDesk:
    """Who may see a behavior sees its schedule; who may edit it may change and pause it."""

    def __init__(
        self,
        schedules: Schedules,
        records: RecordDesk,
        threads: Threads,
        clock: Clock,
        changed: Callable[[], None],
    ) -> None:
        self._schedules = schedules
        self._records = records
        self._threads = threads
        self._clock = clock
        self._changed = changed

    async def schedules(self, actor: Actor, *, after: str = "", limit: int = 50) -> ScheduleViews:
        """All that this actor may see."""
        owners = visible_owners(actor)
        page = await self._threads.run(self._schedules.page, owners, _place(after), limit)
        cursor = "-".join(map(str, page.after)) if page.after else ""
        return ScheduleViews([self._view(each, 1) for each in page.schedules], cursor)

    async def schedule(self, actor: Actor, behavior_id: int) -> ScheduleView:
        """One behavior's; NotFound where it has none this actor may see."""
        await self._records.get(actor, Ref("behavior", behavior_id))
        found = await self._threads.run(self._schedules.get, behavior_id)
        if found is None:
            raise NotFound(f"The behavior {behavior_id} has no schedule.")
        return self._view(found)

    async def change_schedule(
        self,
        actor: Actor,
        behavior_id: int,
        *,
        params: Mapping[str, Any] | None = None,
        is_paused: bool | None = None,
    ) -> ScheduleView:
        """Change when it fires (a new revision of the behavior), pause it or let it go on.

        ``params`` are of the event: ``repeat_patterns``, ``timezone``, ``catch_up``,
        ``priority``, ``deadline``; what is left out stays. BadInput names each that cannot stand.
        """
        before = await self.schedule(actor, behavior_id)
        record = await self._records.get(actor, Ref("behavior", behavior_id))
        await self._may_change(actor, record)
        if params:
            changed = {**before.schedule.params, **params}
            _check(params, changed)
            changed = without_usual(changed)
            if changed != before.schedule.params:
                await self._records.save(actor, record.ref, {"event_params": changed}, {})
        if is_paused is not None:
            await self._threads.run(self._schedules.pause, behavior_id, is_paused=is_paused)
            self._changed()
        return await self.schedule(actor, behavior_id)

    async def _may_change(self, actor: Actor, record: Record) -> None:
        if not await self._records.may_edit(actor, record):
            raise Refused(
                "You may not change this schedule; ask its bot's owner or an admin.",
                code="not-allowed",
            )

    def _view(self, schedule: Schedule, count: int = SHOWN_NEXT) -> ScheduleView:
        params = schedule.params
        zone = str(params.get("timezone") or "UTC")
        view = ScheduleView(
            schedule,
            patterns(params),
            zone,
            rule_of(params),
            priority=priority_in(params),
            deadline=seconds_in(params),
        )
        try:
            timetable = Timetable.of(params)
        except BadInput as why:
            return replace(view, fault=why.sentence)
        now = int(self._clock().at.timestamp())
        coming = islice(timetable.all_after(now), count) if schedule.is_live else ()
        told = [pattern.told() for pattern in timetable.patterns]
        return replace(view, next=tuple(coming), told=told)


def _check(given: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
    unknown = sorted(key for key in given if key not in SETTINGS)
    if unknown:
        raise BadInput(f"A schedule has no {unknown[0]!r}.", code="unknown-field")
    faults = Recurrent().faults(changed)
    if faults:
        raise BadInput(" ".join(faults.values()), fields=faults)


def _place(cursor: str) -> tuple[int, int] | None:
    if not cursor:
        return None
    at, _, behavior_id = cursor.partition("-")
    if not (_is_number(at) and _is_number(behavior_id)):
        raise BadInput(
            "This page's address does not fit the list any more; start at its first page.",
            code="bad-cursor",
        )
    return int(at), int(behavior_id)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19

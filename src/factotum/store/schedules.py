"""Schedules as people see them: fulfils ``runs.schedules.ports.Schedules``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet

from factotum.core.values import Owner
from factotum.runs.schedules.ports import Schedule as Seen
from factotum.runs.schedules.ports import SchedulePage
from factotum.store.models import Schedule

NEVER = 2**62  # where a schedule that does not fire stands in the list

SHOWN = (
    "behavior_id",
    "behavior__title",
    "behavior__bot_id",
    "behavior__bot__name",
    "behavior__event_params",
    "behavior__is_disabled",
    "behavior__bot__is_disabled",
    "is_paused",
    "next_at",
    "last_due",
    "last_run_id",
    "fired_at",
    "note",
)


class StoredSchedules:
    """Schedules by when they are due next."""

    def get(self, behavior_id: int) -> Seen | None:
        """The schedule of that behavior, or None."""
        row = Schedule.objects.filter(pk=behavior_id).values(*SHOWN).first()
        return _seen(row) if row else None

    def page(
        self, owners: Sequence[Owner] | None, after: tuple[int, int] | None, limit: int
    ) -> SchedulePage:
        """Those of these owners' bots, the next first; at the end those that do not fire."""
        rows = Schedule.objects.all()
        if owners is not None:
            rows = rows.filter(_of(owners))
        firing = rows.filter(next_at__isnull=False).order_by("next_at", "pk")
        others = rows.filter(next_at__isnull=True).order_by("pk")
        if after is not None:
            at, pk = after
            firing = firing.filter(Q(next_at__gt=at) | Q(next_at=at, pk__gt=pk))
            others = others.filter(pk__gt=pk) if at == NEVER else others
        found = _shown(firing, limit + 1)
        found += _shown(others, limit + 1 - len(found))
        shown = found[:limit]
        more = (_place(shown[-1]), shown[-1].behavior_id) if len(found) > limit else None
        return SchedulePage(shown, more)

    def pause(self, behavior_id: int, *, is_paused: bool) -> None:
        """Stop it, or let it go on from now: what came between is not made up for."""
        Schedule.objects.filter(pk=behavior_id).exclude(is_paused=is_paused).update(
            is_paused=is_paused, next_at=None, look_at=0, version=F("version") + 1
        )


def _shown(rows: QuerySet[Schedule], limit: int) -> list[Seen]:
    return [_seen(row) for row in rows.values(*SHOWN)[:limit]] if limit > 0 else []


def _seen(row: Mapping[str, Any]) -> Seen:
    return Seen(
        behavior_id=row["behavior_id"],
        title=row["behavior__title"],
        bot_id=row["behavior__bot_id"],
        bot=row["behavior__bot__name"],
        params=row["behavior__event_params"] or {},
        is_enabled=not (row["behavior__is_disabled"] or row["behavior__bot__is_disabled"]),
        is_paused=row["is_paused"],
        next_at=row["next_at"],
        last_due=row["last_due"],
        last_run_id=row["last_run_id"],
        fired_at=row["fired_at"],
        note=row["note"],
    )


def _place(schedule: Seen) -> int:
    return NEVER if schedule.next_at is None else schedule.next_at


def _of(owners: Sequence[Owner]) -> Q:
    owned = Q(pk__in=[])
    for owner in owners:
        owned |= Q(behavior__bot__owner_context=owner.type, behavior__bot__owner_id=owner.id)
    return owned

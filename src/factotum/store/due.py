"""The recurrent behaviors that are due: fulfils ``runs.schedules.ports.DueTable``.

Only rows whose time has come are ever read, by an index on that time, however many there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from factotum.runs.schedules.ports import LEASE, DueSchedule, Settled
from factotum.store.models import Behavior, Schedule

RECURRENT = "event.behavior.recurrent"

CLAIMED = (
    "behavior_id",
    "version",
    "next_at",
    "fingerprint",
    "is_paused",
    "behavior__revision",
    "behavior__event_key",
    "behavior__event_params",
    "behavior__is_disabled",
    "behavior__bot__is_disabled",
)


class StoredDueTable:
    """A row for each recurrent behavior."""

    def earliest(self) -> float | None:
        """When to look at the first."""
        return earliest(Schedule.objects.all())

    def claim(self, now: float, limit: int) -> Sequence[DueSchedule]:
        """Rows to look at now, kept from others for the lease."""
        with transaction.atomic():
            ids = claimed(Schedule.objects.all(), now, limit)
            rows = Schedule.objects.filter(pk__in=ids).values(*CLAIMED)
            return [_due(row) for row in rows]

    def plan_anew(self, now: float) -> None:
        """Have all that was planned for later looked at; nothing was fired later than now."""
        with transaction.atomic():
            Schedule.objects.filter(fired_at__gt=now).update(fired_at=now)
            later = Schedule.objects.filter(next_at__gt=now)
            later.update(next_at=None, look_at=0, version=F("version") + 1)
            # claimed until when nobody claims anything: by that clock, and who did may have ended
            Schedule.objects.filter(look_at__gt=now + LEASE).update(look_at=now)

    def settle(self, settled: Sequence[Settled], now: float) -> None:
        """Keep how they stand, in one transaction, each where nothing came between."""
        rows = [_settled_row(each, now) for each in settled]
        rows.sort(key=lambda row: row[-2])  # in one order, so that no two deadlock
        if rows:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.executemany(_SETTLE, rows)


def earliest(rows: QuerySet[Any]) -> float | None:
    """The first ``look_at`` of these rows."""
    found = rows.filter(look_at__isnull=False).order_by("look_at")
    return found.values_list("look_at", flat=True).first()


def claimed(rows: QuerySet[Any], now: float, limit: int) -> list[int]:
    """The ids of rows to look at now; whoever else claims meanwhile gets others."""
    due = rows.filter(look_at__lte=now).order_by("look_at")
    free = due.select_for_update(skip_locked=True).values_list("pk", flat=True)
    ids = list(free[:limit])
    rows.filter(pk__in=ids).update(look_at=now + LEASE)
    return ids


def follow(behavior: Behavior) -> None:
    """Have the saved behavior's schedule looked at, in the transaction that saved it."""
    rows = Schedule.objects.filter(pk=behavior.pk)
    if behavior.event_key != RECURRENT:
        rows.delete()
    elif not _changed(rows):
        Schedule.objects.create(behavior=behavior, look_at=0)


def follow_bot(bot_id: int) -> None:
    """The same for all behaviors of a bot that was saved."""
    _changed(Schedule.objects.filter(behavior__bot_id=bot_id))


def _changed(rows: QuerySet[Schedule]) -> int:
    return rows.update(look_at=0, version=F("version") + 1)


def _due(row: Mapping[str, Any]) -> DueSchedule:
    is_off = row["is_paused"] or row["behavior__is_disabled"] or row["behavior__bot__is_disabled"]
    return DueSchedule(
        behavior_id=row["behavior_id"],
        version=row["version"],
        revision=row["behavior__revision"],
        next_at=row["next_at"],
        fingerprint=row["fingerprint"],
        params=row["behavior__event_params"] or {},
        is_live=not is_off and row["behavior__event_key"] == RECURRENT,
    )


def _settled_row(settled: Settled, now: float) -> tuple[Any, ...]:
    due, fired = settled.due, settled.fired
    last = (*fired, now) if fired is not None else (None, None, None)
    stands = (settled.next_at, settled.next_at, settled.fingerprint, settled.note)
    return (*stands, *last, due.behavior_id, due.version)


# each settling is a version of its own, so who comes second finds another one
_SETTLE = """
    UPDATE store_schedule
    SET next_at = %s, look_at = %s, fingerprint = %s, note = %s,
        last_due = COALESCE(%s, last_due), last_run_id = COALESCE(%s, last_run_id),
        fired_at = COALESCE(%s, fired_at), version = version + 1
    WHERE behavior_id = %s AND version = %s
"""
